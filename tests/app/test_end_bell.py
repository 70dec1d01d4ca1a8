"""The bell at the end of a run."""

import pytest

from tests.app.scripted import SECOND, ManualClock, ScriptedEngine, make_app, target
from tui.app.dashboard import FRAMES_PER_FIGURES
from tui.app.end_bell import LONG_RUN_NS, EndBell
from tui.app.looks import Looks
from tui.core.request import Prompt

pytestmark = pytest.mark.anyio

SHORT_MS, LONG_MS = (LONG_RUN_NS - SECOND) / 1e6, LONG_RUN_NS / 1e6


class Watched:
    """A bell and the streams it watches."""

    def __init__(self, *names: str) -> None:
        self.clock = ManualClock()
        self.engine = ScriptedEngine(self.clock)
        self.bell = EndBell()
        self.launch(*names)

    def launch(self, *names: str) -> None:
        self.engine.launch_each([(target(name), Prompt.of("why?")) for name in names])
        assert not self.rings()

    def rings(self) -> bool:
        return self.bell.rings(self.engine.board, self.clock.now_ns())


@pytest.mark.parametrize(("ms", "rings"), [(SHORT_MS, False), (LONG_MS, True)])
def test_it_rings_once_when_the_last_of_a_long_run_has_ended(ms: float, rings: bool) -> None:
    run = Watched("ada", "bob")
    run.engine.answer("ada", "done")
    assert not run.rings(), "bob still answers"
    run.clock.advance(ms)
    run.engine.end("bob")
    assert run.rings() is rings
    assert not run.rings(), "once"


def test_another_run_is_timed_from_its_own_start() -> None:
    run = Watched("ada")
    run.clock.advance(LONG_MS)
    run.engine.end("ada")
    assert run.rings()
    run.clock.advance(LONG_MS)
    run.launch("ada")
    run.clock.advance(SHORT_MS)
    run.engine.end("ada")
    assert not run.rings()


def test_it_does_not_ring_for_somebody_who_stopped_the_last_stream_himself() -> None:
    run = Watched("ada", "bob")
    run.clock.advance(LONG_MS)
    run.engine.cancel("ada")
    assert not run.rings()
    run.clock.advance(1)
    run.engine.cancel("bob")
    assert not run.rings()
    run.launch("ada", "bob")
    run.clock.advance(LONG_MS)
    run.engine.cancel("ada")
    run.clock.advance(1)
    run.engine.end("bob")
    assert run.rings(), "ada was stopped, but bob was waited for"


def test_a_line_up_that_was_put_away_is_no_end() -> None:
    run = Watched("ada")
    run.clock.advance(LONG_MS)
    run.engine.board.remove("ada")
    assert not run.rings()


async def test_the_dashboard_rings_if_it_is_asked_to_and_the_settings_ask_it() -> None:
    app, engine = make_app("ada", prompt="why?", looks=Looks(bell=True))
    rung: list[None] = []
    app.bell = lambda: rung.append(None)  # type: ignore[method-assign]

    def draw_figures() -> None:
        for _ in range(FRAMES_PER_FIGURES):
            app.dashboard.tick()

    def long_run() -> None:
        draw_figures()
        engine.clock.advance(LONG_MS)
        engine.end("ada")
        draw_figures()

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        long_run()
        assert len(rung) == 1
        row = [setting.key for setting in app.dashboard._settings()].index("ui.bell")
        await pilot.press("tab", "comma", *["down"] * row, "right", "escape", "R")
        assert not app.dashboard.looks.bell
        long_run()
        assert len(rung) == 1
