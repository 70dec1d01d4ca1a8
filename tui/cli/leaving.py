"""Leaving when the system says so: signals, and a terminal that was closed.

Textual restores the terminal when the app exits; by default SIGTERM and SIGHUP would end the process before it can, and
SIGINT would tear the event loop down under it. Whoever cannot wait for that, because the loop hangs or a second signal
came, calls `end_now`: it puts the terminal back as well as it can from outside. If the terminal itself is gone, writing
to it can block the event loop for good, so that case is watched by a thread of its own.
"""

import asyncio
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TypeAlias

_SIGNALS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if sys.platform != "win32" else ()))
Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None

LEAVE_S = 1.0
"""How long leaving may take before the process is ended as it stands."""
_RESTORE_S = 0.3
"""How long a terminal that takes no more output may hold up the end."""
_TERMINAL_PERIOD_S = 0.5
_AS_BEFORE = (
    b"\x18"  # ends a sequence that was cut short
    b"\x1b[?2026l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[?7h"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[m"
)
"""All that Textual turns on, turned off. The keyboard comes before the alternate screen, which has its own."""


class Leaving:
    """While entered, SIGINT, SIGTERM and SIGHUP mean: leave in order. Enter it on the event loop.

    `leave` is called on the loop at the first signal. When the loop does not come to an end within `LEAVE_S`, or at a
    second signal, the process is ended as it stands. The handlers are Python's own, not the loop's: a loop that hangs
    would never call those.
    """

    def __init__(self, leave: Callable[[], object]) -> None:
        self.status = 0
        """128 + the number of the signal that came; 0 while none has."""
        self._leave = leave
        self._timer: threading.Timer | None = None
        self._before: dict[int, Handler] = {}

    def __enter__(self) -> "Leaving":
        self._loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or a script's background, wants it so
                self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._timer is not None:
            self._timer.cancel()

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if self.status:
            end_now(self.status)
        self.status = 128 + number
        self._timer = force_exit_after(LEAVE_S, self.status)
        self._loop.call_soon_threadsafe(self._leave)


class ScreenGuard:
    """Remembers how the terminal was, for an end that has no time to ask Textual."""

    current: "ScreenGuard | None" = None
    """The one in force. None while no screen is on."""

    def __init__(self) -> None:
        import termios  # not there on Windows, where nobody makes a guard

        self._terminal = sys.stdin.fileno()
        self._modes = termios.tcgetattr(self._terminal)

    def __enter__(self) -> "ScreenGuard":
        ScreenGuard.current = self
        return self

    def __exit__(self, *exception: object) -> None:
        ScreenGuard.current = None

    def restore(self) -> None:
        """Put the terminal back. Blocks as long as the terminal does."""
        import termios

        with suppress(OSError, termios.error):
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._modes)
            os.write(self._terminal, _AS_BEFORE)


def end_now(status: int) -> None:
    """End the process with `status` at once, whatever any thread is doing, with the terminal as it was."""
    guard = ScreenGuard.current
    if guard is not None:
        restoring = threading.Thread(target=guard.restore, daemon=True)
        restoring.start()
        restoring.join(_RESTORE_S)
    os._exit(status)


def force_exit_after(seconds: float, status: int) -> threading.Timer:
    """End the process with `status` unless it has ended by itself in time, or the timer was cancelled."""
    timer = threading.Timer(seconds, end_now, (status,))
    timer.daemon = True
    timer.start()
    return timer


def end_when_terminal_closes() -> None:
    """From now on, end the process (status 129) soon after its terminal has gone away."""
    threading.Thread(target=_wait_for_hang_up, name="terminal watch", daemon=True).start()


def terminal_is_gone() -> bool:
    """Whether the terminal on standard input has been closed: what fails then is no bug."""
    hang_up = select.poll()
    hang_up.register(sys.stdin.fileno(), 0)  # no event asked for: hang-up and error are always reported
    return bool(hang_up.poll(0))


def _wait_for_hang_up() -> None:
    while not terminal_is_gone():
        time.sleep(_TERMINAL_PERIOD_S)
    time.sleep(LEAVE_S)  # SIGHUP has been sent too: an orderly exit may be under way
    os._exit(128 + signal.SIGHUP)
