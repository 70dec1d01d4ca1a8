"""A loopback server for `soak.py` each of whose answers goes wrong in the next way of a round. Run by path.

It sends a hundred tokens a second like the demo provider's load models, until the fault comes. It prints its port and
ends with its standard input.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import cycle

GAP_S = 0.01
TOKENS = 200
"""Before the fault, where one comes in the middle."""
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def event(text: str) -> bytes:
    """One Chat Completions chunk as an HTTP chunk."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return framed(b"data: " + json.dumps({"id": "faulty", "model": "faulty", "choices": [choice]}).encode() + b"\n\n")


def framed(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def whole(status: str, kind: str, body: bytes) -> bytes:
    """A response of known length."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def stream(writer: asyncio.StreamWriter) -> None:
    """The part that goes well."""
    writer.write(OK)
    for number in range(TOKENS):
        writer.write(event(f"w{number:02} "))
        await writer.drain()
        await asyncio.sleep(GAP_S)


async def breaks_off(writer: asyncio.StreamWriter) -> None:
    """The connection ends in the middle of the text."""
    await stream(writer)


async def is_reset(writer: asyncio.StreamWriter) -> None:
    """The same, with a reset."""
    await stream(writer)
    writer.transport.abort()


async def says_garbage(writer: asyncio.StreamWriter) -> None:
    """Half of the events are no JSON."""
    await stream(writer)
    for _ in range(TOKENS):
        writer.write(framed(b'data: {"id": "faulty", "choices": [{"ind\n\n') + event("more "))
    writer.write(framed(b"data: [DONE]\n\n") + b"0\r\n\r\n")


async def breaks_the_framing(writer: asyncio.StreamWriter) -> None:
    """The body is no longer chunked."""
    await stream(writer)
    writer.write(b"this is no chunk size\r\n" * 20)


async def reports_an_error(writer: asyncio.StreamWriter) -> None:
    """An error in the stream."""
    await stream(writer)
    writer.write(framed(b'data: {"error": {"message": "the model is overloaded", "type": "overloaded"}}\n\n'))


async def goes_silent(writer: asyncio.StreamWriter) -> None:
    """Comments and nothing else, until the other side has had enough."""
    await stream(writer)
    while True:
        writer.write(framed(b": ping\n\n"))
        await writer.drain()
        await asyncio.sleep(0.5)


async def refuses(writer: asyncio.StreamWriter) -> None:
    """A status that is not tried again."""
    writer.write(whole("401 Unauthorized", "application/json", b'{"error": {"message": "no such key"}}'))


async def sends_a_page(writer: asyncio.StreamWriter) -> None:
    """Not the API."""
    writer.write(whole("200 OK", "text/html", b"<html><title>Sign in</title>" + b"<p>please</p>" * 2000))


async def sends_nothing(writer: asyncio.StreamWriter) -> None:
    """An empty answer."""
    writer.write(whole("200 OK", "text/event-stream", b""))


FAULTS: tuple[Callable[[asyncio.StreamWriter], Awaitable[None]], ...] = (
    breaks_off,
    is_reset,
    says_garbage,
    breaks_the_framing,
    reports_an_error,
    goes_silent,
    refuses,
    sends_a_page,
    sends_nothing,
)
NEXT = cycle(FAULTS)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request, one fault, and the end of the connection."""
    with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        await next(NEXT)(writer)
    writer.close()


async def main() -> None:
    """Serve until standard input ends."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
