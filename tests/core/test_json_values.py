"""Splitting bodies into JSON values: the elements of an array sent bit by bit, and a value per line."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.replay import cut, cut_at_random, splits
from tui.core.errors import BoundExceeded
from tui.core.json_values import JsonArray, JsonLines

ROOM = 1_000_000

ELEMENTS: list[Any] = [
    {},
    {"text": ""},
    {"text": "a"},
    {"text": "brackets ]}{[ , and ],["},
    {"text": 'quotes " and \\" and \\\\" and \\'},
    {"text": "ends with a backslash \\"},
    {"text": "\\\\\\"},
    {'key "]} with \\ everything': {'"': ["]", "}", {"[": "{"}]}},
    {"text": "\u2028\u0085 zażółć 😄 \ud83d"},
    {"text": "line\nfeed\r\n\ttab \x00"},
    {"deep": [[[[{"a": [1, -2.5e10, None, True]}]]]]},
    {"candidates": [{"content": {"parts": [{"text": "[{"}]}}]},
]
SEPARATORS = (",", ",\n", "\n,\r\n", " , ", "\r\n,\r\n", "\t,")


def array_values(reads: list[bytes], room: int = ROOM) -> list[bytes]:
    splitter = JsonArray(room)
    return [value for read in reads for value in splitter.feed(read)] + splitter.close()


def line_values(reads: list[bytes], room: int = ROOM) -> list[bytes]:
    splitter = JsonLines(room)
    return [value for read in reads for value in splitter.feed(read)] + splitter.close()


def written(elements: list[Any], separator: str, **how: Any) -> bytes:
    return ("[" + separator.join(json.dumps(element, **how) for element in elements) + "]").encode(
        "utf-8", "surrogatepass"
    )


# -- arrays ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("how", [{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}], ids=str)
def test_elements_of_an_array_at_every_single_split(separator: str, how: dict[str, Any]) -> None:
    body = written(ELEMENTS, separator, **how)
    for at in range(len(body) + 1):
        values = array_values([body[:at], body[at:]])
        if at % 20 == 0:
            assert [json.loads(v.decode("utf-8", "surrogatepass")) for v in values] == ELEMENTS
        assert values == array_values([body])


@pytest.mark.parametrize("element", ELEMENTS, ids=json.dumps)
def test_an_element_at_every_pair_of_splits(element: Any) -> None:
    body = written([element, element], ",")
    expected = array_values([body])
    assert [json.loads(value) for value in expected] == [element, element]
    for first in range(len(body)):
        for second in range(first, len(body)):
            assert array_values([body[:first], body[first:second], body[second:]]) == expected


def test_elements_come_as_soon_as_they_are_whole() -> None:
    splitter = JsonArray(ROOM)
    assert splitter.feed(b'[{"a": "]}') == []
    assert splitter.feed(b'"') == []
    assert splitter.feed(b'}\n,\r\n{"b"') == [b'{"a": "]}"}']
    assert splitter.feed(b": 2}") == [b'{"b": 2}']
    assert splitter.feed(b"]") == []
    assert splitter.close() == []


def test_an_escape_cut_by_a_read() -> None:
    for cut_body in ([b'[{"a": "\\', b'"]}"}', b"]"], [b'[{"a": "\\', b"", b'"]}"}]'], [b'[{"a": "\\\\', b'"}]']):
        (value,) = array_values(cut_body)
        assert json.loads(value) in ({"a": '"]}'}, {"a": "\\"})


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf", b" \r\n\t", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("tail", [b"", b"\n", b"data: [DONE]\n\n", b'[{"c": 3}]', b'{"c": 3}', b"]]", b'"'])
def test_what_stands_around_the_array(head: bytes, tail: bytes) -> None:
    body = head + b'[{"a": 1},{"b": 2}]' + tail
    for reads in splits(body):
        assert array_values(reads) == [b'{"a": 1}', b'{"b": 2}']


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b"[]", []),
        (b"[", []),
        (b"[{", []),
        (b'[{"a":1}', [b'{"a":1}']),  # the connection ended before the bracket
        (b'[{"a":1},{"b"', [b'{"a":1}']),
        (b'[{"a":1}{"b":2}]', [b'{"a":1}', b'{"b":2}']),  # no comma
        (b'[{"a":1}\n{"error":{}}\n', [b'{"a":1}', b'{"error":{}}']),
        (b'["text", 1, null, {"a":1}, "]"]', [b'{"a":1}']),  # what is no object is nothing to decode
        (b'[[{"a":1}],{"b":2}]', [b'[{"a":1}]', b'{"b":2}']),
        (b'[{"a":1]]{"b":2}', [b'{"a":1]']),  # nonsense: passed on as it is, its decoder judges it
    ],
)
def test_odd_arrays(body: bytes, values: list[bytes]) -> None:
    for reads in splits(body):
        assert array_values(reads) == values


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_array_at_any_splits(data: st.DataObject) -> None:
    texts = st.text(alphabet='ab"\\{}[],\n😄\u2028', max_size=12)
    json_values = st.recursive(
        st.one_of(texts, st.none(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
        max_leaves=8,
    )
    elements = data.draw(st.lists(st.dictionaries(texts, json_values, max_size=3), max_size=5))
    indent = data.draw(st.sampled_from([None, 0, 2]))
    body = written(elements, data.draw(st.sampled_from(SEPARATORS)), indent=indent)
    places = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=12)))
    reads = [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]
    assert [json.loads(value) for value in array_values(reads)] == elements


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='[]{}"\\,a 1\n\ufeff', max_size=60), st.integers(0, 1000), st.sampled_from([5, 20, ROOM]))
def test_no_soup_depends_on_its_cuts(soup: str, seed: int, room: int) -> None:
    body = soup.encode()
    for split in (array_values, line_values):
        many_reads = ([body], cut(body, 1), cut_at_random(body, seed, 7))
        outcomes = [received(split, reads, room) for reads in many_reads]
        assert outcomes[0] == outcomes[1] == outcomes[2]


def received(split: Any, reads: list[bytes], room: int) -> tuple[list[bytes], str]:
    """The values that came before a bound was passed, and the sentence about it."""
    splitter = (JsonArray if split is array_values else JsonLines)(room)
    values: list[bytes] = []
    try:
        for read in reads:
            values += splitter.feed(read)
        return values + splitter.close(), ""
    except BoundExceeded as exc:
        return values, str(exc)


@pytest.mark.parametrize("split", [array_values, line_values])
def test_a_bound_is_passed_at_the_same_byte_however_it_comes(split: Any) -> None:
    small, large = b'{"a":1}', b'{"b":"' + b"x" * 30 + b'"}'  # 7 and 38 bytes
    body = b"[%s,%s,%s]" % (small, large, small) if split is array_values else b"%s\n%s\n%s\n" % (small, large, small)
    for room in (37, 38):
        for size in (1, 2, 5, len(body)):
            values, sentence = received(split, cut(body, size), room)
            if room == 38:
                assert (values, sentence) == ([small, large, small], "")
            else:
                assert values == [small]
                assert "of the answer is over the limit of 37 B" in sentence


@pytest.mark.parametrize("split", [JsonArray, JsonLines])
def test_after_a_bound_nothing_more_is_given(split: type[JsonArray] | type[JsonLines]) -> None:
    splitter = split(10)
    with pytest.raises(BoundExceeded):
        splitter.feed(b"[{" + b" " * 20)
    with pytest.raises(BoundExceeded):
        splitter.feed(b'}\n{"a": 1}\n')
    with pytest.raises(BoundExceeded):
        splitter.close()


@pytest.mark.parametrize("split", [JsonArray, JsonLines])
def test_time_grows_with_the_bytes_and_not_with_the_reads(split: type[JsonArray] | type[JsonLines]) -> None:
    """One element in 100 000 reads: a splitter that joined or searched from the start each time would take minutes."""
    splitter = split(ROOM)
    started = time.perf_counter()
    splitter.feed(b'[{"a":"')
    for _ in range(100_000):
        assert splitter.feed(b"xyz{ ]") == []
    assert splitter.feed(b'"}]\n')
    assert time.perf_counter() - started < 20


# -- lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\n\n", b"\n \r\n\n", b"\n\xef\xbb\xbf"])
def test_a_value_per_line(line_end: bytes) -> None:
    body = line_end.join([b'{"a":1}', b'{"b":2}', b' {"c":3} ', b""])
    for reads in splits(body):
        assert line_values(reads) == [b'{"a":1}', b'{"b":2}', b'{"c":3}']


def test_only_line_feeds_split() -> None:
    line = '{"a":"\u2028\u2029\u0085\x0b\x0c\x1c"}'.encode()
    for reads in splits(line + b"\n" + line + b"\n"):
        assert line_values(reads) == [line, line]


def test_a_carriage_return_alone_splits_nothing() -> None:
    assert line_values([b'{"a":1}\r{"b":2}\n']) == [b'{"a":1}\r{"b":2}']


@pytest.mark.parametrize(
    ("last", "values"),
    [
        (b'{"b":2}', [b'{"b":2}']),
        (b'{"b":2}\r', [b'{"b":2}']),
        (b'{"b":2', []),
        (b'{"b":"\xc5', []),
        (b"  ", []),
        (b"no", []),
        (b"12", []),  # may be the beginning of 123
    ],
)
def test_the_last_line_without_its_line_end(last: bytes, values: list[bytes]) -> None:
    for reads in splits(b'{"a":1}\n' + last):
        assert line_values(reads) == [b'{"a":1}', *values]


@pytest.mark.parametrize("last", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("indent", [1, 2, 4, "\t"])
def test_a_value_printed_over_many_lines(indent: int | str, last: bytes) -> None:
    value = {"message": {"content": "a } b\n{", "tool_calls": [{"a": {}}, {"b": [{}]}]}, "done": True}
    body = json.dumps(value, indent=indent).encode() + b'\n{"a":1}\n' + json.dumps(value, indent=indent).encode() + last
    for reads in splits(body):
        assert [json.loads(v) for v in line_values(reads)] == [value, {"a": 1}, value]


def test_a_printed_value_that_never_ends_costs_only_itself() -> None:
    for reads in splits(b'{\n  "a": 1,\n{"b":2}\n{\n"c"\n{"d":4}'):
        assert line_values(reads) == [b'{ "a": 1,', b'{"b":2}', b'{ "c"', b'{"d":4}']
    with pytest.raises(BoundExceeded):
        line_values([b"{\n" + b'  "a": 1,\n' * 100], room=200)
