"""Terminals of every size, and changing while streams run: panes, tabs, a short list, and back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.geometry import Region, Size
from textual.pilot import Pilot
from textual.widget import Widget

from tests.app.scripted import (
    ScriptedEngine,
    WatchedApp,
    answer_shown,
    draw,
    focused,
    make_app,
    screen_rows,
    screen_text,
)
from tui.app.terminal.resizing import SizeWatch

pytestmark = pytest.mark.anyio

NAMES = tuple(f"target{number}" for number in range(1, 7))


@asynccontextmanager
async def streaming(
    size: tuple[int, int], names: tuple[str, ...] = NAMES
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    app, engine = make_app(*names, prompt="why?")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for name in names:
            engine.connect(name)
            engine.receive(name, {"content": f"I am {name}."})
        draw(app)
        await pilot.pause()
        yield app, engine, pilot


async def resized(app: WatchedApp, pilot: Pilot[None], *size: int) -> None:
    await pilot.resize_terminal(size[0], size[1])
    await pilot.pause()
    draw(app)
    await pilot.pause()


async def test_a_terminal_pulled_about_while_streams_run() -> None:
    async with streaming((80, 24)) as (app, engine, pilot):
        for size in [(300, 80), (40, 10), (5, 3), (1, 1), (120, 40), (80, 24), (300, 80)]:
            for name in NAMES:
                engine.clock.advance(10)
                engine.receive(name, {"content": f"\n\n{size[0]} by {size[1]}"})
            await resized(app, pilot, *size)
            rows = screen_rows(app)
            assert (len(rows), {len(row) for row in rows}) == (size[1], {size[0]})
        for name in NAMES:
            shown = answer_shown(app, name)
            assert all(f"{width} by" in shown for width in (300, 40, 5, 1, 120, 80)), "nothing was lost"


@pytest.mark.parametrize(
    ("size", "shown"), [((200, 60), 6), ((120, 40), 6), ((80, 24), 6), ((60, 24), 1), ((80, 18), 1)]
)
async def test_panes_or_tabs(size: tuple[int, int], shown: int) -> None:
    async with streaming(size) as (app, _engine, _pilot):
        assert sum(pane.display for pane in app.dashboard.grid.panes) == shown
        text = screen_text(app)
        assert sum(f"I am {name}." in text for name in NAMES) == shown


async def test_tabs_name_every_target_with_its_state() -> None:
    async with streaming((100, 16)) as (app, engine, _pilot):
        engine.cancel("target3")
        draw(app)
        strip = screen_rows(app)[0]
        assert strip.startswith(" 1 ● target1 ")
        assert " 3 ■ target3 " in strip


async def test_the_current_tab_is_in_view_however_many_there_are() -> None:
    names = tuple(f"target{number}" for number in range(1, 17))
    async with streaming((70, 16), names) as (app, _engine, pilot):
        await pilot.press("shift+tab")
        await pilot.pause()
        draw(app)
        assert " 16 ● target16 " in screen_rows(app)[0]
        assert answer_shown(app, "target16") == "I am target16."


async def test_tabs_that_do_not_fit_are_counted() -> None:
    async with streaming((60, 16)) as (app, _engine, _pilot):
        assert screen_rows(app)[0].rstrip() == " 1 ● target1  2 ● target2  3 ● target3  4 ● target4  +2"


async def test_a_click_on_a_tab_shows_that_pane() -> None:
    async with streaming((100, 16)) as (app, _engine, pilot):
        await pilot.click(offset=(screen_rows(app)[0].index("target3"), 0))
        await pilot.pause()
        assert [pane.display for pane in app.dashboard.grid.panes] == [False, False, True, False, False, False]


async def test_a_terminal_too_small_lists_the_targets_and_says_what_is_needed() -> None:
    async with streaming((50, 12)) as (app, engine, pilot):
        engine.cancel("target2")
        draw(app)
        text = screen_text(app)
        assert all(name in text for name in NAMES)
        assert "■ target2" in text
        assert "60×15" in text
        await pilot.resize_terminal(50, 7)
        await pilot.pause()
        draw(app)
        rows = screen_rows(app)
        assert rows[0].strip() == "50×7: panes need 60×15 · 3 more"
        assert [name for name in NAMES if name in "".join(rows)] == list(NAMES[:3])


@pytest.mark.parametrize("size", [(50, 12), (20, 4), (1, 1)])
async def test_keys_do_no_harm_where_there_is_no_room(size: tuple[int, int]) -> None:
    async with streaming(size) as (app, _engine, pilot):
        keys = ["tab", "2", "j", "G", "z", "space", "m", "y", "right_square_bracket", "z", "tab", "f1", "escape", "f10"]
        await pilot.press(*keys)
        await pilot.pause()
        draw(app)
        assert app.is_running


async def test_cancel_all_works_where_there_is_no_room() -> None:
    async with streaming((20, 4)) as (_app, engine, pilot):
        await pilot.press("ctrl+c")
        assert sorted(engine.cancelled) == sorted(NAMES)


async def test_the_focus_survives_a_squeeze() -> None:
    async with streaming((120, 40)) as (app, _engine, pilot):
        await pilot.press("tab", "3")
        await resized(app, pilot, 40, 10)
        await resized(app, pilot, 120, 40)
        assert app.dashboard.pane is app.dashboard.panes["target3"]
        assert focused(app) is app.dashboard.panes["target3"], "the border tells what the keys act on"
        await pilot.press("tab")
        assert focused(app) is app.dashboard.panes["target4"]


async def test_a_draft_survives_a_squeeze() -> None:
    async with streaming((120, 40)) as (app, _engine, pilot):
        await pilot.press(*"draft")
        await resized(app, pilot, 30, 5)
        await resized(app, pilot, 120, 40)
        assert app.dashboard.prompt_box.text == "draft"


@pytest.mark.parametrize("count", [1, 5, 11, 16])
async def test_as_many_panes_as_fit_are_all_drawn(count: int) -> None:
    names = tuple(f"t{number}" for number in range(count))
    async with streaming((300, 80), names) as (app, _engine, _pilot):
        text = screen_text(app)
        assert all(f"I am {name}." in text for name in names)


async def test_tabs_are_drawn_in_themes_of_every_kind() -> None:
    """Ours, Textual's own, and those whose colours are the terminal's."""
    async with streaming((70, 16), NAMES[:3]) as (app, _engine, pilot):
        odd = [name for name in app.available_themes if "ansi" in name]
        for name in ["high-contrast", "textual-light", *odd]:
            app.theme = name
            await pilot.pause()
            draw(app)
            assert "target1" in screen_rows(app)[0], name


def test_a_size_that_changed_comes_to_rest_once() -> None:
    watch = SizeWatch()
    sizes = [Size(80, 24), Size(80, 24), Size(80, 24), Size(90, 24), Size(100, 24), Size(100, 24), Size(100, 24)]
    assert [watch.comes_to_rest(size) for size in sizes] == [False, True, False, False, False, True, False]


async def test_what_is_hidden_is_not_laid_out_when_a_size_has_come_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    async with streaming((120, 40)) as (app, _engine, pilot):
        laid_out: list[Widget] = []
        refresh = Widget.refresh

        def watched(self: Widget, *regions: Region, **options: bool) -> Widget:
            if options.get("layout"):
                laid_out.append(self)
            return refresh(self, *regions, **options)

        await resized(app, pilot, 100, 30)
        app.dashboard._fit()
        monkeypatch.setattr(Widget, "refresh", watched)
        app.dashboard._fit()
        assert app.dashboard.prompt_box in laid_out
        assert app.dashboard.panes["target1"].answer in laid_out
        hidden = [view for view in app.dashboard.all_views() if not view.is_shown]
        assert not {view for widget in laid_out for view in hidden if view in widget.ancestors_with_self}
