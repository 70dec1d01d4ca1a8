"""The key table of the README says what the action table says."""

import re
from pathlib import Path

import pytest

from tests.app.make_key_table import PAGE, page_with, table
from tui.app.actions import ACTIONS
from tui.app.actions.keymap import Keymap
from tui.app.actions.keys import key_name

README = (Path(__file__).parents[2] / "README.md").read_text()
TABLE = README[README.index("## Keys") :].split("\n## ")[0]
CELLS = [cell.strip() for row in TABLE.splitlines() if row.startswith("| ") for cell in row.strip("|").split(" | ")]
KEYS = [key for cell in CELLS[4::2] for key in re.split(r"`?,\s+`?|\s+", cell.strip("| `")) if key]
"""What stands in the key columns, below the heading."""


def default_keys() -> set[str]:
    keymap = Keymap()
    return {key for action in ACTIONS for key in keymap.keys_of(action)}


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_the_readme_is_bound(key: str) -> None:
    first, _, last = key.partition("–")
    assert key_name(first) in default_keys()
    assert not last or key_name(last) in default_keys()


def test_the_readme_names_every_key_that_is_not_a_second_way() -> None:
    keymap = Keymap()
    written = {key_name(key) for key in KEYS}
    digits = {str(number) for number in range(1, 10)}
    dialogs = ("help.", "file.", "settings.", "calls.", "confirm.", "logprobs.", "form.", "lineups.", "question.")
    elsewhere = (*dialogs, "inspector.", "diff.", "vote.", "scores.")
    missing = [
        action.id
        for action in ACTIONS
        if not action.id.startswith(elsewhere) and not set(keymap.keys_of(action)) & (written | digits)
    ]
    assert missing == []


def test_the_page_of_keys_has_every_action_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_with(table()), "run python -m tests.app.make_key_table"
