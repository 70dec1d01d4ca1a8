"""After a bug, wherever it is: the terminal is as it was, the status is 70, and nothing private is written anywhere."""

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.broken import CTRL_J, KEY, PLACES, PROMPT
from tests.cli.command import PATIENCE_S, ROOT, environment
from tests.support.terminal import Terminal
from tui.cli.crash import report_text
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.demo.process import DemoProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")

BROKEN = [sys.executable, "-m", "tests.cli.broken"]
SENTENCE = re.compile(r"^sidestream: internal error \((\w+)\); a report without keys, prompts and answers is in (.+)$")
AFTER_A_KEY = ("in a handler", "that draws itself", "in a thread", "at the keyboard")
AFTER_TEXT = ("in a frame", "in the engine", "in a worker thread")
AT_ONCE = ("at the start", "before the screen")
HEADLESS = ("in the engine", "in a worker thread", "at the start")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with DemoProcess(seed=7, speed=0) as process:
        yield process.base_url


def words(server: str) -> list[str]:
    return [PROMPT, "-m", "mine=swift", "--base-url", server, "--api-key-env", "BROKEN_KEY"]


@contextmanager
def dashboard(place: str, server: str) -> Iterator[Terminal]:
    command = [*BROKEN, place, *words(server)]
    with Terminal(command, rows=30, cols=200, env={"PYTHONPATH": str(ROOT)}, cwd=ROOT) as terminal:
        yield terminal


def the_report(home: Path) -> str:
    (path,) = home.glob(".local/state/sidestream/crash-*.txt")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    return path.read_text()


def assert_nothing_private(*written: str) -> None:
    for text in written:
        assert KEY not in text
        assert PROMPT not in text


@pytest.mark.parametrize("place", [*AFTER_A_KEY, *AFTER_TEXT, *AT_ONCE])
def test_a_crash_of_the_dashboard(place: str, server: str) -> None:
    with dashboard(place, server) as terminal:
        if place in AFTER_A_KEY:
            terminal.wait_for("complete", PATIENCE_S)
            terminal.send(CTRL_J)
        assert terminal.wait_exit(PATIENCE_S) == 70
        assert terminal.leftovers() == []
        report = the_report(terminal.home)
        lines = [line for line in terminal.text().splitlines() if line]
        assert [line for line in lines if SENTENCE.match(line)] == lines
        assert len(lines) == 1
        assert_nothing_private(report, terminal.text(), terminal.raw.decode().replace("swift", ""))
    assert " in broken" in report or place in ("that draws itself", "at the keyboard")
    assert ("chat, complete," in report) == (place in AFTER_A_KEY)


@pytest.mark.parametrize("place", HEADLESS)
@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_crash_without_a_screen_prints_nothing_half(place: str, format_: str, server: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [*BROKEN, place, "run", *words(server), "--format", format_],
        cwd=ROOT,
        env=environment(HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / ".local/state")),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (70, b"")
    said = done.stderr.decode()
    assert SENTENCE.match(said.strip()), said
    assert_nothing_private(said, the_report(tmp_path))


def test_a_report_that_cannot_be_written_is_printed_instead(server: str, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    done = subprocess.run(
        [*BROKEN, "at the start", "run", *words(server)],
        cwd=ROOT,
        env=environment(XDG_STATE_HOME=str(tmp_path / "state")),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (70, b"")
    said = done.stderr.decode()
    assert "no report could be written to" in said
    assert "tests/cli/broken.py:" in said
    assert_nothing_private(said)


# -- what a report says ---------------------------------------------------------------------------------------------


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as exc:
        return exc


def test_a_report_tells_where_and_of_which_versions_and_streams() -> None:
    target = Target("private", "custom", "secret-model", "chat", "http://private.example/v1", {})
    stream = StreamState(target, 0)
    stream.start(1)
    report = report_text(caught(ValueError(PROMPT)), [stream])
    assert "ValueError\n  tests/cli/test_crash.py:" in report
    assert "in caught" in report
    assert re.search(r"^sidestream \d", report)
    assert re.search(r"textual \d+\.\d+", report)
    assert "chat, connecting, 0 bytes in 0 reads, attempt 1" in report
    assert "private" not in report
    assert "secret-model" not in report
    assert str(ROOT) not in report
    assert_nothing_private(report)


def test_a_message_of_the_interpreters_own_is_kept_and_others_are_not() -> None:
    with pytest.raises(AttributeError) as found:
        (None).missing  # type: ignore[attr-defined]  # noqa: B018
    assert "AttributeError: 'NoneType' object has no attribute 'missing'" in report_text(found.value)
    assert PROMPT not in report_text(caught(KeyError(PROMPT)))
    assert "FileNotFoundError: No such file or directory" in report_text(caught(FileNotFoundError(2, "x", PROMPT)))


def test_errors_behind_and_inside_an_error_are_told_once() -> None:
    inner = caught(ZeroDivisionError("division by zero"))
    outer = RuntimeError(PROMPT)
    outer.__cause__ = inner
    inner.__cause__ = outer  # a circle, which can be made
    report = report_text(ExceptionGroup(PROMPT, [outer]))
    assert "In the group: RuntimeError" in report
    assert report.count("Caused by: ZeroDivisionError: division by zero") == 1
    assert_nothing_private(report)


def test_an_endless_recursion_is_told_by_its_two_ends() -> None:
    def again() -> None:
        again()

    with pytest.raises(RecursionError) as found:
        again()
    report = report_text(found.value)
    assert len(report.splitlines()) < 100
    assert re.search(r"… \d+ more", report)


def test_all_of_a_report_passes_the_redactor() -> None:
    report = report_text(caught(TypeError(f"an argument {KEY}")), (), lambda text: text.replace(KEY, "***"))
    assert "an argument ***" in report
    assert_nothing_private(report)


# -- leaving --------------------------------------------------------------------------------------------------------


def test_a_second_signal_ends_it_at_once_with_the_terminal_restored(server: str) -> None:
    with dashboard("deaf", server) as terminal:
        terminal.wait_for("complete", PATIENCE_S)
        terminal.signal(signal.SIGTERM)
        terminal.signal(signal.SIGINT)
        assert terminal.wait_exit(PATIENCE_S) in (130, 143)
        assert terminal.leftovers() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_loop_that_hangs_does_not_keep_a_signal_from_ending_it(number: signal.Signals, server: str) -> None:
    with dashboard("stuck", server) as terminal:
        terminal.wait_for("complete", PATIENCE_S)
        terminal.send(CTRL_J)
        terminal.signal(number)
        assert terminal.wait_exit(PATIENCE_S) == 128 + number
        assert terminal.leftovers() == []


def test_every_broken_place_is_tested() -> None:
    assert set(PLACES) == {*AFTER_A_KEY, *AFTER_TEXT, *AT_ONCE, "deaf", "stuck"}
    assert set(HEADLESS) <= set(PLACES)
    assert os.environ.get("BROKEN_KEY") is None
