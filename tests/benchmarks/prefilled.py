"""A loopback server whose answers begin long: `filled-<characters>-<rate>`. Run by path, for `screen.py`.

The demo provider's load models start empty, and to fill sixteen panes with 200,000 characters at their own pace would
take hours. This one sends the characters first, in events of a few thousand, and then goes on with one token of four
characters at an even rate until it is disconnected. It prints its port and ends with its standard input.
"""

import asyncio
import json
import sys
from contextlib import suppress
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tui.demo.load import Load, write_load_script
from tui.demo.script import Text

_EVENT_CHARACTERS = 4000
_FILL_PAUSE_S = 0.02
"""Between the events of the filling, as if it came from a network: all at once would be one read of megabytes."""
_LOAD = "".join(step.text for step in write_load_script(Load(1, 1000)) if isinstance(step, Text))
_PAGE = _LOAD[: _LOAD.index(_LOAD[:20], 20)]
"""One turn of the load models' page."""


async def main() -> None:
    """Serve until standard input ends."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request, one stream that never ends by itself."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")).split(b":")[1]
    model = json.loads(await reader.readexactly(int(length)))["model"]
    _, characters, rate = model.split("-")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
    with suppress(ConnectionError, asyncio.CancelledError):
        await fill(writer, int(characters))
        await go_on(writer, int(rate))
    writer.close()


async def fill(writer: asyncio.StreamWriter, characters: int) -> None:
    """The long beginning: at least so many characters of whole pages."""
    text = _PAGE * -(-characters // len(_PAGE))
    for at in range(0, len(text), _EVENT_CHARACTERS):
        writer.write(event(text[at : at + _EVENT_CHARACTERS]))
        await writer.drain()
        await asyncio.sleep(_FILL_PAUSE_S)


async def go_on(writer: asyncio.StreamWriter, rate: int) -> None:
    """The same tokens at an even rate, each at its instant from the start, so that nothing drifts."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number, token in enumerate(cycle(_PAGE[at : at + 4] for at in range(0, len(_PAGE), 4)), 1):
        await asyncio.sleep(start + number / rate - loop.time())
        writer.write(event(token))
        await writer.drain()


def event(text: str) -> bytes:
    """One Chat Completions chunk."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    chunk = {"id": "filled", "object": "chat.completion.chunk", "model": "filled", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
