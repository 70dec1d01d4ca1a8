"""OpenAI's client against Responses, Completions and Azure's URLs. (Chat: tests/demo/test_process.py.)"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sdk.asking import CITY, RAINBOW, RESULT, check_calls, until_it_breaks

openai = pytest.importorskip("openai")


@pytest.fixture(scope="module")
def client(root: str) -> Iterator[Any]:
    with openai.OpenAI(base_url=f"{root}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def azure(root: str) -> Iterator[Any]:
    with openai.AzureOpenAI(
        azure_endpoint=root, azure_deployment="thinker", api_version="2024-10-21", api_key="none", max_retries=0
    ) as client:
        yield client


def events_of(client: Any, model: str, **options: Any) -> list[Any]:
    events = list(client.responses.create(model=model, input=RAINBOW, stream=True, **options))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    return events


def joined(events: list[Any], kind: str) -> str:
    return "".join(event.delta for event in events if event.type == f"response.{kind}.delta")


def test_responses_are_followed_to_their_end(client: Any) -> None:
    """The vendor's helper checks the order of events and builds the answer from them."""
    with client.responses.stream(model="polyglot", input=RAINBOW) as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert final.status == "completed"
    assert final.output_text == joined(events, "output_text")
    assert "虹" in final.output_text
    assert final.usage.total_tokens == final.usage.input_tokens + final.usage.output_tokens
    assert final.usage.output_tokens > 100
    done = [event for event in events if event.type == "response.output_text.done"]
    assert [event.text for event in done] == [final.output_text]


@pytest.mark.parametrize("model", ["thinker", "caller", "decliner", "swift"])
def test_a_response_without_a_stream_says_the_same(client: Any, model: str) -> None:
    streamed = events_of(client, model)[-1].response
    whole = client.responses.create(model=model, input=RAINBOW)
    assert whole.output == streamed.output
    assert whole.usage == streamed.usage


def test_responses_tell_reasoning_as_text_or_as_summary(client: Any) -> None:
    plain = events_of(client, "thinker")
    summed = events_of(client, "thinker", reasoning={"summary": "auto"})
    text = joined(plain, "reasoning_text")
    parts = [event.text for event in summed if event.type == "response.reasoning_summary_text.done"]
    assert len(parts) > 1
    assert "\n\n".join(parts) == text
    assert joined(summed, "reasoning_summary_text") == "".join(parts)
    final = summed[-1].response
    assert [part.text for part in final.output[0].summary] == parts
    assert plain[-1].response.output[0].content[0].text == text
    assert final.usage.output_tokens_details.reasoning_tokens > 100
    assert joined(events_of(client, "thinker", reasoning={"effort": "none"}), "reasoning_text") == ""


def test_responses_stream_parallel_calls(client: Any) -> None:
    events = events_of(client, "caller")
    deltas: dict[int, str] = {}
    for event in events:
        if event.type == "response.function_call_arguments.delta":
            deltas[event.output_index] = deltas.get(event.output_index, "") + event.delta
    calls = events[-1].response.output
    assert list(deltas.values()) == [call.arguments for call in calls]
    check_calls([(call.name, json.loads(call.arguments)) for call in calls])
    assert len({call.call_id for call in calls}) == 2


def test_responses_go_on_with_the_results_of_tools(client: Any) -> None:
    tools = [{"type": "function", "name": "get_weather", "parameters": CITY}]
    asked: list[Any] = [{"role": "user", "content": "How is the weather?"}]
    (call,) = client.responses.create(model="swift", input=asked, tools=tools, tool_choice="required").output
    assert call.name == "get_weather"
    assert isinstance(json.loads(call.arguments)["city"], str)
    result = {"type": "function_call_output", "call_id": call.call_id, "output": RESULT}
    answer = client.responses.create(model="swift", input=[*asked, call, result], tools=tools)
    assert "`temperature`: 18" in answer.output_text
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call"):
        client.responses.create(model="swift", input=[*asked, call])


def test_responses_tell_refusals_and_limits(client: Any) -> None:
    refused = events_of(client, "decliner")
    assert "I'm sorry" in joined(refused, "refusal")
    assert refused[-1].response.output[0].content[0].type == "refusal"
    cut = events_of(client, "brief")[-1]
    assert cut.type == "response.incomplete"
    assert cut.response.incomplete_details.reason == "max_output_tokens"
    assert cut.response.output[0].status == "incomplete"
    assert cut.response.usage.output_tokens == 64


def test_responses_fill_a_schema(client: Any) -> None:
    form = {"type": "json_schema", "name": "place", "schema": CITY, "strict": True}
    answer = client.responses.create(model="swift", input=RAINBOW, text={"format": form})
    assert isinstance(json.loads(answer.output_text)["city"], str)


def test_openai_errors_have_their_types(client: Any) -> None:
    with pytest.raises(openai.RateLimitError) as limited:
        client.responses.create(model="limited", input="hi", stream=True)
    assert limited.value.response.headers["retry-after"] == "2"
    assert limited.value.code == "rate_limit_exceeded"
    with pytest.raises(openai.NotFoundError) as unknown:
        client.responses.create(model="gpt-x", input="hi")
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as wrong:
        client.responses.create(model="swift", input="hi", max_output_tokens=3)
    assert wrong.value.param == "max_output_tokens"


def test_a_dying_response_has_no_end(client: Any) -> None:
    events, error = until_it_breaks(client.responses.create(model="fragile", input=RAINBOW, stream=True))
    assert isinstance(error, openai.APIConnectionError)
    assert [events[0].type, events[-1].type] == ["response.created", "response.output_text.delta"]


def test_completions_are_text_and_no_more(client: Any) -> None:
    options = {"prompt": RAINBOW, "max_tokens": 4000, "stream": True, "stream_options": {"include_usage": True}}
    *chunks, usage = list(client.completions.create(model="thinker", **options))
    text = "".join(chunk.choices[0].text for chunk in chunks)
    assert "42°" in text
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert usage.usage.completion_tokens > 100
    whole = client.completions.create(model="thinker", prompt=RAINBOW, max_tokens=4000)
    assert whole.choices[0].text == text
    assert whole.usage == usage.usage


def test_completions_stop_early_unless_told_otherwise(client: Any) -> None:
    cut = client.completions.create(model="swift", prompt=RAINBOW, echo=True, n=2)
    assert [choice.finish_reason for choice in cut.choices] == ["length", "length"]
    assert cut.usage.completion_tokens == 32
    assert all(choice.text.startswith(RAINBOW) for choice in cut.choices)
    with pytest.raises(openai.RateLimitError):
        client.completions.create(model="limited", prompt="hi")


def test_azure_begins_with_a_chunk_about_the_prompt(azure: Any) -> None:
    messages = [{"role": "user", "content": RAINBOW}]
    first, *chunks = list(azure.chat.completions.create(model="thinker", messages=messages, stream=True))
    assert (first.id, first.model, first.choices) == ("", "", [])
    assert first.prompt_filter_results[0]["content_filter_results"]["hate"]["filtered"] is False
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert "42°" in text
    assert chunks[-1].choices[0].finish_reason == "stop"
    whole = azure.chat.completions.with_raw_response.create(model="thinker", messages=messages)
    assert whole.headers["apim-request-id"]
    answer = whole.parse()
    assert answer.choices[0].message.content == text
    assert answer.choices[0].content_filter_results["violence"]["severity"] == "safe"


def test_azures_helper_follows_tool_calls(root: str) -> None:
    with openai.AzureOpenAI(
        azure_endpoint=root, azure_deployment="caller", api_version="2024-10-21", api_key="none"
    ) as azure:
        with azure.chat.completions.stream(model="caller", messages=[{"role": "user", "content": RAINBOW}]) as stream:
            message = stream.get_final_completion().choices[0].message
        answer = azure.responses.create(model="swift", input=RAINBOW)
    check_calls([(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls])
    assert answer.output_text


def test_azure_errors_are_its_own(root: str) -> None:
    options = {"api_key": "none", "max_retries": 0, "api_version": "2024-10-21"}
    messages = [{"role": "user", "content": "hi"}]
    for deployment, kind, code in (
        ("gpt-x", openai.NotFoundError, "DeploymentNotFound"),
        ("limited", openai.RateLimitError, "429"),
    ):
        with openai.AzureOpenAI(azure_endpoint=root, azure_deployment=deployment, **options) as azure:  # noqa: SIM117
            with pytest.raises(kind) as refused:
                azure.chat.completions.create(model=deployment, messages=messages)
        assert refused.value.code == code


def test_azures_newest_paths_take_the_deployment_in_the_body(root: str) -> None:
    messages = [{"role": "user", "content": "hi"}]
    with openai.OpenAI(base_url=f"{root}/openai/v1", api_key="none") as newest:
        chunks = list(newest.chat.completions.create(model="swift", messages=messages, stream=True))
        assert chunks[0].choices == []
        assert newest.responses.create(model="swift", input="hi").output_text
