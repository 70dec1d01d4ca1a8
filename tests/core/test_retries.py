"""When a request is sent again, after how long, and what is kept of each try."""

from dataclasses import replace

import pytest

from tests.core.replay import MS, TARGET, chunk, sse
from tui.core.deadlines import Timeouts, overrun
from tui.core.failure import StreamError, http_error
from tui.core.phase import Phase
from tui.core.policy import Policy
from tui.core.report import target_object
from tui.core.retries import Retries, decide
from tui.core.stream import StreamState

S = 1_000 * MS
RULES = Retries()
BUSY = http_error(503, {}, b"busy")
REFUSED = StreamError("transport", "nothing is listening", retryable=True)
TEXT = sse(chunk({"content": "Hi"}), done=False)
WHOLE = sse(chunk({"content": "Hi"}, "stop"))


def retrying(rules: Retries = RULES, *, jitter: float = 0.0, dialect: str = "chat") -> StreamState:
    """A stream that may be tried again, at 0 s with its first request under way."""
    target = replace(TARGET, dialect=dialect, policy=Policy(retries=rules))
    state = StreamState(target, 0, jitter=jitter)
    state.start(0)
    return state


# -- the decision ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tried", "jitter", "wait_s"),
    [
        (1, 0.0, 0.5),
        (1, 1.0, 0.375),  # 0.5 - 25 %
        (2, 0.0, 1.0),
        (3, 0.0, 2.0),
        (5, 0.0, 8.0),
        (6, 0.0, 8.0),  # doubling stops
        (5, 0.5, 7.0),  # 8 - 12.5 %
        (5_000, 0.0, 8.0),
    ],
)
def test_waits_double_up_to_a_limit(tried: int, jitter: float, wait_s: float) -> None:
    assert decide(Retries(attempts=10_000), BUSY, tried, jitter).wait_s == wait_s


def test_the_rules_are_the_promised_ones() -> None:
    waits = [decide(RULES, BUSY, tried, 0.0).wait_s for tried in (1, 2, 3)]
    assert waits == [0.5, 1.0, None]
    assert decide(Retries(attempts=0), BUSY, 1, 0.0).wait_s is None


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_failures_that_pass_are_tried_again(status: int) -> None:
    assert decide(RULES, http_error(status, {}, b""), 1, 0.0).wait_s == 0.5


@pytest.mark.parametrize(
    "error",
    [
        *(http_error(status, {}, b"") for status in (301, 400, 401, 402, 403, 404, 405, 413, 415, 422, 451)),
        *(http_error(status, {"x-should-retry": "true"}, b"") for status in (400, 401, 403, 404, 422)),
        http_error(429, {}, b'{"error": {"message": "no", "code": "insufficient_quota"}}'),
        http_error(429, {"x-should-retry": "true"}, b'{"error": {"message": "no", "code": "insufficient_quota"}}'),
        http_error(503, {"x-should-retry": "false"}, b""),
        StreamError("protocol", "a web page"),
        StreamError("transport", "the certificate is not trusted", retryable=False),
    ],
    ids=str,
)
def test_failures_that_stay_are_not(error: StreamError) -> None:
    assert decide(RULES, error, 1, 0.0).wait_s is None


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "60"}, 60.0),
        ({"date": "Tue, 03 Nov 2026 10:00:00 GMT", "retry-after": "Tue, 03 Nov 2026 10:00:12 GMT"}, 12.0),
        ({"retry-after": "0"}, 0.5),
        ({"retry-after": "soon"}, 0.5),
        ({"retry-after": "-3"}, 0.5),
        ({"retry-after": "nan"}, 0.5),
    ],
)
def test_a_server_says_when_to_come_back(headers: dict[str, str], wait_s: float) -> None:
    assert decide(RULES, http_error(429, headers, b""), 1, 0.0).wait_s == wait_s


def test_a_wait_the_server_asked_for_is_never_shortened() -> None:
    assert decide(RULES, http_error(429, {"retry-after": "7"}, b""), 1, 1.0).wait_s == 7.0


@pytest.mark.parametrize(("asked", "words"), [("61", "61 s"), ("900", "15 min"), ("86400", "24 h")])
def test_a_wait_that_is_too_long_fails_at_once_and_is_named(asked: str, words: str) -> None:
    state = retrying()
    state.respond(429, {}, S)
    state.fail(http_error(429, {"retry-after": asked}, b'{"error": "slow down"}'), S)
    assert state.phase is Phase.FAILED
    assert state.error is not None
    assert state.error.message == (
        f"slow down (the server asks to wait {words}, longer than the 60 s that are waited for)"
    )


# -- the stream ------------------------------------------------------------------------------------------------------


def test_a_retry_that_succeeds() -> None:
    """Start 0, refused 1 s, waits 0.5 s, start 1.5 s, first token 1.8 s, end 2 s."""
    state = retrying()
    state.connected(100 * MS, reused=False)
    state.respond(503, {"x": "first"}, 900 * MS)
    state.fail(BUSY, 1_000 * MS)
    assert (state.phase, state.retry_at_ns, state.error) == (Phase.RETRYING, 1_500 * MS, None)
    assert (state.status, state.headers, state.is_over, state.attempt_is_over) == (None, {}, False, True)
    state.start(1_500 * MS)
    assert (state.phase, state.retry_at_ns) == (Phase.CONNECTING, None)
    state.connected(1_500 * MS, reused=True)
    state.respond(200, {"x": "second"}, 1_600 * MS)
    state.receive(WHOLE, 1_800 * MS)
    assert (state.phase, state.status, state.headers["x"]) == (Phase.COMPLETE, 200, "second")
    metrics = state.metrics()
    assert metrics.time_to_first_token_ns == 1_800 * MS
    assert metrics.last_attempt_time_to_first_token_ns == 300 * MS
    assert metrics.request_latency_ns == 1_800 * MS
    assert metrics.last_attempt_latency_ns == 300 * MS
    assert metrics.retry_delay_ns == 1_500 * MS
    assert metrics.operation_duration_ns == 1_800 * MS
    assert metrics.headers_ns == 100 * MS
    assert metrics.schedule_delay_ns == 0
    first, last = target_object(state)["attempts"]
    assert (first["start_ms"], first["connected_ms"], first["headers_ms"], first["end_ms"]) == (0, 100, 900, 1_000)
    assert (first["status"], first["error"]["message"], first["wait_ms"]) == (503, "busy", 500)
    assert (last["start_ms"], last["headers_ms"], last["time_to_first_token_ms"]) == (1_500, 100, 300)
    assert (last["status"], last["error"], last["wait_ms"]) == (200, None, None)
    assert state.counts.attempts == 2


def test_the_last_failure_is_the_streams_own() -> None:
    state = retrying()
    for at_s, error in ((1, BUSY), (3, REFUSED), (5, replace(BUSY, message="still busy"))):
        state.fail(error, at_s * S)
        if state.retry_at_ns is not None:
            state.start(state.retry_at_ns)
    assert state.phase is Phase.FAILED
    assert [attempt.error.message for attempt in state.attempts if attempt.error] == [
        "busy",
        "nothing is listening",
        "still busy",
    ]
    assert target_object(state)["end"] == "error: 503 still busy (after 3 attempts)"


@pytest.mark.parametrize(
    "delta",
    [
        {"content": "Hi"},
        {"reasoning_content": "Hm"},
        {"refusal": "no"},
        {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]},
        {"tool_calls": [{"index": 0, "id": "c", "type": "function", "function": {}}]},
    ],
    ids=str,
)
def test_nothing_is_sent_again_once_anything_came(delta: dict[str, object]) -> None:
    state = retrying()
    state.respond(200, {}, S)
    state.receive(sse(chunk(delta), done=False), S)
    state.fail(REFUSED, 2 * S)
    assert state.phase is Phase.INTERRUPTED
    assert len(state.attempts) == 1


def test_a_server_that_says_it_is_overloaded_in_a_200_is_tried_again_unless_it_had_begun() -> None:
    overloaded = b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}\n\n'
    state = retrying(dialect="anthropic")
    state.respond(200, {}, S)
    state.receive(overloaded, S)
    assert state.phase is Phase.RETRYING
    begun = retrying()
    begun.respond(200, {}, S)
    begun.receive(TEXT + overloaded, S)
    assert begun.phase is Phase.FAILED


def test_the_next_attempt_starts_afresh() -> None:
    """Half an event, comments and a role of the first attempt leave no trace in the second."""
    state = retrying()
    state.respond(200, {}, S)
    state.receive(b": ping\n\n" + sse(chunk({"role": "assistant"}, model="old"), done=False) + b"data: {half", S)
    state.fail(REFUSED, 2 * S)
    state.start(3 * S)
    state.respond(200, {}, 4 * S)
    state.receive(WHOLE, 5 * S)
    assert (state.phase, state.counts.comments, state.counts.undecodable) == (Phase.COMPLETE, 0, 0)
    assert (state.bytes_received, state.reads, state.answer.model) == (len(WHOLE), 1, "tiny")
    assert state.attempts[0].bytes > 0


def test_the_body_of_an_error_counts_as_that_attempts_bytes_and_not_as_the_answers() -> None:
    state = retrying()
    for attempt in range(2):
        if attempt:
            state.start(3 * S)
        state.respond(503, {}, S)
        state.receive_error(b'{"error": "busy"}', S)
        state.fail(BUSY, 2 * S)
        assert [each.bytes for each in state.attempts] == [17] * (attempt + 1)
    assert state.bytes_received == 0


def test_between_attempts_nothing_of_the_old_one_counts() -> None:
    state = retrying()
    state.fail(BUSY, S)
    state.respond(200, {}, S)
    state.connected(S, reused=False)
    state.receive(WHOLE, S)
    state.end(S)
    state.fail(REFUSED, S)
    assert (state.phase, state.status, state.bytes_received) == (Phase.RETRYING, None, 0)


def test_it_can_be_cancelled_while_it_waits() -> None:
    state = retrying()
    state.fail(BUSY, S)
    state.cancel(2 * S)
    assert (state.phase, state.error, state.retry_at_ns) == (Phase.CANCELLED, None, None)
    assert len(state.attempts) == 1
    assert state.metrics().operation_duration_ns == 2 * S


def test_only_a_connection_that_took_too_long_is_tried_again() -> None:
    limits = Timeouts(connect=1, first_byte=2, first_token=3)
    state = retrying()
    late = overrun(state.timeline, state.phase, limits, 2 * S)
    assert late is not None
    state.expire(late.as_error(), 2 * S)
    assert state.phase is Phase.RETRYING
    state.start(3 * S)
    state.connected(3 * S, reused=False)
    silent = overrun(state.timeline, state.phase, limits, 6 * S)
    assert silent is not None
    state.expire(silent.as_error(), 6 * S)
    assert (silent.limit, state.phase) == ("first_byte", Phase.FAILED)


def test_the_total_limit_covers_all_attempts_and_the_pauses() -> None:
    limits = Timeouts(total=10)
    state = retrying()
    state.fail(http_error(429, {"retry-after": "60"}, b""), S)
    assert overrun(state.timeline, state.phase, limits, 10 * S) is None
    passed = overrun(state.timeline, state.phase, limits, 11 * S)
    assert passed is not None
    state.expire(passed.as_error(), 11 * S)
    assert state.phase is Phase.FAILED
    assert state.error is not None
    assert state.error.message == "the answer was not finished within 10 s (the total limit)"
    again = retrying()
    again.fail(BUSY, 9 * S)
    again.start(9 * S)
    found = overrun(again.timeline, again.phase, limits, 11 * S)
    assert found is not None
    assert found.limit == "total"


def test_a_recording_is_never_tried_again() -> None:
    state = StreamState(TARGET, 0)
    state.start(0)
    state.fail(BUSY, S)
    assert state.phase is Phase.FAILED
