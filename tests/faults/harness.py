"""All faults of the demo provider against the real engine, over real sockets, with short deadlines."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import anyio.to_thread
import httpx

from tests.engine.harness import KEY, WatchedBoard, connector_of
from tui.core.bounds import MIB
from tui.core.deadlines import Timeouts
from tui.core.dialects import dialect_named
from tui.core.policy import Policy
from tui.core.request import Prompt
from tui.core.retries import Retries
from tui.core.secret import Secret
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.demo.faults.fault import PREFIX, Fault
from tui.demo.process import DemoProcess
from tui.engine.client import build_client
from tui.engine.clock import MonotonicClock
from tui.engine.fleet import Fleet
from tui.engine.http import HttpTransport

PROMPT = Prompt.of("How does a rainbow form?")
SPEED = 10.0
"""The demo's pace: a token each 2.5 ms, a comment each 25 ms."""
GUARD_S = 60.0
PATIENT = Timeouts(connect=20, first_byte=20, first_token=20, idle=20, total=40)
"""For faults that are not about waiting: never reached, however busy the machine is."""


def short(case: "Case") -> Timeouts:
    """For faults that are: the one limit that is to end it is short, so that no other does on a busy machine."""
    match [name for name in ("first_byte", "first_token") if name in case.fault.says]:
        case ["first_byte"]:
            return replace(PATIENT, first_byte=0.5)
        case ["first_token"]:
            return replace(PATIENT, first_token=0.75)
        case _:
            return replace(PATIENT, idle=0.75)


QUICK_RETRIES = Retries(first_wait=0.05, longest_wait=0.1)


@dataclass(frozen=True)
class Case:
    """One fault in one dialect."""

    fault: Fault
    dialect: str

    def __str__(self) -> str:
        return f"{self.fault.name} [{self.dialect}]"


@dataclass(frozen=True)
class Result:
    """How one case went."""

    case: Case
    state: StreamState
    requests: int
    """How many of them the server saw."""


class Trial:
    """A fleet and a demo provider, for some cases."""

    def __init__(self, fleet: Fleet, board: WatchedBoard, demo: DemoProcess) -> None:
        self.fleet = fleet
        self._board = board
        self._demo = demo

    async def run(
        self, cases: Iterable[Case], at_once: int, timeouts: Callable[[Case], Timeouts] = lambda _: PATIENT
    ) -> list[Result]:
        """Run the cases, so many at once, and ask the server what it saw."""
        tickets = anyio.Semaphore(at_once)
        states: dict[Case, StreamState] = {}

        async def one(case: Case) -> None:
            async with tickets:
                state = states[case] = self.fleet.launch(self._target(case, timeouts(case)), PROMPT)
                await self._board.until(lambda: state.is_over)

        async with anyio.create_task_group() as tasks:
            for case in cases:
                tasks.start_soon(one, case)
        await self.fleet.wait_all()
        seen = await self._requests_seen()
        return [Result(case, state, self._count(seen, case)) for case, state in states.items()]

    def leftovers(self) -> list[str]:
        """What of the streams is still there when all are over."""
        acquired = len(connector_of(self.fleet)._acquired)
        streams = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("stream ")]
        return streams + ([f"{acquired} connections"] if acquired else [])

    def _target(self, case: Case, timeouts: Timeouts) -> Target:
        root = self._demo.root_url
        bases = {"gemini": f"{root}/v1beta", "ollama": root}
        return Target(
            name=str(case),
            provider="demo",
            model=PREFIX + case.fault.name,
            dialect=case.dialect,
            base_url=bases.get(case.dialect, f"{root}/v1"),
            auth=dialect_named(case.dialect).auth,
            key=Secret(KEY),
            policy=Policy(timeouts=timeouts, retries=QUICK_RETRIES),
        )

    async def _requests_seen(self) -> dict[str, dict[str, int]]:
        async with httpx.AsyncClient(trust_env=False, verify=_no_roots()) as client:
            listed = (await client.get(f"{self._demo.root_url}/faults")).json()["faults"]
        return {fault["name"]: fault["requests"] for fault in listed}

    def _count(self, seen: dict[str, dict[str, int]], case: Case) -> int:
        ends = {
            "chat": "/v1/chat/completions",
            "responses": "/v1/responses",
            "completions": "/v1/completions",
            "anthropic": "/v1/messages",
            "gemini": ":streamGenerateContent",
            "ollama": "/api/chat",
        }
        paths = seen[case.fault.name].items()
        return sum(count for path, count in paths if path.endswith(ends[case.dialect]))


@asynccontextmanager
async def trial() -> AsyncIterator[Trial]:
    """A demo provider in a process of its own and a fleet, until the block ends."""
    clock, board = MonotonicClock(), WatchedBoard()
    fleet = Fleet(lambda: HttpTransport(build_client(_no_roots()), clock), board, clock)
    with anyio.fail_after(GUARD_S):
        demo = DemoProcess(speed=SPEED)
        await anyio.to_thread.run_sync(demo.start)
        try:
            async with anyio.create_task_group() as tasks:
                await tasks.start(fleet.run)
                yield Trial(fleet, board, demo)
                tasks.cancel_scope.cancel()
        finally:
            said = await anyio.to_thread.run_sync(_last_words, demo)
    assert said == "", "the demo provider stumbled over a fault of its own"


def _last_words(demo: DemoProcess) -> str:
    """Stop the provider; what it had to complain about."""
    child = demo._child
    demo.stop()
    return child.end() if child else ""


class Memory:
    """The peak of this process's memory since it was made; nothing where the system does not tell."""

    def __init__(self) -> None:
        self._before: int | None = None
        if Path("/proc/self/clear_refs").exists() and os.access("/proc/self/clear_refs", os.W_OK):
            Path("/proc/self/clear_refs").write_text("5")  # sets the peak back to what is in use now
            self._before = _peak_bytes()

    @property
    def grown_mib(self) -> float:
        """By how much; 0 where it is not known."""
        return 0.0 if self._before is None else (_peak_bytes() - self._before) / MIB


def _peak_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _no_roots() -> ssl.SSLContext:
    """A TLS context that trusts nobody; loading the real roots takes longer than most faults."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
