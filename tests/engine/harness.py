"""A fleet on real sockets for one test, a board that can be waited for, and a clock that stands still."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import anyio

from tests.engine.server import Server
from tui.core.phase import Phase
from tui.core.policy import Policy
from tui.core.request import Prompt
from tui.core.retries import Retries
from tui.core.secret import Secret
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine.board import Board
from tui.engine.client import build_client
from tui.engine.clock import Clock, MonotonicClock
from tui.engine.fleet import Fleet
from tui.engine.http import HttpTransport

PROMPT = Prompt.of("hello")
KEY = "sk-canary-0123456789abcdef"
CERTIFICATE = Path(__file__).with_name("localhost.pem")
GUARD_S = 10.0
"""Far beyond what anything takes here; a test that hits it has found a hang."""


class WatchedBoard(Board):
    """A board which tests can wait for."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = anyio.Event()

    def put(self, stream_id: str, state: StreamState) -> None:
        super().put(stream_id, state)
        self.wake()

    def mark(self, stream_id: str) -> None:
        super().mark(stream_id)
        self.wake()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until `holds()`, looked at after each change and after each request the server saw."""
        while not holds():
            await self._changed.wait()

    def wake(self) -> None:
        """Let those who wait look again."""
        self._changed.set()
        self._changed = anyio.Event()


class StillClock:
    """Shows what it is set to."""

    def __init__(self, at_ns: int = 0) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        return self.at_ns


@dataclass
class Engine:
    """A running fleet and what the tests look at."""

    fleet: Fleet
    board: WatchedBoard
    server: Server

    def target(self, model: str, name: str | None = None, *, key: str | None = None, **fields: Any) -> Target:
        """A target on the test's server, which gets every request once unless the test has a policy of its own."""
        fields.setdefault("policy", Policy(retries=Retries(attempts=0)))
        return Target(
            name or model,
            "test",
            model,
            "chat",
            fields.pop("base_url", self.server.url),
            key=Secret(key) if key else None,
            **fields,
        )

    def launch(self, model: str, name: str | None = None, **fields: Any) -> StreamState:
        """Start one stream."""
        return self.fleet.launch(self.target(model, name, **fields), PROMPT)

    async def reaches(self, state: StreamState, phase: Phase) -> None:
        """Wait for a phase."""
        await self.board.until(lambda: state.phase is phase or state.is_over)
        assert state.phase is phase, f"{state!r}: {state.error}"

    async def ends(self, *states: StreamState) -> None:
        """Wait until these streams are over and their tasks are gone."""
        await self.board.until(lambda: all(state.is_over for state in states))
        while {state.target.name for state in states} & set(self.fleet._running):
            await self.fleet._one_ended.wait()

    @property
    def connector(self) -> aiohttp.BaseConnector:
        """The pool under the client."""
        return connector_of(self.fleet)


def connector_of(fleet: Fleet) -> aiohttp.BaseConnector:
    """The pool under a fleet that has sent a request."""
    session = session_of(fleet)
    assert session is not None
    assert session.connector is not None
    return session.connector


def session_of(fleet: Fleet) -> aiohttp.ClientSession | None:
    """What the usual client of a fleet sends with; None before its first request."""
    transport: Any = fleet._transport
    (client, *_) = transport._clients._clients.values()
    session: aiohttp.ClientSession | None = client._transport.session
    return session


@asynccontextmanager
async def flying(
    server: Server,
    clock: Clock | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    make_transport: Callable[[], HttpTransport] | None = None,
    asleep: Callable[[], int] = lambda: 0,
) -> AsyncIterator[Engine]:
    """Run a fleet until the block ends."""
    clock = clock or MonotonicClock()
    board = WatchedBoard()
    server.noticed = board.wake
    # An empty TLS context unless one is given: loading the real roots for each test would take most of its time.
    roots = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    fleet = Fleet(make_transport or (lambda: HttpTransport(build_client(roots), clock)), board, clock, asleep)
    with anyio.fail_after(GUARD_S):
        async with anyio.create_task_group() as tasks:
            await tasks.start(fleet.run)
            yield Engine(fleet, board, server)
            tasks.cancel_scope.cancel()


def tls_of_server() -> ssl.SSLContext:
    """What a server for `https://localhost` uses."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def tls_of_client() -> ssl.SSLContext:
    """What trusts that server and nobody else."""
    return ssl.create_default_context(cafile=CERTIFICATE)


def tasks_of_client() -> set[asyncio.Task[Any]]:
    """All tasks but the server's."""
    return {task for task in asyncio.all_tasks() if not task.get_name().startswith("server")}


def text_of(state: StreamState) -> str:
    """The answer of the first choice."""
    return state.answer.choices[0].text.text() if state.answer.choices else ""
