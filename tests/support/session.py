"""The session leader between a `terminal` and the program under test; run by path, never imported.

It plays the part of the user's shell: takes the terminal as its controlling one, starts the program, waits for it, and
reports the terminal's modes before and after. A program which led the session itself could not be judged: when a
session leader exits, Linux hangs the terminal up and resets its modes, so that every mess would look cleaned up.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
from types import FrameType

_GRACE_SECONDS = 5


def _ignore(signum: int, frame: FrameType | None) -> None:
    """Outlive the keys meant for the program; a handler, unlike SIG_IGN, is not inherited by it."""


def _end_soon(signum: int, frame: FrameType | None) -> None:
    """The terminal is gone, so whoever watched is: a program that does not end by itself now is killed."""
    signal.signal(signal.SIGALRM, lambda signum, frame: os.killpg(0, signal.SIGKILL))
    signal.alarm(_GRACE_SECONDS)


def _modes(terminal: int) -> list[object]:
    """Return the terminal's flags, speeds and control characters in a form JSON can hold."""
    *flags, characters = termios.tcgetattr(terminal)
    return [*flags, [byte if isinstance(byte, int) else byte.hex() for byte in characters]]


def main(report: int, command: list[str]) -> None:
    """Run the command in a new session on the terminal that is standard input; write one JSON line per fact."""
    signal.signal(signal.SIGHUP, _end_soon)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, _ignore)
    fcntl.ioctl(sys.stdin.fileno(), termios.TIOCSCTTY, 0)
    with os.fdopen(report, "w", encoding="utf-8") as facts:
        before = _modes(sys.stdin.fileno())
        try:
            program = subprocess.Popen(command)
        except OSError as error:
            sys.exit(str(error))
        print(json.dumps({"pid": program.pid}), file=facts, flush=True)
        status = program.wait()
        after = _modes(sys.stdin.fileno())
        print(json.dumps({"status": status, "before": before, "after": after}), file=facts)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
