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
