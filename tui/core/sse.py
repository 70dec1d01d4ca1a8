"""Server-sent events: the bytes of a response body to events (WHATWG HTML, 9.2.5-9.2.6).

Called by `tui.core.body`, once per network read. It works on bytes from end to end: lines are split at CR, LF and
CRLF only (`str.splitlines` would also split at U+2028 inside a JSON string), and the UTF-8 of a payload is judged
by whoever decodes it, so a code point cut by a read never matters.

Real servers stray from the standard; what is accepted beyond it is marked with its row, L1 to L5, in
docs/protocols.md. All of it costs nothing on a well-formed stream.
"""

import re

import msgspec

from tui.core.bounds import DEFAULT_BOUNDS, size_text
from tui.core.errors import BoundExceeded

BOM = b"\xef\xbb\xbf"
DONE = b"[DONE]"
_COLON = 0x3A
_WHOLE_CHECKS_PER_EVENT = 16
"""How often L2 may test one event's data for being whole. Each test reads all of it, so an unbounded number would be
quadratic on data made to look whole at each line."""
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class ServerSentEvent(msgspec.Struct, frozen=True, gc=False):
    """One dispatched event. A msgspec struct: one is made per token, and a frozen dataclass costs six times as much."""

    data: bytes
    event: str = ""
    """The event's name; empty when the server gave none."""
    id: str = ""
    """The last event id in force; it persists over events."""


def is_json(data: bytes) -> bool:
    """Whether `data` is one whole JSON object or array."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    if b"\\u" in data:  # a lone surrogate is JSON, but not to msgspec; any other letter answers the same question
        data = _SURROGATE_ESCAPE.sub(rb"\\u0041", data)
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return False
    return True


def _one_event(data: bytes, last_id: str, limit: int) -> ServerSentEvent | None:
    """The event when a read is exactly one: a line of data, perhaps under its name, as most servers send each token."""
    start, name = 6, ""
    if not data.startswith(b"data: "):
        line_end = data.find(b"\n")
        if not (data.startswith(b"event: ") and data.startswith(b"data: ", line_end + 1)):
            return None
        start, name = line_end + 7, data[7:line_end].decode("utf-8", "replace")
    if data.find(b"\n", start) != len(data) - 2 or data[-1:] != b"\n" or b"\r" in data or len(data) >= limit:
        return None
    return ServerSentEvent(data[start:-2], name, last_id)


class SSEDecoder:
    """Feed it reads of any size; it returns the events they complete, in order.

    Raises `BoundExceeded` when one event or line grows beyond `max_event_bytes`; the decoder is then of no further use.
    """

    def __init__(self, max_event_bytes: int = DEFAULT_BOUNDS.event_bytes) -> None:
        self.comments = 0
        """Comment lines so far. Servers send them to keep a connection open; they are never progress."""
        self.retry_ms: int | None = None
        """The reconnection time the server asked for, ms. None until it sends a valid one."""
        self._max_event_bytes = max_event_bytes
        self.is_idle = False
        """Nothing is pending from earlier reads, so that a read of one whole event needs no line by line reading."""
        self._head: bytes | None = b""
        """The first bytes while they may still be a byte-order mark; None once that is settled."""
        self._line_parts: list[bytes] = []
        self._line_bytes = 0
        self._after_cr = False
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._whole_checks = 0
        self._event = ""
        self._id = ""
        self._last_id = ""
        self._stray: list[bytes] = []
        self._stray_bytes = 0
        self._exceeded: BoundExceeded | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events completed by this read. Events before a bound was passed come first; the next call raises then."""
        if self.is_idle and (event := _one_event(data, self._last_id, self._max_event_bytes)):
            return [event]
        if self._exceeded:
            raise self._exceeded
        events: list[ServerSentEvent] = []
        if self._head is not None:
            data = self._without_bom(data)
        try:
            for line in self._complete_lines(data):
                self._take_line(line, events)
            self._check_size("a line of the event stream", self._line_bytes)
        except BoundExceeded as exc:
            self._exceeded = exc
            if not events:
                raise
        pending = self._line_parts or self._data or self._stray or self._event or self._after_cr or self._exceeded
        self.is_idle = not pending and self._head is None and self._id == self._last_id
        return events

    def close(self) -> list[ServerSentEvent]:
        """End of body: the events that were whole but not terminated (L1); anything else unfinished is dropped."""
        if self._exceeded:
            raise self._exceeded
        events: list[ServerSentEvent] = []
        if self._head:
            self._line_parts.append(self._head)
        self._head = None
        if self._line_parts:
            line, self._line_parts = b"".join(self._line_parts), []
            self._take_line(line, events)
        pending = b"\n".join(self._data)
        if pending.strip().startswith(DONE) or is_json(pending):
            self._dispatch(events)
        self._data.clear()
        self._flush_stray(events)
        return events

    def _without_bom(self, data: bytes) -> bytes:
        head = (self._head or b"") + data
        if len(head) < len(BOM) and BOM.startswith(head):
            self._head = head
            return b""
        self._head = None
        return head.removeprefix(BOM)

    def _complete_lines(self, data: bytes) -> list[bytes]:
        """Split at CR, LF, CRLF. A CR ends its line at once; an LF that opens the next read belongs to it."""
        if self._after_cr and data:
            self._after_cr = False
            data = data.removeprefix(b"\n")
        if not data:
            return []
        lines = data.splitlines()  # on bytes: CR, LF and CRLF, nothing else
        ended = data.endswith((b"\n", b"\r"))
        self._after_cr = data.endswith(b"\r")
        if self._line_parts and (ended or len(lines) > 1):
            self._line_parts.append(lines[0])
            lines[0] = b"".join(self._line_parts)
            self._line_parts.clear()
            self._line_bytes = 0
        if not ended:
            self._line_parts.append(lines.pop())
            self._line_bytes += len(self._line_parts[-1])
        return lines

    def _check_size(self, what: str, size: int) -> None:
        if size > self._max_event_bytes:
            raise BoundExceeded(what, size_text(self._max_event_bytes))

    def _take_line(self, line: bytes, events: list[ServerSentEvent]) -> None:
        if not line:
            self._dispatch(events)
            return
        self._check_size("a line of the event stream", len(line))
        if line.startswith(b"data:"):
            self._take_data(line[6:] if line[5:6] == b" " else line[5:], events)
        elif line[0] == _COLON:
            self.comments += 1
        else:
            self._take_field(line, events)

    def _take_data(self, value: bytes, events: list[ServerSentEvent]) -> None:
        if self._stray:
            self._flush_stray(events)
        if self._data and value[:1] in (b"{", b"[") and self._data_is_whole():
            self._dispatch(events)  # L2: events separated by a single line end
        self._data.append(value)
        self._data_bytes += len(value) + 1
        self._check_size("an event", self._data_bytes)

    def _data_is_whole(self) -> bool:
        last = self._data[-1].rstrip()
        if last.startswith(DONE):
            return True
        if last[-1:] not in (b"}", b"]") or self._whole_checks >= _WHOLE_CHECKS_PER_EVENT:
            return False
        self._whole_checks += 1
        return is_json(b"\n".join(self._data))

    def _take_field(self, line: bytes, events: list[ServerSentEvent]) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match name:
            case b"data":  # without a colon: an empty line of data
                self._take_data(value, events)
            case b"event":
                self._event = value.decode("utf-8", "replace")
            case b"id":
                if b"\0" not in value:
                    self._id = value.decode("utf-8", "replace")
            case b"retry":
                if value.isdigit() and len(value) < 16:
                    self.retry_ms = int(value)
            case b"error":  # L5: an error sent as a field of its own
                events.append(ServerSentEvent(value, "error", self._last_id))
            case _:  # L4: perhaps a bare JSON error, on one line or pretty-printed over many
                self._stray.append(line)
                self._stray_bytes += len(line) + 1
                self._check_size("text outside of any event", self._stray_bytes)
                return
        if self._stray:
            self._flush_stray(events)

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        if self._stray:
            self._flush_stray(events)
        self._last_id = self._id
        if self._data:
            data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
            events.append(ServerSentEvent(data, self._event, self._last_id))
            self._data.clear()
            self._data_bytes = 0
            self._whole_checks = 0
        self._event = ""

    def _flush_stray(self, events: list[ServerSentEvent]) -> None:
        stray = b"\n".join(self._stray)
        self._stray.clear()
        self._stray_bytes = 0
        if is_json(stray):
            events.append(ServerSentEvent(stray, "", self._last_id))
