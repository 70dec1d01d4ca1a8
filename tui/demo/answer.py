"""Plays one exchange to its client over ASGI, whatever the dialect.

Called by the app for each request that could be read. The client's disconnect cancels the playing at once, also
before the head was sent.
"""

from collections.abc import AsyncIterator

import anyio
from starlette.types import Receive, Scope, Send

from tui.demo.catalogue import script_for
from tui.demo.exchange import Exchange
from tui.demo.pace import MS, SECOND
from tui.demo.playback import play
from tui.demo.script import Accept, Die, HttpError, Script, Step, Wait

_LONGEST_PAUSE_NS = SECOND
"""Longer silences come to the writer in pieces, so that it can keep the connection alive in between."""


class Answer:
    """An ASGI application that answers one request."""

    def __init__(self, exchange: Exchange, speed: float) -> None:
        self._exchange = exchange
        self._speed = speed
        self._processing_ns = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or stop when the client goes away."""
        async with anyio.create_task_group() as group:

            async def leave_with_client() -> None:
                while (await receive())["type"] != "http.disconnect":
                    continue
                group.cancel_scope.cancel()

            group.start_soon(leave_with_client)
            await self._answer(send)
            group.cancel_scope.cancel()

    async def _answer(self, send: Send) -> None:
        steps = play(_in_short_pauses(script_for(self._exchange.question)), self._speed)
        opening = await self._opening(steps)
        if isinstance(opening, HttpError):
            await self._turn_down(opening, send)
        elif self._exchange.is_stream:
            await self._stream(steps, send)
        else:
            await self._send_whole([step async for step in steps], send)

    async def _opening(self, steps: AsyncIterator[Step]) -> Accept | HttpError:
        """Whether the request is taken, and the time until then, because a header tells it."""
        async for step in steps:
            if isinstance(step, Accept | HttpError):
                return step
            if isinstance(step, Wait):
                self._processing_ns += step.duration_ns
        raise AssertionError("a script that neither accepts nor refuses")

    async def _stream(self, steps: AsyncIterator[Step], send: Send) -> None:
        writer = self._exchange.writer
        await self._start(send, 200, {"content-type": writer.stream_media_type})
        async for step in steps:
            if isinstance(step, Die):
                return  # a response left unfinished makes the server close the connection
            event = writer.write(step)
            if event:
                await send({"type": "http.response.body", "body": event, "more_body": True})
        for event in writer.ending():
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_whole(self, steps: list[Step], send: Send) -> None:
        writer = self._exchange.writer
        body = writer.whole(steps)
        await self._start(send, 200, {"content-type": writer.whole_media_type, "content-length": str(len(body))})
        if isinstance(steps[-1], Die):
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            return
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _turn_down(self, error: HttpError, send: Send) -> None:
        reply = self._exchange.writer.error(error)
        await self._start(send, reply.status, reply.headers | {"content-length": str(len(reply.body))})
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})

    async def _start(self, send: Send, status: int, headers: dict[str, str]) -> None:
        processing_ms = round(self._processing_ns / MS / self._speed) if self._speed else 0
        headers = self._exchange.writer.headers(processing_ms) | headers
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})


def _in_short_pauses(script: Script) -> Script:
    for step in script:
        if not isinstance(step, Wait) or step.duration_ns <= _LONGEST_PAUSE_NS:
            yield step
            continue
        left_ns = step.duration_ns
        while left_ns > _LONGEST_PAUSE_NS:
            yield Wait(_LONGEST_PAUSE_NS)
            left_ns -= _LONGEST_PAUSE_NS
        yield Wait(left_ns)
