"""aiohttp's connections and name lookups, where their habits would cost a stream its text, its time or its end.

Used by `tui.engine.http1` alone. Each of these was found by a test in tests/engine that fails without it; they reach
below aiohttp's public names, so look here first when a new version of it fails there.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any, cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection as Lease
from aiohttp.tracing import Trace

from tui.engine.clock import Clock
from tui.engine.journey import Journey


class Opening(aiohttp.ClientRequest):
    """Asks the pool for a connection that may speak HTTP/2; never sent. Other requests never offer it to a server."""


class ProxyFault(aiohttp.ClientError):
    """A proxy failed, not the server behind it; what it did is the cause."""

    def __init__(self, proxy: str, *, had_password: bool) -> None:
        super().__init__(f"the proxy {proxy} failed")
        self.proxy = proxy
        """Host and port."""
        self.had_password = had_password


class Connector(aiohttp.TCPConnector):
    """The pool."""

    def __init__(
        self,
        tls: ssl.SSLContext,
        limit: int,
        keepalive_s: float,
        clock: Clock,
        *,
        offering_http2: ssl.SSLContext | None = None,
    ) -> None:
        """`offering_http2`: how an `Opening` is encrypted."""
        super().__init__(limit=limit, keepalive_timeout=keepalive_s, ssl=tls, resolver=_Resolver())
        self._factory = cast("partial[ResponseHandler]", partial(StampedConnection, loop=self._loop, clock=clock))
        self._offering_http2 = offering_http2

    async def connect(self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout) -> Lease:
        """Get or make a connection, and tell the request's journey which."""
        lease = await super().connect(req, traces, timeout)
        try:
            for journey in _journeys(traces):
                journey.arrive(cast(StampedConnection, lease.protocol))
        except BaseException:
            lease.close()
            raise
        return lease

    async def _resolve_host(self, host: str, port: int, traces: Sequence[Trace] | None = None) -> list[ResolveResult]:
        found = await super()._resolve_host(host, port, traces=traces)
        for journey in _journeys(traces or ()):  # also of those who waited for another one's lookup
            journey.found()
        return found

    async def _create_proxy_connection(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> tuple[asyncio.BaseTransport, ResponseHandler]:
        proxy = req.proxy
        assert proxy is not None
        has_password = bool(req.proxy_headers)
        try:
            return await super()._create_proxy_connection(req, traces, timeout)
        except (aiohttp.ClientError, OSError) as exc:
            if isinstance(exc, aiohttp.ClientConnectorError) and (exc.host, exc.port) != (proxy.host, proxy.port):
                raise  # TLS with the server, inside of the tunnel
            raise ProxyFault(f"{proxy.host_subcomponent}:{proxy.port}", had_password=has_password) from exc

    def _get_ssl_context(self, req: aiohttp.ClientRequest) -> ssl.SSLContext | None:
        if isinstance(req, Opening) and self._offering_http2 is not None:
            return self._offering_http2
        return super()._get_ssl_context(req)


def _journeys(traces: Sequence[Trace]) -> Iterator[Journey]:
    return (cast(Journey, trace._trace_config_ctx.trace_request_ctx) for trace in traces)


class StampedConnection(ResponseHandler):
    """aiohttp's connection, with four habits changed, and two stamps for the journey."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock) -> None:
        super().__init__(loop)
        self._clock = clock
        self.opened_ns = clock.now_ns()
        """Made when the socket, or a proxy's tunnel, has been established, and before the TLS handshake."""
        self.ready_ns = self.opened_ns

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called after the TLS handshake, where there is one."""
        self.ready_ns = self._clock.now_ns()
        super().connection_made(transport)

    def take_over(self, successor: asyncio.Protocol) -> bytes:
        """Hand the transport to another protocol; returns what has arrived for it already."""
        assert self.transport is not None
        self.transport.set_protocol(successor)
        early, self._tail = self._tail, b""
        return early

    def is_connected(self) -> bool:
        """Asked before reuse: an answer that came without a request would be taken for the next request's."""
        return super().is_connected() and not self.should_close

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Only when it was paused: aiohttp asks for this after every read, and it costs as much as the read."""
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def close(self) -> None:
        """Cut it. Closing in order would first send the rest of a request that nobody waits for any more, and over TLS
        wait for the other side's goodbye, which a server that hangs never says."""
        self.abort()

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """A fault ends the body too. Garbage between two chunks would leave its reader waiting for ever."""
        super().set_exception(exc, *cause)
        body = self._payload
        if body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError(str(exc)))


class _Resolver(AbstractResolver):
    """Looks names up, each in a thread of its own.

    A lookup cannot be interrupted, and a dead name server is given up after half a minute. In the few threads that the
    loop shares, lookups which hang would hold up those of other streams, and the end of the program.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises OSError when it has none."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[ResolveResult]] = loop.create_future()

        def look_up() -> None:
            try:
                settle = partial(answer.set_result, _addresses(host, port, family))
            except BaseException as exc:  # whatever it is, it belongs to the one who asked
                settle = partial(answer.set_exception, exc)
            with suppress(RuntimeError):  # the loop has ended, and nobody asks any more
                loop.call_soon_threadsafe(lambda: None if answer.done() else settle())

        Thread(target=look_up, name=f"look up {host}", daemon=True).start()
        return await answer

    async def close(self) -> None:
        """Nothing to close: the threads end with their lookups."""


def _addresses(host: str, port: int, family: int) -> list[ResolveResult]:
    found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [
        ResolveResult(
            hostname=host,
            host=_numeric(address),
            port=port,
            family=kind,
            proto=proto,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )
        for kind, _, proto, _, address in found
    ]


def _numeric(address: tuple[Any, ...]) -> str:
    """The address as text; a link-local one names its interface."""
    return f"{address[0]}%{address[3]}" if len(address) == 4 and address[3] else str(address[0])
