"""How panes share the area, and scrolling them together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app, screen_rows
from tui.app.panes.tiling import MIN_PANE_HEIGHT, MIN_PANE_WIDTH, Shape, tiles

pytestmark = pytest.mark.anyio

NAMES = ("ada", "bob", "cleo", "dan")
LONG = "\n\n".join(f"paragraph {number}" for number in range(60))


@asynccontextmanager
async def panes(
    *names: str, size: tuple[int, int] = (160, 48), text: str = LONG
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    app, engine = make_app(*names, prompt="why?")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for name in names:
            engine.connect(name)
            engine.receive(name, {"content": text})
        draw(app)
        await pilot.press("tab")
        yield app, engine, pilot


def places(app: WatchedApp) -> list[tuple[int, int]]:
    """Columns and rows of the visible panes, as the number of distinct edges."""
    shown = [pane.region for pane in app.dashboard.grid.panes if pane.display]
    return [(len({region.x for region in shown}), len({region.y for region in shown}))]


@pytest.mark.parametrize("count", [2, 3, 5, 16])
def test_columns_and_rows_fill_the_area(count: int) -> None:
    width, height = count * MIN_PANE_WIDTH + 3, count * MIN_PANE_HEIGHT + 3
    columns, rows = tiles(count, width, height, Shape.COLUMNS), tiles(count, width, height, Shape.ROWS)
    assert columns is not None
    assert rows is not None
    assert sum(tile.width for tile in columns) == width
    assert {(tile.y, tile.height) for tile in columns} == {(0, height)}
    assert sum(tile.height for tile in rows) == height
    assert {(tile.x, tile.width) for tile in rows} == {(0, width)}


def test_what_would_be_too_small_to_read_has_no_places() -> None:
    assert tiles(3, 3 * MIN_PANE_WIDTH - 1, 50, Shape.COLUMNS) is None
    assert tiles(3, 200, 3 * MIN_PANE_HEIGHT - 1, Shape.ROWS) is None
    assert tiles(3, 200, 50, Shape.TABS) is None


async def test_one_key_goes_through_the_layouts_and_round() -> None:
    async with panes(*NAMES) as (app, _engine, pilot):
        seen = places(app)
        for _ in range(4):
            await pilot.press("L")
            await pilot.pause()
            draw(app)
            seen += places(app)
        assert seen == [(2, 2), (4, 1), (1, 4), (1, 1), (2, 2)]
        assert app.said == ["Panes as columns.", "Panes as rows.", "Panes as tabs.", "Panes as grid."]


async def test_tabs_by_choice_have_their_row_of_names() -> None:
    async with panes(*NAMES) as (app, _engine, pilot):
        await pilot.press("L", "L", "L")
        await pilot.pause()
        draw(app)
        await pilot.pause()
        assert all(name in screen_rows(app)[0] for name in NAMES)


async def test_a_layout_without_room_is_said_and_comes_back_with_the_room() -> None:
    async with panes(*NAMES, size=(100, 40)) as (app, _engine, pilot):
        await pilot.press("L")
        await pilot.pause()
        assert app.said == ["There is no room for columns here; tabs instead."]
        assert places(app) == [(1, 1)]
        await pilot.resize_terminal(160, 40)
        await pilot.pause()
        assert places(app) == [(4, 1)]


async def test_a_new_layout_lets_a_zoomed_pane_go() -> None:
    async with panes(*NAMES) as (app, _engine, pilot):
        await pilot.press("z", "L")
        await pilot.pause()
        assert places(app) == [(4, 1)]


# -- scrolling together ---------------------------------------------------------------------------------------------


def tops(app: WatchedApp) -> list[int]:
    return [pane.answer.rows_above for pane in app.dashboard.grid.panes]


async def test_panes_scroll_together_once_asked_to_and_alone_again() -> None:
    async with panes("ada", "bob", "cleo") as (app, _engine, pilot):
        await pilot.press("g")
        await pilot.pause()
        assert len(set(tops(app))) == 2, "each alone"
        await pilot.press("s")
        await pilot.pause()
        assert tops(app) == [0, 0, 0], "from where the focused pane is"
        await pilot.press("j", "j", "ctrl+d")
        await pilot.pause()
        assert len(set(tops(app))) == 1
        assert tops(app)[0] > 2
        await pilot.press("G")
        await pilot.pause()
        assert all(pane.answer.follow for pane in app.dashboard.grid.panes)
        await pilot.press("s", "g")
        await pilot.pause()
        assert len(set(tops(app))) == 2


async def test_a_shorter_answer_stops_at_its_end_without_holding_the_others() -> None:
    async with panes("ada", "bob") as (app, engine, pilot):
        engine.receive("ada", {"content": LONG})
        draw(app)
        await pilot.press("g", "s", *["ctrl+d"] * 6)
        await pilot.pause()
        ada, bob = app.dashboard.grid.panes
        assert ada.answer.rows_above > bob.answer.rows_above
        assert bob.answer.rows_below == 0
        for _ in range(3):
            await pilot.pause()
        assert ada.answer.rows_above > bob.answer.rows_above, "what was moved along does not lead"


async def test_the_wheel_over_another_pane_leads_too() -> None:
    async with panes("ada", "bob") as (app, _engine, pilot):
        await pilot.press("g", "s")
        await pilot.pause()
        view = app.dashboard.panes["bob"].answer
        assert view.move_rows(7)
        await pilot.pause()
        assert tops(app) == [7, 7]
