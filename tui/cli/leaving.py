"""Leaving when the system says so: signals, and a terminal that was closed. POSIX only.

Textual restores the terminal when the app exits; by default SIGTERM and SIGHUP would end the process before it can. If
the terminal itself is gone, writing to it can block the event loop for good, so that case is watched by a thread of its
own, which ends the process whatever the loop is doing.
"""

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable

import anyio

LEAVE_S = 1.0
"""How long leaving may take before the process is ended as it stands."""
_TERMINAL_PERIOD_S = 0.5


async def watch_signals(leave: Callable[[int], None]) -> None:
    """Call `leave` with 128 + the signal's number at SIGTERM and SIGHUP; a second one ends the process at once."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGHUP) as signals:
        is_leaving = False
        async for number in signals:
            if is_leaving:
                os._exit(128 + number)
            is_leaving = True
            leave(128 + number)


def end_when_terminal_closes() -> None:
    """From now on, end the process (status 129) soon after its terminal has gone away."""
    threading.Thread(target=_wait_for_hang_up, name="terminal watch", daemon=True).start()


def _wait_for_hang_up() -> None:
    hang_up = select.poll()
    hang_up.register(sys.stdin.fileno(), 0)  # no event asked for: hang-up and error are always reported
    while not hang_up.poll(0):
        time.sleep(_TERMINAL_PERIOD_S)
    time.sleep(LEAVE_S)  # SIGHUP has been sent too: an orderly exit may be under way
    os._exit(128 + signal.SIGHUP)


def force_exit_after(seconds: float, status: int) -> None:
    """End the process with `status` unless it has ended by itself in time."""
    timer = threading.Timer(seconds, os._exit, (status,))
    timer.daemon = True
    timer.start()
