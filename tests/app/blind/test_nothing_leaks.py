"""A blind round tells nobody who is who before the vote: every view and dialog is looked through for canaries.

A view that is added later is looked through as well. What a view draws of a target comes from `Run.called`, and figures
only while `Blind.hides` is false.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app, screen_text
from tui.app.actions import Place
from tui.app.blind.blind import Blind
from tui.core.failure import http_error
from tui.core.price import Price, Tariff
from tui.core.target import Target

pytestmark = pytest.mark.anyio

NAMES = ("canaria", "canarib", "canaric", "canarid", "canarie")
HOST = "canary.example"
CANARIES = (
    "canar",
    "Canar",
    "custom",
    "127.0.0.1",
    "temperature",
    "tok/s",
    "TTFT",
    "$",
    "7,77",
    "7777",
    "7.7 s",
    "write on",
    "as this model",
)
"""Names, models, hosts, options, and figures: 7,777 tokens, 7.7 s, a price."""
SIZES = [(140, 45), (60, 16)]


def canary(name: str) -> Target:
    tariff = Tariff(Price(1.0, 1000.0), "a test")
    return Target(
        name, f"{name}-provider", f"{name}-model", "chat", f"http://127.0.0.1:9/{name}", {"temperature": 0.7777},
        tariff=tariff,
    )  # fmt: skip


def play(engine: ScriptedEngine) -> None:
    """One answers whole with figures, one thinks and calls, one fails with telling words, one is cut off, one runs."""
    whole, calling, failing, cut, running = NAMES
    engine.connect(whole)
    engine.clock.advance(7777)
    usage = {"prompt_tokens": 7777, "completion_tokens": 77777}
    said = {"index": 0, "delta": {"content": "Because of physics."}, "finish_reason": "stop"}
    engine.send(whole, {"id": "r", "model": "canary-reported", "choices": [said]}, {"choices": [], "usage": usage})
    engine.done(whole)
    engine.connect(calling)
    engine.receive(calling, {"reasoning_content": "Let me think. "})
    engine.clock.advance(7777)
    call = {"index": 0, "id": "call_1", "function": {"name": "look", "arguments": json.dumps({"at": "sky"})}}
    engine.receive(calling, {"content": "Physics it is."}, {"tool_calls": [call]}, finish="tool_calls")
    engine.done(calling)
    engine.connect(failing)
    engine.fail(failing, http_error(429, {}, b'{"error": {"message": "canary-model at canary.example says no"}}'))
    engine.connect(cut)
    engine.receive(cut, {"content": "Half an ans"})
    engine.end(cut)
    engine.connect(running)
    engine.receive(running, {"content": "Still at it, physics"})


async def blind_round(pilot: Pilot[None], app: WatchedApp, engine: ScriptedEngine) -> None:
    await pilot.press(*"why", "enter")
    await pilot.pause()
    play(engine)
    await shown(pilot, app)


async def shown(pilot: Pilot[None], app: WatchedApp) -> str:
    for _ in range(2):
        draw(app)
        await pilot.pause()
    return screen_text(app)


def told(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def make_blind_app() -> tuple[WatchedApp, ScriptedEngine]:
    return make_app(targets=map(canary, NAMES), blind=Blind(is_on=True, shuffle=lambda names: names.reverse()))


Step = Callable[[Pilot[None]], Awaitable[None]]


def pressing(*keys: str) -> Step:
    async def press(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()

    return press


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_no_view_tells_who_is_who_or_how_fast(size: tuple[int, int]) -> None:
    app, engine = make_blind_app()
    async with app.run_test(size=size) as pilot:
        await blind_round(pilot, app, engine)
        for place in app.dashboard.views:
            app.dashboard.open_view(place)
            await pilot.pause()
            for _target in NAMES:
                text = await shown(pilot, app)
                assert told(text) == [], f"{place}:\n{text}"
                await pilot.press("tab")
        app.dashboard.open_view(Place.DIFF)
        app.dashboard.view.enter()
        for _subject in range(3):
            await pilot.press("w")
            assert told(await shown(pilot, app)) == []
        assert any("Blind: the figures come after the vote (v)." in row for row in screen_text(app).splitlines())
        app.dashboard.open_view(Place.PANES)
        await pilot.press("z")
        assert told(await shown(pilot, app)) == [], "tabs"
        await pilot.resize_terminal(40, 10)
        text = await shown(pilot, app)
        assert "✓ D" in text
        assert told(text) == [], "too small for panes"


STEPS: dict[str, Step] = {
    "help": pressing("f1"),
    "palette": pressing("ctrl+p"),
    "settings": pressing("comma"),
    "vote refused": pressing("v"),
    "the calls of one": pressing("4", "t"),
    "line-ups": pressing("f8"),
    "add": pressing("+"),
    "edit": pressing("E"),
    "duplicate": pressing("D"),
    "remove": pressing("-"),
    "move": pressing("shift+left"),
    "log probabilities": pressing("p"),
    "scores": pressing("V"),
    "export": pressing("ctrl+e", "enter"),
    "cancel what is over": pressing("x"),
    "cancel what runs": pressing("1", "x"),
    "cancel all, twice": pressing("X", "X"),
    "retry what runs": pressing("1", "r"),
    "retry what failed": pressing("3", "r"),
    "continue": pressing("5", "c"),
    "no calls": pressing("5", "t"),
    "continue what was cut off": pressing("2", "c"),
    "branch": pressing("b", "B"),
    "promote": pressing("5", "P"),
    "ask alone": pressing("2", "a"),
    "edit the prompt": pressing("5", "e"),
    "search": pressing("/", *"physics", "enter"),
    "back": pressing("5", "escape", "escape"),
    "system prompt": pressing("S"),
}


async def test_no_dialog_or_sentence_tells() -> None:
    app, engine = make_blind_app()
    async with app.run_test(size=(140, 45)) as pilot:
        await blind_round(pilot, app, engine)
        await pilot.press("tab")
        for name, step in STEPS.items():
            await step(pilot)
            text = await shown(pilot, app)
            allowed = ["TTFT", "tok/s"] if name == "help" else []
            assert [sign for sign in told(text) if sign not in allowed] == [], f"{name}:\n{text}"
            assert [said for said in app.said if told(said)] == [], name
            assert app.dashboard.run.blind.hides, name
            while len(app.screen_stack) > 1:
                app.pop_screen()
            await pilot.pause()
            app.dashboard.view.enter()


async def test_turns_before_tell_nothing_either_and_all_of_it_after_the_vote() -> None:
    app, engine = make_blind_app()
    async with app.run_test(size=(140, 60)) as pilot:
        await blind_round(pilot, app, engine)
        engine.cancel_all()
        await pilot.press(*"more", "enter")
        await pilot.pause()
        for name in NAMES:
            engine.answer(name, "Once more: physics.")
        assert told(await shown(pilot, app)) == []
        await pilot.press("alt+v", "a")
        text = await shown(pilot, app)
        assert all(f"{letter}: {name}" in text for letter, name in zip("ABCDE", reversed(NAMES), strict=True))
        assert "◆ best" in text
        await pilot.press("tab", "5", "z", "g")
        text = await shown(pilot, app)
        assert "7,777" in text or "7 777" in text, "the usage of the turn before"
        await pilot.press("3")
        assert "canary-model at canary.example says no" in await shown(pilot, app)


async def test_the_order_of_targets_and_what_was_seen_before_tell_nothing() -> None:
    """The pane that had the focus, the zoom and plain text before keeps them at its place, whoever is there then."""
    app, _engine = make_app(targets=[replace(canary(name), name=name) for name in NAMES],
                            blind=Blind(is_on=True, shuffle=lambda names: names.reverse()))  # fmt: skip
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.press("tab", "2", "m", "z")
        await pilot.press("i", *"why", "enter")
        await pilot.pause()
        view = app.dashboard.panes_view
        assert [pane.target.name for pane in view.grid.panes] == list(reversed(NAMES))
        assert view.grid.panes.index(view.pane) == 1
        assert view.grid.zoomed
        assert [pane.is_markdown for pane in view.grid.panes] == [True, False, True, True, True]
        for other in app.dashboard.views.values():
            assert other.target_name in (None, NAMES[-1], NAMES[-2])
