"""The clipboard of the system the terminal is on, for terminals that do not take a text by OSC 52.

Only where terminal and program are on one machine: over SSH it would be the clipboard of the wrong one.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

PATIENCE_S: Final = 5.0
"""These programs take a text and go to the background; one that does not is ended."""


def clipboard_command(
    environment: Mapping[str, str], platform: str, find: Callable[[str], str | None]
) -> list[str] | None:
    """The program that takes a text for the clipboard on its standard input; None when there is none here.

    `find` tells where a program is, as `shutil.which` does.
    """
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return None
    for command in _commands(environment, platform):
        if path := find(command[0]):
            return [path, *command[1:]]
    return None


async def give(command: Sequence[str], text: str, environment: Mapping[str, str], encoding: str = "utf-8") -> None:
    """Hand `text` to the program. Silent when that fails: the terminal was given it too, and cannot be asked."""
    with suppress(OSError):
        program = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,  # what goes to the background would hold a pipe open
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environment),
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                await program.communicate(text.encode(encoding, "replace"))
        except TimeoutError:
            program.kill()
            await program.wait()


def encoding_for(platform: str) -> str:
    """What the program of this system reads."""
    return "utf-16" if platform == "win32" else "utf-8"


def _commands(environment: Mapping[str, str], platform: str) -> list[list[str]]:
    if platform == "darwin":
        return [["pbcopy"]]
    if platform == "win32":
        return [["clip"]]
    found = []
    if environment.get("WAYLAND_DISPLAY"):
        found.append(["wl-copy"])
    if environment.get("DISPLAY"):
        found += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return found
