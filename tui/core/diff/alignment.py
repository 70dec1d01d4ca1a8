"""The longest common subsequence of two sequences, in time that can be told beforehand.

The rows of the classic table are kept as bits of one large integer (Hyyrö, 2004): the bit of a column is 0 where the
count grows. Python then works through thirty columns in a step of C, and twice 40,000 words take a fraction of a
second however little they have in common. Where the rows of a table would fill too much memory, it is halved as
Hirschberg does. `Effort` counts the cells and says no beforehand.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

Match = tuple[int, int]
"""Positions of the same thing in both sequences."""

DEFAULT_CELLS: Final = 6_000_000_000
"""Somewhat over a second on a slow machine: two answers of 50,000 words that have little in common."""
_KEPT_CELLS: Final = 1 << 27
"""Cells of a table whose rows are all kept: 16 MB."""


class Effort:
    """What a comparison may cost, in cells of tables that are filled."""

    def __init__(self, cells: int = DEFAULT_CELLS) -> None:
        self.limit = cells
        self.spent = 0

    def take(self, cells: int) -> bool:
        """Whether that much may be done; it counts as done then."""
        if self.spent + cells > self.limit:
            return False
        self.spent += cells
        return True

    def abandon(self) -> None:
        """From another thread: nobody waits any more, so everything that has not begun is refused."""
        self.limit = 0


def matches(left: Sequence[str], right: Sequence[str], effort: Effort) -> list[Match] | None:
    """A longest series of matches, ascending on both sides; None when `effort` does not allow it."""
    start, end = common_ends(left, right)
    inner = _inner_matches(left[start : len(left) - end], right[start : len(right) - end], effort)
    if inner is None:
        return None
    return [
        *((at, at) for at in range(start)),
        *((start + i, start + j) for i, j in inner),
        *((len(left) - at, len(right) - at) for at in range(end, 0, -1)),
    ]


def common_ends(left: Sequence[str], right: Sequence[str]) -> tuple[int, int]:
    """How many items both begin with, and how many of the others both end with."""
    most = min(len(left), len(right))
    start = 0
    while start < most and left[start] == right[start]:
        start += 1
    end = 0
    while end < most - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return start, end


def _inner_matches(left: Sequence[str], right: Sequence[str], effort: Effort) -> list[Match] | None:
    """As `matches`, for sequences that begin and end differently. What only one side has is left out first."""
    common = set(left).intersection(right)
    columns = [at for at, item in enumerate(left) if item in common]
    rows = [at for at, item in enumerate(right) if item in common]
    if not effort.take(2 * len(columns) * len(rows)):  # halving a table fills it twice
        return None
    found = _longest([left[at] for at in columns], [right[at] for at in rows])
    return [(columns[i], rows[j]) for i, j in found]


def _longest(left: list[str], right: list[str]) -> list[Match]:
    if not left or not right:
        return []
    if len(left) * len(right) <= _KEPT_CELLS or len(right) == 1:
        return _walked_back(_rows(left, right), len(left))
    half = len(right) // 2
    before = _counts(left, right[:half])
    after = _counts(left[::-1], right[half:][::-1])
    cut = max(range(len(left) + 1), key=lambda at: before[at] + after[len(left) - at])
    upper = _longest(left[:cut], right[:half])
    return upper + [(cut + i, half + j) for i, j in _longest(left[cut:], right[half:])]


def _rows(left: list[str], right: list[str]) -> list[int]:
    """The table row by row, one for each item of `right`, behind the row for none of them."""
    masks: dict[str, int] = {}
    for column, item in enumerate(left):
        masks[item] = masks.get(item, 0) | 1 << column
    full = (1 << len(left)) - 1
    row = full
    rows = [row]
    for item in right:
        shared = row & masks.get(item, 0)
        row = (row + shared | row - shared) & full
        rows.append(row)
    return rows


def _counts(left: list[str], right: list[str]) -> list[int]:
    """How long the common subsequence of `right` and each beginning of `left` is."""
    masks: dict[str, int] = {}
    for column, item in enumerate(left):
        masks[item] = masks.get(item, 0) | 1 << column
    full = (1 << len(left)) - 1
    row = full
    for item in right:
        shared = row & masks.get(item, 0)
        row = (row + shared | row - shared) & full
    return list(accumulate((bit == "0" for bit in reversed(f"{row:0{len(left)}b}")), initial=0))


def _walked_back(rows: list[int], columns: int) -> list[Match]:
    """From the corner of the table to its beginning, along cells where the count grew."""
    found: list[Match] = []
    i, j = columns, len(rows) - 1
    while i and j:
        if rows[j] >> i - 1 & 1:
            i -= 1
        elif not rows[j - 1] >> i - 1 & 1:
            j -= 1
        else:
            i -= 1
            j -= 1
            found.append((i, j))
    return found[::-1]
