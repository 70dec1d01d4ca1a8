"""A bare `sidestream`: the last line-up, or why it is not that."""

from pathlib import Path
from typing import Any

import pytest

from tui.cli.options import Asked, asked
from tui.config.places import user_state_directory
from tui.storage.last_lineup import KeptLineup, LastLineup


def ask(last: LastLineup | None, **options: Any) -> Asked:
    nothing: dict[str, Any] = dict.fromkeys(
        ("prompt", "file", "lineup", "system", "base_url", "api_key_env", "tools", "schema", "timeout", "config")
    )
    return asked(**{**nothing, "models": (), "options": (), "headers": (), "last": last, **options})


@pytest.fixture
def last(user_home: Path) -> LastLineup:
    return LastLineup(user_state_directory() / "lineup.json")


def test_the_last_line_up_is_asked_and_said(last: LastLineup) -> None:
    last.write(KeptLineup(("lmstudio/a", "cold=lmstudio/b,temperature=0"), "gone", "Be brief."))
    request = ask(last)
    assert [target.name for target in request.targets] == ["a", "cold"]
    assert request.system == "Be brief."
    assert request.lineup is None
    assert request.notices == ("No model was named, so this is the last line-up.",)


def test_whoever_is_named_goes_before_it(last: LastLineup) -> None:
    last.write(KeptLineup(("lmstudio/a",)))
    assert [target.name for target in ask(last, models=("lmstudio/b",)).targets] == ["b"]
    assert ask(last, is_demo=True).targets == []
    assert ask(None).targets == []


@pytest.mark.parametrize("targets", [("nowhere/a",), ("openai/a",), ("lmstudio",)])
def test_one_that_cannot_be_asked_again_says_why(last: LastLineup, targets: tuple[str, ...]) -> None:
    last.write(KeptLineup(targets))
    request = ask(last)
    assert request.targets == []
    assert request.notices[0].startswith("The last line-up cannot be asked again: ")


def test_a_broken_file_is_said(last: LastLineup) -> None:
    last.write(KeptLineup(("lmstudio/a",)))
    (user_state_directory() / "lineup.json").write_text("{")
    request = ask(last)
    assert request.targets == []
    assert "is ignored" in request.notices[0]
