"""An ordered list of sections, shown as one column of rows.

The view asks for rows by number; sections know nothing of each other. Text that was appended costs nothing until it is
flushed. Sections that are settled are finished: where their rows are is worked out once, so that what stands above the
growing ones costs nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Final, Literal

from textual.content import Content

from tui.app.text.json_rows import JsonRows
from tui.app.text.lines import LineRows
from tui.app.text.markdown import MarkdownRows
from tui.app.text.rows import PlainRows, Row, RowSource

Kind = Literal["text", "markdown", "lines", "rows", "json"]
"""`json` is laid out as it grows, and becomes Markdown where it turns out to be none."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row within its section."""

    section: int
    """Position of the section in the document, hidden ones included."""
    row: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the text that stays the same when rows are broken anew."""

    section: "Section"
    offset: int


class Section:
    """One growing text or a list of lines."""

    def __init__(
        self, key: str, kind: Kind, style: str, indent: int, gap: int, visible: bool, clock: Callable[[], int]
    ) -> None:
        self.key = key
        self.style = style
        self.indent = indent
        self.gap = gap
        self.visible = visible
        self.kind = kind
        self._clock = clock
        self._pending: list[str] = []
        self._contents: Sequence[Content] | None = None
        self._source: RowSource | None = None
        self._is_rendered = True
        self.rows: RowSource | None = None
        """None until the first flush."""

    def __len__(self) -> int:
        return 0 if self.rows is None else len(self.rows)

    @property
    def is_busy(self) -> bool:
        if self._pending or self._contents is not None or self._source is not None:
            return True
        return isinstance(self.rows, MarkdownRows) and self.rows.is_busy

    def append(self, text: str) -> None:
        if self.kind in ("lines", "rows"):
            raise ValueError(f"section {self.key!r} holds {self.kind}; they are replaced as a whole")
        self._pending.append(text)

    def set_lines(self, contents: Sequence[Content]) -> None:
        if self.kind != "lines":
            raise ValueError(f"section {self.key!r} holds {self.kind}, not lines")
        self._contents = contents

    def set_rows(self, source: RowSource) -> None:
        if self.kind != "rows":
            raise ValueError(f"section {self.key!r} holds {self.kind}, not rows")
        self._source = source

    def set_rendered(self, rendered: bool) -> bool:
        """Shows Markdown and JSON rendered or as their source; returns whether that changes anything."""
        if self.kind not in ("markdown", "json") or rendered == self._is_rendered:
            return False
        self._is_rendered = rendered
        if self.rows is not None:
            self._pending.insert(0, self.rows.source())
            self.rows = None
        return True

    def flush(self, width: int, *, final: bool) -> int | None:
        """Brings the rows up to date; returns the first one that changed, or None."""
        width -= self.indent
        if self._contents is not None:
            self.rows = LineRows(width, self._contents)
            self._contents = None
            return 0
        if self._source is not None:
            self.rows = self._source
            self._source = None
            return 0
        if self.rows is None:
            if not self._pending:
                return None
            self.rows = self._new_rows(width)
        text = "".join(self._pending)
        self._pending.clear()
        match self.rows:
            case PlainRows():
                return self.rows.append(text) if text else None
            case MarkdownRows():
                if text:
                    self.rows.append(text)
                return self.rows.update(final=final)
            case JsonRows():
                first = self.rows.append(text) if text else None
                return first if self.rows.is_json else self._as_markdown(width, final=final)
            case _:
                return None

    def resize(self, width: int) -> None:
        if self.rows is not None:
            self.rows.resize(width - self.indent)

    def _as_markdown(self, width: int, *, final: bool) -> int:
        """What was taken for JSON, as the text it is."""
        assert self.rows is not None
        self._pending.insert(0, self.rows.source())
        self.kind, self.rows = "markdown", None
        self.flush(width + self.indent, final=final)
        return 0

    def _new_rows(self, width: int) -> PlainRows | MarkdownRows | JsonRows:
        if self.kind == "json" and self._is_rendered:
            return JsonRows(width)
        if self.kind == "markdown" and self._is_rendered:
            return MarkdownRows(width, self._clock)
        return PlainRows(width)


_Extent = tuple[int, int, int]
"""Position of a section, its first row, and the row after its last."""
_BEYOND: Final = 1 << 62
"""A row below any document's end."""


class Document:
    """Sections in order; rows of the visible ones are numbered through, with blank rows between sections."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self.sections: list[Section] = []
        self._by_key: dict[str, Section] = {}
        self._is_rendered = True
        self._layers: list[int] = []
        """How many sections there were each time they were settled."""
        self._kept: list[_Extent] | None = []
        """The extents of the settled sections. None while they have to be brought up to date again."""

    def __len__(self) -> int:
        return max((end for _place, _start, end in self._extents(_BEYOND)), default=self._kept_rows)

    def __getitem__(self, key: str) -> Section:
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def add(self, key: str, kind: Kind, style: str, indent: int, gap: int, visible: bool, before: str | None) -> None:
        if key in self._by_key:
            raise ValueError(f"there is a section {key!r} already")
        section = Section(key, kind, style, indent, gap, visible, self._clock)
        section.set_rendered(self._is_rendered)
        at = len(self.sections) if before is None else self.sections.index(self._by_key[before])
        self.sections.insert(at, section)
        self._by_key[key] = section

    def settle(self, prefix: str) -> None:
        """All sections so far are finished: they get `prefix` before the keys they have now, and stay as they are."""
        for section in self._unsettled():
            del self._by_key[section.key]
            section.key = prefix + section.key
            self._by_key[section.key] = section
        self._layers.append(len(self.sections))
        self._kept = None

    def cut(self, layers: int) -> None:
        """Removes all sections but those settled in the first `layers` times."""
        del self._layers[layers:]
        for section in self.sections[self._settled :]:
            del self._by_key[section.key]
        del self.sections[self._settled :]
        self._kept = None

    def show(self, key: str, visible: bool) -> bool:
        """Shows or hides a section; returns whether that changes anything."""
        section = self._by_key[key]
        changes = section.visible != visible
        if changes:
            section.visible = visible
            self._kept = None
        return changes

    def set_rendered(self, rendered: bool) -> None:
        self._is_rendered = rendered
        self._kept = None
        for section in self.sections:
            section.set_rendered(rendered)

    @property
    def is_busy(self) -> bool:
        sections = self.sections if self._kept is None else self._unsettled()
        return any(section.is_busy for section in sections if section.visible)

    def flush(self, width: int, *, final: bool) -> int | None:
        """Brings all visible sections up to date; returns the first row that changed, or None.

        A hidden section only keeps its text.
        """
        changed: list[tuple[int, int]] = []
        begin = 0 if self._kept is None else self._settled
        for place, section in enumerate(islice(self.sections, begin, None), begin):
            ends = final or place < self._settled
            if section.visible and (first := section.flush(width, final=ends)) is not None:
                changed.append((place, first))
        settled = islice(self.sections, self._settled)
        if self._kept is None and not any(section.is_busy for section in settled if section.visible):
            self._kept = list(self._extents_from(0, 0, self._settled))
        if not changed:
            return None
        place, first = changed[0]
        return self._first_row(place, first)

    def resize(self, width: int) -> None:
        self._kept = None
        for section in self.sections:
            section.resize(width)

    def locate(self, row: int) -> Place | None:
        """What is at `row`; None for a blank row between sections and beyond the end."""
        for place, start, end in self._extents(row):
            if row < end:
                return Place(place, row - start) if start <= row else None
        return None

    def row(self, place: Place) -> Row:
        rows = self.sections[place.section].rows
        if rows is None:
            raise IndexError(f"section {place.section} has no rows yet")
        return rows.row(place.row)

    def rows_between(self, first: Place, last: Place) -> Iterator[tuple[Place, Row]]:
        """The visible rows from `first` to `last`, both included."""
        for place, start, end in self._extents():
            if first.section <= place <= last.section:
                begin = first.row if place == first.section else 0
                stop = last.row + 1 if place == last.section else end - start
                for index in range(begin, min(stop, end - start)):
                    yield Place(place, index), self.row(Place(place, index))

    def numbered_rows(self, first: int) -> Iterator[tuple[int, int, Row]]:
        """(row number, position of its section, row) from row `first` on; blank rows between sections are left out."""
        for place, start, end in self._extents(first):
            rows = self.sections[place].rows
            if rows is not None:
                for number in range(max(first, start), end):
                    yield number, place, rows.row(number - start)

    def mark(self, row: int) -> Mark | None:
        """The place in the text at the start of `row`, or of the first one after it; None in an empty document."""
        for place, start, end in self._extents(row):
            section = self.sections[place]
            if row < end and section.rows is not None:
                return Mark(section, section.rows.offset_of(max(0, row - start)))
        return None

    def row_of(self, mark: Mark) -> int | None:
        """The row where `mark` is now; None if its section is not shown any more."""
        for place, start, _end in self._extents():
            section = self.sections[place]
            if section is mark.section and section.rows is not None:
                return start + section.rows.row_at(mark.offset)
        return None

    def last_place(self) -> Place | None:
        """The last row of all."""
        extents = list(self._extents())
        return Place(extents[-1][0], extents[-1][2] - extents[-1][1] - 1) if extents else None

    @property
    def _settled(self) -> int:
        """How many sections are settled."""
        return self._layers[-1] if self._layers else 0

    def _unsettled(self) -> Iterator[Section]:
        return islice(self.sections, self._settled, None)

    @property
    def _kept_rows(self) -> int:
        """Rows of the sections whose extents are kept."""
        return self._kept[-1][2] if self._kept else 0

    def _extents(self, row: int = 0) -> Iterator[_Extent]:
        """Where each section that shows something is, in order; those that end at `row` or above may be left out."""
        if self._kept is None:
            yield from self._extents_from(0, 0, len(self.sections))
            return
        yield from self._kept[bisect_right(self._kept, row, key=itemgetter(2)) :]
        yield from self._extents_from(self._settled, self._kept_rows, len(self.sections))

    def _extents_from(self, begin: int, row: int, end: int) -> Iterator[_Extent]:
        for place in range(begin, end):
            section = self.sections[place]
            if section.visible and (count := len(section)):
                row += section.gap if row else 0
                yield place, row, row + count
                row += count

    def _first_row(self, place: int, first: int) -> int:
        # A section that has just lost or won its first row also moves the blank rows around it.
        is_below = self._kept is not None and place >= self._settled
        row = self._kept_rows if is_below else 0
        for position, start, end in self._extents(_BEYOND if is_below else 0):
            if position >= place:
                return start + first if position == place and first else row
            row = end
        return row
