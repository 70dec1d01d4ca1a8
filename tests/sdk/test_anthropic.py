"""Anthropic's client against Messages."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sdk.asking import CITY, RAINBOW, RESULT, check_calls, until_it_breaks

anthropic = pytest.importorskip("anthropic")

ASKED: list[dict[str, Any]] = [{"role": "user", "content": RAINBOW}]


@pytest.fixture(scope="module")
def client(root: str) -> Iterator[Any]:
    with anthropic.Anthropic(base_url=root, api_key="none", max_retries=0) as client:
        yield client


def streamed(client: Any, model: str, **options: Any) -> tuple[Any, list[Any]]:
    """The message the vendor's helper builds, and the raw events it saw."""
    with client.messages.stream(model=model, messages=ASKED, **{"max_tokens": 8000, **options}) as stream:
        events = list(stream)
        return stream.get_final_message(), events


def blocks_of(message: Any) -> list[dict[str, Any]]:
    """The content without what the helper adds to it."""
    return [block.model_dump(exclude={"parsed_output"}) for block in message.content]


@pytest.mark.parametrize("model", ["swift", "polyglot", "thinker", "caller", "decliner", "brief"])
def test_the_helper_builds_from_the_stream_what_comes_without_one(client: Any, model: str) -> None:
    message, events = streamed(client, model)
    assert events[-1].type == "message_stop"
    whole = client.messages.create(model=model, messages=ASKED, max_tokens=8000)
    assert blocks_of(message) == blocks_of(whole)
    assert (message.id, message.stop_reason, message.stop_details) == (whole.id, whole.stop_reason, whole.stop_details)
    assert message.usage == whole.usage


def test_thinking_comes_first_and_is_signed(client: Any) -> None:
    message, events = streamed(client, "thinker", thinking={"type": "enabled", "budget_tokens": 2000})
    thinking, text = message.content
    assert (thinking.type, text.type, message.stop_reason) == ("thinking", "text", "end_turn")
    assert len(thinking.thinking) > 200
    assert thinking.signature
    assert "42°" in text.text
    assert "".join(event.thinking for event in events if event.type == "thinking") == thinking.thinking
    assert message.usage.output_tokens_details.thinking_tokens > 100
    assert message.usage.output_tokens > message.usage.output_tokens_details.thinking_tokens
    hidden, _ = streamed(client, "thinker", thinking={"type": "adaptive", "display": "omitted"})
    assert (hidden.content[0].type, hidden.content[0].thinking) == ("thinking", "")
    without, _ = streamed(client, "thinker", thinking={"type": "disabled"})
    assert [block.type for block in without.content] == ["text"]


def test_parallel_calls_come_in_fragments_and_are_parsed(client: Any) -> None:
    message, events = streamed(client, "caller")
    assert message.stop_reason == "tool_use"
    check_calls([(block.name, block.input) for block in message.content])
    fragments = [event.partial_json for event in events if event.type == "input_json"]
    assert len(fragments) > 20
    assert all(block.id.startswith("toolu_") for block in message.content)


def test_results_of_tools_are_used_and_missing_ones_refused(client: Any) -> None:
    tools = [{"name": "get_weather", "input_schema": CITY}]
    options = {"model": "swift", "max_tokens": 500, "tools": tools}
    asked = client.messages.create(messages=ASKED, tool_choice={"type": "any"}, **options)
    (call,) = asked.content
    assert isinstance(call.input["city"], str)
    said = [*ASKED, {"role": "assistant", "content": asked.content}]
    result = {"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": RESULT}]}
    answer = client.messages.create(messages=[*said, {"role": "user", "content": [result]}], **options)
    assert "`temperature`: 18" in answer.content[0].text
    with pytest.raises(anthropic.BadRequestError, match="`tool_use` ids were found without `tool_result`"):
        client.messages.create(messages=[*said, {"role": "user", "content": "Well?"}], **options)
    with pytest.raises(anthropic.BadRequestError, match="unexpected `tool_use_id`"):
        client.messages.create(messages=[*ASKED, {"role": "user", "content": [result]}], **options)


def test_results_after_thinking_need_the_thinking_as_it_came(client: Any) -> None:
    """What the vendor's client hands back is taken, and nothing less."""
    options = {
        "model": "thinker",
        "max_tokens": 5000,
        "tools": [{"name": "get_weather", "input_schema": CITY}],
        "thinking": {"type": "enabled", "budget_tokens": 1024},
    }
    asked = client.messages.create(messages=ASKED, tool_choice={"type": "any"}, **options)
    thinking, call = asked.content
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": RESULT}]}

    def answered(*content: Any) -> str:
        said = [*ASKED, {"role": "assistant", "content": list(content)}, result]
        return str(client.messages.create(messages=said, **options).content[-1].text)

    assert "`temperature`: 18" in answered(thinking, call)
    with pytest.raises(anthropic.BadRequestError, match="Expected `thinking` or `redacted_thinking`"):
        answered(call)
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature` in `thinking` block"):
        answered({**thinking.to_dict(), "thinking": "Something else."}, call)


def test_stop_reasons(client: Any) -> None:
    refused, _ = streamed(client, "decliner")
    assert (refused.stop_reason, refused.stop_details.type) == ("refusal", "refusal")
    assert "I'm sorry" in refused.content[0].text
    cut, _ = streamed(client, "deep", max_tokens=20)
    assert (cut.stop_reason, cut.usage.output_tokens) == ("max_tokens", 20)
    stopped, _ = streamed(client, "deep", stop_sequences=["\n\n."[:2] + "A", "rain"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "rain")
    assert "rain" not in stopped.content[0].text


def test_a_prefilled_answer_is_continued(client: Any) -> None:
    whole = client.messages.create(model="deep", messages=ASKED, max_tokens=4000).content[0].text
    prefix = whole[:101].rstrip()
    said = [*ASKED, {"role": "assistant", "content": prefix}]
    rest = client.messages.create(model="deep", messages=said, max_tokens=4000).content[0].text
    assert prefix + rest == whole
    with pytest.raises(anthropic.BadRequestError, match="trailing whitespace"):
        client.messages.create(model="deep", messages=[*ASKED, {"role": "assistant", "content": "A "}], max_tokens=9)


def test_a_schema_is_filled(client: Any) -> None:
    wanted = {"format": {"type": "json_schema", "schema": CITY}}
    answer = client.messages.create(model="swift", messages=ASKED, max_tokens=500, output_config=wanted)
    assert isinstance(json.loads(answer.content[0].text)["city"], str)


def test_errors_have_their_types(client: Any) -> None:
    with pytest.raises(anthropic.RateLimitError) as limited:
        client.messages.create(model="limited", messages=ASKED, max_tokens=9)
    headers = limited.value.response.headers
    assert (headers["retry-after"], headers["anthropic-ratelimit-requests-remaining"]) == ("2", "0")
    assert limited.value.request_id == limited.value.body["request_id"]
    assert limited.value.body["error"]["type"] == "rate_limit_error"
    with pytest.raises(anthropic.NotFoundError, match="model: claude-x"):
        client.messages.create(model="claude-x", messages=ASKED, max_tokens=9)
    with pytest.raises(anthropic.BadRequestError, match="max_tokens"):
        client.messages.create(model="swift", messages=ASKED, max_tokens=0)
    with pytest.raises(anthropic.BadRequestError, match="temperature"):
        client.messages.create(model="swift", messages=ASKED, max_tokens=9, extra_body={"temperature": 0.5})


def test_a_dying_message_has_no_stop(client: Any) -> None:
    options = {"model": "fragile", "messages": ASKED, "max_tokens": 4000}
    events, error = until_it_breaks(client.messages.create(**options, stream=True))
    assert type(error).__name__ == "RemoteProtocolError"
    assert [events[0].type, events[-1].type] == ["message_start", "content_block_delta"]


def test_the_models_are_listed(client: Any) -> None:
    assert {"swift", "thinker"} <= {model.id for model in client.models.list()}
    assert client.models.retrieve("swift").display_name == "Swift"
