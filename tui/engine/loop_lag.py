"""How late the event loop is: a timer that rings fifty times a second and looks at how long ago it was due.

Everything that holds up the loop (a slow frame, the garbage collector, a machine with other things to do) also holds up
the reading of a socket, and then a read is stamped later than it arrived. So what is late here is noted with each
stream it may have hit, and a figure that it may have changed says so. A pause shorter than the timer's period can fall
between two rings and be seen in part only.
"""

import asyncio
from collections import deque
from collections.abc import Iterable

import anyio

from tui.core.histogram import Histogram, Spread
from tui.core.stream import StreamState
from tui.engine.clock import Clock

PERIOD_S = 0.02
GRAIN_NS = 2_000_000
"""Up to here it is the timer's own coarseness, as selectors wait for whole milliseconds, and no stream is told."""
SLICE_NS = 5_000_000_000
SLICES = 12
"""The last minute is kept in pieces, of which the oldest is dropped when a new one begins."""


class LoopLag:
    """Measures the loop that `run` runs in."""

    def __init__(self, clock: Clock, streams: Iterable[StreamState]) -> None:
        """`streams` is gone through anew each time; those that are over may be among them."""
        self._clock = clock
        self._streams = streams
        self._all = Histogram()
        self._slices: deque[tuple[int, Histogram]] = deque(maxlen=SLICES)
        """When each began, and what it counted."""
        self._due_ns = 0
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Measure until cancelled."""
        self._wind(asyncio.get_running_loop())
        try:
            await anyio.sleep_forever()
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def since_start(self) -> Spread:
        """All lags, ns."""
        return self._all.spread()

    def last_minute(self) -> Spread:
        """Those of the last minute, give or take five seconds."""
        oldest_ns = self._clock.now_ns() - SLICES * SLICE_NS
        recent = Histogram()
        for began_ns, counted in self._slices:
            if began_ns >= oldest_ns:
                recent.merge(counted)
        return recent.spread()

    def note(self, due_ns: int, at_ns: int) -> None:
        """A callback that was due at one instant came at another."""
        lag_ns = max(0, at_ns - due_ns)
        self._all.add(lag_ns)
        if not self._slices or at_ns - self._slices[-1][0] >= SLICE_NS:
            self._slices.append((at_ns, Histogram()))
        self._slices[-1][1].add(lag_ns)
        if lag_ns > GRAIN_NS:
            for state in self._streams:
                state.timeline.loop_was_late(due_ns, at_ns)

    def _wind(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due_ns = self._clock.now_ns() + round(PERIOD_S * 1e9)
        # A bare callback and no task that sleeps: it rings in the very turn that ends a pause, in which sockets only
        # wake their readers, so every stream knows of the pause before it stamps what came meanwhile.
        self._timer = loop.call_later(PERIOD_S, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self.note(self._due_ns, self._clock.now_ns())
        self._wind(loop)
