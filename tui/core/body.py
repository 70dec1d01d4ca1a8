"""What a response body really is: an event stream, one JSON document, a web page, or nothing.

Content types lie in both directions, so the first byte that is not blank decides. Dialect decoders own a `BodyDecoder`
and see only the payloads it finds; the kinds of body that are no answer come out as a `StreamError`.
"""

import re
from typing import Literal

from tui.core.bounds import DEFAULT_BOUNDS, Bounds, size_text
from tui.core.errors import BoundExceeded
from tui.core.failure import StreamError
from tui.core.json_values import JsonArray, JsonLines
from tui.core.sse import BOM, ServerSentEvent, SSEDecoder, is_json
from tui.core.web_page import words_of_page

_BLANK = b" \t\r\n"
_HTML_KEPT = 64 * 1024
_BLANK_KEPT = 64 * 1024
"""Keep-alive blanks looked at before giving up on finding a JSON body or a page behind them."""


Framing = Literal["document", "lines", "array"]
"""A body that begins with JSON: one document, a value per line (Ollama), or an array sent bit by bit (Gemini)."""


class BodyDecoder:
    """Bytes of one response body to payloads, each with the event name it came under.

    A payload is an event's data, or a whole JSON body. Raises `BoundExceeded` as `SSEDecoder` does.
    """

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS, framing: Framing = "document") -> None:
        self.sse = SSEDecoder(bounds.event_bytes)
        self._bounds = bounds
        self._framing = framing
        self._values: JsonLines | JsonArray | None = None
        self._first = b""
        self._kind = "unknown"
        self._whole: list[bytes] = []
        self._whole_bytes = 0

    @property
    def comments(self) -> int:
        """Comment lines seen so far."""
        return self.sse.comments

    @property
    def is_between_payloads(self) -> bool:
        """Whether the next byte begins a payload, and what came before is settled: what kind of body this is, too."""
        return self.sse.is_idle if self._kind == "sse" else isinstance(self._values, JsonLines) and self._values.is_idle

    @property
    def is_empty(self) -> bool:
        """Whether nothing but white space has arrived."""
        return self._kind == "unknown"

    @property
    def is_web_page(self) -> bool:
        """Whether the body began like HTML or XML."""
        return self._kind == "page"

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The payloads completed by this read."""
        if self._kind == "sse":
            return self.sse.feed(data)
        if self._kind == "unknown":
            data = self._sniff(data)
            if self._kind == "sse":
                return self.sse.feed(data)
        if self._values is not None:
            return [ServerSentEvent(value) for value in self._values.feed(data)]
        if data and self._kind != "unknown":
            self._collect(data)
        return []

    def close(self) -> list[ServerSentEvent]:
        """End of body: the payloads that were still open."""
        if self._values is not None:
            return [ServerSentEvent(value) for value in self._values.close()]
        if self._kind == "json":
            return self._whole_document()
        if self._kind == "unknown" and self._first:
            return [*self.sse.feed(self._first), *self.sse.close()]
        return self.sse.close()

    def page_error(self, status: int | None) -> StreamError:
        """The error for a body that is a web page: its title and first line of text, never its markup."""
        found = words_of_page(b"".join(self._whole)[:_HTML_KEPT].removeprefix(BOM).decode("utf-8", "replace"))[:200]
        return StreamError(
            "protocol",
            "the server sent a web page, not an API answer; check the base URL"
            + (f" (it says: {found})" if found else ""),
            status=status,
        )

    def _sniff(self, data: bytes) -> bytes:
        self._first += data
        body = self._first.removeprefix(BOM).lstrip(_BLANK)
        if (not body or BOM.startswith(self._first)) and len(self._first) <= _BLANK_KEPT:
            return b""
        data, self._first = self._first, b""
        self._kind = {b"{": "json", b"[": "json", b"<": "page"}.get(body[:1], "sse")
        if self._framing == "lines" and body[:1] == b"{":
            self._values = JsonLines(self._bounds.event_bytes)
        elif self._framing == "array" and body[:1] == b"[":
            self._values = JsonArray(self._bounds.event_bytes)
        return data

    def _collect(self, data: bytes) -> None:
        self._whole_bytes += len(data)
        if self._kind == "json" and self._whole_bytes > self._bounds.event_bytes:
            raise BoundExceeded("the JSON body", size_text(self._bounds.event_bytes))
        if self._kind == "json" or self._whole_bytes <= _HTML_KEPT:
            self._whole.append(data)

    def _whole_document(self) -> list[ServerSentEvent]:
        """The document, and the event stream that gateways append to it (`data: [DONE]`)."""
        body = b"".join(self._whole).removeprefix(BOM)
        self._whole.clear()
        cut = _event_stream_start(body)
        return [ServerSentEvent(body[:cut]), *self.sse.feed(body[cut:]), *self.sse.close()]


def _event_stream_start(body: bytes) -> int:
    """Where SSE lines begin after a JSON document; `len(body)` when there are none.

    The cheap test first: a document that decodes as a whole has nothing behind it.
    """
    if is_json(body):
        return len(body)
    found = re.search(rb"[\r\n](?=data:)", body)
    return found.end() if found else len(body)
