"""A comparison in rows: columns that stay level, signs, and places that survive another width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.diff.sheet import MARGIN, Layout, Sheet, SheetRows, make_sheet, unified_text
from tui.app.text.cells import widest
from tui.core.clean import Clean
from tui.core.diff import Change, Effort

LEFT = "Red light leaves at 42.4 degrees, violet at 40.5.\n\nOnly here.\nEnd."
RIGHT = "New.\nRed light goes out at 42.4 degrees, violet at 40.\n\nEnd."
texts = st.text(alphabet="ab 漢é\n👩\u200d", max_size=60)


def sheet(left: str, right: str, columns: int = 2, width: int = 24) -> Sheet:
    return make_sheet(Clean(left), Clean(right), Layout(columns, width), None, Effort())


def drawn(rows: SheetRows) -> list[str]:
    return [rows.row(index).text.rstrip() for index in range(len(rows))]


def roles(rows: SheetRows) -> list[tuple[str, str]]:
    return [span for index in range(len(rows)) for span in rows.row(index).spans if span[1] and span[0].strip()]


def test_two_columns_stay_level_and_rows_carry_signs() -> None:
    left, right = sheet(LEFT, RIGHT).columns
    assert drawn(left) == [
        "·",
        "~ Red light leaves at",
        "  42.4 degrees, violet",
        "~ at 40.5.",
        "",
        "- Only here.",
        "  End.",
    ]
    assert drawn(right) == [
        "+ New.",
        "~ Red light goes out at",
        "  42.4 degrees, violet",
        "~ at 40.",
        "",
        "·",
        "  End.",
    ]


def test_one_column_has_both_texts_in_it() -> None:
    (rows,) = sheet(LEFT, RIGHT, columns=1, width=60).columns
    assert drawn(rows) == [
        "+ New.",
        "~ Red light leaves→goes out at 42.4 degrees, violet at",
        "~ 40.5→40.",
        "",
        "- Only here.",
        "  End.",
    ]


def test_words_have_roles_and_whole_lines_only_signs() -> None:
    left, right = sheet(LEFT, RIGHT, width=60).columns
    assert roles(left) == [
        ("· ", "faint"),
        ("~ ", "muted"),
        ("leaves", "removed"),
        ("40.5", "removed"),
        ("- ", "only-left"),
    ]
    assert [role for role in roles(right) if role[0] != "· "] == [
        ("+ ", "only-right"),
        ("~ ", "muted"),
        ("goes out", "added"),
        ("40", "added"),
    ]


def test_the_current_change_stands_out_alone() -> None:
    found = sheet(LEFT, RIGHT, width=60)
    left, right = found.columns
    words, lines = found.comparison.changes[1], found.comparison.changes[3]
    found.stand_out(words)
    assert [text for text, role in roles(left) if "current" in role] == ["leaves"]
    assert [text for text, role in roles(right) if "current" in role] == ["goes out"]
    found.stand_out(lines)
    assert [text for text, role in roles(left) if "current" in role] == ["- "]
    assert [text for text, role in roles(right) if "current" in role] == []
    found.stand_out(None)
    assert not any("current" in role for _, role in roles(left))


def test_a_change_is_found_where_it_begins() -> None:
    found = sheet(LEFT, RIGHT)
    assert [found.row_of(change) for change in found.comparison.changes] == [0, 1, 3, 5]
    assert found.columns[1].row_of(found.comparison.changes[3]) is None
    assert found.row_of(Change(99, None)) == 0


@given(texts, texts, st.integers(4, 30), st.sampled_from([1, 2]))
def test_columns_are_level_nothing_is_lost_and_all_fits(left: str, right: str, width: int, columns: int) -> None:
    found = sheet(left, right, columns, width)
    assert len({len(rows) for rows in found.columns}) == 1
    for rows in found.columns:
        for index in range(len(rows)):
            assert widest(rows.row(index).text) <= width
            assert rows.row_at(rows.offset_of(index)) <= index
    if columns == 2:
        assert [rows.source() for rows in found.columns] == [f"{left}\n", f"{right}\n"]


@given(texts, texts)
def test_what_is_selected_is_the_text_without_signs(left: str, right: str) -> None:
    for rows, text in zip(sheet(left, right).columns, (left, right), strict=True):
        selected = "".join(rows.row(at).text[MARGIN:] + rows.row(at).tail for at in range(len(rows)))
        assert selected == f"{text}\n"


@pytest.mark.parametrize("width", [12, 30, 80])
def test_a_place_is_found_again_at_another_width(width: int) -> None:
    before, after = sheet(LEFT, RIGHT).columns[0], sheet(LEFT, RIGHT, width=width).columns[0]
    at = before.row_at(before.offset_of(5))
    assert drawn(after)[after.row_at(before.offset_of(at))] == "- Only here."


def test_as_text_it_is_what_other_tools_write() -> None:
    assert unified_text(sheet("a\nsame\nb", "same\nb2").comparison) == "- a\n  same\n- b\n+ b2\n"
