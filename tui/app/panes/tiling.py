"""Where each pane goes: pure arithmetic on cells, so that every size can be tested without a screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import ceil, log

MIN_PANE_WIDTH = 34
MIN_PANE_HEIGHT = 6
"""Border, one line of figures, three of text: less is no pane any more."""
MIN_SCREEN_WIDTH = 60
MIN_SCREEN_HEIGHT = 15
_BEST_SHAPE = 2.6
"""Columns per row of a comfortable pane: cells are twice as high as wide, and text reads better wide than tall."""
_RAGGED_COST = 0.7
"""What a last row with fewer panes costs against that shape: four panes are 2 and 2 rather than 3 and 1."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A pane's place inside the grid, in cells."""

    x: int
    y: int
    width: int
    height: int


class Shape(StrEnum):
    """How panes share the area, in the order in which one key goes through them."""

    GRID = "grid"
    """As many columns as give the most comfortable panes."""
    COLUMNS = "columns"
    ROWS = "rows"
    TABS = "tabs"
    """One at a time."""


def tiles(count: int, width: int, height: int, shape: Shape = Shape.GRID) -> list[Tile] | None:
    """Places for `count` panes in reading order, filling the area; None when they would be too small to read."""
    wanted = {Shape.GRID: range(1, count + 1), Shape.COLUMNS: [count], Shape.ROWS: [1], Shape.TABS: []}[shape]
    columns = _columns(count, width, height, wanted)
    if columns is None:
        return None
    rows = ceil(count / columns)
    places: list[Tile] = []
    for row, (y, row_height) in enumerate(_shares(height, rows)):
        in_row = min(columns, count - row * columns)
        places += [Tile(x, y, share, row_height) for x, share in _shares(width, in_row)]
    return places


def is_too_small(width: int, height: int) -> bool:
    """Whether the whole terminal is too small for a dashboard."""
    return width < MIN_SCREEN_WIDTH or height < MIN_SCREEN_HEIGHT


def _columns(count: int, width: int, height: int, wanted: Iterable[int]) -> int | None:
    """Of the wanted numbers of columns the one whose panes come nearest to the best shape."""
    readable = [
        columns
        for columns in wanted
        if width // columns >= MIN_PANE_WIDTH and height // ceil(count / columns) >= MIN_PANE_HEIGHT
    ]

    def distance(columns: int) -> float:
        rows = ceil(count / columns)
        shape = (width / columns) / (height / rows)
        missing = columns * rows - count
        return abs(log(shape / _BEST_SHAPE)) + _RAGGED_COST * missing / columns

    return min(readable, key=distance, default=None)


def _shares(total: int, parts: int) -> list[tuple[int, int]]:
    """`total` cells in `parts` near-equal pieces without a gap, as (start, size)."""
    edges = [total * index // parts for index in range(parts + 1)]
    return [(start, end - start) for start, end in pairwise(edges)]
