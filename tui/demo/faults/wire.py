"""The connection below HTTP: bytes as they are, and every way to end it."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

_LINGER_0 = struct.pack("HH", 1, 0) if hasattr(socket, "SO_EXCLUSIVEADDRUSE") else struct.pack("ii", 1, 0)
"""Close without waiting, which is what turns the end of a connection into a reset; Windows packs it in shorts."""


class ClientGoneError(Exception):
    """The client closed the connection; whoever was writing to it has nobody left to write to."""


class Wire:
    """One accepted connection."""

    def __init__(self, transport: asyncio.Transport, drained: Callable[[], Awaitable[None]]) -> None:
        """`drained` waits until the client has taken enough for more to be written."""
        self._transport = transport
        self._drained = drained

    async def send(self, data: bytes) -> None:
        """Write bytes as they are, waiting while the client does not read. Raises ClientGoneError."""
        if self._transport.is_closing():
            raise ClientGoneError
        self._transport.write(data)
        await self._drained()

    def close(self) -> None:
        """End the connection in order, after what was written."""
        self._transport.close()

    def reset(self) -> None:
        """End it at once with a RST."""
        connection = self._transport.get_extra_info("socket")
        if connection is not None and connection.fileno() >= 0:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
        self._transport.abort()

    def abort(self) -> None:
        """Forget it, whatever was still to be written."""
        self._transport.abort()
