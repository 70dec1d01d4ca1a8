"""Textual made steady and quick for tests: it waits by asking instead of guessing, and parses no style twice.

`conftest.py` puts this in place before the first test. Nothing of it changes what an app does, only when a test looks.
"""

import asyncio
import functools
from typing import Any

import pytest
import textual.app
import textual.constants
import textual.pilot
from textual._context import active_app
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

_MOST_FRAMES = 1000


def steady_textual() -> None:
    """Put all of it in place, for this process."""
    places = pytest.MonkeyPatch()
    # The environment says the same to programs; the snapshot plugin imported textual before it was set.
    places.setattr(textual.constants, "TEXTUAL_ANIMATIONS", "none")
    places.setattr(textual.constants, "SMOOTH_SCROLL", False)
    places.setattr(textual.constants, "COLOR_SYSTEM", "truecolor")
    places.setattr(textual.pilot, "wait_for_idle", wait_for_idle)
    places.setattr(textual.app, "wait_for_idle", wait_for_idle)
    places.setattr(Stylesheet, "_parse_rules", _remembering(Stylesheet._parse_rules))


async def wait_for_idle(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Until no callback is ready to run, and what Textual puts off until its next frame is done: drawing, and a new
    size. What threads and other processes do is not waited for: a test waits for what comes of it.

    Textual's own sleeps for 20 ms and looks whether the process used the CPU meanwhile, twice for each key. That was
    most of a test's time, and on a busy machine a wrong guess.
    """
    app = active_app.get()
    for _ in range(_MOST_FRAMES):
        await _until_nothing_is_ready()
        if app._resize_timer is not None:
            app._check_resize()
        elif app._screen_stack and not app._batch_count and _has_something_to_draw(app.screen):
            app.screen._on_timer_update()
        else:
            return
    raise RuntimeError(f"drawing {app.screen} makes it want to be drawn again, for ever")


async def _until_nothing_is_ready() -> None:
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    while True:
        await asyncio.sleep(0)
        if not ready:
            return


def _has_something_to_draw(screen: Screen[object]) -> bool:
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )


def _remembering(parse: Any) -> Any:
    """`Stylesheet._parse_rules` for all apps together: each test starts one, all with the same styles."""
    known: dict[object, list[RuleSet]] = {}

    @functools.wraps(parse)
    def parse_rules(self: Stylesheet, *given: object, **named: object) -> list[RuleSet]:
        key = (given, tuple(named.items()), *self._variables, *self._variables.values())
        if key not in known:
            known[key] = parse(self, *given, **named)
        return known[key]

    return parse_rules
