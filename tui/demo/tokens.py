"""Cuts text into pieces the size of a language model's tokens.

Real tokenizers need megabytes of vocabulary; what a client can notice is only their grain: short words whole with
their leading space, long words in parts, numbers in threes, one or two characters of CJK, and emoji sequences cut in
the middle. Joining the pieces always gives the text back.
"""

import re

_PIECE = re.compile(
    r"""
    [ ]?[A-Za-z]+(?:'[a-z]{1,2}\b)?     # a word with its space, contractions kept
    | [ ]?\d{1,3}                       # numbers in threes
    | \n{1,2} | [ ]{2,8}                # paragraph ends, indentation
    | [ ]?(?:\#{1,6}|\*{1,3}|`{1,3}|-{2,}|={1,3}|[|>:-]|[.,;!?)\]}"']{1,2}|[(\[{]{1,2})
    | [ ]?[\u0370-\u05ff\u0600-\u06ff\u0900-\u0eff\u00c0-\u024f]{1,3}   # Greek to Thai: a few letters
    | [\u3040-\u30ff\uac00-\ud7a3]{1,2} # kana, hangul
    | .                                 # ideographs, each code point of an emoji, anything else
    """,
    re.VERBOSE | re.DOTALL,
)
_WHOLE_WORD = 8
_PART = 5


def split_tokens(text: str) -> list[str]:
    """`text` as token-sized pieces, in order; [] for empty text."""
    pieces: list[str] = []
    for match in _PIECE.finditer(text):
        pieces += _word_parts(match[0])
    return pieces


def count_tokens(text: str) -> int:
    """How many tokens `text` costs."""
    return len(split_tokens(text))


def _word_parts(word: str) -> list[str]:
    if len(word) <= _WHOLE_WORD or not word.isascii() or not word[-1].isalpha():
        return [word]
    # A leading space belongs to the first part and does not count towards its length.
    first = _PART + word.startswith(" ")
    rest = word[first:]
    return [word[:first], *(rest[at : at + _PART] for at in range(0, len(rest), _PART))]
