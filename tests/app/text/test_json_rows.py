"""Rows of growing JSON: the same in any split and at any width, with the colours where they belong."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tui.app.text.document import Section
from tui.app.text.json_rows import JsonRows
from tui.app.text.markdown import MarkdownRows

TEXT = json.dumps({"items": [{"price": 3.5, "name": "a lamp with a long name"}, {}], "ok": True, "none": None})


def rows_of(rows: JsonRows) -> list[tuple[tuple[str, str], ...]]:
    return [rows.row(index).spans for index in range(len(rows))]


def test_roles_stand_where_the_pieces_are() -> None:
    rows = JsonRows(80)
    rows.append('{"a": [1, "b"]}')
    assert rows_of(rows) == [
        (("{", "muted"),),
        (("  ", "muted"), ('"a"', "function"), (": [", "muted")),
        (("    ", "muted"), ("1", "number"), (",", "muted")),
        (("    ", "muted"), ('"b"', "string")),
        (("  ]", "muted"),),
        (("}", "muted"),),
    ]


@given(st.integers(1, 20), st.integers(4, 60), st.integers(4, 60))
def test_splits_and_widths_do_not_matter(size: int, width: int, other: int) -> None:
    whole = JsonRows(width)
    whole.append(TEXT)
    grown = JsonRows(other)
    for at in range(0, len(TEXT), size):
        grown.append(TEXT[at : at + size])
    grown.resize(width)
    assert rows_of(grown) == rows_of(whole)
    assert grown.source() == TEXT


def test_an_append_says_which_rows_changed() -> None:
    rows = JsonRows(80)
    rows.append('{"a": 1,')
    before = rows_of(rows)
    first = rows.append(' "b": 2')
    assert rows_of(rows)[:first] == before[:first]
    assert first >= 1


def test_places_are_found_again() -> None:
    rows = JsonRows(20)
    rows.append(TEXT)
    assert [rows.row_at(rows.offset_of(index)) for index in range(len(rows))] == list(range(len(rows)))


def kind_of_rows(section: Section) -> type:
    return type(section.rows)


def test_what_is_no_json_becomes_markdown_with_all_its_text() -> None:
    section = Section("answer", "json", "", 0, 0, True, lambda: 0)
    section.append('{"a": 1')
    section.flush(40, final=False)
    assert kind_of_rows(section) is JsonRows
    section.append("} and **more**")
    assert section.flush(40, final=True) == 0
    assert kind_of_rows(section) is MarkdownRows
    assert section.rows is not None
    assert section.rows.source() == '{"a": 1} and **more**'


def test_as_written_and_back() -> None:
    section = Section("answer", "json", "", 0, 0, True, lambda: 0)
    section.append("[1,2]")
    section.flush(40, final=False)
    assert section.set_rendered(False)
    section.flush(40, final=False)
    assert [section.rows.row(0).text] == ["[1,2]"] if section.rows else False
    assert section.set_rendered(True)
    section.flush(40, final=False)
    assert len(section) == 4
