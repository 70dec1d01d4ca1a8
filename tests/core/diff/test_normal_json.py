"""JSON in one form: only what it says is left."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.diff import normal_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"b": 1, "a": [true, null]}', '{\n  "a": [\n    true,\n    null\n  ],\n  "b": 1\n}'),
        ('{"a":{},"b":[],"c":""}', '{\n  "a": {},\n  "b": [],\n  "c": ""\n}'),
        ('"é\\u00e9\\n"', '"éé\\n"'),
        ("[1.0, 1, 1e400, 0.10000000000000000001]", "[\n  1.0,\n  1,\n  1e400,\n  0.10000000000000000001\n]"),
        ('{"a": 1, "a": 2}', '{\n  "a": 1,\n  "a": 2\n}'),
        ("1" * 5000, "1" * 5000),
    ],
)
def test_one_form(text: str, expected: str) -> None:
    assert normal_json(text) == expected


@pytest.mark.parametrize("text", ["", "{", '{"a": 1', "NaN", "[Infinity]", "{'a': 1}", "word", "[" * 100_000])
def test_what_is_not_json_has_none(text: str) -> None:
    assert normal_json(text) is None


@given(values)
def test_how_it_was_written_does_not_matter(value: object) -> None:
    forms = {normal_json(json.dumps(value, ensure_ascii=ascii_only)) for ascii_only in (True, False)}
    forms.add(normal_json(json.dumps(value, indent=3)))
    assert len(forms) == 1
    (form,) = forms
    assert form is not None
    assert json.loads(form) == value
    assert normal_json(form) == form
