"""One HTTP try: send the request, stamp each read, feed the stream's state, leave the connection reusable.

`HttpTransport` is what the fleet is given; everything that imports an HTTP library is behind it.
"""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace

import anyio
import httpx
from anyio.lowlevel import checkpoint

from tui.core.connection import ConnectionFacts
from tui.core.errors import ConfigError
from tui.core.failure import StreamError, http_error
from tui.core.figures import grouped
from tui.core.network import Network, clear_text_refusal
from tui.core.redact import Redactor, is_secret_name
from tui.core.request import HttpRequest
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine.client import build_client
from tui.engine.clients import Clients
from tui.engine.clock import Clock
from tui.engine.content import PIECE_BYTES, unpacker
from tui.engine.credentials import TargetAuth
from tui.engine.faults import NETWORK_FAULTS, stream_error, unsendable
from tui.engine.launch_gate import LaunchGate
from tui.engine.model_list import FetchError
from tui.engine.proxies import proxy_for

DRAIN_S = 0.25
"""How long the rest of a finished body is waited for. Leaving it unread would cost the connection."""
DRAIN_BYTES = 64 * 1024
ERROR_BODY_S = 5.0
"""How long the body of an error response is waited for; its status is reported in any case."""

Read = Callable[[], Awaitable[bytes]]
"""The next network read of a body as it came; empty at its end. `tui.engine.http1` provides it."""


class HttpTransport:
    """The shared clients, as the fleet sees them."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        clock: Clock,
        make_client: Callable[[Network], httpx.AsyncClient] = lambda network: build_client(network=network),
    ) -> None:
        """`client` is the one for the usual way; other ways to the network get theirs when they are first taken."""
        self._clients = Clients(client, make_client)
        self._clock = clock
        self._gate = LaunchGate()

    async def attempt(self, state: StreamState, request: HttpRequest, changed: Callable[[], None]) -> None:
        """Run one try to its end. Network faults end up in `state`, cancellation passes through."""
        try:
            response = await self._send(state, request, changed)
            if response is not None:
                try:
                    state.respond(response.status_code, dict(response.headers), self._clock.now_ns())
                    changed()
                    await _read(response, state, self._clock, changed)
                finally:
                    await response.aclose()  # never suspends, so a second cancellation cannot leave the socket open
        except NETWORK_FAULTS as exc:
            state.fail(stream_error(exc, state.target), self._clock.now_ns())
        finally:
            changed()

    async def fetch(self, target: Target, request: HttpRequest, limit: int, redactor: Redactor) -> bytes:
        """The whole body `target`'s server answers `request` with: no stream, and nothing is timed.

        Raises `FetchError` when it does not come, is an error's, or is longer than `limit` bytes.
        """
        refusal = clear_text_refusal(request.url, target.network, has_key=_bears_key(request, target))
        if refusal is not None:
            raise FetchError(StreamError("protocol", refusal, type="clear_text"))
        try:
            client = await self._clients.for_way(target.network)
            outgoing = client.build_request(
                request.method,
                request.url,
                headers={"Accept": "application/json", **request.headers},
                extensions={"connected": lambda _facts: None, "proxy": proxy_for(request.url, target.network)},
            )
            response = await client.send(outgoing, auth=TargetAuth(target), stream=True)
            try:
                return await _whole_body(response, target, limit, redactor)
            finally:
                await response.aclose()
        except ConfigError as exc:
            raise FetchError(StreamError("transport", str(exc), type="network")) from None
        except NETWORK_FAULTS as exc:
            raise FetchError(stream_error(exc, target)) from None
        except ValueError as exc:
            raise FetchError(unsendable(exc, target)) from None

    async def aclose(self) -> None:
        """Close every connection."""
        await self._clients.aclose()

    async def _send(
        self, state: StreamState, request: HttpRequest, changed: Callable[[], None]
    ) -> httpx.Response | None:
        """Wait for the response head. None when this request can never be sent, which is then in `state`."""

        def connected(facts: ConnectionFacts) -> None:
            state.connected(self._clock.now_ns(), reused=facts.reused, facts=facts)
            changed()

        target = state.target
        refusal = clear_text_refusal(request.url, target.network, has_key=_bears_key(request, target))
        if refusal is not None:
            state.fail(StreamError("protocol", refusal, type="clear_text"), self._clock.now_ns())
            return None
        try:
            client = await self._clients.for_way(target.network)
            outgoing = client.build_request(
                request.method,
                request.url,
                content=request.body,
                headers={"Content-Type": "application/json", **request.headers},
                extensions={"connected": connected, "proxy": proxy_for(request.url, target.network)},
            )
            state.request = replace(request, url=str(outgoing.url), headers=dict(outgoing.headers))
            await self._gate.turn()
            state.start(self._clock.now_ns())
            changed()
            return await client.send(outgoing, auth=TargetAuth(target), stream=True)
        except ConfigError as exc:
            state.fail(StreamError("transport", str(exc), type="network"), self._clock.now_ns())
            return None
        except NETWORK_FAULTS:  # some of which are ValueErrors too
            raise
        except ValueError as exc:  # a header or a host name that cannot be written on the wire
            state.fail(unsendable(exc, state.target), self._clock.now_ns())
            return None


def _bears_key(request: HttpRequest, target: Target) -> bool:
    """Whether something secret goes with the request, wherever somebody put it."""
    return target.key is not None or any(is_secret_name(name) for name in (*request.headers, *target.query))


def http_transport(clock: Clock) -> HttpTransport:
    """The transport on a client of its own."""
    return HttpTransport(build_client(), clock)


async def _read(response: httpx.Response, state: StreamState, clock: Clock, changed: Callable[[], None]) -> None:
    read: Read = response.extensions["read"]
    unpack = unpacker(response.headers.get("content-encoding", ""))
    if response.status_code >= 300:
        body = await _head_of(read, unpack, state.target.policy.bounds.error_body_bytes)
        state.receive_error(body, clock.now_ns())
        error = http_error(
            response.status_code, dict(response.headers), body, str(response.url), hide=state.redactor.known
        )
        state.fail(error, clock.now_ns())
        return
    unyielded = 0
    while data := await read():
        at_ns = clock.now_ns()
        for piece in unpack(data):
            state.receive(piece, at_ns)
            changed()
            if state.attempt_is_over:
                await _drain(read)
                return
            unyielded += len(piece)
            if unyielded > PIECE_BYTES:  # a flooding server must not keep the loop from the other streams
                unyielded = 0
                await checkpoint()
    state.end(clock.now_ns())


async def _whole_body(response: httpx.Response, target: Target, limit: int, redactor: Redactor) -> bytes:
    read: Read = response.extensions["read"]
    unpack = unpacker(response.headers.get("content-encoding", ""))
    if response.status_code >= 300:
        body = await _head_of(read, unpack, target.policy.bounds.error_body_bytes)
        url = str(response.url)
        raise FetchError(http_error(response.status_code, dict(response.headers), body, url, hide=redactor.known))
    whole = bytearray()
    while data := await read():
        for piece in unpack(data):
            whole += piece
            if len(whole) > limit:
                words = f"the answer is longer than {grouped(limit)} bytes"
                raise FetchError(StreamError("protocol", words, type="too_long"))
        await checkpoint()
    return bytes(whole)


async def _head_of(read: Read, unpack: Callable[[bytes], Iterable[bytes]], limit: int) -> bytes:
    """The first `limit` bytes of an error's body, or what came of them: its status says more than its end."""
    body = bytearray()
    with anyio.move_on_after(ERROR_BODY_S), suppress(*NETWORK_FAULTS):
        while len(body) < limit and (data := await read()):
            for piece in unpack(data):
                body += piece
                if len(body) >= limit:
                    break
    return bytes(body[:limit])


async def _drain(read: Read) -> None:
    """Read on to the end of the body, briefly and boundedly; an error here costs the connection and nothing else."""
    left = DRAIN_BYTES
    with anyio.move_on_after(DRAIN_S), suppress(*NETWORK_FAULTS):
        while left >= 0 and (data := await read()):
            left -= len(data)
