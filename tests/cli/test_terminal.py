"""The whole program in a real terminal: it answers, quits, and leaves the terminal and the system as they were."""

import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.command import COMMAND, ROOT, environment
from tests.support.terminal import Terminal, allowed_controls
from tui.core.dialects import DIALECTS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")

START_S = 30.0
"""For the first screen on a busy machine; usually it takes one or two."""
DEMO = [*COMMAND, "demo", "--speed", "0"]
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/v1")
ON_ITS_OWN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
PLACE_IN_ROW = re.compile(r"\x1b\[\d+G")
"""The views' own: puts what follows a character of disputed width in its column."""
CTRL_C, CTRL_Q = "\x03", "\x11"


@contextmanager
def demo(*words: str) -> Iterator[Terminal]:
    """The demo, just started."""
    with Terminal([*DEMO, *words], rows=40, cols=120, env={"PYTHONPATH": str(ROOT)}, cwd=ROOT) as terminal:
        yield terminal


def shown_port(terminal: Terminal) -> int:
    """The demo provider's port, from the first screen, which says whom a prompt would go to."""
    found = ADDRESS.search(terminal.wait_for(ADDRESS, START_S))
    assert found
    return int(found[1])


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection to the demo provider; it ends when the provider does."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        yield connection


def assert_gone(connection: socket.socket) -> None:
    """The process at the other end has ended: within the connection's time limit."""
    try:
        assert connection.recv(1) == b""
    except ConnectionResetError:
        return


def test_the_demo_answers_a_prompt_and_quits_with_everything_restored() -> None:
    with demo("-m", "swift", "-m", "caller") as terminal:
        with connected(shown_port(terminal)) as provider:
            terminal.send("What is the weather in Oslo?\r")
            terminal.wait_for(lambda picture: picture.count("complete") >= 2, START_S)
            terminal.send(CTRL_Q)
            assert terminal.wait_exit() == 0
            assert_gone(provider)
        assert terminal.leftovers() == []
        assert [control for control in allowed_controls(terminal.raw) if not PLACE_IN_ROW.fullmatch(control)] == []


def test_a_prompt_on_the_command_line_is_already_running() -> None:
    with demo("-m", "swift", "Why is the sky blue?") as terminal:
        terminal.wait_for("complete", START_S)
        terminal.send(CTRL_Q)
        assert terminal.wait_exit() == 0


def test_the_demo_is_asked_in_every_dialect_at_its_own_address() -> None:
    models = [word for dialect in DIALECTS for word in ("-m", f"in-{dialect}=swift,dialect={dialect}")]
    with demo(*models, "Why is the sky blue?") as terminal:
        # A completion is cut at 16 tokens unless somebody asks for more.
        titles = [f"{'△ cut' if dialect == 'completions' else '✓ complete'} · in-{dialect}" for dialect in DIALECTS]
        terminal.wait_for(lambda picture: all(title in picture for title in titles), START_S)
        terminal.send(CTRL_Q)
        assert terminal.wait_exit() == 0


def test_options_for_all_targets_reach_the_demos() -> None:
    with demo("-m", "swift", "-o", "dialect=klingon") as terminal:
        assert terminal.wait_exit(START_S) == 2
        assert "unknown dialect 'klingon'" in terminal.text()


def test_ctrl_c_does_not_end_the_program() -> None:
    with demo("-m", "swift") as terminal:
        terminal.wait_for(ADDRESS, START_S)
        terminal.send(CTRL_C)
        terminal.wait_for("ctrl+q")
        terminal.send(CTRL_Q)
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_with_the_terminal_restored(number: signal.Signals, status: int) -> None:
    with demo("-m", "swift") as terminal, connected(shown_port(terminal)) as provider:
        terminal.signal(number)
        assert terminal.wait_exit() == status
        assert terminal.leftovers() == []
        assert_gone(provider)


def test_a_wrong_target_is_said_before_the_screen_is_touched() -> None:
    words = [*COMMAND, "hi", "-m", "nowhere/x"]
    with Terminal(words, env={"PYTHONPATH": str(ROOT)}, cwd=ROOT) as terminal:
        assert terminal.wait_exit(START_S) == 2
        assert "unknown provider 'nowhere'" in terminal.text()
        assert b"\x1b[?1049h" not in terminal.raw


def test_a_closed_terminal_ends_the_program_and_its_provider() -> None:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    command = [sys.executable, "-c", ON_ITS_OWN_TERMINAL, *DEMO, "-m", "swift"]
    program = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, cwd=ROOT, env=environment()
    )
    os.close(slave)
    try:
        with connected(read_port(master)) as provider:
            os.close(master)
            master = -1
            assert program.wait(5) == 129
            assert_gone(provider)
    finally:
        program.kill()
        program.wait()
        if master >= 0:
            os.close(master)


def read_port(terminal: int) -> int:
    """The demo provider's port, from what the program writes."""
    output = b""
    deadline = time.monotonic() + START_S
    while (found := ADDRESS.search(output.decode(errors="replace"))) is None:
        readable, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        assert readable, output
        output += os.read(terminal, 65536)
    return int(found[1])
