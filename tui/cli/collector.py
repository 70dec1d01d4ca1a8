"""Python's garbage collector, tuned for a program that must answer a key in every frame. Called by `tui.cli.dashboard`.

Its full collection looks at every object of the process and stops everything meanwhile: 60 ms every four seconds with
sixteen streaming panes, and 190 ms with long answers in them. It comes so often because what a frame draws outlives
the few hundred allocations after which it counts as old, though it is freed by its last reference soon after.

What is freed by no reference would then lie about for long, and the process grow with every run. So all of it is
collected once after each run, when nothing streams that could be held up.
"""

import gc
from collections.abc import Callable

import anyio

_THRESHOLDS = (10_000, 5, 20)
"""Objects beyond those freed before a young collection (some 2 ms), and multiples of it. Python's are 700, 10, 10."""
_REST_S = 1.0
"""How long after a run it is looked whether it has ended."""


def collect_seldom() -> None:
    """Collect after more objects. Called before the screen is imported, which saves some 40 ms of start-up too."""
    gc.set_threshold(*_THRESHOLDS)


def spare_what_is_loaded() -> None:
    """Never look again at what exists now: modules, classes and widgets, which stay until the end.

    Called once, when all has been imported; any thread may do so.
    """
    gc.freeze()


async def collect_at_rest(is_busy: Callable[[], bool]) -> None:
    """Collect everything soon after each run. Never returns."""
    was_busy = False
    while True:
        await anyio.sleep(_REST_S)
        if was_busy and not is_busy():
            gc.collect()
        was_busy = is_busy()
