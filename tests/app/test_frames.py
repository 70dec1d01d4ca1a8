"""What a frame costs: lines are kept while nothing changes, and one frame never does the work of many."""

from collections.abc import Callable

import pytest
from textual.geometry import Region

from tests.app.scripted import ManualClock, answer_shown, make_app, screen_text
from tui.app.panes.pane import Pane
from tui.app.views.panes import FRAME_BUDGET_NS

pytestmark = pytest.mark.anyio

NAMES = ("ada", "bob", "cleo")


async def test_a_panes_frame_is_drawn_once_and_again_when_its_title_changes() -> None:
    app, _engine = make_app(*NAMES)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        pane = app.dashboard.panes["ada"]
        region = pane.outer_size.region
        before = pane.render_lines(region)
        kept = pane.render_lines(region)
        assert [id(line) for line in kept] == [id(line) for line in before]
        pane.border_title = "another title"
        assert "another title" in pane.render_lines(region)[0].text


async def test_kept_lines_follow_the_theme_and_the_focus() -> None:
    app, engine = make_app(*NAMES, prompt="why?")
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        engine.connect("ada")
        app.dashboard.show_figures()
        await pilot.pause()
        pane = app.dashboard.panes["ada"]
        looks = [_look(pane)]
        pane.focus()
        await pilot.pause()
        looks.append(_look(pane))
        app.theme = "textual-light"
        await pilot.pause()
        looks.append(_look(pane))
        borders, panels = zip(*looks, strict=True)
        assert len(set(borders)) == 3
        assert panels[0] == panels[1] != panels[2]


async def test_kept_lines_are_those_textual_would_draw() -> None:
    app, engine = make_app(*NAMES, prompt="why?")
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        engine.connect("ada")
        engine.receive("ada", {"content": "some words"})
        app.dashboard.tick()
        app.dashboard.show_figures()
        await pilot.pause()
        for widget in (app.dashboard.panes["ada"], app.dashboard.panes["ada"]._panel, app.dashboard.grid):
            whole = widget.outer_size.region
            drawn = widget._styles_cache.render_widget(widget, whole)
            assert [line.text for line in widget.render_lines(whole)] == [line.text for line in drawn]
            inner = Region(1, 0, whole.width - 2, 1)
            assert widget.render_lines(inner)[0].text == drawn[0].crop(1, whole.width - 1).text


async def test_a_frame_over_its_budget_leaves_the_other_panes_to_the_next() -> None:
    app, engine = make_app(*NAMES, prompt="why?")
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        for name in NAMES:
            engine.connect(name)
            engine.receive(name, {"content": f"words of {name}"})
        for pane in app.dashboard.panes.values():
            pane.show = _slow(pane.show, engine.clock)  # type: ignore[method-assign]
        shown = []
        for _ in NAMES:
            app.dashboard.tick()
            shown.append([name for name in NAMES if f"words of {name}" in answer_shown(app, name)])
        assert shown == [["ada"], ["ada", "bob"], ["ada", "bob", "cleo"]]


async def test_nobody_waits_for_ever_behind_a_pane_that_is_always_busy() -> None:
    app, engine = make_app(*NAMES, prompt="why?")
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        for name in NAMES:
            engine.connect(name)
            engine.receive(name, {"content": f"words of {name}"})
        for pane in app.dashboard.panes.values():
            pane.show = _slow(pane.show, engine.clock)  # type: ignore[method-assign]
        for _ in NAMES:
            engine.receive("ada", {"content": " and more"})
            app.dashboard.tick()
        await pilot.pause()
        assert all(f"words of {name}" in screen_text(app) for name in NAMES)


def _look(pane: Pane) -> tuple[str, str]:
    """The styles of the first border row and of the first panel row."""
    border = pane.render_lines(pane.outer_size.region)[0]
    panel = pane._panel.render_lines(pane._panel.outer_size.region)[0]
    return str([segment.style for segment in border]), str([segment.style for segment in panel])


def _slow(show: Callable[..., None], clock: ManualClock) -> Callable[..., None]:
    """`show`, taking as long as a whole frame may."""

    def slowly(*arguments: object) -> None:
        show(*arguments)
        clock.advance(FRAME_BUDGET_NS / 1_000_000)

    return slowly
