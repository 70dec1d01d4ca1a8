"""After the end marker: the connection is left reusable when that is cheap, and given up when it is not."""

import anyio
import anyio.lowlevel
import pytest

from tests.engine.harness import flying, text_of
from tests.engine.server import DONE, LAST_CHUNK, Exchange, event, framed, good, head, serving
from tui.core.phase import Phase
from tui.engine import http

pytestmark = pytest.mark.anyio


async def begun_and_done(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.send(framed(event("whole", "stop")) + framed(DONE))


async def test_the_last_chunk_may_come_later() -> None:
    last = anyio.Event()

    async def late(exchange: Exchange) -> None:
        await begun_and_done(exchange)
        await last.wait()
        await exchange.send(LAST_CHUNK)

    async with serving(late) as server, flying(server) as engine:
        first = engine.launch("m", "first")
        await engine.board.until(lambda: first.is_over)
        last.set()
        await engine.ends(first)
        await engine.ends(second := engine.launch("m", "second"))
        assert (first.phase, second.phase) == (Phase.COMPLETE, Phase.COMPLETE)
        assert second.timeline.is_reused
        assert len(server.connections) == 1


async def test_an_answer_by_length_leaves_its_connection() -> None:
    body = event("whole", "stop") + DONE

    async def measured(exchange: Exchange) -> None:
        await exchange.send(head(Content_Length=str(len(body))) + body)

    async with serving(measured) as server, flying(server) as engine:
        for number in range(3):
            await engine.ends(state := engine.launch("m", str(number)))
            assert text_of(state) == "whole"
        assert len(server.connections) == 1


async def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "DRAIN_S", 0.01)

    async def hanging(exchange: Exchange) -> None:
        await begun_and_done(exchange)
        await exchange.hang()

    async with serving(hanging) as server, flying(server) as engine:
        await engine.ends(state := engine.launch("m"))
        assert (state.phase, text_of(state)) == (Phase.COMPLETE, "whole")
        await server.connections[0].closed.wait()
        assert not engine.connector._acquired


async def test_a_flood_behind_the_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded by bytes as well as by time, so the time may be as long as it likes."""
    monkeypatch.setattr(http, "DRAIN_S", 1000.0)

    async def flooding(exchange: Exchange) -> None:
        await begun_and_done(exchange)
        while True:
            await exchange.send(framed(b": more" * 4000))
            await anyio.lowlevel.checkpoint()

    async with serving(flooding) as server, flying(server) as engine:
        await engine.ends(state := engine.launch("m"))
        assert (state.phase, text_of(state)) == (Phase.COMPLETE, "whole")
        await server.connections[0].closed.wait()


async def test_a_reset_behind_the_end_changes_nothing() -> None:
    seen = anyio.Event()

    async def resetting(exchange: Exchange) -> None:
        await begun_and_done(exchange)
        await seen.wait()
        exchange.connection.reset()

    async with serving(resetting, good=good) as server, flying(server) as engine:
        state = engine.launch("m")
        await engine.board.until(lambda: state.is_over)
        seen.set()
        await engine.ends(state)
        assert (state.phase, state.error, text_of(state)) == (Phase.COMPLETE, None, "whole")
        await engine.ends(after := engine.launch("good"))
        assert after.phase is Phase.COMPLETE
        assert not after.timeline.is_reused


async def test_a_stream_can_be_started_again_while_its_last_answer_is_drained() -> None:
    async def hanging(exchange: Exchange) -> None:
        await begun_and_done(exchange)
        await exchange.hang()

    async with serving(hanging, good=good) as server, flying(server) as engine:
        first = engine.launch("m", "pane")
        await engine.board.until(lambda: first.is_over)
        await engine.ends(second := engine.launch("good", "pane"))
        assert (first.phase, second.phase) == (Phase.COMPLETE, Phase.COMPLETE)


@pytest.mark.parametrize("late", [True, False])
async def test_an_answer_nobody_asked_for_is_never_taken_for_the_next_one(late: bool) -> None:
    """Two answers on one connection: the second would be shown, with a time to first token of nothing."""
    stray = framed(event("of another request", "stop")) + framed(DONE) + LAST_CHUNK
    first_over, sent = anyio.Event(), anyio.Event()

    async def doubled(exchange: Exchange) -> None:
        await begun_and_done(exchange)
        await exchange.send(LAST_CHUNK + (b"" if late else head() + stray))
        await first_over.wait()
        if late:
            await exchange.send(head() + stray)
        sent.set()

    async with serving(doubled, good=good) as server, flying(server) as engine:
        await engine.ends(engine.launch("m"))
        first_over.set()
        await sent.wait()
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        await engine.ends(second := engine.launch("good"))
        assert (second.phase, text_of(second)) == (Phase.COMPLETE, "one two three")
