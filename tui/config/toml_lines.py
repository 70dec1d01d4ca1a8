"""On which line of a TOML file each key stands: the standard library's parser does not say.

Called only for text that parser has accepted, and only when there is something to point at, so it may be simple: it
steps over values without understanding them.
"""

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str, ...]

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_KEY = re.compile(
    r'(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')'
    r'(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'))*'
)
_TEXT = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
)
_PLAIN = re.compile(r"[^\s,\]}#][^,\]}#\n]*")


def lines_of_keys(text: str) -> Mapping[Path, int]:
    """The line of each key and table, from 1; the first one where a table is opened several times."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._counted_to = 0

    def document(self) -> None:
        table: Path = ()
        self._skip(_BETWEEN)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                depth = 2 if self._text.startswith("[[", self._at) else 1
                self._at += depth
                self._skip(_BLANK)
                table = self._key(())
                self._skip(_BLANK)
                self._at += depth
            else:
                self._pair(table)
            self._skip(_BETWEEN)

    def _pair(self, table: Path) -> None:
        path = self._key(table)
        self._skip(_BLANK)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._text[self._at]
        if opening in "[{":
            self._at += 1
            self._skip(_BETWEEN)
            while self._text[self._at] not in "]}":
                if opening == "{":
                    self._pair(path)
                else:
                    self._value(path)
                self._skip(_BETWEEN)
            self._at += 1
        else:
            self._skip(_TEXT if opening in "\"'" else _PLAIN)

    def _key(self, table: Path) -> Path:
        written = _KEY.match(self._text, self._at)
        assert written is not None
        path = (*table, *_names(written[0]))
        line = self._line_here()
        for length in range(len(table) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        self._at = written.end()
        return path

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if found := pattern.match(self._text, self._at):
            self._at = found.end()

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self._line


def _names(written: str) -> Path:
    """The parts of a dotted key, with their quotes and escapes undone by the parser that knows how."""
    value: object = tomllib.loads(f"{written} = 0")
    names = []
    while isinstance(value, dict):
        ((name, value),) = value.items()
        names.append(name)
    return tuple(names)
