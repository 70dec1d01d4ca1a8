"""Every action can be found: it has an id, a key, a row in the help, an entry in the palette and somebody to do it."""

import inspect
import re
from functools import cache
from typing import Any

import pytest
from textual import actions as textual_actions
from textual.command import CommandPalette
from textual.widgets import OptionList

from tests.app.scripted import make_app, screen_text
from tui.app.actions import ACTIONS, BY_ID, Action, Place, actions_of
from tui.app.actions.keymap import Keymap
from tui.app.actions.keys import ALIASES, MULTIPLEXER_PREFIXES, is_text, key_name
from tui.app.app import SidestreamApp
from tui.app.blind.scores_screen import ScoresScreen
from tui.app.blind.vote_dialog import VoteDialog
from tui.app.calls.calls_screen import CallsScreen
from tui.app.dashboard import Dashboard
from tui.app.dialogs.file_dialog import FileDialog
from tui.app.dialogs.help_screen import HelpScreen, help_text
from tui.app.dialogs.settings_screen import SettingsScreen
from tui.app.dialogs.yes_no import YesNo
from tui.app.lineup.lineup_dialog import LineupDialog
from tui.app.lineup.target_form import TargetForm
from tui.app.logprobs.screen import LogprobsScreen
from tui.app.prompt.prompt_box import PromptBox
from tui.app.themes import load_themes, shipped_directory
from tui.app.views import View
from tui.core.phase import Phase

pytestmark = pytest.mark.anyio

SIZE = (120, 110)
DIALOGS: dict[Place, type] = {
    Place.HELP: HelpScreen,
    Place.FILE: FileDialog,
    Place.SETTINGS: SettingsScreen,
    Place.LOGPROBS: LogprobsScreen,
    Place.CALLS: CallsScreen,
    Place.TARGET: TargetForm,
    Place.LINEUPS: LineupDialog,
    Place.QUESTION: YesNo,
    Place.VOTE: VoteDialog,
    Place.SCORES: ScoresScreen,
}
NOT_ACTIONS = {"perform"}
"""The dashboard's own way from a key to an action."""
by_id = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)


def views() -> dict[Place, type[View]]:
    app, _engine = make_app("ada")
    return {place: type(view) for place, view in app.dashboard.views.items()}


@cache
def hosts() -> dict[Place, type]:
    """Who carries out the actions of each place."""
    return {
        Place.EVERYWHERE: SidestreamApp,
        Place.DASHBOARD: Dashboard,
        Place.VIEWS: Dashboard,
        Place.PROMPT: PromptBox,
        **views(),
        **DIALOGS,
    }


# -- the table ------------------------------------------------------------------------------------------------------


@by_id
def test_an_action_says_what_it_is(action: Action) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z0-9_]+)+", action.id)
    assert action.label
    assert action.section
    assert action.help.endswith(".")
    assert action.help[0].isupper()


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(ACTIONS)


@by_id
def test_every_default_key_is_a_key_and_no_alias_or_multiplexer_prefix(action: Action) -> None:
    keys = [key_name(key) for key in action.keys.split(",")]
    assert None not in keys
    assert not set(keys) & (set(ALIASES) | MULTIPLEXER_PREFIXES)
    assert list(Keymap().keys_of(action)) == keys
    if action.place is Place.PROMPT or action.is_urgent:
        assert not any(key is None or is_text(key) for key in keys)


def test_no_two_actions_share_a_key_where_both_can_be_had() -> None:
    keymap = Keymap()
    for action in ACTIONS:
        for other in ACTIONS:
            if action is not other and action.place.shares_keys_with(other.place):
                assert not set(keymap.keys_of(action)) & set(keymap.keys_of(other)), (action.id, other.id)


# -- somebody does it -----------------------------------------------------------------------------------------------


@by_id
def test_every_action_has_a_handler_that_takes_its_arguments(action: Action) -> None:
    _, name, arguments = textual_actions.parse(action.call)
    handler = getattr(hosts()[action.place], f"action_{name}", None)
    assert callable(handler), f"{action.id}: no action_{name}"
    inspect.signature(handler).bind(None, *arguments)


def test_every_handler_of_ours_is_an_action() -> None:
    called: dict[type, set[str]] = {}
    for action in ACTIONS:
        called.setdefault(hosts()[action.place], set()).add(textual_actions.parse(action.call)[1])
    for host in set(hosts().values()):
        own = {name.removeprefix("action_") for name in vars(host) if name.startswith("action_")}
        assert own - called.get(host, set()) - NOT_ACTIONS == set(), host


def test_every_view_has_a_key_that_opens_it() -> None:
    opened = {action.call for action in ACTIONS if action.call.startswith("open_view")}
    assert opened == {f"open_view('{place}')" for place in views()}


# -- the help -------------------------------------------------------------------------------------------------------


def shown_help(*places: Place) -> list[str]:
    return help_text(Keymap(), actions_of(*places), 200).plain.splitlines()


@by_id
def test_the_help_of_its_place_names_the_action_and_its_keys(action: Action) -> None:
    rows = shown_help(action.place)
    at = next(at for at, row in enumerate(rows) if action.help in row)
    in_one_row = {f"{way}.{number}" for way in ("focus", "inspector.target", "diff.target") for number in range(2, 9)}
    in_one_row |= {f"vote.best.{letter}" for letter in "abcdefghijklmnop"}
    if action.id not in in_one_row:
        assert all(f" {key} " in f"{rows[at - 1]} {rows[at]} " for key in Keymap().shown_keys(action))


def test_the_column_of_keys_is_no_wider_than_they_are() -> None:
    actions = [BY_ID["stream.cancel"], BY_ID["focus.next"], BY_ID["stream.retry"]]
    lines = help_text(Keymap(), actions, 76).plain.split("\n")
    sentences = [action.help for action in actions]
    assert [line.index(said) for line in lines for said in sentences if said in line] == [7, 7, 7]  # "  tab  "


def test_the_help_fits_its_width_and_loses_nothing() -> None:
    text = help_text(Keymap(), actions_of(Place.DASHBOARD, Place.EVERYWHERE, Place.VIEWS), 50).plain
    assert max(len(row) for row in text.splitlines()) <= 50
    words = text.split()
    for action in actions_of(Place.VIEWS):
        assert all(word in words for word in action.help.split())


async def test_the_help_starts_with_the_place_the_user_is_in() -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=(120, 160)) as pilot:
        await pilot.press("f1")
        await pilot.pause()
        at_prompt = screen_text(app)
        await pilot.press("escape", "tab", "f1")
        await pilot.pause()
        at_pane = screen_text(app)
        assert at_prompt.index("In the prompt box") < at_prompt.index("The focused pane")
        assert at_pane.index("The focused pane") < at_pane.index("In the prompt box")


async def test_the_key_bar_names_no_letter_or_sign_while_a_prompt_is_typed() -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=(200, 30)) as pilot:
        await pilot.pause()
        assert "/ search" not in screen_text(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "/ search" in screen_text(app)


# -- the palette ----------------------------------------------------------------------------------------------------


def palette_titles(app: SidestreamApp) -> set[str]:
    screen: Any = app.dashboard  # a Screen[None]; Textual asks for a Screen[object]
    return {command.title for command in app.get_system_commands(screen)}


async def test_every_action_is_in_the_palette() -> None:
    app, _engine = make_app(*(f"t{number}" for number in range(9)))
    async with app.run_test(size=SIZE) as pilot:
        titles = palette_titles(app) | {"Palette"}
        for place in app.dashboard.views:
            app.dashboard.open_view(place)
            await pilot.pause()
            titles |= palette_titles(app)
        for action in ACTIONS:
            assert action.place in DIALOGS or action.title in titles, action.id
        assert "Theme" in titles


async def test_the_palette_is_drawn_with_keys_that_look_like_markup() -> None:
    app, _engine = make_app(
        "ada", keys={"pane.zoom": ["[", "]"], "pane.choice.previous": "f11", "pane.choice.next": "f12"}
    )
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+p", *"zoom")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "[  ]" in screen_text(app)


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
