"""Rows of a few ready-made styled lines: headers, notices, short lists."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content

from tui.app.text.rows import Row
from tui.app.text.wrap import breaks


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a row lies in its content; `offset` is where that is in the whole source."""

    content: Content
    start: int
    end: int
    tail: str
    offset: int


class LineRows:
    """Styled lines, broken to a width. They keep their own styles; the view draws them from `content`."""

    def __init__(self, width: int, contents: Iterable[Content]) -> None:
        self._contents = list(contents)
        self._width = width
        self._cuts: list[_Cut] = []
        self._break()

    def __len__(self) -> int:
        return len(self._cuts)

    def row(self, index: int) -> Row:
        cut = self._cuts[index]
        return Row(((cut.content.plain[cut.start : cut.end], ""),), cut.tail)

    def content(self, index: int) -> Content:
        """The row with its styles."""
        cut = self._cuts[index]
        return cut.content[cut.start : cut.end]

    def source(self) -> str:
        return "".join([content.plain + "\n" for content in self._contents])

    def resize(self, width: int) -> None:
        if width != self._width:
            self._width = width
            self._break()

    def offset_of(self, row: int) -> int:
        return self._cuts[min(row, len(self._cuts) - 1)].offset if self._cuts else 0

    def row_at(self, offset: int) -> int:
        return max(0, bisect_right([cut.offset for cut in self._cuts], offset) - 1)

    def _break(self) -> None:
        self._cuts.clear()
        offset = 0
        for content in self._contents:
            for start, end, tail in _rows_of(content.plain, self._width):
                self._cuts.append(_Cut(content, start, end, tail, offset + start))
            offset += len(content.plain) + 1


def _rows_of(text: str, width: int) -> Iterable[tuple[int, int, str]]:
    base = 0
    for line in text.split("\n"):
        for start, end, after in breaks(line, width):
            yield base + start, base + end, line[end:after] if after < len(line) else "\n"
        base += len(line) + 1
