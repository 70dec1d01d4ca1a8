"""The keeper of time, on an event loop whose clock only moves when somebody sleeps."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextvars import Context
from typing import TypeVarTuple

import pytest

from tui.demo.playback import play
from tui.demo.script import Step, Text, Wait

Arguments = TypeVarTuple("Arguments")


class StillClockLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer instead of waiting for it."""

    now = 1000.0

    def time(self) -> float:
        return self.now

    def call_later(
        self, delay: float, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.TimerHandle:
        self.now += delay
        return super().call_later(0, callback, *args, context=context)


def instants(script: Iterable[Step], speed: float, lag_s: float = 0.0) -> list[float]:
    """When each text came, seconds after the start; the reader takes `lag_s` for each."""
    loop = StillClockLoop()

    async def watch() -> list[float]:
        start, found = loop.now, []
        async for step in play(script, speed):
            if isinstance(step, Text):
                found.append(round(loop.now - start, 6))
                loop.now += lag_s
        return found

    try:
        return loop.run_until_complete(watch())
    finally:
        loop.close()


def beats(count: int) -> Iterator[Step]:
    for _ in range(count):
        yield Wait(100_000_000)
        yield Text(0, "tick")


@pytest.mark.parametrize(("speed", "expected"), [(1, [0.1, 0.2, 0.3]), (2, [0.05, 0.1, 0.15]), (0, [0, 0, 0])])
def test_steps_come_when_they_are_due(speed: float, expected: list[float]) -> None:
    assert instants(beats(3), speed) == expected


def test_a_slow_reader_does_not_shift_what_comes_later() -> None:
    assert instants(beats(4), 1, lag_s=0.06) == [0.1, 0.2, 0.3, 0.4]


def test_a_late_step_comes_at_once() -> None:
    assert instants(beats(3), 1, lag_s=0.15) == [0.1, 0.25, 0.4]
