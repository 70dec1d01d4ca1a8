"""A copy reaches the terminal, and the machine's clipboard where that is the user's."""

import sys
from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest

from tests.app.scripted import make_app
from tui.app.terminal.clipboard import Clipboard, clipboard_command

pytestmark = pytest.mark.anyio

ALL = {"wl-copy", "xclip", "xsel", "clip.exe", "pbcopy", "clip"}


@pytest.mark.parametrize(
    ("environment", "platform", "there", "command"),
    [
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "linux", ALL, "wl-copy"),
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "linux", {"xclip"}, "xclip"),
        ({"DISPLAY": ":0"}, "linux", {"xsel", "wl-copy"}, "xsel"),
        ({"WSL_DISTRO_NAME": "d"}, "linux", ALL, "clip.exe"),
        ({}, "linux", ALL, None),
        ({"DISPLAY": ""}, "linux", ALL, None),
        ({"DISPLAY": ":0"}, "linux", set(), None),
        ({}, "darwin", ALL, "pbcopy"),
        ({}, "win32", ALL, "clip"),
        ({"SSH_CONNECTION": "a b"}, "darwin", ALL, None),
        ({"SSH_TTY": "/dev/pts/1", "DISPLAY": ":10"}, "linux", ALL, None),
    ],
)
def test_the_program_is_the_one_that_reaches_the_users_clipboard(
    environment: Mapping[str, str], platform: str, there: set[str], command: str | None
) -> None:
    found = clipboard_command(environment, platform=platform, find=lambda name: name if name in there else None)
    assert (found[0] if found else None) == command


def writing_to(path: Path) -> tuple[str, ...]:
    code = f"import os, pathlib, sys; pathlib.Path({str(path)!r}).write_bytes(sys.stdin.buffer.read())"
    return (sys.executable, "-c", code)


async def test_a_copied_answer_is_handed_to_the_program(tmp_path: Path) -> None:
    path = tmp_path / "clip"
    app, engine = make_app("ada", clipboard=Clipboard(writing_to(path), {}))
    async with app.run_test() as pilot:
        await pilot.press(*"why", "enter", "escape")
        engine.answer("ada", "Größe 😀.")
        await pilot.press("y")
        with anyio.fail_after(20):
            await app.workers.wait_for_complete()
    assert app.clipboard == "Größe 😀."
    assert path.read_text("utf-8") == "Größe 😀."


@pytest.mark.parametrize("command", [("/nowhere/clip",), (sys.executable, "-c", "raise SystemExit(3)")])
async def test_a_program_that_fails_is_no_trouble(command: tuple[str, ...]) -> None:
    with anyio.fail_after(20):
        await Clipboard(command, {}).put("text" * 100_000)
