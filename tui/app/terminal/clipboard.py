"""The clipboard of the machine the program runs on, beside OSC 52, which asks the terminal.

Some terminals, macOS's own among them, do not listen to OSC 52. Over SSH the machine is the wrong one, so there the
terminal alone is asked. The library for this, pyperclip, hands its programs our whole environment, keys included.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_TIMEOUT_S: Final = 2.0
_PROGRAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("WSL_DISTRO_NAME", ("clip.exe",)),
)
"""The variable that says a program can work, and the program with its arguments, best first."""
_REMOTE: Final = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


def clipboard_command(
    environment: Mapping[str, str],
    *,
    platform: str = sys.platform,
    find: Callable[[str], str | None] = shutil.which,
) -> tuple[str, ...] | None:
    """The program that takes a text for the clipboard from its input; None where there is none, or over SSH."""
    if any(environment.get(name) for name in _REMOTE):
        return None
    if platform in ("darwin", "win32"):
        own = "pbcopy" if platform == "darwin" else "clip"
        return (own,) if find(own) else None
    fitting = (command for variable, command in _PROGRAMS if environment.get(variable) and find(command[0]))
    return next(fitting, None)


@dataclass(frozen=True, slots=True)
class Clipboard:
    """A program and what it sees of our environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    """Without keys."""

    async def put(self, text: str) -> None:
        """Hand it `text`. When that fails nothing is said: the terminal was asked too."""
        encoding = "utf-16" if self.command[0] in ("clip", "clip.exe") else "utf-8"  # what clip takes for Unicode
        with suppress(OSError, TimeoutError):
            program = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,  # a program that stays to serve the clipboard would hold a pipe open
                stderr=subprocess.DEVNULL,
                env=self.environment,
            )
            try:
                await asyncio.wait_for(program.communicate(text.encode(encoding, "replace")), _TIMEOUT_S)
            finally:
                if program.returncode is None:
                    with suppress(ProcessLookupError):
                        program.kill()


def system_clipboard(childs_environment: Mapping[str, str]) -> Clipboard | None:
    """This machine's; None when only the terminal can be asked."""
    command = clipboard_command(os.environ)
    return Clipboard(command, childs_environment) if command else None
