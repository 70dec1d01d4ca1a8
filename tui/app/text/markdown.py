"""Markdown that is rendered while it still arrives.

The source is cut into blocks as soon as a block cannot change any more: at top-level blocks, at the items of top-level
lists, at the end of a fence. A cut block is rendered once and kept; only the open tail is rendered again, and no more
often than a tenth of the time that takes. An open fence and an overlong block are shown plain, so they cost what they
add.

Any split of the source gives the rows of the whole, except: a link definition acts on what is rendered after it (on all
of the text after a resize), and a block over `BLOCK_LIMIT` is shown plain, up to its first blank line if it was still
open when it grew over the limit.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from tui.app.text.blocks import block_rows, collect_definitions, plain_rows
from tui.app.text.code import COLOUR_LIMIT
from tui.app.text.pieces import Lead, Piece, decided, pieces
from tui.app.text.rows import BLANK, PlainRows, Row

BLOCK_LIMIT: Final = 6_000
"""Characters of one block; parsing and wrapping styled text costs about 1.5 ms per 1,000."""
MIN_INTERVAL_NS: Final = 60_000_000
COST_FACTOR: Final = 10
BUDGET_NS: Final = 4_000_000
"""What one update may spend on rendering closed blocks; the others follow with the next ones."""
RESIZE_BUDGET_NS: Final = 30_000_000
_SLICE: Final = 12_000
"""Characters parsed for block borders in one go."""
_LONGEST_CLOSER: Final = 200
"""No line longer than this ends a fence or is blank, so no more of an unfinished line is remembered."""

_FENCE: Final = re.compile(r"(?:[ \t]*\n)*(?P<mark>`{3,}|~{3,})[^\n]*\n")
_BLANK_LINES: Final = re.compile(r"(?:[ \t]*\n)*")
_BLANK_LINE: Final = re.compile(r"^[ \t]*\n", re.MULTILINE)
_NOTHING: Final = sys.maxsize
"""As the first changed row: none did."""


Rows = Sequence[Row] | PlainRows


@dataclass(slots=True)
class _Block:
    """A piece of source that is closed. Its rows may be plain, or of another width, until it is its turn."""

    source: str
    gap: int
    rows: Rows
    number: int | None
    is_plain: bool

    def __len__(self) -> int:
        return self.gap + len(self.rows)


class _OpenText:
    """A block shown plain while it grows, until a line that matches `end`."""

    def __init__(self, rows: PlainRows, end: re.Pattern[str], hidden: int, *, is_plain: bool) -> None:
        self.rows = rows
        self.is_plain = is_plain
        self._end = end
        self._hidden = hidden
        """Characters at the start that are not shown: blank lines, and the line that opens a fence."""
        self._parts: list[str] = []
        self._line = ""

    @property
    def source(self) -> str:
        return "".join(self._parts)

    def append(self, text: str) -> str | None:
        """Takes what belongs to the block; returns what follows it, or None while it is open. The first text given
        must hold all that is hidden."""
        before = len(self._line)
        scanned = self._line + text
        match = self._end.search(scanned, self._hidden)
        if match is None:
            self.rows.append(text[self._hidden :])
            self._line = scanned[scanned.rfind("\n") + 1 :][:_LONGEST_CLOSER]
        else:
            self.rows.append(text[self._hidden : max(0, match.start() - before)])
        mine = text if match is None else text[: match.end() - before]
        self._parts.append(mine)
        self._hidden = 0
        return None if match is None else text[len(mine) :]


def _open_fence(fence: re.Match[str], width: int) -> _OpenText:
    mark = fence["mark"]
    end = re.compile(f"^ {{0,3}}{mark[0]}{{{len(mark)},}}[ \\t]*\\n", re.MULTILINE)
    rows = PlainRows(width, roles="block", fill="block", margin=1, by_words=False)
    return _OpenText(rows, end, fence.end(), is_plain=False)


def _open_plain(source: str, width: int) -> _OpenText:
    # Blank lines before the text end nothing: taken for its end one by one, thousands of them would take minutes.
    blank = _BLANK_LINES.match(source)
    return _OpenText(PlainRows(width), _BLANK_LINE, blank.end() if blank else 0, is_plain=True)


class MarkdownRows:
    """The rows of one growing Markdown text.

    `append` only keeps the text; `update` does the work that is due at the time the clock tells (ns, monotonic).
    """

    def __init__(self, width: int, clock: Callable[[], int]) -> None:
        self._width = width
        self._clock = clock
        self._incoming: list[str] = []
        self._blocks: list[_Block] = []
        self._starts: list[int] = [0]
        """First row of each block, then the first of the tail."""
        self._unsettled: list[int] = []
        """Blocks whose rows are plain or of another width; the lowest on the screen come last and are done first."""
        self._tail = ""
        self._tail_gap = 0
        self._tail_lead = Lead()
        self._tail_rows: Rows = ()
        self._open: _OpenText | None = None
        self._references: dict[str, Any] = {}
        self._due_ns = 0

    def __len__(self) -> int:
        tail = len(self._tail_rows)
        return self._starts[-1] + (self._tail_gap + tail if tail else 0)

    def row(self, index: int) -> Row:
        place = bisect_right(self._starts, index) - 1
        if place < len(self._blocks):
            block = self._blocks[place]
            gap, rows = block.gap, block.rows
        else:
            place = len(self._blocks)
            gap, rows = self._tail_gap, self._tail_rows
        inside = index - self._starts[place] - gap
        if inside < 0:
            return BLANK
        return rows.row(inside) if isinstance(rows, PlainRows) else rows[inside]

    @property
    def is_busy(self) -> bool:
        """Whether a later update has something to do even if nothing is appended."""
        return bool(self._incoming or self._unsettled)

    def append(self, text: str) -> None:
        self._incoming.append(text)

    def source(self) -> str:
        tail = self._open.source if self._open else self._tail
        return "".join([*[block.source for block in self._blocks], tail, *self._incoming])

    def update(self, *, final: bool = False) -> int | None:
        """Does what is due; returns the first row that changed. `final` closes the tail."""
        start = self._clock()
        first = _NOTHING
        if self._incoming and (final or self._open is not None or start >= self._due_ns):
            first = self._starts[-1]
            text = "".join(self._incoming)
            self._incoming.clear()
            self._take(text)
            self._render_tail()
            self._due_ns = start + max(MIN_INTERVAL_NS, COST_FACTOR * (self._clock() - start))
        if final:
            first = min(first, self._close())
        return self._settle(start + BUDGET_NS, first)

    def resize(self, width: int) -> None:
        """Renders for another width: the lowest blocks at once, the others with the next updates."""
        if width == self._width:
            return
        self._width = width
        self._unsettled = list(range(len(self._blocks)))
        if self._open:
            self._open.rows.resize(width)
        self._render_tail()
        self._settle(self._clock() + RESIZE_BUDGET_NS, 0)

    def offset_of(self, row: int) -> int:
        place = min(bisect_right(self._starts, row) - 1, len(self._blocks))
        before = sum(len(block.source) for block in self._blocks[:place])
        length, gap, rows = self._extent(place)
        inside = max(0, row - self._starts[place] - gap)
        return before + length * min(inside, rows) // max(1, rows)

    def row_at(self, offset: int) -> int:
        ends = list(accumulate(len(block.source) for block in self._blocks))
        place = bisect_right(ends, offset)
        length, gap, rows = self._extent(place)
        inside = max(0, offset - (ends[place - 1] if place else 0))
        # Rounded up, since `offset_of` rounds down: a row is found again.
        row = self._starts[place] + gap - (-rows * inside // max(1, length))
        return max(0, min(row, len(self) - 1))

    def _extent(self, place: int) -> tuple[int, int, int]:
        """Characters, blank rows before and rows of a block, or of the tail behind the last one."""
        if place < len(self._blocks):
            block = self._blocks[place]
            return len(block.source), block.gap, len(block.rows)
        return len(self._open.source if self._open else self._tail), self._tail_gap, len(self._tail_rows)

    def _take(self, text: str) -> None:
        while text:
            if self._open is None:
                self._tail += text[:_SLICE]
                text = text[_SLICE:]
                text = self._cut() + text
            else:
                rest = self._open.append(text)
                if rest is None:
                    return
                self._close_open(self._open)
                text = rest

    def _cut(self) -> str:
        """Closes what is complete in the tail. Returns the source of a block to show plain, for `_open` to take."""
        found = decided(pieces(self._tail, self._tail_lead))
        if not found:
            return ""
        for piece in found[:-1]:
            self._add_piece(piece)
        last = found[-1]
        self._tail_gap = self._gap(last)
        self._tail_lead = last.lead
        fence = _FENCE.match(last.source) if last.is_fence else None
        if fence is None and len(last.source) <= BLOCK_LIMIT:
            self._tail = last.source
            return ""
        self._open = _open_fence(fence, self._width) if fence else _open_plain(last.source, self._width)
        self._tail = ""
        return last.source

    def _gap(self, piece: Piece) -> int:
        return int(bool(self._blocks) and not piece.lead.continues)

    def _add_piece(self, piece: Piece) -> None:
        self._add_block(piece.source, self._gap(piece), piece.lead.number)

    def _add_block(self, source: str, gap: int, number: int | None = None, *, is_plain: bool = False) -> None:
        collect_definitions(source, self._references)
        self._unsettled.append(len(self._blocks))
        self._blocks.append(_Block(source, gap, plain_rows(source, self._width), number, is_plain))
        self._starts.append(self._starts[-1] + len(self._blocks[-1]))
        self._tail_lead = Lead()

    def _close_open(self, opened: _OpenText) -> None:
        self._open = None
        self._add_block(opened.source, self._tail_gap, is_plain=opened.is_plain)

    def _render_tail(self) -> None:
        if self._open:
            self._tail_rows = self._open.rows
        elif self._tail.strip():
            env = {"references": dict(self._references)}
            self._tail_rows = block_rows(self._tail, self._width, env, self._tail_lead.number)
        else:
            self._tail_rows = ()

    def _close(self) -> int:
        """Makes blocks of the tail; returns the first row this changes."""
        first = self._starts[-1]
        if self._open:
            self._close_open(self._open)
        found = pieces(self._tail, self._tail_lead)
        for piece in found:
            self._add_piece(piece)
        if found:
            self._tail = ""
        elif first == self._starts[-1]:
            return _NOTHING
        self._tail_rows = ()
        return first

    def _settle(self, until_ns: int, first: int) -> int | None:
        """Renders blocks, at least one, until the time is over; returns the first row changed here or before."""
        lowest = len(self._blocks)
        while self._unsettled:
            place = self._unsettled.pop()
            block = self._blocks[place]
            block.rows = self._rendered(block)
            lowest = min(lowest, place)
            first = min(first, self._starts[place])
            if self._clock() >= until_ns:
                break
        self._starts[lowest:] = accumulate(map(len, self._blocks[lowest:]), initial=self._starts[lowest])
        return None if first == _NOTHING else first

    def _rendered(self, block: _Block) -> Rows:
        fence = _FENCE.match(block.source)
        if fence and len(block.source) > COLOUR_LIMIT:
            opened = _open_fence(fence, self._width)
            opened.append(block.source + "\n")
            return opened.rows
        if block.is_plain or (not fence and len(block.source) > BLOCK_LIMIT):
            return plain_rows(block.source, self._width)
        return block_rows(block.source, self._width, {"references": self._references}, block.number)
