"""A real HTTP proxy on loopback: it tunnels every host to one port, passes plain requests on, or refuses."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.tls import TLSStream


@dataclass
class ConnectProxy:
    """The proxy; what it was asked, and how it answers."""

    to_port: int
    """Where every tunnel leads."""
    refusal: bytes | None = None
    """Sent instead of a tunnel, as it is; empty closes the connection without a word."""
    tls: ssl.SSLContext | None = None
    """What the proxy itself speaks TLS with. None for a plain one."""
    asked: list[str] = field(default_factory=list)
    """Heads of the requests it saw."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.shown}"

    @property
    def shown(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def serve(self, client: SocketStream) -> None:
        try:
            async with client:
                stream: ByteStream = client
                if self.tls is not None:
                    stream = await TLSStream.wrap(client, server_side=True, ssl_context=self.tls)
                await self._serve(stream)
        except (ssl.SSLError, anyio.BrokenResourceError, anyio.EndOfStream, anyio.ClosedResourceError):
            return

    async def _serve(self, client: ByteStream) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += await client.receive()
        top, _, rest = head.partition(b"\r\n\r\n")
        self.asked.append(top.decode())
        if self.refusal is not None:
            if self.refusal:
                await client.send(self.refusal)
            return
        async with await anyio.connect_tcp("127.0.0.1", self.to_port) as server, anyio.create_task_group() as tasks:
            if top.startswith(b"CONNECT "):
                await client.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await _send_some(server, rest)
            else:
                await server.send(head)
            tasks.start_soon(_pump, client, server)
            await _pump(server, client)
            tasks.cancel_scope.cancel()


async def _send_some(stream: ByteStream, data: bytes) -> None:
    if data:
        await stream.send(data)


async def _pump(source: ByteStream, sink: ByteStream) -> None:
    try:
        async for data in source:
            await sink.send(data)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass
    with anyio.CancelScope(shield=True):
        await anyio.aclose_forcefully(sink)


@asynccontextmanager
async def proxying(
    to_url: str, refusal: bytes | None = None, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[ConnectProxy]:
    """Run a proxy in front of the server at `to_url` until the block ends."""
    proxy = ConnectProxy(int(to_url.split(":")[2].partition("/")[0]), refusal, tls)
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        proxy.port = listener.extra(SocketAttribute.local_port)
        tasks.start_soon(listener.serve, proxy.serve)
        yield proxy
        tasks.cancel_scope.cancel()


def refusing(status: str, body: str = "") -> bytes:
    """A proxy's refusal."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
