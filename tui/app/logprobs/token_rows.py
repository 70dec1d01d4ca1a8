"""Tokens broken into rows, each piece with the number of its token, so that it can be coloured and pointed at. Pure.

Rows are only ever added: the last one stays open for further tokens, and 100 000 of them are laid out once.
"""

from collections.abc import Iterable
from typing import TypeAlias

from rich.cells import cell_len, chop_cells

from tui.app.shown import name_shown
from tui.app.text.cells import without_start_marks
from tui.core.clean import Clean, clean, clean_line

Piece: TypeAlias = tuple[int, Clean]
"""The number of a token, and what of it is in one row."""

_LINE_END = "↵"
_NOTHING = "·"
"""In the place of a token without text, such as the first bytes of an emoji."""


class TokenRows:
    """Rows of at most `width` cells."""

    def __init__(self, width: int) -> None:
        self.width = max(2, width)
        self.rows: list[list[Piece]] = [[]]
        self.row_of: list[int] = []
        """The row each token begins in."""
        self._used = 0

    def extend(self, texts: Iterable[str]) -> None:
        """Add tokens. A line end is drawn as a sign, and ends its row."""
        for number, text in enumerate(texts, len(self.row_of)):
            if text.isascii() and text.isprintable() and text:
                self._begin(number, clean_line(text), len(text))
                continue
            first, *others = clean(text).split("\n")
            self._begin(number, *_measured(f"{first}{_LINE_END if others else ''}" or _NOTHING))
            for position, line in enumerate(others, 1):
                self._new_row()
                end = _LINE_END if position < len(others) else ""
                if line or end:
                    self._put(number, *_measured(f"{line}{end}"))

    def column_of(self, number: int) -> int:
        """The cell a token begins at in its row."""
        column = 0
        for owner, text in self.rows[self.row_of[number]]:
            if owner == number:
                break
            column += cell_len(text)
        return column

    def token_at(self, row: int, column: int) -> int | None:
        """The token that has this cell, or the last one before it; None in an empty row."""
        found = None
        for owner, text in self.rows[row]:
            if found is not None and column < 0:
                break
            found = owner
            column -= cell_len(text)
            if column < 0:
                break
        return found

    def _begin(self, number: int, text: Clean, cells: int) -> None:
        if self._used and self._used + cells > self.width:
            self._new_row()
        self.row_of.append(len(self.rows) - 1)
        self._put(number, text, cells)

    def _put(self, number: int, text: Clean, cells: int) -> None:
        if cells <= self.width - self._used:
            self.rows[-1].append((number, text))
            self._used += cells
            return
        for position, part in enumerate(chop_cells(text, self.width)):
            if position or self._used:
                self._new_row()
            self.rows[-1].append((number, clean_line(part)))
            self._used = cell_len(part)

    def _new_row(self) -> None:
        self.rows.append([])
        self._used = 0


def _measured(text: str) -> tuple[Clean, int]:
    """`text` as every terminal draws it in the cells that are counted."""
    steady = name_shown(without_start_marks(text))
    return steady, cell_len(steady)
