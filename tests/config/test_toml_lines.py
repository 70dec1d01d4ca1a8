"""Keys are found on their lines in whatever way TOML lets one write them."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.dotted import dotted, toml_value
from tui.config.toml_lines import lines_of_keys

TEXT = '''# a comment = 1
top = 1

[ table . "quo\\u0074ed" ]  # [not = 1]
"key with = and #" = "text # with = and ] \\" in it"
literal = 'C:\\path = ]'
long = """
not = 1
[nor] \\"""  ""
"""
other = \'\'\'
# x = 1'\'\'\'
a.b . 'c' = [ 1, # one
  [2, "]"], { inner = 3, deep = [ { er = 4 } ] },
]
date = 1979-05-27 07:32:00

[[array]]
x = 1
[[array]]
x = 2
[table]
last = { }'''


def test_every_way_to_write_a_key() -> None:
    tomllib.loads(TEXT)
    quoted = ("table", "quoted")
    assert lines_of_keys(TEXT) == {
        ("top",): 2,
        ("table",): 4,
        quoted: 4,
        (*quoted, "key with = and #"): 5,
        (*quoted, "literal"): 6,
        (*quoted, "long"): 7,
        (*quoted, "other"): 11,
        (*quoted, "a"): 13,
        (*quoted, "a", "b"): 13,
        (*quoted, "a", "b", "c"): 13,
        (*quoted, "a", "b", "c", "inner"): 14,
        (*quoted, "a", "b", "c", "deep"): 14,
        (*quoted, "a", "b", "c", "deep", "er"): 14,
        (*quoted, "date"): 16,
        ("array",): 18,
        ("array", "x"): 19,
        ("table", "last"): 23,
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing", "\ufeff"[:0] + "a=1", "a=1\r\n\r\nb=2\r\n"])
def test_little(text: str) -> None:
    assert set(lines_of_keys(text)) == {(name,) for name in tomllib.loads(text)}


VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.text(st.characters(codec="utf-8"), max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("ab.\"'# =[", max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("ab-. #\"'\\=[]", max_size=6), VALUES, max_size=6))
def test_what_we_write_is_toml_and_each_key_is_on_its_line(document: dict[str, Any]) -> None:
    text = "\n".join(f"{dotted([name])} = {toml_value(value)}" for name, value in document.items())
    assert tomllib.loads(text) == document
    lines = lines_of_keys(text)
    assert {path: line for path, line in lines.items() if len(path) == 1} == {
        (name,): number for number, name in enumerate(document, 1)
    }
