"""The clock every stamp comes from. Tests hand in their own."""

import time
from typing import Protocol


class Clock(Protocol):
    """Something that knows how much time has passed."""

    def now_ns(self) -> int:
        """Monotonic nanoseconds; only differences mean anything."""


class MonotonicClock:
    """The machine's finest monotonic clock; never the wall clock, which may be set back."""

    def now_ns(self) -> int:
        """Monotonic nanoseconds."""
        return time.perf_counter_ns()


def time_asleep_ns() -> int:
    """How long the machine has slept since it was started, ns; 0 where the system does not tell.

    The clock above stands still meanwhile, so no limit runs out in a closed laptop; the server's goes on.
    """
    if _AWAKE_CLOCK is None or _REAL_CLOCK is None:
        return 0
    awake_ns = time.clock_gettime_ns(_AWAKE_CLOCK)  # first, so that the time between both calls never counts below 0
    return time.clock_gettime_ns(_REAL_CLOCK) - awake_ns


def _clocks() -> tuple[int | None, int | None]:
    """The clock that goes on while the machine sleeps, and the one that does not."""
    if boot := getattr(time, "CLOCK_BOOTTIME", None):  # Linux
        return boot, time.CLOCK_MONOTONIC
    if awake := getattr(time, "CLOCK_UPTIME_RAW", None):  # macOS
        return time.CLOCK_MONOTONIC, awake
    return None, None


_REAL_CLOCK, _AWAKE_CLOCK = _clocks()
