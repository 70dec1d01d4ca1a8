"""Selecting with the mouse and copying: what is copied, and where it goes."""

import shutil
import sys
from pathlib import Path

import pytest
from textual.selection import SELECT_ALL

from tests.app.scripted import draw, make_app, screen_rows
from tui.app.clipboard import clipboard_command, encoding_for, give
from tui.app.programs import Programs

pytestmark = pytest.mark.anyio

X11 = {"DISPLAY": ":0"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0", **X11}
XCLIP, XSEL = ["/bin/xclip", "-selection", "clipboard"], ["/bin/xsel", "--clipboard", "--input"]


@pytest.mark.parametrize(
    ("environment", "platform", "installed", "command"),
    [
        (WAYLAND, "linux", "wl-copy xclip xsel", ["/bin/wl-copy"]),
        (WAYLAND, "linux", "xclip xsel", XCLIP),
        (X11, "linux", "wl-copy xsel", XSEL),
        (X11, "linux", "", None),
        ({}, "linux", "wl-copy xclip", None),
        ({}, "darwin", "pbcopy", ["/bin/pbcopy"]),
        ({}, "win32", "clip", ["/bin/clip"]),
        ({"SSH_TTY": "/dev/pts/1", **X11}, "linux", "xclip", None),
        ({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "darwin", "pbcopy", None),
    ],
)
def test_the_clipboard_of_the_system_is_used_where_the_user_sits_at_it(
    environment: dict[str, str], platform: str, installed: str, command: list[str] | None
) -> None:
    def find(name: str) -> str | None:
        return f"/bin/{name}" if name in installed.split() else None

    assert clipboard_command(environment, platform, find) == command


async def test_the_program_gets_the_text_and_no_key(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    code = f"import os, sys; open({str(taken)!r}, 'wb').write(sys.stdin.buffer.read() + str(dict(os.environ)).encode())"
    await give([sys.executable, "-I", "-c", code], "grüße", {"HERE": "1"})
    assert taken.read_text(encoding="utf-8").startswith("grüße{'HERE': '1'")
    await give(["/no/such/program"], "text", {})
    assert encoding_for("win32") == "utf-16"


async def test_a_copy_goes_to_the_terminal_and_to_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, str]] = []

    async def taken(command: list[str], text: str, _environment: object, _encoding: str) -> None:
        given.append((Path(command[0]).name, text))

    monkeypatch.setattr("tui.app.app.give", taken)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(sys, "platform", "linux")
    app, engine = make_app("ada", prompt="why?", programs=Programs(environment=X11))
    async with app.run_test(size=(80, 24)) as pilot:
        engine.answer("ada", "the answer")
        draw(app)
        await pilot.press("tab", "y")
        assert app.clipboard == "the answer"
        assert given == [], "nothing is started for a screen that nobody sees"
        monkeypatch.setattr(type(app), "is_headless", False)
        await pilot.press("y")
        await app.workers.wait_for_complete()
        assert given == [("xclip", "the answer")]


async def test_a_selection_across_panes_is_of_the_answers_alone() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for name in ("ada", "bob"):
            engine.answer(name, f"{name} one\n\n{name} two")
        draw(app)
        await pilot.pause()
        y = next(y for y, row in enumerate(screen_rows(app)) if "ada one" in row)
        await pilot.mouse_down(offset=(6, y))
        await pilot.hover(offset=(49, y))
        await pilot.mouse_up(offset=(49, y))
        await pilot.press("ctrl+c")
        assert app.copied == ["one\n\nada two\n\nbob one"]
        app.dashboard.text_select_all()
        await pilot.pause()
        await pilot.press("ctrl+c")
        assert app.copied[1].splitlines() == ["ada one", "", "ada two", "", "bob one", "", "bob two"]


async def test_what_was_selected_in_another_view_is_not_copied() -> None:
    app, engine = make_app("ada", prompt="why?")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        engine.connect("ada")
        engine.receive("ada", {"content": "words"})
        draw(app)
        app.screen.selections = {app.dashboard.pane.answer: SELECT_ALL}
        await pilot.press("f3", "ctrl+c")
        assert app.copied == []
        assert engine.cancelled == ["ada"]
