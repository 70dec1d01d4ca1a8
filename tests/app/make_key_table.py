"""The table of actions in docs/keys.md: `python -m tests.app.make_key_table` writes it; a test compares it."""

from pathlib import Path

from tui.app.actions import ACTIONS
from tui.app.actions.keymap import Keymap

PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
START, END = "<!-- actions -->\n", "<!-- /actions -->"


def table() -> str:
    """One row per action, by place."""
    keymap = Keymap()
    rows = ["| id | keys | where | what |", "|---|---|---|---|"]
    for action in ACTIONS:
        keys = " ".join(f"`{key}`" for key in keymap.shown_keys(action))
        rows.append(f"| `{action.id}` | {keys} | {action.place} | {action.help} |")
    return "\n".join(rows) + "\n"


def page_with(rows: str) -> str:
    """The page with this table in its place."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    return f"{before}{START}{rows}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with(table()), encoding="utf-8")
