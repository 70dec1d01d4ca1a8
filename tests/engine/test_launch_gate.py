"""Requests go out one after another: who goes when is looked at, never the time it takes."""

import socket
from collections.abc import Awaitable, Callable

import anyio
import pytest
from anyio.lowlevel import checkpoint

from tests.engine.harness import GUARD_S, StillClock, flying
from tests.engine.server import good, serving
from tui.core.phase import Phase
from tui.engine import launch_gate
from tui.engine.http import HttpTransport
from tui.engine.launch_gate import LaunchGate

pytestmark = pytest.mark.anyio

MS = 1_000_000
TURNS = 12
"""As many turns of the loop as a connection and a request take."""


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine must not decide an order."""
    monkeypatch.setattr(launch_gate, "PATIENCE_S", GUARD_S)
    monkeypatch.setattr(launch_gate, "LONGEST_S", GUARD_S)


async def callbacks() -> None:
    """What a request does in turns that follow one another."""
    for _ in range(TURNS):
        await checkpoint()


async def sockets() -> None:
    """What it does as soon as sockets are ready, which those of this machine are at once."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for _ in range(3):
            theirs.send(b"x")
            await anyio.wait_readable(ours)
            ours.recv(1)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("work", [callbacks, sockets])
async def test_each_goes_when_the_one_before_leaves_the_loop_idle(work: Callable[[], Awaitable[None]]) -> None:
    gate = LaunchGate()
    seen: list[str] = []

    async def request(name: str) -> None:
        await gate.turn()
        seen.append(f"{name} starts")
        await work()
        seen.append(f"{name} is out")

    with anyio.fail_after(GUARD_S):
        async with anyio.create_task_group() as tasks:
            for name in "abcd":
                tasks.start_soon(request, name)
    assert seen == [f"{name} {word}" for name in "abcd" for word in ("starts", "is out")]


@pytest.mark.usefixtures("patient")
async def test_nobody_waits_for_the_network_of_another() -> None:
    gate = LaunchGate()
    started: list[int] = []
    answer, all_started = anyio.Event(), anyio.Event()

    async def request(number: int) -> None:
        await gate.turn()
        started.append(number)
        if len(started) == 16:
            all_started.set()
        await answer.wait()

    with anyio.fail_after(GUARD_S):
        async with anyio.create_task_group() as tasks:
            for number in range(16):
                tasks.start_soon(request, number)
            await all_started.wait()
            assert started == list(range(16))
            answer.set()


async def test_a_loop_that_is_always_busy_keeps_nobody_out() -> None:
    gate = LaunchGate()

    async def flood() -> None:
        while True:
            await checkpoint()

    with anyio.fail_after(GUARD_S):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(flood)
            await gate.turn()
            await gate.turn()
            tasks.cancel_scope.cancel()


async def test_nobody_stands_in_line_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = LaunchGate()
    monkeypatch.setattr(launch_gate, "LONGEST_S", 0.01)
    with anyio.fail_after(GUARD_S):
        async with gate._line, anyio.create_task_group() as tasks:
            tasks.start_soon(gate.turn)
            tasks.start_soon(gate.turn)


@pytest.mark.usefixtures("patient")
async def test_whoever_gives_up_in_line_leaves_it() -> None:
    gate = LaunchGate()
    gone: list[str] = []

    async def request(name: str, scope: anyio.CancelScope) -> None:
        with scope:
            await gate.turn()
            gone.append(name)

    scopes = {name: anyio.CancelScope() for name in "abcd"}
    with anyio.fail_after(GUARD_S):
        async with anyio.create_task_group() as tasks:
            for name, scope in scopes.items():
                tasks.start_soon(request, name, scope)
            await checkpoint()  # all of them stand in line, `a` at its head
            scopes["a"].cancel()
            scopes["c"].cancel()
    assert gone == ["b", "d"]


async def test_the_wait_is_schedule_delay_and_no_time_to_first_token() -> None:
    clock = StillClock(1000 * MS)
    async with serving(good) as server, flying(server, clock) as engine:
        first = engine.launch("m", "first")
        await engine.reaches(first, Phase.COMPLETE)
        transport = engine.fleet._transport
        assert isinstance(transport, HttpTransport)
        async with transport._gate._line:  # as if somebody before were not out yet
            waiting, dropped = engine.launch("m", "waiting"), engine.launch("m", "dropped")
            await anyio.wait_all_tasks_blocked()
            assert waiting.phase is Phase.QUEUED
            assert waiting.timeline.start_ns is None
            engine.fleet.cancel("dropped")
            clock.at_ns = 1040 * MS
        await engine.reaches(waiting, Phase.COMPLETE)
        assert waiting.metrics().schedule_delay_ns == 40 * MS
        assert waiting.metrics().time_to_first_token_ns == 0, "the clock stood still once it was out"
        assert dropped.phase is Phase.CANCELLED
        assert len(server.requests) == 2
