"""Deliberate pictures of the race, small and large: running, done, tied, failed, cancelled and retrying targets.

Read a difference as a reviewer would: `pytest tests/app/test_race_pictures.py --snapshot-update`.
"""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app
from tests.app.test_pictures import PROSE, Compare, Scene, cancelled, complete, failing, thinking, writing
from tui.core.failure import http_error

SIZES = [pytest.param((80, 24), id="small"), pytest.param((120, 40), id="medium"), pytest.param((200, 60), id="large")]


def quick(engine: ScriptedEngine, name: str) -> None:
    """The best in nearly everything."""
    engine.connect(name, after_ms=8)
    engine.clock.advance(150)
    for word in PROSE.split():
        engine.receive(name, {"content": f"{word} "})
        engine.clock.advance(11)
    engine.receive(name, {}, finish="stop")
    engine.send(name, {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 42}})
    engine.done(name)


def retrying(engine: ScriptedEngine, name: str) -> None:
    engine.state(name)._jitter = 0.5
    engine.connect(name)
    engine.clock.advance(150)
    engine.fail(name, http_error(503, {}, b"{}"))


def retried(engine: ScriptedEngine, name: str) -> None:
    retrying(engine, name)
    engine.clock.advance(450)
    writing(engine, name, "A rainbow has two ends. " * 6)


def tied(engine: ScriptedEngine, name: str) -> None:
    """To the millisecond with the one that is `complete`."""
    complete(engine, name)


def thoughtful(engine: ScriptedEngine, name: str) -> None:
    thinking(engine, name)
    for _ in range(20):
        engine.receive(name, {"content": "Light bends. "})
        engine.clock.advance(40)


SCENES: tuple[Scene, ...] = (quick, complete, tied, thoughtful, retried, retrying, cancelled, failing)


def raced(*scenes: Scene, keys: tuple[str, ...]) -> tuple[WatchedApp, Callable[[Pilot[None]], Awaitable[None]]]:
    """The race with a target per scene, all asked at once and seen after 2.6 s, and keys pressed in it."""
    names = [f"{scene.__name__}-{number}" for number, scene in enumerate(scenes, 1)]
    app, engine = make_app(*names, prompt="How does a rainbow form?")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        begin_ns = engine.clock.now_ns()
        for scene, name in zip(scenes, names, strict=True):
            engine.clock.at_ns = begin_ns
            scene(engine, name)
        engine.clock.at_ns = begin_ns + 2_600_000_000
        await pilot.press("tab", "f3", *keys)
        await pilot.pause()
        draw(app)
        await pilot.pause()

    return app, play


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_race(snap_compare: Compare, size: tuple[int, int]) -> None:
    app, play = raced(*SCENES, keys=("j", *">>>>", "s"))
    assert snap_compare(app, terminal_size=size, run_before=play)


def test_picture_of_the_plot_in_a_small_terminal(snap_compare: Compare) -> None:
    app, play = raced(*SCENES, keys=("p",))
    assert snap_compare(app, terminal_size=(80, 24), run_before=play)


def test_picture_of_sixteen_targets_scrolled_to_the_last(snap_compare: Compare) -> None:
    app, play = raced(*SCENES, *SCENES, keys=("G", *">>>>>>>>>>>"))
    assert snap_compare(app, terminal_size=(80, 24), run_before=play)


def test_picture_of_the_race_before_a_prompt(snap_compare: Compare) -> None:
    app, _engine = make_app("ada", "bob", theme="sidestream-light")
    assert snap_compare(app, terminal_size=(80, 24), press=["tab", "f3"])
