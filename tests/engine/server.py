"""A loopback server that does what a script says: raw HTTP/1.1 over real sockets, one script per model.

A script is a coroutine function which is given the `Exchange` and says, byte for byte and event by event, what the
other side does. Nothing here waits for a time: scripts wait for events, and tests wait for what the server saw.
"""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import anyio

DONE = b"data: [DONE]\n\n"


class ClientGoneError(Exception):
    """The client closed the connection a script was writing to; the script ends there."""


def event(text: str, finish: str | None = None) -> bytes:
    """One chat chunk as a server-sent event."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return b"data: %s\n\n" % json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode()


def head(status: str = "200 OK", **headers: str) -> bytes:
    """A response head; chunked unless a length is given. Underscores in names stand for hyphens."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if not {"content-length", "connection"} & {name.lower() for name in fields}:
        fields["Transfer-Encoding"] = "chunked"
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def framed(data: bytes) -> bytes:
    """`data` as one chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


@dataclass
class Exchange:
    """One request and the connection its answer goes to."""

    connection: "Connection"
    request_line: str
    headers: dict[str, str]
    body: bytes

    @property
    def model(self) -> str:
        """The model asked for; empty when the body names none."""
        return str(json.loads(self.body).get("model", "")) if self.body else ""

    async def send(self, data: bytes) -> None:
        """Bytes as they are. Waits while the client does not read."""
        await self.connection.send(data)

    async def begin(self) -> None:
        """The head of an event stream."""
        await self.send(head(Content_Type="text/event-stream"))

    async def text(self, text: str, finish: str | None = None) -> None:
        """One event in one chunk."""
        await self.send(framed(event(text, finish)))

    async def finish(self) -> None:
        """The end marker and the last chunk."""
        await self.send(framed(event("", "stop")) + framed(DONE) + LAST_CHUNK)

    async def hang(self) -> None:
        """Nothing more until the client goes."""
        await self.connection.closed.wait()
        raise ClientGoneError


Script = Callable[[Exchange], Awaitable[None]]


class Connection(asyncio.Protocol):
    """One accepted connection: requests in, bytes out, and the moment it was seen closed."""

    def __init__(self, server: "Server") -> None:
        self.server = server
        self.requests: list[Exchange] = []
        self.closed = anyio.Event()
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._buffer = bytearray()
        self._arrived: asyncio.Queue[Exchange] = asyncio.Queue()
        self._writable = anyio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.server.connections.append(self)
        self.server.tasks.start_soon(self._serve, name="server connection")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (exchange := self._next_request()) is not None:
            self.requests.append(exchange)
            self._arrived.put_nowait(exchange)
            self.server.noticed()

    def eof_received(self) -> bool:
        self._note_closed()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._note_closed()

    def pause_writing(self) -> None:
        self._writable = anyio.Event()

    def resume_writing(self) -> None:
        self._writable.set()

    async def send(self, data: bytes) -> None:
        if self.closed.is_set():
            raise ClientGoneError
        self.transport.write(data)
        await self._writable.wait()

    def close(self) -> None:
        """End the connection in order, after what was written."""
        self.transport.close()

    def reset(self) -> None:
        """End it with a RST."""
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _note_closed(self) -> None:
        if not self.closed.is_set():
            self.closed.set()
            self._writable.set()

    def _next_request(self) -> Exchange | None:
        top, blank, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not blank:
            return None
        request_line, *lines = top.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        self._buffer = bytearray(rest[length:])
        return Exchange(self, request_line, headers, rest[:length])

    async def _serve(self) -> None:
        while not self.closed.is_set():
            exchange = await self._arrived.get()
            try:
                await self.server.script_for(exchange)(exchange)
            except ClientGoneError:
                return


@dataclass
class Server:
    """The listening side. `scripts` by model; `""` is the one for every other model."""

    tasks: anyio.abc.TaskGroup
    scripts: dict[str, Script] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    url: str = ""
    """The base URL of a target, without a trailing slash."""
    noticed: Callable[[], None] = lambda: None
    """Called after each request that arrived, for those who wait for one."""

    def script_for(self, exchange: Exchange) -> Script:
        return self.scripts.get(exchange.model) or self.scripts[""]

    @property
    def requests(self) -> list[Exchange]:
        """All requests, by connection."""
        return [exchange for connection in self.connections for exchange in connection.requests]

    def connection_of(self, model: str) -> Connection:
        """The connection that carried the latest request for `model`."""
        return [exchange.connection for exchange in self.requests if exchange.model == model][-1]


@asynccontextmanager
async def serving(
    script: Script | None = None, /, *, tls: ssl.SSLContext | None = None, **scripts: Script
) -> AsyncIterator[Server]:
    """Serve on a free loopback port until the block ends: `scripts` by model, `script` for all others.

    An exception in a script fails the test.
    """
    loop = asyncio.get_running_loop()
    async with anyio.create_task_group() as tasks:
        server = Server(tasks, {**scripts, **({"": script} if script else {})})
        listener = await loop.create_server(lambda: Connection(server), "127.0.0.1", 0, ssl=tls)
        port = listener.sockets[0].getsockname()[1]
        server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1"
        try:
            yield server
        finally:
            listener.close()
            for connection in server.connections:
                connection.transport.abort()
            tasks.cancel_scope.cancel()


async def good(exchange: Exchange) -> None:
    """A whole answer of three tokens: `one two three`."""
    await exchange.begin()
    for text in ("one ", "two ", "three"):
        await exchange.text(text)
    await exchange.finish()


def answering(data: bytes) -> Script:
    """Send `data` at once and keep the connection."""

    async def script(exchange: Exchange) -> None:
        await exchange.send(data)

    return script


def answering_json(status: str, body: Any, **headers: str) -> Script:
    """A whole JSON response."""
    data = json.dumps(body).encode()
    return answering(head(status, Content_Type="application/json", Content_Length=str(len(data)), **headers) + data)
