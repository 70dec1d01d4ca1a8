"""Growing JSON laid out for reading, in any split; and what is none."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.pretty_json import MAX_DEPTH, JsonPrinter, Piece, pretty

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
documents = st.lists(values, max_size=4) | st.dictionaries(st.text(max_size=5), values, max_size=4)


def layout(pieces: list[Piece] | None) -> str:
    return "".join(text for text, _part in pieces or ())


@given(documents, st.integers(1, 9), st.sampled_from([None, 0, 3]))
def test_the_layout_is_that_of_json_itself_in_any_split(value: object, size: int, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    printer = JsonPrinter()
    pieces = [piece for at in range(0, len(text), size) for piece in printer.feed(text[at : at + size])]
    assert printer.is_whole
    assert layout(pieces) == json.dumps(value, indent=2)


@given(documents, st.data())
def test_every_beginning_of_json_is_shown_as_far_as_it_goes(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(0, len(text)))
    printer = JsonPrinter()
    shown = layout(printer.feed(text[:cut]))
    assert printer.is_json
    assert json.dumps(value, indent=2).startswith(shown.rstrip())


def test_pieces_say_what_they_are() -> None:
    assert pretty('{"a":[1,true,"b\\""],"c":{}}') == [
        ("{\n  ", "sign"), ('"a"', "key"), (": [\n    ", "sign"), ("1", "number"), (",\n    ", "sign"),
        ("true", "word"), (",\n    ", "sign"), ('"b\\""', "string"), ("\n  ],\n  ", "sign"), ('"c"', "key"),
        (": {}\n}", "sign"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Sure, here it is", "```json\n{}", "1", '"x"', "{a", "{1", "[,", "{,", "[1,]", '{"a",', '{"a":}', '{"a":1,}',
        "[1 2", "[tru]", "[trux", "[01", "[1.e5", "[--", "[1-2", "[+1", "[.5", "{]", "[}", "]", "{} x", "[][", "[1x",
        "[nulll]", "[é", "[" * (MAX_DEPTH + 1),
    ],
)  # fmt: skip
def test_what_is_no_json_is_said_in_any_split(text: str) -> None:
    assert pretty(text) is None
    printer = JsonPrinter()
    for char in text:
        printer.feed(char)
    assert not printer.is_json


def test_a_raw_line_end_in_a_string_is_shown() -> None:
    """Not JSON to the letter, but models write it, and cleaning makes one of U+2028."""
    assert layout(pretty('["a\nb"]')) == '[\n  "a\nb"\n]'


def test_the_cost_is_that_of_what_is_new() -> None:
    """A string of a megabyte in ten thousand pieces: looking at all of it each time would take minutes."""
    printer = JsonPrinter()
    printer.feed('{"text": "')
    begin = time.process_time()
    for _ in range(10_000):
        printer.feed("x" * 99 + "\\")
        printer.feed('"')
    assert printer.is_json
    assert time.process_time() - begin < 5
