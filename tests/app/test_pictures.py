"""Few, deliberate pictures of the whole screen. They show layout and colour; figures and words are tested elsewhere.

Read a difference as a reviewer would before accepting it: `pytest tests/app/test_pictures.py --snapshot-update`. All of
it is fed from here, by a clock that stands still between reads, so a picture is the same on every machine.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app
from tui.app.themes import load_themes, shipped_directory
from tui.core.failure import http_error

Compare: TypeAlias = Callable[..., bool]
Scene: TypeAlias = Callable[[ScriptedEngine, str], None]

PROMPT = "How does a rainbow form?"
MARKDOWN = """## In short

Sunlight enters a drop, **bends**, reflects *once* inside, and bends again on its way out.

| colour | angle |
|---|---|
| red | 42.4° |
| violet | 40.5° |

```python
def angle(n: float) -> float:
    return 4 * asin(1 / n)  # radians
```

- Each eye sees its own bow.
- A second bow has its colours the other way round.
"""
PROSE = (
    "A rainbow forms when sunlight is refracted, reflected and dispersed in drops of water. "
    "Red is bent least and stands outermost; violet is bent most. "
)


# -- scenes: what one stream does, over a few seconds ------------------------------------------


def writing(engine: ScriptedEngine, name: str, text: str = MARKDOWN, finish: str | None = None) -> None:
    """A token-like read every 20 ms, faster and slower in turns so that the sparkline has a shape."""
    engine.connect(name, after_ms=12)
    engine.clock.advance(300)
    size = 7
    for number, at in enumerate(range(0, len(text), size)):
        engine.receive(name, {"content": text[at : at + size]})
        engine.clock.advance(12 + 28 * (number // 12 % 2))
    if finish:
        engine.receive(name, {}, finish=finish)
        engine.send(name, {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 142}})
        engine.done(name)


def complete(engine: ScriptedEngine, name: str) -> None:
    writing(engine, name, PROSE * 2, finish="stop")


def cut_short(engine: ScriptedEngine, name: str) -> None:
    writing(engine, name, PROSE, finish="length")


def waiting(engine: ScriptedEngine, name: str) -> None:
    engine.connect(name)
    engine.raw(name, b": ping\n\n")


def thinking(engine: ScriptedEngine, name: str) -> None:
    engine.connect(name)
    engine.clock.advance(400)
    for word in PROSE.split():
        engine.receive(name, {"reasoning_content": f"{word} "})
        engine.clock.advance(30)


def quiet(engine: ScriptedEngine, name: str) -> None:
    writing(engine, name, PROSE)
    engine.clock.advance(4200)
    engine.raw(name, b": ping\n\n")


def calling(engine: ScriptedEngine, name: str) -> None:
    engine.connect(name)
    engine.clock.advance(500)
    engine.receive(name, {"content": "Let me look that up.\n"})
    for index, (tool, arguments) in enumerate(
        (("get_weather", '{"city": "Oslo", "days": 3}'), ("get_sun", '{"city": "Oslo", "at": "2025-06'))
    ):
        start = {"index": index, "id": f"call_{index}", "function": {"name": tool, "arguments": ""}}
        engine.receive(name, {"tool_calls": [start]})
        for at in range(0, len(arguments), 5):
            part = {"index": index, "function": {"arguments": arguments[at : at + 5]}}
            engine.receive(name, {"tool_calls": [part]})
            engine.clock.advance(25)


def refusing(engine: ScriptedEngine, name: str) -> None:
    engine.connect(name)
    engine.clock.advance(350)
    engine.receive(name, {"refusal": "I will not explain rainbows: the leprechauns asked me not to."}, finish="stop")
    engine.done(name)


def choosing(engine: ScriptedEngine, name: str) -> None:
    engine.connect(name)
    for choice in range(3):
        engine.clock.advance(120)
        engine.receive(name, {"content": PROSE}, choice=choice, finish="stop" if choice == 1 else None)


def failing(engine: ScriptedEngine, name: str) -> None:
    engine.connect(name)
    body = (
        b'{"error": {"message": "Rate limit reached for requests per minute: limit 3, used 3. Please try again in 20 s.'
        b'", "type": "requests", "code": "rate_limit_exceeded"}}'
    )
    engine.fail(name, http_error(429, {"retry-after": "20"}, body))


def breaking(engine: ScriptedEngine, name: str) -> None:
    writing(engine, name, PROSE)
    engine.end(name)


def cancelled(engine: ScriptedEngine, name: str) -> None:
    writing(engine, name, PROSE)
    engine.cancel(name)


def staged(*scenes: Scene, theme: str | None = None) -> tuple[WatchedApp, Callable[[Pilot[None]], Awaitable[None]]]:
    """A dashboard with a target per scene, and what feeds it. All streams begin together; the clock stops at 9 s."""
    names = [f"{scene.__name__}-{number}" for number, scene in enumerate(scenes, 1)]
    app, engine = make_app(*names, theme=theme, prompt=PROMPT)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        begin_ns = engine.clock.now_ns()
        for scene, name in zip(scenes, names, strict=True):
            engine.clock.at_ns = begin_ns + (0 if scene is quiet else 3_000_000_000)
            scene(engine, name)
        engine.clock.at_ns = begin_ns + 5_400_000_000
        draw(app)
        await pilot.pause()
        draw(app)
        await pilot.pause()

    return app, play


def then(
    play: Callable[[Pilot[None]], Awaitable[None]], app: WatchedApp, *keys: str
) -> Callable[[Pilot[None]], Awaitable[None]]:
    """The scene, and keys pressed after it."""

    async def run(pilot: Pilot[None]) -> None:
        await play(pilot)
        await pilot.press(*keys)
        for _ in range(2):
            await pilot.pause()
            draw(app)
        await pilot.pause()

    return run


EIGHT = (writing, complete, thinking, waiting, quiet, calling, failing, cancelled)
SIX = (writing, complete, thinking, calling, quiet, failing)


@pytest.mark.parametrize(
    ("scenes", "size"),
    [
        pytest.param((writing,), (100, 32), id="one"),
        pytest.param((complete, thinking), (120, 30), id="two"),
        pytest.param((writing, complete, refusing, choosing), (140, 44), id="four"),
        pytest.param(EIGHT, (200, 56), id="eight"),
        pytest.param(SIX, (80, 24), id="six-narrow"),
        pytest.param(SIX, (200, 60), id="six-wide"),
        pytest.param((failing,), (80, 24), id="error"),
        pytest.param((calling,), (80, 24), id="tool-calls"),
        pytest.param((breaking, cut_short), (110, 24), id="endings"),
        pytest.param(SIX, (90, 16), id="tabs"),
        pytest.param(SIX, (40, 10), id="too-small"),
    ],
)
def test_picture(snap_compare: Compare, scenes: tuple[Scene, ...], size: tuple[int, int]) -> None:
    app, play = staged(*scenes)
    assert snap_compare(app, terminal_size=size, run_before=play)


def test_picture_before_a_prompt(snap_compare: Compare) -> None:
    app, _engine = make_app("alpha", "beta")
    assert snap_compare(app, terminal_size=(100, 24))


def test_picture_of_a_zoomed_pane_with_its_reasoning(snap_compare: Compare) -> None:
    app, play = staged(writing, thinking, calling)
    assert snap_compare(app, terminal_size=(110, 30), run_before=then(play, app, "tab", "2", "ctrl+t", "z"))


def test_picture_of_the_help(snap_compare: Compare) -> None:
    app, play = staged(writing, complete)
    assert snap_compare(app, terminal_size=(120, 50), run_before=then(play, app, "tab", "question_mark"))


def shipped_themes() -> list[str]:
    return sorted(theme.name for theme in load_themes([shipped_directory()]).themes)


@pytest.mark.parametrize("theme", shipped_themes())
def test_picture_of_a_theme(snap_compare: Compare, theme: str) -> None:
    app, play = staged(writing, thinking, quiet, failing, theme=theme)
    keys = ("tab",)  # a focused pane: its border differs
    assert snap_compare(app, terminal_size=(130, 36), run_before=then(play, app, *keys))


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["small", "large"])
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("tab", "slash", *"rain", "enter"), id="search"),
        pytest.param(("tab", "comma", "down"), id="settings"),
        pytest.param(("ctrl+o", *"nowhere", "enter"), id="file"),
        pytest.param(("tab", "question_mark"), id="help"),
        pytest.param(("tab", "L"), id="columns"),
        pytest.param(("tab", "L", "L"), id="rows"),
        pytest.param(("tab", "2", "L", "L", "L"), id="tabs-by-choice"),
    ],
)
def test_picture_after_keys(snap_compare: Compare, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    app, play = staged(writing, complete, calling)
    app.dashboard.looks.reduced_motion = True
    assert snap_compare(app, terminal_size=size, run_before=then(play, app, *keys))
