"""What the race costs while sixteen targets stream: CPU per round of figures, by part, and per second.

    python tests/benchmarks/race.py

In one process and without a terminal; `screen.py` has the figures from outside. A round is what happens five times a
second: every stream has new tokens, all lines are made, and the rows that changed are drawn.
"""

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.app.scripted import ScriptedEngine, make_app  # noqa: E402
from tui.app.actions import Place  # noqa: E402
from tui.app.race.sheet import Sheet  # noqa: E402
from tui.app.views import RaceView  # noqa: E402

TARGETS = 16
ROUNDS = 300
SIZE = (160, 60)


def feed(engine: ScriptedEngine, names: list[str]) -> None:
    """A fifth of a second at a hundred tokens per second and target."""
    for _ in range(20):
        engine.clock.advance(10)
        for name in names:
            engine.receive(name, {"content": "word "})


def timed(spent: dict[str, float], part: str, work: Callable[[], object]) -> None:
    """Add up the CPU time of a part."""
    begin = time.process_time()
    work()
    spent[part] += time.process_time() - begin


async def measure() -> dict[str, float]:
    """CPU seconds of each part, over all rounds."""
    names = [f"target-{number}" for number in range(TARGETS)]
    app, engine = make_app(*names, prompt="why?")
    spent: dict[str, float] = defaultdict(float)
    async with app.run_test(size=SIZE) as pilot:
        for name in names:
            engine.connect(name)
        app.dashboard.open_view(Place.RACE)
        await pilot.pause()
        view = app.dashboard.view
        assert isinstance(view, RaceView)
        sheets = {str(sheet.id): sheet for sheet in view.query(Sheet)}
        for _ in range(ROUNDS):
            feed(engine, names)
            app.dashboard.run.board.take_dirty()
            timed(spent, "lines", partial(view.show_figures, engine.clock.now_ns()))
            for part, sheet in sheets.items():
                timed(spent, f"drawing the {part}", partial(sheet.render_lines, sheet.size.region))
    return spent


def main() -> None:
    """Print a table."""
    spent = asyncio.run(measure())
    print("| part | ms per round | ms per second |\n|---|---|---|")
    for part, seconds in {**spent, "together": sum(spent.values())}.items():
        print(f"| {part} | {seconds / ROUNDS * 1e3:.2f} | {seconds / ROUNDS * 5e3:.1f} |")


if __name__ == "__main__":
    main()
