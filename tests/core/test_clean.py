"""The gate: nothing that could steer a terminal, hide or reorder text comes through, however a text is split."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.clean import MAX_MARKS, Cleaner, clean, clean_line

NASTY = (
    "a b\n\r\t\x00\x07\x08\x0b\x0c\x0e\x1b\x7f\x80\x85\x90\x9b\x9c\x9d\xad\u061c\u115f\u1160\u11a8\u3164\uffa0\u2800"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u206f\ufe0f\ufeff\ufffd\ufffe\uffff"
    "\ufdd0\ud800\ud83d\ude00\udfff\u0301\u0903\U0001f469\U000e0041\U000e0101\U0010ffff中é[]*`"
)
nasty_text = st.text(st.sampled_from(NASTY) | st.characters(), max_size=40)


def cleaned(pieces: list[str]) -> str:
    cleaner = Cleaner()
    return "".join([cleaner.feed(piece) for piece in pieces]) + cleaner.finish()


def is_allowed(char: str) -> bool:
    kind = unicodedata.category(char)
    if char == "\n" or char in "\u200c\u200d":
        return True
    if kind == "Cf":  # number signs of Arabic, Syriac and Kaithi have a shape; all other format characters have none
        return ("\u0600" <= char <= "\u08e2" and char != "\u061c") or char in "\U000110bd\U000110cd"
    return kind not in ("Cc", "Cs", "Zl", "Zp") and char not in "\u2800\u115f\u1160\u3164\uffa0\ufffe\uffff\ufdd0"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain text, é, 中文, 😀\n", "plain text, é, 中文, 😀\n"),
        ("one\r\ntwo\rthree\r", "one\ntwo␍three␍"),
        ("\r\r\n\n", "␍\n\n"),
        ("a\tb", "a    b"),
        ("\x1b[2J\x07\x00\x7f", "␛[2J␇␀␡"),
        ("\x1b]52;c;Zm9v\x1b\\", "␛]52;c;Zm9v␛\\"),
        ("\x9b2J\x9d0;t\x9c", "\ufffd2J\ufffd0;t\ufffd"),
        ("a\x85b\u2028c\u2029d", "a\nb\nc\nd"),
        ("\u202eevil\u202c \u2066x\u2069", "\ufffdevil\ufffd \ufffdx\ufffd"),
        ("\ufeffa\u200bb\u2060c\xadd", "\ufffda\ufffdb\ufffdc\ufffdd"),
        ("x\U000e0041\U000e007fy", "x\ufffd\ufffdy"),
        ("\u3164\uffa0\u115f\u2800", "\ufffd\ufffd\ufffd\ufffd"),
        ("👩\u200d👩\u200d👧 می\u200cخواهم ❤\ufe0f", "👩\u200d👩\u200d👧 می\u200cخواهم ❤\ufe0f"),
        ("\ud83d\ude00 \ud83d \ude00", "😀 \ufffd \ufffd"),
        ("e" + "\u0301" * 8, "e" + "\u0301" * 8),
        ("e" + "\u0301" * 900 + "f", "e" + "\u0301" * 8 + "\ufffdf"),
        ("a" + "\u200d\ufe0f" * 50, "a" + "\u200d\ufe0f" * 4 + "\ufffd"),
        ("\uffff\U0001fffe\ufdd0", "\ufffd\ufffd\ufffd"),
    ],
)
def test_each_kind_of_hostile_text(raw: str, expected: str) -> None:
    assert clean(raw) == expected
    assert cleaned(list(raw)) == expected


@given(st.lists(nasty_text, max_size=8))
def test_a_split_does_not_matter(pieces: list[str]) -> None:
    assert cleaned(pieces) == clean("".join(pieces))


@given(st.integers(0, 12), st.lists(st.integers(1, 5), max_size=6))
def test_a_run_of_marks_is_counted_over_splits(base_marks: int, runs: list[int]) -> None:
    pieces = ["e" + "\u0301" * base_marks, *("\u0301" * run for run in runs)]
    assert cleaned(pieces) == clean("".join(pieces))


@given(nasty_text)
def test_nothing_forbidden_comes_through(text: str) -> None:
    assert all(is_allowed(char) for char in clean(text))


def test_no_single_code_point_of_unicode_comes_through_that_should_not() -> None:
    text = "x".join(map(chr, range(0x110000)))
    assert {char for char in clean(text) if not is_allowed(char)} == set()


@given(nasty_text)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd", "Po", "Sm"])))
def test_ordinary_text_is_untouched(text: str) -> None:
    assert clean(text) == text


def test_a_cleaner_is_fresh_after_finish() -> None:
    cleaner = Cleaner()
    assert cleaner.feed("e" + "\u0301" * MAX_MARKS + "\r") == "e" + "\u0301" * MAX_MARKS
    assert cleaner.finish() == "␍"
    assert cleaner.feed("\n\u0301") == "\n\u0301"
    assert cleaner.finish() == ""


def test_a_line_has_no_line_end() -> None:
    assert clean_line("model\r\nname\u2028x\x1b") == "model name x␛"


@pytest.mark.parametrize("unit", ["\r", "\x1b", "\u0301", "a\u0301", "\ud83d", "👩\u200d", "\u200b", "中"])
def test_time_grows_with_the_length_only(unit: str) -> None:
    def cost(count: int) -> float:
        start = time.process_time()
        clean(unit * count)
        return time.process_time() - start

    # Ten times the text: 10 when linear, 100 when quadratic. The floor hides the clock's grain.
    small, large = min(cost(20_000) for _ in range(3)), cost(200_000)
    assert large < 40 * max(small, 0.002)
