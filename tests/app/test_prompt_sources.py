"""Where a prompt comes from besides the keyboard: the ones sent before, an editor outside, a file."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

import anyio
import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, focused, make_app, screen_text
from tui.app.dialogs.file_dialog import FileDialog
from tui.app.prompt.editor import editor_command
from tui.app.prompt.prompt_box import MAX_PASTE_CHARS
from tui.app.prompt.prompt_file import MAX_FILE_BYTES, completed_path, read_prompt_file
from tui.core.errors import UsageError
from tui.storage.prompt_history import PromptHistory

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def prompting(*sent: str) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    """The prompt box of a dashboard that has a history."""
    history = PromptHistory()
    for prompt in sent:
        history.add(prompt)
    app, engine = make_app("ada", history=history)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        yield app, engine, pilot


# -- history --------------------------------------------------------------------------------------------------------


async def test_up_and_down_go_through_the_prompts_sent_before_and_back_to_the_draft() -> None:
    async with prompting("first", "second") as (app, _engine, pilot):
        await pilot.press(*"new")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            seen.append(app.dashboard.prompt_box.text)
        assert seen == ["second", "first", "first", "second", "new", "new"]


async def test_what_is_sent_is_remembered_and_editing_an_old_prompt_leaves_it_as_it_was() -> None:
    async with prompting("old") as (app, engine, pilot):
        await pilot.press("up", "exclamation_mark", "enter", "up")
        assert engine.launched[0][1].text == "old!"
        assert app.dashboard.prompt_box.text == "old!"
        await pilot.press("up")
        assert app.dashboard.prompt_box.text == "old"


async def test_inside_a_prompt_of_several_rows_the_arrows_move_the_cursor() -> None:
    async with prompting("one\ntwo\nthree", "last") as (app, _engine, pilot):
        box = app.dashboard.prompt_box
        await pilot.press("up", "up")
        assert (box.text, box.cursor_location) == ("one\ntwo\nthree", (2, 5))
        await pilot.press("up", "up")
        assert (box.text, box.cursor_location[0]) == ("one\ntwo\nthree", 0)
        await pilot.press("down", "down", "down")
        assert box.text == "last"


async def test_rows_count_as_they_are_wrapped() -> None:
    async with prompting("word " * 60) as (app, _engine, pilot):
        box = app.dashboard.prompt_box
        await pilot.press("up", "up")
        assert box.text == "word " * 60
        assert box.cursor_location[0] == 0, "one line, more rows"
        assert 0 < box.cursor_location[1] < 300


async def test_the_prompt_of_the_command_line_and_one_written_anew_are_remembered_and_a_system_prompt_is_not() -> None:
    history = PromptHistory()
    app, engine = make_app("ada", prompt="why?", history=history)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        engine.answer("ada", "because")
        await pilot.press("escape", "e", "exclamation_mark", "enter")
        await pilot.press("escape", "S", *"brief", "enter")
        await pilot.pause()
        assert history.prompts() == ["why?", "why?!"]
        await pilot.press("up", "up")
        assert app.dashboard.prompt_box.text == "why?"


async def test_a_prompt_that_is_too_large_for_the_box_is_not_put_into_it() -> None:
    history = PromptHistory()
    app, _engine = make_app("ada", prompt="x" * (MAX_PASTE_CHARS + 1), history=history)
    async with app.run_test(size=(100, 30)):
        assert history.prompts() == []


# -- editor ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def suspending(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that can be left."""
    monkeypatch.setattr(WatchedApp, "suspend", lambda self: nullcontext())


def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str) -> None:
    script = tmp_path / "my editor.py"
    script.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[-1])\n{program}\n")
    monkeypatch.setenv("VISUAL", f"'{sys.executable}' '{script}'")


async def edit(app: WatchedApp, pilot: Pilot[None]) -> None:
    with anyio.fail_after(20):
        await pilot.press("ctrl+g")
        await app.workers.wait_for_complete()
        await pilot.pause()


@pytest.mark.usefixtures("suspending")
async def test_the_editor_is_given_the_prompt_and_what_it_leaves_comes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-user")
    keys = "os.environ.get('OPENAI_API_KEY', 'no key')"
    editor(monkeypatch, tmp_path, f"import os; path.write_text(path.read_text().upper() + '\\n' + {keys} + '\\n')")
    async with prompting() as (app, engine, pilot):
        await pilot.press(*"draft")
        await edit(app, pilot)
        assert app.dashboard.prompt_box.text == "DRAFT\nno key"
        assert engine.launched == [], "sending is the user's"


@pytest.mark.usefixtures("suspending")
@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("sys.exit(3)", "ended with status 3"),
        ("path.unlink()", "left no UTF-8 text"),
        ("path.write_bytes(b'\\xff')", "left no UTF-8 text"),
        ("path.write_text('x' * 1_000_000)", "too many to paste"),
    ],
)
async def test_an_editor_that_fails_leaves_the_prompt_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, sentence: str
) -> None:
    editor(monkeypatch, tmp_path, program)
    async with prompting() as (app, _engine, pilot):
        await pilot.press(*"draft")
        await edit(app, pilot)
        assert app.dashboard.prompt_box.text == "draft"
        assert sentence in app.said[-1]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [(None, "Neither $VISUAL nor $EDITOR"), ("'vi", "$VISUAL cannot be read"), ("/no/such/editor", "cannot be ")],
)
async def test_no_editor_is_said(monkeypatch: pytest.MonkeyPatch, value: str | None, sentence: str) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    if value:
        monkeypatch.setenv("VISUAL", value)
    async with prompting() as (app, _engine, pilot):
        await edit(app, pilot)
        assert sentence in app.said[-1]


async def test_the_terminal_comes_back_from_an_editor_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    @contextmanager
    def suspend(_app: WatchedApp) -> Iterator[None]:
        """As Textual's: an exception inside would leave the terminal to the editor for ever."""
        steps.append("left")
        yield
        steps.append("back")

    monkeypatch.setattr(WatchedApp, "suspend", suspend)
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    async with prompting() as (app, _engine, pilot):
        await edit(app, pilot)
        assert steps == ["left", "back"]
        assert "/no/such/editor cannot be started: no such file or directory." in app.said


def test_the_editor_command_may_have_arguments() -> None:
    assert editor_command({"EDITOR": "code --wait"}) == ["code", "--wait"]
    assert editor_command({"EDITOR": "vi", "VISUAL": "'my editor' -f"}) == ["my editor", "-f"]


# -- file -----------------------------------------------------------------------------------------------------------


async def test_a_file_goes_in_at_the_cursor(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"\xef\xbb\xbfgr\xc3\xbc\xc3\x9fe\r\nline")
    async with prompting() as (app, _engine, pilot):
        await pilot.press("a", "b", "left", "ctrl+o")
        assert isinstance(app.screen, FileDialog)
        app.screen._path.value = str(tmp_path / "no")
        await pilot.press("tab")
        assert app.screen._path.value == str(tmp_path / "notes.txt")
        await pilot.press("enter")
        await pilot.pause()
        assert app.dashboard.prompt_box.text == "agrüße\nlineb"
        assert focused(app) is app.dashboard.prompt_box


async def test_what_is_wrong_with_a_file_is_said_and_escape_leaves() -> None:
    async with prompting() as (app, _engine, pilot):
        await pilot.press("ctrl+o", *"missing", "enter")
        await pilot.pause()
        assert "missing cannot be read: no such file or directory." in screen_text(app)
        await pilot.press("escape")
        assert (app.screen, app.dashboard.prompt_box.text) == (app.dashboard, "")


def test_files_that_cannot_be_a_prompt(tmp_path: Path) -> None:
    cases: list[tuple[str, bytes | None, str]] = [
        ("folder", None, "is a folder"),
        ("big", b"x" * (MAX_FILE_BYTES + 1), "-f FILE"),
        ("binary", b"text\xff", "byte 4 does not belong"),
    ]
    for name, data, sentence in cases:
        if data is None:
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(UsageError, match=sentence):
            read_prompt_file(str(tmp_path / name))
    with pytest.raises(UsageError, match="No file is named"):
        read_prompt_file(" ")  # to pathlib, the folder we are in


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="not an ordinary file"):
        read_prompt_file(str(tmp_path / "pipe"))


def test_paths_are_completed_as_far_as_names_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("note-a.txt", "note-b.txt", ".hidden", "odd\x1b[31m"):
        (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert completed_path("n") == "note-"
    assert completed_path("note-a") == "note-a.txt"
    assert completed_path("s") == "sub/"
    assert completed_path("sub/") == "sub/x"
    assert completed_path("~/.h") == "~/.hidden"
    assert completed_path(f"{tmp_path}/no") == f"{tmp_path}/note-"
    assert [completed_path(path) for path in ("zz", "none/here", "odd", "note-")] == [None] * 4
