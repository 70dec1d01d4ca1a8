"""httpx's requests over aiohttp's connections: the API everybody knows, at a fraction of the CPU per chunk, and without
the pool scan that delays many streams opened at once (docs/performance.md).

Nothing is added on the way: no cookies, no decompression, no redirects, no retries, no time limits, no proxies of the
environment; those decisions are ours. It speaks to `tui.engine.http` through httpx's extensions: `connected` goes with
a request and is called with the facts of its connection; `proxy` is the proxy it goes through, if any; `read` comes
with a response and gives its body, one network read at a time.
"""

import io
import ssl
from collections.abc import AsyncIterator, Callable

import aiohttp
import httpx

from tui.core.connection import ConnectionFacts
from tui.engine.clock import Clock, MonotonicClock
from tui.engine.connections import Connector
from tui.engine.journey import Journey, journey_trace
from tui.engine.proxies import Proxy

MAX_CONNECTIONS = 1024
"""Far more than there are panes, so that no stream ever waits in the pool for another."""
KEEPALIVE_S = 60.0
HEADER_BYTES = 64 * 1024
"""The longest response header accepted; aiohttp's own limit of 8 KiB is less than some gateways send."""
NO_LIMITS = aiohttp.ClientTimeout()
"""`tui.engine.fleet` keeps the time limits: a read time-out is renewed by every stray byte."""
_LARGE_BODY = 1024 * 1024
"""From here on aiohttp wants a file, which it sends in pieces, and warns when it gets bytes."""


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends httpx's requests over aiohttp's connections. Raises aiohttp's errors; `tui.engine.faults` words them."""

    def __init__(self, tls: ssl.SSLContext, clock: Clock | None = None) -> None:
        self._tls = tls
        self._clock = clock or MonotonicClock()
        self.session: aiohttp.ClientSession | None = None
        """None until the first request."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and wait for the response head."""
        return await self._send(request, self._journey(request))

    async def aclose(self) -> None:
        """Close every connection."""
        if self.session is not None:
            await self.session.close()

    async def _send(self, request: httpx.Request, journey: Journey) -> httpx.Response:
        """Over HTTP/1.1."""
        content, proxy = request.content, proxy_of(request)
        response = await self._opened_session().request(
            request.method,
            str(request.url),
            headers=_fields(request, proxy),
            data=content if len(content) < _LARGE_BODY else io.BytesIO(content),
            allow_redirects=False,
            timeout=NO_LIMITS,
            trace_request_ctx=journey,
            proxy=proxy.url if proxy else None,
            proxy_headers=proxy.headers if proxy else None,
        )
        body = _Body(response)
        return httpx.Response(
            response.status,
            headers=response.raw_headers,
            stream=body,
            extensions={
                "http_version": b"HTTP/1.1",
                "reason_phrase": (response.reason or "").encode("ascii", "replace"),
                "read": body.read,
            },
        )

    def _journey(self, request: httpx.Request) -> Journey:
        connected: Callable[[ConnectionFacts], None] = request.extensions["connected"]
        proxy = proxy_of(request)
        return Journey(connected, self._clock, proxy.shown if proxy else None)

    def _opened_session(self) -> aiohttp.ClientSession:
        if self.session is None:
            self.session = aiohttp.ClientSession(
                connector=self._connector(),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                max_field_size=HEADER_BYTES,
                trace_configs=[journey_trace()],
            )
        return self.session

    def _connector(self) -> Connector:
        return Connector(self._tls, MAX_CONNECTIONS, KEEPALIVE_S, self._clock)


def proxy_of(request: httpx.Request) -> Proxy | None:
    """The proxy that was chosen for `request`."""
    proxy: Proxy | None = request.extensions.get("proxy")
    return proxy


def _fields(request: httpx.Request, proxy: Proxy | None) -> list[tuple[str, str]]:
    """The request's headers. Without TLS it is the request itself that a proxy reads, so it bears the proxy's too."""
    fields = request.headers.multi_items()
    return fields + list(proxy.headers.items()) if proxy and request.url.scheme == "http" else fields


class _Body(httpx.AsyncByteStream):
    """A response body for httpx; `tui.engine.http` passes by it and calls `read`, which costs a third of the CPU."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._content = response.content

    async def read(self) -> bytes:
        """What has arrived since the last call, waiting for something; empty at the end of the body.

        A fault is raised after everything that came before it. aiohttp alone would raise it first and drop the rest.
        """
        content = self._content
        if content.exception() is not None and content._buffer:
            return content._read_nowait(-1)
        return await content.readany()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self.read():
            yield data

    async def aclose(self) -> None:
        """Give the connection back, or cut it when the body was not read to its end. Never suspends."""
        self._response.release()
