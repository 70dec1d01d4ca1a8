"""Where a Markdown source may be cut: at top-level blocks and at the items of top-level lists.

Both sides of such a cut can be parsed on their own, so what lies before the last one is final while more arrives.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it.token import Token

from tui.app.text.blocks import parse_blocks

_DECIDED_LINE: Final = re.compile(r" {0,3}(?:[-+*] +|\d{1,9}[.)] +|#{1,6} +|> ?)?[*_\"'“‘(]{0,3}[^\W\d_]")
_LONGEST_UNDECIDED: Final = 200


@dataclass(frozen=True, slots=True)
class Lead:
    """How a piece begins."""

    continues: bool = False
    """It is a further item of the list before it."""
    number: int | None = None
    """The number of the item, in an ordered list."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A top-level block, or items of a top-level list, with what follows up to the next piece."""

    source: str
    lead: Lead
    is_fence: bool


@dataclass(frozen=True, slots=True)
class _Begin:
    line: int
    lead: Lead
    is_fence: bool


def pieces(source: str, lead: Lead) -> list[Piece]:
    """The pieces of `source`, whose first one begins as `lead` says. Empty when there is no block in it yet."""
    begins = _begins(source, parse_blocks(source), lead)
    line_starts = [0, *(match.end() for match in re.finditer("\n", source))]
    borders = [0, *(line_starts[begin.line] for begin in begins[1:]), len(source)]
    return [
        Piece(source[start:end], begin.lead, begin.is_fence)
        for begin, start, end in zip(begins, borders, borders[1:], strict=False)
    ]


def decided(found: list[Piece]) -> list[Piece]:
    """`found` with a last piece that may still turn out to belong to the one before taken back into it.

    Half a line can look like something else: "1" is a paragraph until "1. one" makes it an item of the list above.
    """
    if len(found) < 2:
        return found
    *closed, before, last = found
    is_decided = "\n" in last.source or len(last.source) > _LONGEST_UNDECIDED or _DECIDED_LINE.match(last.source)
    return found if is_decided else [*closed, Piece(before.source + last.source, before.lead, is_fence=False)]


def _begins(source: str, tokens: Sequence[Token], lead: Lead) -> list[_Begin]:
    begins: list[_Begin] = []
    lines = source.split("\n")
    for index, token in enumerate(tokens):
        if token.level or token.map is None or token.nesting < 0:
            continue
        if token.type in ("bullet_list_open", "ordered_list_open"):
            begins += _items(tokens, index, lines, Lead() if begins else lead)
        else:
            begins.append(_Begin(token.map[0], Lead(), token.type == "fence"))
    return begins


def _items(tokens: Sequence[Token], start: int, lines: list[str], lead: Lead) -> list[_Begin]:
    """The items of the list at `start`. One that is indented in another way than the first is no place to cut: alone,
    it would take in lines which are not its own."""
    number = lead.number
    if tokens[start].type == "ordered_list_open" and number is None:
        number = int(tokens[start].attrs.get("start", 1))
    found: list[_Begin] = []
    indent = -1
    for token in tokens[start + 1 :]:
        if token.level == 0:
            break
        if token.level != 1 or token.type != "list_item_open" or token.map is None:
            continue
        line = lines[token.map[0]]
        own_indent = len(line) - len(line.lstrip(" "))
        if not found or own_indent == indent:
            found.append(_Begin(token.map[0], Lead(bool(found) or lead.continues, number), False))
            indent = own_indent
        number = None if number is None else number + 1
    return found
