"""A real HTTP/2 server over loopback TLS that does what a script says, one script per model, on the `h2` package.

The other side of `tui.engine.http2_connection`, written apart from it. Scripts send frames; tests wait for what it saw.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import anyio
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded, StreamReset, WindowUpdated
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings

from tests.engine.server import DONE, event


@dataclass
class Http2Exchange:
    """One request, and the stream its answer goes to."""

    connection: "Http2Server"
    stream_id: int
    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)
    reset: anyio.Event = field(default_factory=anyio.Event)
    """The client broke it off."""
    reset_code: int | None = None

    async def begin(self, status: str = "200", *, ends: bool = False, **headers: str) -> None:
        """The head."""
        fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.connection.h2.send_headers(self.stream_id, [(":status", status), *fields], end_stream=ends)
        self.connection.flush()

    async def send(self, data: bytes, *, ends: bool = False) -> None:
        """Body bytes, as the client's window allows."""
        while data or ends:
            room = min(self.connection.h2.local_flow_control_window(self.stream_id), 16_000)
            if room <= 0:
                await self.connection.window_grown()
                continue
            last = ends and len(data) <= room
            self.connection.h2.send_data(self.stream_id, data[:room], end_stream=last)
            self.connection.flush()
            data = data[room:]
            if last:
                return

    async def text(self, text: str) -> None:
        """One event."""
        await self.send(event(text))

    async def finish(self) -> None:
        """The end marker and the end of the stream."""
        await self.send(event("", "stop") + DONE, ends=True)

    def rst(self, code: int = ErrorCodes.INTERNAL_ERROR) -> None:
        """End this stream with an error."""
        self.connection.h2.reset_stream(self.stream_id, code)
        self.connection.flush()

    async def hang(self) -> None:
        """Nothing more until the client breaks it off."""
        await self.reset.wait()


Script2 = Callable[[Http2Exchange], Awaitable[None]]


class Http2Server(asyncio.Protocol):
    """One accepted connection."""

    def __init__(self, listener: "Listening") -> None:
        self.listener = listener
        self.h2 = H2Connection(H2Configuration(client_side=False))
        self.exchanges: dict[int, Http2Exchange] = {}
        self.closed = anyio.Event()
        self.transport = cast(asyncio.Transport, None)
        self._window = anyio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.listener.connections.append(self)
        if self.listener.most_streams is not None:
            limit = {SettingCodes.MAX_CONCURRENT_STREAMS: self.listener.most_streams}
            self.h2.local_settings = Settings(client=False, initial_values=limit)
        self.h2.initiate_connection()
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()
        for exchange in self.exchanges.values():
            exchange.reset.set()

    def data_received(self, data: bytes) -> None:
        for happened in self.h2.receive_data(data):
            match happened:
                case RequestReceived():
                    headers = {name.decode(): value.decode() for name, value in happened.headers}
                    self.exchanges[happened.stream_id] = Http2Exchange(self, happened.stream_id, headers)
                case DataReceived():
                    self.exchanges[happened.stream_id].body += happened.data
                    self.h2.acknowledge_received_data(happened.flow_controlled_length, happened.stream_id)
                case StreamEnded():
                    self.listener.tasks.start_soon(
                        self._serve, self.exchanges[happened.stream_id], name="server stream"
                    )
                    self.listener.noticed()
                case StreamReset():
                    self.exchanges[happened.stream_id].reset_code = happened.error_code
                    self.exchanges[happened.stream_id].reset.set()
                case WindowUpdated():
                    self._window.set()
                    self._window = anyio.Event()
        self.flush()

    def flush(self) -> None:
        self.transport.write(self.h2.data_to_send())

    def goaway(self, code: int = ErrorCodes.NO_ERROR, last: int | None = None, reason: bytes | None = None) -> None:
        """Say that the connection ends; h2 itself would then refuse to go on with the streams that are served."""
        state = self.h2.state_machine.state
        self.h2.close_connection(code, reason, last)
        self.flush()
        self.h2.state_machine.state = state

    async def window_grown(self) -> None:
        await self._window.wait()

    async def _serve(self, exchange: Http2Exchange) -> None:
        model = str(json.loads(bytes(exchange.body)).get("model", ""))
        script = self.listener.scripts.get(model) or self.listener.scripts[""]
        try:
            await script(exchange)
        except H2Error:
            assert exchange.reset.is_set() or self.transport.is_closing(), "a script broke the rules"


@dataclass
class Listening:
    """The listening side."""

    tasks: anyio.abc.TaskGroup
    scripts: dict[str, Script2]
    most_streams: int | None = None
    connections: list[Http2Server] = field(default_factory=list)
    url: str = ""
    noticed: Callable[[], None] = lambda: None

    @property
    def exchanges(self) -> list[Http2Exchange]:
        return [exchange for connection in self.connections for exchange in connection.exchanges.values()]


@asynccontextmanager
async def serving_http2(
    script: Script2, /, *, tls: ssl.SSLContext, most_streams: int | None = None, **scripts: Script2
) -> AsyncIterator[Listening]:
    """Serve on a free loopback port until the block ends: `scripts` by model, `script` for all others."""
    async with anyio.create_task_group() as tasks:
        listening = Listening(tasks, {**scripts, "": script}, most_streams)
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: Http2Server(listening), "127.0.0.1", 0, ssl=tls)
        listening.url = f"https://localhost:{listener.sockets[0].getsockname()[1]}/v1"
        try:
            yield listening
        finally:
            listener.close()
            for connection in listening.connections:
                connection.transport.abort()
            tasks.cancel_scope.cancel()


async def good2(exchange: Http2Exchange) -> None:
    """A whole answer of three tokens: `one two three`."""
    await exchange.begin(content_type="text/event-stream")
    for text in ("one ", "two ", "three"):
        await exchange.text(text)
    await exchange.finish()
