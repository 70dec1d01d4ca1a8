"""What each key does, pressed as a user would press it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.app.scripted import (
    ScriptedEngine,
    WatchedApp,
    answer_rows,
    answer_shown,
    draw,
    focused,
    make_app,
    panel_rows,
    screen_text,
    title,
)
from tui.app.dashboard import Dashboard
from tui.app.dialogs.help_screen import HelpScreen
from tui.core.phase import Phase

pytestmark = pytest.mark.anyio

SIZE = (120, 40)
CODE = 'Look:\n\n```python\nprint("[/x]")\n```\n\nand\n\n```\nlast\n```\n'
LONG = "\n\n".join(f"paragraph {number}" for number in range(60))


@asynccontextmanager
async def running(
    *names: str, prompt: str | None = "why?", size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    """A dashboard with its prompt sent to all, and nothing answered yet."""
    app, engine = make_app(*names, prompt=prompt)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, engine, pilot


def stream(engine: ScriptedEngine, name: str, text: str = "some words") -> None:
    """Bring a stream into the middle of its answer."""
    engine.connect(name)
    engine.clock.advance(200)
    engine.receive(name, {"content": text})


def phases(engine: ScriptedEngine) -> dict[str, Phase]:
    return {state.target.name: state.phase for state in engine.board}


# -- moving ---------------------------------------------------------------------------------------------------------


async def test_tab_goes_from_the_prompt_through_the_panes_and_back() -> None:
    async with running("ada", "bob", "cleo", prompt=None) as (app, _engine, pilot):
        places = []
        for _ in range(5):
            places.append(focused(app))
            await pilot.press("tab")
        panes = app.dashboard.grid.panes
        assert places == [app.dashboard.prompt_box, *panes, app.dashboard.prompt_box]


async def test_shift_tab_goes_the_other_way() -> None:
    async with running("ada", "bob", prompt=None) as (app, _engine, pilot):
        places = []
        for _ in range(4):
            await pilot.press("shift+tab")
            places.append(focused(app))
        panes = app.dashboard.grid.panes
        assert places == [panes[1], panes[0], app.dashboard.prompt_box, panes[1]]


async def test_a_digit_focuses_that_pane_and_one_too_high_does_nothing() -> None:
    async with running("ada", "bob", "cleo", prompt=None) as (app, _engine, pilot):
        await pilot.press("tab", "3")
        assert focused(app) is app.dashboard.panes["cleo"]
        await pilot.press("9")
        assert focused(app) is app.dashboard.panes["cleo"]
        await pilot.press("2")
        assert focused(app) is app.dashboard.panes["bob"]


async def test_i_goes_to_the_prompt_and_escape_back_to_the_same_pane() -> None:
    async with running("ada", "bob", prompt=None) as (app, _engine, pilot):
        await pilot.press("tab", "2", "i")
        assert focused(app) is app.dashboard.prompt_box
        await pilot.press("escape")
        assert focused(app) is app.dashboard.panes["bob"]


async def test_a_click_focuses_the_pane_under_it() -> None:
    async with running("ada", "bob", prompt=None) as (app, _engine, pilot):
        await pilot.click(app.dashboard.panes["bob"], offset=(3, 5))
        assert app.dashboard.pane is app.dashboard.panes["bob"]


# -- stopping -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["x", "escape"])
async def test_cancel_stops_only_the_focused_stream_and_keeps_its_text(key: str) -> None:
    async with running("ada", "bob") as (app, engine, pilot):
        stream(engine, "ada")
        stream(engine, "bob", "kept words")
        await pilot.press("tab", "2", key)
        assert engine.cancelled == ["bob"]
        assert phases(engine) == {"ada": Phase.STREAMING, "bob": Phase.CANCELLED}
        assert answer_shown(app, "bob") == "kept words", "shown at once, without a frame"
        assert "cancelled" in title(app, "bob")


async def test_cancelling_what_does_not_run_says_so() -> None:
    async with running("ada", prompt=None) as (app, engine, pilot):
        await pilot.press("tab", "x")
        assert engine.cancelled == []
        assert app.said == ["ada is not running."]


@pytest.mark.parametrize("keys", [("tab", "X"), ("tab", "ctrl+c"), ("h", "ctrl+c")])
async def test_cancel_all_works_from_everywhere(keys: tuple[str, ...]) -> None:
    async with running("ada", "bob") as (_app, engine, pilot):
        stream(engine, "ada")
        await pilot.press(*keys)
        assert phases(engine) == {"ada": Phase.CANCELLED, "bob": Phase.CANCELLED}


async def test_ctrl_c_keeps_what_is_being_typed() -> None:
    async with running("ada") as (app, _engine, pilot):
        await pilot.press("h", "i", "ctrl+c", "!")
        assert app.dashboard.prompt_box.text == "hi!"


async def test_ctrl_c_while_the_help_is_open_cancels_too() -> None:
    async with running("ada") as (_app, engine, pilot):
        await pilot.press("f1", "ctrl+c")
        assert engine.cancelled == ["ada"]


async def test_ctrl_c_copies_text_selected_in_the_prompt_instead() -> None:
    async with running("ada") as (app, engine, pilot):
        await pilot.press("h", "i", "shift+home", "ctrl+c")
        assert app.copied == ["hi"]
        assert engine.cancelled == []


async def test_ctrl_c_copies_text_selected_in_an_answer_and_the_next_one_cancels() -> None:
    async with running("ada") as (app, engine, pilot):
        stream(engine, "ada", "select me")
        draw(app)
        await pilot.pause()
        view = app.dashboard.panes["ada"].answer
        row = answer_rows(app, "ada").index("select me")
        await pilot.mouse_down(view, offset=(0, row))
        await pilot.hover(view, offset=(5, row))
        await pilot.mouse_up(view, offset=(5, row))
        await pilot.press("ctrl+c")
        assert app.copied == ["select"]
        assert engine.cancelled == []
        await pilot.press("ctrl+c")
        assert engine.cancelled == ["ada"]


async def test_a_key_pressed_often_leaves_one_message_on_the_screen() -> None:
    async with running("ada", prompt=None) as (app, _engine, pilot):
        await pilot.press("tab", "x", "x", "x", "y")
        assert len(app.said) == 4
        assert [shown.message for shown in app._notifications] == ["There is no answer to copy yet."]


@pytest.mark.parametrize("keys", [("r",), ("R",), ("i", "h", "enter")], ids=["retry", "retry all", "send"])
async def test_asking_again_takes_back_what_was_said_before(keys: tuple[str, ...]) -> None:
    async with running("ada") as (app, engine, pilot):
        engine.answer("ada", "done")
        await pilot.press("tab", "X")
        assert len(app._notifications) == 1
        await pilot.press(*keys)
        assert len(engine.launched) == 2
        assert len(app._notifications) == 0


async def test_messages_that_were_taken_back_leave_nothing_behind() -> None:
    app, _engine = make_app("ada", prompt=None)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("tab", "X")
        await pilot.pause()
        tasks = len(asyncio.all_tasks())
        for _ in range(5):
            await pilot.press("X")
            await pilot.pause()
        assert len(app.screen.query("Toast")) == len(app.screen.query("ToastHolder")) == 1
        assert len(asyncio.all_tasks()) <= tasks
        app.clear_notifications()
        await pilot.pause()
        assert not app.screen.query("ToastHolder")


async def test_ctrl_c_when_nothing_runs_says_how_to_leave() -> None:
    async with running("ada", prompt=None) as (app, _engine, pilot):
        await pilot.press("ctrl+c")
        assert len(app.said) == 1
        assert "ctrl+q" in app.said[0]


@pytest.mark.parametrize("focus", [(), ("tab",), ("f1",)], ids=["prompt", "pane", "help"])
async def test_ctrl_q_quits_from_everywhere(focus: tuple[str, ...]) -> None:
    async with running("ada") as (app, _engine, pilot):
        await pilot.press(*focus, "ctrl+q")
        await pilot.pause()
        assert not app.is_running
    assert app.return_code == 0


# -- retrying -------------------------------------------------------------------------------------------------------


async def test_retry_asks_the_focused_target_again_and_starts_afresh() -> None:
    async with running("ada", "bob") as (app, engine, pilot):
        engine.answer("ada", "first answer")
        engine.answer("bob", "other answer")
        draw(app)
        engine.launched.clear()
        await pilot.press("tab", "r")
        assert [(name, prompt.text) for name, prompt in engine.launched] == [("ada", "why?")]
        draw(app)
        assert "queued" in title(app, "ada")
        assert "first answer" not in screen_text(app)
        stream(engine, "ada", "second answer")
        draw(app)
        assert answer_shown(app, "ada") == "second answer"
        assert answer_shown(app, "bob") == "other answer"


async def test_a_running_stream_is_not_retried() -> None:
    async with running("ada") as (app, engine, pilot):
        stream(engine, "ada")
        engine.launched.clear()
        await pilot.press("tab", "r", "R")
        assert engine.launched == []
        assert len(app.said) == 2


async def test_retry_all_asks_those_again_that_have_ended() -> None:
    async with running("ada", "bob", "cleo") as (_app, engine, pilot):
        engine.answer("ada", "done")
        stream(engine, "bob")
        engine.answer("cleo", "done")
        engine.launched.clear()
        await pilot.press("tab", "R")
        assert [name for name, _ in engine.launched] == ["ada", "cleo"]


@pytest.mark.parametrize("key", ["r", "R"])
async def test_there_is_nothing_to_retry_before_a_prompt(key: str) -> None:
    async with running("ada", prompt=None) as (app, engine, pilot):
        await pilot.press("tab", key)
        assert engine.launched == []
        assert app.said == ["There is nothing to retry yet."]


# -- the view -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["z", "f10"])
async def test_zoom_gives_one_pane_the_room_and_the_same_key_gives_it_back(key: str) -> None:
    async with running("ada", "bob") as (app, engine, pilot):
        await pilot.press("tab", "2", key)
        await pilot.pause()
        ada, bob = app.dashboard.grid.panes
        assert (ada.display, bob.size.width > SIZE[0] // 2) == (False, True)
        stream(engine, "ada", "came while hidden")
        draw(app)
        await pilot.press(key)
        await pilot.pause()
        draw(app)
        assert ada.display
        assert answer_shown(app, "ada") == "came while hidden"


async def test_escape_restores_a_zoomed_pane_once_nothing_runs_in_it() -> None:
    async with running("ada", "bob") as (app, engine, pilot):
        await pilot.press("tab", "z", "escape")
        assert engine.cancelled == ["ada"]
        zoomed = [app.dashboard.grid.zoomed]
        await pilot.press("escape")
        zoomed.append(app.dashboard.grid.zoomed)
        assert (zoomed, engine.cancelled) == ([True, False], ["ada"])


async def test_zoom_works_from_the_prompt_without_taking_the_focus() -> None:
    async with running("ada", "bob") as (app, _engine, pilot):
        await pilot.press("f10", "h", "i")
        assert app.dashboard.grid.zoomed
        assert app.dashboard.prompt_box.text == "hi"


async def test_tab_moves_on_while_zoomed() -> None:
    async with running("ada", "bob") as (app, engine, pilot):
        stream(engine, "bob", "here is bob")
        draw(app)
        await pilot.press("tab", "z", "tab")
        await pilot.pause()
        assert [pane.display for pane in app.dashboard.grid.panes] == [False, True]
        draw(app)
        assert answer_shown(app, "bob") == "here is bob"


async def test_space_holds_the_view_and_nothing_is_lost() -> None:
    async with running("ada") as (app, engine, pilot):
        stream(engine, "ada", "one ")
        draw(app)
        await pilot.press("tab", "space")
        for word in ("two ", "three "):
            engine.clock.advance(100)
            engine.receive("ada", {"content": word})
            draw(app)
        assert answer_shown(app, "ada") == "one"
        await pilot.press("space")
        draw(app)
        assert answer_shown(app, "ada") == "one two three"


async def test_a_stream_that_ends_while_held_is_shown_whole_afterwards() -> None:
    async with running("ada") as (app, engine, pilot):
        stream(engine, "ada", "one ")
        draw(app)
        await pilot.press("tab", "space")
        engine.receive("ada", {"content": "two"}, finish="stop")
        engine.done("ada")
        draw(app)
        assert answer_shown(app, "ada") == "one"
        assert "complete" in title(app, "ada")
        await pilot.press("space")
        assert answer_shown(app, "ada") == "one two"


async def test_a_new_stream_is_not_held() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.answer("ada", "old")
        draw(app)
        await pilot.press("tab", "space", "r")
        stream(engine, "ada", "new")
        draw(app)
        assert answer_shown(app, "ada") == "new"


async def test_m_switches_between_rendered_and_written() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.answer("ada", "some **bold** words")
        draw(app)
        assert answer_shown(app, "ada") == "some bold words"
        await pilot.press("tab", "m")
        assert answer_shown(app, "ada") == "some **bold** words"
        await pilot.press("m")
        assert answer_shown(app, "ada") == "some bold words"


async def test_ctrl_t_unfolds_and_folds_the_reasoning() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.connect("ada")
        engine.receive("ada", {"reasoning_content": "let me see"})
        draw(app)
        assert "let me see" not in screen_text(app)
        await pilot.press("tab", "ctrl+t")
        assert "let me see" in answer_shown(app, "ada")
        await pilot.press("ctrl+t")
        assert "let me see" not in answer_shown(app, "ada")


async def test_ctrl_t_says_when_there_is_no_reasoning() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.answer("ada", "plain")
        draw(app)
        await pilot.press("tab", "ctrl+t")
        assert len(app.said) == 1


async def test_y_copies_the_answer_as_the_model_wrote_it() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.answer("ada", CODE)
        draw(app)
        await pilot.press("tab", "y")
        assert app.copied == [CODE]


async def test_copying_survives_text_that_is_no_unicode() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.answer("ada", "half \ud83d and ```\n\udc00\n```")
        draw(app)
        await pilot.press("tab", "y", "Y")
        assert app.copied
        assert app.copied[0].startswith("half \ufffd")


async def test_shift_y_copies_the_last_code_block() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.answer("ada", CODE)
        draw(app)
        await pilot.press("tab", "Y")
        assert app.copied == ["last\n"]


@pytest.mark.parametrize("key", ["y", "Y"])
async def test_copying_nothing_says_so_and_leaves_the_clipboard(key: str) -> None:
    async with running("ada") as (app, _engine, pilot):
        await pilot.press("tab", key)
        assert app.copied == []
        assert len(app.said) == 1


async def test_brackets_go_through_the_choices_and_round() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.connect("ada")
        for choice, text in enumerate(("first", "second", "third")):
            engine.receive("ada", {"content": text}, choice=choice)
        draw(app)
        await pilot.press("tab")
        shown = [answer_shown(app, "ada")]
        for key in ("right_square_bracket",) * 3 + ("left_square_bracket",):
            await pilot.press(key)
            draw(app)
            shown.append(answer_shown(app, "ada"))
        assert shown == ["first", "second", "third", "first", "third"]


async def test_a_click_on_a_tab_shows_that_choice_with_its_own_ending() -> None:
    async with running("ada", "bob") as (app, engine, pilot):
        for name in ("ada", "bob"):
            engine.connect(name)
            engine.receive(name, {"content": "first"}, choice=0, finish="stop")
            engine.receive(name, {"content": "second"}, choice=1, finish="length")
            engine.done(name)
        draw(app)
        await pilot.pause()
        panel = app.dashboard.panes["bob"]._panel
        row = len(panel_rows(app, "bob")) - 1
        assert panel_rows(app, "bob")[row].startswith("[1✓] 2△   stop")
        await pilot.click(panel, offset=(6, row))
        draw(app)
        assert answer_shown(app, "bob") == "second"
        assert panel_rows(app, "bob")[row].startswith(" 1✓ [2△]  length")
        assert answer_shown(app, "ada") == "first"
        assert app.dashboard.panes["bob"].has_focus
        await pilot.press("y")
        assert app.copied == ["second"]


async def test_a_click_on_the_reasoning_lane_opens_it() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.connect("ada")
        engine.receive("ada", {"reasoning_content": "let me think"}, {"content": "answer"})
        draw(app)
        await pilot.pause()
        row = len(panel_rows(app, "ada")) - 1
        await pilot.click(app.dashboard.panes["ada"]._panel, offset=(2, row))
        draw(app)
        assert "let me think" in answer_shown(app, "ada")


async def test_another_choice_is_shown_while_the_view_is_held() -> None:
    async with running("ada") as (app, engine, pilot):
        engine.connect("ada")
        for choice, text in enumerate(("first", "second")):
            engine.receive("ada", {"content": text}, choice=choice)
        draw(app)
        await pilot.press("tab", "space", "right_square_bracket")
        draw(app)
        assert answer_shown(app, "ada") == "second"


# -- scrolling ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def long_answer() -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    async with running("ada") as (app, engine, pilot):
        stream(engine, "ada", LONG)
        draw(app)
        await pilot.press("tab")
        yield app, engine, pilot


@pytest.mark.parametrize(("up", "down"), [("k", "j"), ("up", "down")])
async def test_rows_up_and_down(up: str, down: str) -> None:
    async with long_answer() as (app, _engine, pilot):
        view = app.dashboard.panes["ada"].answer
        await pilot.press(up, up, up, down)
        assert view.rows_below == 2
        assert not view.follow


@pytest.mark.parametrize(("up", "down"), [("ctrl+u", "ctrl+d"), ("pageup", "pagedown")])
async def test_half_pages_up_and_down(up: str, down: str) -> None:
    async with long_answer() as (app, _engine, pilot):
        view = app.dashboard.panes["ada"].answer
        half = view.size.height // 2
        await pilot.press(up, up)
        assert view.rows_below == 2 * half
        await pilot.press(down)
        assert view.rows_below == half


@pytest.mark.parametrize(("top", "end"), [("g", "G"), ("home", "end")])
async def test_top_and_end(top: str, end: str) -> None:
    async with long_answer() as (app, _engine, pilot):
        view = app.dashboard.panes["ada"].answer
        await pilot.press(top)
        assert (view.rows_above, view.follow) == (0, False)
        await pilot.press(end)
        assert (view.rows_below, view.follow) == (0, True)


async def test_the_tail_is_followed_until_the_user_scrolls_up_and_again_from_the_end() -> None:
    async with long_answer() as (app, engine, pilot):

        def say(text: str) -> None:
            engine.clock.advance(100)
            engine.receive("ada", {"content": f"\n\n{text}"})
            draw(app)

        say("alpha")
        assert answer_shown(app, "ada").endswith("alpha")
        await pilot.press("k")
        before = answer_shown(app, "ada")
        say("beta")
        assert answer_shown(app, "ada") == before
        await pilot.press("G")
        say("gamma")
        assert answer_shown(app, "ada").endswith("gamma")


async def test_scrolling_acts_on_the_focused_pane_alone() -> None:
    async with running("ada", "bob") as (app, engine, pilot):
        stream(engine, "ada", LONG)
        stream(engine, "bob", LONG)
        draw(app)
        await pilot.press("tab", "2", "g")
        assert app.dashboard.panes["ada"].answer.follow
        assert not app.dashboard.panes["bob"].answer.follow


# -- help -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        (("tab", "question_mark"), "escape"),
        (("tab", "f1"), "question_mark"),
        (("f1",), "f1"),
        (("f1",), "q"),
    ],
)
async def test_help_opens_and_closes(opening: tuple[str, ...], closing: str) -> None:
    async with running("ada", prompt=None) as (app, _engine, pilot):
        await pilot.press(*opening)
        assert [type(screen) for screen in app.screen_stack] == [Dashboard, HelpScreen]
        await pilot.press(closing)
        assert app.screen_stack == [app.dashboard]


async def test_help_can_be_scrolled_where_it_does_not_fit() -> None:
    async with running("ada", size=(60, 15)) as (app, _engine, pilot):
        await pilot.press("f1")
        await pilot.pause()
        before = screen_text(app)
        await pilot.press("end")
        await pilot.pause()
        assert screen_text(app) != before


async def test_streams_go_on_while_the_help_is_open() -> None:
    async with running("ada") as (app, engine, pilot):
        await pilot.press("tab", "question_mark")
        stream(engine, "ada", "under the help")
        draw(app)
        await pilot.press("escape")
        assert answer_shown(app, "ada") == "under the help"
