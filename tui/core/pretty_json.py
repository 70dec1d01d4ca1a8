"""JSON that is still growing, laid out for reading: one member a line, each piece with what it is.

Every character is looked at once, whatever the cuts. What turns out to be no JSON is said at once, for the caller then
shows it as the text it is.
"""

import re
from typing import Final, Literal

Part = Literal["key", "string", "number", "word", "sign"]
Piece = tuple[str, Part]

MAX_DEPTH: Final = 64
"""Levels that are laid out. Deeper is no answer but an attack: each level would cost a longer indent."""
_INDENT: Final = "  "
_TOKEN: Final = re.compile(r'[ \t\r\n]+|"|[{}\[\],:]|[-+.0-9eE]+|[a-z]+|.', re.DOTALL)
_IN_STRING: Final = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*', re.DOTALL)
"""Up to the quote that ends a string, or a backslash that ends the text. The group is not possessive, for early
versions of Python 3.11 match those wrongly."""
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_NUMBER_SO_FAR: Final = re.compile(r"-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:(?<=\d)[eE][-+]?\d*)?)?")
_WORDS: Final = ("true", "false", "null")

_Expected = Literal["begin", "value", "value or ]", "key", "key or }", "colon", "comma", "nothing"]


class JsonPrinter:
    """Takes the pieces of a JSON object or array and gives those of its layout."""

    def __init__(self) -> None:
        self.is_json = True
        """False from the first character on that cannot be part of one."""
        self._expected: _Expected = "begin"
        self._open: list[str] = []
        """The brackets that are open."""
        self._in_string = False
        self._is_key = False
        self._escaped = False
        """The text so far ends right behind a backslash."""
        self._scalar = ""
        """The number or word that may still grow."""
        self._pieces: list[Piece] = []

    @property
    def is_whole(self) -> bool:
        """Whether the value has ended."""
        return self.is_json and self._expected == "nothing"

    def feed(self, text: str) -> list[Piece]:
        """What `text` adds to the layout. Of no use once `is_json` is False."""
        self._pieces = []
        at = 0
        while at < len(text) and self.is_json:
            at = self._string(text, at) if self._in_string else self._token(text, at)
        return self._pieces

    def _string(self, text: str, at: int) -> int:
        part: Part = "key" if self._is_key else "string"
        start = at
        if self._escaped:
            self._escaped = False
            at += 1
        found = _IN_STRING.match(text, at)
        at = found.end() if found else at
        if at < len(text) and text[at] == '"':
            at += 1
            self._in_string = False
            self._expected = "colon" if self._is_key else self._after_value()
        elif at < len(text):  # a backslash with nothing behind it yet
            at += 1
            self._escaped = True
        self._add(text[start:at], part)
        return at

    def _token(self, text: str, at: int) -> int:
        found = _TOKEN.match(text, at)
        assert found is not None
        token = found.group()
        if self._scalar and not self._continues(token):
            self._end_scalar()
        if self.is_json and not token.isspace():
            self._take(token)
        return found.end()

    def _continues(self, token: str) -> bool:
        return token[0].isascii() and (token[0].isalnum() or token[0] in "-+.")

    def _take(self, token: str) -> None:
        match token:
            case "{" | "[" if self._expected.startswith(("begin", "value")) and len(self._open) < MAX_DEPTH:
                self._begin_value()
                self._open.append(token)
                self._expected = "key or }" if token == "{" else "value or ]"
                self._add(token, "sign")
            case "}" | "]":
                self._close(token)
            case '"' if self._expected.startswith(("key", "value")):
                self._is_key = self._expected.startswith("key")
                self._begin_value()
                self._in_string = True
                self._add(token, "key" if self._is_key else "string")
            case ":" if self._expected == "colon":
                self._expected = "value"
                self._add(": ", "sign")
            case "," if self._expected == "comma":
                self._expected = "key" if self._open[-1] == "{" else "value"
                self._add(",", "sign")
                self._new_line()
            case _ if self._scalar or self._expected.startswith("value"):
                self._grow(token)
            case _:
                self.is_json = False

    def _close(self, token: str) -> None:
        wanted = "}" if self._open and self._open[-1] == "{" else "]"
        is_empty = self._expected.endswith(" or " + token)
        if not self._open or token != wanted or not (is_empty or self._expected == "comma"):
            self.is_json = False
            return
        self._open.pop()
        if not is_empty:
            self._new_line()
        self._expected = self._after_value()
        self._add(token, "sign")

    def _grow(self, token: str) -> None:
        if not self._scalar:
            self._begin_value()
        self._scalar += token
        is_word = self._scalar[0].isalpha()
        if is_word:
            self.is_json = any(word.startswith(self._scalar) for word in _WORDS)
        else:
            self.is_json = _NUMBER_SO_FAR.fullmatch(self._scalar) is not None
        self._add(token, "word" if is_word else "number")

    def _end_scalar(self) -> None:
        self.is_json = self._scalar in _WORDS or _NUMBER.fullmatch(self._scalar) is not None
        self._scalar = ""
        self._expected = self._after_value()

    def _begin_value(self) -> None:
        """The first member of a bracket begins a line; the others do so behind their comma."""
        if " or " in self._expected:
            self._new_line()

    def _after_value(self) -> _Expected:
        return "comma" if self._open else "nothing"

    def _new_line(self) -> None:
        self._add("\n" + _INDENT * len(self._open), "sign")

    def _add(self, text: str, part: Part) -> None:
        if self._pieces and self._pieces[-1][1] == part:
            self._pieces[-1] = (self._pieces[-1][0] + text, part)
        elif text:
            self._pieces.append((text, part))


def pretty(text: str) -> list[Piece] | None:
    """The layout of a text that is there as a whole, or of the beginning of one. None when it is no object or array."""
    printer = JsonPrinter()
    pieces = printer.feed(text)
    return pieces if printer.is_json and pieces else None
