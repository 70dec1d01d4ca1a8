"""What a fault works with: one request, the connection it came by, and an answer that could be given to it.

Everything is written through the connection, so that the code of a fault reads as what goes over the wire.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass

from tui.demo.exchange import Exchange
from tui.demo.faults.wire import Wire
from tui.demo.script import Accept, Begin, Finish, FinishReason, HttpError, Step, Text
from tui.demo.tokens import split_tokens

BEGINNING_TOKENS = 12
"""How much is said before something happens in mid-answer."""
FLOOD_BYTES = 64 * 1024 * 1024
"""Where every endless thing ends after all: nobody's disk or memory shall be filled by a client that keeps it."""
BLOCK_BYTES = 64 * 1024
_TOKEN_S = 0.025
_SETTLE_S = 0.5
_ANSWER = (
    "This answer comes with the fault {name}, and a good client shows all of it that has arrived. It is short on "
    "purpose, so that the end is soon reached where there is one, and it says naïve, 虹 and 🌈 because those take "
    "more than one byte for each character."
)


def answer_text(name: str) -> str:
    """The whole answer under this fault."""
    return _ANSWER.replace("{name}", name)


def beginning_of(text: str) -> str:
    """What of it is said before something happens."""
    return "".join(split_tokens(text)[:BEGINNING_TOKENS])


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, as far as faults look at it."""

    headers: dict[str, str]
    """Names in lower case."""
    path: str
    attempt: int
    """Which one this is of equal requests, counted from 1."""


class Stage:
    """One fault being played."""

    def __init__(self, name: str, wire: Wire, exchange: Exchange, request: Request, speed: float) -> None:
        self.name = name
        self.wire = wire
        self.writer = exchange.writer
        self.request = request
        self._speed = speed
        self._tokens = split_tokens(answer_text(name))
        self._said = 0

    @property
    def is_sse(self) -> bool:
        """Whether this dialect streams server-sent events, and not lines of JSON or an array."""
        return self.writer.stream_media_type.startswith("text/event-stream")

    # -- time -------------------------------------------------------------------------------------------------------

    async def pause(self, seconds: float) -> None:
        """Wait as long as the server's speed makes of it; at speed 0 only the loop gets its turn."""
        await asyncio.sleep(seconds / self._speed if self._speed else 0)

    async def settle(self) -> None:
        """Let the client read what was sent: a reset throws away what it has not. Not scaled, as the client is not."""
        await asyncio.sleep(_SETTLE_S)

    async def for_ever(self) -> None:
        """Nothing more, until the client goes."""
        await asyncio.Event().wait()

    # -- raw bytes --------------------------------------------------------------------------------------------------

    async def send(self, data: bytes) -> None:
        """Bytes as they are."""
        await self.wire.send(data)

    async def flood(self, block: bytes, *, chunked: bool = True) -> None:
        """The same block until the client goes or `FLOOD_BYTES` are reached."""
        for _ in range(FLOOD_BYTES // len(block)):
            await (self.chunk(block) if chunked else self.send(block))

    # -- HTTP -------------------------------------------------------------------------------------------------------

    async def head(self, status: str = "200 OK", **headers: str) -> None:
        """A response head; chunked unless it has a length. Underscores in names stand for hyphens, "" leaves one out.

        `Connection: close` is said unless it is given, because the connection does end with the answer.
        """
        await self.send(self.head_bytes(status, **headers))

    def head_bytes(self, status: str = "200 OK", **headers: str) -> bytes:
        """What `head` sends."""
        fields = {"connection": "close"} | {name.replace("_", "-").lower(): value for name, value in headers.items()}
        if "content-length" not in fields:
            fields = {"transfer-encoding": "chunked"} | fields
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items() if value), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    async def chunk(self, data: bytes) -> None:
        """`data` as one chunk of a chunked body; nothing for no data, as that would end it."""
        if data:
            await self.send(b"%x\r\n%b\r\n" % (len(data), data))

    async def end_body(self) -> None:
        """The last chunk."""
        await self.send(b"0\r\n\r\n")

    async def reply(self, status: str, body: bytes, content_type: str, **headers: str) -> None:
        """A whole response."""
        length = str(len(body))
        await self.send(self.head_bytes(status, content_type=content_type, content_length=length, **headers) + body)

    async def refuse(self, error: HttpError, phrase: str, **headers: str) -> None:
        """An error response in the words of the dialect."""
        reply = self.writer.error(error)
        own = {name.replace("-", "_"): value for name, value in reply.headers.items()} | headers
        content_type = own.pop("content_type")
        await self.reply(f"{error.status} {phrase}", reply.body, content_type, **own)

    # -- the answer -------------------------------------------------------------------------------------------------

    def event(self, step: Step) -> bytes:
        """What the dialect writes for one step."""
        return self.writer.write(step)

    def opening(self) -> bytes:
        """What comes before the first token."""
        return self.event(Accept()) + self.event(Begin(0))

    def some(self, tokens: int) -> Iterator[bytes]:
        """The events of the next tokens of the answer."""
        pieces = self._tokens[self._said : self._said + tokens]
        self._said += len(pieces)
        return (self.event(Text(0, piece)) for piece in pieces)

    def rest(self) -> Iterator[bytes]:
        """The events of all tokens that have not been said."""
        return self.some(len(self._tokens))

    def ending(self, reason: FinishReason = "stop") -> bytes:
        """The finish reason and the end marker."""
        return self.event(Finish(0, reason)) + b"".join(self.writer.ending())

    def whole(self) -> bytes:
        """The body of a whole answer."""
        return self.opening() + b"".join(self.rest()) + self.ending()

    async def begin(self, **headers: str) -> None:
        """The head of a stream and its opening."""
        await self.head(**({"content_type": self.writer.stream_media_type} | headers))
        await self.chunk(self.opening())

    async def say(self, tokens: int = BEGINNING_TOKENS) -> None:
        """The next tokens, at a pace that can be watched."""
        for event in self.some(tokens):
            await self.pause(_TOKEN_S)
            await self.chunk(event)

    async def begin_and_say(self, **headers: str) -> None:
        """The head and the beginning of the answer."""
        await self.begin(**headers)
        await self.say()

    async def go_on(self) -> None:
        """The rest of the answer, its end and the end of the body."""
        await self.say(len(self._tokens))
        await self.chunk(self.ending())
        await self.end_body()

    # -- beside the answer ------------------------------------------------------------------------------------------

    def keep_alive(self) -> bytes:
        """What servers send so that nobody hangs up: a comment, or a blank line where there are none."""
        return b": keep-alive\n\n" if self.is_sse else b"\n"

    def payload(self, json_text: bytes) -> bytes:
        """One event with this data, which need not be JSON."""
        return b"data: %b\n\n" % json_text if self.is_sse else json_text + b"\n"

    def altered(self, events: bytes, **values: object) -> bytes:
        """The events with these values wherever their JSON has a field of that name."""
        lines = events.replace(b"\r\n", b"\n").split(b"\n")
        return b"\n".join(_altered_line(line, values) for line in lines)


def _altered_line(line: bytes, values: dict[str, object]) -> bytes:
    start = line.find(b"{")
    if start < 0:
        return line
    payload = _altered(json.loads(line[start:]), values)
    return line[:start] + json.dumps(payload, ensure_ascii=False).encode()


def _altered(value: object, values: dict[str, object]) -> object:
    if isinstance(value, dict):
        return {name: values.get(name, _altered(inner, values)) for name, inner in value.items()}
    if isinstance(value, list):
        return [_altered(item, values) for item in value]
    return value
