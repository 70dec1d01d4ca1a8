"""Lets requests out one after another, each when the loop has nothing left to do for the one before.

A request is stamped just before it is handed to the client, but what the client does then takes many turns of the
event loop: connect, write, wait. When many are handed over in one instant, each stands in line behind the connections
of all others while its clock already runs, and its time to first token holds tens of milliseconds that no server
caused. Here they stand in line first, and the wait is in the figure made for it (`schedule_delay_ms`).

Nobody waits for the network: a loop that waits for an answer is idle, and the next one goes.
"""

import asyncio
import time

import anyio
from anyio.lowlevel import checkpoint

PATIENCE_S = 0.005
"""How long one request waits for an idle loop, in CPU time of the loop's thread: what other programs take of the
machine is no reason to give up. Streams that keep the loop busy all the time must not keep others out."""
LONGEST_S = 3.0
"""How long anybody stands in line at all, where turns of the loop are so long that a few of them for each add up."""


class LaunchGate:
    """One per event loop."""

    def __init__(self) -> None:
        self._line = anyio.Lock()

    async def turn(self) -> None:
        """Wait until everybody who came before has gone and the loop is idle, or long enough. First come, first out."""
        with anyio.move_on_after(LONGEST_S):
            async with self._line:
                until_s = time.thread_time() + PATIENCE_S
                await checkpoint()
                # The checkpoint puts us before all that others have yet to do: whatever they did in this turn of the
                # loop, and whichever socket became ready meanwhile, is in line behind us in the next.
                while _has_work() and time.thread_time() < until_s:
                    await checkpoint()


def _has_work() -> bool:
    """Whether other callbacks wait for their turn. asyncio's own loops keep them in `_ready` and have no public word
    for it; any other kind of loop counts as idle, so that there each one waits a single turn."""
    return bool(getattr(asyncio.get_running_loop(), "_ready", ()))
