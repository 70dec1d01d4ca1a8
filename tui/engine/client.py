"""The one HTTP client all streams share: an `httpx.AsyncClient` on aiohttp's connections.

The same API above, at a fraction of the CPU per chunk, and without the pool scan that delays many streams opened at
once (docs/performance.md). The transport adds nothing of its own: no cookies, no decompression, no redirects, no
retries, no time limits, no proxies of the environment; those decisions are ours. It speaks to `tui.engine.http` through
httpx's extensions: `connected` goes with a request and is called with whether its connection was reused; `read` comes
with a response and gives its body, one network read at a time.
"""

import io
import ssl
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import SimpleNamespace

import aiohttp
import httpx

from tui import __version__
from tui.engine.connections import Connector

MAX_CONNECTIONS = 1024
"""Far more than there are panes, so that no stream ever waits in the pool for another."""
KEEPALIVE_S = 60.0
HEADER_BYTES = 64 * 1024
"""The longest response header accepted; aiohttp's own limit of 8 KiB is less than some gateways send."""
_NO_LIMITS = aiohttp.ClientTimeout()
"""`tui.engine.fleet` keeps the time limits: a read time-out is renewed by every stray byte."""
_LARGE_BODY = 1024 * 1024
"""From here on aiohttp wants a file, which it sends in pieces, and warns when it gets bytes."""


def build_client(verify: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """Make the client. Loads the TLS roots (some 60 ms), so build it once, late, and off the event loop.

    Raises OSError when the environment names certificates that cannot be read. The connection pool inside is opened
    by the first request, in the loop that sends it.
    """
    return httpx.AsyncClient(
        transport=AiohttpTransport(verify or httpx.create_ssl_context()),
        timeout=None,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",  # a compressor holds tokens back until its block is full
            "User-Agent": f"sidestream/{__version__}",
        },
    )


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends httpx's requests over aiohttp's connections. Raises aiohttp's errors; `tui.engine.faults` words them."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self.session: aiohttp.ClientSession | None = None
        """None until the first request."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and wait for the response head."""
        if self.session is None:
            self.session = _session(self._tls)
        content = request.content
        response = await self.session.request(
            request.method,
            str(request.url),
            headers=request.headers.multi_items(),
            data=content if len(content) < _LARGE_BODY else io.BytesIO(content),
            allow_redirects=False,
            timeout=_NO_LIMITS,
            trace_request_ctx=request.extensions["connected"],
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

    async def aclose(self) -> None:
        """Close every connection."""
        if self.session is not None:
            await self.session.close()


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


def _session(tls: ssl.SSLContext) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=Connector(tls, MAX_CONNECTIONS, KEEPALIVE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        max_field_size=HEADER_BYTES,
        trace_configs=[_connection_trace()],
    )


def _connection_trace() -> aiohttp.TraceConfig:
    """Tell the request that its connection is ready, and whether it waited in the pool for it."""

    async def created(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx(False)

    async def reused(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx(True)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(created)
    trace.on_connection_reuseconn.append(reused)
    return trace
