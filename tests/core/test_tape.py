"""What a tape keeps, what it forgets, and the events that are read from it."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.replay import FIRST_READ_NS, MS, Recording, begun, chunk, cut, recordings_of, splits, sse
from tui.core import tape_events
from tui.core.body import BodyDecoder
from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.dialects import DIALECTS
from tui.core.event_types import event_type
from tui.core.tape import READ_COST, Tape
from tui.core.tape_events import TapeReader
from tui.core.tape_splitters import Events, Log

FRAMINGS = {"gemini": "array", "ollama": "lines"}
RECORDINGS = [
    pytest.param(dialect, recording, id=f"{dialect}/{recording.name}")
    for dialect in sorted(DIALECTS)
    for recording in recordings_of(dialect).values()
]


def taped(reads: list[bytes], limit: int = DEFAULT_BOUNDS.tape_bytes) -> Tape:
    tape = Tape(limit)
    for number, data in enumerate(reads):
        tape.append(data, number * MS)
    return tape


def read(reads: list[bytes], dialect: str = "chat") -> TapeReader:
    """All events of a body that has ended."""
    reader = TapeReader(taped(reads), dialect)
    reader.read_on(is_over=True)
    return reader


def kinds(reader: TapeReader) -> list[tuple[str, str, int]]:
    """What does not depend on when each read came."""
    return [(event.kind, event.type, event.size) for event in reader.events]


def types(data: bytes, dialect: str = "chat") -> list[str]:
    return [event.type for event in same_in_every_cut(data, dialect).events]


def same_in_every_cut(data: bytes, dialect: str) -> TapeReader:
    """The events of `data`, after checking that cuts change nothing and that nothing is lost between them."""
    whole = read([data], dialect)
    assert b"".join(whole.raw(event) or b"" for event in whole.events) == data
    for reads in splits(data):
        tape = Tape()
        growing = TapeReader(tape, dialect)
        for number, part in enumerate(reads):
            tape.append(part, number)
            if number % 3:
                growing.read_on(is_over=False)
        growing.read_on(is_over=True)
        assert kinds(growing) == kinds(whole)
    return whole


def payloads_of(data: bytes, dialect: str) -> list[bytes]:
    """What the decoders are given."""
    body = BodyDecoder(framing=FRAMINGS.get(dialect, "document"))  # type: ignore[arg-type]
    return [payload.data for payload in [*body.feed(data), *body.close()]]


# -- events ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dialect", "recording"), RECORDINGS)
def test_the_events_of_a_recording_are_those_the_decoders_see(dialect: str, recording: Recording) -> None:
    reader = same_in_every_cut(recording.raw, dialect)
    found = [reader.payload(event) for event in reader.events if event.kind in ("payload", "whole")]
    assert [data for data in found if data is not None] == payloads_of(recording.raw, dialect)


LINES = st.sampled_from(
    b'data: {}|data: {"a": 1}|data: [DONE]|data:|data: {|data: }|: ping|event: x|id: 7|retry: 5|||'.split(b"|")
    + b'{"error": 1}|junk|error: gone'.split(b"|")
)
ENDS = st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"])


@given(st.lists(st.tuples(LINES, ENDS), max_size=20), st.data())
@example([(b": a", b"\r"), (b"", b"\n"), (b"data: {}", b"\n")], None)
def test_cuts_change_no_events_and_lose_no_bytes(lines: list[tuple[bytes, bytes]], data: st.DataObject | None) -> None:
    body = b"".join(line + end for line, end in lines)
    whole = read([body])
    assert sum(event.size for event in whole.events) == len(body)
    places = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8))) if data else [4, 5]
    reads = [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]
    assert kinds(read(reads)) == kinds(whole)


@given(st.lists(st.tuples(LINES, ENDS), max_size=20))
def test_there_is_an_event_for_each_payload(lines: list[tuple[bytes, bytes]]) -> None:
    body = b"data: {}\n\n" + b"".join(line + end for line, end in lines)
    found = [event for event in read([body]).events if event.kind == "payload"]
    assert len(found) == len(payloads_of(body, "chat"))


def test_an_event_has_the_stamp_of_the_read_that_completed_it() -> None:
    events = read([b"data: {}\n\ndata", b": {}", b"\n\n: ping\n\n"]).events
    assert [(event.type, event.at_ns) for event in events] == [("empty", 0), ("empty", 2 * MS), ("comment", 2 * MS)]


def test_an_event_may_come_in_many_reads_without_being_read_again_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at all that is pending with each read would look at 200 MB here."""
    looked_at = 0

    class Counted(Events):
        def take(self, data: bytes, log: Log) -> bytes:
            nonlocal looked_at
            looked_at += len(data)
            return super().take(data, log)

    monkeypatch.setattr(tape_events, "Events", Counted)
    body = b"data: {" + b" " * 2_000_000 + b"}\n\n"
    assert kinds(read(cut(body, 10_000))) == [("payload", "empty", len(body))]
    assert looked_at < 2 * len(body)


def test_comments_blank_lines_and_fields_are_events_too() -> None:
    body = b": ping\n\n\ndata: {}\n\nretry: 3000\n\nid: 5\n: in it\ndata: {}\n\n: last"
    assert types(body) == ["comment", "blank", "empty", "fields", "empty", "unfinished"]


def test_events_between_which_there_is_no_blank_line() -> None:
    body = b'data: {"choices":[{"delta":{"content":"a"}}]}\ndata: {"usage":{"x":1}}\ndata: [DONE]\n'
    reader = same_in_every_cut(body, "chat")
    assert [event.type for event in reader.events] == ["content", "usage", "[DONE]"]
    assert [reader.raw(event) for event in reader.events] == body.splitlines(keepends=True)


def test_what_is_behind_the_last_event_is_shown_as_it_is() -> None:
    reader = same_in_every_cut(b'data: {}\n\ndata: {"choi', "chat")
    assert kinds(reader)[-1] == ("unfinished", "unfinished", 12)
    assert reader.payload(reader.events[-1]) == b'data: {"choi'


@pytest.mark.parametrize(
    ("dialect", "body", "kind", "type"),
    [
        ("chat", b'{"error": {"message": "no"}}', "whole", "error"),
        ("chat", json.dumps({"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}).encode(), "whole",
         "content+finish"),
        ("ollama", b'{"error": "no such model"}', "payload", "error"),
        ("chat", b"<html><h1>502</h1></html>", "whole", "web page"),
        ("chat", b"{broken", "whole", "document"),
        ("chat", b" \n\n ", "blank", "blank"),
    ],
)  # fmt: skip
def test_a_body_that_is_one_document(dialect: str, body: bytes, kind: str, type: str) -> None:
    reader = same_in_every_cut(body, dialect)
    assert kinds(reader) == [(kind, type, len(body))]


def test_an_empty_body_has_no_events() -> None:
    assert read([]).events == []


def test_json_lines_and_arrays_are_split_too() -> None:
    lines = b'{"message":{"content":"a"}}\n\n{\n "done": true\n}\n{"message":{"thinking":"b"}}'
    assert types(lines, "ollama") == ["content", "blank", "done", "thinking"]
    array = b'[{"candidates":[{"content":{"parts":[{"text":"a}"}]}}]}\r\n,\r\n{"error":{"code":1}}\n]\n'
    reader = same_in_every_cut(array, "gemini")
    assert [event.type for event in reader.events] == ["text", "error"]
    assert reader.payload(reader.events[1]) == b'{"error":{"code":1}}'


def test_an_event_over_the_bound_is_shown_as_unfinished() -> None:
    reader = TapeReader(taped([b"data: {}\n\n", b"data: " + b"x" * 200 + b"\n\n"]), "chat", event_bytes=100)
    reader.read_on(is_over=True)
    assert kinds(reader) == [("payload", "empty", 10), ("unfinished", "unfinished", 208)]


# -- types ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialect", "name", "payload", "expected"),
    [
        ("chat", "", chunk({"role": "assistant", "content": ""}), "role"),
        ("chat", "", chunk({"content": "a"}), "content"),
        ("chat", "", chunk({"reasoning_content": "a"}), "reasoning"),
        ("chat", "", chunk({"content": "a"}, "stop"), "content+finish"),
        ("chat", "", chunk({"tool_calls": [{"index": 0}]}), "tool_calls"),
        ("chat", "", chunk({"refusal": "no"}), "refusal"),
        ("chat", "", {"choices": [], "usage": {"prompt_tokens": 1}}, "usage"),
        ("chat", "", {"choices": [{"text": "a"}], "usage": {"prompt_tokens": 1}}, "text"),
        ("chat", "", {"error": {"message": "no"}}, "error"),
        ("chat", "", {}, "empty"),
        ("chat", "ping", {}, "ping"),
        ("completions", "", {"choices": [{"text": "a"}]}, "text"),
        ("anthropic", "content_block_delta", {"type": "content_block_delta", "delta": {}}, "content_block_delta"),
        ("anthropic", "ping", {}, "ping"),
        ("responses", "", {"type": "response.output_text.delta"}, "response.output_text.delta"),
        ("responses", "", {"error": {"message": "no"}}, "error"),
        ("gemini", "", {"candidates": [{"content": {"parts": [{"text": "a", "thought": True}]}}]}, "thought"),
        ("gemini", "", {"candidates": [{"content": {"parts": [{"functionCall": {"name": "f"}}]}}]}, "functionCall"),
        ("gemini", "", {"candidates": [{"finishReason": "STOP"}], "usageMetadata": {"x": 1}}, "finish"),
        ("gemini", "", {"usageMetadata": {"x": 1}}, "usage"),
        ("ollama", "", {"message": {"content": "a"}, "done": False}, "content"),
        ("ollama", "", {"message": {"content": ""}, "done": True}, "done"),
        ("ollama", "", {"response": "a"}, "content"),
        ("chat", "", [], "other"),
        ("chat", "", {"choices": "odd"}, "other"),
        ("anthropic", "", {"type": "x" * 1000}, "x" * 48),
    ],
)
def test_the_type_of_a_payload(dialect: str, name: str, payload: object, expected: str) -> None:
    assert event_type(dialect, name, json.dumps(payload).encode()) == expected


@pytest.mark.parametrize("data", [b"{", b"nonsense", b"\xff", b"", b"[" * 100_000])
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_what_is_no_json_is_marked(dialect: str, data: bytes) -> None:
    assert event_type(dialect, "", data) == "unreadable"


# -- bounds ---------------------------------------------------------------------------------------------------------

EVENT = b"data: {}\n\n" + b":" + b"x" * 988 + b"\n"
LIMIT = 64 * 1024


def test_a_tape_forgets_the_oldest_middle() -> None:
    tape = taped([EVENT] * 1000, LIMIT)
    kept = list(tape)
    assert len(tape) == 1000
    assert sum(len(data) + READ_COST for _, data in kept) <= LIMIT
    assert tape.bytes == 1000 * len(EVENT)
    assert tape.bytes == tape.forgotten_bytes + sum(len(data) for _, data in kept)
    stamps = [at_ns // MS for at_ns, _ in kept]
    gap = next(at for at in range(len(stamps)) if stamps[at] != at)
    assert 10 < gap < 20, "about a quarter is the beginning"
    assert stamps[gap:] == list(range(1000 - len(stamps) + gap, 1000)), "the rest is the end"
    assert [tape.read(number) is None for number in (gap - 1, gap, stamps[gap] - 1, stamps[gap])] == [0, 1, 1, 0]
    assert tape.next_kept(gap) == stamps[gap]


def test_tiny_reads_are_bounded_too() -> None:
    tape = taped([b"x"] * 50_000, LIMIT)
    assert sum(1 for _ in tape) <= LIMIT // READ_COST


def test_one_read_over_the_limit_is_kept() -> None:
    tape = taped([b"x" * 2 * LIMIT], LIMIT)
    assert tape.beginning(4) == b"xxxx"
    tape.append(b"y", 0)
    assert list(tape)[-1] == (0, b"y")


@pytest.mark.parametrize("looked_after", [0, 5, 100, 990])
def test_a_gap_is_an_event_and_those_behind_it_are_whole(looked_after: int) -> None:
    tape = Tape(LIMIT)
    reader = TapeReader(tape, "chat")
    for number in range(1000):
        if number == looked_after:
            reader.read_on(is_over=False)
        tape.append(EVENT, number)
    reader.read_on(is_over=True)
    assert sum(event.size for event in reader.events) == tape.bytes
    gaps = [event for event in reader.events if event.kind == "forgotten"]
    assert len(gaps) == (2 if looked_after == 100 else 1), "one that was there at the first look, and one since"
    assert reader.raw(gaps[0]) is None
    assert {event.kind for event in reader.events} == {"payload", "comment", "forgotten"}
    assert reader.payload(reader.events[-2]) == b"{}"
    lost = [event for event in reader.events if event.kind == "payload" and reader.payload(event) is None]
    assert bool(lost) == (looked_after >= 100), "what was seen and forgotten since is still listed"


def test_a_gap_in_the_middle_of_an_event() -> None:
    tape = taped(cut(EVENT * 1000, 700), LIMIT)
    reader = TapeReader(tape, "chat")
    reader.read_on(is_over=True)
    assert sum(event.size for event in reader.events) == tape.bytes
    behind = [event.kind for event in reader.events if event.start > tape.end_of_gap]
    assert behind.count("unfinished") <= 1
    assert behind.count("payload") > 20
    assert not any(event.type == "unreadable" for event in reader.events)


def test_reading_stops_when_there_is_no_time_and_goes_on_later() -> None:
    reader = TapeReader(taped([b"data: {}\n\n"] * 1000), "chat")
    reader.read_on(is_over=True, has_time=lambda: False)
    assert 0 < len(reader.events) < 100
    assert reader.is_behind
    reader.read_on(is_over=True)
    assert len(reader.events) == 1000


# -- beside a stream ------------------------------------------------------------------------------------------------


def test_a_stream_keeps_what_it_receives() -> None:
    state = begun(bounds=Bounds(tape_bytes=LIMIT))
    body = sse(chunk({"content": "Hi"}), chunk({}, "stop"))
    for number, data in enumerate(cut(body, 50)):
        state.receive(data, FIRST_READ_NS + number)
    assert state.is_over
    assert b"".join(data for _, data in state.tape) == body
    assert [at_ns - FIRST_READ_NS for at_ns, _ in state.tape] == list(range(len(state.tape)))
    assert state.exchanges[-1].tape is state.tape
    state.receive(b"more", FIRST_READ_NS)
    assert state.tape.bytes == len(body), "what comes after the end is not part of it"
