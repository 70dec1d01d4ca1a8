"""Comparing two texts: what belongs together, what differs, and what it may cost."""

import random
from difflib import SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.diff import Comparison, Effort, Fidelity, Pair, compare, mirrored
from tui.core.diff.alignment import matches

RAINBOW = "Red light leaves at 42.4 degrees, violet at 40.5 degrees."
WORDS = [
    *("the", "a", "of", "and", "red", "light", "violet", "degrees", "bow", "42.4", "40.5", ",", ".", "don't"),
    *("\n", "\n\n", "漢", "字", "é", "e\u0301", "👩\u200d👩\u200d👧", "🇳🇴"),
]
texts = st.lists(st.sampled_from([*WORDS, " ", "  ", "\n"]), max_size=40).map(" ".join) | st.text(max_size=40)


def left_text(comparison: Comparison) -> str:
    return "\n".join("".join(part.left for part in pair.parts) for pair in comparison.pairs if pair.left is not None)


def right_text(comparison: Comparison) -> str:
    return "\n".join("".join(part.right for part in pair.parts) for pair in comparison.pairs if pair.right is not None)


def shown(pair: Pair) -> list[str | tuple[str, str]]:
    return [part.left if part.kind == "same" else (part.left, part.right) for part in pair.parts]


def only_pair(left: str, right: str) -> list[str | tuple[str, str]]:
    (pair,) = compare(left, right).pairs
    return shown(pair)


# -- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("one two three", "one 2 three", ["one ", ("two", "2"), " three"]),
        ("one three", "one two three", ["one ", ("", "two "), "three"]),
        ("one two three", "one three", ["one ", ("two ", ""), "three"]),
        ("It costs 3.14 euros.", "It costs 3.15 euros.", ["It costs ", ("3.14", "3.15"), " euros."]),
        ("I don't know this", "I do know this", ["I ", ("don't", "do"), " know this"]),
        ("今天天气很好", "今天天色很好", ["今天天", ("气", "色"), "很好"]),
        ("one  two words here", "one two words here", ["one", ("  ", " "), "two words here"]),
        ("a naïve cafe\u0301 here", "a naïve cafe here", ["a naïve ", ("cafe\u0301", "cafe"), " here"]),
        ("the family 👩‍👩‍👧 is here", "the family 👩‍👩‍👦 is here", ["the family ", ("👩‍👩‍👧", "👩‍👩‍👦"), " is here"]),
        ("from 🇳🇴 to here, all of it", "from 🇳🇱 to here, all of it", ["from ", ("🇳🇴", "🇳🇱"), " to here, all of it"]),
    ],
)
def test_words_that_differ_are_found_whole(left: str, right: str, expected: list[str | tuple[str, str]]) -> None:
    assert only_pair(left, right) == expected


def test_words_in_common_between_longer_changes_make_nothing_alike() -> None:
    """`is` stands between two changes that are longer than it, so that all of it is one change."""
    pair = only_pair(
        "See here: elephants is grammatical, say teachers.", "See here: magnetism is wonderful, say teachers."
    )
    assert pair == ["See here: ", ("elephants is grammatical", "magnetism is wonderful"), ", say teachers."]


def test_lines_with_little_in_common_differ_as_a_whole() -> None:
    (pair,) = compare("Elephants never forget a thing.", "A rainbow is a bow of light.").pairs
    assert (pair.is_whole, len(pair.parts)) == (True, 1)


# -- lines ----------------------------------------------------------------------------------------------------------


def numbers(comparison: Comparison) -> list[tuple[int | None, int | None]]:
    return [(pair.left, pair.right) for pair in comparison.pairs]


def test_a_paragraph_meets_the_one_it_resembles_however_many_are_between() -> None:
    right = f"Hello!\n\nSomething else altogether.\n\n{RAINBOW.replace('leaves', 'goes')}"
    assert numbers(compare(RAINBOW, right)) == [(None, 0), (None, 1), (None, 2), (None, 3), (0, 4)]


def test_a_line_goes_to_the_one_it_shares_most_with() -> None:
    found = numbers(compare("alpha beta gamma delta", "alpha beta gamma rho\ndelta sigma"))
    assert found == [(0, 0), (None, 1)]


def test_unlike_paragraphs_stand_beside_each_other_with_their_blank_lines_in_step() -> None:
    left = "Elephants never forget.\n\nThey walk far."
    right = "Rainbows bend.\nLight splits.\n\nDrops fall."
    assert numbers(compare(left, right)) == [(0, 0), (None, 1), (1, 2), (2, 3)]


def test_a_moved_line_is_found_once_and_no_lines_cross() -> None:
    found = numbers(compare("alpha\nbeta\ngamma\ndelta", "delta\nalpha\nbeta\ngamma"))
    assert found == [(None, 0), (0, 1), (1, 2), (2, 3), (3, None)]


def test_lines_that_repeat_are_matched_in_order() -> None:
    left = "if a {\n  x();\n}\nif b {\n  y();\n}"
    comparison = compare(left, left.replace("  y();", "  y();\n  z();"))
    assert [pair.right for pair in comparison.pairs if pair.kind == "added"] == [5]
    assert len(comparison.changes) == 1


# -- changes and similarity -----------------------------------------------------------------------------------------


def test_changes_are_words_of_a_line_or_lines_one_after_the_other() -> None:
    left = f"gone\nand gone\n{RAINBOW}\nthe end"
    right = f"{RAINBOW.replace('Red', 'Crimson').replace('40.5', '41')}\nthe end\nnew"
    changes = compare(left, right).changes
    assert [(change.pair, change.part, change.pairs) for change in changes] == [
        (0, None, 2),
        (2, 0, 1),
        (2, 2, 1),
        (4, None, 1),
    ]


def test_similarity_is_the_share_of_characters_in_common() -> None:
    # "one", "three": 8 of 11 and 8 of 9 visible characters, so 16 of 20
    assert compare("one two three", "one 2 three").similarity == pytest.approx(16 / 20)


@pytest.mark.parametrize("text", ["", "word", "a\n\nb\n", RAINBOW])
def test_a_text_is_identical_with_itself(text: str) -> None:
    comparison = compare(text, text)
    assert comparison.is_identical
    assert comparison.similarity == 1
    assert {pair.kind for pair in comparison.pairs} == {"same"}


def test_blanks_alone_are_a_change_but_make_nothing_less_alike() -> None:
    comparison = compare("one two", "one  two")
    assert (len(comparison.changes), comparison.similarity) == (1, 1)


# -- properties -----------------------------------------------------------------------------------------------------


@given(texts, texts)
def test_both_sides_can_be_read_off_a_comparison(left: str, right: str) -> None:
    comparison = compare(left, right)
    assert left_text(comparison) == left
    assert right_text(comparison) == right


@given(texts, texts)
def test_the_other_way_round_is_the_mirror_image(left: str, right: str) -> None:
    assert compare(right, left) == mirrored(compare(left, right))


@given(texts, texts)
def test_lines_ascend_and_only_equal_texts_are_identical(left: str, right: str) -> None:
    comparison = compare(left, right)
    assert [pair.left for pair in comparison.pairs if pair.left is not None] == list(range(left.count("\n") + 1))
    assert [pair.right for pair in comparison.pairs if pair.right is not None] == list(range(right.count("\n") + 1))
    assert comparison.is_identical == (left == right)
    assert 0 <= comparison.similarity <= 1


@given(texts, texts, st.integers(0, 300))
def test_no_bound_makes_a_comparison_wrong(left: str, right: str, cells: int) -> None:
    effort = Effort(cells)
    comparison = compare(left, right, effort)
    assert (left_text(comparison), right_text(comparison)) == (left, right)
    assert effort.spent <= cells


items = st.lists(st.sampled_from("abcde"), max_size=30)


@given(items, items)
def test_matches_are_as_many_as_there_can_be(left: list[str], right: list[str]) -> None:
    found = matches(left, right, Effort())
    assert found is not None
    assert all(left[i] == right[j] for i, j in found)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(found))
    assert len(found) == _longest_common(left, right)


def _longest_common(left: list[str], right: list[str]) -> int:
    row = [0] * (len(right) + 1)
    for item in left:
        before = row[:]
        for j, other in enumerate(right):
            row[j + 1] = before[j] + 1 if item == other else max(before[j + 1], row[j])
    return row[-1]


@pytest.mark.parametrize("kept", [1, 50, 1 << 27])
def test_halving_a_table_finds_as_many_matches(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    monkeypatch.setattr("tui.core.diff.alignment._KEPT_CELLS", kept)
    chance = random.Random(4)
    left, right = chance.choices("abcdef", k=300), chance.choices("abcdef", k=200)
    found = matches(left, right, Effort())
    assert found is not None
    assert len(found) == _longest_common(left, right)


# -- bounded work ---------------------------------------------------------------------------------------------------


def unlike_texts(chars: int, per_line: int) -> tuple[str, str]:
    """Two texts without a line in common, of words that both use all the time."""
    chance = random.Random(7)
    words = [f"w{number}" for number in range(800)]

    def text() -> str:
        lines: list[str] = []
        while sum(map(len, lines)) < chars:
            lines.append(" ".join(chance.choices(words, k=per_line)))
        return "\n".join(lines)

    return text(), text()


def test_what_is_too_much_by_words_is_compared_by_lines_and_then_by_blocks() -> None:
    left, right = unlike_texts(4_000, 12)
    lines = left.split("\n")
    # The same line twice is no anchor, so it has to be found by comparing.
    left, right = "\n".join([*lines, "twice", "x", "twice"]), "\n".join([right, "twice", "twice", "y"])
    count = len(left.split("\n")) * len(right.split("\n"))
    assert compare(left, right).fidelity is Fidelity.WORDS
    assert compare(left, right, Effort(4 * count)).fidelity is Fidelity.LINES
    blocks = compare(left, right, Effort(0))
    assert blocks.fidelity is Fidelity.BLOCKS
    assert blocks.similarity < 0.01


def test_lines_beside_each_other_are_compared_by_words_even_then() -> None:
    left = "\n".join(f"line {number} has these few words" for number in range(200))
    # Each of 200 lines differs in one of 6 words: 1,200 x 1,200 cells, filled twice, are too many, 200 x 200 are not.
    comparison = compare(left, left.replace("few", "many"), Effort(1_000_000))
    assert comparison.fidelity is Fidelity.LINES
    assert len(comparison.changes) == 200
    assert comparison.similarity > 0.8


def test_abandoned_work_begins_nothing_more() -> None:
    effort = Effort()
    effort.abandon()
    left, right = unlike_texts(4_000, 12)
    assert compare(left, right, effort).fidelity is not Fidelity.WORDS
    assert effort.spent == 0


def test_two_long_texts_without_a_line_in_common_are_compared_by_words() -> None:
    """200,000 characters each: the table has as many cells as both have words, multiplied, and is filled twice."""
    left, right = unlike_texts(200_000, 40)
    effort = Effort()
    comparison = compare(left, right, effort)
    assert comparison.fidelity is Fidelity.WORDS
    assert effort.spent <= 2.2 * len(left.split()) * len(right.split())
    assert left_text(comparison) == left


def test_the_worst_case_of_other_methods_is_bounded_here() -> None:
    """One word over and over: every word matches every other."""
    left, right = "a b " * 3_000, "b a c " * 3_000
    effort = Effort()
    comparison = compare(left, right, effort)
    assert effort.spent <= 2 * 6_000 * 6_000 * 2
    assert comparison.similarity > 0.5


def test_as_much_is_found_in_common_as_difflib_finds() -> None:
    left, right = ("a b " * 60).split(), ("b a c " * 60).split()
    found = matches(left, right, Effort())
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    assert found is not None
    assert len(found) >= sum(block.size for block in blocks)
