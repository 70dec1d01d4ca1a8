"""The whole program in a real terminal, fed with the corpus in every way there is.

What counts is every byte it wrote and the cells where the borders stand. The picture is that of a terminal which adds
up code points by its own table, so a border out of place is one that a user would see.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.command import COMMAND, PATIENCE_S, ROOT
from tests.hostile.corpus import ARGUMENTS, LARGE, OF_EACH
from tests.hostile.server import MODELS, HostileServer, hostile_server
from tests.support.terminal import Terminal, allowed_controls

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")

ROWS, COLS = 40, 132
CTRL_P, CTRL_Q, CTRL_T, ESCAPE, TAB = "\x10", "\x11", "\x14", "\x1b", "\t"
PASTE = "\x1b[200~{}\x1b[201~"
ONE_RETRY = {"SIDESTREAM_RETRIES__ATTEMPTS": "1", "SIDESTREAM_RETRIES__FIRST_WAIT": "0.05"}
"""Long enough to be shown: what a server said is on the screen while its request waits to be sent again."""
Place = tuple[int, int]


@contextmanager
def dashboard(server: HostileServer, *words: str) -> Iterator[Terminal]:
    command = [*COMMAND, *words, "--base-url", server.base_url]
    with Terminal(command, rows=ROWS, cols=COLS, env={"PYTHONPATH": str(ROOT), **ONE_RETRY}, cwd=ROOT) as terminal:
        terminal.wait_for("ready", PATIENCE_S)
        terminal.wait_for("palette", PATIENCE_S)
        yield terminal
        assert allowed_controls(terminal.raw) == []


def borders(terminal: Terminal) -> dict[Place, str]:
    """Where the sides and corners of all boxes stand."""
    cells = terminal.cells()
    return {(y, x): cell for y, row in enumerate(cells) for x, cell in enumerate(row) if cell in set("╭╮╰╯│")}


def wait_for_borders(terminal: Terminal, expected: dict[Place, str]) -> None:
    """Wait until all of them are in their cells; a frame may be half drawn when it is looked at."""

    def are_whole(_picture: str) -> bool:
        cells = terminal.cells()
        return all(cells[y][x] == cell for (y, x), cell in expected.items())

    terminal.wait_for(are_whole, PATIENCE_S)


def names() -> list[str]:
    return [word for model in MODELS for word in ("-m", model)]


def quit_and_check(terminal: Terminal) -> None:
    terminal.send(CTRL_Q)
    assert terminal.wait_exit(PATIENCE_S) == 0
    assert terminal.leftovers() == []


def ask_until_done(terminal: Terminal, server: HostileServer, expected: dict[Place, str]) -> None:
    """One prompt, then everything once more until every text was sent, with a look at the borders each time."""
    terminal.send("why?\r")
    assert server.wait_for_more(0, PATIENCE_S)
    terminal.send(ESCAPE)
    terminal.wait_for("X cancel all", PATIENCE_S)  # or a letter right behind the escape would be one with alt
    while not server.is_done:
        terminal.wait_for(lambda picture: " running" not in picture.splitlines()[-1], PATIENCE_S)
        wait_for_borders(terminal, expected)
        before = server.least
        # Requests go out before the frame that tells of them, so a screen that says all is over may be the one before.
        for _ in range(round(PATIENCE_S)):
            terminal.send("R")
            if server.wait_for_more(before, 1):
                break
        assert server.least > before
    terminal.wait_for(lambda picture: " running" not in picture.splitlines()[-1], PATIENCE_S)
    wait_for_borders(terminal, expected)


def test_whatever_servers_send_no_byte_of_it_acts_and_every_border_stands() -> None:
    with hostile_server(OF_EACH) as server, dashboard(server, *names()) as terminal:
        expected = borders(terminal)
        assert len([cell for cell in expected.values() if cell == "╯"]) == len(MODELS) + 1
        ask_until_done(terminal, server, expected)
        for keys in ("1" + CTRL_T, "m", "G", "g", "z", "z"):
            terminal.send(keys)
        wait_for_borders(terminal, expected)
        quit_and_check(terminal)


def test_large_texts_leave_the_screen_whole_and_the_keys_alive() -> None:
    with hostile_server(LARGE) as server, dashboard(server, *names()) as terminal:
        expected = borders(terminal)
        ask_until_done(terminal, server, expected)
        terminal.send("?")
        terminal.wait_for("escape closes", PATIENCE_S)
        terminal.send(ESCAPE)
        wait_for_borders(terminal, expected)
        quit_and_check(terminal)


def test_what_the_command_line_and_the_user_write_is_as_harmless() -> None:
    """Names of targets, their options, the theme, and the prompt, which is pasted as it is."""
    shown = ARGUMENTS[:: max(1, len(ARGUMENTS) // 8)][:8]
    named = [word for text in shown for word in ("-m", f"{text.replace('=', '').replace('/', '')}x=whole-0")]
    options = [word for number, text in enumerate(ARGUMENTS) for word in ("-o", f"o{number}={text}")]
    words = [*named, *options, "--theme", "\x1b]0;theme\x07[/]\x9b2J"]
    with hostile_server(("fine",)) as server, dashboard(server, *words) as terminal:
        expected = borders(terminal)
        terminal.wait_for("There is no theme", PATIENCE_S)
        for text in ARGUMENTS:
            terminal.send(PASTE.format(text.replace("\x1b[201~", "")))
        terminal.send("the end")
        terminal.wait_for("the end", PATIENCE_S)
        terminal.send("\r" + ESCAPE)
        terminal.wait_for("8 complete", PATIENCE_S)
        terminal.send("xz")
        terminal.wait_for("is not running", PATIENCE_S)
        terminal.send("z")
        wait_for_borders(terminal, {place: cell for place, cell in expected.items() if place[0] < 20})
        terminal.send(CTRL_P)
        terminal.wait_for("Cancel all", PATIENCE_S)
        terminal.send(ESCAPE)
        quit_and_check(terminal)
