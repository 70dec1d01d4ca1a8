"""The server of tests/benchmarks/client.py: a process of its own which costs next to nothing.

A request's model says what to send: `paced-CHUNKS-GAP_MS` one event per write, after a first wait of `FIRST_S`;
`stamped-CHUNKS-GAP_MS` the same with the instant of each write as its text; `fast-CHUNKS` as much at once as the socket
takes. The first event's text is always the server's own pair of stamps, ns of the machine's monotonic clock: when the
request had arrived, and when the first event was written.
"""

import asyncio
import re
import sys
import time

FIRST_S = 0.2
TEMPLATE = (
    b'data: {"id":"chatcmpl-CdEfGhIjKlMnOpQrStUvWxYz","object":"chat.completion.chunk","created":1763700000,'
    b'"model":"gpt-5.2","service_tier":"default","choices":[{"index":0,"delta":{"content":"%s"},"logprobs":null,'
    b'"finish_reason":null}]}\n\n'
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = TEMPLATE.replace(b'"finish_reason":null', b'"finish_reason":"stop"') % b"" + b"data: [DONE]\n\n"


def framed(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


WORD = framed(TEMPLATE % b" word")
LAST = framed(END) + b"0\r\n\r\n"
SLICE = 256


async def paced(
    writer: asyncio.StreamWriter, arrived_ns: int, chunks: int, gap_s: float, *, is_stamped: bool = False
) -> None:
    """One event per write, `gap_s` apart."""
    loop = asyncio.get_running_loop()
    due = loop.time() + FIRST_S
    await asyncio.sleep(FIRST_S)
    writer.write(framed(TEMPLATE % b"%d %d" % (arrived_ns, time.perf_counter_ns())))
    for _ in range(chunks - 1):
        due += gap_s
        await asyncio.sleep(due - loop.time())
        writer.write(framed(TEMPLATE % b" %d" % time.perf_counter_ns()) if is_stamped else WORD)
    writer.write(LAST)


async def fast(writer: asyncio.StreamWriter, arrived_ns: int, chunks: int) -> None:
    """As fast as the client reads."""
    writer.write(framed(TEMPLATE % b"%d %d" % (arrived_ns, time.perf_counter_ns())))
    left = chunks - 1
    while left:
        count = min(left, SLICE)
        writer.write(WORD * count)
        await writer.drain()
        left -= count
    writer.write(LAST)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All requests of one connection."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(found.group(1)) if found else 0)
            arrived_ns = time.perf_counter_ns()
            model = re.search(rb'"model": ?"(\w+)-(\d+)(?:-(\d+))?"', body)
            assert model, body
            writer.write(HEAD)
            kind, chunks = model.group(1), int(model.group(2))
            if kind == b"fast":
                await fast(writer, arrived_ns, chunks)
            else:
                await paced(writer, arrived_ns, chunks, int(model.group(3)) / 1000, is_stamped=kind == b"stamped")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    """Serve until the other end of stdin is closed; the port is the first line of stdout."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
