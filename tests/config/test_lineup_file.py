"""Line-ups saved from the dashboard: written whole, read by the loader, weaker than what the user wrote."""

import stat
from pathlib import Path

import pytest

from tests.config.files import Place
from tui.config.lineup_file import SavedLineups, lineup_file
from tui.config.problems import SettingsError
from tui.config.resolve import Overrides, resolve_targets
from tui.config.settings import Lineup, Settings
from tui.config.written import distinct_name, written_target
from tui.core.errors import ConfigError, TargetError

ODD = 'Say "${HOME}"\n\\ \x7f and ü.'


def test_what_is_saved_is_loaded_as_it_was(place: Place) -> None:
    lineup = Lineup("late night", ("lmstudio/a", 'b=lmstudio/x,stop=["a","b"]'), ODD)
    SavedLineups(lineup_file()).save(lineup)
    assert place.settings().lineups["late night"] == lineup


def test_the_users_own_line_up_of_the_same_name_wins(place: Place) -> None:
    SavedLineups(lineup_file()).save(Lineup("daily", ("lmstudio/saved",)))
    place.write('lineup = "daily"\n[lineups.daily]\ntargets = ["lmstudio/written"]\n')
    assert place.settings().lineups["daily"].targets == ("lmstudio/written",)


def test_saving_again_keeps_the_others_and_deleting_takes_one(place: Place) -> None:
    saved = SavedLineups(lineup_file())
    for name, model in (("a", "one"), ("b", "two"), ("a", "three")):
        saved.save(Lineup(name, (f"lmstudio/{model}",)))
    assert {name: lineup.targets for name, lineup in saved.lineups().items()} == {
        "a": ("lmstudio/three",),
        "b": ("lmstudio/two",),
    }
    saved.delete("a")
    assert list(saved.lineups()) == ["b"]
    with pytest.raises(ConfigError, match="was not saved here"):
        saved.delete("a")
    assert [path.name for path in lineup_file().parent.iterdir()] == ["lineups.toml"]


def test_a_broken_file_is_told_like_any_other_and_is_not_written_over(place: Place) -> None:
    lineup_file().write_text("[lineups\n")
    with pytest.raises(SettingsError, match="not TOML"):
        place.settings()
    with pytest.raises(ConfigError, match="not TOML"):
        SavedLineups(lineup_file()).save(Lineup("a", ("lmstudio/one",)))
    assert lineup_file().read_text() == "[lineups\n"


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be"):
        SavedLineups(tmp_path / "file" / "lineups.toml").save(Lineup("a", ("lmstudio/one",)))
    assert stat.S_ISREG((tmp_path / "file").stat().st_mode)


@pytest.mark.parametrize(
    "written",
    [
        "lmstudio/a",
        "lmstudio/org/a",
        "cold=lmstudio/a,temperature=0",
        'lmstudio/a,stop=["x","y"],reasoning_effort=low',
        'lmstudio/a,user="7"',
        "lmstudio/a,dialect=anthropic",
        "ollama/a",
    ],
)
def test_a_target_is_written_as_it_was(written: str) -> None:
    (target,) = resolve_targets([written], Overrides(), {}, Settings())
    assert written_target(target, Settings()) == written


def test_a_target_that_no_text_stands_for_is_refused() -> None:
    (target,) = resolve_targets(["m"], Overrides(base_url="http://127.0.0.1:9/v1"), {}, Settings())
    with pytest.raises(TargetError, match="which no provider has"):
        written_target(target, Settings())
    (target,) = resolve_targets(["lmstudio/m"], Overrides(options={"stop": "a,b"}), {}, Settings())
    with pytest.raises(TargetError, match="cannot be written"):
        written_target(target, Settings())


def test_a_taken_name_gets_the_first_free_number() -> None:
    assert distinct_name("a", ["b"]) == "a"
    assert distinct_name("a", ["a", "a#2"]) == "a#3"
