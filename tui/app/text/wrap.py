"""Breaking text into rows of cells, as it arrives.

`plain.PlainRows` shows a `WrapModel`; `markdown` breaks single lines with `breaks`. Only the last, open row of a model
can still change, so an append costs what it adds and no more. Every character of the source stays in the model: what a
break hides (the spaces at it, the line end) is kept as the tail of its row, so joining gives the source again.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from rich.cells import get_character_cell_size

from tui.app.text.cells import VS16, added, is_half_flag, is_steady, joins

MIN_WIDTH: Final = 2
"""Narrower than a wide character nothing can be promised."""
_POINTS_PER_CELL: Final = 16
"""Joiners and marks make a cell of any number of code points; this bounds what one row may hold."""


class WrapModel:
    """The rows of one growing text at one width.

    `rows[i] + tails[i]` is the source under row `i`; `rows[i]` alone is what is shown and is at most `width` cells in
    any terminal.
    """

    __slots__ = ("_by_words", "rows", "tails", "width")

    def __init__(self, width: int, *, by_words: bool = True) -> None:
        self.width = max(MIN_WIDTH, width)
        self._by_words = by_words
        self.rows: list[str] = [""]
        self.tails: list[str] = [""]

    def __len__(self) -> int:
        """Rows to show: the empty one after a last line end is not there yet."""
        return len(self.rows) - (not self.rows[-1] and not self.tails[-1])

    def append(self, text: str) -> int:
        """Adds to the end; returns the first row that changed."""
        first = len(self.rows) - 1
        head, *lines = text.split("\n")
        self._extend(head)
        for line in lines:
            self.tails[-1] += "\n"
            self.rows.append("")
            self.tails.append("")
            if line:
                self._extend(line)
        return first

    def source(self) -> str:
        """All the text that was appended."""
        return "".join([part for pair in zip(self.rows, self.tails, strict=True) for part in pair])

    def rewrap(self, width: int) -> None:
        """Breaks the whole text anew, if the width is another one."""
        if max(MIN_WIDTH, width) == self.width:
            return
        source = self.source()
        self.width = max(MIN_WIDTH, width)
        self.rows = [""]
        self.tails = [""]
        self.append(source)

    def offset_of(self, row: int) -> int:
        """Where in the source `row` begins."""
        return sum(map(len, self.rows[:row])) + sum(map(len, self.tails[:row]))

    def row_at(self, offset: int) -> int:
        """The row which holds the character at `offset` of the source; the last one beyond the end."""
        ends = list(accumulate(len(row) + len(tail) for row, tail in zip(self.rows, self.tails, strict=True)))
        return min(bisect_right(ends, offset), max(0, len(self) - 1))

    def _extend(self, text: str) -> None:
        line = self.rows.pop() + self.tails.pop() + text
        for start, end, after in breaks(line, self.width, by_words=self._by_words):
            self.rows.append(line[start:end])
            self.tails.append(line[end:after])


def breaks(line: str, width: int, *, by_words: bool = True) -> Iterator[tuple[int, int, int]]:
    """The rows of one line as (start, end, start of the next); between end and next are spaces that are not shown.

    Where a row ends depends on the text up to the first character beyond it and on nothing later: only the last row
    given can change when the line grows.
    """
    width = max(MIN_WIDTH, width)
    start = 0
    fitting = _fitting_ascii if line.isascii() else _fitting_steady if is_steady(line) else _fitting
    while True:
        end = fitting(line, start, width)
        if end == len(line):
            yield start, end, end
            return
        after = _end_of_spaces(line, end, width) if by_words else end
        if after == end and by_words:
            space = line.rfind(" ", start, end)
            if space > start and (word_end := _end_of_word(line, start, space)) > start:
                end, after = word_end, space + 1
        yield start, end, after
        if after == len(line):
            # Spaces hang over the edge of the open row, which stays the last one until something follows them.
            return
        start = after


def _end_of_spaces(line: str, start: int, width: int) -> int:
    """The end of the run of spaces at `start`, of which one row hides at most `width`: a longer run would be scanned
    again with each append."""
    stop = min(len(line), start + width)
    while start < stop and line[start] == " ":
        start += 1
    return start


def _end_of_word(line: str, start: int, space: int) -> int:
    while space > start and line[space - 1] == " ":
        space -= 1
    return space


def _fitting_ascii(text: str, start: int, width: int) -> int:
    return min(start + width, len(text))


def _fitting_steady(text: str, start: int, width: int) -> int:
    """The end of what fits in `width` cells from `start`, with all marks of the last character."""
    stop = min(len(text), start + width * _POINTS_PER_CELL)
    cells = 0
    for index in range(start, stop):
        cells += get_character_cell_size(text[index])
        if cells > width:
            return index
    return stop


def _fitting(text: str, start: int, width: int) -> int:
    """The end of what fits in `width` cells from `start` in every terminal. It is inside a joined character only where
    that alone would not fit."""
    stop = min(len(text), start + width * _POINTS_PER_CELL)
    cells = measured = 0
    base = part = start
    has_half_flag = False
    for index in range(start, stop):
        char = text[index]
        size, measured = added(char, measured)
        cells += size
        if size and char != VS16:
            part = index
            if is_half_flag(char) and has_half_flag:
                has_half_flag = False
            else:
                has_half_flag = is_half_flag(char)
                if not joins(char, text[index - 1]):
                    base = index
        if cells > width:
            return base if base > start else part
    return stop
