"""How table, waterfall and plot share the height of the race: pure, so that every size can be tested."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MIN_PLOT: Final = 7
"""Rows of dots, with the legend under them."""
MAX_PLOT: Final = 25
_AXIS: Final = 1
_LEGEND: Final = 1


class Below(StrEnum):
    """What is shown below the table."""

    BOTH = "waterfall and plot"
    WATERFALL = "waterfall"
    PLOT = "plot"


@dataclass(frozen=True, slots=True)
class Shares:
    """Rows of each part, 0 for one that is not shown."""

    table: int
    """Header included."""
    axis: int
    bars: int
    legend: int
    """Of the bars' signs."""
    plot: int
    gap: int
    """Blank rows between the parts."""

    @property
    def rows(self) -> int:
        """The targets the table has room for."""
        return max(0, self.table - 1)


def choices(targets: int, height: int) -> list[Below]:
    """What can be shown below the table here; the first is the default."""
    needed = _table(targets) + 1 + _AXIS + targets + 1 + MIN_PLOT
    return [Below.BOTH, Below.WATERFALL, Below.PLOT] if height >= needed else [Below.WATERFALL, Below.PLOT]


def shares(targets: int, height: int, below: Below) -> Shares:
    """Rows for each part. Where all rows of all targets do not fit, table and waterfall get half each."""
    if below is Below.PLOT:
        table = min(_table(targets), max(2, height - MIN_PLOT - _AXIS))
        rest = height - table - _AXIS
        gap = int(rest > MIN_PLOT)
        return Shares(table, _AXIS, 0, 0, max(0, min(MAX_PLOT, rest - gap)), gap)
    table = _table(targets)
    if table + _AXIS + targets > height:
        table = max(2, min(table, (height + 1) // 2))
    bars = max(0, min(targets, height - table - _AXIS))
    rest = height - table - _AXIS - bars
    plot = min(MAX_PLOT, rest - 2) if below is Below.BOTH and rest - 2 >= MIN_PLOT else 0
    rest -= plot + 1 if plot else 0
    gap = int(rest > 0)
    legend = int(rest - gap > 0)
    return Shares(table, _AXIS, bars, legend, plot, gap)


def first_row(targets: int, rows: int, current: int, first: int) -> int:
    """The topmost target in view, moved as little as brings the current one into view."""
    if current < first:
        first = current
    elif current >= first + rows:
        first = current - rows + 1
    return max(0, min(first, targets - rows))


def _table(targets: int) -> int:
    return 1 + targets
