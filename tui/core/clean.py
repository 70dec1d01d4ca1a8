"""The gate every string from outside passes before anything may show, store or copy it.

The engine feeds text, reasoning, tool names and arguments through one `Cleaner` per stream of deltas; single strings
(model names, error bodies, headers) go through `clean` or `clean_line`. `Clean` is a type of its own so that mypy finds
a string that came round the gate. The rules look at single code points, never at escape sequences: a sequence split
over deltas, or put together from two of them, can then not slip through.
"""

import re
import unicodedata
from functools import cache
from typing import Final, NewType

Clean = NewType("Clean", str)
"""Text without control characters, invisible or reordering code points, lone surrogates or piles of marks."""

MAX_MARKS: Final = 8
"""Zero-width code points kept after one base character; of a longer run the rest becomes one U+FFFD."""

_UNKNOWN: Final = "\ufffd"
_TAB: Final = "    "

# Code points which need no look at their neighbours: printable ASCII and line feed, then Latin, Greek, Cyrillic,
# punctuation, symbols, Chinese, Japanese, Korean and emoji. It only has to be correct, not complete.
_HARMLESS: Final = (
    "\n\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u200a\u2010-\u2027\u2030-\u205e"
    "\u2070-\u20cf\u2100-\u27ff\u2801-\u2cee\u3001-\u3029\u3030-\u3098\u309b-\u312f\u3190-\ua4cf"
    "\uac00-\ud7a3\uff01-\uff9f\U0001f300-\U0001faff\U00020000-\U0002fa1f"
)
_suspicious = re.compile(f"[^{_HARMLESS}]").search

# Alone or at the wrong place these reorder, hide or break text; each becomes U+FFFD.
_UNSEEN: Final = (
    "\x80-\x84\x86-\x9f\xad\u061c"  # C1 without NEL, soft hyphen, Arabic letter mark
    "\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0"  # fillers, blanks, vowels without a shape
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero width space, bidi controls, invisible operators
    "\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"  # noncharacters, byte order mark, annotation anchors
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"  # layout controls of rare scripts
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # tags and their neighbours
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "\ud800-\udfff"
)
_unseen = re.compile(f"[{_UNSEEN}]")
_replaceable = re.compile(f"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029{_UNSEEN}]")
_surrogate_pair = re.compile("[\ud800-\udbff][\udc00-\udfff]")

_REPLACED: Final = {
    **{chr(code): chr(0x2400 + code) for code in range(0x20) if code != 0x0A},
    "\t": _TAB,
    "\x7f": "\u2421",
    **dict.fromkeys("\x85\u2028\u2029", "\n"),
}


class Cleaner:
    """Cleans one text that arrives in pieces; any split gives the same text as the whole.

    Three things may reach over the border of two deltas: CR LF, a surrogate pair and a run of marks.
    """

    __slots__ = ("_held", "_marks")

    def __init__(self) -> None:
        self._held = ""
        """A last CR or high surrogate: what comes next decides what it means."""
        self._marks = 0
        """Marks since the last base character; MAX_MARKS + 1 once the U+FFFD for the rest is out."""

    def feed(self, text: str) -> Clean:
        """The clean form of what can be decided so far; a trailing CR or half a pair waits for the next call."""
        if not self._held and text.isascii() and text.isprintable():
            if text:
                self._marks = 0
            return Clean(text)
        text = self._held + text
        self._held = ""
        if text and (text[-1] == "\r" or "\ud800" <= text[-1] <= "\udbff"):
            self._held = text[-1]
            text = text[:-1]
        return self._decided(text)

    def finish(self, last: str = "") -> Clean:
        """The last piece, and what was still waiting. The cleaner is then ready for another text."""
        rest = Clean(self.feed(last) + self._decided(self._held))
        self._held = ""
        self._marks = 0
        return rest

    def _decided(self, text: str) -> Clean:
        if not _suspicious(text):
            if text:
                self._marks = 0
            return Clean(text)
        text = _surrogate_pair.sub(_joined_pair, text.replace("\r\n", "\n"))
        return self._cap_marks(_replaceable.sub(_replacement, text))

    def _cap_marks(self, text: str) -> Clean:
        leading = _marks_pattern("+").match(text)
        run = leading.end() if leading else 0
        capped = self._continued(text[:run]) + _marks_pattern(f"{{{MAX_MARKS + 1},}}").sub(_capped, text[run:])
        if run < len(text):
            self._marks = _trailing_marks(text)
        return Clean(capped)

    def _continued(self, run: str) -> str:
        """`run` as the continuation of the marks already counted."""
        before, self._marks = self._marks, min(self._marks + len(run), MAX_MARKS + 1)
        kept = run[: max(0, MAX_MARKS - before)]
        return kept + _UNKNOWN if before <= MAX_MARKS < self._marks else kept


def clean(text: str) -> Clean:
    """The clean form of a whole text. Cleaning twice changes nothing more."""
    cleaner = Cleaner()
    return cleaner.finish(text)


def clean_line(text: str) -> Clean:
    """The clean form of `text` on one line, for titles and table cells: line ends become spaces."""
    if text.isascii() and text.isprintable():
        return Clean(text)
    return Clean(clean(text).replace("\n", " "))


def typed(text: str) -> str:
    """What a user puts into the prompt: invisible code points are left out instead of marked.

    A carriage return is a line end, for that is what most terminals make of one in a paste. Tabs stay, for the editor
    draws them and they may matter to the model; so this is not `Clean`.
    """
    lines = _unseen.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return "\t".join([clean(part) for part in lines.split("\t")])


def escaped_json(document: str) -> Clean:
    """A JSON document with what the gate would replace written as escapes: other bytes, the same values."""
    return Clean(_replaceable.sub(_json_escape, document))


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _replacement(match: re.Match[str]) -> str:
    return _REPLACED.get(match[0], _UNKNOWN)


def _joined_pair(match: re.Match[str]) -> str:
    return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _capped(match: re.Match[str]) -> str:
    return match[0][:MAX_MARKS] + _UNKNOWN


def _trailing_marks(text: str) -> int:
    count = 0
    for char in reversed(text[-MAX_MARKS - 1 :]):
        if not _is_mark(char):
            break
        count += 1
    return count


def _is_mark(char: str) -> bool:
    """Whether `char` takes no cell of its own: combining marks, joiners, vowels and finals of Hangul syllables."""
    return (
        unicodedata.category(char)[0] == "M"
        or char in "\u200c\u200d"
        or "\u1160" <= char <= "\u11ff"
        or "\ud7b0" <= char <= "\ud7ff"
    )


@cache
def _marks_pattern(repeat: str) -> re.Pattern[str]:
    # Read from the Unicode database on first use: marks live in the first two planes and among the selectors.
    codes = [*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)]
    marks = "".join(char for char in map(chr, codes) if _is_mark(char))
    return re.compile(f"[{re.escape(marks)}]{repeat}")
