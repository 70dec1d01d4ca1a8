"""Widths: what counts as steady really is, the widest is never exceeded, and the simple form keeps its cells."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.app.text.mixed import mixed_texts
from tests.app.text.terminals import adding_points, as_rich, generous, sparing
from tui.app.text.cells import is_steady, steadied, widest
from tui.core.clean import clean_line

MEASURES = [as_rich, adding_points, generous, sparing]


def test_every_terminal_agrees_on_what_is_steady() -> None:
    for code in range(0x20, 0x30000):
        text = f"a{chr(code)}"
        if is_steady(text) and chr(code) != "\x7f" and unicodedata.category(chr(code)) != "Cn":
            sizes = {sum(cells for _part, cells in measure(text)) for measure in MEASURES}
            assert sizes == {cell_len(text)}, hex(code)
            assert is_steady(chr(code)) == (cell_len(text) > 1), hex(code)


@pytest.mark.parametrize("text", ["plain", "naïve café", "Привет, мир", "Ελληνικά", "中文字 かな 한국어", "שלום عليكم"])
def test_common_scripts_are_steady(text: str) -> None:
    assert is_steady(text)
    assert widest(text) == cell_len(text)
    assert steadied(text) is text


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("हिन्दी", 5),  # three letters, two signs beside them; two marks above and below
        ("தமிழ்", 4),
        ("👨\u200d👩\u200d👧\u200d👦", 8),
        ("🇯🇵", 4),
        ("👍🏽", 4),
        ("❤\ufe0f", 2),
        ("❤\ufe0f\ufe0f", 2),
        ("🎉\ufe0f", 2),
        ("1\ufe0f\u20e3", 2),
    ],
)
def test_widest(text: str, cells: int) -> None:
    assert widest(text) == cells


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("का हिन्दी", "क हनद"),
        ("👨\u200d👩\u200d👧!", "👨!"),
        ("🇯🇵 1\ufe0f\u20e3", "JP 1 "),
        ("👍🏽🏽", "👍"),
        ("🏳\ufe0f\u200d🌈", "··"),
    ],
)
def test_steadied(text: str, simple: str) -> None:
    assert steadied(text) == simple


@given(mixed_texts)
def test_no_terminal_draws_wider_than_the_widest(text: str) -> None:
    for measure in MEASURES:
        assert sum(cells for _part, cells in measure(text)) <= widest(text), measure


@given(mixed_texts | st.text().map(clean_line))
def test_the_simple_form_has_the_same_cells_and_no_wider_ones(text: str) -> None:
    simple = steadied(text)
    assert cell_len(simple) == widest(simple) == cell_len(text)
    assert sum(cells for _part, cells in adding_points(simple)) == cell_len(text)
