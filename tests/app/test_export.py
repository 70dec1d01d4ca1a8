"""ctrl+e: the run in a file of the user's choice, and never in the place of another one unasked."""

import json
from datetime import datetime
from pathlib import Path

import anyio
import pytest
from textual.widgets import Input

from tests.app.scripted import make_app, screen_text
from tui.app.dialogs.file_dialog import FileDialog
from tui.app.exporting import ChosenDestination, Destination, usual_name
from tui.core.errors import UsageError
from tui.core.export import ENDINGS

pytestmark = pytest.mark.anyio


async def test_the_run_is_written_where_the_user_says(tmp_path: Path) -> None:
    app, engine = make_app("ada", "bob")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("ctrl+e")
        await pilot.pause()
        assert "nothing to export yet" in screen_text(app)
        await pilot.press(*"why", "enter")
        engine.answer("ada", "So.")
        await pilot.press("ctrl+e")
        assert isinstance(app.screen, FileDialog)
        path = app.screen.query_one(Input)
        assert path.value.startswith("sidestream-")
        path.value = str(tmp_path / "run.json")
        await pilot.press("enter")
        with anyio.fail_after(10):
            while "Saved 2 answers" not in screen_text(app):
                await pilot.pause()
    found = json.loads((tmp_path / "run.json").read_text())
    assert [target["state"] for target in found["targets"]] == ["complete", "queued"]
    assert found["targets"][0]["choices"][0]["text"] == "So."
    assert datetime.fromisoformat(found["started_at"]).tzinfo is not None


async def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    app, engine = make_app("ada")
    gone = tmp_path / "gone"
    gone.mkdir()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press(*"why", "enter")
        engine.answer("ada", "So.")
        await pilot.press("ctrl+e")
        app.screen.query_one(Input).value = str(gone / "run.md")
        await pilot.pause()
        gone.rmdir()
        gone.write_text("a file now")
        await pilot.press("enter")
        assert "There is no folder" in screen_text(app)
        assert isinstance(app.screen, FileDialog), "what was typed is still there"


def test_the_ending_of_the_name_is_the_format(tmp_path: Path) -> None:
    for ending in ENDINGS:
        assert ChosenDestination()(f"{tmp_path}/a{ending.upper()} ") == Destination(
            tmp_path / f"a{ending.upper()}", ending
        )
    assert usual_name(datetime(2026, 1, 2, 3, 4, 5)) == "sidestream-20260102-030405.md"


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "Name a file"), ("x.pdf", "which format"), ("x", ".md, .html, .json or .csv"), (".", "is a folder"),
     ("no/x.md", "no folder")],
)  # fmt: skip
def test_what_is_no_place_is_a_sentence(name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=said):
        ChosenDestination()(name)


def test_another_file_is_replaced_only_when_that_is_said_twice(tmp_path: Path) -> None:
    one, two = tmp_path / "one.md", tmp_path / "two.md"
    one.touch()
    two.touch()
    chosen = ChosenDestination()
    for path in (one, two, one):
        with pytest.raises(UsageError, match="there already"):
            chosen(str(path))
    assert chosen(str(one)).path == one
