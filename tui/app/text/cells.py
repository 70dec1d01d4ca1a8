"""How many cells a terminal may give to a text, where terminals disagree.

Rich and Textual count as terminals do that know joined characters. Others add up code points: there a vowel sign of
Hindi takes a cell, a family of emoji takes eight, a flag up to four; yet others give whole syllables one cell. So rows
are broken by the most that any of them draws (`breaks` in `wrap`), and a row with such text is drawn by `loose`.

Pure: whoever shows a foreign name in one line (a title, a tab) can use `steadied`.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rich.cells import cell_len, get_character_cell_size

ZWJ: Final = "\u200d"
VS16: Final = "\ufe0f"
"""Asks for the emoji form of the character before it, which is then two cells wide in some terminals."""

# What every table of widths since Unicode 9 agrees on. It only has to be correct, not complete: all else costs a few
# bytes more to draw. Marks that are here take no cell anywhere, alphabets one, Chinese, Japanese and Korean two.
_STEADY: Final = (
    "\x20-\x7e\xa0-\xac\xae-\u058f\u0591-\u05f4\u0606-\u061b\u061d-\u06dc\u06de-\u06ff\u10a0-\u10ff"
    "\u1e00-\u1fff\u2000-\u200a\u2010-\u2027\u202f-\u205f\u2070-\u20bf\u2100-\u218b\u2190-\u2319\u231c-\u23e8"
    "\u2400-\u2426\u2440-\u25fc\u25ff\u2801-\u28ff\u2e80-\u2fd5\u3000-\u3029\u3030-\u3098\u309b-\u312d\u3131-\u3163"
    "\u3165-\u31e3\u31f0-\u4db5\u4e00-\u9fd5\ua000-\ua4c6\uac00-\ud7a3\uf900-\ufaff\ufb00-\ufb06\ufb1d-\ufdcf"
    "\ufdf0-\ufdfd\ufe10-\ufe19\ufe30-\ufe6b\ufe70-\ufefc\uff01-\uff9f\uffe0-\uffee\ufffd\U0001d400-\U0001d7ff"
    "\U00020000-\U0002fa1f"
)
_STEADY_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\ufb1e"
)
_doubtful = re.compile(f"[^{_STEADY}]|^[{_STEADY_MARKS}]").search


def is_steady(text: str) -> bool:
    """Whether all terminals give `text` the cells that `cell_len` counts and draw none of it on what is before it."""
    return text.isascii() or _doubtful(text) is None


def widest(text: str) -> int:
    """The cells `text` takes in the terminal that draws it widest; never less than `cell_len`."""
    if is_steady(text):
        return cell_len(text)
    cells = measured = 0
    for char in text:
        size, measured = added(char, measured)
        cells += size
    return cells


def added(char: str, measured: int) -> tuple[int, int]:
    """The most cells `char` adds behind a character of `measured` cells, and the cells measured then."""
    if char == VS16:
        return int(measured == 1), 0  # a second selector widens nothing
    if char == " ":
        return 1, 0  # nor is a space widened
    size = most_cells(char)
    return size, size or measured


@lru_cache(4096)
def most_cells(char: str) -> int:
    """The cells of one code point in the terminal that draws it widest."""
    if unicodedata.category(char) in ("Mn", "Me") or char in "\u200c\u200d":
        return 0
    if unicodedata.east_asian_width(char) in "WF" or "\U0001f000" <= char <= "\U0001faff":
        return 2
    return max(1, get_character_cell_size(char))


@lru_cache(4096)
def _is_mark(char: str) -> bool:
    """Whether some terminal draws `char` on the one before it."""
    return get_character_cell_size(char) == 0 or unicodedata.category(char) in ("Mn", "Me", "Cf")


@lru_cache(4096)
def _is_common(char: str) -> bool:
    """Whether Python's and Rich's tables, which are years apart, agree on a base character."""
    cells = 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return not _is_mark(char) and cells == get_character_cell_size(char) == most_cells(char)


def joins(char: str, before: str) -> bool:
    """Whether `char`, which may take cells of its own, still belongs to the code point before it."""
    return before == ZWJ or get_character_cell_size(char) == 0


def is_half_flag(char: str) -> bool:
    """Whether `char` is a regional indicator, two of which make a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def steadied(text: str) -> str:
    """`text` in as many cells by Rich's count, with a simpler form of what terminals disagree on.

    Syllables lose their signs, flags become letters, of joined emoji the first one stays.
    """
    if is_steady(text):
        return text
    return "".join([_steadied_cluster(cluster, cell_len(cluster)) for cluster in _clusters(text)])


def without_start_marks(text: str) -> str:
    """`text` without marks that would be drawn on what stands before it; a dot is in place of visible ones."""
    start = 0
    while start < len(text) and _is_mark(text[start]):
        start += 1
    return "".join(["·" for char in text[:start] if most_cells(char)]) + text[start:]


def _clusters(text: str) -> Iterator[str]:
    """The characters Rich counts as one, which is not quite what its `split_graphemes` gives."""
    start = index = 0
    while index < len(text):
        if text[index] == ZWJ:
            index += 2
            continue
        if index > start and get_character_cell_size(text[index]):
            yield text[start:index]
            start = index
        index += 1
    yield text[start:]


def _steadied_cluster(cluster: str, size: int) -> str:
    if not size:
        return ""
    if is_steady(cluster):
        return cluster
    first = chr(ord(cluster[0]) - 0x1F1E6 + ord("A")) if is_half_flag(cluster[0]) else cluster[0]
    if _is_common(first) and most_cells(first) <= size:
        return first + " " * (size - most_cells(first))
    return "·" * size
