"""Small terminals that differ in one thing only: how many cells they give to a text.

Just enough of a terminal for what Textual writes to draw: text, SGR, and moving the cursor. Whatever else arrives is a
mistake and raises.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

import pyte
from rich.cells import cell_len, split_graphemes

from tests.support.controls import Control, ControlSplitter

Measure = Callable[[str], Iterator[tuple[str, int]]]
"""Cuts a piece of text into what shares a place, each with its cells."""

CONTINUED: Final = ""
"""The second cell of a wide character."""

_ABSOLUTE = re.compile(r"\x1b\[(\d+);(\d+)H")
_COLUMN = re.compile(r"\x1b\[(\d+)G")
_STYLE = re.compile(r"\x1b\[[\d;]*m")


def as_rich(text: str) -> Iterator[tuple[str, int]]:
    """Knows joined emoji, as Rich does."""
    spans, _cells = split_graphemes(text)
    for start, end, cells in spans:
        yield text[start:end], cells


def adding_points(text: str) -> Iterator[tuple[str, int]]:
    """Adds up code points by the classic rule; vowel signs which stand beside their letter take a cell."""
    return _points(text, lambda char: 1 + (unicodedata.east_asian_width(char) in "WF"))


def generous(text: str) -> Iterator[tuple[str, int]]:
    """Adds up code points, draws half flags as wide letters and widens for the emoji selector."""

    def cells(char: str) -> int:
        return 2 if unicodedata.east_asian_width(char) in "WF" or "\U0001f1e6" <= char <= "\U0001f1ff" else 1

    for part, size in _points(text, cells):
        yield part, 2 if size and part[0] != " " and "\ufe0f" in part else size


def sparing(text: str) -> Iterator[tuple[str, int]]:
    """Gives a whole syllable the cells of its first letter and knows no emoji of the last ten years."""
    cluster = ""
    for part, _cells in as_rich(text):
        if cluster and unicodedata.combining(cluster[-1]) != 9:
            yield cluster, _first_cells(cluster)
            cluster = ""
        cluster += part
    if cluster:
        yield cluster, _first_cells(cluster)


def _first_cells(cluster: str) -> int:
    return 1 if "\U0001f000" <= cluster[0] < "\U00020000" else min(cell_len(cluster[0]), 2)


def _points(text: str, cells: Callable[[str], int]) -> Iterator[tuple[str, int]]:
    part, size = "", 0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            part += char
            continue
        if part:
            yield part, size
        part, size = char, cells(char)
    if part:
        yield part, size


class SmallTerminal:
    """Draws into `rows`, which hold one string per cell."""

    def __init__(self, measure: Measure, width: int, height: int) -> None:
        self._measure = measure
        self._width = width
        self._splitter = ControlSplitter()
        self._x = self._y = 0
        self.rows = [[" "] * width for _ in range(height)]

    def feed(self, output: str) -> None:
        """Draw what was written."""
        for part in self._splitter.feed(output.encode()):
            if isinstance(part, Control):
                self._obey(part.value)
            else:
                for cluster, cells in self._measure(part.value):
                    self._put(cluster, cells)

    def cell(self, x: int, y: int) -> str:
        """What is at a place."""
        return self.rows[y][x]

    def _obey(self, control: str) -> None:
        if match := _ABSOLUTE.fullmatch(control):
            self._y, self._x = int(match[1]) - 1, int(match[2]) - 1
        elif match := _COLUMN.fullmatch(control):
            self._x = min(int(match[1]), self._width) - 1
        elif control == "\n":
            self._y = min(self._y + 1, len(self.rows) - 1)
        elif not _STYLE.fullmatch(control):
            raise ValueError(f"this terminal does not know {control!r}")

    def _put(self, cluster: str, cells: int) -> None:
        row = self.rows[self._y]
        x = min(self._x, self._width - max(1, cells))  # no line wrap: Textual turns it off
        if not cells:
            if x and row[x - 1] != CONTINUED:
                row[x - 1] += cluster
            return
        self._blank_halves(row, x, x + cells)
        row[x : x + cells] = [cluster, *[CONTINUED] * (cells - 1)]
        self._x = x + cells

    def _blank_halves(self, row: list[str], start: int, end: int) -> None:
        """Half a wide character cannot stay when the other half is overwritten."""
        if row[start] == CONTINUED:
            row[start - 1] = " "
        if end < self._width and row[end] == CONTINUED:
            row[end] = " "


class PyteTerminal:
    """The same questions to pyte, which adds up code points by a table of its own."""

    def __init__(self, width: int, height: int) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self._screen)

    @property
    def rows(self) -> list[list[str]]:
        """One string per cell."""
        columns = range(self._screen.columns)
        return [[self._screen.buffer[y][x].data for x in columns] for y in range(self._screen.lines)]

    def feed(self, output: str) -> None:
        """Draw what was written."""
        self._stream.feed(output)

    def cell(self, x: int, y: int) -> str:
        """What is at a place."""
        return str(self._screen.buffer[y][x].data)


TERMINALS: Final[dict[str, Callable[[int, int], SmallTerminal | PyteTerminal]]] = {
    "as rich": lambda width, height: SmallTerminal(as_rich, width, height),
    "adding": lambda width, height: SmallTerminal(adding_points, width, height),
    "generous": lambda width, height: SmallTerminal(generous, width, height),
    "sparing": lambda width, height: SmallTerminal(sparing, width, height),
    "pyte": PyteTerminal,
}
