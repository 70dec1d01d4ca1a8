"""Chat completions on the wire: every chunk's shape and their order."""

import json
import math
from typing import Any

import pytest

from tests.demo.asking import RAINBOW
from tui.demo.catalogue import script_for
from tui.demo.dialects.chat_request import read_chat_request
from tui.demo.dialects.chat_wire import ChatWriter
from tui.demo.exchange import BadRequestError, Incoming
from tui.demo.models import MODELS
from tui.demo.question import Question, Turn

STREAMED = [name for name in MODELS if name not in ("limited", "fragile")] + ["load-100-20"]
DELTA_KEYS = {"role", "content", "refusal", "reasoning_content", "tool_calls"}


def stream(model: str, include_usage: bool = True, choices: int = 1) -> list[bytes]:
    """The events of one streamed answer."""
    question = Question(model=model, turns=(Turn("user", RAINBOW),), seed=7, choices=choices)
    writer = ChatWriter(question, include_usage)
    events = [writer.write(step) for step in script_for(question)]
    return [event for event in events if event] + list(writer.ending())


def chunks(events: list[bytes]) -> list[dict[str, Any]]:
    """The JSON of all events but the end marker."""
    return [json.loads(event.removeprefix(b"data: ")) for event in events[:-1]]


@pytest.mark.parametrize("model", STREAMED)
def test_each_event_is_one_data_line(model: str) -> None:
    for event in stream(model):
        assert event.startswith(b"data: ")
        assert event.endswith(b"\n\n")
        assert event.count(b"\n") == 2
        assert b"\r" not in event


@pytest.mark.parametrize("model", STREAMED)
def test_every_chunk_has_the_published_shape(model: str) -> None:
    found = chunks(stream(model))
    assert len({(chunk["id"], chunk["created"], chunk["model"], chunk["system_fingerprint"]) for chunk in found}) == 1
    assert found[0]["id"].startswith("chatcmpl-")
    assert found[0]["model"] == model
    for chunk in found[:-1]:
        assert chunk["object"] == "chat.completion.chunk"
        assert chunk["usage"] is None
        (choice,) = chunk["choices"]
        assert choice.keys() == {"index", "delta", "logprobs", "finish_reason"}
        assert choice["delta"].keys() <= DELTA_KEYS


@pytest.mark.parametrize("model", STREAMED)
def test_the_order_is_role_deltas_finish_usage_done(model: str) -> None:
    events = stream(model)
    assert events[-1] == b"data: [DONE]\n\n"
    *deltas, finish, usage = chunks(events)
    assert deltas[0]["choices"][0]["delta"]["role"] == "assistant"
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in deltas)
    assert all("role" not in chunk["choices"][0]["delta"] for chunk in deltas[1:])
    assert finish["choices"][0]["delta"] == {}
    assert finish["choices"][0]["finish_reason"] in ("stop", "length", "tool_calls")
    assert usage["choices"] == []
    counted = usage["usage"]
    assert counted["prompt_tokens"] + counted["completion_tokens"] == counted["total_tokens"]
    assert counted["completion_tokens"] >= len(deltas) - 1 > 0


def test_without_include_usage_no_chunk_mentions_usage() -> None:
    assert not any(b'"usage"' in event for event in stream("swift", include_usage=False))


def test_reasoning_is_counted_and_its_chunks_have_null_content() -> None:
    found = chunks(stream("thinker"))
    thoughts = [chunk for chunk in found[:-1] if "reasoning_content" in chunk["choices"][0]["delta"]]
    assert all(chunk["choices"][0]["delta"]["content"] is None for chunk in thoughts)
    assert found[-1]["usage"]["completion_tokens_details"]["reasoning_tokens"] == len(thoughts) > 100


def test_tool_calls_open_with_id_and_name_and_go_on_with_arguments_only() -> None:
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks(stream("caller"))[:-2]]
    assert deltas[0] == {"role": "assistant", "content": None, "refusal": None}
    arguments = {0: "", 1: ""}
    for delta in deltas[1:]:
        (call,) = delta["tool_calls"]
        assert call.keys() in ({"index", "id", "type", "function"}, {"index", "function"})
        assert ("id" in call) == ("name" in call["function"]) == (arguments[call["index"]] == "" and "id" in call)
        arguments[call["index"]] += call["function"]["arguments"]
    assert all(json.loads(text) for text in arguments.values())


def test_every_choice_has_its_own_role_and_finish() -> None:
    found = chunks(stream("chorus", choices=3))[:-1]
    for key, wanted in (("role", "assistant"), ("finish_reason", "stop")):
        places = [chunk["choices"][0] for chunk in found]
        indexes = [place["index"] for place in places if (place | place["delta"]).get(key) == wanted]
        assert sorted(indexes) == [0, 1, 2]


def test_text_is_sent_as_raw_utf_8() -> None:
    assert "虹".encode() in b"".join(stream("polyglot"))


@pytest.mark.parametrize("model", STREAMED)
def test_the_whole_answer_says_what_the_stream_says(model: str) -> None:
    question = Question(model=model, turns=(Turn("user", RAINBOW),), seed=7)
    whole = json.loads(ChatWriter(question, include_usage=False).whole(script_for(question)))
    message = whole["choices"][0]["message"]
    found = chunks(stream(model))
    for key in ("content", "refusal", "reasoning_content"):
        streamed = "".join(chunk["choices"][0]["delta"].get(key) or "" for chunk in found[:-1])
        assert (message.get(key) or "") == streamed
    assert whole["object"] == "chat.completion"
    assert whole["id"] == found[0]["id"]
    assert whole["usage"] == found[-1]["usage"]
    assert whole["choices"][0]["finish_reason"] == found[-2]["choices"][0]["finish_reason"]
    assert len(message.get("tool_calls", [])) == (2 if model == "caller" else 0)


# -- log probabilities ----------------------------------------------------------------------------------------------


def odds_of(alternatives: int | None) -> list[Any]:
    """What a streamed answer has for `logprobs`, chunk by chunk."""
    question = Question(model="swift", turns=(Turn("user", RAINBOW),), seed=7)
    writer = ChatWriter(question, False, alternatives)
    events = [event for step in script_for(question) if (event := writer.write(step))]
    return [json.loads(event.removeprefix(b"data: "))["choices"][0] for event in events]


def test_each_piece_of_text_has_its_log_probabilities() -> None:
    found = odds_of(5)
    for choice in found:
        text = choice["delta"].get("content")
        tokens = choice["logprobs"]["content"] if choice["logprobs"] else []
        assert "".join(token["token"] for token in tokens) == (text or "")
        for token in tokens:
            assert token["logprob"] <= 0
            assert token["bytes"] == list(token["token"].encode())
            assert 1 <= len(token["top_logprobs"]) <= 5
            ordered = [other["logprob"] for other in token["top_logprobs"]]
            assert ordered == sorted(ordered, reverse=True)
            assert sum(math.exp(logprob) for logprob in ordered) <= 1.001
    assert sum(bool(choice["logprobs"]) for choice in found) > 20


def test_log_probabilities_are_the_same_each_time_and_left_out_unless_asked_for() -> None:
    assert odds_of(3) == odds_of(3)
    assert all(choice["logprobs"] is None for choice in odds_of(None))
    assert all(
        not token["top_logprobs"] for choice in odds_of(0) for token in (choice["logprobs"] or {}).get("content", [])
    )


def test_a_whole_answer_has_them_too() -> None:
    question = Question(model="swift", turns=(Turn("user", RAINBOW),), seed=7)
    body = json.loads(ChatWriter(question, False, 2).whole(script_for(question)))
    (choice,) = body["choices"]
    assert "".join(token["token"] for token in choice["logprobs"]["content"]) == choice["message"]["content"]


def test_alternatives_without_log_probabilities_are_refused() -> None:
    body = {"model": "swift", "messages": [{"role": "user", "content": "hi"}], "top_logprobs": 2}
    with pytest.raises(BadRequestError, match="only allowed when 'logprobs' is enabled"):
        read_chat_request(Incoming(body, 7))
