"""What holds for every stream: cuts do not matter, nothing raises, and nothing is complete without proof.

Streams are made of what servers send (and of what they should not), recorded ones are damaged, and bytes are thrown in.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.core.replay import FIRST_READ_NS, MS, RECORDINGS, begun, folded, timeless
from tui.core.bounds import Bounds
from tui.core.endings import ending
from tui.core.errors import TargetError
from tui.core.failure import http_error
from tui.core.phase import Phase
from tui.core.report import run_object
from tui.core.sse import SSEDecoder
from tui.core.stream import StreamState
from tui.core.target import parse_target
from tui.core.text import joined
from tui.core.timeline import Timeline
from tui.core.validity import validity_of

SMALL = Bounds(event_bytes=2_000, answer_chars=300, tool_calls=4, choices=3)
MODERATE = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXTS = st.one_of(
    st.sampled_from(
        ["", "Hello", " world", "ü", "😄", "\ud83d", "\ude04", "a\u2028b", "\x1b[2J", "data: [DONE]", "\n\n"]
    ),
    st.text(max_size=8),
)
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 200), st.just(10**30), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)


def mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """`strategy`, and now and then something that does not belong there."""
    return st.one_of(strategy, strategy, strategy, strategy, JUNK)


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: mostly(field) for name, field in fields.items()})


FUNCTION = record(name=TEXTS, arguments=st.one_of(TEXTS, st.sampled_from(["{}", '{"a":', "1}"])))
TOOL = record(
    index=st.integers(0, 5), id=st.sampled_from(["", "a", "b"]), type=TEXTS, function=FUNCTION, custom=FUNCTION
)
DELTA = record(
    role=TEXTS,
    content=TEXTS,
    reasoning=TEXTS,
    reasoning_content=TEXTS,
    refusal=TEXTS,
    tool_calls=st.lists(TOOL, max_size=3),
    function_call=FUNCTION,
)
CHOICE = record(
    index=st.integers(0, 3),
    delta=DELTA,
    message=DELTA,
    finish_reason=st.sampled_from([None, "", "null", "stop", "length", "tool_calls"]),
)
USAGE = record(prompt_tokens=st.integers(0, 99), completion_tokens=st.integers(0, 99))
ERROR = st.one_of(st.none(), TEXTS, record(message=TEXTS, code=JUNK, type=TEXTS))
CHUNK = record(id=TEXTS, model=TEXTS, choices=st.lists(CHOICE, max_size=3), usage=USAGE)
FAILING = st.fixed_dictionaries({"error": ERROR}, optional={"choices": st.lists(CHOICE, max_size=1)})

PAYLOADS = st.one_of(*[CHUNK.map(json.dumps)] * 6, FAILING.map(json.dumps), JUNK.map(json.dumps), TEXTS)
LINE_ENDS = st.sampled_from(["\n\n", "\n\n", "\r\n\r\n", "\r\r", "\n", "\r\n"])
EVENTS = st.one_of(
    st.builds("data: {}{}".format, PAYLOADS, LINE_ENDS),
    st.builds("data:{}{}".format, PAYLOADS, LINE_ENDS),
    st.builds("{}{}".format, PAYLOADS, LINE_ENDS),
    st.builds("{}: {}{}".format, st.sampled_from(["event", "id", "retry", "error", "", "x"]), TEXTS, LINE_ENDS),
    st.builds("data: [DONE]{}".format, LINE_ENDS),
    st.sampled_from([": ping\n\n", "\n", "event: error\n", "data\n\n", "\ufeff"]),
)
STREAMS = st.lists(EVENTS, max_size=12).map(lambda events: "".join(events).encode("utf-8", "surrogatepass"))


@st.composite
def cuts(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """Some way to cut `data` into reads."""
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=20)))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


def check(state: StreamState) -> None:
    """What must hold at the end of any stream, and that everything that looks at it can."""
    assert state.is_over
    snapshot = state.snapshot()
    report = run_object("r", "p", "2026-11-20T12:00:00Z", [state])
    json.dumps(report, allow_nan=False, ensure_ascii=False).encode()
    assert ending(state) or snapshot.phase is Phase.COMPLETE
    assert (snapshot.error is not None) or snapshot.phase is not Phase.FAILED
    if snapshot.is_complete:
        assert snapshot.choices
        assert snapshot.error is None
        assert state.answer.has_end_marker or all(choice.finish_reason for choice in snapshot.choices)
    for choice in snapshot.choices:
        repr(choice).encode()
        for token in choice.logprobs:
            token.token.encode()
    state.timeline.sparkline(FIRST_READ_NS + MS, 20)
    state.timeline.rate_now(FIRST_READ_NS + 5_000 * MS)


@MODERATE
@given(st.data(), STREAMS)
def test_no_cut_of_any_stream_matters(data: st.DataObject, stream: bytes) -> None:
    whole = folded([stream])
    check(whole)
    others = [data.draw(cuts(stream)), [stream[at : at + 1] for at in range(len(stream))]]
    for reads in others:
        state = folded(reads)
        check(state)
        same = timeless(state.snapshot())
        expected = timeless(whole.snapshot())
        if whole.timeline.end_ns == FIRST_READ_NS:
            # It ended inside of the read: comments behind the end were received in that one and in no other.
            assert same.counts.comments <= expected.counts.comments
            assert (same.counts.payloads, same.counts.undecodable) == (
                expected.counts.payloads,
                expected.counts.undecodable,
            )
            assert (same.choices, same.phase, same.error, same.usage) == (
                expected.choices,
                expected.phase,
                expected.error,
                expected.usage,
            )
        else:
            assert same == expected


@MODERATE
@given(st.data(), STREAMS)
def test_bounds_do_not_depend_on_the_cuts(data: st.DataObject, stream: bytes) -> None:
    whole, other = folded([stream], bounds=SMALL), folded(data.draw(cuts(stream)), bounds=SMALL)
    check(whole)
    check(other)
    assert (whole.phase, whole.error) == (other.phase, other.error)
    assert whole.snapshot().choices == other.snapshot().choices


@MODERATE
@given(st.lists(st.binary(max_size=60), max_size=10), st.sampled_from([None, SMALL]))
def test_no_bytes_raise(reads: list[bytes], bounds: Bounds | None) -> None:
    check(folded(reads, bounds=bounds or Bounds()))


TOKENS = st.sampled_from(
    [
        *(b"data:", b"data: ", b"event: error\n", b"error: ", b"\n", b"\r", b"\r\n", b"\n\n", b"{", b"}", b"[", b"]"),
        *(b'"', b":", b",", b"[DONE]", b"<html>", b"null", b"1e999", b"\xef\xbb\xbf", b"\xff", b"\\ud83d", b"\0"),
        *(b'{"choices":[{"delta":{"content":"x"}}]}', b'{"choices":[{"finish_reason":"stop"}]}', b'{"error":"x"}'),
    ]
)


@MODERATE
@given(st.data(), st.lists(TOKENS, max_size=25).map(b"".join))
def test_no_soup_of_syntax_raises_or_depends_on_its_cuts(data: st.DataObject, soup: bytes) -> None:
    whole, other = folded([soup]), folded(data.draw(cuts(soup)))
    check(whole)
    check(other)
    assert (whole.phase, whole.error) == (other.phase, other.error)
    assert whole.snapshot().choices == other.snapshot().choices


NAMES = sorted(
    name for name, recording in RECORDINGS.items() if recording.status == 200 and len(recording.raw) < 16_000
)


def damaged(raw: bytes, damages: Sequence[tuple[str, float, float, bytes]]) -> bytes:
    """`raw` after each damage: what, from and to as shares of its length, and bytes to put there."""
    for what, start_share, end_share, new in damages:
        start, end = sorted((int(start_share * len(raw)), int(end_share * len(raw))))
        match what:
            case "flip" if raw:
                at = min(start, len(raw) - 1)
                raw = raw[:at] + bytes([raw[at] ^ (1 << (end % 8))]) + raw[at + 1 :]
            case "cut":
                raw = raw[:start] + raw[start + (end - start) % 50 :]
            case "repeat":
                raw = raw[:end] + raw[start:end][-2_000:] + raw[end:]
            case "insert":
                raw = raw[:start] + new + raw[start:]
    return raw


SHARES = st.floats(0, 1)
DAMAGES = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "repeat", "insert"]),
        SHARES,
        SHARES,
        st.one_of(st.binary(max_size=20), st.lists(TOKENS, max_size=4).map(b"".join)),
    ),
    min_size=1,
    max_size=6,
)


@MODERATE
@given(st.sampled_from(NAMES), DAMAGES, st.sampled_from([7, 64, 1_000_000]))
def test_damaged_recordings_raise_nothing(name: str, damages: list[tuple[str, float, float, bytes]], size: int) -> None:
    raw = damaged(RECORDINGS[name].raw, damages)
    whole, other = folded([raw]), folded([raw[at : at + size] for at in range(0, len(raw), size)])
    check(whole)
    check(other)
    assert (whole.phase, whole.error) == (other.phase, other.error)
    assert whole.snapshot().choices == other.snapshot().choices


@MODERATE
@given(st.sampled_from(NAMES), SHARES)
def test_a_recording_cut_before_its_proof_is_never_complete(name: str, share: float) -> None:
    """The proof of a stream is in the event of its (last) finish reason; a whole document proves itself at its end."""
    raw = RECORDINGS[name].raw
    last = max(raw.rfind(b'"finish_reason":"%s"' % word) for word in (b"stop", b"length", b"tool_calls"))
    proof = len(raw) if last < 0 or raw.startswith(b"{") else raw.find(b"\n", last)
    state = folded([raw[: int(share * (proof - 1))]])
    check(state)
    assert state.phase in (Phase.INTERRUPTED, Phase.FAILED)


@MODERATE
@given(st.lists(TEXTS, max_size=6))
def test_joined_text_can_always_be_written(parts: list[str]) -> None:
    text = joined(parts)
    text.encode()
    assert joined([text]) == text
    assert joined(["".join(parts)]) == text


@MODERATE
@given(JUNK, st.sampled_from([400, 429, 500, 529]), st.dictionaries(st.sampled_from(["retry-after", "date"]), TEXTS))
def test_any_error_body_becomes_an_error(body: object, status: int, headers: dict[str, str]) -> None:
    for raw in (json.dumps(body).encode(), json.dumps({"error": body}).encode(), json.dumps(body)[:-1].encode()):
        error = http_error(status, headers, raw)
        assert error.message
        repr(error).encode()
        assert len(error.message) <= 2_100


@MODERATE
@given(JUNK, st.floats(0, 1))
def test_beginnings_of_json_are_never_invalid(value: object, share: float) -> None:
    document = json.dumps([value], ensure_ascii=False)
    assume("Infinity" not in document)  # Python's own word, not JSON
    assert validity_of(document) == "valid"
    assert validity_of(document[: int(share * (len(document) - 1))]) in ("empty", "partial")


@MODERATE
@given(st.text(alphabet='a=/,[]{}" 1', max_size=20))
def test_any_target_is_parsed_or_refused_in_words(text: str) -> None:
    with suppress(TargetError):
        spec = parse_target(text)
        assert spec.name
        assert spec.path


@MODERATE
@given(st.lists(st.tuples(st.integers(0, 3_000), st.floats(0, 9)), min_size=1, max_size=30), st.integers(0, 9_000))
def test_live_figures_are_never_negative(gaps: list[tuple[int, float]], wait_ms: int) -> None:
    """And the sparkline holds every token once, when it is wide enough."""
    timeline, at_ms = Timeline(0), 0
    for gap_ms, tokens in gaps:
        at_ms += gap_ms
        timeline.token_read(at_ms * MS, tokens, 1)
    now_ns = (at_ms + wait_ms) * MS
    rate = timeline.rate_now(now_ns)
    assert rate is None or rate >= 0
    line = timeline.sparkline(now_ns, 1_000)
    assert len(line) <= 1_000
    assert abs(sum(line) - sum(tokens for _, tokens in gaps)) < 1e-6


def test_a_stream_of_every_recording_on_one_connection() -> None:
    """Two answers in one body: the second is after the end and is ignored."""
    one, two = RECORDINGS["llama-server/chat"].raw, RECORDINGS["llama-server/chat_story"].raw
    state = begun()
    for data in (one, two):
        state.receive(data, FIRST_READ_NS)
    assert state.snapshot().choices == folded([one]).snapshot().choices


@MODERATE
@given(st.data(), st.text(alphabet="data:evnti {}[]\r\n\ufeff1\0", max_size=80).map(str.encode))
def test_the_sse_decoder_does_not_depend_on_cuts(data: st.DataObject, raw: bytes) -> None:
    whole, other = SSEDecoder(), SSEDecoder()
    expected = whole.feed(raw) + whole.close()
    found = [event for read in data.draw(cuts(raw)) for event in other.feed(read)] + other.close()
    assert found == expected
    assert (whole.comments, whole.retry_ms) == (other.comments, other.retry_ms)
