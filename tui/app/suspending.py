"""Stopping for the shell (SIGTSTP) and coming back, between two steps of the event loop and never inside one.

Textual's driver does this in a signal handler, which interrupts whatever runs: a frame that is being handed to the
writer's queue holds that queue's lock, and the handler waits for it for ever. POSIX only.
"""

import asyncio
import os
import signal

from textual.driver import Driver


def suspend_between_steps(driver: Driver | None) -> None:
    """Take SIGTSTP and SIGCONT over from `driver`. Call it on the loop, once the driver is there."""
    if driver is None or not driver.can_suspend or not hasattr(signal, "SIGTSTP"):
        return

    def suspend() -> None:
        driver.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)  # goes on here when the shell says so
        driver.resume_application_mode()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTSTP, suspend)
    signal.signal(signal.SIGCONT, signal.SIG_DFL)
