"""One HTTP try: send the request, stamp each read, feed the stream's state, leave the connection reusable.

`HttpTransport` is what the fleet is given; everything that imports an HTTP library is behind it.
"""

from collections.abc import AsyncIterator, Callable

import anyio
import httpx
from anyio.lowlevel import checkpoint

from tui.core.bounds import DEFAULT_BOUNDS
from tui.core.failure import http_error
from tui.core.request import HttpRequest
from tui.core.stream import StreamState
from tui.engine.client import CURRENT_STREAM, build_client
from tui.engine.clock import Clock
from tui.engine.credentials import TargetAuth
from tui.engine.faults import NETWORK_FAULTS, stream_error

DRAIN_S = 0.25
"""How long the rest of a finished body is waited for. Leaving it unread would cost the connection."""
DRAIN_BYTES = 64 * 1024
CLOSE_S = 1.0
_BYTES_PER_STEP = 64 * 1024
"""A flooding server must not keep the loop from the other streams longer than this takes to decode."""


class HttpTransport:
    """The shared client, as the fleet sees it."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def attempt(self, state: StreamState, request: HttpRequest, changed: Callable[[], None]) -> None:
        """Run one try to its end. Network faults end up in `state`, cancellation passes through."""
        await _attempt(self._client, state, request, self._clock, changed)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()


def http_transport(clock: Clock) -> HttpTransport:
    """The transport on a client of its own."""
    return HttpTransport(build_client(clock), clock)


async def _attempt(
    client: httpx.AsyncClient, state: StreamState, request: HttpRequest, clock: Clock, changed: Callable[[], None]
) -> None:
    CURRENT_STREAM.set(state)
    try:
        outgoing = client.build_request(
            request.method,
            request.url,
            content=request.body,
            headers={"Content-Type": "application/json", **request.headers},
        )
        state.start(clock.now_ns())
        changed()
        response = await client.send(outgoing, auth=TargetAuth(state.target), stream=True)
        try:
            state.respond(response.status_code, dict(response.headers), clock.now_ns())
            changed()
            await _read(response, state, clock, changed)
        finally:
            # Shielded: a second cancellation must not leave the socket open, because closing is what stops generation.
            with anyio.CancelScope(shield=True, deadline=anyio.current_time() + CLOSE_S):
                await response.aclose()
    except NETWORK_FAULTS as exc:
        state.fail(stream_error(exc, state.target), clock.now_ns())
    finally:
        changed()


async def _read(response: httpx.Response, state: StreamState, clock: Clock, changed: Callable[[], None]) -> None:
    if response.status_code >= 300:
        body = await _head_of(response.aiter_bytes(), DEFAULT_BOUNDS.error_body_bytes)
        error = http_error(response.status_code, dict(response.headers), body, str(response.url))
        state.fail(error, clock.now_ns())
        return
    reads = response.aiter_bytes()  # no chunk size: with one, httpx holds bytes back until it is full
    unyielded = 0
    async for data in reads:
        state.receive(data, clock.now_ns())
        changed()
        if state.is_over:
            await _drain(reads)
            return
        unyielded += len(data)
        if unyielded > _BYTES_PER_STEP:
            unyielded = 0
            await checkpoint()
    state.end(clock.now_ns())


async def _head_of(reads: AsyncIterator[bytes], limit: int) -> bytes:
    body = bytearray()
    async for data in reads:
        body += data
        if len(body) >= limit:
            break
    return bytes(body[:limit])


async def _drain(reads: AsyncIterator[bytes]) -> None:
    """Read on to the end of the body, briefly and boundedly; an error here costs the connection and nothing else."""
    left = DRAIN_BYTES
    with anyio.move_on_after(DRAIN_S):
        try:
            async for data in reads:
                left -= len(data)
                if left < 0:
                    return
        except NETWORK_FAULTS:
            return
