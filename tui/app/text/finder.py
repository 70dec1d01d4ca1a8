"""Where a text view's rows hold what is searched for, kept up to date at the cost of what is new.

It looks through rows as they are shown, so a hit is always something that can be seen; soft-wrapped rows are read as
one line, and decoration is left out. Case counts only when the needle has a capital.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from tui.app.text.document import Document
from tui.app.text.rows import Row

HitSpan = tuple[int, int, bool]
"""Characters from, to, of a row's text, and whether they belong to the hit that was gone to."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where the needle is."""

    row: int
    """Where it begins."""
    spans: tuple[tuple[int, int, int], ...]
    """(row, from, to) for each row it touches."""


class Finder:
    """The hits of one needle in one document. `needle` is empty while nothing is searched for."""

    def __init__(self) -> None:
        self.needle = ""
        self.hits: list[Hit] = []
        self.current: int | None = None
        """Index of the hit that was gone to."""
        self._pattern = re.compile("")
        self._clean_rows = 0
        """Rows from the top that have been looked through and have not changed since."""
        self._by_row: dict[int, list[tuple[int, int, int]]] = {}

    def look_for(self, needle: str) -> None:
        """Start anew; an empty needle ends the search."""
        flags = re.IGNORECASE if needle == needle.lower() else re.NOFLAG
        self._pattern = re.compile(re.escape(needle), flags)
        self.needle = needle
        self.current = None
        self._drop_from(0)
        self._clean_rows = 0

    def rows_changed(self, first: int) -> None:
        """Rows from `first` on are not what they were."""
        self._clean_rows = min(self._clean_rows, first)

    def update(self, document: Document) -> bool:
        """Look through what changed; returns whether there are other hits than before."""
        count = len(document)
        if not self.needle or (self._clean_rows >= count and not self._has_hit_from(count)):
            return False
        start = self._start_of_line(document, min(self._clean_rows, count))
        before = self.hits[bisect_left(self.hits, start, key=attrgetter("row")) :]
        self._drop_from(start)
        for line in _lines(document.numbered_rows(start)):
            self._look_through(line)
        self._clean_rows = count
        return before != self.hits[self.index_from(start) :]

    def in_row(self, row: int) -> list[HitSpan]:
        """What of a row belongs to hits."""
        return [(start, end, index == self.current) for index, start, end in self._by_row.get(row, ())]

    def index_from(self, row: int) -> int:
        """The first hit at or below `row`; the number of hits when there is none."""
        return bisect_left(self.hits, row, key=attrgetter("row"))

    def _look_through(self, line: list[tuple[int, Row]]) -> None:
        starts: list[int] = []
        text = ""
        for _number, row in line:
            starts.append(len(text))
            text += row.text[row.margin :] + row.tail
        for match in self._pattern.finditer(text):
            first, last = bisect_right(starts, match.start()) - 1, bisect_right(starts, match.end() - 1) - 1
            spans = []
            for at in range(first, last + 1):
                number, row = line[at]
                start = max(0, match.start() - starts[at]) + row.margin
                end = min(len(row.text), match.end() - starts[at] + row.margin)
                if start < end:
                    spans.append((number, start, end))
            if spans:
                self._add(Hit(spans[0][0], tuple(spans)))

    def _add(self, hit: Hit) -> None:
        for row, start, end in hit.spans:
            self._by_row.setdefault(row, []).append((len(self.hits), start, end))
        self.hits.append(hit)

    def _drop_from(self, row: int) -> None:
        kept = self.index_from(row)
        for hit in self.hits[kept:]:
            for number, _start, _end in hit.spans:
                self._by_row.pop(number, None)
        del self.hits[kept:]

    def _start_of_line(self, document: Document, row: int) -> int:
        """A row before which no new hit can begin: the start of the line, or as far back as the needle is long."""
        seen = 0
        while row > 0 and seen <= len(self.needle):
            place = document.locate(row - 1)
            if place is None or "\n" in (before := document.row(place)).tail:
                break
            seen += len(before.text)
            row -= 1
        return row

    def _has_hit_from(self, row: int) -> bool:
        return self.index_from(row) < len(self.hits)


def _lines(rows: Iterable[tuple[int, int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    """Rows (number, section, row) grouped to the lines they were broken from."""
    line: list[tuple[int, Row]] = []
    last_section = -1
    for number, section, row in rows:
        if line and section != last_section:
            yield line
            line = []
        line.append((number, row))
        last_section = section
        if "\n" in row.tail:
            yield line
            line = []
    if line:
        yield line
