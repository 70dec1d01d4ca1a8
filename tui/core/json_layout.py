"""JSON that is there as a whole, laid out to be read: as `pretty_json` does, with what is short on one line."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

from tui.core.pretty_json import JsonPrinter, Piece

Line: TypeAlias = list[Piece]
"""The pieces of a line, its indent the first of them where there is one."""


def laid_out(document: str, width: int, at_most: int) -> list[Line] | None:
    """`document` on indented lines; an object or array that fits into `width` characters stays on one.

    Of a document longer than `at_most` characters so much is laid out. None when it is no JSON object or array, or
    nested beyond reason.
    """
    printer = JsonPrinter()
    pieces = printer.feed(document[:at_most])
    is_whole = printer.is_whole or (printer.is_json and len(document) > at_most)
    return _joined_where_short(_lines(pieces), width) if pieces and is_whole else None


def line_text(line: Iterable[Piece]) -> str:
    """What a line says."""
    return "".join([text for text, _part in line])


def _lines(pieces: Iterable[Piece]) -> list[Line]:
    """The pieces line by line; only signs break lines."""
    lines: list[Line] = [[]]
    for text, part in pieces:
        for number, piece in enumerate(text.split("\n") if part == "sign" else (text,)):
            bare = piece
            if number:
                bare = piece.lstrip()
                lines.append([(piece[: len(piece) - len(bare)], part)] if bare != piece else [])
            if bare:
                lines[-1].append((bare, part))
    return [line for line in lines if not line_text(line).isspace()]  # a cut may leave an indent alone


def _joined_where_short(lines: Iterable[Line], width: int) -> list[Line]:
    """One line for each bracket and what is in it, from the inside out, where that is short enough."""
    found: list[Line] = []
    opened: list[int] = []
    for line in lines:
        found.append(line)
        first, last = _bare(line)[0], line[-1]
        if last[1] == "sign" and last[0][-1] in "{[":
            opened.append(len(found) - 1)
        elif first[1] == "sign" and first[0][0] in "}]":
            start = opened.pop()
            if sum(_length(part) + 1 for part in found[start:]) + _depth(found[start]) <= width + 2:
                found[start:] = [_joined(found[start:])]
    return found


def _bare(line: Sequence[Piece]) -> Sequence[Piece]:
    """A line without its indent."""
    return line[1:] if _depth(line) else line


def _depth(line: Sequence[Piece]) -> int:
    text, part = line[0]
    return len(text) if part == "sign" and text.isspace() else 0


def _length(line: Sequence[Piece]) -> int:
    return sum(len(text) for text, _part in _bare(line))


def _joined(lines: Sequence[Line]) -> Line:
    """`{`, its members and `}` as one line, a space behind each comma."""
    joined = list(lines[0])
    for before, line in pairwise(lines):
        if before[-1][0].endswith(","):
            joined.append((" ", "sign"))
        joined += _bare(line)
    return joined
