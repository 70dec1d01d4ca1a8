"""Views of the same run: one on screen, the others at no cost; what keys mean, and where the focus goes."""

from collections.abc import Set
from dataclasses import replace
from typing import ClassVar

import pytest
from textual.strip import Strip

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, focused, make_app, screen_text
from tui.app import actions, dashboard
from tui.app.actions import Action, Place
from tui.app.dialogs.help_screen import HelpScreen
from tui.app.run import Run
from tui.app.views import PanesView, View
from tui.core.phase import Phase

pytestmark = pytest.mark.anyio

SIZE = (120, 40)
MONITOR = (
    Action("view.monitor", "f12", "monitor", "All in one table.", Place.DASHBOARD, "Moving", "open_view('monitor')"),
    Action("monitor.sort", "m", "sort", "Sort it.", Place.MONITOR, "Monitor", "sort", in_bar=True),
    Action("monitor.export", "f11", "export", "Export it.", Place.MONITOR, "Monitor", "export"),
)


class MonitorView(View, can_focus=True):
    """Remembers what it was asked to do."""

    PLACE: ClassVar[Place] = Place.MONITOR

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.calls: list[object] = []
        self.steps_back = 0

    @property
    def target_name(self) -> str | None:
        return "bob"

    def show_changed(self, names: Set[str]) -> None:
        self.calls.append(sorted(names))

    def show_figures(self, now_ns: int) -> None:
        self.calls.append("figures")

    def back(self) -> bool:
        self.steps_back -= 1
        return self.steps_back >= 0

    def action_sort(self) -> None:
        self.calls.append("sort")

    def action_export(self) -> None:
        self.calls.append("export")

    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width)


@pytest.fixture
def two_views(monkeypatch: pytest.MonkeyPatch) -> tuple[WatchedApp, ScriptedEngine]:
    """A dashboard with a second view, and its actions in the table."""
    table = (*actions.ACTIONS, *MONITOR)
    monkeypatch.setattr(actions, "ACTIONS", table)
    monkeypatch.setattr("tui.app.actions.keymap.ACTIONS", table)
    monkeypatch.setattr("tui.app.app.ACTIONS", table)
    for action in MONITOR:
        monkeypatch.setitem(actions.BY_ID, action.id, action)
    monkeypatch.setattr(dashboard, "make_views", lambda run: [PanesView(run), MonitorView(run)])
    return make_app("ada", "bob", prompt="why?")


def monitor(app: WatchedApp) -> MonitorView:
    view = app.dashboard.views[Place.MONITOR]
    assert isinstance(view, MonitorView)
    return view


async def test_a_hidden_view_is_never_called(two_views: tuple[WatchedApp, ScriptedEngine]) -> None:
    app, engine = two_views
    async with app.run_test(size=SIZE) as pilot:
        for name in ("ada", "bob"):
            engine.connect(name)
            engine.receive(name, {"content": "words"})
        draw(app)
        assert monitor(app).calls == []
        await pilot.press("f12")
        await pilot.pause()
        pane = app.dashboard.panes["ada"]
        before = pane.state
        pane.show = pane.show_figures = pane.catch_up = None  # type: ignore[method-assign, assignment]
        engine.receive("ada", {"content": " more"})
        draw(app)
        assert pane.state is before, "calling the panes would have raised"
        assert monitor(app).calls[-2:] == [["ada"], "figures"]


async def test_a_view_that_comes_on_screen_is_told_that_all_changed(
    two_views: tuple[WatchedApp, ScriptedEngine],
) -> None:
    app, engine = two_views
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f12")
        await pilot.pause()
        assert [call for call in monitor(app).calls if call != "figures"] == [["ada", "bob"]]
        assert "figures" in monitor(app).calls
        engine.connect("ada")
        engine.receive("ada", {"content": "came meanwhile"})
        draw(app)
        await pilot.press("f2")
        await pilot.pause()
        assert "came meanwhile" in screen_text(app)


async def test_a_key_means_what_it_means_in_the_view_on_screen(two_views: tuple[WatchedApp, ScriptedEngine]) -> None:
    app, engine = two_views
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "f11")
        assert "export" not in monitor(app).calls
        await pilot.press("m")
        assert "sort" not in monitor(app).calls
        assert app.said == ["Markdown is shown as written."]
        await pilot.press("f12", "m", "f11", "z")
        assert monitor(app).calls.count("sort") == monitor(app).calls.count("export") == 1
        assert not app.dashboard.grid.zoomed
        assert "sort" in screen_text(app).splitlines()[-1]
        await pilot.press("x")
        assert engine.cancelled == ["bob"], "whom the view says the user is at"
        assert [state.phase for state in engine.board][1] is Phase.CANCELLED


async def test_keys_of_a_view_work_from_the_prompt_unless_they_are_text(
    two_views: tuple[WatchedApp, ScriptedEngine],
) -> None:
    app, _engine = two_views
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f12", "m", "f11")
        assert focused(app) is app.dashboard.prompt_box, "where the user types, he goes on typing"
        assert app.dashboard.prompt_box.text == "m"
        assert "export" in monitor(app).calls
        assert "sort" not in monitor(app).calls


async def test_escape_goes_back_in_the_view_and_then_to_the_panes(
    two_views: tuple[WatchedApp, ScriptedEngine],
) -> None:
    app, engine = two_views
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "2", "f12")
        await pilot.pause()
        assert focused(app) is monitor(app)
        monitor(app).steps_back = 1
        await pilot.press("escape")
        assert monitor(app).is_shown
        await pilot.press("escape")
        assert app.dashboard.panes_view.is_shown
        assert focused(app) is app.dashboard.panes["bob"]
        assert engine.cancelled == []


async def test_tab_goes_between_a_view_and_the_prompt(two_views: tuple[WatchedApp, ScriptedEngine]) -> None:
    app, _engine = two_views
    async with app.run_test(size=SIZE) as pilot:
        places = []
        await pilot.press("f12")
        for _ in range(3):
            places.append(focused(app))
            await pilot.press("tab")
        assert places == [app.dashboard.prompt_box, monitor(app), app.dashboard.prompt_box]


async def test_the_palette_and_the_help_have_the_actions_of_the_view_on_screen(
    two_views: tuple[WatchedApp, ScriptedEngine],
) -> None:
    app, _engine = two_views
    async with app.run_test(size=(120, 100)) as pilot:
        assert not app.dashboard.can_perform(MONITOR[1])
        await pilot.press("f12")
        assert app.dashboard.can_perform(MONITOR[1])
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert "Sort it." in screen_text(app)
        assert "Rendered Markdown" not in screen_text(app)


async def test_the_views_follow_a_squeeze(two_views: tuple[WatchedApp, ScriptedEngine]) -> None:
    app, _engine = two_views
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f12")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        draw(app)
        assert "60×15" in screen_text(app)
        assert not monitor(app).region
        await pilot.resize_terminal(*SIZE)
        await pilot.pause()
        assert monitor(app).region.width == SIZE[0]


def test_an_action_of_a_view_that_is_not_there_cannot_be_had() -> None:
    app, _engine = make_app("ada")
    assert not app.dashboard.can_perform(replace(MONITOR[1], place=Place.HISTORY))
