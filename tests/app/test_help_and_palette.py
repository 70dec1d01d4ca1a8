"""Every action can be found: it has an id, a description, a row in the help and an entry in the palette."""

from collections.abc import Iterator
from typing import Any

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import OptionList

from tests.app.scripted import make_app, screen_text
from tui.app.app import SidestreamApp
from tui.app.dashboard import Dashboard
from tui.app.help_screen import HelpScreen, _bindings_of, help_text
from tui.app.prompt_box import PromptBox
from tui.app.themes import load_themes, shipped_directory
from tui.core.phase import Phase

pytestmark = pytest.mark.anyio

SIZE = (120, 50)
PLACES = (Dashboard, PromptBox, SidestreamApp, HelpScreen)
MULTIPLEXER_PREFIXES = {"ctrl+a", "ctrl+b"}
ALIASES = {"ctrl+m", "ctrl+i", "ctrl+h", "ctrl+["}
"""The same byte as enter, tab, backspace and escape in most terminals."""
OWN_PALETTE_ENTRY = {"app.palette", "app.cancel_all", "app.quit"}
"""The palette itself; what "Cancel all" and "Quit" stand for."""


def declared(place: type) -> list[Binding]:
    return [binding for binding in place.BINDINGS if isinstance(binding, Binding)]  # type: ignore[attr-defined]


def every_binding() -> Iterator[Binding]:
    for place in PLACES:
        yield from declared(place)


def singles(binding: Binding) -> list[str]:
    return [key.strip() for key in binding.key.split(",")]


@pytest.mark.parametrize("binding", list(every_binding()), ids=lambda binding: binding.id or binding.key)
def test_every_binding_has_an_id_and_a_description(binding: Binding) -> None:
    assert binding.id
    assert binding.description


@pytest.mark.parametrize("place", PLACES)
def test_bindings_are_declared_in_full(place: type) -> None:
    """As `Binding`, because the short tuple form has no id."""
    assert all(isinstance(binding, Binding) for binding in place.BINDINGS)  # type: ignore[attr-defined]


def test_ids_are_unique() -> None:
    ids = [binding.id for binding in every_binding()]
    assert len(ids) == len(set(ids))


def test_no_key_is_the_alias_of_another_or_a_multiplexer_prefix() -> None:
    keys = {key for binding in every_binding() for key in singles(binding)}
    assert not keys & (ALIASES | MULTIPLEXER_PREFIXES)


@pytest.mark.parametrize("place", PLACES)
def test_no_key_is_bound_twice_in_one_place(place: type) -> None:
    keys = [key for binding in declared(place) for key in singles(binding)]
    assert len(keys) == len(set(keys))


async def test_the_help_has_a_row_for_every_binding() -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=SIZE):
        rows = help_text(_bindings_of(app.dashboard)).plain.splitlines()
        for place in (Dashboard, PromptBox, SidestreamApp):
            for binding in declared(place):
                description = "that pane" if binding.key.isdigit() else binding.description
                assert any(row.rstrip().endswith(description) for row in rows), binding


async def test_the_help_names_every_key() -> None:
    words = {"question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]", "up": "↑", "down": "↓"}
    app, _engine = make_app("ada")
    async with app.run_test(size=SIZE):
        text = help_text(_bindings_of(app.dashboard)).plain
        for place in (Dashboard, PromptBox, SidestreamApp):
            for binding in declared(place):
                for key in singles(binding):
                    shown = words.get(key, key.replace("pageup", "page up").replace("pagedown", "page down"))
                    assert shown in ("1", *"23456789") or f" {shown} " in text.replace("\n", " "), key


async def test_the_help_is_on_the_screen() -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f1")
        await pilot.pause()
        shown = screen_text(app)
        assert all(binding.description in shown for binding in declared(Dashboard) if not binding.key.isdigit())


def palette_titles(app: SidestreamApp) -> set[str]:
    screen: Any = app.dashboard  # a Screen[None]; Textual asks for a Screen[object]
    return {command.title for command in app.get_system_commands(screen)}


async def test_every_action_is_in_the_palette() -> None:
    app, _engine = make_app(*(f"t{number}" for number in range(9)))
    async with app.run_test(size=SIZE):
        titles = palette_titles(app)
        for place in (Dashboard, SidestreamApp):
            for binding in declared(place):
                if binding.id not in OWN_PALETTE_ENTRY:
                    assert binding.description.capitalize() in titles, binding
        assert {"Cancel all", "Quit", "Theme"} <= titles


async def test_the_palette_lists_no_pane_that_is_not_there() -> None:
    app, _engine = make_app("ada", "bob")
    async with app.run_test(size=SIZE):
        titles = palette_titles(app)
        assert {"Pane 1", "Pane 2"} <= titles
        assert "Pane 3" not in titles


async def test_the_palette_runs_an_action_on_the_dashboard() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert isinstance(app.screen, CommandPalette)
        await pilot.press(*"cancel", "space", *"all")
        await app.workers.wait_for_complete()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert {state.phase for state in engine.board} == {Phase.CANCELLED}


async def test_the_palette_offers_every_shipped_theme() -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=SIZE) as pilot:
        app.action_change_theme()
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        listed = app.screen.query_one(OptionList)
        names = {str(listed.get_option_at_index(at).prompt) for at in range(listed.option_count)}
        shipped = {theme.name for theme in load_themes([shipped_directory()]).themes}
        assert shipped
        assert all(any(name in shown for shown in names) for name in shipped)
