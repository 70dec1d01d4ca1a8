"""A stream that floods delays no other one: the order in which things happen is looked at, never the time they take."""

import gzip

import anyio.lowlevel
import pytest

from tests.engine.harness import flying, text_of
from tests.engine.server import LAST_CHUNK, Exchange, Script, event, framed, head, serving
from tui.engine import launch_gate
from tui.engine.content import PIECE_BYTES

pytestmark = pytest.mark.anyio

WORDS = 40
BETWEEN = 16 * PIECE_BYTES
"""What a flood may get through between a quiet stream's word being written and being read: a few turns of the loop,
at most a few pieces each. Without turns it is everything the sockets hold, which is many megabytes."""


async def flooding(exchange: Exchange) -> None:
    await exchange.begin()
    data = framed(event("flood ") * 2000)
    while True:
        await exchange.send(data)
        await anyio.lowlevel.checkpoint()


async def unpacking(exchange: Exchange) -> None:
    """A bomb: a few packets that unpack to 66 MB of comments."""
    await exchange.send(head(Content_Encoding="gzip"))
    await exchange.send(framed(gzip.compress(b": nothing\n" * 6_000_000, 1)) + LAST_CHUNK)
    await exchange.hang()


@pytest.mark.parametrize("script", [flooding, unpacking])
async def test_a_flood_does_not_delay_a_quiet_stream(script: Script) -> None:
    asked = anyio.Event()

    async def quiet(exchange: Exchange) -> None:
        nonlocal asked
        await exchange.begin()
        for number in range(WORDS):
            await asked.wait()
            asked = anyio.Event()
            await exchange.text(f"{number} ")
        await exchange.finish()

    async with serving(script, quiet=quiet) as server, flying(server) as engine:
        flood = engine.launch("flood")
        calm = engine.launch("quiet")
        await engine.board.until(lambda: flood.reads > 10 and calm.status == 200)
        for number in range(1, WORDS + 1):
            before, read_before = flood.bytes_received, flood.reads
            asked.set()
            await engine.board.until(lambda number=number: len(calm.timeline.read_stamps) == number)  # type: ignore[misc]
            assert flood.bytes_received - before < BETWEEN
            assert flood.reads > read_before or flood.is_over, "the flood does get on meanwhile"
        engine.fleet.cancel("flood")
        await engine.ends(flood, calm)
        assert text_of(calm) == "".join(f"{number} " for number in range(WORDS))


async def test_sixty_four_floods_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch_gate, "LONGEST_S", 0)  # all of them start in the same turn, or the first are far ahead
    async with serving(flooding) as server, flying(server) as engine:
        states = [engine.launch("flood", f"pane {number}") for number in range(64)]
        await engine.board.until(lambda: all(state.bytes_received > PIECE_BYTES for state in states))
        most = max(state.bytes_received for state in states)
        least = min(state.bytes_received for state in states)
        assert most < 100 * least
        assert engine.fleet.cancel_all() == 64
        await engine.fleet.wait_all()
