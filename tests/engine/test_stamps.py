"""The stopwatch: which instants are taken, when, and what they are measured from. Instants are milliseconds here."""

import asyncio

import anyio
import pytest

from tests.engine.harness import Engine, StillClock, flying
from tests.engine.server import Exchange, Script, event, framed, good, serving
from tui.core.deadlines import Overrun, Timeouts, overrun
from tui.core.dialects.chat import ChatDecoder
from tui.core.events import StreamEvent
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.core.timeline import Timeline
from tui.engine import fleet
from tui.engine.clock import time_asleep_ns
from tui.engine.connections import Connector

pytestmark = pytest.mark.anyio

MS = 1_000_000
SECOND = 1_000 * MS


class Paced:
    """An answer whose every step waits until the test has set the clock for it."""

    def __init__(self, clock: StillClock) -> None:
        self._clock = clock
        self._steps = asyncio.Queue[bytes]()

    async def __call__(self, exchange: Exchange) -> None:
        await exchange.begin()
        while data := await self._steps.get():
            await exchange.send(data)

    def step(self, at_ms: int, data: bytes) -> None:
        """Set the clock and send."""
        self._clock.at_ns = at_ms * MS
        self._steps.put_nowait(data)


async def test_each_read_has_the_stamp_of_its_arrival() -> None:
    clock = StillClock(1000 * MS)
    paced = Paced(clock)
    async with serving(paced) as server, flying(server, clock) as engine:
        state = engine.launch("m")
        clock.at_ns = 1005 * MS  # the request leaves the queue later than it was wanted
        await engine.board.until(lambda: state.timeline.headers_ns is not None)
        steps = [
            (1100, framed(event(""))),
            (1200, framed(b": still here\n\n")),
            (1300, framed(event("first"))),
            (1400, framed(event("second"))),
            (1500, framed(event("both ")) + framed(event("at once"))),
        ]
        for reads, (at_ms, data) in enumerate(steps, start=1):
            paced.step(at_ms, data)
            await engine.board.until(lambda reads=reads: state.reads == reads)  # type: ignore[misc]
        paced.step(1600, framed(event("", "stop")) + framed(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        await engine.ends(state)
    timeline = state.timeline
    assert timeline.due_ns == 1000 * MS
    assert timeline.start_ns == 1005 * MS
    assert timeline.first_byte_ns == timeline.first_chunk_ns == 1100 * MS
    assert timeline.read_stamps == (1300 * MS, 1400 * MS, 1500 * MS)
    assert timeline.end_ns == 1600 * MS
    metrics = state.metrics()
    assert metrics.time_to_first_token_ns == 295 * MS, "from the start of the request, not from its being wanted"
    assert metrics.schedule_delay_ns == 5 * MS
    assert metrics.operation_duration_ns == 595 * MS
    assert metrics.coalesced_share == pytest.approx(1 / 3)


async def test_decoding_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read is stamped before it is decoded: here decoding one takes a second."""
    clock = StillClock()
    decode = ChatDecoder.feed

    def slow(self: ChatDecoder, data: bytes) -> list[StreamEvent]:
        clock.at_ns += SECOND
        return decode(self, data)

    monkeypatch.setattr(ChatDecoder, "feed", slow)
    async with serving(good) as server, flying(server, clock) as engine:
        await engine.ends(state := engine.launch("m"))
    assert state.timeline.first_byte_ns == 0
    assert state.timeline.first_token_ns == 0
    assert state.timeline.end_ns == (state.reads - 1) * SECOND


async def test_connecting_is_timed_for_a_new_connection_only() -> None:
    class Ticking(StillClock):
        def now_ns(self) -> int:
            self.at_ns += MS
            return self.at_ns

    async with serving(good) as server, flying(server, Ticking()) as engine:
        await engine.ends(first := engine.launch("m", "first"))
        await engine.ends(second := engine.launch("m", "second"))
    assert first.timeline.is_reused is False
    assert (first.metrics().connect_time_ns or 0) > 0
    assert second.timeline.is_reused is True
    assert second.metrics().connect_time_ns is None
    assert second.timeline.connected_ns is not None


async def test_the_board_hears_of_the_connection_before_the_answer() -> None:
    async def silent(exchange: Exchange) -> None:
        await exchange.hang()

    async with serving(silent) as server, flying(server) as engine:
        state = engine.launch("m")
        await engine.reaches(state, Phase.WAITING)
        assert state.timeline.headers_ns is None


async def commenting(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.send(framed(b": ping\n\n"))
    await exchange.hang()


async def one_token(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.text("one")
    await exchange.hang()


async def silent(exchange: Exchange) -> None:
    await exchange.hang()


async def hinting(exchange: Exchange) -> None:
    """Interim answers, which are no beginning of one."""
    await exchange.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20)
    await exchange.hang()


async def beginning_a_head(exchange: Exchange) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: ":
        await exchange.send(bytes([byte]))
    await exchange.hang()


async def waits(engine: Engine, state: StreamState, what: str) -> None:
    """Until the stream has got as far as a limit's case needs."""
    reached = {
        "connect": lambda: state.phase is Phase.CONNECTING,
        "first_byte": lambda: state.phase is Phase.WAITING,
        "first_token": lambda: state.counts.comments == 1,
        "idle": lambda: state.phase is Phase.STREAMING,
        "total": lambda: state.phase is Phase.STREAMING,
    }[what]
    await engine.board.until(reached)


@pytest.mark.parametrize(
    ("limit", "script", "after_s", "message"),
    [
        ("connect", silent, 11, "no connection within 10 s (the connect limit)"),
        ("first_byte", silent, 61, "no answer within 60 s (the first_byte limit)"),
        ("first_byte", hinting, 61, "no answer within 60 s (the first_byte limit)"),
        ("first_byte", beginning_a_head, 61, "no answer within 60 s (the first_byte limit)"),
        ("first_token", commenting, 121, "no first token within 120 s (the first_token limit); the server was alive"),
        ("idle", one_token, 61, "no new text within 60 s (the idle limit)"),
        ("total", one_token, 1801, "the answer was not finished within 1800 s (the total limit)"),
    ],
)
async def test_a_limit_that_passed_ends_the_stream(
    limit: str,
    script: Script,
    after_s: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fleet, "KEEPER_PERIOD_S", 0.001)
    clock = StillClock()
    async with serving(script) as server, flying(server, clock) as engine:
        never = anyio.Event()
        if limit == "connect":
            monkeypatch.setattr(Connector, "_create_connection", lambda *_: never.wait())
        state = engine.launch("m")
        await waits(engine, state, limit)
        if limit == "total":
            state.timeline.last_token_ns = after_s * SECOND  # as if text had come all the while
        clock.at_ns = after_s * SECOND
        await engine.ends(state)
        assert state.error is not None
        assert (state.error.message, state.error.type) == (message, f"timeout_{limit}")
        assert (state.error.kind, state.error.retryable) == ("transport", limit == "connect")
        assert state.phase is (Phase.INTERRUPTED if limit in ("idle", "total") else Phase.FAILED)
        assert not engine.connector._acquired
        for connection in server.connections:
            await connection.closed.wait()


async def test_the_keeper_leaves_patient_streams_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "KEEPER_PERIOD_S", 0.001)
    looked = anyio.Event()
    clock = StillClock()

    def noting(timeline: Timeline, phase: Phase, limits: Timeouts, now_ns: int) -> Overrun | None:
        looked.set()
        return overrun(timeline, phase, limits, now_ns)

    async with serving(silent) as server, flying(server, clock) as engine:
        state = engine.launch("m")
        await engine.reaches(state, Phase.WAITING)
        clock.at_ns = 60 * SECOND
        monkeypatch.setattr(fleet, "overrun", noting)
        await looked.wait()
        assert state.phase is Phase.WAITING


async def test_a_sleep_of_the_machine_is_noted_by_the_streams_that_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "KEEPER_PERIOD_S", 0.001)
    slept_ns, looked = 0, anyio.Event()

    def asleep() -> int:
        looked.set()
        return slept_ns

    async with serving(one_token, good=good) as server, flying(server, StillClock(), asleep=asleep) as engine:
        await engine.ends(over := engine.launch("good"))
        state = engine.launch("m")
        await engine.reaches(state, Phase.STREAMING)
        for so_far_ns, remarks in (
            (4 * SECOND, ()),
            (304 * SECOND, ("this computer slept for 5 min while the stream ran",)),
        ):
            slept_ns = so_far_ns
            for _ in range(2):  # the first look may have begun before the clock was set
                looked = anyio.Event()
                await looked.wait()
            assert state.remarks == state.snapshot().remarks == remarks
        assert over.remarks == ()
        assert state.phase is Phase.STREAMING


def test_the_time_asleep_only_grows() -> None:
    before = time_asleep_ns()
    assert 0 <= before <= time_asleep_ns() + MS
