"""What can be set: from the start, in the settings, and by a theme file that changes while the program runs."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import LoadingIndicator
from textual.widgets._toast import Toast, ToastHolder

from tests.app.scripted import ScriptedEngine, WatchedApp, answer_shown, draw, make_app, screen_text
from tui.app.dialogs.settings_screen import SettingRow, SettingsScreen
from tui.app.looks import Looks
from tui.app.panes.tiling import Shape
from tui.app.themes import shipped_directory
from tui.storage.prompt_history import PromptHistory

pytestmark = pytest.mark.anyio

NAMES = ("ada", "bob", "cleo", "dan")


@asynccontextmanager
async def settings(looks: Looks | None = None) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    """The settings open over four answered panes."""
    app, engine = make_app(*NAMES, prompt="why?", looks=looks)
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.pause()
        for name in NAMES:
            engine.answer(name, "some **bold** words")
        draw(app)
        await pilot.press("tab", "comma")
        await pilot.pause()
        assert isinstance(app.screen, SettingsScreen)
        yield app, engine, pilot


async def test_a_theme_is_shown_at_once_and_how_to_keep_it() -> None:
    async with settings() as (app, _engine, pilot):
        before = app.theme
        await pilot.press("right")
        await pilot.pause()
        assert app.theme != before
        assert f'[ui] theme = "{app.theme}"' in screen_text(app)
        await pilot.press("left")
        assert app.theme == before


async def test_layout_markdown_and_motion_hold_for_the_session() -> None:
    async with settings() as (app, _engine, pilot):
        await pilot.press("down", "right")
        await pilot.pause()
        assert app.dashboard.grid.shape is Shape.COLUMNS
        assert len({pane.region.x for pane in app.dashboard.grid.panes}) == 4
        assert '[ui] layout = "columns"' in screen_text(app)
        await pilot.press("down", "enter")
        assert answer_shown(app, "dan") == "some **bold** words"
        await pilot.press("down", "down", "space")
        assert app.dashboard.looks.reduced_motion
        assert app.animation_level == "none"
        assert not app.dashboard.prompt_box.cursor_blink
        await pilot.press("escape")
        assert app.screen is app.dashboard
        assert app.dashboard.grid.shape is Shape.COLUMNS


async def test_a_click_changes_a_setting() -> None:
    async with settings() as (app, _engine, pilot):
        await pilot.click(app.screen.query(SettingRow)[1])
        assert app.dashboard.grid.shape is Shape.COLUMNS


async def test_a_mouse_that_cannot_be_switched_is_said_and_one_that_can_is_switched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with settings() as (app, _engine, pilot):
        await pilot.press("down", "down", "down", "right")
        assert app.dashboard.looks.mouse
        assert "cannot be switched" in app.said[-1]
        asked: list[bool] = []
        driver = app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "_disable_mouse_support", lambda: asked.append(False), raising=False)
        monkeypatch.setattr(driver, "_enable_mouse_support", lambda: asked.append(True), raising=False)
        await pilot.press("right", "right")
        assert asked == [False, True]
        assert app.dashboard.looks.mouse


async def test_all_panes_are_there_from_the_first_frame() -> None:
    app, _engine = make_app(*NAMES)
    shown: list[int] = []
    view = app.dashboard.panes_view
    arrange = view.grid.arrange_panes

    def arrange_and_count(size: Size) -> None:
        arrange(size)
        shown.append(sum(pane.display for pane in view.grid.panes))

    view.grid.arrange_panes = arrange_and_count  # type: ignore[method-assign]
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.pause()
        assert shown
        assert set(shown) == {4}


async def test_what_is_configured_is_there_from_the_start() -> None:
    looks = Looks(Shape.ROWS, markdown=False, reduced_motion=True)
    async with settings(looks) as (app, _engine, _pilot):
        assert len({pane.region.y for pane in app.dashboard.grid.panes}) == 4
        assert answer_shown(app, "ada") == "some **bold** words"
        assert not app.dashboard.prompt_box.cursor_blink


def test_textual_still_has_the_mouse_switches_we_use() -> None:
    from textual.drivers.linux_driver import LinuxDriver

    assert callable(LinuxDriver._enable_mouse_support)
    assert callable(LinuxDriver._disable_mouse_support)


# -- theme files that change ----------------------------------------------------------------------------------------


def write_theme(folder: Path, background: str, *, name: str = "mine", stamp: int = 1) -> Path:
    """A theme file whose time is told, so that no test depends on how fine a file system's clock is."""
    path = folder / f"{name}.toml"
    source = (shipped_directory() / "sidestream-dark.toml").read_text()
    lines = [line for line in source.splitlines() if not line.startswith(("name ", "background "))]
    path.write_text(f'name = "{name}"\nbackground = "{background}"\n' + "\n".join(lines))
    os.utime(path, ns=(stamp, stamp))
    return path


async def test_a_theme_file_that_changes_is_taken_in_at_once(tmp_path: Path) -> None:
    write_theme(tmp_path, "#101010")
    app, _engine = make_app("ada", theme="mine", theme_directories=[tmp_path])
    async with app.run_test() as pilot:
        assert app.theme_variables["background"] == "#101010"
        write_theme(tmp_path, "#202020", stamp=2)
        app.reload_changed_themes()
        await pilot.pause()
        assert app.theme_variables["background"] == "#202020"
        assert app.dashboard.styles.background.hex == "#202020"


async def test_a_mistake_in_a_theme_file_is_said_and_the_theme_stays(tmp_path: Path) -> None:
    path = write_theme(tmp_path, "#101010")
    app, _engine = make_app("ada", theme="mine", theme_directories=[tmp_path])
    async with app.run_test() as pilot:
        path.write_text('name = "mine"\nbackground = "mud"\n')
        app.reload_changed_themes()
        await pilot.pause()
        assert app.theme_variables["background"] == "#101010"
        assert any("mine.toml" in said for said in app.said)
        told = len(app.said)
        app.reload_changed_themes()
        assert len(app.said) == told, "once, not every second"


async def test_themes_come_and_go_with_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    app, _engine = make_app("ada", theme_directories=[folder])
    async with app.run_test():
        folder.mkdir()
        path = write_theme(folder, "#101010")
        app.reload_changed_themes()
        assert "mine" in app.available_themes
        path.unlink()
        app.reload_changed_themes()
        assert "mine" not in app.available_themes
        shutil.rmtree(folder)
        app.reload_changed_themes()
        assert app.said == []


# -- the first time -------------------------------------------------------------------------------------------------


async def test_who_never_sent_a_prompt_is_told_how_until_the_first_one() -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "enter sends · tab to the panes · f1 keys" in screen_text(app)
        await pilot.press("h", "enter")
        await pilot.pause()
        assert "enter sends" not in screen_text(app)


async def test_who_did_is_not() -> None:
    history = PromptHistory()
    history.add("before")
    app, _engine = make_app("ada", history=history)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "enter sends" not in screen_text(app)


MOVING_PLACES = {
    "slash": "Dashboard Input",
    "f3": "Dashboard RaceView",
    "f4": "Dashboard DiffView",
    "f5": "Dashboard EventList",
    "comma": "SettingsScreen NoneType",
    "question_mark": "HelpScreen VerticalScroll",
    "ctrl+p": "CommandPalette CommandInput",
    "T": "FileDialog Input",
    "plus": "TargetForm Input",
    "f8": "LineupDialog Input",
}


async def test_with_reduced_motion_nothing_moves_by_itself_on_any_screen() -> None:
    """What blinks, slides or fades does so by a timer."""
    app, engine = make_app(*NAMES, prompt="why?", looks=Looks(reduced_motion=True))
    app.dashboard.prompt_box.cursor_blink = True
    async with app.run_test(size=(120, 40)) as pilot:
        engine.connect("ada")
        engine.receive("ada", {"reasoning_content": "hm"})
        engine.answer("bob", "words")
        draw(app)
        assert running_timers(app) == []
        await pilot.press("tab")
        for key, place in MOVING_PLACES.items():
            await pilot.press(key)
            await pilot.pause()
            draw(app)
            assert f"{type(app.screen).__name__} {type(app.focused).__name__}" == place
            assert running_timers(app) == [], place
            if app.screen is not app.dashboard or place.endswith("Input"):
                await pilot.press("escape")
                await pilot.pause()


def running_timers(app: WatchedApp) -> list[str]:
    """All but the one that paints what has changed, those that take toasts away, and that of a still sign."""
    widgets = [widget for screen in app.screen_stack for widget in (screen, *screen.query(Widget))]
    timers = [(widget, timer) for widget in widgets for timer in widget._timers if timer._active.is_set()]
    return [
        f"{timer.name} of {widget}"
        for widget, timer in timers
        if timer.name != "screen_update" and not isinstance(widget, ToastHolder | Toast | LoadingIndicator)
    ]
