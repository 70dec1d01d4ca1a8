"""Keys that come in one go mean what they mean one by one."""

from itertools import count
from pathlib import Path

import anyio
import pytest
from textual import events
from textual.pilot import Pilot

from tests.app.scripted import WatchedApp, focused, make_app
from tui.app.dashboard import Dashboard
from tui.app.dialogs.file_dialog import FileDialog
from tui.app.terminal import key_order
from tui.app.terminal.key_order import KeyOrder

pytestmark = pytest.mark.anyio


async def at_once(app: WatchedApp, pilot: Pilot[None], *keys: str) -> None:
    """All keys in the queue before the first is looked at, as from `tmux send-keys`."""
    named = {" ": "space", "/": "slash", ".": "full_stop", "-": "minus", "_": "underscore"}
    for key in keys:
        app.post_message(events.Key(named.get(key, key), key if len(key) == 1 else None))
    with anyio.fail_after(10):
        await pilot.pause(0)
        while not app.key_order.is_at_rest:
            await pilot.pause(0)


async def begun(pilot: Pilot[None]) -> None:
    await pilot.press(*"first", "enter")
    await pilot.pause()


async def test_a_question_behind_a_new_conversation_is_asked_in_it() -> None:
    app, engine = make_app("ada")
    async with app.run_test() as pilot:
        await begun(pilot)
        await at_once(app, pilot, "ctrl+n", *"second", "enter")
        prompt = engine.launched[-1][1]
        assert [message.text for message in prompt.messages] == ["second"]
        assert len(app.dashboard.run.conversation("ada").turns) == 1
        assert engine.board.get("ada") is not None


async def test_a_text_behind_the_way_to_the_prompt_is_text() -> None:
    app, engine = make_app("ada")
    async with app.run_test() as pilot:
        await begun(pilot)
        await pilot.press("escape")
        assert focused(app) is not app.dashboard.prompt_box
        await at_once(app, pilot, "i", *"xrequem", "enter")
        assert engine.cancelled == ["ada"], "by the next question, and not by a letter"
        assert [message.text for message in engine.launched[-1][1].messages][-1].endswith("xrequem")


async def test_a_letter_behind_the_way_out_of_the_prompt_is_a_command() -> None:
    app, engine = make_app("ada")
    async with app.run_test() as pilot:
        await at_once(app, pilot, *"first", "enter", "escape", "x")
        assert engine.cancelled == ["ada"]
        assert app.dashboard.prompt_box.text == ""


async def test_a_path_behind_a_dialog_is_typed_into_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("from a file")
    app, _engine = make_app("ada")
    async with app.run_test() as pilot:
        await at_once(app, pilot, "ctrl+o", *"a.txt", "enter", *" and on")
        assert not isinstance(app.screen, FileDialog)
        assert app.dashboard.prompt_box.text == "from a file and on"


async def test_a_paste_keeps_its_place() -> None:
    app, _engine = make_app("ada")
    async with app.run_test() as pilot:
        await pilot.press("escape")
        app.post_message(events.Key("i", "i"))
        app.post_message(events.Paste("pasted"))
        await at_once(app, pilot, *" on")
        assert app.dashboard.prompt_box.text == "pasted on"


async def test_a_widget_that_goes_away_holds_no_key_up() -> None:
    app: WatchedApp
    app, engine = make_app("ada")
    async with app.run_test() as pilot:
        await at_once(app, pilot, "f1", "escape", "f1", "escape", *"hello", "enter")
        assert engine.launched[-1][1].text == "hello"


async def test_a_key_that_takes_long_still_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    app, engine = make_app("ada")
    looks, looked, may_end = count(), anyio.Event(), anyio.Event()
    look = KeyOrder._look_after

    def counted(self: KeyOrder, number: int) -> None:
        look(self, number)
        if next(looks) == 5:
            looked.set()

    async def long(self: Dashboard) -> None:
        await may_end.wait()
        self.run.begin_anew()

    monkeypatch.setattr(key_order, "LOOK_S", 0.001)
    monkeypatch.setattr(KeyOrder, "_look_after", counted)
    monkeypatch.setattr(Dashboard, "action_new_conversation", long)
    async with app.run_test() as pilot:
        await begun(pilot)
        for key in ("ctrl+n", *"second", "enter"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        with anyio.fail_after(10):
            await looked.wait()
        assert len(engine.launched) == 1
        may_end.set()
        await at_once(app, pilot)
        assert [message.text for message in engine.launched[-1][1].messages] == ["second"]


async def test_a_letter_behind_tab_is_for_the_next_pane() -> None:
    app, engine = make_app("ada", "bob")
    async with app.run_test() as pilot:
        await begun(pilot)
        await at_once(app, pilot, "tab", "tab", "x")
        assert engine.cancelled == ["bob"]
