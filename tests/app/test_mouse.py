"""The mouse: what is named on the screen can be clicked there, and the wheel moves what is under it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, focused, make_app, screen_rows, screen_text, subtitle
from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.views import InspectorView
from tui.app.widgets.view_strip import strip_labels, view_names

pytestmark = pytest.mark.anyio

NAMES = ("ada", "bob")
VIEWS = (Place.PANES, Place.RACE, Place.DIFF, Place.INSPECTOR)
LONG = "\n\n".join(f"line {number}" for number in range(60))


@asynccontextmanager
async def answered(
    *names: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, "Mouse"]]:
    app, engine = make_app(*names, prompt="why?")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for name in names:
            engine.answer(name, LONG)
        draw(app)
        await pilot.pause()
        yield app, engine, Mouse(app, pilot)


def is_zoomed(app: WatchedApp) -> bool:
    return app.dashboard.grid.zoomed


class Mouse:
    """Points at words on the screen."""

    def __init__(self, app: WatchedApp, pilot: Pilot[None]) -> None:
        self._app = app
        self._pilot = pilot

    def find(self, words: str, *, last: bool = False) -> tuple[int, int]:
        """Where `words` begin on the screen, the topmost or the lowest place."""
        places = [(row.index(words), y) for y, row in enumerate(screen_rows(self._app)) if words in row]
        assert places, f"{words!r} is not on the screen:\n{screen_text(self._app)}"
        return places[-1 if last else 0]

    async def click(self, words: str, *, last: bool = False, times: int = 1, right: int = 0) -> None:
        """Click on `words`, `right` cells from their beginning."""
        x, y = self.find(words, last=last)
        await self._pilot.click(offset=(x + right, y), times=times)
        await self.settle()

    async def wheel(self, words: str, *, down: bool = True) -> None:
        await self._pilot._post_mouse_events([MouseScrollDown if down else MouseScrollUp], offset=self.find(words))
        await self.settle()

    async def settle(self) -> None:
        await self._pilot.pause()
        draw(self._app)
        await self._pilot.pause()


@pytest.mark.parametrize(
    ("room", "written"),
    [
        (46, " f2 panes [f3 race] f4 diff  f5 inspector "),
        (44, " f2 panes [f3 race] f4 diff  f5 inspector "),
        (43, " panes [race] diff  inspector "),
        (31, "[race]"),
    ],
)
def test_the_names_of_the_views_are_as_many_as_fit(room: int, written: str) -> None:
    names = view_names(VIEWS, Keymap())
    assert "".join(label for _, label in strip_labels(names, Place.RACE, room)) == written


def test_the_names_of_the_views_have_the_users_keys() -> None:
    names = view_names(VIEWS, Keymap({"view.race": "ctrl+r", "view.diff": ""}))
    assert [name.key for name in names] == ["f2", "^r", "", "f5"]
    assert "diff" in [label.strip() for _, label in strip_labels(names, Place.PANES, 80)]


async def test_a_walk_through_the_views_with_nothing_but_clicks() -> None:
    async with answered(*NAMES) as (app, _engine, mouse):
        await mouse.click("· bob")
        assert focused(app) is app.dashboard.panes["bob"]
        for name, place in (("race", Place.RACE), ("diff", Place.DIFF), ("inspector", Place.INSPECTOR)):
            await mouse.click(name, last=True)
            assert app.dashboard.view.PLACE is place
            assert app.dashboard.view.has_focus_within, "the focus goes with a click"
            assert f"{name}]" in screen_text(app), "the open one is in brackets"
        inspector = app.dashboard.view
        assert isinstance(inspector, InspectorView)
        await mouse.click("1 ✓ ada")
        assert inspector.target_name == "ada"
        await mouse.click("response")
        assert "text/event-stream" in screen_text(app)
        await mouse.click("events")
        await mouse.click("85 finish")
        assert inspector._list.current == 1
        await mouse.click("panes", last=True)
        assert app.dashboard.view.PLACE is Place.PANES
        assert focused(app) is app.dashboard.panes["bob"]


async def test_two_clicks_on_a_title_zoom_and_two_more_restore() -> None:
    async with answered(*NAMES) as (app, _engine, mouse):
        await mouse.click("· bob", times=2)
        assert is_zoomed(app)
        assert focused(app) is app.dashboard.panes["bob"]
        assert not app.screen.selections
        await mouse.click("1 ✓ ada")
        assert focused(app) is app.dashboard.panes["ada"], "the tabs are clicked too"
        await mouse.click("· ada", times=2)
        assert not is_zoomed(app)
        await mouse.click("line 59", times=2)
        assert not is_zoomed(app), "only the title zooms"


async def test_the_wheel_moves_the_pane_under_it_wherever_the_focus_is() -> None:
    async with answered(*NAMES) as (app, _engine, mouse):
        for place in ("· bob", "TTFT"):
            await mouse.wheel(place, down=False)
        assert app.dashboard.prompt_box.has_focus
        assert subtitle(app, "bob").startswith("▼ 3 more")
        assert subtitle(app, "ada").startswith("▼ 3 more")
        await mouse.wheel("· bob")
        assert not subtitle(app, "bob").startswith("▼")


async def test_choices_hints_and_headers_are_clicked() -> None:
    async with answered(*NAMES) as (app, engine, mouse):
        await mouse.click("· bob")
        await mouse.click("retry", last=True)
        assert engine.launched[-1][0] == "bob", "a hint of the key bar does what its key would"
        engine.connect("bob")
        for choice, words in enumerate(("the first", "the second")):
            engine.receive("bob", {"content": words}, choice=choice)
        await mouse.settle()
        await mouse.click("2●")
        assert app.dashboard.panes["bob"].choice == 1
        assert "the second" in screen_text(app)
        await mouse.click("race", last=True)
        await mouse.click("TTFT")
        assert "by TTFT" in screen_text(app)
        await mouse.click("TTFT", times=1)
        await mouse.click("bob")
        assert app.dashboard.view.target_name == "bob"
