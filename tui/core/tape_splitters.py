"""Where events begin and end in a body: one splitter for each kind, all driven by `TapeReader`.

The decoders of `sse` and `json_values` decide what is an event. They are fed piece by piece, a line or a bracket at a
time, so that the place of each event is known as well.
"""

from typing import Final, Literal, Protocol

import msgspec

from tui.core.event_types import event_type
from tui.core.json_values import JsonArray, JsonLines
from tui.core.sse import BOM, ServerSentEvent, SSEDecoder

Kind = Literal["payload", "comment", "blank", "fields", "whole", "unfinished", "forgotten"]
"""`blank`: an empty line of its own. `fields`: an event without data, such as `retry:`. `whole`: a body that is one
document. `unfinished`: bytes that never became an event. `forgotten`: what the tape no longer has."""

_FIELDS: Final = (b"data:", b"event:", b"id:", b"retry:", b":")
_TYPES_KEPT: Final = 1000


class TapeEvent(msgspec.Struct, frozen=True, gc=False):
    """One event and its place on the tape."""

    at_ns: int
    """When the read came that completed it."""
    start: int
    """Its first byte, counted from the first of the body."""
    size: int
    kind: Kind
    type: str
    """Of a payload, in its dialect's words; otherwise what it is. As the server wrote it."""


class Log:
    """Where splitters note events. The bytes of each are those since the one before."""

    def __init__(self, dialect: str) -> None:
        self.events: list[TapeEvent] = []
        self.at_ns = 0
        """The stamp of the read that is being taken."""
        self.start = 0
        """The first byte that belongs to no event yet."""
        self.at = 0
        """How far the splitter has come."""
        self.types: dict[str, str] = {}
        """The types so far, each by itself; not all of them when a server makes up a new one each time."""
        self._dialect = dialect
        self._is_open = False
        """Whether an empty line still belongs to the last event, which is a comment."""

    @property
    def is_between(self) -> bool:
        """Whether nothing is pending."""
        return self.start == self.at

    def payload(self, event: ServerSentEvent, end: int) -> None:
        """A payload that ends there."""
        self.note("payload", event_type(self._dialect, event.event, event.data), end)

    def payloads(self, events: list[ServerSentEvent], begin: int, *, is_idle: bool) -> None:
        """What the piece from `begin` to here completed: its own event, or one that it follows.

        `is_idle`: nothing is pending behind the piece, so the last event is its own.
        """
        for left, event in enumerate(events, 1 - len(events)):
            self.payload(event, self.at if is_idle and not left else begin)

    def note(self, kind: Kind, type: str, end: int) -> None:
        """Something that ends there."""
        if len(self.types) < _TYPES_KEPT:
            type = self.types.setdefault(type, type)  # one text for the thousands that are of this type
        self.events.append(TapeEvent(self.at_ns, self.start, end - self.start, kind, type))
        self.start = end
        self._is_open = kind == "comment"

    def blank(self) -> None:
        """An empty line with nothing before it. The first behind a comment belongs to the comment."""
        if self._is_open:
            self.lengthen()
        else:
            self.note("blank", "blank", self.at)

    def lengthen(self) -> None:
        """The last event goes on to here."""
        last = self.events[-1]
        self.events[-1] = msgspec.structs.replace(last, size=self.at - last.start)
        self.start = self.at
        self._is_open = False


class Splitter(Protocol):
    """Finds the events in one kind of body. Raises `BoundExceeded` where the stream was cut off."""

    def ends_in(self, data: bytes) -> bool:
        """Whether a piece that was begun may end in `data`: a quick look, for pieces that come in many reads."""

    def take(self, data: bytes, log: Log) -> bytes:
        """Note the events in `data`, which begins where `log` is. Returns what is no whole piece yet."""

    def close(self, rest: bytes, log: Log) -> None:
        """Nothing comes behind `rest`: note what was whole without saying so."""


class Events:
    """Server-sent events. Most are plain to see, and taken whole; the others line by line."""

    def __init__(self, event_bytes: int, *, is_torn: bool = False) -> None:
        """`is_torn`: perhaps in the middle of an event, whose rest is nothing then."""
        self._sse = SSEDecoder(event_bytes)
        self._is_torn = is_torn

    def ends_in(self, data: bytes) -> bool:
        """Whether there is a line end."""
        return b"\n" in data or b"\r" in data

    def take(self, data: bytes, log: Log) -> bytes:
        """Event by event, or line by line."""
        at = 0
        while at < len(data):
            if self._sse.is_idle and log.is_between and (end := _end_of_plain(data, at)):
                log.at += end - at
                for event in self._sse.feed(data[at:end]):
                    log.payload(event, log.at)
            elif end := _end_of_line(data, at):
                log.at += end - at
                self._take_line(data[at:end], log)
            else:
                break
            at = end
        return data[at:]

    def close(self, rest: bytes, log: Log) -> None:
        """What was whole without its empty line."""
        if rest:
            log.at += len(rest)
            self._take_line(rest, log)
        for event in self._sse.close():
            log.payload(event, log.at)

    def _take_line(self, line: bytes, log: Log) -> None:
        is_blank = not line.strip(b"\r\n")
        if self._is_torn:
            self._is_torn = not line.startswith(_FIELDS)
            if self._is_torn:
                self._take_torn(is_blank, log)
                return
        begin = log.at - len(line)
        was_between, comments = log.start == begin, self._sse.comments
        found = self._sse.feed(line)
        if found:
            log.payloads(found, begin, is_idle=is_blank or self._sse.is_idle)
        elif is_blank and was_between:
            log.blank()
        elif is_blank:
            log.note("fields", "fields", log.at)
        elif was_between and self._sse.comments > comments:
            log.note("comment", "comment", log.at)

    def _take_torn(self, is_blank: bool, log: Log) -> None:
        if is_blank:
            self._is_torn = False
            log.note("unfinished", "unfinished", log.at)


class Lines:
    """JSON values, a line each or printed over several."""

    def __init__(self, event_bytes: int, *, is_torn: bool = False) -> None:
        """`is_torn`: perhaps in the middle of a value, whose rest is nothing then."""
        self._lines = JsonLines(event_bytes)
        self._is_torn = is_torn

    def ends_in(self, data: bytes) -> bool:
        """Whether there is a line end."""
        return b"\n" in data

    def take(self, data: bytes, log: Log) -> bytes:
        """Line by line."""
        at = 0
        while end := data.find(b"\n", at) + 1:
            log.at += end - at
            self._take_line(data[at:end], log)
            at = end
        return data[at:]

    def close(self, rest: bytes, log: Log) -> None:
        """The last value, when only its line end is missing."""
        values = self._lines.feed(rest)
        log.at += len(rest)
        for value in [*values, *self._lines.close()]:
            log.payload(ServerSentEvent(value), log.at)

    def _take_line(self, line: bytes, log: Log) -> None:
        is_torn, self._is_torn = self._is_torn and not line.startswith(b"{"), False
        if is_torn:
            log.note("unfinished", "unfinished", log.at)
            return
        begin = log.at - len(line)
        was_between = log.start == begin
        values = [ServerSentEvent(value) for value in self._lines.feed(line)]
        if values:
            log.payloads(values, begin, is_idle=self._lines.is_idle)
        elif was_between and self._lines.is_idle:
            log.blank()


class Array:
    """The elements of a JSON array, each with the comma and the blanks before it."""

    def __init__(self, event_bytes: int) -> None:
        self._array = JsonArray(event_bytes)

    def ends_in(self, data: bytes) -> bool:
        """Whether there is a bracket."""
        return b"}" in data

    def take(self, data: bytes, log: Log) -> bytes:
        """Bracket by bracket."""
        at = 0
        while end := data.find(b"}", at) + 1:
            log.at += end - at
            for value in self._array.feed(data[at:end]):
                log.payload(ServerSentEvent(value), log.at)
            at = end
        return data[at:]

    def close(self, rest: bytes, log: Log) -> None:
        """The bracket that ends the array belongs to its last element."""
        log.at += len(rest)
        if log.events and rest.strip() == b"]":
            log.lengthen()


class Whole:
    """A body, or the end of one, that is not to be split."""

    def ends_in(self, data: bytes) -> bool:
        """Never."""
        return False

    def take(self, data: bytes, log: Log) -> bytes:
        """Nothing is whole before the end."""
        return data

    def close(self, rest: bytes, log: Log) -> None:
        """All of it is pending."""
        log.at += len(rest)


def element(raw: bytes) -> bytes:
    """A value on the tape without what stands around it: commas, the array's brackets, blanks."""
    value = raw.removeprefix(BOM).strip(b" \t\r\n,")
    return value.removeprefix(b"[").removesuffix(b"]").strip() if b"{" in value else value


def _end_of_plain(data: bytes, at: int) -> int:
    """Where the event that begins at `at` ends, when it is one line of data, perhaps under a name; 0 otherwise."""
    end = data.find(b"\n\n", at) + 2
    if end < 2:
        return 0
    named = data.startswith(b"event:", at)
    if not (named or data.startswith(b"data:", at)):
        return 0
    first = data.find(b"\n", at)
    if named and not (data.startswith(b"data:", first + 1) and data.find(b"\n", first + 1) == end - 2):
        return 0
    is_one_line = named or first == end - 2
    return end if is_one_line and data.find(b"\r", at, end) < 0 else 0


def _end_of_line(data: bytes, at: int) -> int:
    """Behind the line that begins at `at`; 0 when it may go on: an LF may follow a CR."""
    feed = data.find(b"\n", at)
    back = data.find(b"\r", at, feed if feed >= 0 else len(data))
    if back < 0 or back + 1 == feed:
        return feed + 1
    return back + 1 if back + 1 < len(data) else 0
