"""Google's client against Gemini's API."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sdk.asking import CITY, RAINBOW, RESULT, check_calls, until_it_breaks

genai = pytest.importorskip("google.genai")
errors = pytest.importorskip("google.genai.errors")


@pytest.fixture(scope="module")
def client(root: str) -> Iterator[Any]:
    client = genai.Client(api_key="none", http_options={"base_url": root, "api_version": "v1beta"})
    yield client
    client.close()


def streamed(client: Any, model: str, contents: Any = RAINBOW, **config: Any) -> list[Any]:
    return list(client.models.generate_content_stream(model=model, contents=contents, config=config))


def parts_of(chunks: list[Any]) -> list[Any]:
    found = [chunk.candidates[0].content for chunk in chunks]
    return [part for content in found if content is not None for part in content.parts]


def said(chunks: list[Any], is_thought: bool = False) -> str:
    return "".join(part.text or "" for part in parts_of(chunks) if bool(part.thought) == is_thought)


@pytest.mark.parametrize("model", ["swift", "polyglot", "thinker", "decliner", "brief"])
def test_a_stream_says_what_comes_without_one(client: Any, model: str) -> None:
    chunks = streamed(client, model, thinking_config={"include_thoughts": True})
    whole = client.models.generate_content(
        model=model, contents=RAINBOW, config={"thinking_config": {"include_thoughts": True}}
    )
    assert said([whole]) == said(chunks) != ""
    assert said([whole], is_thought=True) == said(chunks, is_thought=True)
    assert whole.candidates[0].finish_reason == chunks[-1].candidates[0].finish_reason
    assert whole.usage_metadata == chunks[-1].usage_metadata
    assert whole.response_id == chunks[0].response_id


def test_thoughts_are_told_only_when_asked_for_and_always_counted(client: Any) -> None:
    told = streamed(client, "thinker", thinking_config={"include_thoughts": True})
    untold = streamed(client, "thinker")
    none = streamed(client, "thinker", thinking_config={"thinking_budget": 0})
    assert len(said(told, is_thought=True)) > 200
    assert said(untold, is_thought=True) == ""
    assert "42°" in said(untold)
    for chunks in (told, untold):
        usage = chunks[-1].usage_metadata
        assert usage.thoughts_token_count > 100
        total = usage.prompt_token_count + usage.candidates_token_count + usage.thoughts_token_count
        assert usage.total_token_count == total
    assert told[0].usage_metadata.candidates_token_count is None
    assert none[-1].usage_metadata.thoughts_token_count is None
    assert parts_of(told)[-1].thought_signature


def test_calls_come_whole(client: Any) -> None:
    chunks = streamed(client, "caller")
    calls = [part.function_call for part in parts_of(chunks)]
    check_calls([(call.name, call.args) for call in calls])
    assert chunks[-1].candidates[0].finish_reason == "STOP"
    whole = client.models.generate_content(model="caller", contents=RAINBOW)
    assert whole.function_calls == calls


def test_results_of_functions_are_used_and_missing_ones_refused(client: Any) -> None:
    declared = {"name": "get_weather", "parameters_json_schema": CITY}
    config: dict[str, Any] = {
        "tools": [{"function_declarations": [declared]}],
        "tool_config": {"function_calling_config": {"mode": "ANY"}},
        "automatic_function_calling": {"disable": True},
    }
    asked = client.models.generate_content(model="swift", contents=RAINBOW, config=config)
    (call,) = asked.function_calls
    assert isinstance(call.args["city"], str)
    before = [{"role": "user", "parts": [{"text": RAINBOW}]}, asked.candidates[0].content]
    result = {"function_response": {"name": call.name, "response": json.loads(RESULT)}}
    answer = client.models.generate_content(model="swift", contents=[*before, {"role": "user", "parts": [result]}])
    assert "`temperature`: 18" in answer.text
    unsigned = {"role": "model", "parts": [{"function_call": {"name": call.name, "args": call.args}}]}
    with pytest.raises(errors.ClientError, match="missing a thought_signature"):
        client.models.generate_content(
            model="swift", contents=[before[0], unsigned, {"role": "user", "parts": [result]}]
        )
    with pytest.raises(errors.ClientError, match="number of function response parts"):
        client.models.generate_content(model="swift", contents=[*before, {"role": "user", "parts": [{"text": "?"}]}])


def test_finish_reasons(client: Any) -> None:
    refused = streamed(client, "decliner")[-1].candidates[0]
    assert (refused.finish_reason, refused.safety_ratings[0].blocked) == ("SAFETY", True)
    cut = streamed(client, "deep", max_output_tokens=20)
    assert cut[-1].candidates[0].finish_reason == "MAX_TOKENS"
    assert cut[-1].usage_metadata.candidates_token_count == 20
    assert streamed(client, "swift")[-1].candidates[0].finish_reason == "STOP"


def test_candidates_and_schemas(client: Any) -> None:
    two = client.models.generate_content(model="chorus", contents=RAINBOW, config={"candidate_count": 2})
    one, other = (candidate.content.parts[0].text for candidate in two.candidates)
    assert one != other
    config = {
        "response_mime_type": "application/json",
        "response_schema": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}, "days": {"type": "INTEGER"}}},
    }
    answer = json.loads(client.models.generate_content(model="swift", contents=RAINBOW, config=config).text)
    assert (type(answer["city"]), type(answer["days"])) == (str, int)


def test_a_chat_continues_with_its_history(client: Any) -> None:
    chat = client.chats.create(model="swift", config={"system_instruction": "Be brief."})
    first = "".join(chunk.text or "" for chunk in chat.send_message_stream(RAINBOW))
    second = chat.send_message("Why is the sky blue?").text
    assert "rainbow" in first
    assert "scatter" in second


def test_errors_have_their_types(client: Any) -> None:
    with pytest.raises(errors.ClientError) as limited:
        streamed(client, "limited")
    assert (limited.value.code, limited.value.status) == (429, "RESOURCE_EXHAUSTED")
    assert limited.value.details["error"]["details"][-1]["retryDelay"] == "2s"
    with pytest.raises(errors.ClientError) as unknown:
        streamed(client, "gemini-x")
    assert (unknown.value.code, unknown.value.status) == (404, "NOT_FOUND")
    with pytest.raises(errors.ClientError) as wrong:
        streamed(client, "swift", candidate_count=99)
    assert (wrong.value.code, wrong.value.status) == (400, "INVALID_ARGUMENT")


def test_a_dying_stream_has_no_finish_reason(client: Any) -> None:
    chunks, error = until_it_breaks(client.models.generate_content_stream(model="fragile", contents=RAINBOW))
    assert type(error).__name__ == "RemoteProtocolError"
    assert len(chunks) > 20
    assert chunks[-1].candidates[0].finish_reason is None


def test_the_array_form_is_one_json_array(root: str) -> None:
    """The client always asks for events; what it would read from the array is checked with its own types."""
    body = {"contents": [{"parts": [{"text": RAINBOW}]}]}
    url = f"{root}/v1beta/models/swift:streamGenerateContent"
    elements = httpx.post(url, json=body, trust_env=False).json()
    chunks = [genai.types.GenerateContentResponse.model_validate(element) for element in elements]
    assert len(chunks) > 20
    assert chunks[-1].candidates[0].finish_reason == "STOP"


def test_the_clients_own_version_is_served_too(root: str) -> None:
    """Without being told it asks at /v1, where OpenAI and Anthropic have their model lists as well."""
    client = genai.Client(api_key="none", http_options={"base_url": root})
    assert "rainbow" in said(streamed(client, "swift"))
    assert "models/swift" in {model.name for model in client.models.list()}
    client.close()


def test_the_models_are_listed(client: Any) -> None:
    assert "models/swift" in {model.name for model in client.models.list()}
    assert client.models.get(model="thinker").thinking is True
