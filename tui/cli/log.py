"""The log: a small file in the state directory, for finding out afterwards what happened. Never a body, never a key.

What servers and models wrote stays out at every level. The HTTP libraries log whole URLs below WARNING, so that is
where they are kept; whatever else passes, a traceback with a URL in it for instance, is redacted as one text.
"""

import logging
import logging.handlers
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from tui.config.places import user_state_directory
from tui.core.redact import Redactor

MAX_BYTES = 512 * 1024
"""After which the file is moved aside, once: twice this is the most that is kept."""


def log_file() -> Path:
    """Where the log is."""
    return user_state_directory() / "sidestream.log"


@contextmanager
def kept_log(redactor: Redactor, path: Path | None = None) -> Iterator[None]:
    """Write what is logged meanwhile to `path`, or to the usual place; where that cannot be written, nowhere."""
    root, own = logging.getLogger(), logging.getLogger("tui")
    handler = _LogFile(path or log_file())
    handler.setFormatter(_Redacted(redactor))
    handler.addFilter(_is_kept)
    before = own.level
    own.setLevel(logging.INFO)
    root.addHandler(handler)
    try:
        yield
    finally:
        own.setLevel(before)
        root.removeHandler(handler)
        handler.close()


def _is_kept(record: logging.LogRecord) -> bool:
    """Libraries are heard when something is wrong, whatever level somebody gave them."""
    return record.levelno >= logging.WARNING or record.name.startswith("tui.")


class _Redacted(logging.Formatter):
    """Redacts the finished text, tracebacks included."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.text(super().format(record))


class _LogFile(logging.handlers.RotatingFileHandler):
    """For its owner only; opened at the first line, and given up when that fails."""

    def __init__(self, path: Path) -> None:
        self._is_lost = False
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8", errors="replace", delay=True)

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        return super()._open()

    def emit(self, record: logging.LogRecord) -> None:
        if not self._is_lost:
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """A full disk or a read-only home costs the log; the usual report would be printed over the screen."""
        self._is_lost = True
