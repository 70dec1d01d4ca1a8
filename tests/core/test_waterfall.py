"""Where a stream's time went: stretches that meet, from the wish to the end."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.events import Usage
from tui.core.failure import StreamError, http_error
from tui.core.phase import Phase
from tui.core.price import Price, Tariff
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.core.totals import Totals, totals
from tui.core.waterfall import Doing, stretches

MS = 1_000_000
BUSY = http_error(503, {}, b"{}")


def new_stream(due_ms: int = 0) -> StreamState:
    target = Target("ada", "custom", "m", "chat", "http://127.0.0.1:9/v1", {})
    return StreamState(target, due_ms * MS, jitter=0.5)


def start(state: StreamState, at_ms: int) -> None:
    state.start(at_ms * MS)
    state.connected((at_ms + 10) * MS, reused=False)


def tell(state: StreamState, field: str, *at_ms: int) -> None:
    for at in at_ms:
        state.receive(b'data: {"choices":[{"index":0,"delta":{"%s":"word "}}]}\n\n' % field.encode(), at * MS)


def found(state: StreamState, now_ms: int) -> list[tuple[str, float, float]]:
    return [(piece.doing, piece.start_ns / MS, piece.end_ns / MS) for piece in stretches(state, now_ms * MS)]


def test_one_that_is_not_sent_yet_is_queued() -> None:
    assert found(new_stream(5), 20) == [("queued", 5, 20)]


def test_connecting_then_waiting() -> None:
    state = new_stream()
    state.start(5 * MS)
    assert found(state, 9) == [("queued", 0, 5), ("connect", 5, 9)]
    state.connected(15 * MS, reused=False)
    assert found(state, 40) == [("queued", 0, 5), ("connect", 5, 15), ("wait", 15, 40)]


def test_thinking_then_writing_until_now() -> None:
    state = new_stream()
    start(state, 0)
    tell(state, "reasoning_content", 100, 300)
    assert found(state, 400) == [("connect", 0, 10), ("wait", 10, 100), ("think", 100, 400)]
    tell(state, "content", 500, 900)
    assert found(state, 950)[2:] == [("think", 100, 500), ("write", 500, 950)]


def test_silence_of_a_second_is_a_stall_between_tokens_and_after_the_last() -> None:
    state = new_stream()
    start(state, 0)
    tell(state, "content", 100, 1099, 2099, 2199)  # gaps of 999, 1000 and 100 ms
    expected = [("connect", 0, 10), ("wait", 10, 100), ("write", 100, 1099), ("stall", 1099, 2099)]
    assert found(state, 3198) == [*expected, ("write", 2099, 3198)]
    assert found(state, 3199) == [*expected, ("write", 2099, 2199), ("stall", 2199, 3199)]


def test_a_stall_can_end_the_thinking() -> None:
    state = new_stream()
    start(state, 0)
    tell(state, "reasoning_content", 100, 200)
    tell(state, "content", 2200)
    assert found(state, 2300)[2:] == [("think", 100, 200), ("stall", 200, 2200), ("write", 2200, 2300)]


def test_tries_that_failed_are_shown_whole_with_the_pauses_between() -> None:
    state = new_stream()
    start(state, 0)
    state.fail(BUSY, 50 * MS)
    assert state.phase is Phase.RETRYING
    assert found(state, 80) == [("failed try", 0, 50), ("pause", 50, 80)]
    start(state, 600)
    tell(state, "content", 700)
    assert found(state, 750) == [
        *[("failed try", 0, 50), ("pause", 50, 600)],
        *[("connect", 600, 610), ("wait", 610, 700), ("write", 700, 750)],
    ]


def test_one_that_gave_up_waited_until_it_did() -> None:
    state = new_stream()
    start(state, 0)
    state.fail(http_error(401, {}, b"{}"), 50 * MS)
    assert found(state, 9000) == [("connect", 0, 10), ("wait", 10, 50)]


def test_cancelled_in_a_pause() -> None:
    state = new_stream()
    start(state, 0)
    state.fail(BUSY, 50 * MS)
    state.cancel(70 * MS)
    assert found(state, 9000) == [("failed try", 0, 50), ("pause", 50, 70)]


def test_cancelled_before_it_was_sent() -> None:
    state = new_stream()
    state.cancel(30 * MS)
    assert found(state, 9000) == [("queued", 0, 30)]


VERBS: list[Callable[[StreamState, int], None]] = [
    lambda state, at: state.start(at) if state.phase in (Phase.QUEUED, Phase.RETRYING) else None,
    lambda state, at: state.connected(at, reused=False),
    lambda state, at: tell(state, "reasoning_content", at // MS) if _is_on_its_way(state) else None,
    lambda state, at: tell(state, "content", at // MS) if _is_on_its_way(state) else None,
    lambda state, at: state.fail(BUSY, at) if state.phase is not Phase.QUEUED else None,
    lambda state, at: state.fail(StreamError("transport", "reset"), at) if _is_on_its_way(state) else None,
    lambda state, at: state.cancel(at),
]


def _is_on_its_way(state: StreamState) -> bool:
    return state.phase in (Phase.WAITING, Phase.STREAMING)


@given(st.lists(st.tuples(st.sampled_from([0, 0, 0, 1, 1, 2, 3, 3, 3, 4, 5, 6]), st.integers(0, 2500)), max_size=25))
def test_stretches_cover_all_the_time_once(story: list[tuple[int, int]]) -> None:
    state = new_stream()
    now = 0
    for verb, pause_ms in story:
        now += pause_ms * MS
        VERBS[verb](state, now)
    pieces = stretches(state, now + MS)
    end = state.timeline.end_ns if state.is_over else now + MS
    assert all(piece.start_ns < piece.end_ns for piece in pieces)
    assert all(before.end_ns == after.start_ns for before, after in pairwise(pieces))
    assert sum(piece.end_ns - piece.start_ns for piece in pieces) == end
    assert sum(piece.doing is Doing.FAILED_TRY for piece in pieces) <= max(0, len(state.attempts) - 1) + (
        state.phase in (Phase.RETRYING, Phase.CANCELLED, Phase.FAILED)
    )


# -- all streams together -------------------------------------------------------------------------------------------


def written(begin_ms: int, end_ms: int) -> StreamState:
    """20 characters, which are 5 tokens by our estimate."""
    state = new_stream(begin_ms)
    start(state, begin_ms)
    tell(state, "content", end_ms - 30, end_ms - 20, end_ms - 10, end_ms - 5)
    state.cancel(end_ms * MS)
    return state


@pytest.mark.parametrize(
    ("spans", "busy_ms"),
    [
        pytest.param([(0, 1000)], 1000, id="one"),
        pytest.param([(0, 1000), (10, 2000)], 2000, id="together: last end - first start"),
        pytest.param([(0, 2000), (500, 1000)], 2000, id="one within another"),
        pytest.param([(0, 1000), (60_000, 61_000)], 2000, id="asked again later: idle time does not count"),
    ],
)
def test_totals(spans: list[tuple[int, int]], busy_ms: int) -> None:
    sums = totals([written(*span) for span in spans], 99_000 * MS)
    assert sums == Totals(5.0 * len(spans), True, busy_ms * MS)
    assert sums.tokens_per_second == pytest.approx(5.0 * len(spans) * 1000 / busy_ms)


def test_totals_grow_while_a_stream_runs() -> None:
    state = new_stream()
    assert totals([state], 50 * MS) == Totals()
    start(state, 10)
    assert totals([state], 50 * MS) == Totals(None, False, 40 * MS)
    assert totals([state], 50 * MS).tokens_per_second is None


def test_totals_have_the_cost_of_those_with_a_price() -> None:
    def priced(price: Price | None, usage: Usage | None) -> StreamState:
        state = written(0, 100)
        state.target = replace(state.target, tariff=Tariff(price, "test") if price else None)
        state.answer.usage = usage
        return state

    counted = Usage(prompt=1000, completion=500)
    sums = totals([priced(Price(2, 8), counted), priced(Price(1, 4), counted), priced(None, counted)], 0)
    assert sums.cost == pytest.approx(0.009)  # (1000 x 2 + 500 x 8 + 1000 x 1 + 500 x 4) / 1e6
    assert not sums.is_cost_estimated
    in_part = Usage(prompt=1000)
    assert totals([priced(Price(2, 8), counted), priced(Price(1, 4), in_part)], 0).is_cost_estimated
    assert totals([priced(None, counted)], 0).cost is None


def test_totals_of_nobody() -> None:
    assert totals([], 0) == Totals()
