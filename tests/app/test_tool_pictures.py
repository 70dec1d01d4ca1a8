"""Pictures of the form for results, the question before a program runs, and a structured answer; small and large."""

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app
from tests.app.test_pictures import Compare
from tui.app.calls.programs import Programs
from tui.config.settings import ToolCommand

SIZES = [pytest.param((80, 24), id="small"), pytest.param((120, 40), id="large")]
ARGUMENTS = (
    '{"city":"Oslo","days":3,"detail":{"wind":true,"units":"metric","hours":[6,12,18]}}',
    '{"query":"sunrise in Oslo","limit":5}',
)
PRICES = '{"items":[{"name":"lamp","price":39.5,"left":true},{"name":"shade","price":"12","left":null}],"total":51.5}'
SCHEMA = {"properties": {"items": {"items": {"properties": {"price": {"type": "number"}}}}}}
WEATHER = ToolCommand("get_weather", ("/usr/bin/weather", "--station", "Oslo Blindern", "--json"))


def calling(engine: ScriptedEngine, name: str) -> None:
    engine.connect(name)
    engine.clock.advance(400)
    made = [
        {"index": number, "id": f"call_{number}", "function": {"name": tool, "arguments": text}}
        for number, (tool, text) in enumerate(zip(("get_weather", "search"), ARGUMENTS, strict=True))
    ]
    engine.receive(name, {"content": "Let me look."}, {"tool_calls": made}, finish="tool_calls")
    engine.done(name)


async def show_form(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, WatchedApp)
    await pilot.pause()
    engine = app.dashboard.run.engine
    assert isinstance(engine, ScriptedEngine)
    calling(engine, "ada")
    calling(engine, "bob")
    draw(app)
    await pilot.press("tab", "t")
    await pilot.pause()
    await pilot.press(*"4 degrees", "ctrl+t")
    await pilot.pause()


async def show_question(pilot: Pilot[None]) -> None:
    await show_form(pilot)
    await pilot.press("ctrl+r")
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_form(snap_compare: Compare, size: tuple[int, int]) -> None:
    app, _engine = make_app("ada", "bob", prompt="Weather?", programs=Programs({"get_weather": WEATHER}))
    assert snap_compare(app, terminal_size=size, run_before=show_form)


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_question_before_a_program_runs(snap_compare: Compare, size: tuple[int, int]) -> None:
    app, _engine = make_app("ada", "bob", prompt="Weather?", programs=Programs({"get_weather": WEATHER}))
    assert snap_compare(app, terminal_size=size, run_before=show_question)


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_structured_answers(snap_compare: Compare, size: tuple[int, int]) -> None:
    app, engine = make_app("ada", "bob", prompt="Prices?", schema=SCHEMA)

    async def answers(pilot: Pilot[None]) -> None:
        await pilot.pause()
        engine.answer("ada", PRICES)
        engine.connect("bob")
        engine.clock.advance(300)
        engine.receive("bob", {"content": PRICES[:70]})
        draw(app)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=answers)
