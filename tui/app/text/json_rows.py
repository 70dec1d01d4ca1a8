"""Rows of JSON that grows: laid out and coloured as it comes, at the cost of what is new."""

from bisect import bisect_right
from typing import Final

from tui.app.text.rows import Row, Span
from tui.app.text.wrap import WrapModel
from tui.core.pretty_json import JsonPrinter, Part

ROLES: Final[dict[Part, str]] = {
    "key": "function",
    "string": "string",
    "number": "number",
    "word": "number",
    "sign": "muted",
}


class JsonRows:
    """The layout of one JSON value. Where `is_json` became False, show `source` in another way."""

    def __init__(self, width: int) -> None:
        self._printer = JsonPrinter()
        self._source: list[str] = []
        self._model = WrapModel(width)
        self._row_starts = [0]
        """Where each row begins in the layout."""
        self._starts: list[int] = []
        self._roles: list[str] = []
        """Where each coloured piece begins in the layout, and its role."""
        self._size = 0

    def __len__(self) -> int:
        return len(self._model)

    @property
    def is_json(self) -> bool:
        return self._printer.is_json

    def append(self, text: str) -> int:
        """Adds to the end; returns the first row that changed."""
        self._source.append(text)
        pieces = self._printer.feed(text)
        for piece, part in pieces:
            role = ROLES[part]
            if not self._roles or self._roles[-1] != role:
                self._starts.append(self._size)
                self._roles.append(role)
            self._size += len(piece)
        first = self._model.append("".join([piece for piece, _part in pieces]))
        self._measure(first)
        return first

    def row(self, index: int) -> Row:
        text = self._model.rows[index]
        return Row(tuple(self._spans(text, self._row_starts[index])), self._model.tails[index])

    def source(self) -> str:
        """The text as it came."""
        return "".join(self._source)

    def resize(self, width: int) -> None:
        self._model.rewrap(width)
        self._measure(0)

    def offset_of(self, row: int) -> int:
        """Where in the layout `row` begins."""
        return self._row_starts[min(row, len(self._row_starts) - 1)]

    def row_at(self, offset: int) -> int:
        return max(0, bisect_right(self._row_starts, offset, hi=max(1, len(self))) - 1)

    def _measure(self, first: int) -> None:
        del self._row_starts[first + 1 :]
        rows, tails = self._model.rows, self._model.tails
        for index in range(first, len(rows) - 1):
            self._row_starts.append(self._row_starts[-1] + len(rows[index]) + len(tails[index]))

    def _spans(self, text: str, start: int) -> list[Span]:
        spans: list[Span] = []
        at, end = start, start + len(text)
        piece = bisect_right(self._starts, start) - 1
        while at < end:
            stop = min(end, self._starts[piece + 1]) if piece + 1 < len(self._starts) else end
            spans.append((text[at - start : stop - start], self._roles[piece]))
            at, piece = stop, piece + 1
        return spans
