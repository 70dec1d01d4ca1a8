"""JSON laid out to be read: the same values, the same spelling of them, on lines of a good length."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.json_layout import laid_out, line_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["{", "[", "}", "],", '{"a":']),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def lines_of(document: str, width: int, at_most: int = 10_000) -> str | None:
    lines = laid_out(document, width, at_most)
    return None if lines is None else "\n".join(map(line_text, lines))


@given(VALUES.filter(lambda value: isinstance(value, dict | list)), st.integers(10, 120))
def test_nothing_is_lost_and_nothing_is_changed(value: Any, width: int) -> None:
    document = json.dumps(value)
    lines = lines_of(document, width)
    assert lines is not None
    assert json.loads(lines) == value
    assert "".join(lines.split()) == "".join(document.split())


def test_what_fits_stays_on_one_line() -> None:
    document = '{"id":"x","choices":[{"index":0,"delta":{"content":"a{"}}],"long":["' + "y" * 50 + '"]}'
    assert lines_of(document, 60) == "\n".join(
        [
            "{",
            '  "id": "x",',
            '  "choices": [{"index": 0, "delta": {"content": "a{"}}],',
            '  "long": [',
            '    "' + "y" * 50 + '"',
            "  ]",
            "}",
        ]
    )


def test_numbers_and_escapes_stay_as_they_were_written() -> None:
    assert lines_of('{"a":1.0e+5,"b":"\\u00e9\\/é"}', 80) == '{"a": 1.0e+5, "b": "\\u00e9\\/é"}'


@pytest.mark.parametrize("document", ["", "word", "1", '"text"', "{", '{"a":}', "[" * 5000 + "]" * 5000])
def test_what_is_no_document_is_none(document: str) -> None:
    assert lines_of(document, 80) is None


@given(VALUES.filter(lambda value: isinstance(value, dict | list) and value), st.integers(1, 60))
def test_of_a_longer_document_as_much_is_laid_out_as_was_asked_for(value: Any, at_most: int) -> None:
    document = json.dumps(value)
    lines = lines_of(document, 40, at_most)
    assert lines is not None
    assert "".join(lines.split()) == "".join(document[:at_most].split())


def test_each_piece_says_what_it_is() -> None:
    assert laid_out('{"k\\"e:y": ["v: 1", -1.5, true]}', 80, 100) == [
        [
            ("{", "sign"), ('"k\\"e:y"', "key"), (": [", "sign"), ('"v: 1"', "string"), (",", "sign"), (" ", "sign"),
            ("-1.5", "number"), (",", "sign"), (" ", "sign"), ("true", "word"), ("]", "sign"), ("}", "sign"),
        ]
    ]  # fmt: skip
