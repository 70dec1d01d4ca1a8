"""What all decoders share: body to payloads, payloads to typed structs, counts, the end, and bodies that are no answer.

A dialect's decoder names the shape of its payloads and says in `take` what one of them means.
"""

from typing import ClassVar, Generic, TypeVar

import msgspec

from tui.core.body import BodyDecoder, Framing
from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.events import EndMarker, ErrorReported, StreamEvent
from tui.core.failure import StreamError, api_error, message_of
from tui.core.lenient_json import LenientDecoder
from tui.core.sse import DONE, ServerSentEvent

T = TypeVar("T", bound=msgspec.Struct)


class PayloadDecoder(Generic[T]):
    """One response body to events. Never raises anything but `BoundExceeded`."""

    shape: type[T]
    framing: ClassVar[Framing] = "document"
    """What a body that begins with JSON is: one document, a line per value, or an array sent bit by bit."""
    done_is_proof: ClassVar[bool] = True
    """Whether `[DONE]` ends an answer, or is only something gateways append."""

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self.payloads = 0
        self.undecodable = 0
        self.is_done = False
        """Nothing after the end marker or an error is read."""
        self._says_something = False
        """Whether any payload meant anything in this dialect."""
        self._body = BodyDecoder(bounds, self.framing)
        self._json = LenientDecoder(self.shape)

    def take(self, chunk: T, event_name: str, events: list[StreamEvent]) -> None:
        """Add to `events` what `chunk` means; `event_name` is the SSE event's name, often empty."""
        raise NotImplementedError

    @property
    def comments(self) -> int:
        """Comment lines so far."""
        return self._body.comments

    def feed(self, data: bytes) -> list[StreamEvent]:
        """The events this read completes."""
        events: list[StreamEvent] = []
        for payload in self._body.feed(data):
            self._take_payload(payload, events)
        if events:
            self._says_something = True
        return events

    def close(self, status: int | None = None) -> list[StreamEvent]:
        """End of body. `status` is the HTTP status, for the sentence about a body that was no answer."""
        events: list[StreamEvent] = []
        for payload in self._body.close():
            self._take_payload(payload, events)
        if self._body.is_web_page:
            events.append(ErrorReported(self._body.page_error(status)))
        elif self._body.is_empty:
            empty = StreamError("protocol", "the server answered with an empty body", status=status)
            events.append(ErrorReported(empty))
        elif self._body.is_json and self.payloads and not (self.undecodable or events or self._says_something):
            other = "the server sent JSON that is no answer of this API; check the base URL and the dialect"
            events.append(ErrorReported(StreamError("protocol", other, status=status)))
        return events

    def end(self, events: list[StreamEvent]) -> None:
        """The dialect's own end of the answer."""
        self.is_done = True
        events.append(EndMarker())

    def report(self, error: StreamError, events: list[StreamEvent]) -> None:
        """An error ends the answer: whether what follows it came in the same read or in the next may not matter."""
        self.is_done = True
        events.append(ErrorReported(error))

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
