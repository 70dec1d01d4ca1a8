"""Terminals and streams that are not what one expects: each is used as far as it goes, or refused with a sentence."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import COMMAND, PATIENCE_S, ROOT, environment
from tests.cli.test_terminal import ADDRESS, CTRL_Q, DEMO, demo
from tests.support.terminal import Terminal
from tui.demo.process import DemoProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")


def started(shell: str, **env: str) -> Terminal:
    """`shell` on a terminal, with the demo as its arguments."""
    command = ["sh", "-c", shell, "sh", *DEMO, "-m", "swift"]
    return Terminal(command, rows=30, cols=100, env={"PYTHONPATH": str(ROOT), **env}, cwd=ROOT)


@pytest.mark.parametrize("redirected", ["</dev/null", "<&-", ">/dev/null", ">&-", "2>/dev/null"])
def test_a_dashboard_with_a_stream_elsewhere_is_refused_and_nothing_is_touched(redirected: str, tmp_path: Path) -> None:
    said = tmp_path / "said"
    tell = "" if redirected == "2>/dev/null" else f"2>{said}"
    with started(f'exec "$@" {redirected} {tell}') as terminal:
        assert terminal.wait_exit(PATIENCE_S) == 2
        assert terminal.raw == b""
    if tell:
        assert said.read_text().startswith("sidestream: the dashboard needs a terminal")


def test_a_dumb_terminal_is_refused() -> None:
    with started('exec "$@"', TERM="dumb") as terminal:
        assert terminal.wait_exit(PATIENCE_S) == 2
        assert "cannot place text (TERM=dumb); use `sidestream run`" in terminal.text()
        assert b"\x1b" not in terminal.raw


def has_colour(rendition: bytes) -> bool:
    """Whether the parameters of an SGR sequence name a colour, the terminal's own two included."""
    return any(30 <= int(code or 0) <= 49 or 90 <= int(code or 0) <= 107 for code in re.split(rb"[;:]", rendition))


@pytest.mark.parametrize(
    "variable",
    [
        {"NO_COLOR": "1"},
        {"LC_ALL": "C", "LANG": "C"},
        {"TERM": "vt100", "COLORTERM": ""},
        {"SIDESTREAM_UI__MOUSE": "false"},
    ],
    ids=str,
)
def test_a_poor_terminal_is_used(variable: dict[str, str]) -> None:
    with started('exec "$@"', **variable) as terminal:
        terminal.wait_for("ready", PATIENCE_S)
        picture = terminal.wait_for("╰", PATIENCE_S)
        assert "swift" in picture
        assert ("NO_COLOR" in variable) is not any(map(has_colour, re.findall(rb"\x1b\[([\d;:]*)m", terminal.raw)))
        asked_for_mouse = re.search(rb"\x1b\[\?10(?:0[0236]|15|16)h", terminal.raw) is not None
        assert asked_for_mouse is ("SIDESTREAM_UI__MOUSE" not in variable)
        terminal.send(CTRL_Q)
        assert terminal.wait_exit(PATIENCE_S) == 0
        assert terminal.leftovers() == []


def test_one_cell_and_two_hundred_sizes_leave_it_alive() -> None:
    with demo("-m", "swift", "-m", "scribe") as terminal:
        terminal.wait_for(ADDRESS, PATIENCE_S)
        for step in range(200):
            terminal.resize(1 + step * 7 % 50, 1 + step * 13 % 150)
        terminal.resize(1, 1)
        terminal.send("x")
        terminal.resize(40, 120)
        terminal.wait_for(lambda picture: picture.count("╯") == 3 and "palette" in picture, PATIENCE_S)
        terminal.send(CTRL_Q)
        assert terminal.wait_exit(PATIENCE_S) == 0
        assert terminal.leftovers() == []


def wait_until_stopped(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < deadline
        os.sched_yield()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="a file of Linux")
def test_suspended_while_painting_it_gives_the_terminal_back_and_returns() -> None:
    with demo("-m", "swift", "-m", "scribe", "--speed", "1", "Why is the sky blue?") as terminal:
        terminal.wait_for("TTFT", PATIENCE_S)
        for _ in range(5):
            terminal.wait_for(lambda _picture: terminal.mode(1049), PATIENCE_S)
            terminal.signal(signal.SIGTSTP)
            terminal.wait_for(lambda _picture: not terminal.mode(1049), PATIENCE_S)
            assert not terminal.mode(1000)
            assert terminal.mode(25)
            wait_until_stopped(terminal.pid)  # a SIGCONT that overtakes the stop would leave it stopped for good
            terminal.signal(signal.SIGCONT)
        terminal.wait_for("2 complete", PATIENCE_S)
        terminal.signal(signal.SIGTSTP)
        terminal.wait_for(lambda _picture: not terminal.mode(1049), PATIENCE_S)
        wait_until_stopped(terminal.pid)
        seen = len(terminal.raw)
        terminal.signal(signal.SIGCONT)
        terminal.wait_for(lambda _picture: b"2 complete" in terminal.raw[seen:], PATIENCE_S)  # though all is quiet
        terminal.send(CTRL_Q)
        assert terminal.wait_exit(PATIENCE_S) == 0
        assert terminal.leftovers() == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="a file of Linux")
def test_ctrl_z_takes_back_in_the_prompt_and_suspends_in_the_panes() -> None:
    with demo("-m", "swift", "--speed", "0", "Why is the sky blue?") as terminal:
        terminal.wait_for("1 complete", PATIENCE_S)
        terminal.send("word")
        terminal.wait_for("word", PATIENCE_S)
        terminal.send("\x1a")  # ctrl+z
        terminal.wait_for(lambda picture: "word" not in picture, PATIENCE_S)
        assert terminal.mode(1049)
        terminal.send("\t\x1a")
        terminal.wait_for(lambda _picture: not terminal.mode(1049), PATIENCE_S)
        wait_until_stopped(terminal.pid)
        seen = len(terminal.raw)
        os.killpg(os.getpgid(terminal.pid), signal.SIGCONT)  # as a shell does
        terminal.wait_for(lambda _picture: b"1 complete" in terminal.raw[seen:], PATIENCE_S)
        terminal.send(CTRL_Q)
        assert terminal.wait_exit(PATIENCE_S) == 0
        assert terminal.leftovers() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("words", [("--format", "text"), ("--format", "json")])
def test_a_full_disk_is_a_sentence_and_a_status(words: tuple[str, ...]) -> None:
    with DemoProcess(seed=7, speed=0) as process, Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "run", "hi", "-m", "swift", "--base-url", process.base_url, *words],
            cwd=ROOT,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_S,
        )
    assert done.returncode == 74
    assert done.stderr == b"sidestream: standard output takes no more: No space left on device\n"
