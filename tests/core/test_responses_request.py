"""What is sent to `/responses`, in every form a prompt and its options can take."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tui.core.dialects import dialect_named
from tui.core.errors import RequestError
from tui.core.request import CallMade, Message, Prompt
from tui.core.target import Target

CHAT_TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "description": "Weather", "parameters": {"type": "object"}},
}
FLAT_TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Weather",
    "parameters": {"type": "object"},
    "strict": False,
}


def sent(prompt: Prompt, options: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The decoded body."""
    target = Target(
        "t", "openai", "gpt", "responses", "https://api.example/v1", {**(options or {}), **more}, {"X": "a"}
    )
    before = json.dumps(dict(target.options), default=repr)
    request = dialect_named("responses").build_request(target, prompt)
    assert request.url == "https://api.example/v1/responses"
    assert (request.method, dict(request.headers)) == ("POST", {"X": "a"})
    assert json.dumps(dict(target.options), default=repr) == before
    body: dict[str, Any] = json.loads(request.body)
    return body


def test_one_question_is_sent_as_text() -> None:
    assert sent(Prompt.of("Hi", system="Be brief."), temperature=0) == {
        "model": "gpt",
        "input": "Hi",
        "instructions": "Be brief.",
        "stream": True,
        "temperature": 0,
    }
    assert sent(Prompt.of("Hi")) == {"model": "gpt", "input": "Hi", "stream": True}


def test_a_conversation_is_sent_as_items() -> None:
    turns = (Message("user", "1+1?"), Message("assistant", "2"), Message("user", "sure?"))
    assert sent(Prompt(turns))["input"] == [
        {"role": "user", "content": "1+1?"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "2"}]},
        {"role": "user", "content": "sure?"},
    ]


def test_calls_and_their_results_are_items_of_their_own() -> None:
    made = (CallMade("call_1", "get_weather", '{"city": "Paris"}'), CallMade("call_2", "run", "ls -l", "custom"))
    turns = (
        Message("user", "Weather?"),
        Message("assistant", "I will look.", made),
        Message("tool", "21 degrees", call_id="call_1", tool_name="get_weather"),
        Message("tool", "a.txt", call_id="call_2", tool_name="run"),
    )
    assert sent(Prompt(turns))["input"] == [
        {"role": "user", "content": "Weather?"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I will look."}]},
        {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": '{"city": "Paris"}'},
        {"type": "custom_tool_call", "call_id": "call_2", "name": "run", "input": "ls -l"},
        {"type": "function_call_output", "call_id": "call_1", "output": "21 degrees"},
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": "a.txt"},
    ]


def test_calls_without_text_are_sent_without_an_empty_message() -> None:
    turns = (Message("user", "x"), Message("assistant", "", (CallMade("c", "f", "not JSON"),)))
    assert sent(Prompt(turns))["input"][1:] == [
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "not JSON"}
    ]
    empty = sent(Prompt((Message("user", "x"), Message("assistant", ""))))["input"][1]
    assert empty["content"] == [{"type": "output_text", "text": ""}]


def test_continuing_a_response_the_server_keeps() -> None:
    body = sent(Prompt((Message("user", "and then?"),), system="Be brief.", continues="resp_1"))
    assert (body["previous_response_id"], body["input"], body["instructions"]) == ("resp_1", "and then?", "Be brief.")
    result = Prompt((Message("tool", "21", call_id="call_1"),), continues="resp_1")
    assert sent(result)["input"] == [{"type": "function_call_output", "call_id": "call_1", "output": "21"}]


def test_tools_in_the_flat_form() -> None:
    assert sent(Prompt.of("x", tools=(CHAT_TOOL,)))["tools"] == [FLAT_TOOL]
    strict = {"type": "function", "function": {"name": "f", "strict": True}}
    assert sent(Prompt.of("x", tools=(strict,)))["tools"] == [{"type": "function", "name": "f", "strict": True}]
    assert sent(Prompt.of("x", tools=({"type": "web_search"},)))["tools"] == [{"type": "web_search"}]
    assert sent(Prompt.of("x", tools=(FLAT_TOOL,)))["tools"] == [FLAT_TOOL]


def test_custom_tools_in_the_flat_form() -> None:
    grammar = {"syntax": "lark", "definition": "start: /x/"}
    tool = {"type": "custom", "custom": {"name": "run", "format": {"type": "grammar", "grammar": grammar}}}
    assert sent(Prompt.of("x", tools=(tool,)))["tools"] == [
        {"type": "custom", "name": "run", "format": {"type": "grammar", **grammar}}
    ]
    plain = {"type": "custom", "custom": {"name": "run", "format": {"type": "text"}}}
    assert sent(Prompt.of("x", tools=(plain,)))["tools"] == [
        {"type": "custom", "name": "run", "format": {"type": "text"}}
    ]


@pytest.mark.parametrize(
    ("choice", "wire"),
    [
        ("auto", "auto"),
        ("none", "none"),
        ("required", "required"),
        ("get_weather", {"type": "function", "name": "get_weather"}),
        ("run", {"type": "custom", "name": "run"}),
        ({"type": "function", "function": {"name": "f"}}, {"type": "function", "name": "f"}),
        ({"type": "custom", "custom": {"name": "f"}}, {"type": "custom", "name": "f"}),
        ({"type": "function", "name": "f"}, {"type": "function", "name": "f"}),
        ({"type": "web_search"}, {"type": "web_search"}),
    ],
)
def test_tool_choice(choice: object, wire: object) -> None:
    tools = (CHAT_TOOL, {"type": "custom", "custom": {"name": "run"}})
    assert sent(Prompt.of("x", tools=tools), tool_choice=choice)["tool_choice"] == wire


def test_a_schema_is_the_format_of_the_text() -> None:
    prompt = Prompt((Message("user", "x"),), schema={"type": "object"})
    text_format = {"type": "json_schema", "name": "answer", "strict": True, "schema": {"type": "object"}}
    assert sent(prompt)["text"] == {"format": text_format}
    assert sent(prompt, verbosity="low")["text"] == {"format": text_format, "verbosity": "low"}
    assert sent(prompt, text={"verbosity": "low"})["text"] == {"format": text_format, "verbosity": "low"}
    with pytest.raises(RequestError, match="text"):
        sent(prompt, text="low")


@pytest.mark.parametrize(
    ("options", "wire"),
    [
        ({"temperature": 0.5}, {"temperature": 0.5}),
        ({"top_p": 0.9}, {"top_p": 0.9}),
        ({"max_tokens": 100}, {"max_output_tokens": 100}),
        ({"max_output_tokens": 100}, {"max_output_tokens": 100}),
        ({"parallel_tool_calls": False}, {"parallel_tool_calls": False}),
        ({"reasoning_effort": "low"}, {"reasoning": {"effort": "low"}}),
        ({"reasoning_effort": "low", "reasoning.summary": "auto"}, {"reasoning": {"effort": "low", "summary": "auto"}}),
        (
            {"reasoning_effort": "low", "reasoning": {"summary": "auto"}},
            {"reasoning": {"effort": "low", "summary": "auto"}},
        ),
        ({"logprobs": True}, {"include": ["message.output_text.logprobs"]}),
        ({"logprobs": False}, {}),
        ({"logprobs": True, "top_logprobs": 3}, {"include": ["message.output_text.logprobs"], "top_logprobs": 3}),
        ({"top_logprobs": 3}, {"include": ["message.output_text.logprobs"], "top_logprobs": 3}),
        (
            {"logprobs": True, "include": ["reasoning.encrypted_content"]},
            {"include": ["reasoning.encrypted_content", "message.output_text.logprobs"]},
        ),
        (
            {"logprobs": True, "include": ["message.output_text.logprobs"]},
            {"include": ["message.output_text.logprobs"]},
        ),
        ({"include": "x"}, {"include": "x"}),
        ({"n": 1}, {}),
        ({"include_usage": False}, {}),  # of the chat dialect: here usage always comes
        ({"store": False, "truncation": "auto"}, {"store": False, "truncation": "auto"}),
        ({"stream_options": {"include_obfuscation": False}}, {"stream_options": {"include_obfuscation": False}}),
        ({"never_heard_of": [1, {"a": None}]}, {"never_heard_of": [1, {"a": None}]}),
    ],
)
def test_options(options: dict[str, Any], wire: dict[str, Any]) -> None:
    assert sent(Prompt.of("x"), options) == {"model": "gpt", "input": "x", "stream": True, **wire}


@pytest.mark.parametrize("name", ["top_k", "stop", "seed", "n", "presence_penalty", "frequency_penalty"])
def test_options_this_api_does_not_have_are_refused(name: str) -> None:
    with pytest.raises(RequestError, match=f"t: the responses dialect has no {name}; leave it out for this target"):
        sent(Prompt.of("x"), {name: 2})


@pytest.mark.parametrize(
    "options", [{"user": object()}, {"user": "\ud83d"}, {"logprobs": True, "include": "x"}, {"metadata": int}]
)
def test_options_that_cannot_be_sent_are_named_before_anything_is(options: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="t: "):
        sent(Prompt.of("x"), options)


def test_the_query_of_the_target_is_kept() -> None:
    target = Target("t", "azure", "gpt", "responses", "https://a.example/openai", query={"api-version": "2025-04-01"})
    request = dialect_named("responses").build_request(target, Prompt.of("x"))
    assert request.url == "https://a.example/openai/responses?api-version=2025-04-01"
