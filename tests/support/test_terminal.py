"""The harness itself: a tool which is wrong here would call broken programs sound."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from tests.support.terminal import Terminal, allowed_controls

TEXTUAL_APP = """
from textual.app import App
from textual.widgets import Input, Static

class Tiny(App):
    BINDINGS = [("ctrl+q", "quit", "Quit")]

    def compose(self):
        yield Static("Zażółć 漢字 end", markup=False)
        yield Static(id="size")
        yield Input(id="box")
        yield Static(id="echo", markup=False)

    def on_resize(self, event):
        self.query_one("#size").update(f"{event.size.width} by {event.size.height}")

    def on_input_submitted(self, event):
        self.query_one("#echo").update("you said " + event.value)

Tiny().run()
"""
CONTROLS_BETWEEN_LETTERS = r"""
import sys
for letter, control in zip("ABCDEFG", ["\x1b[>25u", "\x1b[>0q", "\x1b[4:3m", "\x1b]22;text\x07", "\x1bPq1;2\x1b\\",
                                       "\x1b[?9$x", "\x1b[!p"]):
    sys.stdout.write(letter + control)
    sys.stdout.flush()
print()
"""
ASK_AND_SHOW_THE_ANSWER = r"""
import os, sys, tty
before = tty.tcgetattr(0)
tty.setraw(0)
for question, last in (("\x1b[?2026$p", b"y"), ("\x1b[?2048$p", b"y"), ("\x1b[c", b"c"), ("\x1b[20;7H\x1b[6n", b"R")):
    os.write(1, question.encode())
    answer = b""
    while not answer.endswith(last):
        answer += os.read(0, 1)
    os.write(1, b"\r\n" + answer.replace(b"\x1b", b"ESC") + b"\r\n")
tty.tcsetattr(0, tty.TCSANOW, before)
"""
LEAVE_A_MESS = r"""
import sys, tty
tty.setcbreak(0)
sys.stdout.write("\x1b[?1049h\x1b[?25l\x1b[?1003h\x1b[?1006h\x1b[?2004h\x1b[>25u")
"""


def python(program: str, tmp_path: Path) -> list[str | Path]:
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    return [sys.executable, file]


def test_a_textual_program_is_seen_typed_into_resized_and_left_clean(tmp_path: Path) -> None:
    with Terminal(python(TEXTUAL_APP, tmp_path), rows=20, cols=70) as terminal:
        picture = terminal.wait_for("70 by 20")
        assert "Zażółć 漢字 end" in picture
        assert terminal.mode(1049)
        terminal.send("hi there\r")
        terminal.wait_for("you said hi there")
        terminal.resize(30, 100)
        terminal.wait_for(re.compile(r"\b100 by 30\b"))
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert terminal.leftovers() == []
        assert terminal.restored()
        assert allowed_controls(terminal.raw) == []
        assert "漢字" not in terminal.text(), "the normal screen is shown again"


def test_a_killed_textual_program_has_not_restored_the_terminal(tmp_path: Path) -> None:
    with Terminal(python(TEXTUAL_APP, tmp_path)) as terminal:
        terminal.wait_for("80 by 24")
        terminal.signal(signal.SIGKILL)
        assert terminal.wait_exit() == -signal.SIGKILL
        assert not terminal.restored()
        assert "alternate screen (1049) on" in terminal.leftovers()
        assert any(line.startswith("termios") for line in terminal.leftovers())


def test_everything_left_changed_is_named(tmp_path: Path) -> None:
    with Terminal(python(LEAVE_A_MESS, tmp_path)) as terminal:
        assert terminal.wait_exit() == 0
        *modes, termios_line = terminal.leftovers()
    assert modes == [
        "cursor (25) off",
        "mouse moves (1003) on",
        "mouse format SGR (1006) on",
        "alternate screen (1049) on",
        "bracketed paste (2004) on",
        "kitty keyboard protocol pushed 1 times",
    ]
    assert termios_line.startswith("termios")


def test_popping_the_keyboard_protocol_on_the_wrong_screen_does_not_count(tmp_path: Path) -> None:
    program = r"print('\x1b[?1049h\x1b[>25u\x1b[?1049l\x1b[<u')"
    with Terminal(python(program, tmp_path)) as terminal:
        terminal.wait_exit()
        assert terminal.leftovers() == ["kitty keyboard protocol pushed 1 times"]


def test_unknown_sequences_leave_no_trace_in_the_picture(tmp_path: Path) -> None:
    with Terminal(python(CONTROLS_BETWEEN_LETTERS, tmp_path)) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.text().strip() == "ABCDEFG"


def test_questions_are_answered_as_by_a_terminal(tmp_path: Path) -> None:
    with Terminal(python(ASK_AND_SHOW_THE_ANSWER, tmp_path)) as terminal:
        assert terminal.wait_exit() == 0
        lines = [line for line in terminal.text().split("\n") if line.startswith("ESC")]
        # 2026 known and reset, 2048 unknown, a VT220 with colours, then row 20, column 7 where the cursor was put.
        assert lines == ["ESC[?2026;2$y", "ESC[?2048;0$y", "ESC[?62;22c", "ESC[20;7R"]
        assert terminal.restored()


def test_no_key_and_no_setting_of_the_user_reaches_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "HTTPS_PROXY", "SIDESTREAM_THEME", "TEXTUAL_THEME"):
        monkeypatch.setenv(name, "secret")
    program = (
        "import os; print(sorted(os.environ)); print('secret' in str(os.environ), os.getcwd() == os.environ['HOME'])"
    )
    with Terminal(python(program, tmp_path), cols=300, env={"EXTRA": "1"}) as terminal:
        terminal.wait_exit()
        assert "False True" in terminal.text()
        assert "'EXTRA'" in terminal.text()
        home = terminal.home
    assert not home.exists()


def test_the_exit_status_and_all_output_arrive(tmp_path: Path) -> None:
    program = "import sys; print('x' * 79 + '\\n', end='', flush=True); print('y' * 200_000); sys.exit(7)"
    with Terminal(python(program, tmp_path)) as terminal:
        assert terminal.wait_exit() == 7
        assert terminal.raw.count(b"y") == 200_000
        stamps = [read.at_ns for read in terminal.reads]
        assert stamps == sorted(stamps)


def test_nothing_is_left_running(tmp_path: Path) -> None:
    program = """
import os, signal, time
for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
child = os.fork()
print("ready", flush=True)
while True:
    time.sleep(60)
"""
    with Terminal(python(program, tmp_path)) as terminal:
        terminal.wait_for(lambda picture: picture.count("ready") == 2)
        pid = terminal.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    terminal.close()


def test_waiting_in_vain_shows_the_screen(tmp_path: Path) -> None:
    with Terminal(python("print('this is what there is', flush=True); input()", tmp_path)) as terminal:
        terminal.wait_for("this is")
        with pytest.raises(TimeoutError, match="this is what there is"):
            terminal.wait_for("something else", timeout=0.01)
        with pytest.raises(TimeoutError, match="still running"):
            terminal.wait_exit(timeout=0.01)
        terminal.send("\n")
        with pytest.raises(EOFError, match="this is what there is"):
            terminal.wait_for("something else")


def test_a_command_that_does_not_exist_is_said_at_once() -> None:
    with pytest.raises(RuntimeError, match="no-such-command"):
        Terminal(["no-such-command"])
