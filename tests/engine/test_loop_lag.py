"""How late the loop is, on a clock that moves only when the test moves it: a callback that moves it blocks the loop."""

import anyio
import pytest
from anyio.lowlevel import checkpoint

from tests.engine.harness import GUARD_S, StillClock, flying
from tests.engine.server import Exchange, serving
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine import loop_lag
from tui.engine.loop_lag import SLICE_NS, LoopLag

pytestmark = pytest.mark.anyio

MS = 1_000_000
PERIOD_NS = round(loop_lag.PERIOD_S * 1e9)


def started(start_ms: int = 0) -> StreamState:
    state = StreamState(Target("m", "test", "m", "chat", "http://in.process"), start_ms * MS)
    state.start(start_ms * MS)
    return state


async def rings(lag: LoopLag, count: int) -> None:
    """Until the timer rang so often."""
    with anyio.fail_after(GUARD_S):
        while lag.since_start().count < count:
            await checkpoint()


async def test_a_blocked_loop_is_seen_and_told_to_the_streams() -> None:
    clock, state = StillClock(), started()
    lag = LoopLag(clock, [state])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lag.run)
        await rings(lag, 1)
        clock.at_ns += 300 * MS  # a frame that took very long
        await rings(lag, 2)
        await rings(lag, 3)
        tasks.cancel_scope.cancel()
    assert lag.since_start().max_ns == 300 * MS - PERIOD_NS
    assert (lag.since_start().p50_ns or 0) < MS, "the others came in time"
    assert state.metrics().first_token_lag_ns == 300 * MS - PERIOD_NS


async def test_it_stops_when_cancelled() -> None:
    lag = LoopLag(StillClock(), [])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lag.run)
        await rings(lag, 1)
        tasks.cancel_scope.cancel()
    assert lag._timer is not None
    assert lag._timer.cancelled()


async def test_the_coarseness_of_the_timer_is_no_lag_of_a_stream() -> None:
    state = started()
    lag = LoopLag(StillClock(), [state])
    lag.note(10 * MS, 12 * MS)
    assert state.metrics().loop_lag_max_ns is None
    lag.note(20 * MS, 23 * MS)
    assert state.metrics().loop_lag_max_ns == 3 * MS


async def test_the_last_minute_forgets() -> None:
    clock = StillClock()
    lag = LoopLag(clock, [])
    lag.note(0, 90 * MS)
    for second in range(1, 200):
        clock.at_ns = second * 1_000 * MS
        lag.note(clock.at_ns - MS, clock.at_ns)
        worst = 90 * MS if clock.at_ns < 60_000 * MS else MS
        assert (lag.last_minute().max_ns or 0) >= worst
        if clock.at_ns > 60_000 * MS + SLICE_NS:
            assert lag.last_minute().max_ns == MS
            assert 50 <= lag.last_minute().count <= 60
    assert lag.since_start().max_ns == 90 * MS
    clock.at_ns += 3_600_000 * MS
    assert lag.last_minute().count == 0, "it did not run meanwhile"


async def test_a_first_token_that_arrived_while_the_loop_was_blocked_says_so() -> None:
    clock = StillClock(1000 * MS)
    asked = anyio.Event()

    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await asked.wait()
        await exchange.text("late ")
        # No await between the write and the end of the block: the bytes are there, and nobody can look.
        clock.at_ns += 400 * MS
        await exchange.hang()

    async with serving(answer) as server, flying(server, clock) as engine:
        state = engine.launch("m")
        await engine.board.until(lambda: state.status == 200)
        before = engine.fleet.loop_lag.since_start().count
        await rings(engine.fleet.loop_lag, before + 1)
        assert state.metrics().loop_lag_max_ns is None
        asked.set()
        await engine.reaches(state, Phase.STREAMING)
        await rings(engine.fleet.loop_lag, engine.fleet.loop_lag.since_start().count + 1)
        assert state.metrics().time_to_first_token_ns == 400 * MS
        assert state.metrics().ttft_may_be_late
        assert state.metrics().first_token_lag_ns == pytest.approx(400 * MS, abs=PERIOD_NS)
