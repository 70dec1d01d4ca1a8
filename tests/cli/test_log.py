"""The log file: who can read it, what is never in it, and what happens when it cannot be written."""

import logging
import stat
from pathlib import Path

import pytest

from tui.cli.log import MAX_BYTES, kept_log, log_file
from tui.core.redact import Redactor
from tui.core.secret import Secret

KEY = "canary-5up3rs3cr3tk3y"
OURS = logging.getLogger("tui.tests")


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "sidestream.log"
    with kept_log(Redactor(), path):
        assert not path.parent.exists(), "nothing was logged yet"
        OURS.info("begun")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_text().endswith(" INFO tui.tests: begun\n")


def test_no_secret_is_in_it_even_in_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with kept_log(Redactor([Secret(KEY)]), path):
        OURS.info("key %s, and %s", KEY, {"authorization": "Bearer abc"})
        try:
            raise ValueError(f"https://host/?api_key=abc&x={KEY}")
        except ValueError:
            OURS.exception("failed")
    assert KEY not in path.read_text()
    assert "abc" not in path.read_text()
    assert "ValueError: https://host/?api_key=‹hidden›&x=‹hidden›" in path.read_text()


@pytest.mark.parametrize("name", ["httpx", "aiohttp.client", "asyncio"])
def test_libraries_are_heard_from_warnings_on(tmp_path: Path, name: str) -> None:
    path = tmp_path / "log"
    library = logging.getLogger(name)
    level = library.level
    library.setLevel(logging.DEBUG)
    try:
        with kept_log(Redactor(), path):
            library.info("HTTP Request: POST https://host/?api_key=abc")
            library.warning("something is wrong")
    finally:
        library.setLevel(level)
    assert [line.split(": ")[-1] for line in path.read_text().splitlines()] == ["something is wrong"]


def test_it_stays_small(tmp_path: Path) -> None:
    with kept_log(Redactor(), tmp_path / "log"):
        for _ in range(40):
            OURS.info("x" * (MAX_BYTES // 8))
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["log", "log.1"]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2 * MAX_BYTES
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_where_it_cannot_be_written_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    with kept_log(Redactor(), tmp_path / "file" / "log"):
        OURS.info("lost")
        OURS.info("lost too")
    assert capsys.readouterr() == ("", "")


def test_it_ends_with_the_command(user_home: Path) -> None:
    with kept_log(Redactor()):
        OURS.warning("inside")
    handlers = len(logging.getLogger().handlers)
    OURS.warning("outside")
    assert handlers == len(logging.getLogger().handlers)
    assert "outside" not in log_file().read_text()
    assert log_file().is_relative_to(user_home)
