"""A program in a real pseudo-terminal: what a user would see, what was written for it, and how the terminal is left.

For the few tests that pilot cannot do: latency from outside, safety of the bytes, exit and signals;
`.ci/check_wheel.py` uses it as well. It behaves like an xterm of today: synchronised output, keys in their classic form
(a request for the kitty keyboard protocol is recorded, not obeyed), no in-band resize. POSIX only.

The picture is drawn when somebody asks for it, not in the reader thread: pyte is slower than the programs it watches,
and a reader that falls behind would measure itself.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from tests.support.controls import allowed_controls
from tests.support.emulator import Emulator

__all__ = ["Read", "Terminal", "allowed_controls"]

_SESSION = Path(__file__).with_name("session.py")
_START_SECONDS = 30.0
_END_SECONDS = 10.0
_READ_BYTES = 65536

Condition: TypeAlias = str | re.Pattern[str] | Callable[[str], bool]
"""Something to wait for in the picture: a text, a pattern, or a question about the picture."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one read from the terminal brought."""

    at_ns: int
    """`time.monotonic_ns` when the read returned."""
    data: bytes


class Terminal:
    """A command running in a pseudo-terminal, with an empty home of its own and an environment without secrets.

    Use it as a context manager: leaving it kills what still runs and closes everything. `home` keeps files for a second
    start; without it a temporary directory is made and removed. `env` is added to the scrubbed environment. The working
    directory is `cwd`, or the home.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        rows: int = 24,
        cols: int = 80,
        env: Mapping[str, str] | None = None,
        home: Path | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._own_home = tempfile.TemporaryDirectory(prefix="terminal-home-") if home is None else None
        self.home = Path(self._own_home.name) if self._own_home else Path(home or "")
        self.reads: list[Read] = []
        self._changed = threading.Condition(threading.RLock())
        self._is_at_end = False
        self._output = Emulator(rows, cols)
        self._master, slave = pty.openpty()
        report, report_end = os.pipe()
        self._report = os.fdopen(report, encoding="utf-8")
        self._outcome: _Outcome | None = None
        try:
            _set_size(slave, rows, cols)
            self._session = subprocess.Popen(
                [sys.executable, "-I", _SESSION, str(report_end), *command],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=cwd or self.home,
                env={**_scrubbed_environment(self.home), **(env or {})},
                pass_fds=[report_end],
                start_new_session=True,
            )
        finally:
            os.close(slave)
            os.close(report_end)
        self._reader = threading.Thread(target=self._read, name="terminal-reader", daemon=True)
        self._reader.start()
        try:
            self.pid: int = self._next_fact()["pid"]
        except BaseException:
            self._release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = f"exit {self._outcome.status}" if self._outcome else "running"
        return f"<Terminal pid {self.pid}: {state}, {sum(len(read.data) for read in self.reads)} bytes>"

    @property
    def raw(self) -> bytes:
        """Everything the program wrote so far, queries included."""
        with self._changed:
            return b"".join(read.data for read in self.reads)

    def text(self) -> str:
        """The picture as lines, without the blanks at their ends. The normal screen again once the program left."""
        with self._changed:
            return self._output.picture()

    def cells(self) -> list[list[str]]:
        """The picture by rows and columns; the second cell of a wide character is empty."""
        with self._changed:
            return self._output.cells()

    def mode(self, number: int) -> bool:
        """Whether a private mode (`CSI ? number h`) is on now; 1049 is the alternate screen, 25 the cursor."""
        with self._changed:
            return self._output.is_on(number)

    def send(self, keys: str | bytes) -> None:
        """Type bytes as a terminal would send them, e.g. `"hello\\r"` or `"\\x11"` for ctrl+q."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            _, writable, _ = select.select([], [self._master], [], 10)
            if not writable:
                raise TimeoutError(f"the program did not read its input for 10 s; {len(data)} bytes left")
            data = data[os.write(self._master, data[:1024]) :]

    def wait_for(self, condition: Condition, timeout: float = 10.0) -> str:
        """Wait until the picture fulfils the condition, and return that picture.

        Raises TimeoutError after `timeout` seconds, or EOFError as soon as the program can write no more, both with the
        last picture.
        """
        holds = _as_question(condition)
        deadline = time.monotonic() + timeout
        with self._changed:
            while not holds(picture := self.text()):
                if self._is_at_end:
                    raise EOFError(f"the program ended before {condition!r}; the screen was:\n{picture}")
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"{condition!r} not within {timeout} s; the screen was:\n{picture}")
            return picture

    def resize(self, rows: int, cols: int) -> None:
        """Change the size; the program gets SIGWINCH from the kernel."""
        with self._changed:
            self._output.resize(rows, cols)
        _set_size(self._master, rows, cols)

    def signal(self, number: int) -> None:
        """Send a signal to the program alone."""
        os.kill(self.pid, number)

    def wait_exit(self, timeout: float = 10.0) -> int:
        """Wait for the program's end: its exit status, or minus the signal that ended it.

        All it wrote has been read when this returns. Raises TimeoutError with the last picture.
        """
        status = self._collect(timeout)
        self._reader.join(timeout)
        return status

    def kill(self) -> int:
        """End the program with SIGKILL if it still runs, and return its status."""
        if self._outcome is None:
            # The program alone: its session leader has to live on for a moment to report how the terminal was left.
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        return self._collect(_END_SECONDS)

    def leftovers(self) -> list[str]:
        """What the program did not put back, in words; empty when the terminal is as it was.

        Ask after `wait_exit`.
        """
        if self._outcome is None:
            raise RuntimeError("the program is still running: call wait_exit first")
        lines = self._output.leftovers()
        if self._outcome.modes_before != self._outcome.modes_after:
            lines.append(f"termios {self._outcome.modes_after} instead of {self._outcome.modes_before}")
        return lines

    def restored(self) -> bool:
        """Whether the terminal is as it was before the program started; `leftovers` says what is not."""
        return not self.leftovers()

    def close(self) -> None:
        """Kill what still runs, the program's own children included, and release everything. Safe to call twice."""
        if self._report.closed:
            return
        try:
            self.kill()
        finally:
            self._release()

    def _release(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._session.pid, signal.SIGKILL)
        self._session.wait()
        self._reader.join(_END_SECONDS)
        os.close(self._master)
        self._report.close()
        if self._own_home:
            self._own_home.cleanup()
        if self._reader.is_alive():
            raise RuntimeError("a process outside the program's group still holds the terminal")

    def _collect(self, timeout: float) -> int:
        if self._outcome is None:
            try:
                self._session.wait(timeout)
            except subprocess.TimeoutExpired:
                raise TimeoutError(f"still running after {timeout} s; the screen was:\n{self.text()}") from None
            fact = self._next_fact()
            self._outcome = _Outcome(fact["status"], fact["before"], fact["after"])
        return self._outcome.status

    def _read(self) -> None:
        while data := _read_or_end(self._master):
            at_ns = time.monotonic_ns()
            with self._changed:
                self.reads.append(Read(at_ns, data))
                reply = self._output.feed(data)
                self._changed.notify_all()
            if reply:
                with suppress(OSError):  # the program ended, or does not read: then it does not wait for the answer
                    self.send(reply)
        with self._changed:
            self._is_at_end = True
            self._changed.notify_all()

    def _next_fact(self) -> dict[str, int]:
        readable, _, _ = select.select([self._report], [], [], _START_SECONDS)
        line = self._report.readline() if readable else ""
        if not line:
            with suppress(subprocess.TimeoutExpired):
                self._session.wait(_END_SECONDS)
            self._reader.join(_END_SECONDS)
            raise RuntimeError(f"the program was not started or not waited for; the screen was:\n{self.text()}")
        fact: dict[str, int] = json.loads(line)
        return fact


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: int
    modes_before: object
    modes_after: object


def _as_question(condition: Condition) -> Callable[[str], bool]:
    if isinstance(condition, str):
        return lambda picture: condition in picture
    if isinstance(condition, re.Pattern):
        return lambda picture: condition.search(picture) is not None
    return condition


def _scrubbed_environment(home: Path) -> dict[str, str]:
    """The least a terminal program expects: no keys, no proxies, no settings of whoever runs the tests."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def _set_size(terminal: int, rows: int, cols: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def _read_or_end(master: int) -> bytes:
    try:
        return os.read(master, _READ_BYTES)
    except OSError:  # EIO: Linux's way to say that nobody has the other side open
        return b""
