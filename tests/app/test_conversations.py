"""Several turns: what each pane is asked and shows after everything a user can do with a conversation."""

import gc
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.app.scripted import (
    ScriptedEngine,
    WatchedApp,
    answer_rows,
    answer_shown,
    draw,
    make_app,
    panel_rows,
    screen_text,
    subtitle,
    target,
    title,
)
from tui.core.failure import StreamError
from tui.core.request import Prompt
from tui.core.turns import GO_ON

pytestmark = pytest.mark.anyio

SIZE = (120, 40)


@asynccontextmanager
async def talking(
    *names: str, prompt: str | None = "one", size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    """A dashboard with ada, bob or `names`, of whom each has answered `1 by NAME`; the focus is on the first pane."""
    app, engine = make_app(*(names or ("ada", "bob")), prompt=prompt)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if prompt:
            for pane in app.dashboard.panes:
                engine.answer(pane, f"1 by {pane}")
        draw(app)
        await pilot.press("tab")
        await pilot.pause()
        yield app, engine, pilot


async def ask(app: WatchedApp, pilot: Pilot[None], text: str) -> None:
    """Type a prompt for all and send it."""
    app.dashboard.prompt_box.focus()
    await pilot.press(*text, "enter")
    await pilot.pause()
    draw(app)


async def to_pane(pilot: Pilot[None], number: int) -> None:
    """From the prompt to a pane."""
    await pilot.press("escape", str(number))
    await pilot.pause()


def said(prompt: Prompt) -> list[str]:
    return [message.text for message in prompt.messages]


def asked(engine: ScriptedEngine, name: str) -> list[list[str]]:
    """All prompts a target was sent, each as its messages."""
    return [said(prompt) for to, prompt in engine.launched if to == name]


# -- the next turn --------------------------------------------------------------------------------------------------


async def test_the_next_prompt_goes_on_with_each_panes_own_history() -> None:
    async with talking() as (app, engine, pilot):
        await ask(app, pilot, "two")
        assert asked(engine, "ada")[-1] == ["one", "1 by ada", "two"]
        assert asked(engine, "bob")[-1] == ["one", "1 by bob", "two"]


async def test_earlier_turns_stand_above_with_their_prompts() -> None:
    async with talking() as (app, engine, pilot):
        assert "❯" not in answer_shown(app, "ada"), "one answer needs no prompt above it"
        await ask(app, pilot, "two")
        engine.answer("ada", "2 by ada")
        draw(app)
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "1 by ada", "❯ two", "2 by ada"]
        assert title(app, "ada").endswith("ada · turn 2")


async def test_an_earlier_turn_says_how_it_ended() -> None:
    async with talking(prompt=None) as (app, engine, pilot):
        await ask(app, pilot, "one")
        engine.connect("ada")
        engine.receive("ada", {"content": "half"})
        engine.cancel("ada")
        engine.answer("bob", "cut", finish="length")
        draw(app)
        await ask(app, pilot, "two")
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "half", "cancelled", "❯ two"]
        assert [row for row in answer_rows(app, "bob") if row] == ["❯ one", "cut", "cut at its limit", "❯ two"]


async def test_a_prompt_sent_while_answers_run_stops_them_and_keeps_what_they_said() -> None:
    async with talking(prompt=None) as (app, engine, pilot):
        await ask(app, pilot, "one")
        engine.connect("ada")
        engine.receive("ada", {"content": "half"})
        await ask(app, pilot, "two")
        assert engine.cancelled == ["ada", "bob"]
        assert asked(engine, "ada")[-1] == ["one", "half", "two"]
        assert [toast.message for toast in app._notifications] == ["2 still answered and were stopped: ada, bob"]
        engine.answer("ada", "2 by ada")
        await ask(app, pilot, "three")
        assert [toast.message for toast in app._notifications] == ["bob still answered and was stopped."]


async def test_a_long_prompt_is_shown_by_its_beginning() -> None:
    async with talking(prompt="first\n" + "x" * 5000) as (app, _engine, pilot):
        await ask(app, pilot, "two")
        rows = [row for row in answer_rows(app, "ada") if row]
        assert rows[0] == "❯ first"
        assert any(row.endswith("…") for row in rows)
        assert len(rows) < 20


async def test_a_frame_costs_the_same_whatever_stands_above() -> None:
    """Counted in sections that are looked at, since time depends on the machine."""
    async with talking() as (app, engine, pilot):
        document = app.dashboard.panes["ada"].answer._document
        looked: list[str] = []
        for number in range(2, 12):
            await ask(app, pilot, str(number))
            for pane in ("ada", "bob"):
                engine.answer(pane, f"{number} by {pane}")
            draw(app)
        await ask(app, pilot, "x")
        engine.connect("ada")
        engine.receive("ada", {"content": "first "})
        draw(app)
        for section in document.sections:
            section.flush = _noting(section.key, section.flush, looked)  # type: ignore[method-assign]
        engine.receive("ada", {"content": "more"})
        draw(app)
        assert looked
        assert all(not key[0].isdigit() for key in looked)
        assert len(document.sections) > 60


def _noting(key: str, flush: Callable[..., Any], looked: list[str]) -> Callable[..., Any]:
    def noting(*arguments: Any, **options: Any) -> Any:
        looked.append(key)
        return flush(*arguments, **options)

    return noting


async def test_all_turns_are_wrapped_anew_when_the_size_changes() -> None:
    async with talking(prompt=None) as (app, engine, pilot):
        await ask(app, pilot, "one")
        for name in ("ada", "bob"):
            engine.answer(name, "word " * 30)
        await ask(app, pilot, "two")
        engine.answer("ada", "short")
        draw(app)
        rows = [row for row in answer_rows(app, "ada") if row]
        assert len(rows) == 6, "30 words in a pane half as wide as the screen take 3 rows"
        await pilot.resize_terminal(92, 40)
        await pilot.pause()
        draw(app)
        rows = [row for row in answer_rows(app, "ada") if row]
        assert len(rows) == 5, "and 2 in one that is as wide as the screen"
        assert " ".join(rows).count("word") == 30
        assert rows[0] == "❯ one"
        assert rows[-2:] == ["❯ two", "short"]


async def test_reasoning_unfolds_in_all_turns() -> None:
    async with talking(prompt=None) as (app, engine, pilot):
        for number in ("one", "two"):
            await ask(app, pilot, number)
            engine.connect("ada")
            engine.receive("ada", {"reasoning_content": f"hm {number}"}, {"content": "so"}, finish="stop")
            engine.done("ada")
            draw(app)
        assert "hm" not in answer_shown(app, "ada")
        await to_pane(pilot, 1)
        await pilot.press("ctrl+t")
        assert "hm one" in answer_shown(app, "ada")
        assert "hm two" in answer_shown(app, "ada")


async def test_a_hidden_pane_has_all_turns_when_it_is_shown() -> None:
    async with talking() as (app, engine, pilot):
        await pilot.press("z")
        for number in ("two", "three"):
            await ask(app, pilot, number)
            engine.answer("bob", f"bob on {number}")
            engine.answer("ada", f"ada on {number}")
            draw(app)
        await to_pane(pilot, 2)
        draw(app)
        rows = [row for row in answer_rows(app, "bob") if row]
        assert rows == ["❯ one", "1 by bob", "❯ two", "bob on two", "❯ three", "bob on three"]


async def test_tool_calls_of_an_earlier_turn_are_shown_and_sent_with_a_stand_in() -> None:
    async with talking(prompt=None) as (app, engine, pilot):
        await ask(app, pilot, "one")
        engine.connect("ada")
        call = {"index": 0, "id": "x", "function": {"name": "look", "arguments": '{"n": 1}'}}
        engine.receive("ada", {"tool_calls": [call]}, finish="tool_calls")
        engine.done("ada")
        draw(app)
        await ask(app, pilot, "two")
        assert asked(engine, "ada")[-1] == ["one", "", "not answered", "two"]
        assert "look" in answer_shown(app, "ada")
        assert '{"n": 1}' in answer_shown(app, "ada")


async def test_results_go_on_with_a_stream_of_their_own() -> None:
    """What the form for tool calls does."""
    async with talking("ada", prompt=None) as (app, engine, pilot):
        await ask(app, pilot, "one")
        engine.connect("ada")
        call = {"index": 0, "id": "x", "function": {"name": "look", "arguments": "{}"}}
        engine.receive("ada", {"tool_calls": [call]}, finish="tool_calls")
        engine.done("ada")
        run = app.dashboard.run
        run.send("ada", run.conversation("ada").answer_calls({"x": "sun"}))
        engine.answer("ada", "It shines.")
        draw(app)
        assert asked(engine, "ada")[-1] == ["one", "", "sun"]
        assert "❯ 1 result sent" in answer_rows(app, "ada")
        assert "turn" not in title(app, "ada"), "still the first question"


# -- starting afresh ------------------------------------------------------------------------------------------------


async def test_a_new_conversation_forgets_what_was_said() -> None:
    async with talking() as (app, engine, pilot):
        await ask(app, pilot, "two")
        await pilot.press("ctrl+n")
        await pilot.pause()
        draw(app)
        assert engine.cancelled == ["ada", "bob"]
        assert "custom/ada-model" in answer_shown(app, "ada")
        assert "ready" in title(app, "ada")
        assert "turn" not in title(app, "ada")
        assert app.focused is app.dashboard.prompt_box
        await pilot.press(*"three", "enter")
        assert asked(engine, "ada")[-1] == ["three"]


async def test_the_last_conversation_comes_back_as_it_was_and_goes_on() -> None:
    async with talking("ada", "bob", prompt=None) as (app, engine, pilot):
        run = app.dashboard.run
        run.set_system("Be brief.")
        await ask(app, pilot, "one")
        engine.connect("ada")
        engine.receive("ada", {"content": "first"})
        engine.receive("ada", {"content": "second"}, choice=1, finish="stop")
        engine.done("ada")
        engine.connect("bob")
        engine.receive("bob", {"content": "bob still wri"})
        draw(app)
        await to_pane(pilot, 1)
        await pilot.press("]")
        began = run.started_at
        await pilot.press("ctrl+n", "ctrl+n")
        assert app.said == ["New conversation; alt+u brings the last one back."], "the second time there was nothing"
        await ask(app, pilot, "other")
        engine.answer("ada", "another matter")
        run.set_system("Be long.")

        await to_pane(pilot, 1)
        await pilot.press("U")
        await pilot.pause()
        draw(app)
        assert "second" in answer_shown(app, "ada")
        assert "another matter" not in answer_shown(app, "ada")
        assert "bob still wri" in answer_shown(app, "bob")
        assert "cancelled" in title(app, "bob")
        assert (run.started_at, run.system) == (began, "Be brief.")
        assert "system: Be brief." in screen_text(app)
        await ask(app, pilot, "two")
        assert asked(engine, "ada")[-1] == ["one", "second", "two"]
        assert asked(engine, "bob")[-1] == ["one", "bob still wri", "two"]

        await to_pane(pilot, 1)
        await pilot.press("U")
        await pilot.pause()
        assert "another matter" in answer_shown(app, "ada")
        assert run.system == "Be long."
        await pilot.press("i", *"draft", "alt+u")
        await pilot.pause()
        assert app.dashboard.prompt_box.text == "draft"
        assert "❯ two" in answer_shown(app, "ada"), "it goes back and forth"


async def test_what_was_put_away_follows_the_line_up_and_goes_with_another() -> None:
    app, engine = make_app("ada", "bob", "cyd", prompt="one")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        for name in ("ada", "bob", "cyd"):
            engine.answer(name, f"1 by {name}")
        run = app.dashboard.run
        gone = [weakref.ref(talk) for talk in map(run.conversation, run.talks)]
        await pilot.press("ctrl+n")
        run.remove("bob")
        run.replace("cyd", target("dora"))
        assert run.restore()
        assert [stream.snapshot().target.name for stream in run.board] == ["ada", "cyd"]
        assert engine.state("dora").snapshot().choices[0].text == "1 by cyd"
        assert [turn.text for turn in run.conversation("dora").turns] == ["one"]
        assert run.begin_anew()
        run.start_over([target("eve")], None)
        assert not run.restore()
        assert run.summary() == "1 target"
        gc.collect()
        assert all(talk() is None for talk in gone), "nobody holds what cannot come back"


async def test_nothing_is_brought_back_before_there_is_something_or_in_blind_mode() -> None:
    async with talking() as (app, _engine, pilot):
        await pilot.press("U")
        await pilot.press("f9", "ctrl+n", "tab", "U")
        assert app.said[0] == "There is no conversation to bring back."
        assert app.said[-1].startswith("In blind mode no conversation is brought back")
        assert not any("brings the last one back" in said for said in app.said)
        await pilot.press("f9", "U")
        await pilot.pause()
        assert "1 by bob" in answer_shown(app, "bob"), "it waited until the mode was off"


# -- one pane alone -------------------------------------------------------------------------------------------------


async def test_one_pane_is_continued_alone_until_escape() -> None:
    async with talking() as (app, engine, pilot):
        await pilot.press("2", "a")
        await pilot.pause()
        assert app.focused is app.dashboard.prompt_box
        assert "prompt · only bob" in screen_text(app)
        for word in ("two", "three"):
            await pilot.press(*word, "enter")
            await pilot.pause()
            engine.answer("bob", f"bob on {word}")
        assert len(asked(engine, "ada")) == 1
        assert asked(engine, "bob")[-1] == ["one", "1 by bob", "two", "bob on two", "three"]
        await pilot.press(*"kept", "escape")
        await pilot.pause()
        assert "only bob" not in screen_text(app)
        assert app.focused is app.dashboard.prompt_box, "the next escape goes to the panes"
        assert app.dashboard.prompt_box.text == "kept"
        await pilot.press("enter")
        await pilot.pause()
        assert asked(engine, "ada")[-1] == ["one", "1 by ada", "kept"]


# -- editing, branching, trying again -------------------------------------------------------------------------------


async def test_the_last_prompt_is_edited_and_takes_the_place_of_its_turn() -> None:
    async with talking() as (app, engine, pilot):
        await ask(app, pilot, "two")
        engine.answer("ada", "2 by ada")
        draw(app)
        await pilot.press(*"draft")
        await to_pane(pilot, 1)
        await pilot.press("e")
        await pilot.pause()
        assert app.dashboard.prompt_box.text == "two"
        assert "prompt · turn 2 of ada anew" in screen_text(app)
        await pilot.press("end", "!", "enter")
        await pilot.pause()
        draw(app)
        assert asked(engine, "ada")[-1] == ["one", "1 by ada", "two!"]
        assert len(asked(engine, "bob")) == 2
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "1 by ada", "❯ two!"]
        assert app.dashboard.prompt_box.text == "draft", "what was being typed comes back"


async def test_escape_leaves_an_edit_and_brings_the_draft_back() -> None:
    async with talking() as (app, engine, pilot):
        await pilot.press("i", *"draft", "escape", "1", "e", *"xyz", "escape")
        await pilot.pause()
        assert app.dashboard.prompt_box.text == "draft"
        assert len(engine.launched) == 2
        assert "anew" not in screen_text(app)


async def test_a_blank_edit_is_not_sent() -> None:
    async with talking() as (app, engine, pilot):
        await pilot.press("e", *["backspace"] * 5, "enter")
        await pilot.pause()
        assert len(engine.launched) == 2
        assert app.said[-1] == "A blank prompt is not sent."


async def test_there_is_nothing_to_edit_before_a_prompt() -> None:
    async with talking(prompt=None) as (app, _engine, pilot):
        await pilot.press("e")
        await pilot.pause()
        assert app.said == ["ada was not asked anything yet."]


async def test_a_branch_goes_on_from_the_turn_before_and_the_other_can_be_taken_up_again() -> None:
    async with talking() as (app, engine, pilot):
        await ask(app, pilot, "two")
        engine.answer("ada", "2 by ada")
        draw(app)
        await to_pane(pilot, 1)
        await pilot.press("b")
        await pilot.pause()
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "1 by ada"]
        assert "ready" in title(app, "ada")
        assert panel_rows(app, "ada") == ["TTFT 203 ms  – tok/s  ≈2 tok  0.3 s"], "the figures of the answer on show"
        await pilot.press("y")
        assert app.copied == ["1 by ada"]
        await pilot.press("a", *"drei", "enter")
        await pilot.pause()
        engine.answer("ada", "3 by ada")
        draw(app)
        assert asked(engine, "ada")[-1] == ["one", "1 by ada", "drei"]
        await pilot.press("escape", "escape", "1", "B")
        await pilot.pause()
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "1 by ada", "❯ two", "2 by ada"]
        await pilot.press("B")
        await pilot.pause()
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "1 by ada", "❯ drei", "3 by ada"]


async def test_there_is_no_branch_before_the_first_turn() -> None:
    async with talking() as (app, _engine, pilot):
        await pilot.press("b")
        await pilot.pause()
        await pilot.press("B")
        await pilot.pause()
        assert app.said == [
            "ada has no earlier turn to go on from, or still answers.",
            "ada has nothing put aside, or still answers.",
        ]
        assert answer_shown(app, "ada") == "1 by ada"


async def test_retry_asks_the_last_turn_again() -> None:
    async with talking() as (app, engine, pilot):
        await ask(app, pilot, "two")
        engine.answer("ada", "2 by ada")
        draw(app)
        await to_pane(pilot, 1)
        await pilot.press("r")
        engine.answer("ada", "better")
        draw(app)
        assert asked(engine, "ada")[-1] == ["one", "1 by ada", "two"]
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "1 by ada", "❯ two", "better"]
        await pilot.press("B")
        await pilot.pause()
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "1 by ada", "❯ two", "2 by ada"]


async def test_retry_all_asks_each_its_own_last_turn() -> None:
    async with talking() as (_app, engine, pilot):
        await pilot.press("a", *"two", "enter")
        await pilot.pause()
        engine.answer("ada", "2 by ada")
        await pilot.press("escape", "escape", "R")
        await pilot.pause()
        assert asked(engine, "ada")[-1] == ["one", "1 by ada", "two"]
        assert asked(engine, "bob")[-1] == ["one"]


async def test_a_failed_turn_is_tried_again_without_a_trace() -> None:
    async with talking(prompt=None) as (app, engine, pilot):
        await ask(app, pilot, "one")
        engine.connect("ada")
        engine.fail("ada", StreamError("http", "overloaded", status=503))
        draw(app)
        await to_pane(pilot, 1)
        await pilot.press("r")
        engine.answer("ada", "there")
        draw(app)
        assert answer_shown(app, "ada") == "there"
        assert app.dashboard.run.conversation("ada").branches == []


# -- going on -------------------------------------------------------------------------------------------------------


async def test_an_answer_cut_at_its_limit_is_continued() -> None:
    app, engine = make_app(targets=[target("ada")], prompt="count")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        engine.answer("ada", "1, 2", finish="length")
        draw(app)
        assert subtitle(app, "ada") == "length · c continue"
        await pilot.press("tab", "c")
        await pilot.pause()
        engine.answer("ada", ", 3")
        draw(app)
        assert asked(engine, "ada")[-1] == ["count", "1, 2", GO_ON]
        assert app.said == ["ada cannot write on in its own answer, so it is asked to go on."]
        rows = [row for row in answer_rows(app, "ada") if row]
        assert rows[:2] == ["❯ count", "1, 2"]
        assert "asked to go on" in answer_shown(app, "ada")
        assert rows[-1] == ", 3"


async def test_a_server_that_can_writes_on_in_the_same_answer() -> None:
    local = target("ada")
    local = type(local)("ada", "llamacpp", "tiny", "chat", local.base_url)
    app, engine = make_app(targets=[local], prompt="count")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        engine.connect("ada")
        engine.receive("ada", {"content": "1, 2"})
        engine.end("ada")
        draw(app)
        assert subtitle(app, "ada").endswith("c continue · r retry")
        await pilot.press("tab", "c")
        await pilot.pause()
        engine.answer("ada", ", 3")
        draw(app)
        assert asked(engine, "ada")[-1] == ["count", "1, 2"]
        assert [row for row in answer_rows(app, "ada") if row] == [
            *["❯ count", "1, 2", "interrupted"],
            *["❯ continued", ", 3"],
        ]
        await ask(app, pilot, "next")
        assert asked(engine, "ada")[-1] == ["count", "1, 2, 3", "next"]


async def test_nothing_but_reasoning_is_nothing_to_continue() -> None:
    async with talking(prompt=None) as (app, engine, pilot):
        await ask(app, pilot, "one")
        engine.connect("ada")
        engine.receive("ada", {"reasoning_content": "hm"})
        engine.end("ada")
        draw(app)
        assert subtitle(app, "ada").endswith("r retry")


async def test_a_whole_answer_is_not_continued() -> None:
    async with talking() as (app, engine, pilot):
        await pilot.press("c")
        await pilot.pause()
        assert len(engine.launched) == 2
        assert app.said == ["ada has no answer that was cut off."]
        await pilot.press("r", "c")
        await pilot.pause()
        assert app.said[-1] == "ada is still running."


# -- one answer for all ---------------------------------------------------------------------------------------------


async def test_an_answer_is_given_to_all_panes() -> None:
    async with talking("ada", "bob", "cyd") as (app, engine, pilot):
        await pilot.press("2", "P")
        await pilot.pause()
        assert app.said == ["Given to 2 others; the next prompt goes on from it."]
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "  answer of bob", "1 by bob"]
        assert answer_shown(app, "bob") == "1 by bob"
        await ask(app, pilot, "two")
        for name in ("ada", "bob", "cyd"):
            assert asked(engine, name)[-1] == ["one", "1 by bob", "two"]
        await to_pane(pilot, 1)
        engine.cancel("ada")
        await pilot.press("B")
        await pilot.pause()
        assert "1 by ada" in answer_shown(app, "ada"), "its own answer was put aside"


async def test_no_answer_is_given_while_there_is_none() -> None:
    async with talking(prompt=None) as (app, _engine, pilot):
        await pilot.press("P")
        await pilot.pause()
        assert app.said == ["There is no answer here, or nobody to give it to who is not answering."]


async def test_the_answer_given_is_the_choice_that_is_shown() -> None:
    async with talking(prompt=None) as (app, engine, pilot):
        await ask(app, pilot, "one")
        engine.connect("ada")
        for choice, text in enumerate(("first", "second")):
            engine.receive("ada", {"content": text}, finish="stop", choice=choice)
        engine.done("ada")
        engine.answer("bob", "own")
        draw(app)
        await to_pane(pilot, 1)
        await pilot.press("]", "P")
        await pilot.pause()
        await ask(app, pilot, "two")
        assert asked(engine, "ada")[-1] == ["one", "second", "two"]
        assert asked(engine, "bob")[-1] == ["one", "second", "two"]
        assert [row for row in answer_rows(app, "ada") if row] == ["❯ one", "second", "❯ two"]


# -- the system prompt ----------------------------------------------------------------------------------------------


async def test_the_system_prompt_is_set_shown_and_taken_away() -> None:
    async with talking() as (app, engine, pilot):
        await pilot.press("S")
        await pilot.pause()
        assert "system prompt · enter sets it" in screen_text(app)
        await pilot.press(*"rhyme", "enter")
        await pilot.pause()
        assert "prompt · system: rhyme" in screen_text(app)
        assert len(engine.launched) == 2, "nothing is asked by that"
        await ask(app, pilot, "two")
        assert [prompt.system for _, prompt in engine.launched] == [None, None, "rhyme", "rhyme"]
        await pilot.press("up")
        assert app.dashboard.prompt_box.text == "two", "it is no prompt to be recalled"
        await pilot.press("escape", "S", *["backspace"] * 5, "enter")
        await pilot.pause()
        assert "system:" not in screen_text(app)
        assert app.said[-1] == "There is no system prompt now."


async def test_the_system_prompt_of_the_command_line_holds_for_all_turns() -> None:
    app, engine = make_app("ada")
    app.dashboard.run.set_system("Be brief.")
    async with app.run_test(size=SIZE) as pilot:
        for word in ("one", "two"):
            await pilot.press(*word, "enter")
            await pilot.pause()
            engine.answer("ada", word)
        assert [prompt.system for _, prompt in engine.launched] == ["Be brief."] * 2
        assert "system: Be brief." in screen_text(app)
