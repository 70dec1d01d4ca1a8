"""JSON values that follow one another in a body: one per line, or as the elements of an array that is sent bit by bit.

Both take reads of any size and give the bytes of each value once it is whole. They split; decoding is the caller's.
Over a bound both give the values before it first and raise at the next call, so that cuts do not matter.
"""

import re

from tui.core.bounds import size_text
from tui.core.errors import BoundExceeded
from tui.core.sse import BOM, is_json

_BLANK = b" \t\r\n"
_IN_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*', re.DOTALL)
"""Up to the quote that ends a string, or a backslash that ends the read."""
_BETWEEN = re.compile(rb'[^"{}\[\]]*+(?:"%b"[^"{}\[\]]*+)*' % _IN_STRING.pattern, re.DOTALL)
"""Up to a bracket, or the quote of a string that goes on in the next read. Python looks at brackets, not at strings.
Groups are not possessive, for early versions of Python 3.11 match those wrongly."""


class JsonLines:
    """Values separated by LF and by nothing else: U+2028 and U+0085 stand raw inside of strings.

    A value printed over many lines is taken too, when it is indented as printers do it: `{` and `}` alone on their
    lines, and nothing else that begins with either at the start of a line.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._size = 0
        self._printed: list[bytes] = []
        """The lines so far of a value printed over many."""
        self._printed_size = 0
        self._exceeded: BoundExceeded | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is pending from earlier reads."""
        return not (self._parts or self._printed or self._exceeded)

    def feed(self, data: bytes) -> list[bytes]:
        """The values this read completes. Raises `BoundExceeded` on one that is too long."""
        if self._exceeded:
            raise self._exceeded
        values: list[bytes] = []
        *lines, rest = data.split(b"\n")
        if lines and self._parts:
            lines[0] = b"".join([*self._parts, lines[0]])
            self._parts.clear()
            self._size = 0
        try:
            for line in lines:
                self._check_size(len(line))
                self._take_line(line.removeprefix(BOM), values)
            if rest:
                self._parts.append(rest)
                self._size += len(rest)
                self._check_size(self._size)
        except BoundExceeded as exc:
            self._exceeded = exc
            if not values:
                raise
        return values

    def close(self) -> list[bytes]:
        """The last value, when it is whole although its LF is missing."""
        if self._exceeded:
            raise self._exceeded
        values: list[bytes] = []
        rest = b"".join(self._parts).removeprefix(BOM)
        self._parts.clear()
        if self._printed or is_json(rest):
            self._take_line(rest, values)
        return values

    def _take_line(self, line: bytes, values: list[bytes]) -> None:
        value = line.strip(_BLANK)
        if not value:
            return
        if self._printed and line[:1] == b"{":  # a value that never ended; it is the decoder's to count
            self._end_printed(values)
        if self._printed or value == b"{":
            self._printed.append(value)
            self._printed_size += len(value)
            self._check_size(self._printed_size)
            if line[:1] == b"}":
                self._end_printed(values)
        else:
            values.append(value)

    def _end_printed(self, values: list[bytes]) -> None:
        values.append(b" ".join(self._printed))
        self._printed.clear()
        self._printed_size = 0

    def _check_size(self, size: int) -> None:
        if size > self._max_bytes:
            raise BoundExceeded("a line of the answer", size_text(self._max_bytes))


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
        self._exceeded: BoundExceeded | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """The elements this read completes. Raises `BoundExceeded` on an element that is too long."""
        if self._exceeded:
            raise self._exceeded
        values: list[bytes] = []
        try:
            self._scan(data, values)
        except BoundExceeded as exc:
            self._exceeded = exc
            if not values:
                raise
        return values

    def close(self) -> list[bytes]:
        """Nothing: an element that is not closed is not whole."""
        if self._exceeded:
            raise self._exceeded
        return []

    def _scan(self, data: bytes, values: list[bytes]) -> None:
        start = 0
        at = 0
        if self._escaped and data:
            self._escaped = False
            at = 1
        while not self._is_over:
            at = _end_of_match(_IN_STRING if self._in_string else _BETWEEN, data, at)
            if at >= len(data):
                break
            token = data[at : at + 1]
            at += 1
            if self._in_string:
                self._in_string = token != b'"'
                self._escaped = self._in_string
            elif token == b'"':
                self._in_string = True
            elif token in b"{[":
                self._depth += 1
                if self._depth == 2:
                    start = at - 1
            else:
                self._depth -= 1
                if self._depth == 1:
                    self._keep(data[start:at])
                    values.append(b"".join(self._element))
                    self._element.clear()
                    self._size = 0
                self._is_over = self._depth <= 0
        if self._depth >= 2:
            self._keep(data[start:])

    def _keep(self, part: bytes) -> None:
        self._element.append(part)
        self._size += len(part)
        if self._size > self._max_bytes:
            raise BoundExceeded("an element of the answer", size_text(self._max_bytes))


def _end_of_match(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found else at
