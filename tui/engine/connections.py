"""aiohttp's connections and name lookups, where their habits would cost a stream its text, its time or its end.

Used by `tui.engine.client` alone. Each of these was found by a test in tests/engine that fails without it; they reach
below aiohttp's public names, so look here first when a new version of it fails there.
"""

import asyncio
import socket
import ssl
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any, cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler


class Connector(aiohttp.TCPConnector):
    """The pool."""

    def __init__(self, tls: ssl.SSLContext, limit: int, keepalive_s: float) -> None:
        super().__init__(limit=limit, keepalive_timeout=keepalive_s, ssl=tls, resolver=_Resolver())
        self._factory = cast("partial[ResponseHandler]", partial(_Connection, loop=self._loop))


class _Connection(ResponseHandler):
    """aiohttp's connection, with four habits changed."""

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
