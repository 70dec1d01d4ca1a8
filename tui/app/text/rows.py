"""One row of text and the things that produce rows.

Rows carry names of roles instead of colours: the view looks the roles up when it draws, so a change of theme touches
no row. Everything here is free of Textual.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Protocol

from rich.cells import cell_len

from tui.app.text.wrap import WrapModel, breaks

Span = tuple[str, str]
"""A piece of text and its roles, separated by spaces; "" is the style of the section."""

RULE: Final = "rule"
"""The role of lines, also of those between columns."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row on the screen."""

    spans: tuple[Span, ...] = ()
    tail: str = "\n"
    """What follows in the source: hidden spaces, a line end, or nothing inside a broken word."""
    fill: str = ""
    """Roles of the empty cells behind the text."""
    margin: int = 0
    """Characters at the start that are decoration and are not copied."""
    copied: str | None = None
    """What a copy of the whole row has in place of text and tail: rows that are drawn with lines are copied as the
    Markdown they stand for. None for what is to be read."""

    @property
    def text(self) -> str:
        return "".join([text for text, _roles in self.spans])

    @property
    def stops(self) -> list[int]:
        """Where lines stand, in cells by Rich's count: they do not move with the width of the text before them."""
        starts = accumulate([cell_len(text) for text, _roles in self.spans], initial=0)
        return [start for start, (_text, roles) in zip(starts, self.spans, strict=False) if roles == RULE]


BLANK: Final = Row()


class RowSource(Protocol):
    """Rows of a section, addressed by number; places in the text are offsets into its source."""

    def __len__(self) -> int: ...
    def row(self, index: int) -> Row: ...
    def source(self) -> str: ...
    def resize(self, width: int) -> None: ...
    def offset_of(self, row: int) -> int: ...
    def row_at(self, offset: int) -> int: ...


class PlainRows:
    """The rows of a text shown as it is, with `margin` cells of `fill` before and behind it."""

    __slots__ = ("_fill", "_margin", "_roles", "model")

    def __init__(self, width: int, *, roles: str = "", fill: str = "", margin: int = 0, by_words: bool = True) -> None:
        self.model = WrapModel(width - 2 * margin, by_words=by_words)
        self._roles = roles
        self._fill = fill
        self._margin = margin

    def __len__(self) -> int:
        return len(self.model)

    def row(self, index: int) -> Row:
        text, tail = self.model.rows[index], self.model.tails[index]
        if self._margin:
            return Row(((" " * self._margin, self._fill), (text, self._roles)), tail, self._fill, self._margin)
        return Row(((text, self._roles),), tail, self._fill)

    def append(self, text: str) -> int:
        """Adds to the end; returns the first row that changed."""
        return self.model.append(text)

    def source(self) -> str:
        return self.model.source()

    def resize(self, width: int) -> None:
        self.model.rewrap(width - 2 * self._margin)

    def offset_of(self, row: int) -> int:
        return self.model.offset_of(row)

    def row_at(self, offset: int) -> int:
        return self.model.row_at(offset)


def wrapped(spans: Sequence[Span], width: int, *, by_words: bool = True, fill: str = "") -> list[Row]:
    """The rows of one line of styled text."""
    line = "".join([text for text, _roles in spans])
    return [
        Row(tuple(_slice(spans, start, end)), line[end:after] if after < len(line) else "\n", fill)
        for start, end, after in breaks(line, width, by_words=by_words)
    ]


def indented(rows: Iterable[Row], first: Span, rest: Span, *, copied: bool = False) -> list[Row]:
    """`rows` behind a prefix: `first` on the first row, `rest` below. `copied` keeps it in copies where lines begin."""
    result: list[Row] = []
    for row in rows:
        prefix = rest if result else first
        begins_line = not result or (result[-1].tail.endswith("\n") and bool(row.text) and not row.margin)
        margin = 0 if copied and begins_line else row.margin + len(prefix[0])
        result.append(Row((prefix, *row.spans), row.tail, row.fill, margin, row.copied))
    return result


def _slice(spans: Sequence[Span], start: int, end: int) -> Iterable[Span]:
    position = 0
    for text, roles in spans:
        after = position + len(text)
        if after > start and position < end:
            yield text[max(0, start - position) : end - position], roles
        position = after
