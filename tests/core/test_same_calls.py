"""Calls that ask the same, and one's results for the other."""

import pytest

from tui.core.request import CallMade
from tui.core.same_calls import ask_the_same, passed_on, same_ask


def call(id: str, arguments: str, name: str = "weather") -> CallMade:
    return CallMade(id, name, arguments)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('{"a": 1, "b": [2]}', '{"b":[2],"a":1}', True),
        ('{"a": "é"}', '{"a": "\\u00e9"}', True),
        ('{"a": [1, 2]}', '{"a": [2, 1]}', False),
        ('{"a": 1}', '{"a": "1"}', False),
        ('{"a": 1}', '{"a": true}', False),
        ("select 1", " select 1\n", True),
        ('{"a"', '{"b"', False),
        ("[" * 100_000, "[" * 100_000, True),
    ],
)
def test_only_what_json_means_counts(one: str, other: str, same: bool) -> None:
    assert (same_ask(call("1", one)) == same_ask(call("2", other))) is same
    assert same_ask(call("1", one)) != same_ask(call("1", one, name="another"))


def test_every_call_of_the_other_has_to_be_among_ours() -> None:
    ours = [call("1", '{"a":1}'), call("2", '{"a":2}')]
    assert ask_the_same(ours, [call("x", '{"a": 2}')])
    assert not ask_the_same(ours, [call("x", '{"a": 2}'), call("y", '{"a": 3}')])
    assert not ask_the_same(ours, [])


def test_results_go_to_the_calls_that_ask_the_same() -> None:
    ours = [call("1", '{"a":1}'), call("2", '{"a":2}'), call("3", '{"a":1}')]
    theirs = [call("x", '{"a": 1}'), call("y", '{"a": 1}'), call("z", '{"a":2}')]
    assert passed_on(ours, {"1": "one", "2": "two", "3": "again"}, theirs) == {"x": "one", "y": "again", "z": "two"}
    assert passed_on(ours, {"1": "one"}, theirs) == {"x": "one", "y": "one"}
