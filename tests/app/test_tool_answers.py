"""The whole loop: calls wait, `t` opens the form, results go to those that asked, and the streams go on."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app, screen_text, subtitle
from tui.app.calls.calls_screen import CallsScreen
from tui.app.dialogs.file_dialog import FileDialog
from tui.core.request import Prompt

pytestmark = pytest.mark.anyio

OSLO = '{"city": "Oslo", "days": 3}'
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}


@asynccontextmanager
async def asked(
    *names: str, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    app, engine = make_app(*names, prompt="How is the weather?")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, engine, pilot


def calls(engine: ScriptedEngine, name: str, *arguments: str, ids: str = "call") -> None:
    """A whole answer that calls `weather` once for each of `arguments`."""
    engine.connect(name)
    made = [
        {"index": number, "id": f"{ids}_{number}", "function": {"name": "weather", "arguments": text}}
        for number, text in enumerate(arguments)
    ]
    engine.receive(name, {"tool_calls": made}, finish="tool_calls")
    engine.done(name)


def results(prompt: Prompt) -> dict[str, str]:
    return {message.call_id: message.text for message in prompt.messages if message.role == "tool"}


async def test_calls_that_wait_are_told_in_the_subtitle_until_they_are_answered() -> None:
    async with asked("ada") as (app, engine, pilot):
        calls(engine, "ada", OSLO, '{"city": "Bergen"}')
        draw(app)
        assert subtitle(app, "ada") == "tool calls · t answer 2 calls"
        await pilot.press("tab", "t")
        await pilot.pause()
        await pilot.press(*"cold", "enter", *"wet", "enter")
        await pilot.pause()
        name, prompt = engine.launched[-1]
        assert name == "ada"
        assert results(prompt) == {"call_0": "cold", "call_1": "wet"}
        assert [message.role for message in prompt.messages] == ["user", "assistant", "tool", "tool"]
        engine.answer("ada", "Take a coat.")
        draw(app)
        assert subtitle(app, "ada") == "stop"
        assert "Take a coat." in screen_text(app)


async def test_one_call_is_one_call_and_those_that_broke_off_are_none() -> None:
    async with asked("ada", "bob") as (app, engine, _pilot):
        calls(engine, "ada", OSLO)
        calls(engine, "bob", '{"city": "Os')
        draw(app)
        assert subtitle(app, "ada") == "tool calls · t answer 1 call"
        assert subtitle(app, "bob") == "tool calls"


async def test_results_go_to_all_panes_that_asked_the_same_when_that_is_wanted() -> None:
    async with asked("ada", "bob", "cy", "dan") as (app, engine, pilot):
        calls(engine, "ada", OSLO)
        calls(engine, "bob", '{"days":3,"city":"Oslo"}', ids="toolu")
        calls(engine, "cy", '{"city":"Bergen"}')
        draw(app)
        before = len(engine.launched)
        await pilot.press("tab", "t")
        await pilot.pause()
        assert "ctrl+t also 1 other" in screen_text(app)
        await pilot.press("ctrl+t", *"cold", "enter")
        await pilot.pause()
        launched = engine.launched[before:]
        assert [(name, results(prompt)) for name, prompt in launched] == [
            ("ada", {"call_0": "cold"}),
            ("bob", {"toolu_0": "cold"}),
        ]


async def test_only_this_pane_unless_asked() -> None:
    async with asked("ada", "bob") as (app, engine, pilot):
        calls(engine, "ada", OSLO)
        calls(engine, "bob", OSLO)
        draw(app)
        before = len(engine.launched)
        await pilot.press("tab", "t")
        await pilot.pause()
        await pilot.press(*"cold", "enter")
        await pilot.pause()
        assert [name for name, _prompt in engine.launched[before:]] == ["ada"]


async def test_without_calls_or_while_running_it_says_so() -> None:
    async with asked("ada") as (app, engine, pilot):
        engine.connect("ada")
        await pilot.press("tab", "t")
        assert app.said[-1] == "ada is still running."
        engine.receive("ada", {"content": "Hi"}, finish="stop")
        engine.done("ada")
        await pilot.press("t")
        assert app.said[-1] == "ada has made no calls that wait for a result."


async def test_what_was_typed_is_there_again_but_not_for_another_answer() -> None:
    async with asked("ada") as (app, engine, pilot):
        calls(engine, "ada", OSLO)
        draw(app)
        await pilot.press("tab", "t", *"cold", "escape", "t")
        await pilot.pause()
        assert isinstance(app.screen, CallsScreen)
        assert app.screen._field.text == "cold"
        await pilot.press("escape", "r")
        calls(engine, "ada", '{"city": "Bergen"}')
        draw(app)
        await pilot.press("t")
        await pilot.pause()
        assert isinstance(app.screen, CallsScreen)
        assert app.screen._field.text == ""


# -- loading --------------------------------------------------------------------------------------------------------


async def take(app: WatchedApp, pilot: Pilot[None], key: str, path: Path | str) -> None:
    """Name a file in the dialog that `key` opens."""
    if not isinstance(app.screen, FileDialog):
        await pilot.press(key)
        await pilot.pause()
    assert isinstance(app.screen, FileDialog)
    app.screen._path.value = str(path)
    await pilot.press("enter")
    await pilot.pause()


async def test_tools_are_loaded_for_what_is_asked_from_now_on(tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    file.write_text(json.dumps([TOOL, {"name": "sun", "input_schema": {"type": "object"}}]))
    async with asked("ada") as (app, engine, pilot):
        engine.answer("ada", "Hi")
        await pilot.press("tab")
        await take(app, pilot, "T", file)
        assert app.said[-1] == "2 tools from now on."
        assert "prompt · 2 tools" in screen_text(app)
        await pilot.press("i", *"more", "enter")
        assert [tool["function"]["name"] for tool in engine.launched[-1][1].tools] == ["weather", "sun"]
        await pilot.press("tab")
        await take(app, pilot, "T", "")
        assert app.said[-1] == "No tools from now on."
        await pilot.press("i", *"more", "enter")
        assert engine.launched[-1][1].tools == ()


async def test_a_schema_is_loaded_and_taken_away(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    schema: dict[str, Any] = {"type": "object", "required": ["a"]}
    file.write_text(json.dumps(schema))
    async with asked("ada") as (app, engine, pilot):
        engine.answer("ada", "Hi")
        await pilot.press("tab")
        await take(app, pilot, "J", file)
        assert "prompt · by a schema" in screen_text(app)
        await pilot.press("i", *"more", "enter")
        assert engine.launched[-1][1].schema == schema
        engine.answer("ada", "{}")
        draw(app)
        assert subtitle(app, "ada") == "stop · ✗ schema $"
        await pilot.press("tab")
        await take(app, pilot, "J", " ")
        await pilot.press("i", *"more", "enter")
        assert engine.launched[-1][1].schema is None


def unwrapped(app: WatchedApp) -> str:
    """The screen without its borders and line ends: where a path is long, sentences are broken."""
    return " ".join(screen_text(app).replace("│", " ").split())


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("T", "[{}]", "tool 1 is {}; expected"),
        ("T", "{", "is not JSON: line 1, column 2"),
        ("J", '{"type": "strng"}', "$.type: "),
        ("J", "[]", "expected a JSON schema"),
    ],
)
async def test_what_is_wrong_with_a_file_is_said_in_the_dialog(
    key: str, text: str, sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "f"
    file.write_text(text)
    async with asked("ada") as (app, _engine, pilot):
        await pilot.press("tab")
        await take(app, pilot, key, file)
        assert sentence in unwrapped(app)
        await take(app, pilot, key, tmp_path / "missing")
        assert "No such file" in unwrapped(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.dashboard.run.question.tools == ()
