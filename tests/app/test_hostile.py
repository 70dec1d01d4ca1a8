"""Text made to break out of its place: nothing raises, nothing acts on the terminal, and markup is only text."""

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.app.scripted import (
    ScriptedEngine,
    WatchedApp,
    answer_shown,
    draw,
    make_app,
    screen_rows,
    screen_text,
    subtitle,
    target,
    title,
)
from tui.core.failure import StreamError, http_error
from tui.core.target import Target

pytestmark = pytest.mark.anyio

SIZE = (120, 30)
MARKUP = "[/x][bold red]M[/][@click=app.quit]q[/] $primary \\[x]"
CONTROLS = {
    "clipboard": "\x1b]52;c;aGk=\x07",
    "clear": "\x1b[2J\x1b[H",
    "reset": "\x1bc",
    "c1": "\x9b2J\x9d0;t\x9c\x85",
    "c0": "\x00\x01\x07\x08\x0b\x0c\x0e\x0f\x1a\x7f",
    "lines": "a\rb\r\nc\u2028d\u2029e",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200f",
    "unseen": "\u200b\u2060\ufeff\u00ad\U000e0041",
    "surrogates": "\ud800 \udfff",
    "marks": "e" + "\u0301" * 200,
    "wide": "👩‍👩‍👧 漢字 🏳️‍🌈",
    "tab": "a\tb",
    "markup": MARKUP,
}
PLACES = ("content", "reasoning", "refusal", "tool name", "arguments", "model", "finish", "stream error", "http error")
UNSEEN = {"Cc", "Cf", "Cs", "Cn"}
KEPT_FORMAT = "\u200c\u200d"
"""Joiners: emoji and Persian need them."""


def show(engine: ScriptedEngine, place: str, text: str) -> None:
    """Have the server put `text` in one place of its answer."""
    match place:
        case "content" | "refusal":
            engine.receive("ada", {place: text})
        case "reasoning":
            engine.receive("ada", {"reasoning_content": text}, {"content": "answer"})
        case "tool name":
            engine.receive("ada", {"tool_calls": [{"index": 0, "id": "c", "function": {"name": text}}]})
        case "arguments":
            engine.receive(
                "ada", {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": text}}]}
            )
        case "model":
            engine.send("ada", {"model": text, "choices": [{"index": 0, "delta": {"content": "x"}}]})
        case "finish":
            engine.receive("ada", {"content": "x"}, finish=text)
            engine.done("ada")
        case "stream error":
            engine.send("ada", {"error": {"message": text, "type": text, "code": text}})
        case "http error":
            engine.fail("ada", http_error(400, {}, text.encode("utf-8", "replace")))


def assert_harmless(app: WatchedApp) -> None:
    """No strip of the screen holds a character that a terminal would act on, or that nobody sees."""
    shown = set("".join(screen_rows(app))) - set(KEPT_FORMAT)
    assert [hex(ord(char)) for char in shown if unicodedata.category(char) in UNSEEN] == []


@asynccontextmanager
async def asked(*targets: Target) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    app, engine = make_app(targets=targets or (target("ada"), target("bob")), prompt="why?")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.pause()
        yield app, engine, pilot


@pytest.mark.parametrize("place", PLACES)
async def test_what_a_server_sends_never_acts(place: str) -> None:
    async with asked() as (app, engine, pilot):
        prompt = engine.launched[0][1]
        for text in CONTROLS.values():
            engine.launch(app.dashboard.panes["ada"].target, prompt)
            engine.connect("ada")
            show(engine, place, text)
            draw(app)
            if place == "reasoning":
                app.dashboard.panes["ada"].toggle_reasoning()
            await pilot.pause()
            draw(app)
            assert_harmless(app)
            assert "ada" in title(app, "ada")


@pytest.mark.parametrize("name", [name for name in CONTROLS if name != "surrogates"])
async def test_a_targets_own_name_never_acts(name: str) -> None:
    hostile = replace(target("x"), name=CONTROLS[name], model=CONTROLS[name], options={"stop": CONTROLS[name]})
    async with asked(hostile, target("bob")) as (app, engine, pilot):
        draw(app)
        await pilot.pause()
        assert_harmless(app)
        engine.cancel_all()
        await pilot.press("tab", "x", "z")  # a toast with the name, and the row of tabs
        await pilot.pause()
        draw(app)
        assert app.said
        assert_harmless(app)
        await pilot.press("question_mark")
        await pilot.pause()
        assert_harmless(app)
        await pilot.press("escape", "ctrl+p")
        await pilot.pause()
        assert_harmless(app)
        await pilot.press("escape")
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert_harmless(app)


@pytest.mark.parametrize("place", ["content", "refusal", "tool name", "arguments"])
async def test_markup_in_an_answer_is_text(place: str) -> None:
    shown = "[bold red]M[/]"
    async with asked() as (app, engine, pilot):
        engine.connect("ada")
        show(engine, place, shown)
        draw(app)
        await pilot.pause()
        assert shown in answer_shown(app, "ada")
        assert shown in screen_text(app)


async def test_markup_in_titles_and_subtitles_is_text() -> None:
    async with asked(replace(target("x"), name="[red]n[/]"), target("bob")) as (app, engine, pilot):
        engine.connect("[red]n[/]")
        engine.send("[red]n[/]", {"model": "[/m]", "choices": [{"index": 0, "delta": {"content": "x"}}]})
        engine.receive("[red]n[/]", {}, finish="[b]why[/b]")
        engine.done("[red]n[/]")
        draw(app)
        await pilot.pause()
        rows = screen_text(app)
        assert "[red]n[/] · [/m]" in rows
        assert "[b]why[/b]" in rows


async def test_markup_in_an_error_is_text() -> None:
    async with asked() as (app, engine, pilot):
        engine.connect("ada")
        engine.fail("ada", StreamError("api", "bad [/x] thing", type="[t]", code="[/c]"))
        draw(app)
        await pilot.pause()
        assert answer_shown(app, "ada") == "bad [/x] thing"
        await pilot.press("tab", "f5", "left_square_bracket")  # to the attempts, where the codes are
        await pilot.pause()
        assert "bad [/x] thing" in screen_text(app)
        assert "[t] · [/c]" in screen_text(app)


async def test_markup_in_a_toast_and_in_tabs_is_text() -> None:
    async with asked(replace(target("x"), name="[red]n[/]"), target("bob")) as (app, engine, pilot):
        engine.cancel_all()
        await pilot.press("tab", "x", "z")
        await pilot.pause()
        draw(app)
        rows = screen_text(app)
        assert "[red]n[/] is not running." in rows
        assert " 1 ■ [red]n[/] " in rows.splitlines()[0]


async def test_markup_in_the_prompt_is_text() -> None:
    async with asked() as (app, _engine, pilot):
        await pilot.press(*"[/x]")
        await pilot.pause()
        assert "[/x]" in screen_text(app)


async def test_a_hostile_sequence_cut_over_two_reads_is_as_harmless() -> None:
    async with asked() as (app, engine, pilot):
        engine.connect("ada")
        for char in CONTROLS["clipboard"] + "ok":
            engine.receive("ada", {"content": char})
            draw(app)
        await pilot.pause()
        assert_harmless(app)
        assert answer_shown(app, "ada").endswith("ok")


async def test_an_endless_word_and_an_endless_line_are_shown() -> None:
    async with asked() as (app, engine, pilot):
        engine.connect("ada")
        engine.receive("ada", {"content": "x" * 50_000})
        engine.connect("bob")
        engine.receive("bob", {"content": "word " * 20_000 + "last"})
        draw(app)
        await pilot.pause()
        assert "last" in answer_shown(app, "bob")
        assert "xxx" in answer_shown(app, "ada")


async def test_long_names_leave_the_borders_whole() -> None:
    async with asked(replace(target("x"), name="n" * 300), target("bob")) as (app, engine, pilot):
        engine.connect("n" * 300)
        engine.fail("n" * 300, StreamError("transport", "m" * 3000))
        draw(app)
        await pilot.pause()
        first, *_ = screen_rows(app)
        assert first.count("╭") == first.count("╮") == 2
        assert title(app, "n" * 300)
        assert subtitle(app, "n" * 300)
