"""The file of prompts: kept, bounded, private, and never in the way."""

import os
import stat
import sys
from pathlib import Path

import pytest

from tui.storage.prompt_history import MAX_BYTES, MAX_PROMPTS, PromptHistory

AWKWARD = ["two\nlines", "half \ud83d", "\u2028 separators \x85", '"quotes" \\', "\x1b[31m", "日本語"]


def test_prompts_come_back_in_order_in_the_next_session(tmp_path: Path) -> None:
    path = tmp_path / "data" / "prompts.jsonl"
    for prompt in AWKWARD:
        PromptHistory(path).add(prompt)
    assert PromptHistory(path).prompts() == AWKWARD


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "prompts.jsonl"
    before = os.umask(0)
    try:
        PromptHistory(path).add("secret plans")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_prompt_twice_in_a_row_is_one(tmp_path: Path) -> None:
    history = PromptHistory(tmp_path / "p")
    for prompt in ("a", "a", "b", "a"):
        history.add(prompt)
    assert history.prompts() == PromptHistory(tmp_path / "p").prompts() == ["a", "b", "a"]


def test_the_number_is_bounded(tmp_path: Path) -> None:
    history = PromptHistory(tmp_path / "p")
    for number in range(MAX_PROMPTS + 20):
        history.add(str(number))
    assert len(history.prompts()) == MAX_PROMPTS
    assert PromptHistory(tmp_path / "p").prompts()[-1] == str(MAX_PROMPTS + 19)


def test_the_file_is_bounded_and_keeps_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "p"
    history = PromptHistory(path)
    for number in range(60):
        history.add(f"{number} " + "x" * 50_000)
        assert path.stat().st_size <= MAX_BYTES
    kept = PromptHistory(path).prompts()
    assert kept[-1].startswith("59 ")
    assert len(kept) > 5
    assert [entry.name for entry in tmp_path.iterdir()] == ["p"], "nothing is left beside it"


def test_a_prompt_longer_than_the_bound_is_remembered_for_the_session_only(tmp_path: Path) -> None:
    history = PromptHistory(tmp_path / "p")
    history.add("x" * (MAX_BYTES + 1))
    assert len(history.prompts()) == 1
    assert PromptHistory(tmp_path / "p").prompts() == []


def test_two_dashboards_share_the_file(tmp_path: Path) -> None:
    one, other = PromptHistory(tmp_path / "p"), PromptHistory(tmp_path / "p")
    one.prompts(), other.prompts()
    one.add("from one")
    other.add("from the other")
    assert PromptHistory(tmp_path / "p").prompts() == ["from one", "from the other"]


@pytest.mark.parametrize("damage", [b"not json\n", b'{"a": 1}\n', b'"cut', b"\xff\xfe\n", b"\n"])
def test_a_damaged_line_costs_that_line(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "p"
    path.write_bytes(b'"before"\n' + damage)
    history = PromptHistory(path)
    assert history.prompts() == ["before"]
    assert history.problem is None


def test_a_file_that_cannot_be_used_is_said_and_the_session_goes_on(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    history = PromptHistory(tmp_path / "p")
    history.add("kept")
    assert history.prompts() == ["kept"]
    assert history.problem is not None
    assert str(tmp_path / "p") in history.problem


def test_without_a_path_nothing_is_written() -> None:
    history = PromptHistory()
    history.add("a")
    assert history.prompts() == ["a"]
