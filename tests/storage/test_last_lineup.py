"""The remembered line-up: written for its owner alone, and never a reason to stop."""

import stat
import sys
from pathlib import Path

import pytest

from tui.storage.last_lineup import KeptLineup, LastLineup

KEPT = KeptLineup(("lmstudio/a", "cold=lmstudio/b,temperature=0"), "daily", "Be brief.")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lineup.json"
    LastLineup(path).write(KEPT)
    assert LastLineup(path).read() == KEPT
    assert [found.name for found in path.parent.iterdir()] == ["lineup.json"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_kept_is_no_problem(tmp_path: Path) -> None:
    last = LastLineup(tmp_path / "lineup.json")
    assert last.read() is None
    assert last.problem is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"3",
        b'{"schema": "other/1", "targets": ["a"]}',
        b'{"schema": "sidestream.lineup/1", "targets": []}',
        b'{"schema": "sidestream.lineup/1", "targets": [7]}',
        b'{"schema": "sidestream.lineup/1", "targets": ["a/b"], "name": 7}',
        b'{"schema": "sidestream.lineup/1", "targets": [' + b",".join([b'"a/b"'] * 17) + b"]}",
        b" " * 300_000,
    ],
    ids=range(11),
)
def test_a_broken_or_foreign_file_is_ignored_with_a_sentence(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "lineup.json"
    path.write_bytes(text)
    last = LastLineup(path)
    assert last.read() is None
    assert last.problem is not None
    assert "is ignored" in last.problem
    last.write(KEPT)
    assert LastLineup(path).read() == KEPT


def test_a_file_that_cannot_be_read_or_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    last = LastLineup(tmp_path / "file" / "lineup.json")
    assert last.read() is None
    assert "cannot be read" in (last.problem or "")
    last.write(KEPT)
    assert "cannot be remembered" in (last.problem or "")
