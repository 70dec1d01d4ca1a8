"""JSON values that follow one another in a body: one per line, or as the elements of an array that is sent bit by bit.

Both take reads of any size and give the bytes of each value once it is whole. They split; decoding is the caller's.
"""

import re

from tui.core.bounds import size_text
from tui.core.errors import BoundExceeded
from tui.core.sse import BOM, is_json

_BLANK = b" \t\r\n"
_STRUCTURE = re.compile(rb'["\\{}\[\]]')


class JsonLines:
    """Values separated by LF and by nothing else: U+2028 and U+0085 stand raw inside of strings."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines this read completes, without blank ones. Raises `BoundExceeded` on a line that is too long."""
        *lines, rest = data.split(b"\n")
        if lines and self._parts:
            lines[0] = b"".join([*self._parts, lines[0]])
            self._parts.clear()
            self._size = 0
        if rest:
            self._parts.append(rest)
            self._size += len(rest)
        if self._size > self._max_bytes or any(len(line) > self._max_bytes for line in lines):
            raise BoundExceeded("a line of the answer", size_text(self._max_bytes))
        return [value for line in lines if (value := line.removeprefix(BOM).strip(_BLANK))]

    def close(self) -> list[bytes]:
        """The last line, when it is whole although its LF is missing."""
        rest = b"".join(self._parts).removeprefix(BOM).strip(_BLANK)
        self._parts.clear()
        return [rest] if is_json(rest) else []


class JsonArray:
    """The elements of one top-level array of objects.

    Brackets are counted outside of strings; each byte is looked at once, so time grows with the bytes and not with the
    reads. What follows the array is ignored.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._element: list[bytes] = []
        self._size = 0
        self._depth = 0
        """0 before the array, 1 between its elements."""
        self._in_string = False
        self._escaped = False
        """The read ended right after a backslash inside a string."""
        self._is_over = False

    def feed(self, data: bytes) -> list[bytes]:
        """The elements this read completes. Raises `BoundExceeded` on an element that is too long."""
        values: list[bytes] = []
        start = 0
        at = 0
        if self._escaped and data:
            self._escaped = False
            at = 1
        while not self._is_over and (found := _STRUCTURE.search(data, at)):
            at = found.end()
            token = found.group()
            if self._in_string:
                if token == b"\\":
                    self._escaped = at == len(data)
                    at += 1
                elif token == b'"':
                    self._in_string = False
            elif token == b'"':
                self._in_string = True
            elif token in b"{[":
                self._depth += 1
                if self._depth == 2:
                    start = found.start()
            elif token in b"}]":
                self._depth -= 1
                if self._depth == 1:
                    values.append(b"".join([*self._element, data[start:at]]))
                    self._element.clear()
                    self._size = 0
                self._is_over = self._depth <= 0
        if self._depth >= 2:
            self._keep(data[start:])
        return values

    def close(self) -> list[bytes]:
        """Nothing: an element that is not closed is not whole."""
        return []

    def _keep(self, part: bytes) -> None:
        self._element.append(part)
        self._size += len(part)
        if self._size > self._max_bytes:
            raise BoundExceeded("an element of the answer", size_text(self._max_bytes))
