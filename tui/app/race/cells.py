"""How the values of the race are written: the same precision decides what is a tie."""

from typing import Final

from tui.core.comparison import Cell, Column, Unit
from tui.core.figures import NONE, cost_text, count_text, duration_text, rate_text

BEST: Final = "◆"
"""Stands before the best value of a column."""
MARKS: Final = "123456789abcdefghijklmnopqrstuvwxyz"
"""One sign per target by its place in the line-up, the number of its pane as long as that has one figure."""

_NUMBER_CELLS: Final = {Unit.DURATION: 8, Unit.SHORT: 9, Unit.RATE: 8, Unit.COUNT: 7, Unit.MONEY: 12}
_WORD_CELLS: Final = {Unit.STATE: 12, Unit.WORDS: 27, Unit.PLACE: 8}
_UNIT_CELLS: Final = 3
"""` ms` and ` s `."""
_TENTHS_CELLS: Final = 2


def mark(position: int) -> str:
    """The sign of the target at this place."""
    return MARKS[position % len(MARKS)]


def cell_text(column: Column, cell: Cell) -> str:
    """A value as it is displayed, without padding."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value or NONE
    match column.unit:
        case Unit.DURATION:
            return duration_text(value, at_most=cell.doubt > 0)
        case Unit.SHORT:
            return _estimated(f"{value / 1e6:.1f} ms" if value < 99.95e6 else duration_text(value), cell)
        case Unit.RATE:
            return _estimated(rate_text(value), cell)
        case Unit.MONEY:
            return cost_text(value, estimated=cell.is_estimated)
        case Unit.COUNT:
            return count_text(value, estimated=cell.is_estimated)
        case _:
            return f"{value + 1:.0f}"


def is_left_aligned(column: Column) -> bool:
    """Whether a column holds words."""
    return column.unit in _WORD_CELLS


def column_cells(column: Column) -> int:
    """How wide a column is whatever is in it: one that grew with its values would never hold still."""
    cells = _WORD_CELLS.get(column.unit) or _NUMBER_CELLS[column.unit]
    return max(cells, len(column.title) + 2)


def aligned(column: Column, text: str) -> str:
    """`text` in the column's width less one for the best's sign: numbers above each other at the point or the unit."""
    width = column_cells(column) - 1
    if is_left_aligned(column):
        return text.ljust(width)
    if column.unit in (Unit.DURATION, Unit.SHORT):
        number, _, unit = text.partition(" ")
        return number.rjust(width - _UNIT_CELLS) + f" {unit}".ljust(_UNIT_CELLS)
    if column.unit is Unit.RATE and "." not in text:
        return text.rjust(width - _TENTHS_CELLS) + " " * _TENTHS_CELLS
    return text.rjust(width)


def _estimated(text: str, cell: Cell) -> str:
    return f"≈{text}" if cell.is_estimated else text
