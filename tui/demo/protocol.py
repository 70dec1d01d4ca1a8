"""uvicorn's HTTP/1.1 connection, with a way down to its socket for answers that break the rules.

An ASGI server cannot reset a connection, break chunked framing or send two answers for one request: it exists to
prevent that. A second server on raw sockets would have to parse requests all over again, and a proxy in front would
cost every good answer a copy. So uvicorn reads each request and serves the good answers as ever; the application finds
the connection itself in the scope, and when a fault writes to it, uvicorn never learns that anything was sent. Such a
connection is of no further use and always ends with its answer.
"""

import asyncio
from typing import Any, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui.demo.faults.wire import Wire

EXTENSION = "sidestream.wire"
"""Where the scope's extensions hold the connection's `Wire`."""


class OpenProtocol(H11Protocol):
    """One connection, which shows itself to the application."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the application this connection along with its requests."""
        super().connection_made(transport)
        serve = cast(Any, self.app)
        wire = Wire(transport, self.flow.drain)

        async def serve_with_wire(scope: Scope, receive: Receive, send: Send) -> None:
            await serve({**scope, "extensions": {EXTENSION: wire}}, receive, send)

        self.app = cast(Any, serve_with_wire)
