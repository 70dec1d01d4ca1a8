"""From a tape to the events on it: where each begins and ends, when it came, what kind of thing it is.

Nothing is read before somebody asks, then only as far as the tape goes, and later only what is new. Events lie end to
end: their sizes add up to the bytes of the tape.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final

from tui.core.body import Framing
from tui.core.bounds import DEFAULT_BOUNDS
from tui.core.errors import BoundExceeded
from tui.core.event_types import UNREADABLE, event_type
from tui.core.sse import BOM, SSEDecoder
from tui.core.tape import Tape
from tui.core.tape_splitters import Array, Events, Kind, Lines, Log, Splitter, TapeEvent, Whole, element

__all__ = ["Kind", "TapeEvent", "TapeReader"]

_FRAMINGS: Final[dict[str, Framing]] = {"gemini": "array", "ollama": "lines"}
_BLANK: Final = b" \t\r\n"
_SNIFFED: Final = 64 * 1024
"""Blanks looked at before a body counts as events."""
_READS_BETWEEN_LOOKS: Final = 64
"""Reads taken before the time is looked at again."""


class TapeReader:
    """Reads the events of one tape, as far as it is asked to."""

    def __init__(self, tape: Tape, dialect: str, event_bytes: int = DEFAULT_BOUNDS.event_bytes) -> None:
        self.tape = tape
        self._log = Log(dialect)
        self._dialect = dialect
        self._event_bytes = event_bytes
        self._splitter: Splitter | None = None
        """None until the first byte tells what kind of body this is."""
        self._rest: list[bytes] = []
        """Taken from the tape, and no whole piece yet."""
        self._number = 0
        """The next read to take."""
        self._end = 0
        """Behind the last byte that was taken."""
        self._places: list[int] = []
        """Where each read that was taken begins on the tape."""
        self._numbers: list[int] = []
        self._is_closed = False

    def __repr__(self) -> str:
        return f"<TapeReader {len(self.events)} events, {self._number} of {len(self.tape)} reads>"

    @property
    def events(self) -> list[TapeEvent]:
        """The events so far, to be read only. The last one may still grow by an empty line."""
        return self._log.events

    @property
    def types(self) -> Collection[str]:
        """The types that have occurred."""
        return self._log.types.keys()

    @property
    def is_behind(self) -> bool:
        """Whether there are reads that were not taken."""
        return self._number < len(self.tape)

    def read_on(self, *, is_over: bool, has_time: Callable[[], bool] = lambda: True) -> None:
        """Take the reads that came since, while there is time. `is_over`: none will come any more."""
        while self.is_behind:
            self._take_read()
            if not self._number % _READS_BETWEEN_LOOKS and not has_time():
                return
        if is_over and not self._is_closed:
            self._is_closed = True
            self._close()

    def raw(self, event: TapeEvent) -> bytes | None:
        """The bytes of an event as they came. None when the tape no longer has all of them."""
        if event.kind == "forgotten":
            return None
        parts: list[bytes] = []
        at, end = event.start, event.start + event.size
        index = bisect_right(self._places, at) - 1
        while at < end:
            found = self.tape.read(self._numbers[index])
            if found is None:
                return None
            parts.append(found[1][at - self._places[index] : end - self._places[index]])
            at += len(parts[-1])
            index += 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def payload(self, event: TapeEvent) -> bytes | None:
        """The data of an event without its frame. None when the tape no longer has it."""
        raw = self.raw(event)
        if raw is None or event.kind != "payload":
            return raw
        if isinstance(self._splitter, Lines | Array):
            return element(raw)
        decoder = SSEDecoder(len(raw) + 1)
        found = [*decoder.feed(raw), *decoder.feed(b"\n\n"), *decoder.close()]
        return found[-1].data if found else raw

    def _take_read(self) -> None:
        number = self.tape.next_kept(self._number)
        if number != self._number:
            self._skip(self.tape.end_of_gap)
        found = self.tape.read(number)
        assert found is not None
        self._log.at_ns, data = found
        self._places.append(self._end)
        self._numbers.append(number)
        self._number = number + 1
        self._end += len(data)
        self._take(data)

    def _take(self, data: bytes) -> None:
        if self._rest:
            self._rest.append(data)
            if self._splitter is not None and not self._splitter.ends_in(data):
                return
            data = b"".join(self._rest)
            self._rest.clear()
        if self._splitter is None:
            self._splitter = self._splitter_for(data)
        try:
            rest = self._splitter.take(data, self._log) if self._splitter else data
        except BoundExceeded:  # here the stream was cut off
            rest, self._splitter = b"", Whole()
            self._log.at = self._end
            self._log.note("unfinished", "unfinished", self._end)
        if rest:
            self._rest.append(rest)

    def _splitter_for(self, data: bytes) -> Splitter | None:
        """By the first byte that is not blank, as `BodyDecoder` decides. None while there is none."""
        first = data.removeprefix(BOM).lstrip(_BLANK)[:1]
        if (not first or BOM.startswith(data)) and len(data) <= _SNIFFED:
            return None
        framing = _FRAMINGS.get(self._dialect)
        if framing == "lines" and first == b"{":
            return Lines(self._event_bytes)
        if framing == "array" and first == b"[":
            return Array(self._event_bytes)
        return Whole() if first in (b"{", b"[", b"<") else Events(self._event_bytes)

    def _skip(self, end: int) -> None:
        """Over a gap. What was pending is lost with it; events begin anew where one can be told to."""
        log = self._log
        self._rest.clear()
        self._end = log.at = end
        log.note("forgotten", "forgotten", end)
        if isinstance(self._splitter, Events | Lines):
            self._splitter = type(self._splitter)(self._event_bytes, is_torn=True)
        elif self._splitter is not None:
            self._splitter = Whole()

    def _close(self) -> None:
        log, rest = self._log, b"".join(self._rest)
        self._rest.clear()
        splitter = self._splitter or (Events(self._event_bytes) if rest.strip() else Whole())
        with suppress(BoundExceeded):
            splitter.close(rest, log)
        log.at = self._end
        if not log.is_between:
            log.note(*self._last(rest), log.at)

    def _last(self, rest: bytes) -> tuple[Kind, str]:
        """What stands behind the last event, or is all there is."""
        if not rest.strip():
            return "blank", "blank"
        if self._log.start or not isinstance(self._splitter, Whole):
            return "unfinished", "unfinished"
        if rest.removeprefix(BOM).lstrip().startswith(b"<"):
            return "whole", "web page"
        found = event_type(self._dialect, "", rest)
        return "whole", "document" if found == UNREADABLE else found
