"""One request's way to its connection, noted as it goes: what becomes its `ConnectionFacts`.

aiohttp's trace tells when names were looked up and how long the pool was full; the connection itself
(`tui.engine.connections`) knows when it stood and when it was encrypted.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Protocol, cast

import aiohttp

from tui.core.connection import ConnectionFacts
from tui.engine.clock import Clock


class Stamped(Protocol):
    """A connection that remembers its own beginning."""

    transport: asyncio.Transport | None
    opened_ns: int
    ready_ns: int


class Journey:
    """Made for each request; `arrive` ends it."""

    def __init__(self, connected: Callable[[ConnectionFacts], None], clock: Clock, proxy: str | None) -> None:
        self._connected = connected
        self._clock = clock
        self._proxy = proxy
        self.wants_http2 = False
        """Whether the server was to offer HTTP/2."""
        self._has_arrived = False
        self._create_ns: int | None = None
        self._slot_wait_ns: int | None = None
        self._slot_since_ns = 0
        self._dns_ns: int | None = None
        self._dns_since_ns: int | None = None

    def wait_for_slot(self) -> None:
        """The pool is full."""
        self._slot_since_ns = self._clock.now_ns()

    def take_slot(self) -> None:
        """There is room. Another request may be quicker, and the wait begins again."""
        waited_ns = self._clock.now_ns() - self._slot_since_ns
        self._slot_wait_ns = (self._slot_wait_ns or 0) + waited_ns

    def create(self) -> None:
        """A connection of its own is being made."""
        self._create_ns = self._clock.now_ns()

    def look_up(self) -> None:
        """The name is being looked up, by this request or for it by another one."""
        self._dns_since_ns = self._clock.now_ns()

    def found(self) -> None:
        """The name has addresses. Nothing to note for a written address, which nobody looked up."""
        if self._dns_since_ns is not None:
            self._dns_ns = self._clock.now_ns() - self._dns_since_ns

    def arrive(self, connection: Stamped, *, waited: bool = False) -> None:
        """`connection` carries the request. `waited`: for another request, which was opening it; it is not reused then.

        Only the first call counts: where HTTP/2 was declined the same connection is asked for twice.
        """
        if not self._has_arrived:
            self._has_arrived = True
            self._connected(self._facts(connection, waited=waited))

    def _facts(self, connection: Stamped, *, waited: bool) -> ConnectionFacts:
        transport = connection.transport
        tls = cast("ssl.SSLObject | None", transport.get_extra_info("ssl_object")) if transport else None
        cipher = tls.cipher() if tls else None
        is_http2 = tls is not None and tls.selected_alpn_protocol() == "h2"
        begun_ns = self._create_ns
        return ConnectionFacts(
            http_version="HTTP/2" if is_http2 else "HTTP/1.1",
            reused=begun_ns is None and not waited,
            peer=_peer(transport),
            proxy=self._proxy,
            tls_version=tls.version() if tls else None,
            cipher=cipher[0] if cipher else None,
            slot_wait_ns=self._slot_wait_ns,
            dns_ns=self._dns_ns,
            tcp_ns=connection.opened_ns - begun_ns - (self._dns_ns or 0) if begun_ns is not None else None,
            tls_ns=connection.ready_ns - connection.opened_ns if begun_ns is not None and tls else None,
            http2_declined=self.wants_http2 and not is_http2,
        )


def journey_trace() -> aiohttp.TraceConfig:
    """Writes into the `Journey` that was given to a request as its `trace_request_ctx`."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_queued_start.append(_noting(Journey.wait_for_slot))
    trace.on_connection_queued_end.append(_noting(Journey.take_slot))
    trace.on_connection_create_start.append(_noting(Journey.create))
    trace.on_dns_resolvehost_start.append(_noting(Journey.look_up))
    trace.on_dns_cache_hit.append(_noting(Journey.look_up))
    return trace


def _noting(note: Callable[[Journey], None]) -> Callable[..., Awaitable[None]]:
    async def heard(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        note(context.trace_request_ctx)

    return heard


def _peer(transport: asyncio.Transport | None) -> str | None:
    address = transport.get_extra_info("peername") if transport else None
    if not isinstance(address, tuple) or len(address) < 2:
        return None
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
