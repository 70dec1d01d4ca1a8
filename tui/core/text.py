"""Joining fragments of text, and estimating how many tokens they are."""

import re
from collections.abc import Iterable

_SURROGATE = re.compile("[\ud800-\udfff]")
_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U0001f000-\U0003ffff]"
)

CHARS_PER_TOKEN = 4.0
"""Typical of scripts with spaces, until something better was learned from a model's reported usage."""
WIDE_CHARS_PER_TOKEN = 1.5
"""Typical of Chinese, Japanese, Korean and emoji."""


def joined(parts: Iterable[str]) -> str:
    """The fragments as one text. A surrogate pair cut between two deltas is whole again, a lone half is U+FFFD."""
    return paired("".join(parts))


def paired(text: str) -> str:
    """`text` as it can be written anywhere: two halves of a surrogate pair combined, a lone half replaced by U+FFFD."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def estimated_tokens(text: str) -> float:
    """About how many tokens `text` is, by its script."""
    if text.isascii():
        return len(text) / CHARS_PER_TOKEN
    wide = len(_WIDE.findall(text))
    return (len(text) - wide) / CHARS_PER_TOKEN + wide / WIDE_CHARS_PER_TOKEN
