"""Percentiles of durations that are only counted."""

from random import Random
from statistics import quantiles

import pytest

from tui.core.histogram import Histogram, Spread

MS = 1_000_000


def histogram(*durations_ns: int) -> Histogram:
    counted = Histogram()
    for duration_ns in durations_ns:
        counted.add(duration_ns)
    return counted


def test_nothing_counted_tells_nothing() -> None:
    assert Histogram().spread() == Spread(0, None, None, None)


def test_one_duration_is_every_percentile() -> None:
    spread = histogram(10 * MS).spread()
    assert (spread.count, spread.max_ns) == (1, 10 * MS)
    assert spread.p50_ns == pytest.approx(10 * MS, rel=0.05)
    assert spread.p99_ns == pytest.approx(10 * MS, rel=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_percentiles_are_within_a_twentieth(seed: int) -> None:
    random = Random(seed)
    values = [round(random.lognormvariate(1, 1.5) * MS) for _ in range(20_000)]
    cuts = quantiles(values, n=100)
    spread = histogram(*values).spread()
    assert spread.p50_ns == pytest.approx(cuts[49], rel=0.06)
    assert spread.p99_ns == pytest.approx(cuts[98], rel=0.06)
    assert spread.max_ns == max(values)


def test_the_shortest_and_the_longest_have_a_bucket_too() -> None:
    assert histogram(-5, 0, 1).spread().p99_ns == 1
    assert histogram(10**15).spread().max_ns == 10**15


def test_merged_is_as_counted_together() -> None:
    low, high = histogram(*range(0, 90 * MS, MS)), histogram(*range(90 * MS, 100 * MS, MS))
    low.merge(high)
    assert low.spread() == histogram(*range(0, 100 * MS, MS)).spread()
