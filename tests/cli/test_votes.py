"""`sidestream votes`, and what turns blind mode on."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.cli.test_last_lineup import ask
from tests.core.test_votes import vote
from tui.cli.commands import sidestream
from tui.config.settings import user_data_directory
from tui.core.votes import Contestant, Verdict, Vote
from tui.storage.database import Database
from tui.storage.votes import VoteStore

FIRST = Vote(
    "0123456789abcdef", "2026-01-31T12:00:00Z", 'Why, "ever"?\n\x1b[31m' + "long " * 30, Verdict.BEST,
    (Contestant("A", "openai/gpt-5.2,temperature=0", "gpt-5.2-2026", is_best=True), Contestant("B", "ollama/qwen3")),
)  # fmt: skip
SECOND = Vote("0123456799999999", "2026-01-31T12:01:00Z", "And?", Verdict.TIE, vote("p/x", "p/y").contestants)


@pytest.fixture
def store(user_home: Path) -> VoteStore:
    found = VoteStore(Database(user_data_directory() / "sidestream.db"))
    found.put([FIRST, SECOND])
    return found


def run(*words: str, answer: str = "") -> Result:
    return CliRunner().invoke(sidestream, ["votes", *words], input=answer)


def test_the_list_has_a_line_for_each_vote(store: VoteStore) -> None:
    first, second = run("list").stdout.splitlines()  # both ids begin with the same eight characters
    assert first.startswith(
        f'{FIRST.id}  2026-01-31T12:00:00Z  best     *openai/gpt-5.2,temperature=0 ollama/qwen3  Why, "ever"? ␛[31mlong'
    )
    assert first.endswith("…")
    assert second == f"{SECOND.id}  2026-01-31T12:01:00Z  tie      p/x p/y  And?"


def test_the_scores(store: VoteStore) -> None:
    said = run("scores").stdout
    assert run().stdout == said
    assert "openai/gpt-5.2,temperature=0 beat ollama/qwen3  1:0" in said
    assert "Bradley-Terry" in said


def test_the_export_as_json_is_all_of_it(store: VoteStore) -> None:
    found = json.loads(run("export").stdout)
    assert found["schema"] == "sidestream.votes/1"
    assert found["votes"][0] == {
        "id": FIRST.id,
        "at": FIRST.at,
        "prompt": FIRST.prompt,
        "verdict": "best",
        "contestants": [
            {"letter": "A", "target": "openai/gpt-5.2,temperature=0", "model": "gpt-5.2-2026", "best": True},
            {"letter": "B", "target": "ollama/qwen3", "model": "", "best": False},
        ],
    }
    assert "\x1b" not in run("export").stdout


def test_the_export_as_csv_has_a_line_for_each_contestant(store: VoteStore) -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", "--format", "csv").stdout)))
    assert [(row["id"], row["letter"], row["best"], row["target"]) for row in rows] == [
        (FIRST.id, "A", "true", "openai/gpt-5.2,temperature=0"),
        (FIRST.id, "B", "false", "ollama/qwen3"),
        (SECOND.id, "A", "false", "p/x"),
        (SECOND.id, "B", "false", "p/y"),
    ]
    assert rows[0]["prompt"] == FIRST.prompt


def test_a_prompt_is_no_formula_in_a_spreadsheet(store: VoteStore) -> None:
    store.put([replace(FIRST, prompt="=1+1")])
    row = next(csv.DictReader(io.StringIO(run("export", "--format", "csv").stdout)))
    assert row["prompt"] == "'=1+1"


def test_votes_are_deleted_after_a_yes(store: VoteStore) -> None:
    assert run("delete", FIRST.id, answer="n\n").exit_code == 0
    assert len(store.read()) == 2
    assert run("delete", FIRST.id[:10], "--yes").stderr == "sidestream: deleted 1 vote\n"
    assert store.read() == [SECOND]
    assert run("delete", "--all", answer="y\n").stderr.endswith("sidestream: deleted 1 vote\n")
    assert store.read() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name the votes to delete"),
        ((FIRST.id, "--all"), "name the votes to delete"),
        (("ffffffff",), "'ffffffff': there is no such vote"),
        (("01234567",), "'01234567': more than one vote begins so"),
        (("01",), "'01': more than one vote begins so"),
    ],
)
def test_what_is_not_clear_deletes_nothing(store: VoteStore, words: tuple[str, ...], said: str) -> None:
    result = run("delete", *words, "--yes")
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(store.read()) == 2


def test_nothing_was_voted_yet(user_home: Path) -> None:
    assert (run("list").stdout, run("list").stderr) == ("", "sidestream: nothing was voted yet\n")
    assert "Nothing was voted yet." in run("scores").stdout
    assert json.loads(run("export").stdout)["votes"] == []
    assert run("path").stdout == f"{user_data_directory() / 'sidestream.db'}\n"
    assert not user_data_directory().exists()


def test_a_database_that_cannot_be_read_is_a_sentence(user_home: Path) -> None:
    user_data_directory().mkdir(parents=True)
    (user_data_directory() / "sidestream.db").write_bytes(b"no database" * 99)
    result = run("list")
    assert result.exit_code == 2
    assert result.stderr.startswith("sidestream: ")
    assert "is damaged, or no database" in result.stderr


# -- the mode -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "file", "is_on"),
    [
        ({}, "", False),
        ({"blind": True}, "", True),
        ({}, "blind = true", True),
        ({"blind": True}, "blind = false", True),
    ],
)
def test_blind_mode_is_a_setting_and_a_flag(user_home: Path, options: dict[str, Any], file: str, is_on: bool) -> None:
    path = user_home / "config" / "sidestream" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f"[ui]\n{file}\n")
    assert ask(None, **options).settings.ui.blind is is_on


def test_only_commands_with_a_dashboard_have_the_flag() -> None:
    for words in (["--help"], ["demo", "--help"], ["run", "--help"]):
        assert ("--blind" in CliRunner().invoke(sidestream, words).stdout) == (words[0] == "demo"), words
