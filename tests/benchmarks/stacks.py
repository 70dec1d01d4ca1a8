"""The clients that tests/benchmarks/client.py compares: the same requests over different libraries.

Each is an async context manager which gives a function: stream one answer of `model`, return what was seen. Imports are
inside, so that a measuring process loads what it measures and nothing else.
"""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.core.stream import StreamState

CONNECTIONS = 1024


@dataclass(slots=True)
class Seen:
    """One answer as a client saw it; instants in ns of the machine's monotonic clock."""

    start_ns: int
    read_ns: list[int] = field(default_factory=list)
    """When each delta was seen."""
    texts: list[str] = field(default_factory=list)
    """What it said."""

    def see(self, at_ns: int, text: str) -> None:
        """One more delta."""
        self.read_ns.append(at_ns)
        self.texts.append(text)


RunAll = Callable[[str, int, float], Awaitable[list[Seen]]]
"""Stream `model` so many times at once, started so many seconds apart."""


async def _together(one: Callable[[str], Awaitable[Seen]], model: str, count: int, apart_s: float) -> list[Seen]:
    import asyncio

    async def later(number: int) -> Seen:
        await asyncio.sleep(number * apart_s)
        return await one(model)

    return list(await asyncio.gather(*(later(number) for number in range(count))))


def _request(model: str) -> dict[str, object]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], "stream": True}


@asynccontextmanager
async def vendor_sdk(url: str) -> AsyncIterator[RunAll]:
    """The vendor's SDK as its documentation uses it."""
    from openai import AsyncOpenAI

    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:

        async def one(model: str) -> Seen:
            seen = Seen(time.perf_counter_ns())
            stream = await client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": "hello"}], stream=True
            )
            async for chunk in stream:
                if chunk.choices and (text := chunk.choices[0].delta.content):
                    seen.see(time.perf_counter_ns(), text)
            return seen

        yield partial(_together, one)


@asynccontextmanager
async def httpx_lines(url: str) -> AsyncIterator[RunAll]:
    """What one writes by hand: `aiter_lines` and `json.loads`."""
    import httpx

    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as client:

        async def one(model: str) -> Seen:
            seen = Seen(time.perf_counter_ns())
            async with client.stream("POST", f"{url}/chat/completions", json=_request(model)) as response:
                async for line in response.aiter_lines():
                    if not line.startswith("data: ") or line == "data: [DONE]":
                        continue
                    if text := json.loads(line[6:])["choices"][0]["delta"]["content"]:
                        seen.see(time.perf_counter_ns(), text)
            return seen

        yield partial(_together, one)


@asynccontextmanager
async def httpx_decoder(url: str) -> AsyncIterator[RunAll]:
    """httpx on its own transport, with our decoder, fold and stopwatch."""
    import httpx

    from tui.core.stream import StreamState
    from tui.core.target import Target

    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as client:

        async def one(model: str) -> Seen:
            state = StreamState(Target(model, "bench", model, "chat", url), time.perf_counter_ns())
            seen = Seen(time.perf_counter_ns())
            state.start(seen.start_ns)
            async with client.stream("POST", f"{url}/chat/completions", json=_request(model)) as response:
                state.respond(response.status_code, dict(response.headers), time.perf_counter_ns())
                async for data in response.aiter_bytes():
                    state.receive(data, time.perf_counter_ns())
                    _see_new(seen, state)
            return seen

        yield partial(_together, one)


@asynccontextmanager
async def ours(url: str) -> AsyncIterator[RunAll]:
    """The whole engine: fleet, transport, decoder, fold, stopwatch."""
    import anyio

    from tui.core.request import Prompt
    from tui.core.stream import StreamState
    from tui.core.target import Target
    from tui.engine.board import Board
    from tui.engine.clock import MonotonicClock
    from tui.engine.fleet import Fleet
    from tui.engine.http import http_transport

    class Watched(Board):
        """Notes which read brought which delta, as the timeline keeps the reads alone."""

        def __init__(self) -> None:
            super().__init__()
            self.seen: dict[str, Seen] = {}

        def put(self, stream_id: str, state: StreamState) -> None:
            super().put(stream_id, state)
            self.seen[stream_id] = Seen(0)

        def mark(self, stream_id: str) -> None:
            super().mark(stream_id)
            state = self.get(stream_id)
            if state is not None:
                _see_new(self.seen[stream_id], state)

    clock, board = MonotonicClock(), Watched()
    fleet = Fleet(partial(http_transport, clock), board, clock)

    async def run_all(model: str, count: int, apart_s: float) -> list[Seen]:
        targets = [Target(str(number), "bench", model, "chat", url) for number in range(count)]
        if apart_s:
            for target in targets:
                fleet.launch(target, Prompt.of("hello"))
                await anyio.sleep(apart_s)
        else:
            fleet.launch_all(targets, Prompt.of("hello"))
        await fleet.wait_all()
        for state in board:
            assert state.answer.is_complete, state
            board.seen[state.target.name].start_ns = state.timeline.start_ns or 0
        return [board.seen[target.name] for target in targets]

    async with anyio.create_task_group() as tasks:
        await tasks.start(fleet.run)
        yield run_all
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def floor(url: str) -> AsyncIterator[RunAll]:
    """aiohttp by itself, split on blank lines, msgspec: nothing is checked and little is kept."""
    import aiohttp
    import msgspec

    from tui.core.dialects.chat_wire import Chunk

    decode = msgspec.json.Decoder(Chunk).decode
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout()) as session:

        async def one(model: str) -> Seen:
            seen = Seen(time.perf_counter_ns())
            rest = b""
            async with session.post(f"{url}/chat/completions", json=_request(model)) as response:
                async for data in response.content.iter_any():
                    at_ns = time.perf_counter_ns()
                    *events, rest = (rest + data).split(b"\n\n")
                    for event in events:
                        if event != b"data: [DONE]":
                            text = decode(event[6:]).choices[0].delta.content  # type: ignore[index,union-attr]
                            if isinstance(text, str) and text:
                                seen.see(at_ns, text)
            return seen

        yield partial(_together, one)


def _see_new(seen: Seen, state: "StreamState") -> None:
    """Note the deltas of the latest read, with its stamp."""
    at_ns, choice = state.timeline.last_token_ns, state.answer.choices.get(0)
    if at_ns is not None and choice is not None:
        for text in choice.text.parts[len(seen.texts) :]:
            seen.see(at_ns, text)


STACKS = {
    "vendor SDK": vendor_sdk,
    "httpx, `aiter_lines` + `json.loads`": httpx_lines,
    "httpx's own transport + our decoder": httpx_decoder,
    "sidestream, the whole engine": ours,
    "floor: aiohttp + msgspec, nothing checked": floor,
}
