"""Whether an answer follows its schema, and the sentences that say where it does not."""

import json
import socket
from typing import Any

import pytest

from tui.core.endings import ending, short_ending
from tui.core.errors import UsageError
from tui.core.json_schema import MAX_CHARS, MAX_ERRORS, checked_schema, failures
from tui.core.report import target_object
from tui.core.stream import StreamState
from tui.core.target import Target

ITEM = {
    "type": "object",
    "properties": {"price": {"type": "number", "minimum": 0}, "name": {"type": "string", "pattern": "^[a-z]+$"}},
    "required": ["price"],
    "additionalProperties": False,
}
ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/$defs/item"}, "minItems": 1},
        "state": {"enum": ["open", "paid"]},
        "a b": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "$defs": {"item": ITEM},
    "required": ["items", "state"],
}


def test_an_answer_that_follows_its_schema_has_no_failures() -> None:
    assert failures(ORDER, '{"items": [{"price": 3}], "state": "paid", "a b": null}') == ()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('{"items":[{"price":1},{"price":2},{"price":"3"}],"state":"open"}',
         "$.items[2].price: expected number, found string"),
        ('{"items":[{"price":true}],"state":"open"}', "$.items[0].price: expected number, found boolean"),
        ('{"items":[{"price":-1}],"state":"open"}', "$.items[0].price: expected at least 0, found -1"),
        ('{"items":[{}],"state":"open"}', '$.items[0]: "price" is missing'),
        ("{}", '$: "items", "state" are missing'),
        ('{"items":[{"price":1,"colour":2}],"state":"open"}', '$.items[0]: "colour" is not allowed'),
        ('{"items":[],"state":"open"}', "$.items: expected at least 1 items, found 0"),
        ('{"items":[{"price":1}],"state":"shut"}', '$.state: expected one of "open", "paid", found "shut"'),
        ('{"items":[{"price":1,"name":"A1"}],"state":"open"}', '$.items[0].name: "A1" does not match "^[a-z]+$"'),
        ('{"items":[{"price":1}],"state":"open","a b":1}', '$["a b"]: 1 fits none of 2 alternatives'),
        ("[]", "$: expected object, found array"),
        ("", "$: expected JSON, found no text"),
        ('{"items": [{"pri', "$: no JSON: it breaks off after 16 characters"),
        ('{"items": [1,', "$: no JSON: it breaks off after 13 characters"),
        ("Sure! {}", "$: no JSON: line 1, column 1: expecting value"),
        ('{"items": NaN}', "$: no JSON: NaN is no JSON value"),
        ("[" * 200_000, "$: not checked, for it is nested too deeply"),
    ],
)  # fmt: skip
def test_a_failure_names_its_path(answer: str, expected: str) -> None:
    assert failures(ORDER, answer) == (expected,)


def test_many_failures_are_cut_and_a_huge_answer_is_not_judged() -> None:
    assert len(failures({"items": {"type": "string"}}, json.dumps(list(range(500))))) == MAX_ERRORS
    assert failures({}, f'"{"x" * MAX_CHARS}"') == ("$: not checked, for it is longer than 512 KiB",)


def test_foreign_words_in_a_failure_are_cut() -> None:
    (sentence,) = failures({"enum": ["a"]}, json.dumps("x" * 10_000))
    assert len(sentence) < 200


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], "expected a JSON schema, an object such as"),
        ("x", "found string"),
        ({"type": "strng"}, "$.type: "),
        ({"properties": {"age": {"type": 3}}}, "$.properties.age.type: "),
        ({"properties": {"a": {"$ref": "https://example.com/a.json"}}}, "'https://example.com/a.json'"),
        ({"required": "name"}, "$.required: expected array, found string"),
    ],
)
def test_a_schema_that_is_none_is_refused_with_its_place(value: object, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_schema(value, "shop.json")
    assert str(caught.value).startswith("shop.json: ")
    assert expected in str(caught.value)


def test_a_reference_to_nothing_is_said_and_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert failures({"$ref": "#/$defs/none"}, "1") == ("$: not checked, for the schema has no '/$defs/none'",)
    assert failures({"$ref": "http://127.0.0.1:9/x"}, "1")[0].startswith("$: not checked")


# -- the stream -----------------------------------------------------------------------------------------------------


def answered(text: str, *, finish: str = "stop", delta: dict[str, Any] | None = None) -> StreamState:
    """A stream that was asked for an order and ended with `text`."""
    state = StreamState(Target("t", "openai", "m", "chat", "http://x/v1"), 0, schema=ORDER)
    chunk = {"choices": [{"index": 0, "delta": delta or {"content": text}, "finish_reason": finish}]}
    state.start(0)
    state.respond(200, {"content-type": "text/event-stream"}, 0)
    state.receive(b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n", 1)
    return state


def test_the_ending_and_the_json_name_the_failing_path() -> None:
    state = answered('{"items":[{"price":"3"}],"state":"shut"}')
    assert ending(state) == (
        "stop; does not follow the schema: $.items[0].price: expected number, found string (and 1 more)"
    )
    assert short_ending(state) == "stop"
    found = target_object(state)
    assert found["complete"] is True
    assert found["schema_valid"] is False
    assert found["schema_errors"][1].startswith("$.state")


def test_a_valid_answer_says_so() -> None:
    state = answered('{"items":[{"price":3}],"state":"open"}')
    assert ending(state) == "stop; follows the schema"
    assert target_object(state)["schema_valid"] is True


def test_calls_refusals_and_streams_that_broke_off_are_not_judged() -> None:
    call = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}]}
    assert answered("", finish="tool_calls", delta=call).schema_errors is None
    assert answered("", delta={"refusal": "no"}).schema_errors is None
    broken = StreamState(Target("t", "openai", "m", "chat", "http://x/v1"), 0, schema=ORDER)
    broken.cancel(1)
    assert broken.schema_errors is None
    assert ending(broken) == "cancelled"
