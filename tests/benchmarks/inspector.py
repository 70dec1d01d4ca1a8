"""What the inspector costs with a long stream: opening it, moving in it, filtering, and standing beside a fast one.

    python tests/benchmarks/inspector.py [EVENTS]

Prints a Markdown table in a few seconds. Times are CPU time of this process, with the screen drawn to nowhere; `opened`
counts until the last event is listed, which takes several frames, with the keys working in between.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from textual.pilot import Pilot

from tests.app.scripted import SECOND, ScriptedEngine, WatchedApp, draw, make_app, target
from tui.app.actions import Place
from tui.app.views import InspectorView
from tui.core.bounds import Bounds
from tui.core.policy import Policy

EVENTS = 100_000
SIZE = (160, 48)
CHUNK = (
    b'data: {"id":"chatcmpl-A9D","object":"chat.completion.chunk","created":1773851945,"model":"m","choices":[{'
    b'"index":0,"delta":{"content":" word%d"},"logprobs":null,"finish_reason":null}]}\n\n'
)
KEYS = {
    "k": "one event up",
    "ctrl+u": "half a page up",
    "g": "to the first",
    "G": "to the last",
    "w": "slowest gap",
    "n": "next of this type",
}
READ_EVENTS = 50
"""Events of one read: a fast server, or a recording."""


def view_of(app: WatchedApp) -> InspectorView:
    """The inspector."""
    view = app.dashboard.views[Place.INSPECTOR]
    assert isinstance(view, InspectorView)
    return view


def fill(engine: ScriptedEngine, first: int, count: int) -> None:
    """Receive so many events, 3 ms apart."""
    for number in range(first, first + count, READ_EVENTS):
        engine.clock.advance(3)
        engine.raw("m", b"".join(CHUNK % n for n in range(number, number + READ_EVENTS)))


async def timed(what: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds of CPU."""
    before = time.process_time()
    await what()
    return (time.process_time() - before) * 1e3


async def measured(events: int) -> list[tuple[str, float]]:
    """Each figure with its name, ms."""
    policy = Policy(bounds=Bounds(tape_bytes=1 << 30))  # all of them, where a tape would forget some
    app, engine = make_app(targets=[replace(target("m"), policy=policy)], prompt="why?")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        engine.connect("m")
        fill(engine, 0, events)
        await pilot.press("tab")
        view = view_of(app)
        rows: list[tuple[str, float]] = []

        async def settled() -> None:
            draw(app)
            while view.is_behind:
                draw(app)
            await pilot.pause()

        async def opened() -> None:
            await pilot.press("f5")
            await settled()

        rows.append(("opened, until all are listed", await timed(opened)))
        for key, what in KEYS.items():
            rows.append((what, await timed(lambda key=key: pressed(pilot, key))))  # type: ignore[misc]
        await pilot.press("slash")

        async def filtered() -> None:
            await pilot.press("7")
            await settled()

        rows.append(("filter by text, one key", await timed(filtered)))
        await pilot.press("escape", "G")
        frames = 90

        async def streaming() -> None:
            for frame in range(frames):
                fill(engine, events + frame * READ_EVENTS, READ_EVENTS)
                engine.drawn_ns += SECOND
                app.dashboard.tick()
                await pilot.pause()

        rows.append((f"a frame with {READ_EVENTS} new events", await timed(streaming) / frames))
        return rows


async def pressed(pilot: Pilot[None], key: str) -> None:
    """One key, drawn."""
    await pilot.press(key)
    await pilot.pause()


def main() -> None:
    """Measure and print."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    print(f"| {events:,} events, {SIZE[0]}x{SIZE[1]} | CPU, ms |\n|---|---:|")
    for what, ms in asyncio.run(measured(events)):
        print(f"| {what} | {ms:.1f} |")


if __name__ == "__main__":
    main()
