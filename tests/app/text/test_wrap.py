"""Wrapping: against a slow, simple reference; in any split; at hostile sizes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, split_graphemes

from tui.app.text.wrap import WrapModel
from tui.core.clean import clean

ALPHABET = "ab  \n\n中文é👩\u200d\u200d❤\ufe0f\u0301-한"
texts = st.text(st.sampled_from(ALPHABET), max_size=80).map(clean)
widths = st.integers(2, 12)


def reference(text: str, width: int) -> list[str]:
    """Greedy wrapping written for reading, one character (grapheme) at a time, for text without joiners."""
    rows: list[str] = []
    for line in text.split("\n"):
        row, cells, hanging = "", 0, ""
        spans, _cells = split_graphemes(line)
        for start, end, size in spans:
            grapheme = line[start:end]
            if grapheme == " " and (hanging or cells == width) and len(hanging) < width:
                hanging += grapheme
                continue
            if hanging:
                rows.append(row)
                row, cells, hanging = "", 0, ""
            if cells + size > width:
                space = row.rfind(" ")
                head, word = (row[:space].rstrip(" "), row[space + 1 :]) if space > 0 else ("", "")
                if grapheme == " " or not head:
                    head, word = row, ""
                rows.append(head)
                row, cells = word, cell_len(word)
                if grapheme == " ":
                    # Only after a wide character that left one cell free does a space overflow without hanging.
                    row, cells = rows.pop(), width
                    hanging = " "
                    continue
            row, cells = row + grapheme, cells + size
        rows.append(row)
    return rows[:-1] if rows[-1] == "" and not text.endswith(" ") else rows


def model(text: str, width: int) -> WrapModel:
    wrapped = WrapModel(width)
    wrapped.append(text)
    return wrapped


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("", 10, []),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("ab abcdefgh", 4, ["ab", "abcd", "efgh"]),
        ("中文字", 4, ["中文", "字"]),
        ("a中文", 4, ["a中", "文"]),
        ("👩\u200d👧👩\u200d👧", 4, ["👩\u200d👧", "👩\u200d👧"]),
        ("👩\u200d👧", 3, ["👩\u200d", "👧"]),
        ("é" * 5, 3, ["ééé", "éé"]),
        ("word \nnext\n", 4, ["word", "next"]),
        ("\n\na", 4, ["", "", "a"]),
        ("    indented text", 10, ["    indent", "ed text"]),
        ("a    b", 3, ["a  ", "b"]),
    ],
)
def test_examples(text: str, width: int, rows: list[str]) -> None:
    wrapped = model(text, width)
    assert wrapped.rows[: len(wrapped)] == rows
    assert wrapped.source() == text


@given(st.text(st.sampled_from("abc  \n中é-"), max_size=60), widths)
def test_rows_are_those_of_the_reference(text: str, width: int) -> None:
    wrapped = model(text, width)
    assert wrapped.rows[: len(wrapped)] == reference(text, width)


@given(st.lists(texts, max_size=8), widths)
def test_a_split_does_not_matter_and_only_told_rows_change(pieces: list[str], width: int) -> None:
    wrapped = WrapModel(width)
    for piece in pieces:
        before = list(zip(wrapped.rows, wrapped.tails, strict=True))
        first = wrapped.append(piece)
        assert list(zip(wrapped.rows, wrapped.tails, strict=True))[:first] == before[:first]
    whole = model("".join(pieces), width)
    assert (wrapped.rows, wrapped.tails) == (whole.rows, whole.tails)


@given(texts, widths, widths)
def test_rows_fit_and_join_to_the_source(text: str, width: int, other: int) -> None:
    wrapped = model(text, other)
    wrapped.rewrap(width)
    assert all(cell_len(row) <= width for row in wrapped.rows)
    assert "".join(row + tail for row, tail in zip(wrapped.rows, wrapped.tails, strict=True)) == text
    assert all(set(tail) <= {" ", "\n"} and "\n" not in tail[:-1] for tail in wrapped.tails)


@given(texts, widths, widths)
def test_a_place_in_the_text_is_found_again_after_a_rewrap(text: str, width: int, other: int) -> None:
    wrapped = model(text, width)
    for row in range(len(wrapped)):
        wrapped.rewrap(width)
        offset = wrapped.offset_of(row)
        assert wrapped.row_at(offset) == row
        wrapped.rewrap(other)
        found = wrapped.row_at(offset)
        assert wrapped.offset_of(found) <= offset


@pytest.mark.parametrize("unit", ["a", " ", "中", "a\u200d", "👩\u200d", "\n", "ab ", "e\u0301", "❤\ufe0f"])
def test_appending_bit_by_bit_takes_time_by_length_only(unit: str) -> None:
    def cost(count: int) -> float:
        wrapped = WrapModel(20)
        start = time.process_time()
        for _ in range(count):
            wrapped.append(unit)
        return time.process_time() - start

    # Eight times the text: 8 when linear, 64 when quadratic. The floor hides the clock's grain.
    small, large = min(cost(1_000) for _ in range(3)), cost(8_000)
    assert large < 30 * max(small, 0.002)


def test_one_huge_word_and_many_empty_lines_are_quick() -> None:
    start = time.process_time()
    assert len(model("x" * 200_000, 80)) == 2_500
    assert len(model("\n" * 50_000, 80)) == 50_000
    assert len(model("\u200d" * 200_000, 80)) > 1
    assert time.process_time() - start < 2
