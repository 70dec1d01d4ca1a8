"""A comparison laid out in rows: two columns whose rows belong together, or one with both texts in it.

Rows are broken once for a width; what they look like is worked out when one is drawn, so scrolling costs the rows on
the screen. Nothing here knows of a terminal, so a thread may do it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from tui.app.text.rows import Row, Span
from tui.app.text.wrap import breaks
from tui.core.clean import Clean
from tui.core.diff import Change, Comparison, Effort, Pair, compare

MARGIN: Final = 2
"""Cells of the signs before a text: `-` only left, `+` only right, `~` some words differ, `·` nothing on this side."""
_PAIR: Final = 1 << 32
"""Places are numbers: the pair times this, and the character in its line."""


class Piece(NamedTuple):
    """A part of a line as one side shows it."""

    text: str
    roles: str
    part: int


@dataclass(frozen=True, slots=True)
class Block:
    """One line on one side, broken into rows."""

    pair: int
    pieces: tuple[Piece, ...]
    sign: str
    """Empty where this side has no such line."""
    cuts: tuple[tuple[int, int, int], ...]
    height: int
    """Rows, empty ones included that keep the other side beside this one."""


_Blocks = list[Block]


class SheetRows:
    """The rows of one column. `RowSource` for the text view."""

    def __init__(self, blocks: _Blocks) -> None:
        self._blocks = blocks
        self._starts = list(accumulate([block.height for block in blocks], initial=0))
        self.current: Change | None = None
        """The change that stands out."""

    def __len__(self) -> int:
        return self._starts[-1]

    def row(self, index: int) -> Row:
        """One row, with its sign."""
        at = bisect_right(self._starts, index) - 1
        block = self._blocks[at]
        number = index - self._starts[at]
        if number >= len(block.cuts) or not block.sign:
            return Row((("· ", "faint"),), "", "", MARGIN)
        start, end, after = block.cuts[number]
        spans = list(self._spans(block, start, end))
        is_last = number == len(block.cuts) - 1
        tail = "\n" if is_last else "".join([text for text, _ in self._spans(block, end, after)])
        return Row((self._sign(block, spans), *spans), tail, "", MARGIN)

    def source(self) -> str:
        """The lines of this side."""
        return "".join([f"{_text(block.pieces)}\n" for block in self._blocks if block.sign])

    def resize(self, width: int) -> None:
        """Rows for another width come from a new sheet."""

    def offset_of(self, row: int) -> int:
        """The place at the start of a row."""
        at = min(bisect_right(self._starts, row) - 1, len(self._blocks) - 1)
        block = self._blocks[at]
        number = min(row - self._starts[at], len(block.cuts) - 1)
        return block.pair * _PAIR + (block.cuts[number][0] if block.cuts else 0)

    def row_at(self, offset: int) -> int:
        """The row of a place."""
        pair, char = divmod(offset, _PAIR)
        at = max(0, bisect_right(self._blocks, pair - 1, key=_pair_of))
        if at == len(self._blocks):
            return max(0, len(self) - 1)
        return self._starts[at] + self._row_in(self._blocks[at], char)

    def row_of(self, change: Change) -> int | None:
        """The row where a change begins; None when this side has nothing of it."""
        at = bisect_right(self._blocks, change.pair - 1, key=_pair_of)
        for number in range(at, len(self._blocks)):
            block = self._blocks[number]
            if block.pair != change.pair:
                break
            if change.part is None:
                return self._starts[number] if block.sign else None
            before = 0
            for piece in block.pieces:
                if piece.part == change.part and piece.text:
                    return self._starts[number] + self._row_in(block, before)
                before += len(piece.text)
        return None

    @staticmethod
    def _row_in(block: Block, char: int) -> int:
        return max(0, bisect_right(block.cuts, char, key=_start_of) - 1)

    def _is_current(self, block: Block) -> bool:
        return self.current is not None and self.current.pair <= block.pair < self.current.pair + self.current.pairs

    def _spans(self, block: Block, start: int, end: int) -> Iterator[Span]:
        position = 0
        for text, roles, part in block.pieces:
            after = position + len(text)
            if after > start and position < end:
                is_current = bool(roles) and self._is_current(block) and self.current and self.current.part == part
                yield text[max(0, start - position) : end - position], f"{roles} current" if is_current else roles
            position = after

    def _sign(self, block: Block, spans: list[Span]) -> Span:
        sign = block.sign
        if sign == "~" and not any(roles for _, roles in spans):
            sign = " "  # this row of the line is the same
        roles = {"-": "only-left", "+": "only-right"}.get(sign, "muted")
        stands_out = sign.strip() and self._is_current(block) and self.current and self.current.part is None
        return f"{sign} ", f"{roles} current" if stands_out else roles


@dataclass(frozen=True, slots=True)
class Layout:
    """What room there is, in cells of a column."""

    columns: int
    """2 for side by side, 1 for one under the other."""
    width: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A comparison in rows."""

    comparison: Comparison
    layout: Layout
    columns: tuple[SheetRows, ...]

    def row_of(self, change: Change) -> int:
        """The first row that shows a change, in any column."""
        rows = [row for column in self.columns if (row := column.row_of(change)) is not None]
        return min(rows, default=0)

    def stand_out(self, change: Change | None) -> None:
        """Mark one change as the current one."""
        for column in self.columns:
            column.current = change


def make_sheet(left: Clean, right: Clean, layout: Layout, known: Comparison | None, effort: Effort) -> Sheet:
    """Compare, unless that was done before, and lay out."""
    comparison = known or compare(left, right, effort)
    _ = comparison.changes  # worked out here, where a key need not wait for it
    return Sheet(comparison, layout, _columns(comparison, layout))


def unified_text(comparison: Comparison) -> str:
    """The comparison as text, line by line, as other tools write it."""
    return "".join([f"{line}\n" for pair in comparison.pairs for line in _unified_lines(pair)])


def _unified_lines(pair: Pair) -> Iterator[str]:
    if pair.kind == "same":
        yield f"  {_left_of(pair)}"
        return
    if pair.left is not None:
        yield f"- {_left_of(pair)}"
    if pair.right is not None:
        yield f"+ {_right_of(pair)}"


def _columns(comparison: Comparison, layout: Layout) -> tuple[SheetRows, ...]:
    width = max(1, layout.width - MARGIN)
    if layout.columns == 1:
        return (SheetRows([block for at, pair in enumerate(comparison.pairs) for block in _in_one(at, pair, width)]),)
    left: _Blocks = []
    right: _Blocks = []
    for at, pair in enumerate(comparison.pairs):
        sides = [(_left_pieces(pair), pair.left, "-"), (_right_pieces(pair), pair.right, "+")]
        cuts = [tuple(breaks(_text(pieces), width)) if line is not None else () for pieces, line, _ in sides]
        height = max(len(cuts[0]), len(cuts[1]))
        for blocks, (pieces, line, whole), own_cuts in zip((left, right), sides, cuts, strict=True):
            sign = "" if line is None else " " if pair.kind == "same" else whole if pair.is_whole else "~"
            blocks.append(Block(at, pieces, sign, own_cuts, height))
    return SheetRows(left), SheetRows(right)


def _in_one(at: int, pair: Pair, width: int) -> Iterator[Block]:
    """A pair as one line with what was and what is, or as two when it differs as a whole."""
    if pair.kind != "same" and pair.is_whole:
        if pair.left is not None:
            yield _block(at, _left_pieces(pair), "-", width)
        if pair.right is not None:
            yield _block(at, _right_pieces(pair), "+", width)
        return
    if pair.kind == "same":
        yield _block(at, _left_pieces(pair), " ", width)
        return
    pieces: list[Piece] = []
    for number, part in enumerate(pair.parts):
        if part.left == part.right:
            pieces.append(Piece(part.left, "", number))
            continue
        arrow = "→" if part.left and part.right else ""
        pieces += [Piece(part.left, "removed", number), Piece(arrow, "muted", -1), Piece(part.right, "added", number)]
    yield _block(at, tuple(piece for piece in pieces if piece.text), "~", width)


def _block(at: int, pieces: tuple[Piece, ...], sign: str, width: int) -> Block:
    cuts = tuple(breaks(_text(pieces), width))
    return Block(at, pieces, sign, cuts, len(cuts))


def _left_pieces(pair: Pair) -> tuple[Piece, ...]:
    role = "" if pair.is_whole else "removed"
    parts = enumerate(pair.parts)
    return tuple([Piece(part.left, "" if part.left == part.right else role, number) for number, part in parts])


def _right_pieces(pair: Pair) -> tuple[Piece, ...]:
    role = "" if pair.is_whole else "added"
    parts = enumerate(pair.parts)
    return tuple([Piece(part.right, "" if part.left == part.right else role, number) for number, part in parts])


def _left_of(pair: Pair) -> str:
    return "".join([part.left for part in pair.parts])


def _right_of(pair: Pair) -> str:
    return "".join([part.right for part in pair.parts])


def _text(pieces: tuple[Piece, ...]) -> str:
    return "".join([piece.text for piece in pieces])


def _pair_of(block: Block) -> int:
    return block.pair


def _start_of(cut: tuple[int, int, int]) -> int:
    return cut[0]
