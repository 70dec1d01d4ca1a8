"""Cutting a line into the pieces a person would compare: words, runs of blanks, single signs.

Scripts that are written without spaces are cut at each character. No cut is inside a character as a reader sees it:
marks, joined emoji and flags stay whole.
"""

import re
import unicodedata
from functools import cache
from typing import Final

_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Chinese and Japanese. Korean puts spaces between its words."""
_ascii: Final = re.compile(r"\d+(?:[.,]\d+)*|\w+(?:'\w+)*|\s+|.", re.DOTALL)
_LONG: Final = 5_000
"""Characters from which on pieces are found one by one: a search for all of them would hold up other threads."""


def words(text: str) -> list[str]:
    """The pieces of `text`; joined they give it again."""
    pattern = _ascii if text.isascii() else _pattern()
    if len(text) < _LONG:
        return pattern.findall(text)
    return [found[0] for found in pattern.finditer(text)]


def is_blank(text: str) -> bool:
    """Whether nothing of `text` can be seen."""
    return not text or text.isspace()


@cache
def _pattern() -> re.Pattern[str]:
    # The marks are read from the Unicode database on first use; almost all live in the first two planes.
    codes = [*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)]
    marks = "".join([char for char in map(chr, codes) if unicodedata.category(char)[0] == "M"])
    mark = f"[{re.escape(marks)}\u200c\U0001f3fb-\U0001f3ff]"
    letter = rf"(?:[^\W{_UNSPACED}]{mark}*)"
    return re.compile(
        rf"\d+(?:[.,]\d+)*{mark}*"
        rf"|{letter}+(?:['’]{letter}+)*"
        rf"|\s+(?!{mark})"  # a blank with a mark on it can be seen
        rf"|[\U0001f1e6-\U0001f1ff]{{2}}{mark}*"
        rf"|.{mark}*(?:\u200d.{mark}*)*",
        re.DOTALL,
    )
