"""Which events of a tape the list shows: all, or those of one type, or with some text in them. Draws nothing.

With 100,000 events neither reading nor filtering may hold up a key, so both go on from frame to frame while there is
time. A row is a place in the list, a number that of the event on the tape.
"""

from bisect import bisect_left
from collections.abc import Callable
from heapq import nlargest
from typing import Final

from tui.core.tape_events import TapeEvent, TapeReader

_TESTS_BETWEEN_LOOKS: Final = 256
SLOWEST: Final = 10
"""How many of the longest gaps can be walked."""


class ShownEvents:
    """The rows of the list, which grow while the stream does."""

    def __init__(self, reader: TapeReader) -> None:
        self.reader = reader
        self.type: str | None = None
        """The only type that is shown. None for all."""
        self.needle = ""
        """What the raw text of an event must hold; small letters find capitals too."""
        self._numbers: list[int] | None = None
        """The events that passed the filter. None without one."""
        self._tested = 0
        self._longest = 0
        """Number of the event after the longest gap so far."""
        self._measured = 1

    def __len__(self) -> int:
        return len(self.reader.events) if self._numbers is None else len(self._numbers)

    @property
    def is_filtered(self) -> bool:
        """Whether something may be left out."""
        return self._numbers is not None

    @property
    def is_behind(self) -> bool:
        """Whether more can be shown without anything more being received."""
        return self.reader.is_behind or (self._numbers is not None and self._tested < len(self.reader.events))

    def number(self, row: int) -> int:
        """Which event a row shows."""
        return row if self._numbers is None else self._numbers[row]

    def event(self, row: int) -> TapeEvent:
        """The event in a row."""
        return self.reader.events[self.number(row)]

    def row_of(self, number: int) -> int:
        """The row of an event, or of the next one that is shown; the length of the list when there is none."""
        return min(number, len(self)) if self._numbers is None else bisect_left(self._numbers, number)

    def gap_ns(self, number: int) -> int | None:
        """How long after the event before it an event came, shown or not. None for the first."""
        events = self.reader.events
        return events[number].at_ns - events[number - 1].at_ns if number else None

    def filter(self, type: str | None, needle: str) -> None:
        """Show only these from now on."""
        if (type, needle) != (self.type, self.needle):
            self.type, self.needle = type, needle
            self._numbers = [] if type is not None or needle else None
            self._tested = 0

    def read_on(self, *, is_over: bool, has_time: Callable[[], bool]) -> bool:
        """Take in what came since, while there is time. Returns whether there are more rows than before."""
        before = len(self)
        self.reader.read_on(is_over=is_over, has_time=has_time)
        if self._numbers is not None:
            self._test(self._numbers, has_time)
        return len(self) != before

    def longest_gap(self) -> tuple[int, int] | None:
        """The number of the event after the longest gap of all, and the gap in ns. None before there are two."""
        events = self.reader.events
        for number in range(self._measured, len(events)):
            if (self.gap_ns(number) or 0) > (self.gap_ns(self._longest) or -1):
                self._longest = number
        self._measured = max(1, len(events))
        gap_ns = self.gap_ns(self._longest) if events else None
        return (self._longest, gap_ns) if gap_ns is not None else None

    def slowest_rows(self) -> list[int]:
        """The rows after the longest gaps, the longest first."""
        rows = range(len(self)) if self._numbers is None else self._numbers
        slowest = nlargest(SLOWEST, rows, key=lambda number: self.gap_ns(number) or -1)
        return [self.row_of(number) for number in slowest if number]

    def row_of_type(self, type: str, row: int, by: int) -> int | None:
        """The next row of this type, or the one before. None when there is none."""
        rows = range(row + 1, len(self)) if by > 0 else range(row - 1, -1, -1)
        return next((other for other in rows if self.event(other).type == type), None)

    def _test(self, numbers: list[int], has_time: Callable[[], bool]) -> None:
        needle = self.needle.lower().encode("utf-8", "replace")
        events = self.reader.events
        while self._tested < len(events):
            event = events[self._tested]
            if self._passes(event, needle):
                numbers.append(self._tested)
            self._tested += 1
            if not self._tested % _TESTS_BETWEEN_LOOKS and not has_time():
                return

    def _passes(self, event: TapeEvent, needle: bytes) -> bool:
        if self.type is not None and event.type != self.type:
            return False
        return not needle or needle in (self.reader.raw(event) or b"").lower() or needle in event.type.lower().encode()
