"""The life of one stream: phases, deadlines, and why it ended in words."""

from itertools import product

import pytest

from tests.core.replay import MS, START_NS, TARGET, begun, chunk, folded, sse
from tui.core.deadlines import Overrun, Timeouts, overrun
from tui.core.endings import ending, size_words
from tui.core.events import ResponseStarted
from tui.core.failure import FailureKind, StreamError
from tui.core.fold import Answer
from tui.core.phase import NEXT, Phase
from tui.core.stream import StreamState
from tui.core.timeline import Timeline

ENDS = {Phase.COMPLETE, Phase.FAILED, Phase.INTERRUPTED, Phase.CANCELLED}
TEXT = sse(chunk({"content": "hello"}), done=False)
WHOLE = sse(chunk({"content": "hello"}), chunk({}, "stop"), done=False)


# -- phases ----------------------------------------------------------------------------------------------------------


def test_the_table_of_phases() -> None:
    follows = {
        Phase.QUEUED: {Phase.CONNECTING, Phase.CANCELLED, Phase.FAILED},
        Phase.CONNECTING: {Phase.WAITING, Phase.RETRYING} | ENDS,
        Phase.WAITING: {Phase.STREAMING, Phase.RETRYING} | ENDS,
        Phase.RETRYING: {Phase.CONNECTING, Phase.CANCELLED, Phase.FAILED},
        Phase.STREAMING: ENDS,
    }
    for phase, after in product(Phase, Phase):
        assert (after in NEXT[phase]) is (after in follows.get(phase, set())), f"{phase} -> {after}"
        assert phase.is_terminal is (phase in ENDS)


def test_a_life() -> None:
    state = StreamState(TARGET, 0)
    seen = [state.phase]
    versions = [state.version]

    def look() -> None:
        seen.append(state.phase)
        versions.append(state.version)

    state.start(START_NS)
    look()
    state.connected(START_NS + 1, reused=False)
    look()
    state.respond(200, {"x-request-id": "r"}, START_NS + 2)
    look()
    state.receive(TEXT, START_NS + 3)
    look()
    state.receive(WHOLE + b"data: [DONE]\n\n", START_NS + 4)
    look()
    assert seen == [Phase.QUEUED, Phase.CONNECTING, Phase.WAITING, Phase.WAITING, Phase.STREAMING, Phase.COMPLETE]
    assert versions == sorted(set(versions))  # each verb is seen by a reader that polls the version
    assert (state.status, state.headers["x-request-id"], state.is_over) == (200, "r", True)


def test_a_transport_that_reports_no_connection() -> None:
    state = StreamState(TARGET, 0)
    state.start(START_NS)
    state.respond(200, {}, START_NS + 1)
    assert state.phase is Phase.WAITING
    state = StreamState(TARGET, 0)
    state.start(START_NS)
    state.receive(TEXT, START_NS + 1)
    assert state.phase is Phase.STREAMING


def test_it_ends_at_its_marker_without_waiting_for_the_end_of_the_body() -> None:
    state = begun()
    state.receive(WHOLE, 2_000 * MS)
    assert not state.is_over
    state.receive(b"data: [DONE]\n\n", 2_100 * MS)
    assert state.phase is Phase.COMPLETE
    assert state.timeline.end_ns == 2_100 * MS


@pytest.mark.parametrize("end", ["end", "fail", "cancel"])
def test_nothing_changes_an_end(end: str) -> None:
    state = begun()
    state.receive(TEXT, 2_000 * MS)
    {
        "end": lambda: state.end(2_001 * MS),
        "fail": lambda: state.fail(StreamError("transport", "reset"), 2_001 * MS),
        "cancel": lambda: state.cancel(2_001 * MS),
    }[end]()
    before = (state.snapshot(), state.version)
    state.receive(WHOLE, 3_000 * MS)
    state.end(3_000 * MS)
    state.fail(StreamError("http", "late"), 3_000 * MS)
    state.cancel(3_000 * MS)
    assert (state.snapshot(), state.version) == before


@pytest.mark.parametrize(
    ("received", "kind", "phase", "keeps_error"),
    [
        (b"", "transport", Phase.FAILED, True),
        (b"", "protocol", Phase.FAILED, True),
        (b"", "http", Phase.FAILED, True),
        (sse(chunk({"role": "assistant"}), done=False), "transport", Phase.FAILED, True),
        (TEXT, "transport", Phase.INTERRUPTED, True),
        (TEXT, "protocol", Phase.INTERRUPTED, True),
        (TEXT, "api", Phase.FAILED, True),
        (sse(chunk({"reasoning": "hm"}), done=False), "transport", Phase.INTERRUPTED, True),
        (sse(chunk({"tool_calls": [{"index": 0, "id": "a"}]}), done=False), "transport", Phase.INTERRUPTED, True),
        (WHOLE, "transport", Phase.COMPLETE, False),  # the answer was proved whole before the connection broke
    ],
)
def test_how_a_broken_stream_ends(received: bytes, kind: FailureKind, phase: Phase, keeps_error: bool) -> None:
    state = begun()
    state.receive(received, 2_000 * MS)
    error = StreamError(kind, "broke")
    state.fail(error, 2_001 * MS)
    assert state.phase is phase
    assert state.error == (error if keeps_error else None)


def test_the_first_id_stays_whatever_a_decoder_reports() -> None:
    answer = Answer()
    answer.apply(ResponseStarted("", "m"))
    answer.apply(ResponseStarted("one", ""))
    answer.apply(ResponseStarted("two", "n"))
    assert (answer.response_id, answer.model) == ("one", "m")


def test_a_view_reads_on_from_where_it_stopped() -> None:
    channel = Answer().choice(0).text
    assert not channel
    channel.append("a")
    channel.append("b")
    assert channel.since(0) == (["a", "b"], 2)
    channel.append("c")
    assert channel.since(2) == (["c"], 3)
    assert channel.since(3) == ([], 3)
    assert (channel.text(), channel.chars, bool(channel)) == ("abc", 3, True)


def test_repr() -> None:
    state = begun()
    state.receive(TEXT, 2_000 * MS)
    assert repr(state) == f"<StreamState tiny streaming {len(TEXT)} B>"


# -- deadlines -------------------------------------------------------------------------------------------------------

LIMITS = Timeouts(connect=1, first_byte=2, first_token=4, idle=3, total=20)
S = 1_000_000_000


def timeline(**stamps_s: float) -> Timeline:
    made = Timeline(0)
    for name, at_s in stamps_s.items():
        setattr(made, f"{name}_ns", round(at_s * S))
    return made


@pytest.mark.parametrize(
    ("stamps", "phase", "now_s", "limit"),
    [
        ({}, Phase.QUEUED, 99, None),  # its own queue costs no deadline
        ({"start": 0}, Phase.CONNECTING, 1, None),
        ({"start": 0}, Phase.CONNECTING, 1.001, "connect"),
        ({"start": 0, "connected": 0.5}, Phase.WAITING, 2.5, None),  # first byte: from the connection
        ({"start": 0, "connected": 0.5}, Phase.WAITING, 2.501, "first_byte"),
        ({"start": 0, "connected": 0, "headers": 0.5}, Phase.WAITING, 4, None),
        ({"start": 0, "connected": 0, "headers": 0}, Phase.WAITING, 3, None),  # an instant may be 0
        ({"start": 0, "connected": 0.5, "headers": 1}, Phase.WAITING, 4.001, "first_token"),
        ({"start": 0, "connected": 0.5, "headers": 1, "last_byte": 4}, Phase.WAITING, 4.001, "first_token"),
        ({"start": 0, "headers": 1, "first_token": 2, "last_token": 2}, Phase.STREAMING, 5, None),
        ({"start": 0, "headers": 1, "first_token": 2, "last_token": 2, "last_byte": 5}, Phase.STREAMING, 5.001, "idle"),
        ({"start": 0, "headers": 1, "first_token": 2, "last_token": 19}, Phase.STREAMING, 20, None),
        ({"start": 0, "headers": 1, "first_token": 2, "last_token": 19}, Phase.STREAMING, 20.001, "total"),
        *[({"start": 0, "end": 1}, phase, 99, None) for phase in sorted(ENDS)],
    ],
)
def test_deadlines(stamps: dict[str, float], phase: Phase, now_s: float, limit: str | None) -> None:
    found = overrun(timeline(**stamps), phase, LIMITS, round(now_s * S))
    assert (found.limit if found else None) == limit


def test_the_first_byte_limit_does_not_run_while_connecting() -> None:
    patient = Timeouts(connect=10, first_byte=1)
    assert overrun(timeline(start=0), Phase.CONNECTING, patient, 5 * S) is None


def test_an_overrun_names_its_limit() -> None:
    assert overrun(timeline(start=0), Phase.CONNECTING, LIMITS, 2 * S) == Overrun(
        "connect", 1, "no connection within 1 s (the connect limit)"
    )
    found = overrun(
        timeline(start=0, headers=0, first_token=1, last_token=1), Phase.STREAMING, Timeouts(idle=0.5), 2 * S
    )
    assert found == Overrun("idle", 0.5, "no new text within 0.5 s (the idle limit)")


def test_the_default_limits_are_the_promised_ones() -> None:
    assert Timeouts() == Timeouts(connect=10, first_byte=60, first_token=120, idle=60, total=1800)


@pytest.mark.parametrize(
    "data",
    [b": ping\n\n", sse(chunk({"content": ""}), done=False), b"d", sse({"choices": []}, done=False), b"data: x\n\n"],
)
def test_signs_of_life_are_no_progress(data: bytes) -> None:
    """They renew neither the first-token limit nor the idle limit."""
    state = begun()
    for second in range(2, 140):
        state.receive(data, second * S)
    found = overrun(state.timeline, state.phase, Timeouts(), 140 * S)
    assert found is not None
    assert found.limit == "first_token"
    state = begun()
    state.receive(TEXT, 2 * S)
    for second in range(3, 70):
        state.receive(data, second * S)
    found = overrun(state.timeline, state.phase, Timeouts(), 70 * S)
    assert found is not None
    assert found.limit == "idle"


# -- endings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (sse(chunk({"content": "x"}, "stop")), "stop"),
        (sse(chunk({"content": "x"}, "eos")), "stop"),
        (sse(chunk({"content": "x"}, "length")), "length"),
        (sse(chunk({"content": "x"}, "tool_calls")), "tool calls"),
        (sse(chunk({"content": "x"}, "content_filter")), "content filter"),
        (sse(chunk({"content": "x"}, "insufficient_system_resource")), "error"),
        (sse(chunk({"content": "x"}, "abort")), "cancelled by the server"),
        (sse(chunk({"content": "x"}, "recitation")), "recitation"),
        (sse(chunk({"refusal": "x"}, "stop")), "refusal, stop"),
        (sse(chunk({"content": "x"})), "done"),
        (sse(chunk({"content": "x"}, "stop", 0), chunk({"content": "x"}, "stop", 1)), "stop"),
        (sse(chunk({"content": "x"}, "stop", 0), chunk({"content": "x"}, "length", 1)), "stop, length"),
        (sse({"error": {"message": "overloaded", "code": 529}}), "error: overloaded"),
        (sse(), "error: the server ended the stream without sending any answer"),
    ],
)
def test_endings(stream: bytes, words: str) -> None:
    assert ending(folded([stream])) == words


def test_endings_of_streams_that_did_not_finish() -> None:
    state = begun()
    assert ending(state) == ""
    state.receive(b"data: " + b"x" * 4_100, 2 * S)
    assert ending(state) == ""
    state.end(3 * S)
    assert ending(state) == "interrupted before any text, after 4.1 kB"
    state = begun()
    state.receive(TEXT, 2 * S)
    state.fail(StreamError("transport", "no new text within 60 s (the idle limit)", type="idle"), 62 * S)
    assert ending(state) == f"interrupted after {len(TEXT)} B: no new text within 60 s (the idle limit)"
    state = begun()
    state.cancel(2 * S)
    assert ending(state) == "cancelled"
    state = begun(429)
    state.fail(StreamError("http", "slow down", status=429), 2 * S)
    assert ending(state) == "error: 429 slow down"
    state = begun()
    state.fail(StreamError("transport", "connection refused"), 2 * S)
    assert ending(state) == "error: connection refused"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (76_060, "76.1 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (2_345_678, "2.3 MB"),
    ],
)
def test_size_words(size: int, words: str) -> None:
    assert size_words(size) == words
