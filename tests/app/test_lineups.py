"""The line-up while it runs: targets come, go, move and change; line-ups are saved, switched to and deleted."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.app.scripted import (
    ScriptedEngine,
    WatchedApp,
    answer_shown,
    draw,
    focused,
    make_app,
    screen_text,
    target,
    title,
)
from tui.app.dialogs.yes_no import YesNo
from tui.app.lineup.lineup_dialog import LineupDialog
from tui.app.lineup.lineups import Draft, Lineups, OwnServer
from tui.app.lineup.model_picker import matching
from tui.app.lineup.target_form import TargetForm
from tui.config.lineup_file import SavedLineups
from tui.config.resolve import Overrides
from tui.config.settings import Lineup, Settings
from tui.core.phase import Phase
from tui.storage.last_lineup import LastLineup

pytestmark = pytest.mark.anyio

SIZE = (120, 40)
MODELS = ["claude-sonnet", "gpt-5.2", "gpt-5.2-mini", "org/llama"]
OWN = OwnServer("custom", Overrides(base_url="http://127.0.0.1:9/v1"))
ENVIRONMENT = {"OPENAI_API_KEY": "sk-of-openai-0123456789"}


def dashboard(*names: str, folder: Path | None = None) -> tuple[WatchedApp, ScriptedEngine]:
    """Targets of a server of one's own; with a folder line-ups are saved and remembered there."""
    targets = [target(name) for name in names]
    settings = Settings(
        lineups={"daily": Lineup("daily", ("lmstudio/a", "cold=lmstudio/b,temperature=0"), "Be brief.")}
    )
    lineups = Lineups(
        settings,
        ENVIRONMENT,
        targets,
        own=OWN,
        saved=SavedLineups(folder / "config" / "lineups.toml") if folder else None,
        last=LastLineup(folder / "state" / "lineup.json") if folder else None,
    )
    app, engine = make_app(targets=targets, lineups=lineups)
    engine.lists = {"custom": MODELS, "openai": ["gpt-5.2"]}
    return app, engine


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause()
    busy = [worker for worker in pilot.app.workers if worker.group in ("list", "take")]
    if busy:  # with none of them it would wait for all, and those that hold a dialog open never end
        with anyio.fail_after(10):
            await pilot.app.workers.wait_for_complete(busy)
    for _ in range(2):
        await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


def names(app: WatchedApp) -> list[str]:
    found = [each.name for each in app.dashboard.run.targets]
    assert [pane.target.name for pane in app.dashboard.grid.panes] == found == list(app.dashboard.panes)
    assert [pane.number for pane in app.dashboard.grid.panes] == list(range(1, len(found) + 1))
    return found


def form(app: WatchedApp) -> TargetForm:
    assert isinstance(app.screen, TargetForm)
    return app.screen


def fill(app: WatchedApp, **values: str) -> None:
    """Write into fields of the form, by what they are called inside."""
    for name, value in values.items():
        field = getattr(form(app), f"_{name}")
        assert isinstance(field, Input)
        field.value = value


# -- adding ---------------------------------------------------------------------------------------------------------


async def test_plus_adds_a_model_of_the_providers_list_while_others_stream() -> None:
    app, engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        engine.connect("ada")
        engine.receive("ada", {"content": "Once upon"})
        pane = app.dashboard.panes["ada"]
        await press(pilot, "tab", "+")
        assert "4 of 4 models" in screen_text(app)
        await press(pilot, *"mini", "enter")
        assert names(app) == ["ada", "gpt-5.2-mini", "bob"]
        assert engine.learnt[-1] == "gpt-5.2-mini"
        engine.receive("ada", {"content": " a time."})
        draw(app)
        await settled(pilot)
        assert app.dashboard.panes["ada"] is pane
        assert "Once upon a time." in answer_shown(app, "ada")
        assert engine.cancelled == []
        assert engine.board.get("gpt-5.2-mini") is None
        app.dashboard.run.ask_text("again")
        assert [name for name, _ in engine.launched[-3:]] == ["ada", "gpt-5.2-mini", "bob"]


async def test_a_list_that_cannot_be_had_is_said_and_any_name_can_be_typed() -> None:
    app, engine = dashboard("ada")
    engine.lists = {"custom": "nothing is listening"}
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "+")
        assert "no list: nothing is listening" in screen_text(app)
        await press(pilot, *"my-own", "enter")
        assert names(app) == ["ada", "my-own"]


async def test_what_is_typed_is_searched_and_can_be_taken_as_it_is() -> None:
    app, _engine = dashboard("ada")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "+", *"gpt")
        assert form(app)._picker.model == "gpt-5.2"
        await press(pilot, "down", "down", "enter")
        assert names(app) == ["ada", "gpt"]


async def test_a_list_is_asked_for_once_a_session() -> None:
    app, engine = dashboard("ada")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "+", "escape")
        engine.lists = {"custom": "gone"}
        await press(pilot, "+")
        assert "4 of 4 models" in screen_text(app)


async def test_another_provider_has_its_own_list_and_key() -> None:
    app, _engine = dashboard("ada")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "+", "shift+tab", *["right"] * (1 + sorted(Settings().providers).index("openai")))
        assert "1 of 1 models" in screen_text(app)
        await press(pilot, "tab", "down", "enter")
        added = app.dashboard.run.targets[-1]
        assert (added.provider, added.name, added.base_url) == ("openai", "gpt-5.2", "https://api.openai.com/v1")
        assert added.key is not None


async def test_a_missing_key_is_said_in_the_form_which_stays_open() -> None:
    app, _engine = dashboard("ada")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "+", "shift+tab", "right", "tab", *"claude", "enter")
        assert "anthropic needs a key: set the environment variable ANTHROPIC_API_KEY" in screen_text(app)
        await press(pilot, "escape")
        assert names(app) == ["ada"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"temperature": "warm"}, "temperature is 'warm', expected a number"),
        ({"temperature": "nan"}, "expected 0 or more"),
        ({"max_tokens": "0"}, "expected 1 or more"),
        ({"more": "stop"}, "is not an option; write it as key=value"),
        ({"name_field": "a=b"}, "no slash, comma or equals sign"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_added(fields: dict[str, str], words: str) -> None:
    app, _engine = dashboard("ada")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "+")
        fill(app, **fields)
        await press(pilot, *"mini", "enter")
        assert words in " ".join(screen_text(app).split())
        assert names(app) == ["ada"]


async def test_sixteen_are_the_most() -> None:
    app, _engine = dashboard(*(f"t{number}" for number in range(16)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "+")
        await press(pilot, "D")
        assert app.said == ["A line-up has 16 targets at most; remove one first."] * 2
        assert len(names(app)) == 16


# -- changing -------------------------------------------------------------------------------------------------------


async def test_an_edited_target_is_asked_in_the_new_way_from_the_next_prompt_on() -> None:
    app, engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        engine.answer("ada", "I am Ada.")
        draw(app)
        await press(pilot, "tab", "E")
        fill(app, temperature="0.5", max_tokens="9", more='stop=["a","b"],top_p=1', name_field="cold")
        await press(pilot, "enter")
        assert names(app) == ["cold", "bob"]
        edited = app.dashboard.run.targets[0]
        assert edited.options == {"temperature": 0.5, "max_tokens": 9, "stop": ["a", "b"], "top_p": 1}
        draw(app)
        await settled(pilot)
        assert "I am Ada." in answer_shown(app, "cold")
        assert "cold" in title(app, "cold")
        await press(pilot, "r")
        assert engine.state("cold").target is edited


async def test_a_running_target_keeps_its_name() -> None:
    app, _engine = dashboard("ada")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        await press(pilot, "tab", "E")
        fill(app, name_field="eve")
        await press(pilot, "enter")
        assert "still running" in app.said[-1]
        assert names(app) == ["ada"]


async def test_a_duplicate_has_a_name_of_its_own_and_says_nothing_yet() -> None:
    app, engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        engine.answer("ada", "I am Ada.")
        await press(pilot, "tab", "D", "enter")
        assert names(app) == ["ada", "ada#2", "bob"]
        assert engine.board.get("ada#2") is None


@pytest.mark.parametrize("keys", [("D", "enter"), ("+", *"mini", "enter")])
async def test_the_next_key_means_the_target_that_was_added(keys: tuple[str, ...]) -> None:
    app, _engine = dashboard("ada", "bob", "cyd")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", *keys)
        added = names(app)[1]
        assert focused(app) is app.dashboard.panes[added]
        await press(pilot, "shift+right")
        assert names(app) == ["ada", "bob", added, "cyd"]
        assert focused(app) is app.dashboard.panes[added]


async def test_in_the_race_the_cursor_goes_to_the_target_that_was_added() -> None:
    app, _engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "f3", "D", "enter")
        assert app.dashboard.view.target_name == "ada#2"


async def test_moving_changes_the_order_and_stops_at_the_ends() -> None:
    app, _engine = dashboard("ada", "bob", "cyd")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "shift+left")
        assert names(app) == ["ada", "bob", "cyd"]
        await press(pilot, "shift+right")
        assert names(app) == ["bob", "ada", "cyd"]
        assert app.dashboard.pane.target.name == "ada"
        row = screen_text(app)
        assert row.index("bob") < row.index("ada")


# -- removing -------------------------------------------------------------------------------------------------------


async def test_minus_removes_an_idle_target_at_once() -> None:
    app, engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        engine.answer("ada", "I am Ada.")
        await press(pilot, "tab", "-")
        assert names(app) == ["bob"]
        assert engine.board.get("ada") is None
        assert app.focused is app.dashboard.panes["bob"]
        assert "I am Ada." not in screen_text(app)


@pytest.mark.parametrize(("key", "left"), [("y", ["bob"]), ("escape", ["ada", "bob"])])
async def test_a_running_target_is_removed_only_after_a_yes(key: str, left: list[str]) -> None:
    app, engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        await press(pilot, "tab", "-")
        assert isinstance(app.screen, YesNo)
        await press(pilot, key)
        assert names(app) == left
        assert engine.cancelled == (["ada"] if key == "y" else [])
        assert engine.state("bob").phase is not Phase.CANCELLED


async def test_the_only_target_stays() -> None:
    app, _engine = dashboard("ada")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "-")
        assert names(app) == ["ada"]
        assert "only target" in app.said[-1]


async def test_a_name_can_be_had_again() -> None:
    app, engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        await press(pilot, "tab", "-", "y")
        await press(pilot, "+", *"ada", "down", "up", "enter")
        assert names(app) == ["bob", "ada"]
        assert engine.board.get("ada") is None
        draw(app)
        assert "ready" in title(app, "ada")


# -- line-ups -------------------------------------------------------------------------------------------------------


async def test_switching_starts_over_with_the_targets_of_the_line_up(tmp_path: Path) -> None:
    app, engine = dashboard("ada", "bob", folder=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        await press(pilot, "tab", "f8", "enter")
        assert "2 streams are still running" in screen_text(app)
        await press(pilot, "escape")
        assert names(app) == ["ada", "bob"]
        await press(pilot, "f8", "enter", "y")
        assert names(app) == ["a", "cold"]
        assert engine.cancelled == ["ada", "bob"]
        assert len(engine.board) == 0
        app.dashboard.run.ask_text("again")
        assert engine.launched[-1][1].system == "Be brief."
    kept = json.loads((tmp_path / "state" / "lineup.json").read_text())
    assert kept["targets"] == ["lmstudio/a", "cold=lmstudio/b,temperature=0"]
    assert kept["name"] == "daily"


async def test_saving_writes_what_can_be_loaded_again_and_deleting_takes_it_out(tmp_path: Path) -> None:
    app, _engine = dashboard("ada", folder=tmp_path)
    saved = tmp_path / "config" / "lineups.toml"
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "f8", "enter")
        await press(pilot, "f8", "tab", "ctrl+u", *"late night", "enter")
        assert app.said[-1].startswith("Saved as late night")
        table = tomllib.loads(saved.read_text())["lineups"]["late night"]
        assert table == {"system": "Be brief.", "targets": ["lmstudio/a", "cold=lmstudio/b,temperature=0"]}
        kept = tmp_path / "state" / "lineup.json"
        assert json.loads(kept.read_text())["name"] == "late night"
        await press(pilot, "shift+right", "f8")
        assert "● late night  changed since  lmstudio/a, cold" in screen_text(app)
        assert json.loads(kept.read_text())["name"] is None
        await press(pilot, "tab", "enter", "f8")
        assert "● late night  cold=lmstudio/b,temperature=0, lmstudio/a" in screen_text(app)
        assert json.loads(kept.read_text())["name"] == "late night"
        await press(pilot, "delete", "y")
        assert "late night" not in saved.read_text()
        assert names(app) == ["cold", "a"]


async def test_what_cannot_be_saved_or_deleted_says_why(tmp_path: Path) -> None:
    app, _engine = dashboard("ada", folder=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "f8", "tab", *"mine", "enter")
        assert app.said[-1] == "Ada is at an address of this run alone; add it as a provider to save it."
        await press(pilot, "f8", "delete")
        assert "written in a configuration file of yours" in app.said[-1]
        await press(pilot, "f8", "enter")
        await press(pilot, "f8", "tab", "enter")
        assert "choose another name" in app.said[-1]


async def test_targets_at_an_address_of_this_run_are_not_remembered(tmp_path: Path) -> None:
    app, _engine = dashboard("ada", "bob", folder=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "-")
        assert not (tmp_path / "state" / "lineup.json").exists()


async def test_a_line_up_that_cannot_be_remembered_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    app, _engine = dashboard("ada", folder=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "f8", "enter")
        assert names(app) == ["a", "cold"]
        said = [message for message in app.said if "cannot be remembered" in message]
        assert said == [f"The line-up cannot be remembered: {tmp_path}/state/lineup.json: File exists."]
        await press(pilot, "shift+right")
        assert names(app) == ["cold", "a"]
        assert len([message for message in app.said if "cannot be remembered" in message]) == 1


async def test_closing_the_dialog_changes_nothing() -> None:
    app, _engine = dashboard("ada")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f8")
        assert isinstance(app.screen, LineupDialog)
        await press(pilot, "down", "up", "escape")
        assert names(app) == ["ada"]


# -- searching ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", MODELS),
        ("GPT", ["gpt-5.2", "gpt-5.2-mini"]),
        ("llama", ["org/llama"]),
        ("mini gpt", ["gpt-5.2-mini"]),
        ("o", ["org/llama", "claude-sonnet"]),
        ("none of them", []),
    ],
)
def test_every_typed_word_narrows_the_list(typed: str, found: list[str]) -> None:
    assert matching(MODELS, typed) == found


Snap = Callable[..., bool]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["small", "large"])
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("tab", "+", *"gpt"), id="add"),
        pytest.param(("tab", "E", "tab", "tab", "right"), id="edit"),
        pytest.param(("tab", "f8"), id="lineups"),
        pytest.param(("tab", "-"), id="question"),
    ],
)
def test_picture_of_a_dialog(snap_compare: Snap, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    app, engine = dashboard("ada", "bob")
    app.dashboard.looks.reduced_motion = True

    async def run(pilot: Pilot[None]) -> None:
        app.dashboard.run.ask_text("hello")
        engine.connect("ada")
        draw(app)
        await press(pilot, *keys)
        for field in app.screen.query(Input):
            field.cursor_blink = False
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


# -- the other views ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["panes", "race", "diff", "inspector"])
async def test_every_view_follows_the_line_up(place: str) -> None:
    app, engine = dashboard("ada", "bob", "cyd")
    async with app.run_test(size=SIZE) as pilot:
        dashboard_ = app.dashboard
        app.dashboard.run.ask_text("hello")
        for name in ("ada", "bob", "cyd"):
            engine.answer(name, f"I am {name}.")
        dashboard_.action_open_view(place)
        await settled(pilot)
        draw(app)
        for gone in ("cyd", "ada"):
            dashboard_.run.remove(gone)
            dashboard_._changed()
            await settled(pilot)
            draw(app)
        added = dashboard_.lineups.make(Draft("custom", "dan"), ["bob"])
        dashboard_.run.add(added)
        dashboard_._changed()
        await settled(pilot)
        draw(app)
        await settled(pilot)
        assert "ada" not in screen_text(app)
        assert names(app) == ["bob", "dan"]
        dashboard_.run.ask_text("again")
        engine.answer("dan", "I am dan.")
        draw(app)
        await settled(pilot)
        assert "bob" in screen_text(app) or "dan" in screen_text(app)
        assert dashboard_.view.target_name in (None, "bob", "dan")


async def test_a_target_that_becomes_another_model_keeps_what_was_said() -> None:
    app, engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        engine.answer("ada", "I am Ada.")
        await press(pilot, "tab", "E")
        form(app)._picker.field.value = ""
        await press(pilot, *"mini", "enter")
        assert app.dashboard.run.targets[0].model == "gpt-5.2-mini"
        app.dashboard.run.ask_text("and now?")
        asked = dict(engine.launched)["ada"]
        assert [message.text for message in asked.messages] == ["hello", "I am Ada.", "and now?"]


async def test_a_removed_targets_conversation_is_forgotten() -> None:
    app, engine = dashboard("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.run.ask_text("hello")
        engine.answer("ada", "I am Ada.")
        app.dashboard.run.remove("ada")
        app.dashboard.run.add(target("ada"))
        app.dashboard._changed()
        await settled(pilot)
        app.dashboard.run.ask_text("who?")
        assert [message.text for message in dict(engine.launched)["ada"].messages] == ["who?"]
