"""What the anthropic dialect sends."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tui.core.dialects import dialect_named
from tui.core.errors import RequestError
from tui.core.request import CallMade, HttpRequest, Message, Prompt
from tui.core.target import Target


def request_for(prompt: Prompt, headers: Mapping[str, str] | None = None, **options: Any) -> HttpRequest:
    target = Target("t", "anthropic", "claude", "anthropic", "https://api.example/v1", options, headers or {})
    return dialect_named("anthropic").build_request(target, prompt)


def body_of(prompt: Prompt, **options: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(request_for(prompt, **options).body)
    return body


def test_the_request() -> None:
    request = request_for(Prompt.of("1+1?"), {"X-Team": "a"})
    assert (request.method, request.url) == ("POST", "https://api.example/v1/messages")
    assert dict(request.headers) == {"X-Team": "a", "anthropic-version": "2023-06-01"}
    assert json.loads(request.body) == {
        "model": "claude",
        "max_tokens": 4096,  # required by the API
        "messages": [{"role": "user", "content": "1+1?"}],
        "stream": True,
    }


def test_keys_are_sent_in_a_header_of_their_own() -> None:
    assert dialect_named("anthropic").auth == "x-api-key"


@pytest.mark.parametrize("name", ["anthropic-version", "Anthropic-Version"])
def test_a_target_may_ask_for_another_version(name: str) -> None:
    assert dict(request_for(Prompt.of("x"), {name: "2026-10-21"}).headers) == {name: "2026-10-21"}


def test_the_conversation() -> None:
    turns = (Message("user", "1+1?"), Message("assistant", "2"), Message("user", "sure?"))
    body = body_of(Prompt(turns, system="Be brief."))
    assert body["system"] == "Be brief."
    assert body["messages"] == [
        {"role": "user", "content": "1+1?"},
        {"role": "assistant", "content": "2"},
        {"role": "user", "content": "sure?"},
    ]


def test_calls_and_their_results() -> None:
    """Results of parallel calls belong into one turn of the user, and what the user says then follows in it."""
    turns = (
        Message("user", "Weather?"),
        Message("assistant", "I look.", (CallMade("a", "f", '{"city": "Zürich"}'), CallMade("b", "g", ""))),
        Message("tool", "rain", call_id="a", tool_name="f"),
        Message("tool", "", call_id="b", tool_name="g"),
        Message("user", "And now?"),
        Message("assistant", "", (CallMade("c", "f", "{}"),)),
        Message("tool", "sun", call_id="c"),
    )
    assert body_of(Prompt(turns))["messages"] == [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "a", "name": "f", "input": {"city": "Zürich"}},
                {"type": "tool_use", "id": "b", "name": "g", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "rain"},
                {"type": "tool_result", "tool_use_id": "b", "content": ""},
                {"type": "text", "text": "And now?"},
            ],
        },
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "sun"}]},
    ]


@pytest.mark.parametrize(
    "call",
    [
        CallMade("a", "f", '{"x": '),
        CallMade("a", "f", "[1]"),
        CallMade("a", "f", "[" * 100_000),
        CallMade("a", "f", "ls", "custom"),
        CallMade("a", "f", "{}", "custom"),
    ],
)
def test_arguments_that_are_no_object_cannot_be_sent(call: CallMade) -> None:
    turns = (Message("user", "x"), Message("assistant", "", (call,)), Message("tool", "y", call_id="a"))
    with pytest.raises(RequestError, match=r"t: .*the earlier call of 'f'"):
        body_of(Prompt(turns))


PARAMETERS = {"type": "object", "properties": {"x": {"type": "integer"}}}


def test_tools_in_this_dialects_form() -> None:
    tools = (
        {"type": "function", "function": {"name": "f", "description": "F.", "parameters": PARAMETERS, "strict": True}},
        {"type": "function", "function": {"name": "g"}},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 3},  # the vendor's own go as they are
    )
    assert body_of(Prompt.of("x", tools=tools))["tools"] == [
        {"name": "f", "input_schema": PARAMETERS, "description": "F.", "strict": True},
        {"name": "g", "input_schema": {"type": "object"}},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 3},
    ]


def test_tools_with_free_text_are_refused() -> None:
    with pytest.raises(RequestError, match="t: the anthropic dialect has no tools with free text"):
        body_of(Prompt.of("x", tools=({"type": "custom", "custom": {"name": "sh"}},)))


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({"tool_choice": "auto"}, {"type": "auto"}),
        ({"tool_choice": "required"}, {"type": "any"}),
        ({"tool_choice": "any"}, {"type": "any"}),
        ({"tool_choice": "none"}, {"type": "none"}),
        ({"tool_choice": "f"}, {"type": "tool", "name": "f"}),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, {"type": "tool", "name": "f"}),
        ({"tool_choice": {"type": "tool", "name": "f"}}, {"type": "tool", "name": "f"}),
        ({"parallel_tool_calls": False}, {"type": "auto", "disable_parallel_tool_use": True}),
        (
            {"parallel_tool_calls": True, "tool_choice": "required"},
            {"type": "any", "disable_parallel_tool_use": False},
        ),
        ({"parallel_tool_calls": False, "tool_choice": "none"}, {"type": "none"}),
        ({}, None),
    ],
)
def test_tool_choice(options: dict[str, Any], sent: object) -> None:
    body = body_of(Prompt.of("x"), **options)
    assert body.get("tool_choice") == sent
    assert "parallel_tool_calls" not in body


def test_an_answer_by_a_schema() -> None:
    schema = {"type": "object", "properties": {}}
    body = body_of(Prompt((Message("user", "x"),), schema=schema), reasoning_effort="low")
    assert body["output_config"] == {"effort": "low", "format": {"type": "json_schema", "schema": schema}}
    given = {"effort": "max"}
    body = body_of(Prompt((Message("user", "x"),), schema=schema), output_config=given)
    assert body["output_config"] == {"effort": "max", "format": {"type": "json_schema", "schema": schema}}
    assert given == {"effort": "max"}
    with pytest.raises(RequestError, match="t: output_config"):
        body_of(Prompt.of("x"), output_config="max")


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({"temperature": 0, "top_p": 0.5, "top_k": 4}, {"temperature": 0, "top_p": 0.5, "top_k": 4}),
        ({"max_tokens": 7}, {"max_tokens": 7}),
        ({"stop": "END"}, {"stop_sequences": ["END"]}),
        ({"stop": ["a", "b"]}, {"stop_sequences": ["a", "b"]}),
        ({"reasoning_effort": "high"}, {"output_config": {"effort": "high"}}),
        ({"thinking": {"type": "adaptive"}}, {"thinking": {"type": "adaptive"}}),
        ({"metadata": {"user_id": "u"}}, {"metadata": {"user_id": "u"}}),
        ({"include_usage": True}, {}),  # it is always sent
        ({"include_usage": False}, {}),
    ],
)
def test_options(options: dict[str, Any], sent: dict[str, Any]) -> None:
    plain = body_of(Prompt.of("x"))
    assert body_of(Prompt.of("x"), **options) == plain | sent


@pytest.mark.parametrize("name", ["seed", "n", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs"])
def test_options_this_api_has_not(name: str) -> None:
    with pytest.raises(RequestError, match=f"t: the anthropic dialect has no {name}; leave it out for this target"):
        body_of(Prompt.of("x"), **{name: 1})


def test_going_on_from_a_kept_response_is_refused() -> None:
    with pytest.raises(RequestError, match="t: the anthropic dialect cannot go on"):
        body_of(Prompt((Message("user", "x"),), continues="resp_1"))


@pytest.mark.parametrize("value", [object(), "\ud83d"])
def test_an_option_that_cannot_be_sent_is_named_before_anything_is(value: object) -> None:
    with pytest.raises(RequestError, match="t: "):
        body_of(Prompt.of("x"), metadata=value)
