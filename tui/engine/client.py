"""The one HTTP client all streams share.

An `httpx.AsyncClient` on aiohttp's transport: the same API and errors, at a fifth of the CPU per chunk and without the
pool scan that delays many streams opened at once (docs/performance.md). The transport must add nothing of its own: no
cookies, no decompression, no redirects, no retries, no time limits; those decisions are ours.
"""

import ssl
from contextvars import ContextVar
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from tui import __version__
from tui.core.stream import StreamState
from tui.engine.clock import Clock

MAX_CONNECTIONS = 1024
"""Far more than there are panes, so that no stream ever waits in the pool for another."""
KEEPALIVE_S = 60.0

CURRENT_STREAM: ContextVar[StreamState | None] = ContextVar("current_stream", default=None)
"""The stream whose task is running; aiohttp's connection events carry no request of their own."""


def build_client(clock: Clock, verify: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """Make the client. Loads the TLS roots (some 60 ms), so build it once, late, and off the event loop.

    The connection pool inside is opened by the first request, in the loop that sends it.
    """
    transport = AiohttpTransport(verify=verify or httpx.create_ssl_context(), client=None)
    tls = transport.ssl_context
    transport.client = lambda: _session(clock, tls)
    return httpx.AsyncClient(
        transport=transport,
        timeout=None,  # tui.engine.fleet keeps the time limits: a read time-out is renewed by every stray byte
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",  # a compressor holds tokens back until its block is full
            "User-Agent": f"sidestream/{__version__}",
        },
    )


def _session(clock: Clock, tls: ssl.SSLContext) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=MAX_CONNECTIONS, keepalive_timeout=KEEPALIVE_S, ssl=tls)
    return aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[_connection_trace(clock)]
    )


def _connection_trace(clock: Clock) -> aiohttp.TraceConfig:
    """Tell the running stream when its connection is ready, and whether it waited in the pool for it."""

    async def created(*_: object) -> None:
        if (state := CURRENT_STREAM.get()) is not None:
            state.connected(clock.now_ns(), reused=False)

    async def reused(*_: object) -> None:
        if (state := CURRENT_STREAM.get()) is not None:
            state.connected(clock.now_ns(), reused=True)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(created)
    trace.on_connection_reuseconn.append(reused)
    return trace
