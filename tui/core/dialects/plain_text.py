"""The shortest way for what nearly every read is: more text of the first choice, and nothing else.

A dialect gives a narrow shape in which each field that would say more than text may only be null, so that msgspec, in
C, refuses whatever is not plain. What is refused goes the ordinary way, which knows everything; both must fold to the
same, and tests feed both with the same bytes.
"""

from typing import Literal, TypeAlias

Empty: TypeAlias = Literal[""] | None
"""The type of a text that may be there but must say nothing."""


class Frame:
    """What stands before and after each payload on the wire, for servers that frame all of them alike."""

    __slots__ = ("_begin", "_between", "_end", "_line_feeds", "_returns", "after", "before")

    def __init__(self, before: bytes = b"data: ", after: bytes = b"\n\n") -> None:
        self.before = before
        self.after = after
        self._begin, self._end = len(before), -len(after)
        self._between = after + before
        self._line_feeds = self._between.count(b"\n")
        self._returns = self._between.count(b"\r")

    def payloads(self, data: bytes) -> list[bytes] | None:
        """The payloads of a read made of whole frames. None when it is anything else, or when a line ends elsewhere:
        that is white space to JSON, but not to an event stream."""
        if not (data.endswith(self.after) and data.startswith(self.before)):
            return None
        found = data[self._begin : self._end].split(self._between)
        if data.count(b"\n") != len(found) * self._line_feeds:
            return None
        if b"\r" in data and data.count(b"\r") != len(found) * self._returns:
            return None
        return found


LINE = Frame(b"", b"\n")
"""One JSON value per line."""
