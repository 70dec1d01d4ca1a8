"""Runs the demo provider in the foreground: the listening socket, uvicorn, and how it stops.

Called by `command` (the provider's own process) and by `sidestream serve`. uvicorn's own signal handling is replaced:
it waits for open streams to finish and raises the signal again, while here a stream may last for minutes and one
ctrl+c has to be enough.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FrameType

import uvicorn

from tui.demo.app import DEFAULT_SEED, make_app
from tui.demo.protocol import OpenProtocol

HOST = "127.0.0.1"
_GRACE_S = 2
_STOPPED_BY_CTRL_C = 130


def notice_on_stderr(base_url: str) -> None:
    """Tell a person where the server is."""
    print(f"The demo provider answers at {base_url} (ctrl+c stops it)", file=sys.stderr, flush=True)


def serve(
    port: int = 0,
    *,
    seed: int = DEFAULT_SEED,
    speed: float = 1.0,
    faults: Iterable[str] = (),
    announce: Callable[[str], None] = notice_on_stderr,
    exit_with_stdin: bool = False,
) -> int:
    """Serve on 127.0.0.1 until SIGINT (returns 130) or SIGTERM (returns 0). Main thread only.

    `port` 0 takes a free one. `announce` gets the base URL, `http://127.0.0.1:PORT/v1`, once requests are accepted.
    With `exit_with_stdin` the process ends, without returning, when its standard input does. Raises OSError when the
    port cannot be had, ValueError when `speed` is negative and UnknownFaultError for a fault that does not exist.
    """
    config = uvicorn.Config(
        make_app(seed, speed, faults),
        http=OpenProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_unplanned)
    with socket.create_server((HOST, port)) as listener:
        base_url = f"http://{HOST}:{listener.getsockname()[1]}/v1"
        server = _Server(config, lambda: announce(base_url))
        if exit_with_stdin:
            threading.Thread(target=_exit_at_end_of_stdin, daemon=True).start()
        with _stopping(server):
            asyncio.run(server.serve([listener]))
    return _STOPPED_BY_CTRL_C if server.stopped_by == signal.SIGINT else 0


class _Server(uvicorn.Server):
    """uvicorn's server with its stopping left to `serve`, and a call when it is ready."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.stopped_by: int | None = None
        self._when_ready = when_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in self.server_state.tasks:
            task.cancel()
        await super().shutdown(sockets)


@contextlib.contextmanager
def _stopping(server: _Server) -> Iterator[None]:
    """SIGINT and SIGTERM stop the server; the handlers there were before come back at the end."""

    def stop(number: int, _frame: FrameType | None) -> None:
        server.stopped_by = number
        server.should_exit = True  # looked at ten times a second

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_unplanned(record: logging.LogRecord) -> bool:
    """Keeps uvicorn from reporting as errors what is meant: connections that die, answers cut by the shutdown."""
    if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
        return False
    return "without completing response" not in record.getMessage()


def _exit_at_end_of_stdin() -> None:
    """Ends the process when its parent is gone, however it went.

    At once and without clean-up: there is nothing to save, and a stuck event loop must not keep an orphan alive.
    """
    while os.read(0, 4096):
        continue
    os._exit(0)
