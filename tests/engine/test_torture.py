"""One request, hit at each of its await points in turn: cancelled, broken by an OSError, or with the program ending.

Nothing may be left behind, whatever the point: no task, no socket, no place in the pool; the stream is recorded as what
it was, and the next one on the same client works.
"""

import asyncio
import errno
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from tests.engine.harness import Engine, flying, session_of, tasks_of_client, text_of, tls_of_client, tls_of_server
from tests.engine.server import DONE, LAST_CHUNK, Exchange, Script, answering_json, event, framed, good, serving
from tui.core.phase import Phase
from tui.core.policy import Policy
from tui.core.retries import Retries
from tui.core.stream import StreamState
from tui.engine import launch_gate
from tui.engine.fleet import Fleet

pytestmark = pytest.mark.anyio

WHOLE = "one two three"
BUSY = answering_json("503 Busy", {"error": {"message": "busy"}})
ONCE = Policy(retries=Retries(attempts=0))
AGAIN = Policy(retries=Retries(attempts=2, first_wait=0.001))


class Stepped:
    """Awaits `coroutine` and calls `hit` with what it waits for the `at`-th time it waits."""

    def __init__(
        self, coroutine: Coroutine[Any, Any, None], at: int, hit: Callable[[Any], BaseException | None]
    ) -> None:
        self._coroutine = coroutine
        self._left = at
        self._hit = hit

    def __await__(self) -> Generator[Any, Any, None]:
        steps = self._coroutine.__await__()
        resume: Callable[[], Any] = lambda: steps.send(None)  # noqa: E731 - replaced at each step
        while True:
            try:
                awaited = resume()
            except StopIteration:
                return
            self._left -= 1
            raised = self._hit(awaited) if self._left == 0 else None
            if raised is not None:
                yield None  # no fault comes in the very turn of the loop in which the wait begins
            else:
                try:
                    yield awaited
                except BaseException as exc:  # the cancellation, handed on to where it was aimed at
                    raised = exc
            resume = _thrower(steps, raised) if raised is not None else lambda: steps.send(None)


def _thrower(steps: Generator[Any, Any, None], raised: BaseException) -> Callable[[], Any]:
    return lambda: steps.throw(raised)


@dataclass
class Torture:
    """How a request is hit, and at which of its await points."""

    at: int
    has_hit: bool = False

    def cancel(self, engine: Engine) -> None:
        """The user's key, while the stream waits for the `at`-th time."""

        def hit(_: Any) -> None:
            self.has_hit = True
            engine.fleet.cancel("m")

        self._wrap(engine.fleet, "_stream", hit)

    def end_fleet(self, engine: Engine, end: Callable[[], None]) -> None:
        """The end of the program, while the stream waits for the `at`-th time."""

        def hit(_: Any) -> None:
            self.has_hit = True
            end()

        self._wrap(engine.fleet, "_stream", hit)

    async def break_off(self, engine: Engine) -> None:
        """An OSError out of the `at`-th wait of the HTTP attempt."""

        def hit(awaited: Any) -> BaseException | None:
            self.has_hit = True
            if isinstance(awaited, asyncio.Future):
                awaited.cancel()  # nobody waits for it any more
            return ConnectionResetError(errno.ECONNRESET, "reset by the test")

        self._wrap(await engine.fleet._shared_transport(), "attempt", hit)

    def _wrap(self, owner: Any, name: str, hit: Callable[[Any], BaseException | None]) -> None:
        """Have the first call of a method hit; the ones after it are left alone."""
        original = getattr(owner, name)

        async def stepped(_: object, *arguments: Any) -> None:
            setattr(owner, name, original)
            await Stepped(original(*arguments), self.at, hit)

        setattr(owner, name, types.MethodType(stepped, owner))


class Dawdling:
    """A good answer in many writes, each of which the client reads before the next one comes."""

    async def __call__(self, exchange: Exchange) -> None:
        await exchange.begin()
        for text in ("one ", "two ", "three"):
            await _breath()
            await exchange.send(framed(b": ping\n\n"))
            await _breath()
            await exchange.text(text)
        await _breath()
        await exchange.send(framed(event("", "stop")))
        await _breath()
        await exchange.send(framed(DONE))
        await _breath()
        await exchange.send(LAST_CHUNK)


async def _breath() -> None:
    for _ in range(4):
        await checkpoint()


class BusyFirst:
    """Refuses the first request."""

    def __init__(self) -> None:
        self._is_first = True

    async def __call__(self, exchange: Exchange) -> None:
        script: Script = BUSY if self._is_first else Dawdling()
        self._is_first = False
        await script(exchange)


@dataclass(frozen=True)
class Scene:
    """What the server does and how the request is sent."""

    script: Callable[[], Script]
    policy: Policy = ONCE
    tls: bool = False
    pooled: bool = False
    """Whether a connection waits in the pool."""
    body: int = 0
    """Bytes of padding in the request, for one that is not sent in one piece."""


SCENES = {
    "plain": Scene(Dawdling),
    "tls": Scene(Dawdling, tls=True),
    "pooled": Scene(Dawdling, pooled=True),
    "busy first": Scene(BusyFirst, AGAIN),
    "refused": Scene(lambda: BUSY),
    "large body": Scene(Dawdling, body=3_000_000),
}


async def one_request(scene: Scene, prepare: Callable[[Engine], Awaitable[None]]) -> StreamState:
    """The request of `scene` after `prepare`, and nothing left of it."""
    server_tls, client_tls = (tls_of_server(), tls_of_client()) if scene.tls else (None, None)
    async with (
        serving(scene.script(), good=good, tls=server_tls) as server,
        flying(server, tls=client_tls) as engine,
    ):
        base_url = server.url.replace("127.0.0.1", "localhost") if scene.tls else server.url
        if scene.pooled:
            await engine.ends(engine.launch("good", base_url=base_url))
        await prepare(engine)
        tasks = tasks_of_client()
        options = {"padding": "x" * scene.body} if scene.body else {}
        state = engine.launch("m", base_url=base_url, policy=scene.policy, options=options)
        await engine.ends(state)
        await nothing_left(engine, tasks)
        after = engine.launch("good", base_url=base_url)
        await engine.ends(after)
        assert (after.phase, text_of(after)) == (Phase.COMPLETE, WHOLE)
        await nothing_left(engine, tasks)
        return state


async def nothing_left(engine: Engine, tasks: set[asyncio.Task[Any]]) -> None:
    """No task, no place in the pool, and no connection on the server's side that the pool does not know.

    What closes does so in the next turns of the loop; a leak is found by the guard around every test.
    """
    while (leftover := tasks_of_client() - tasks) or open_connections(engine) != pooled_connections(engine):
        assert not [task for task in leftover if task.get_name().startswith("stream")]
        await checkpoint()
    if engine.fleet._transport is not None and pooled_connections(engine):
        assert not engine.connector._acquired


def open_connections(engine: Engine) -> int:
    return sum(not connection.closed.is_set() for connection in engine.server.connections)


def pooled_connections(engine: Engine) -> int:
    session = session_of(engine.fleet) if engine.fleet._transport else None
    return sum(len(waiting) for waiting in engine.connector._conns.values()) if session else 0


@pytest.mark.parametrize("name", SCENES)
async def test_cancelled_at_each_await_point(name: str) -> None:
    at, phases = 0, set[Phase]()
    while True:
        torture = Torture(at := at + 1)

        async def prepare(engine: Engine, torture: Torture = torture) -> None:
            torture.cancel(engine)

        state = await one_request(SCENES[name], prepare)
        if not torture.has_hit:
            break
        phases.add(state.phase)
        assert WHOLE.startswith(text_of(state)), at
        assert state.timeline.end_ns is not None or not state.attempts
    assert at > 5
    assert Phase.CANCELLED in phases
    assert phases <= {Phase.CANCELLED, Phase.COMPLETE, Phase.FAILED}, "ended before it was hit, or cancelled"


@pytest.mark.parametrize("name", SCENES)
async def test_broken_at_each_await_point(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # An error out of the launch gate's own lock, which only a test can raise there, keeps the lock for as long as this.
    monkeypatch.setattr(launch_gate, "LONGEST_S", 0.05)
    at, phases = 0, set[Phase]()
    while True:
        torture = Torture(at := at + 1)
        state = await one_request(SCENES[name], torture.break_off)
        if not torture.has_hit:
            break
        phases.add(state.phase)
        assert WHOLE.startswith(text_of(state)), at
        match state.phase:
            case Phase.COMPLETE:
                assert text_of(state) == WHOLE
                assert state.error is None
            case Phase.INTERRUPTED:
                assert text_of(state)
            case _:
                assert state.phase is Phase.FAILED
                assert not text_of(state)
        assert state.phase is Phase.COMPLETE or state.error is not None
    assert at > 3
    assert phases & {Phase.FAILED, Phase.INTERRUPTED, Phase.COMPLETE}


@pytest.mark.parametrize("name", SCENES)
async def test_the_program_ends_at_each_await_point(name: str) -> None:
    scene, at = SCENES[name], 0
    while True:
        torture = Torture(at := at + 1)
        server_tls, client_tls = (tls_of_server(), tls_of_client()) if scene.tls else (None, None)
        async with serving(scene.script(), good=good, tls=server_tls) as server:
            before = tasks_of_client()
            async with flying(server, tls=client_tls) as engine:
                base_url = server.url.replace("127.0.0.1", "localhost") if scene.tls else server.url
                with anyio.CancelScope() as program:
                    torture.end_fleet(engine, program.cancel)
                    state = engine.launch("m", base_url=base_url, policy=scene.policy)
                    await engine.ends(state)
            assert state.is_over
            assert tasks_of_client() == before
            for connection in server.connections:
                await connection.closed.wait()
        if not torture.has_hit:
            break
        assert WHOLE.startswith(text_of(state)), at
    assert at > 5
    assert isinstance(engine.fleet, Fleet)
