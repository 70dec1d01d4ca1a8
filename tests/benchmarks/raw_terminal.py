"""A pseudo-terminal that keeps no picture: counts frames and bytes, and notes when a text arrived. For `screen.py`.

`tests/support/terminal.py` keeps every read and can draw the picture; here that would be a third busy process beside
the dashboard and the server, on two cores. It answers what a terminal of today is asked at start. Linux only, as it
reads the program's CPU from /proc.
"""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

FRAME_END = b"\x1b[?2026l"
"""Textual ends each synchronised update with it, so it counts frames."""
_ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y", b"\x1b[c": b"\x1b[?62;22c"}
_QUESTION = re.compile(rb"\x1b\[(?:\?(?:2026|2048)\$p|c)")
_LONGEST_SPLIT = 256
"""Bytes kept from one read to the next, so that a text cut by a read is found."""
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Reading:
    """The counters of a program at one moment."""

    at_s: float
    cpu_s: float
    frames: int
    output_bytes: int


class RawTerminal:
    """A command running in a pseudo-terminal of `cols` x `rows`. Leaving the context kills it."""

    def __init__(self, command: Sequence[str], *, cols: int, rows: int, home: Path, cwd: Path) -> None:
        self._frames = 0
        self._bytes = 0
        self._tail = b""
        self._wanted = b""
        self._found_s: float | None = None
        self._found_cpu_s = 0.0
        self._changed = threading.Condition()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.started_s = time.perf_counter()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=cwd,
                env=_environment(home),
                start_new_session=True,
            )
        finally:
            os.close(slave)
        self._reader = threading.Thread(target=self._read, name="raw-terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def reading(self) -> Reading:
        """The counters now."""
        with self._changed:
            return Reading(time.perf_counter(), self._cpu_s(), self._frames, self._bytes)

    def rss_mib(self) -> float:
        """Resident memory of the program."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * _PAGE / 2**20

    def files(self) -> int:
        """How many file descriptors the program has open."""
        return sum(1 for _ in Path(f"/proc/{self._process.pid}/fd").iterdir())

    def watch(self, text: bytes) -> None:
        """From now on look for `text` in the output; `wait_seen` tells when it came."""
        with self._changed:
            self._wanted, self._found_s = text, None
            self._tail = b""

    def wait_seen(self, timeout_s: float) -> tuple[float, float]:
        """When the read with the watched text returned, and the program's CPU seconds then. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._found_s is not None, timeout_s) or self._found_s is None:
                raise TimeoutError(f"{self._wanted!r} not on the screen within {timeout_s} s")
            return self._found_s, self._found_cpu_s

    def send(self, keys: bytes) -> None:
        """Type bytes as a terminal would send them."""
        os.write(self._master, keys)

    def close(self) -> None:
        """Kill the program and release the terminal. Safe to call twice."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(5)
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def _read(self) -> None:
        while data := _read_or_end(self._master):
            now_s = time.perf_counter()
            for question in _QUESTION.findall(data):
                os.write(self._master, _ANSWERS[question])
            with self._changed:
                self._bytes += len(data)
                joined = self._tail + data
                # Counted where they end: one that lies wholly in the tail was counted with the read before.
                self._frames += joined.count(FRAME_END, max(0, len(self._tail) - len(FRAME_END) + 1))
                self._tail = joined[-_LONGEST_SPLIT:]
                if self._wanted and self._found_s is None and self._wanted in joined:
                    self._found_s = now_s
                    self._found_cpu_s = self._cpu_s()
                    self._changed.notify_all()

    def _cpu_s(self) -> float:
        """User and system time of all its threads; the kernel counts in steps of 10 ms."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def _environment(home: Path) -> dict[str, str]:
    """The least a terminal program expects, so that nobody's settings are measured."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def _read_or_end(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # EIO: nobody has the other side open
        return b""
