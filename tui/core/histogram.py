"""Durations counted in buckets that grow by a tenth: as little memory after a year as after a second.

A percentile is within 5 % of the true one, or within 50 µs; the largest is kept exactly.
"""

from array import array
from dataclasses import dataclass
from math import log

_LOWEST_NS = 50_000
"""Everything up to here is one bucket."""
_GROWTH = 1.1
_BUCKETS = 150
"""The last one begins at 66 s."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What a histogram tells, ns. All None as long as nothing was counted."""

    count: int
    p50_ns: float | None
    p99_ns: float | None
    max_ns: int | None


class Histogram:
    """Counts durations."""

    def __init__(self) -> None:
        self._counts = array("Q", bytes(8 * _BUCKETS))
        self._count = 0
        self._max_ns = 0

    def add(self, duration_ns: int) -> None:
        """Count one; less than 0 counts as 0."""
        self._counts[_bucket(duration_ns)] += 1
        self._count += 1
        self._max_ns = max(self._max_ns, duration_ns)

    def merge(self, other: "Histogram") -> None:
        """Count all that `other` counted."""
        for bucket, count in enumerate(other._counts):
            self._counts[bucket] += count
        self._count += other._count
        self._max_ns = max(self._max_ns, other._max_ns)

    def spread(self) -> Spread:
        """The figures so far."""
        if not self._count:
            return Spread(0, None, None, None)
        return Spread(self._count, self._percentile(0.50), self._percentile(0.99), self._max_ns)

    def _percentile(self, share: float) -> float:
        """The middle of the bucket that holds it, but never more than the largest of all."""
        left = share * self._count
        for bucket, count in enumerate(self._counts):
            left -= count
            if left <= 0:
                return min(float(self._max_ns), _middle(bucket))
        return float(self._max_ns)


def _bucket(duration_ns: int) -> int:
    if duration_ns <= _LOWEST_NS:
        return 0
    return min(_BUCKETS - 1, 1 + int(log(duration_ns / _LOWEST_NS) / log(_GROWTH)))


def _middle(bucket: int) -> float:
    middle: float = _LOWEST_NS * _GROWTH ** (bucket - 0.5)
    return middle
