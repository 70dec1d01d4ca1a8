"""Words, and characters that are never cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.diff.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Hello, world!", ["Hello", ",", " ", "world", "!"]),
        ("don't 3.14 1,000 a_b", ["don't", " ", "3.14", " ", "1,000", " ", "a_b"]),
        ("it’s naïve", ["it’s", " ", "naïve"]),
        ("漢字 かな", ["漢", "字", " ", "か", "な"]),
        ("한국어 문장", ["한국어", " ", "문장"]),
        ("e\u0301te\u0301 x\u0308", ["e\u0301te\u0301", " ", "x\u0308"]),
        ("हिन्दी शब्द", ["हिन्दी", " ", "शब्द"]),
        ("👩‍👩‍👧👍🏽❤️", ["👩‍👩‍👧", "👍🏽", "❤️"]),
        ("🇳🇴🇸🇪", ["🇳🇴", "🇸🇪"]),
        ("a  \u0300b", ["a", " ", " \u0300", "b"]),
        ("🇳🇴\u0300🇸🇪", ["🇳🇴\u0300", "🇸🇪"]),
    ],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_nothing_is_lost_and_no_word_begins_with_a_mark(text: str) -> None:
    found = words(text)
    assert "".join(found) == text
    assert all(found)
    if not text.isascii():
        assert not any(unicodedata.category(word[0]) == "Mn" for word in found[1:] if ord(word[0]) < 0x20000)


@given(st.text(alphabet="ab'1.,_ \n-"))
def test_ascii_is_cut_as_any_text_is(text: str) -> None:
    assert words(f"{text}|é")[:-2] == words(text)


@pytest.mark.parametrize("text", ["a word, ", "語の👩‍👩‍👧 e\u0301 "])
def test_a_long_text_is_cut_as_a_short_one_is(text: str) -> None:
    assert words(text * 2_000) == words(text) * 2_000
