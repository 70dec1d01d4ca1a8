"""Keeps a script's time."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from tui.demo.pace import SECOND
from tui.demo.script import Step, Wait


async def play(script: Iterable[Step], speed: float) -> AsyncIterator[Step]:
    """Yield the steps of a script when they are due; a wait is yielded when it is over.

    `speed` multiplies the pace; 0 means without any delay. Steps are due at instants counted from the first call, so
    lateness is made up for and never adds up.
    """
    clock = asyncio.get_running_loop().time
    start, due_ns = clock(), 0
    for step in script:
        if isinstance(step, Wait):
            due_ns += step.duration_ns
            delay = start + due_ns / SECOND / speed - clock() if speed else 0.0
            # Even when late it yields to the loop: otherwise a disconnect would be noticed after the answer.
            await asyncio.sleep(max(delay, 0.0))
        yield step
