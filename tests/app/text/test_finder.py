"""Where hits are, whatever is appended, wrapped, rendered or folded; held against a search of the whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.app.text.document import Document
from tui.app.text.finder import Finder
from tui.core.clean import clean


def document(*kinds: str) -> Document:
    made = Document(lambda: 0)
    for number, kind in enumerate(kinds or ("text",)):
        made.add(f"s{number}", kind, "", 0, number, True, None)  # type: ignore[arg-type]
    return made


def write(made: Document, finder: Finder, text: str, *, key: str = "s0", width: int = 10, final: bool = False) -> None:
    made[key].append(clean(text))
    first = made.flush(width, final=final)
    if first is not None:
        finder.rows_changed(first)


def found(made: Document, finder: Finder) -> list[str]:
    """The text of each hit, with its rows joined as they are shown."""
    rows = {number: row.text for number, _section, row in made.numbered_rows(0)}
    return ["|".join(rows[row][start:end] for row, start, end in hit.spans) for hit in finder.hits]


def test_hits_are_where_the_text_is() -> None:
    made, finder = document(), Finder()
    finder.look_for("cat")
    write(made, finder, "a cat, a Cat\nand a CAT")
    assert finder.update(made)
    assert found(made, finder) == ["cat", "Cat", "CAT"]
    assert finder.in_row(finder.hits[0].row) == [(2, 5, False)]


def test_case_counts_once_the_needle_has_a_capital() -> None:
    made, finder = document(), Finder()
    finder.look_for("Cat")
    write(made, finder, "cat Cat CAT")
    finder.update(made)
    assert found(made, finder) == ["Cat"]


def test_signs_that_mean_something_in_patterns_are_just_signs() -> None:
    made, finder = document(), Finder()
    finder.look_for("a.*[b")
    write(made, finder, "axxb a.*[b", width=40)
    finder.update(made)
    assert found(made, finder) == ["a.*[b"]


def test_a_hit_across_a_soft_wrap_is_one_hit_in_two_rows() -> None:
    made, finder = document(), Finder()
    finder.look_for("seven eight")
    write(made, finder, "one seven eight nine")
    finder.update(made)
    assert found(made, finder) == ["seven|eight"]


def test_a_hit_does_not_reach_over_a_line_end_or_into_another_section() -> None:
    made, finder = document("text", "text"), Finder()
    finder.look_for("ab")
    write(made, finder, "a\nb a")
    write(made, finder, "b", key="s1")
    finder.update(made)
    assert found(made, finder) == []


def test_text_that_completes_a_hit_makes_it() -> None:
    made, finder = document(), Finder()
    finder.look_for("needle")
    for piece in ("a nee", "dle and a n", "eedle"):
        write(made, finder, piece)
        finder.update(made)
    assert len(finder.hits) == 2
    assert not finder.update(made), "nothing new"


def test_an_empty_needle_finds_nothing() -> None:
    made, finder = document(), Finder()
    write(made, finder, "text")
    finder.look_for("t")
    finder.update(made)
    finder.look_for("")
    assert not finder.update(made)
    assert (finder.hits, finder.in_row(0)) == ([], [])


def test_what_is_gone_is_no_hit_any_more() -> None:
    made, finder = document(), Finder()
    finder.look_for("cat")
    write(made, finder, "cat\ncat")
    finder.update(made)
    made.cut(0)
    finder.rows_changed(0)
    assert finder.update(made)
    assert finder.hits == []


def test_markdown_is_searched_as_it_is_shown() -> None:
    made, finder = document("markdown"), Finder()
    finder.look_for("bold word")
    write(made, finder, "> some **bold** word\n\nnext", width=40, final=True)
    finder.update(made)
    assert found(made, finder) == ["bold word"]
    (row, start, _end) = finder.hits[0].spans[0]
    assert start == len("▎ some "), "behind the decoration"
    assert row == 0


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab \n"), max_size=12), max_size=12), st.sampled_from(["a", "ab", "b a"]))
def test_piece_by_piece_finds_what_a_search_of_the_whole_finds(pieces: list[str], needle: str) -> None:
    """For needles that cannot overlap themselves, where there is but one way to count."""
    growing, grown = document(), Finder()
    grown.look_for(needle)
    for piece in pieces:
        write(growing, grown, piece, width=5)
        grown.update(growing)
    whole, fresh = document(), Finder()
    fresh.look_for(needle)
    write(whole, fresh, "".join(pieces), width=5)
    fresh.update(whole)
    assert grown.hits == fresh.hits
    assert len(grown.hits) == "".join(pieces).count(needle)


@pytest.mark.parametrize("width", [5, 40])
def test_a_needle_that_cannot_overlap_itself_is_found_alike_in_pieces_and_whole(width: int) -> None:
    text = "lorem ipsum xyz dolor\n" * 20 + "x y xyz"
    whole, fresh = document(), Finder()
    fresh.look_for("xyz")
    write(whole, fresh, text, width=width)
    fresh.update(whole)
    for size in (1, 2, 3, 7):
        made, finder = document(), Finder()
        finder.look_for("xyz")
        for at in range(0, len(text), size):
            write(made, finder, text[at : at + size], width=width)
            finder.update(made)
        assert finder.hits == fresh.hits
        assert len(finder.hits) == text.count("xyz")
