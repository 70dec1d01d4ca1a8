"""The prompts that were sent, oldest first, in a file only its owner can read.

One JSON string per line, because a prompt may have lines of its own. Several dashboards may write at once: each
appends, and the file is cut back to its bound only now and then, by replacing it as a whole.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.storage.whole_file import write_whole

MAX_PROMPTS: Final = 500
MAX_BYTES: Final = 1 << 20
"""Of the file. Longer prompts than this are remembered until the end of the session."""


class PromptHistory:
    """What was sent before. `path` None keeps it in memory.

    A file that cannot be read or written is no reason to stop: the history is then shorter, and `problem` says why.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._prompts: list[str] | None = None
        self.problem: str | None = None
        """A sentence when the file could not be used."""

    def prompts(self) -> list[str]:
        """The prompts, oldest first; the file is read when this is first asked."""
        if self._prompts is None:
            self._prompts = self._read()
        return self._prompts

    def add(self, prompt: str) -> None:
        """Remember a prompt that was sent, unless it is the last one again."""
        prompts = self.prompts()
        if not prompts or prompts[-1] != prompt:
            prompts.append(prompt)
            self._write(prompt)
            del prompts[:-MAX_PROMPTS]

    def _read(self) -> list[str]:
        if self._path is None:
            return []
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, self._path.stat().st_size - 2 * MAX_BYTES))
                lines = file.read().splitlines()
        except FileNotFoundError:
            return []
        except OSError as exc:
            self.problem = f"The prompt history cannot be read: {self._path}: {exc.strerror}."
            return []
        read: list[str] = []
        for line in lines:
            with suppress(ValueError):  # a line cut by a crash or by the bound
                found = json.loads(line)
                if isinstance(found, str):
                    read.append(found)
        return read[-MAX_PROMPTS:]

    def _write(self, prompt: str) -> None:
        if self._path is None:
            return
        line = _line(prompt)
        if len(line) > MAX_BYTES:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if _size(self._path) + len(line) > MAX_BYTES:
                self._replace()
            else:
                _append(self._path, line)
        except OSError as exc:
            self.problem = f"The prompt history cannot be written: {self._path}: {exc.strerror}."

    def _replace(self) -> None:
        """Write the newest prompts that fill half of the bound, so that this is seldom."""
        assert self._path is not None
        kept: list[bytes] = []
        room = MAX_BYTES // 2
        for prompt in reversed(self.prompts()):
            line = _line(prompt)
            room -= len(line)
            if room < 0 and kept:
                break
            kept.append(line)
        write_whole(self._path, b"".join(reversed(kept)), mode=0o600)


def _line(prompt: str) -> bytes:
    # ASCII, so that half a surrogate pair or a line separator in a prompt is no trouble.
    return json.dumps(prompt).encode() + b"\n"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _append(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, data)
    finally:
        os.close(handle)
