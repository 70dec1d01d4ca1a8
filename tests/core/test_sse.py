"""Server-sent events, case by case: the standard, what web-platform-tests, httpx-sse and eventsource-parser look at,
and the leniencies L1 to L10 of docs/protocols.md as far as they are decided before JSON is.

Each case is decoded whole, byte by byte and at random splits; the result may not depend on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest

from tests.core.replay import cut, splits
from tui.core.errors import BoundExceeded
from tui.core.sse import BOM, ServerSentEvent, SSEDecoder


@dataclass(frozen=True)
class Case:
    """Bytes and the (data, event name, last id) of the events they make."""

    name: str
    raw: bytes
    events: tuple[tuple[str | bytes, str, str], ...] = ()
    comments: int = 0
    retry_ms: int | None = None


def E(data: str | bytes = "", event: str = "", id_: str = "") -> tuple[str | bytes, str, str]:  # noqa: N802 - a table's cell
    return data, event, id_


STANDARD = (
    # -- the four examples of the standard ---------------------------------------------------------------------------
    Case("example-lines", b"data: YHOO\ndata: +2\ndata: 10\n\n", (E("YHOO\n+2\n10"),)),
    Case(
        "example-ids",
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
        # the third is not followed by a blank line; at the end of the body it is dropped
        (E("first event", "", "1"), E("second event")),
        comments=1,
    ),
    Case("example-empty", b"data\n\ndata\ndata\n\ndata:", (E(""), E("\n"))),
    Case("example-space", b"data:test\n\ndata: test\n\n", (E("test"), E("test"))),
    # -- web-platform-tests, eventsource/format-* --------------------------------------------------------------------
    Case("bom", BOM + b"data:1\n\n" + BOM + b"data:2\n\ndata:3\n\n", (E("1"), E("3"))),
    Case("bom-2", BOM + BOM + b"data:1\n\ndata:2\n\ndata:3\n\n", (E("2"), E("3"))),
    Case("bom-in-data", BOM + b"data:" + BOM + b"1\n\n", (E(BOM + b"1"),)),
    Case("half-a-bom", BOM[:2] + b"data:1\n\ndata:2\n\n", (E("2"),)),
    Case(
        "comments",
        b"data:1\r:\0\n:\r\ndata:2\n:" + b"x" * 2048 + b"\rdata:3\n:data:fail\r:" + b"y" * 2048 + b"\ndata:4\n\n",
        (E("1\n2\n3\n4"),),
        comments=5,
    ),
    Case("data-before-final-empty-line", b"retry:1000\ndata:test1\n\nid:test\ndata:test2", (E("test1"),), 0, 1000),
    Case("field-data", b"data:\n\ndata\ndata\n\ndata:test\n\n", (E(""), E("\n"), E("test"))),
    Case("field-event", b"event:test\ndata:x\n\ndata:x\n\n", (E("x", "test"), E("x"))),
    Case("field-event-empty", b"event: \ndata:data\n\n", (E("data"),)),
    Case("field-event-last-wins", b"event:one\nevent:two\ndata:x\n\n", (E("x", "two"),)),
    Case("field-event-alone-is-forgotten", b"event:one\n\ndata:x\n\n", (E("x"),)),
    Case("field-id", "id: …\ndata:1\n\ndata:2\n\n".encode(), (E("1", "", "…"), E("2", "", "…"))),
    Case(
        "field-id-2",
        b"id: 1\ndata:1\n\nid: 2\ndata:2\n\ndata:3\n\nid\ndata:4\n\n",
        (E("1", "", "1"), E("2", "", "2"), E("3", "", "2"), E("4", "", "")),
    ),
    Case("field-id-3-only-id-blocks", b"id: 1\n\ndata:1\n\nid:\n\ndata:2\n\n", (E("1", "", "1"), E("2"))),
    Case("field-id-null", b"id:1\n\nid:a\0b\ndata:x\n\n", (E("x", "", "1"),)),
    Case("id-of-an-unfinished-event", b"id:1\ndata:x\n\nid:2", (E("x", "", "1"),)),
    Case(
        "field-parsing",
        b"data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\n"
        b"data:3\rdata:\r\n data:32\ndata:4\n\n",
        (E("\0\n 2\n1\n3\n\n4"),),
    ),
    Case("field-retry", b"retry:03000\ndata:x\n\n", (E("x"),), 0, 3000),
    Case("field-retry-bogus", b"retry:3000\nretry:1000x\ndata:x\n\n", (E("x"),), 0, 3000),
    Case("field-retry-empty", b"retry:1000\nretry\ndata:test\n\n", (E("test"),), 0, 1000),
    Case("retry-negative", b"retry:-1\nretry:+3\n\n"),
    Case("retry-underscore", b"retry:1_000\n\n"),
    Case("retry-other-digits", "retry:３０００\n\n".encode()),
    Case("retry-space", b"retry: 10\nretry:10 \n\n", (), 0, 10),
    Case("retry-absurd", b"retry:%s\n\n" % (b"9" * 5000)),
    Case("field-unknown", b"data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacomment\n\n", (E("test\n"),), 1),
    Case("leading-space", b"data:\ttest\rdata: \ndata:test\n\n", (E("\ttest\n\ntest"),)),
    Case("newlines", b"data:test\r\ndata\ndata:test\r\n\r\n", (E("test\n\ntest"),)),
    Case("null-character", b"data:\0\n\n\n\n", (E("\0"),)),
    Case("utf-8", "data:ok…\n\n".encode(), (E("ok…"),)),
    Case("invalid-utf-8-in-id-and-event", b"id:\xff\nevent:\xc3\ndata:x\n\n", (E("x", "\ufffd", "\ufffd"),)),
    # -- line ends ---------------------------------------------------------------------------------------------------
    Case("crlf", b"data:1\r\n\r\ndata:2\r\n\r\n", (E("1"), E("2"))),
    Case("cr", b"data:1\r\rdata:2\r\r", (E("1"), E("2"))),
    Case("cr-then-crlf", b"data:1\r\r\ndata:2\r\n\n", (E("1"), E("2"))),
    Case("lf-cr-is-two-ends", b"data:1\n\rdata:2\n\r", (E("1"), E("2"))),
    Case("only-ends", b"\n\r\n\r\r\n\n\r"),
    Case("mixed", b"data:1\ndata:2\rdata:3\r\ndata:4\n\r\n", (E("1\n2\n3\n4"),)),
    Case("blank-cr-dispatches-once", b"data:1\n\r\ndata:2\r\n\r\n\r\n", (E("1"), E("2"))),
    Case(
        "no-line-ends-of-unicode",
        "data:a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\x1dh\x1ei\n\n".encode(),
        (E("a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\x1dh\x1ei"),),
    ),
    Case("crlf-in-a-comment", b": one\r\n: two\r\r\ndata:1\r\n\r\n", (E("1"),), comments=2),
    Case("crlf-in-an-unknown-field", b"x: one\r\ny: two\r\r\ndata:1\r\n\r\n", (E("1"),)),
    # -- openai-python's stream tests and eventsource-parser ----------------------------------------------------------
    Case("named-event", b'event: completion\ndata: {"foo":true}\n\n', (E('{"foo":true}', "completion"),)),
    Case("event-without-data", b"event: ping\n\n"),
    Case("ping-after-an-id", b"id: 1\n\n: ping\n\n", (), comments=1),
    Case(
        "several-events",
        b"event: ping\n\nevent: completion\ndata: {}\n\nevent: x\n\n",
        (E("{}", "completion"),),
    ),
    Case(
        "json-over-lines-with-empty-ones",
        b'data: {\ndata: "foo":\ndata: \ndata:\ndata: true}\n\n',
        (E('{\n"foo":\n\n\ntrue}'),),
    ),
    Case("escaped-line-end", b'data: {"foo": "my long\\n\\ncontent"}\n\n', (E('{"foo": "my long\\n\\ncontent"}'),)),
    Case("multibyte", 'data: {"content":" известни"}\n\n'.encode(), (E('{"content":" известни"}'),)),
    Case("heartbeats", b":\n\n:heartbeat\n\n: \n\ndata:1\n\n", (E("1"),), comments=3),
    Case("colon-in-data", b"data: a: b:c\n\n", (E("a: b:c"),)),
    Case("colon-first", b"::data:1\n\n", (), comments=1),
    Case("done-is-data", b"data: [DONE]\n\n", (E("[DONE]"),)),
    Case("nothing", b""),
)

LENIENT = (
    Case("L1-json-without-blank-line", b'data: {"a":1}\n', (E('{"a":1}'),)),
    Case("L1-json-without-line-end", b'event: x\nid: 7\ndata: {"a":1}', (E('{"a":1}', "x", "7"),)),
    Case("L1-done", b"data: 1\n\ndata: [DONE]", (E("1"), E("[DONE]"))),
    Case("L1-done-with-more-behind", b"data: [DONE] bye", (E("[DONE] bye"),)),
    Case("L1-several-lines", b'data: {\ndata: "a": 1}', (E('{\n"a": 1}'),)),
    Case("L1-a-cut-event-is-dropped", b'data: 1\n\ndata: {"a":', (E("1"),)),
    Case("L1-a-cut-marker-is-dropped", b"data: 1\n\ndata: [DON", (E("1"),)),
    Case("L1-lone-surrogate", b'data: {"a":"\\ud83d"}\n', (E('{"a":"\\ud83d"}'),)),
    Case("L1-invalid-utf-8", b'data: {"a":"\xff"}\n', (E(b'{"a":"\xff"}'),)),
    Case(
        "L2-single-line-ends",
        b'data: {"a":1}\ndata: {"a":2}\ndata: [DONE]\n',
        (E('{"a":1}'), E('{"a":2}'), E("[DONE]")),
    ),
    Case("L2-crlf", b'data: {"a":1}\r\ndata: {"a":2}\r\n\r\n', (E('{"a":1}'), E('{"a":2}'))),
    Case("L2-after-done", b'data: [DONE]\ndata: {"a":2}\n\n', (E("[DONE]"), E('{"a":2}'))),
    Case("L2-arrays", b"data: [1]\ndata: [2]\n\n", (E("[1]"), E("[2]"))),
    Case(
        "L2-lone-surrogates",
        b'data: {"a":"\\ud83d"}\ndata: {"a":"\\ude04"}\n\n',
        (E('{"a":"\\ud83d"}'), E('{"a":"\\ude04"}')),
    ),
    Case(
        "L2-pretty-printed-stays-whole",
        b'data: {\ndata:   "a": [\ndata: {"b": 1},\ndata: {"b": 2}\ndata: ]\ndata: }\n\n',
        (E('{\n  "a": [\n{"b": 1},\n{"b": 2}\n]\n}'),),
    ),
    Case("L2-text-is-never-split", b"data: {a}\ndata: {b}\n\n", (E("{a}\n{b}"),)),
    Case(
        "L4-bare-error",
        b'data: 1\n\n{"error":{"message":"no"}}\n\ndata: 2\n\n',
        (E("1"), E('{"error":{"message":"no"}}'), E("2")),
    ),
    Case(
        "L4-pretty-printed-error-before-data",
        b'data: 1\n\n{\n  "error": {\n    "data": 1\n  }\n}\ndata: 2\n\n',
        (E("1"), E('{\n  "error": {\n    "data": 1\n  }\n}'), E("2")),
    ),
    Case("L4-at-the-end", b'data: 1\n\n{"error":\n"no"}', (E("1"), E('{"error":\n"no"}'))),
    Case("L4-array", b'data: 1\n\n[{\n  "error": {}\n}\n]\n', (E("1"), E('[{\n  "error": {}\n}\n]'))),
    Case("L4-lone-surrogate", b'{"error":"\\ud83d"}\n', (E('{"error":"\\ud83d"}'),)),
    Case("L4-text-is-forgotten", b"upstream timed out\n\ndata: 1\n\n", (E("1"),)),
    Case("L4-half-json-is-forgotten", b'{"error":\n\ndata: 1\n\n"no"}\n\n', (E("1"),)),
    Case("L5-error-field", b'error: {"code":500}\n\ndata: 1\n\n', (E('{"code":500}', "error"), E("1"))),
    Case("L5-without-space", b'error:{"code":500}\n\n', (E('{"code":500}', "error"),)),
    Case("L5-at-the-end", b'error: {"code":500}', (E('{"code":500}', "error"),)),
    Case("L6-wrapped-comment", b"data: : OPENROUTER PROCESSING\n\n", (E(": OPENROUTER PROCESSING"),)),
    Case("L7-no-space", b'data:{"a":1}\n\n', (E('{"a":1}'),)),
)


def decoded(decoder: SSEDecoder, reads: Iterable[bytes]) -> list[ServerSentEvent]:
    events = [event for data in reads for event in decoder.feed(data)]
    return events + decoder.close()


def feed_all(decoder: SSEDecoder, reads: Iterable[bytes], into: list[ServerSentEvent]) -> None:
    """Feed until something is raised; what came before is in `into`."""
    for data in reads:
        into += decoder.feed(data)


def as_bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


@pytest.mark.parametrize("case", STANDARD + LENIENT, ids=lambda case: case.name)
def test_decodes(case: Case) -> None:
    expected = [ServerSentEvent(as_bytes(data), event, id_) for data, event, id_ in case.events]
    for reads in splits(case.raw):
        decoder = SSEDecoder()
        assert decoded(decoder, reads) == expected, reads
        assert (decoder.comments, decoder.retry_ms) == (case.comments, case.retry_ms), reads


@pytest.mark.parametrize("case", STANDARD + LENIENT, ids=lambda case: case.name)
def test_every_border_of_two_reads(case: Case) -> None:
    whole = decoded(SSEDecoder(), [case.raw])
    for at in range(len(case.raw) + 1 if len(case.raw) < 500 else 0):
        assert decoded(SSEDecoder(), [case.raw[:at], b"", case.raw[at:]]) == whole, at


def test_an_event_comes_with_the_read_that_completes_it() -> None:
    """A CR ends a line at once; waiting for a possible LF would hold back the last token."""
    decoder = SSEDecoder()
    assert decoder.feed(b"data: 1\r") == []
    assert [event.data for event in decoder.feed(b"\r")] == [b"1"]
    assert decoder.feed(b"\n") == []
    assert [event.data for event in decoder.feed(b"data: 2\n\ndata: 3\n\ndata: 4\n")] == [b"2", b"3"]
    assert [event.data for event in decoder.feed(b"\n")] == [b"4"]


def test_single_line_ends_deliver_when_the_next_event_begins() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b'data: {"a":1}\n') == []
    assert [event.data for event in decoder.feed(b'data: {"a":2}\n')] == [b'{"a":1}']


class CountingParts(list[bytes]):
    """A list of fragments that counts how often they are walked through, which is what joining them does."""

    walks = 0

    def __iter__(self):  # type: ignore[no-untyped-def]  # the iterator of a list
        CountingParts.walks += 1
        return super().__iter__()


def test_a_long_line_in_thousands_of_reads_is_joined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An 8 MB event in 8000 reads: joining at each read would move 32 GB."""
    decoder = SSEDecoder()
    decoder._line_parts = CountingParts()
    monkeypatch.setattr(CountingParts, "walks", 0)
    body = b"data: " + b"x" * (8 * 1024 * 1024) + b"\n\n"
    (event,) = decoded(decoder, cut(body, 1024))
    assert len(event.data) == 8 * 1024 * 1024
    assert CountingParts.walks <= 2  # one join when the line ended, perhaps one look at the end of the body


def test_a_long_event_of_many_lines_is_judged_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line here ends the buffered data so that it looks whole and begins so that a new value could start (L2)."""
    checks: list[int] = []

    def is_never_json(data: bytes) -> bool:
        checks.append(len(data))
        return False

    monkeypatch.setattr("tui.core.sse.is_json", is_never_json)
    decoder = SSEDecoder()
    decoder.feed(b"data: {}x}\n" * 20_000)
    assert len(checks) < 100
    assert len(decoder.feed(b"\n")) == 1


# -- bounds ----------------------------------------------------------------------------------------------------------

ENDLESS: Sequence[tuple[str, bytes, bytes]] = (
    ("line", b"data: ", b"x" * 50),
    ("comment", b": ", b"x" * 50),
    ("field name", b"", b"x" * 50),
    ("data lines", b"", b"data: xxxx\n"),
    ("stray lines", b"", b"xxxx\n"),
    ("pretty json", b"{\n", b'"a": 1,\n'),
)


@pytest.mark.parametrize(("head", "piece"), [case[1:] for case in ENDLESS], ids=[case[0] for case in ENDLESS])
@pytest.mark.parametrize("size", [1, 7, 300])
def test_nothing_without_end_is_held_for_ever(head: bytes, piece: bytes, size: int) -> None:
    decoder = SSEDecoder(max_event_bytes=1000)
    body = head + piece * (4000 // len(piece))
    with pytest.raises(BoundExceeded, match="1000 B"):
        decoded(decoder, cut(body, size))


def test_a_bound_is_for_one_event_and_not_for_the_stream() -> None:
    decoder = SSEDecoder(max_event_bytes=100)
    events = decoded(decoder, [b"data: %s\n\n: %s\n\nx: %s\n\n" % (b"d" * 90, b"c" * 90, b"u" * 90)] * 100)
    assert len(events) == 100


@pytest.mark.parametrize("size", [1, 5, 64, 10_000])
def test_the_bound_does_not_depend_on_the_reads(size: int) -> None:
    """A line of exactly the bound passes and one byte more does not; what was whole before it is kept."""
    good = b"data: 1\n\n"
    fits = b"data: " + b"x" * 94
    assert len(decoded(SSEDecoder(100), cut(good + fits + b"\n\n", size))) == 2
    kept: list[ServerSentEvent] = []
    with pytest.raises(BoundExceeded):
        feed_all(SSEDecoder(100), [*cut(good + fits + b"x\n\n", size), b"\n"], kept)
    assert [event.data for event in kept] == [b"1"]


def test_a_bound_that_was_passed_is_reported_by_the_end_too() -> None:
    """When the read that passed it had events as well, they come first and the report after them."""
    decoder = SSEDecoder(20)
    assert len(decoder.feed(b"data: 1\n\n" + b"x" * 21)) == 1
    with pytest.raises(BoundExceeded):
        decoder.close()
