"""What all decoders share: body to payloads, payloads to typed structs, counts, the end, and bodies that are no answer.

A dialect's decoder names the shape of its payloads and says in `take` what one of them means.
"""

from typing import ClassVar, Generic, TypeVar

import msgspec

from tui.core.body import BodyDecoder, Framing
from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.dialects.plain_text import Frame
from tui.core.errors import BoundExceeded
from tui.core.events import EndMarker, ErrorReported, StreamEvent, TextDelta, TextRun
from tui.core.failure import StreamError, api_error, message_of
from tui.core.lenient_json import LenientDecoder
from tui.core.sse import DONE, ServerSentEvent

T = TypeVar("T", bound=msgspec.Struct)

_MISSES = 16
"""Reads in a row that were not plain, after which they are no longer expected to be."""


class PayloadDecoder(Generic[T]):
    """One response body to events. Never raises anything but `BoundExceeded`."""

    shape: type[T]
    framing: ClassVar[Framing] = "document"
    """What a body that begins with JSON is: one document, a line per value, or an array sent bit by bit."""
    done_is_proof: ClassVar[bool] = True
    """Whether `[DONE]` ends an answer, or is only something gateways append."""
    frame: ClassVar[Frame]
    """What stands around payloads of plain text."""

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self.payloads = 0
        self.undecodable = 0
        self.is_done = False
        """Nothing after the end marker or an error is read."""
        self._body = BodyDecoder(bounds, self.framing)
        self._json = LenientDecoder(self.shape)
        self._event_bytes = bounds.event_bytes
        self._plain_tries = _MISSES
        self._is_ready = False
        """Whether a payload begins here and may be plain."""
        self._held = b""
        """The beginning of a frame, behind a read of plain ones: the next read goes on with it."""

    def take(self, chunk: T, event_name: str, events: list[StreamEvent]) -> None:
        """Add to `events` what `chunk` means; `event_name` is the SSE event's name, often empty."""
        raise NotImplementedError

    @property
    def is_settled(self) -> bool:
        """Whether all is known that a payload of plain text may leave unsaid."""
        return False

    def plain_texts(self, payloads: list[bytes]) -> list[str] | None:
        """The texts of payloads that are all plain; None, or one of msgspec's errors, when one is not."""
        raise NotImplementedError

    @property
    def comments(self) -> int:
        """Comment lines so far."""
        return self._body.comments

    def feed(self, data: bytes) -> list[StreamEvent]:
        """The events this read completes."""
        events: list[StreamEvent] = []
        if self._held:
            data, self._held = self._held + data, b""
        if self._plain_tries and not self._is_ready:
            data = self._feed_first(data, events)
        if self._is_ready:
            data = self._feed_plain(data, events)
        if data:
            self._feed_any(data, events)
        return events

    def close(self, status: int | None = None) -> list[StreamEvent]:
        """End of body. `status` is the HTTP status, for the sentence about a body that was no answer."""
        events: list[StreamEvent] = []
        if self._held:
            self._feed_any(self._held, events)
        for payload in self._body.close():
            self._take_payload(payload, events)
        if self._body.is_web_page:
            events.append(ErrorReported(self._body.page_error(status)))
        elif self._body.is_empty:
            odd = f" (status {status})" if status not in (None, 200) else ""
            message = f"the server answered with an empty body{odd}; check the base URL and the model's name"
            empty = StreamError("protocol", message, status=status)
            events.append(ErrorReported(empty))
        return events

    def end(self, events: list[StreamEvent]) -> None:
        """The dialect's own end of the answer."""
        self.is_done = True
        events.append(EndMarker())

    def report(self, error: StreamError, events: list[StreamEvent]) -> None:
        """An error ends the answer: whether what follows it came in the same read or in the next may not matter."""
        self.is_done = True
        events.append(ErrorReported(error))

    def _feed_first(self, data: bytes, events: list[StreamEvent]) -> bytes:
        """Take what stands before the first border of a read, and return what stands behind it."""
        start = data.find(self.frame.after) + len(self.frame.after)
        if start < len(self.frame.after):
            return data
        self._feed_any(data[:start], events)
        return data[start:]

    def _feed_plain(self, data: bytes, events: list[StreamEvent]) -> bytes:
        """Take the whole payloads of a read when they are plain text. Returns what is still to be taken."""
        after = self.frame.after
        whole = data if data.endswith(after) else data[: data.rfind(after) + len(after)]
        if len(whole) <= len(after):
            return data
        texts = self._plain_texts(whole)
        if texts is None:
            self._plain_tries -= 1
            return data
        self._plain_tries = _MISSES
        self.payloads += len(texts)
        events.append(TextDelta(0, texts[0]) if len(texts) == 1 else TextRun(0, texts))
        if whole is data:
            return b""
        rest = data[len(whole) :]
        if b"\n" in rest or b"\r" in rest:  # a whole line may be a comment, a sign of life that counts at once
            return rest
        self._held = rest
        return b""

    def _plain_texts(self, data: bytes) -> list[str] | None:
        payloads = self.frame.payloads(data) if len(data) <= self._event_bytes else None
        if payloads is None:
            return None
        try:
            texts = self.plain_texts(payloads)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return None
        return texts if texts and all(texts) else None

    def _feed_any(self, data: bytes, events: list[StreamEvent]) -> None:
        try:
            payloads = self._body.feed(data)
        except BoundExceeded:
            if not events:
                raise
            payloads = []  # what came first is taken first, and the next call raises
        for payload in payloads:
            self._take_payload(payload, events)
        self._is_ready = (
            self._plain_tries > 0 and not self.is_done and self.is_settled and self._body.is_between_payloads
        )

    def _take_payload(self, payload: ServerSentEvent, events: list[StreamEvent]) -> None:
        if self.is_done:
            return
        chunk = self._json.decode_one(payload.data)
        if chunk is not None:
            self.payloads += 1
            self.take(chunk, payload.event, events)
        else:
            self._take_odd_payload(payload, events)

    def _take_odd_payload(self, payload: ServerSentEvent, events: list[StreamEvent]) -> None:
        """A payload that is no single object of the expected shape: the end marker, keep-alives, anything broken."""
        data = payload.data.strip()
        if not data:
            return
        if data.startswith(DONE):
            if self.done_is_proof:
                self.end(events)
            return
        chunks, is_whole = self._json.decode(data)
        if is_whole:
            self.payloads += max(1, len(chunks))
        else:
            self.payloads += len(chunks)
            self.undecodable += 1
            if payload.event == "error" and not chunks:
                self.report(StreamError("api", data.decode("utf-8", "replace")[:2000]), events)
        if is_whole and not chunks and payload.event == "error" and (error := _bare_error(data)):
            self.report(error, events)
        for chunk in chunks:
            if not self.is_done:
                self.take(chunk, payload.event, events)


def _bare_error(data: bytes) -> StreamError | None:
    """The error in the data of an `event: error` that is JSON and no object: a sentence in quotes."""
    message = message_of(data.decode("utf-8", "replace").strip('"'))
    return api_error({"error": message})
