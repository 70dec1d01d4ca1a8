"""Any keys in any order, whatever streams do meanwhile, at any size: nothing ends the program, and no answer is lost.

What is pressed is drawn from a seed, which a failure names. `MONKEY=first:count:keys` has it pressed longer.
"""

import os
import random
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, make_app
from tui.app.actions import ACTIONS, BY_ID
from tui.app.actions.keymap import Keymap
from tui.core.failure import StreamError

pytestmark = pytest.mark.anyio

NAMES = ("ada", "bob", "cleo")
SIZES = [(80, 24), (120, 40), (200, 60), (40, 12), (59, 14), (12, 5)]
LEFT_OUT = {"app.quit", "prompt.edit"}
"""They end the program, or start another one."""
KEYS = sorted(
    {key for action in ACTIONS if action.id not in LEFT_OUT for key in Keymap().keys_of(action)}
    - set(Keymap().keys_of(BY_ID["app.quit"]))
    - {key for id in LEFT_OUT for key in Keymap().keys_of(BY_ID[id])}
)
TEXTS = ["why?", "日本語", "/", "1", "{", "\n", " ", "0.5"]
DELTAS: list[dict[str, Any]] = [
    {"content": "word "},
    {"content": "# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n```\n"},
    {"content": "\x1b[2Jعربى 👨‍👩‍👧 "},
    {"reasoning_content": "hm, let me see\n"},
    {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "find", "arguments": '{"q": '}}]},
    {"refusal": "No."},
]
FIRST, COUNT, PRESSES = (int(part) for part in os.environ.get("MONKEY", "1:2:60").split(":"))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
async def test_nothing_that_is_pressed_ends_the_program(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(seed)
    app, engine = make_app(*NAMES)
    done: list[str] = []
    async with app.run_test(size=chance.choice(SIZES), notifications=True) as pilot:
        for _ in range(PRESSES):
            done.append(await step(app, engine, pilot, chance))
            assert app.crash is None, f"after {done[-12:]}"
            assert app.is_running, f"after {done[-12:]}"
    assert app.crash is None, f"at the end, after {done[-12:]}"


async def step(app: WatchedApp, engine: ScriptedEngine, pilot: Pilot[None], chance: random.Random) -> str:
    """One thing that happens; what it was."""
    match chance.choices(["key", "text", "stream", "size", "frame", "click"], [50, 12, 25, 2, 8, 3])[0]:
        case "key":
            what = chance.choice(KEYS)
            await pilot.press(what)
        case "text":
            what = chance.choice(TEXTS)
            for letter in what:
                app.post_message(events.Key(letter if letter.isalnum() else "x", letter))
            await pilot.pause()
        case "stream":
            what = arrive(engine, chance)
        case "size":
            size = chance.choice(SIZES)
            what = f"{size}"
            await pilot.resize_terminal(*size)
        case "click":
            at = chance.randrange(app.size.width), chance.randrange(app.size.height)
            what = f"click {at}"
            await pilot.click(offset=at)
        case _:
            what = "frame"
            engine.clock.advance(chance.choice([5, 200, 20_000]))
            app.dashboard.tick()
    return what


def arrive(engine: ScriptedEngine, chance: random.Random) -> str:
    """Something comes over the network for a stream that runs."""
    running = [state for state in engine.board if not state.is_over]
    if not running:
        return "nothing"
    state = chance.choice(running)
    name = state.target.name
    if state.status is None:
        engine.connect(name)
    match chance.randrange(8):
        case 0:
            engine.fail(name, StreamError("transport", "the connection broke"))
        case 1:
            engine.receive(name, {}, finish=chance.choice(["stop", "length", "tool_calls"]))
            engine.done(name)
        case _:
            engine.receive(name, chance.choice(DELTAS))
    return f"to {name}"
