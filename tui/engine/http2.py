"""HTTP/2 for the providers that ask for it: several streams on one of aiohttp's connections.

The connection is made by aiohttp like any other, with its proxies, name lookups and faults, and handed over when the
server has chosen HTTP/2; where it chooses HTTP/1.1 everything goes on as without. httpx's own HTTP/2 was tried first:
it lets a cancelled stream run on at the server's expense, and its streams take turns in reading, so that the text of
one waits until another one's comes. Needs the `http2` extra.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial

import anyio
import httpx
from aiohttp.connector import Connection as Lease
from aiohttp.tracing import Trace
from yarl import URL

from tui.engine.clock import Clock
from tui.engine.connections import Connector, Opening, StampedConnection
from tui.engine.http1 import KEEPALIVE_S, MAX_CONNECTIONS, NO_LIMITS, AiohttpTransport, proxy_of
from tui.engine.http2_connection import Headers, Http2Connection, Http2Stream
from tui.engine.http2_errors import Http2Violation
from tui.engine.journey import Journey, journey_trace
from tui.engine.proxies import Proxy

_OF_ONE_CONNECTION = frozenset({b"host", b"connection", b"keep-alive", b"transfer-encoding", b"upgrade"})
"""Headers that HTTP/2 has no use for, and forbids."""


@dataclass(frozen=True, slots=True)
class _Way:
    """Requests with equal values may share a connection."""

    host: str
    port: int | None
    proxy: Proxy | None


@dataclass(slots=True)
class _Shared:
    """A live connection, and what it was made of."""

    http2: Http2Connection
    lease: Lease
    made: StampedConnection


@dataclass(slots=True)
class _Attempt:
    """A connection being made, and the requests that wait for it."""

    done: anyio.Event = field(default_factory=anyio.Event)
    failure: Exception | None = None


class Http2Transport(AiohttpTransport):
    """Speaks HTTP/2 over https where the server offers it, HTTP/1.1 otherwise."""

    def __init__(self, tls: ssl.SSLContext, offering: ssl.SSLContext, clock: Clock | None = None) -> None:
        """`offering`: the context that offers HTTP/2 to the server."""
        super().__init__(tls, clock)
        self._offering = offering
        self._shared: dict[_Way, list[_Shared]] = {}
        self._attempts: dict[_Way, _Attempt] = {}
        self._declined: set[_Way] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and wait for the response head."""
        journey = self._journey(request)
        shared = await self._connection_for(request, journey) if request.url.scheme == "https" else None
        if shared is None:
            return await self._send(request, journey)
        return await _exchange(request, shared.http2)

    async def aclose(self) -> None:
        """Close every connection."""
        for shared in [shared for sharing in self._shared.values() for shared in sharing]:
            shared.http2.close()
        await super().aclose()

    async def _connection_for(self, request: httpx.Request, journey: Journey) -> _Shared | None:
        """A connection with room for one more stream. None when the server speaks only HTTP/1.1.

        One request opens it while others wait; they share its failure too.
        """
        way = _Way(request.url.host, request.url.port, proxy_of(request))
        waited = False
        while True:
            live = next((shared for shared in self._shared.get(way, ()) if shared.http2.takes_streams), None)
            if live is not None:
                journey.arrive(live.made, waited=waited)
                return live
            if way in self._declined:
                return None
            attempt = self._attempts.get(way)
            if attempt is None:
                return await self._open(way, request, journey)
            waited = True
            await attempt.done.wait()
            if attempt.failure is not None:
                raise attempt.failure

    async def _open(self, way: _Way, request: httpx.Request, journey: Journey) -> _Shared | None:
        """Open a connection for this request; the others go on when the server has said how many streams it takes."""
        attempt = self._attempts[way] = _Attempt()

        def settled() -> None:
            del self._attempts[way]
            attempt.done.set()

        try:
            lease = await self._lease(request, journey)
        except BaseException as exc:
            attempt.failure = exc if isinstance(exc, Exception) else None
            settled()
            raise
        return self._share(way, lease, settled)

    async def _lease(self, request: httpx.Request, journey: Journey) -> Lease:
        session, proxy = self._opened_session(), proxy_of(request)
        opening = Opening(
            request.method,
            URL(str(request.url)),
            session=session,
            loop=asyncio.get_running_loop(),
            proxy=URL(proxy.url) if proxy else None,
            proxy_headers=proxy.headers if proxy else None,
        )
        trace = journey_trace()
        trace.freeze()
        traces = [Trace(session, trace, trace.trace_config_ctx(trace_request_ctx=journey))]
        assert session.connector is not None
        return await session.connector.connect(opening, traces, NO_LIMITS)

    def _share(self, way: _Way, lease: Lease, settled: Callable[[], None]) -> _Shared | None:
        """Put a fresh connection to use. Never suspends."""
        made = lease.protocol
        assert isinstance(made, StampedConnection)
        assert made.transport is not None
        tls = made.transport.get_extra_info("ssl_object")
        if tls is None or tls.selected_alpn_protocol() != "h2":
            self._declined.add(way)
            lease.release()  # into the pool, where the request itself finds it
            settled()
            return None
        http2 = Http2Connection(settled, partial(self._forget, way), KEEPALIVE_S)
        shared = _Shared(http2, lease, made)
        self._shared.setdefault(way, []).append(shared)
        http2.begin(made.transport, made.take_over(http2))
        return shared

    def _forget(self, way: _Way, gone: Http2Connection) -> None:
        for shared in [shared for shared in self._shared.get(way, ()) if shared.http2 is gone]:
            self._shared[way].remove(shared)
            shared.lease.close()

    def _journey(self, request: httpx.Request) -> Journey:
        journey = super()._journey(request)
        journey.wants_http2 = request.url.scheme == "https"
        return journey

    def _connector(self) -> Connector:
        return Connector(self._tls, MAX_CONNECTIONS, KEEPALIVE_S, self._clock, offering_http2=self._offering)


async def _exchange(request: httpx.Request, connection: Http2Connection) -> httpx.Response:
    body = request.content
    stream = connection.open_stream(_headers_of(request), has_body=bool(body))
    try:
        await stream.send(body)
        headers = await stream.response()
        status = int(dict(headers)[b":status"])
    except (KeyError, ValueError) as exc:
        stream.close()
        raise Http2Violation("a response without a status") from exc
    except BaseException:
        stream.close()
        raise
    return httpx.Response(
        status,
        headers=[(name, value) for name, value in headers if not name.startswith(b":")],
        stream=_Body(stream),
        extensions={"http_version": b"HTTP/2", "read": stream.read},
    )


class _Body(httpx.AsyncByteStream):
    """A response body for httpx; `tui.engine.http` passes by it and calls `read`."""

    def __init__(self, stream: Http2Stream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self._stream.read():
            yield data

    async def aclose(self) -> None:
        """Leave the stream; the connection stays. Never suspends."""
        self._stream.close()


def _headers_of(request: httpx.Request) -> Headers:
    fields = [(name.lower(), value) for name, value in request.headers.raw]
    if broken := [name for name, value in fields if any(end in value for end in b"\r\n\0")]:
        raise ValueError(f"the header {broken[0].decode('latin-1')} holds a line end")
    return [
        (b":method", request.method.encode("ascii")),
        (b":scheme", b"https"),
        (b":authority", request.headers["host"].encode("ascii")),
        (b":path", request.url.raw_path),
        *((name, value) for name, value in fields if name not in _OF_ONE_CONNECTION),
    ]
