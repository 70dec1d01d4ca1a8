"""Stopping for the shell (SIGTSTP) and coming back, between two steps of the event loop and never inside one.

Textual's driver does this in a signal handler, which interrupts whatever runs: a frame that is being handed to the
writer's queue holds that queue's lock, and the handler waits for it for ever. Nor does it draw anything on return,
which leaves an empty screen until something changes. POSIX only.
"""

import asyncio
import os
import signal
from typing import Any

from textual.app import App


def suspend_between_steps(app: App[Any]) -> None:
    """Take SIGTSTP and SIGCONT over from the driver of `app`. Call it on the loop, once the driver is there."""
    driver = app._driver
    if driver is None or not driver.can_suspend or not hasattr(signal, "SIGTSTP"):
        return

    def suspend() -> None:
        driver.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)  # goes on here when the shell says so
        driver.resume_application_mode()
        app.refresh(layout=True)

    asyncio.get_running_loop().add_signal_handler(signal.SIGTSTP, suspend)
    signal.signal(signal.SIGCONT, signal.SIG_DFL)


def suspend_as_a_terminal_would(app: App[Any]) -> str:
    """Stop the program and whatever the shell started with it. Returns why that cannot be, or nothing.

    The keyboard is read raw, so the terminal itself makes no signal of ctrl+z.
    """
    driver = app._driver
    if driver is None or not driver.can_suspend or not hasattr(signal, "SIGTSTP"):
        return "A program cannot be suspended in this terminal."
    if os.getsid(0) == os.getpid():
        return "No shell started this program, so nothing would wake it again."
    os.killpg(0, signal.SIGTSTP)
    return ""
