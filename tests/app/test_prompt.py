"""The prompt box: what is sent, what is text, and what is refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, make_app
from tui.app.actions import Place
from tui.app.prompt.prompt_box import MAX_PASTE_CHARS

pytestmark = pytest.mark.anyio

SIZE = (100, 30)


@asynccontextmanager
async def dashboard(*names: str) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    app, engine = make_app(*(names or ("ada", "bob")))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        yield app, engine, pilot


def prompts(engine: ScriptedEngine) -> list[tuple[str, str]]:
    return [(name, prompt.text) for name, prompt in engine.launched]


def key(name: str, character: str | None = None) -> events.Key:
    return events.Key(name, character)


async def test_the_prompt_has_the_focus_at_start() -> None:
    async with dashboard() as (app, _engine, _pilot):
        assert app.focused is app.dashboard.prompt_box


async def test_enter_sends_to_all_and_empties_the_box() -> None:
    async with dashboard() as (app, engine, pilot):
        await pilot.press("w", "h", "y", "question_mark", "enter")
        assert prompts(engine) == [("ada", "why?"), ("bob", "why?")]
        assert app.dashboard.prompt_box.text == ""
        assert app.focused is app.dashboard.prompt_box


async def test_a_second_prompt_asks_everyone_again() -> None:
    async with dashboard() as (_app, engine, pilot):
        await pilot.press("a", "enter")
        engine.answer("ada", "yes")
        await pilot.press("b", "enter")
        # bob has not answered the first one yet, so he is asked both at once
        assert prompts(engine) == [("ada", "a"), ("bob", "a"), ("ada", "b"), ("bob", "a\n\nb")]


async def test_text_and_enter_that_arrive_at_once_keep_their_order() -> None:
    async with dashboard() as (app, engine, pilot):
        for letter in "fast":
            app.post_message(key(letter, letter))
        app.post_message(key("enter", "\r"))
        for letter in "next":
            app.post_message(key(letter, letter))
        await pilot.pause()
        assert prompts(engine) == [("ada", "fast"), ("bob", "fast")]
        assert app.dashboard.prompt_box.text == "next"


@pytest.mark.parametrize("newline", ["alt+enter", "ctrl+j", "shift+enter"])
async def test_a_new_line_does_not_send(newline: str) -> None:
    async with dashboard() as (app, engine, pilot):
        await pilot.press("a", newline, "b")
        assert (app.dashboard.prompt_box.text, engine.launched) == ("a\nb", [])
        await pilot.press("enter")
        assert prompts(engine)[0] == ("ada", "a\nb")


@pytest.mark.parametrize("keys", [(), ("space", "space"), ("ctrl+j", "space")])
async def test_a_blank_prompt_is_not_sent(keys: tuple[str, ...]) -> None:
    async with dashboard() as (_app, engine, pilot):
        await pilot.press(*keys, "enter")
        assert engine.launched == []


async def test_action_keys_are_text_while_typing() -> None:
    """All letters and signs that act in a pane."""
    async with dashboard() as (app, engine, pilot):
        await pilot.press("s", "enter")
        launched = len(engine.launched)
        letters = ["x", "X", "r", "R", "z", "i", "space", "m", "y", "Y", "j", "k", "g", "G", "1", "9"]
        await pilot.press(*letters, "left_square_bracket", "right_square_bracket", "question_mark")
        assert app.dashboard.prompt_box.text == "xXrRzi myYjkgG19[]?"
        assert (engine.cancelled, len(engine.launched), app.dashboard.grid.zoomed) == ([], launched, False)
        assert app.screen is app.dashboard


async def test_arrows_and_control_keys_edit_while_typing() -> None:
    async with dashboard() as (app, _engine, pilot):
        await pilot.press("a", "b", "c", "home", "ctrl+d", "end", "left", "z")
        assert app.dashboard.prompt_box.text == "bzc"
        await pilot.press("ctrl+u")
        assert app.dashboard.prompt_box.text == "c"


async def test_no_function_key_is_kept_from_the_views_while_typing() -> None:
    app, _engine = make_app("ada", "bob", keys={"view.race": "f6", "view.diff": "f7", "view.panes": "shift+f7"})
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("h", "i")
        for name, place in (("f6", Place.RACE), ("f7", Place.DIFF), ("shift+f7", Place.PANES), ("f5", Place.INSPECTOR)):
            await pilot.press(name)
            assert app.dashboard.view.PLACE is place
        assert app.dashboard.prompt_box.has_focus
        assert app.dashboard.prompt_box.text == "hi"
        assert not app.dashboard.prompt_box.selected_text


async def test_a_paste_goes_in_with_its_line_ends_and_is_not_sent() -> None:
    async with dashboard() as (app, engine, pilot):
        app.post_message(events.Paste("one\ntwo\n"))
        await pilot.pause()
        assert (app.dashboard.prompt_box.text, engine.launched) == ("one\ntwo\n", [])


async def test_a_paste_of_a_megabyte_is_refused_with_a_hint() -> None:
    async with dashboard() as (app, _engine, pilot):
        await pilot.press("a")
        app.post_message(events.Paste("x" * 1_000_000))
        await pilot.pause()
        assert app.dashboard.prompt_box.text == "a"
        assert len(app.said) == 1
        assert "-f FILE" in app.said[0]


async def test_the_longest_paste_is_taken() -> None:
    async with dashboard() as (app, _engine, pilot):
        app.post_message(events.Paste("x" * MAX_PASTE_CHARS))
        await pilot.pause()
        assert len(app.dashboard.prompt_box.text) == MAX_PASTE_CHARS
        assert app.said == []


async def test_the_box_grows_with_its_text_and_leaves_room_for_the_panes() -> None:
    async with dashboard() as (app, _engine, pilot):
        heights = [app.dashboard.prompt_box.size.height]
        app.post_message(events.Paste("line\n" * 30))
        await pilot.pause()
        await pilot.pause()
        heights.append(app.dashboard.prompt_box.size.height)
        assert heights[0] < heights[1] <= 10
        assert app.dashboard.grid.size.height >= 15


async def test_a_prompt_of_the_command_line_is_asked_at_start() -> None:
    app, engine = make_app("ada", prompt="from the shell")
    async with app.run_test(size=SIZE):
        assert prompts(engine) == [("ada", "from the shell")]
