"""Pictures of the diff view in a small and a large terminal; how to read a difference is said in `test_pictures`."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, draw, make_app

Compare: TypeAlias = Callable[..., bool]
Scene: TypeAlias = Callable[[ScriptedEngine], None]

SMALL = (80, 24)
LARGE = (140, 36)
LEFT = """Sunlight enters a drop, bends, reflects once inside, and bends again on its way out.

Red light leaves at 42.4 degrees, violet at 40.5 degrees, so the colours part.

- Each eye sees its own bow.
- A second bow has its colours the other way round.

That is all there is to it."""
RIGHT = """## In short

Sunlight enters a round drop, slows and bends, reflects once on the inside, and bends again on its way out.

Red light leaves at about 42 degrees, violet at 40 degrees, so the colours part.

- A second bow has its colours reversed.

彩虹 🌈 Ask me for the physics of supernumerary arcs!"""


def write(engine: ScriptedEngine, name: str, text: str) -> None:
    engine.connect(name, after_ms=12)
    engine.clock.advance(300)
    for at in range(0, len(text), 9):
        engine.receive(name, {"content": text[at : at + 9]})
        engine.clock.advance(20 if name == "ada" else 31)
    engine.receive(name, {}, finish="stop")
    engine.done(name)


def two_answers(engine: ScriptedEngine) -> None:
    write(engine, "ada", LEFT)
    write(engine, "bob", RIGHT)


def same_answer(engine: ScriptedEngine) -> None:
    write(engine, "ada", LEFT)
    write(engine, "bob", LEFT)


def one_answer(engine: ScriptedEngine) -> None:
    write(engine, "ada", LEFT)
    engine.connect("bob")


def tool_calls(engine: ScriptedEngine) -> None:
    for name, arguments in (
        ("ada", '{"city": "Oslo", "days": 3, "units": {"wind": "m/s", "heat": "C"}}'),
        ("bob", '{"days": 5, "units": {"heat": "C", "wind": "knots"}, "city": "Oslo", "hourly": true}'),
    ):
        engine.connect(name)
        call = {"index": 0, "id": "c", "function": {"name": "get_weather", "arguments": arguments}}
        engine.receive(name, {"tool_calls": [call]}, finish="tool_calls")
        engine.done(name)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    ("scene", "keys"),
    [
        pytest.param(two_answers, "nnn", id="answers"),
        pytest.param(same_answer, "", id="same"),
        pytest.param(one_answer, "", id="one-empty"),
        pytest.param(tool_calls, "ww", id="tool-calls"),
        pytest.param(two_answers, "W", id="metrics"),
    ],
)
def test_picture(snap_compare: Compare, scene: Scene, keys: str, size: tuple[int, int]) -> None:
    app, engine = make_app("ada", "bob", prompt="How does a rainbow form?")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        scene(engine)
        await pilot.press("tab", "f4")
        for _ in range(2):
            await pilot.pause()
            draw(app)
        await pilot.press(*keys)
        await pilot.pause()
        draw(app)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)
