"""Standard output for data, standard error for notes; either may be closed, full, or no terminal."""

import os
import sys
from contextlib import suppress

from tui.cli.outcome import CLOSED_PIPE, UNWRITABLE
from tui.core.clean import Clean, clean


def for_stdout(text: str) -> str:
    """A terminal gets nothing it could act on; a file or a program gets what the models wrote."""
    return clean(text) if sys.stdout is not None and sys.stdout.isatty() else text


def note(text: Clean) -> None:
    """To stderr, if there is one that takes it; `print` alone would take stdout instead."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(text, file=sys.stderr)


def write(text: str) -> None:
    """To stdout as UTF-8, whatever the locale; a reader that went away ends the program quietly, a full disk with a
    sentence."""
    if sys.stdout is None:  # closed by the shell
        return
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    except OSError as exc:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes it again at exit
        if isinstance(exc, BrokenPipeError):
            raise SystemExit(CLOSED_PIPE) from None
        note(clean(f"sidestream: standard output takes no more: {exc.strerror}"))
        raise SystemExit(UNWRITABLE) from None
