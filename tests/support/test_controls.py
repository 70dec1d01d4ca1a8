"""The audit of control sequences: what it lets pass, what it finds, and that the cut of the reads does not matter."""

import pytest

from tests.support.controls import Control, ControlSplitter, Text, allowed_controls

TEXTUAL_START = (
    "\x1b[?1049h\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?25l\x1b[?1004h\x1b[>25u\x1b[?2026$p\x1b[?2048$p"
    "\x1b[?2004h\x1b[?7l\x1b[?2026h\x1b[1;1H\x1b[38;2;1;2;3;48;2;4;5;6mZażółć\x1b[0m\x1b[12;40H漢\x1b[m\x1b[?2026l"
    "\x1b]22;pointer\x07"
)
TEXTUAL_END = "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"


def test_what_textual_writes_is_allowed() -> None:
    assert allowed_controls((TEXTUAL_START + TEXTUAL_END + "bye\r\n").encode()) == []


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]52;c;aGk=\x07",  # set the clipboard
        "\x1b]0;title\x1b\\",
        "\x1b]8;;http://example.com\x1b\\",
        "\x1b[2J",
        "\x1b[6n",  # makes the terminal type
        "\x1b[5i",  # printer
        "\x1b[20t",  # reports the title as if typed
        "\x1b[?1047h",
        "\x1b[?47h",
        "\x1b[?25;1000h",
        "\x1b[1;2;3H",
        "\x1bc",
        "\x1b(0",
        "\x1bPq\x1b\\",
        "\x1b_Gi=1;AAAA\x1b\\",
        "\x9b2J",
        "\x9d52;c;aGk=\x9c",
        "\x07",
        "\x08",
        "\x0e",
        "\x7f",
        "\x00",
        "\x85",
        "\u202e",
        "\u2066",
        "\u200b",
        "\U000e0041",
    ],
)
def test_what_a_server_could_slip_in_is_found_alone(hostile: str) -> None:
    raw = (TEXTUAL_START + "before" + hostile + "after" + TEXTUAL_END).encode()
    assert allowed_controls(raw) == [hostile]


def test_line_ends_are_allowed_and_their_halves_are_not() -> None:
    assert allowed_controls(b"a\r\nb\r\n\r\n") == []
    assert allowed_controls(b"a\rb\nc\r\r\n") == ["\r", "\n", "\r"]
    assert allowed_controls(b"\r\x1b[m\n") == ["\r", "\n"]


def test_a_byte_that_is_no_text_is_found() -> None:
    assert allowed_controls(b"a\x9b2Jb") == ["\udc9b"]


def test_an_unfinished_sequence_is_found() -> None:
    assert allowed_controls(b"a\x1b]52;c;aGk") == ["\x1b]52;c;aGk"]


def test_a_sequence_broken_by_another_is_found() -> None:
    assert allowed_controls(b"\x1b]0;a\x1b[1mb") == ["\x1b]0;a"]
    assert allowed_controls(b"\x1b[1\x1b[1mb") == ["\x1b"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 4096])
def test_the_cut_of_the_reads_does_not_matter(size: int) -> None:
    raw = "ab\x1b[1;2Hc漢\x1b]0;t\x1b\\d\x1b[?2026$pe\x1bPx\x07\nf".encode()
    splitter = ControlSplitter()
    parts = [part for at in range(0, len(raw), size) for part in splitter.feed(raw[at : at + size])] + splitter.close()
    controls = [part.value for part in parts if isinstance(part, Control)]
    text = "".join(part.value for part in parts if isinstance(part, Text))
    assert controls == ["\x1b[1;2H", "\x1b]0;t\x1b\\", "\x1b[?2026$p", "\x1bPx\x07", "\n"]
    assert text == "abc漢def"
