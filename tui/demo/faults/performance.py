"""Plays a fault to its client, as an ASGI application; `tui.demo.answer` is the same for answers that are as they
should be.
"""

import anyio
from starlette.types import Receive, Scope, Send

from tui.demo.exchange import Exchange
from tui.demo.faults.fault import Fault
from tui.demo.faults.stage import Request, Stage
from tui.demo.faults.wire import ClientGoneError, Wire

_LINGER_S = 5.0
"""How long a client may take to read what is left when a fault is over."""


class Performance:
    """One fault, for one request, on the connection the request came by."""

    def __init__(self, fault: Fault, wire: Wire, exchange: Exchange, request: Request, speed: float) -> None:
        self._fault = fault
        self._wire = wire
        self._stage = Stage(fault.name, wire, exchange, request, speed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Play until it is over or the client goes. The connection never survives it."""
        try:
            async with anyio.create_task_group() as group:

                async def leave_with_client() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        continue
                    group.cancel_scope.cancel()

                group.start_soon(leave_with_client)
                await self._play()
        finally:
            self._wire.abort()

    async def _play(self) -> None:
        """Once the connection is closed, the client's leaving ends this."""
        try:
            await self._fault.play(self._stage)
        except ClientGoneError:
            return
        self._wire.close()
        await anyio.sleep(_LINGER_S)
        self._wire.abort()
