"""A small canvas of braille dots: two by four to a cell, each cell with one colour and perhaps a letter over it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

_DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""By row and column within a cell, from the top left."""
_BLANK: Final = 0x2800


class Canvas:
    """Dots at (x, y) from the top left; what is drawn later lies above."""

    def __init__(self, width: int, height: int) -> None:
        """In cells."""
        self.width, self.height = width, height
        self._bits = [bytearray(width) for _ in range(height)]
        self._owner = [bytearray(width) for _ in range(height)]
        self._letters: dict[tuple[int, int], str] = {}

    @property
    def dots(self) -> tuple[int, int]:
        """Its size in dots."""
        return self.width * 2, self.height * 4

    def line(self, points: list[tuple[int, int]], owner: int) -> None:
        """Join the points, left to right, in the colour of `owner` (1 to 255). Each is inside the canvas."""
        for (x, y), (next_x, next_y) in pairwise(points):
            before = y
            for at in range(x, next_x + 1):
                here = y + (next_y - y) * (at - x) // (next_x - x) if next_x > x else next_y
                # From beside the dot before: dots that touch at a corner are joined, more would only be thicker.
                start = before + (here > before) - (here < before)
                self._column(at, min(start, here), max(start, here), owner)
                before = here
        for x, y in points[-1:]:
            self._column(x, y, y, owner)

    def letter(self, x: int, y: int, letter: str, owner: int) -> bool:
        """Put a letter into the cell of a dot; False when another one is there."""
        cell = y // 4, x // 2
        if cell in self._letters:
            return False
        self._letters[cell] = letter
        self._owner[cell[0]][cell[1]] = owner
        return True

    def runs(self, row: int) -> Iterator[tuple[str, int]]:
        """A row of cells as texts of one owner each; 0 for where nothing is."""
        owners = self._owner[row]
        start = 0
        for at in range(1, self.width + 1):
            if at == self.width or owners[at] != owners[start]:
                yield "".join(self._sign(row, column) for column in range(start, at)), owners[start]
                start = at

    def _column(self, x: int, top: int, bottom: int, owner: int) -> None:
        column, side = divmod(x, 2)
        for y in range(top, bottom + 1):
            row, within = divmod(y, 4)
            self._bits[row][column] |= _DOTS[within][side]
            self._owner[row][column] = owner

    def _sign(self, row: int, column: int) -> str:
        letter = self._letters.get((row, column))
        if letter is not None:
            return letter
        bits = self._bits[row][column]
        return chr(_BLANK + bits) if bits else " "  # the blank braille sign is not a blank to every terminal
