"""Ollama's client against its chat and generate."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sdk.asking import CITY, RAINBOW, RESULT, check_calls, until_it_breaks

ollama = pytest.importorskip("ollama")

ASKED: list[Any] = [{"role": "user", "content": RAINBOW}]


@pytest.fixture(scope="module")
def client(root: str) -> Iterator[Any]:
    with ollama.Client(host=root, trust_env=False) as client:
        yield client


def chatted(client: Any, model: str, **options: Any) -> list[Any]:
    return list(client.chat(model=model, messages=ASKED, stream=True, **options))


def calls_in(chunks: list[Any]) -> list[tuple[str, Any]]:
    calls = [call for chunk in chunks for call in chunk.message.tool_calls or []]
    return [(call.function.name, call.function.arguments) for call in calls]


@pytest.mark.parametrize("model", ["swift", "polyglot", "thinker", "decliner", "brief", "caller"])
def test_a_stream_says_what_comes_without_one(client: Any, model: str) -> None:
    chunks = chatted(client, model)
    whole = client.chat(model=model, messages=ASKED)
    assert "".join(chunk.message.content for chunk in chunks) == whole.message.content
    assert "".join(chunk.message.thinking or "" for chunk in chunks) == (whole.message.thinking or "")
    assert calls_in(chunks) == calls_in([whole])
    last = chunks[-1]
    assert (last.done, last.done_reason) == (whole.done, whole.done_reason)
    assert (last.total_duration, last.eval_count) == (whole.total_duration, whole.eval_count)
    assert [chunk.done for chunk in chunks[:-1]] == [False] * (len(chunks) - 1)


def test_the_last_object_tells_counts_and_durations(client: Any) -> None:
    last = chatted(client, "deep")[-1]
    assert last.prompt_eval_count > 0
    assert 25 < last.eval_count / (last.eval_duration / 1e9) < 45  # about 35 tokens/s
    assert last.total_duration == last.load_duration + last.prompt_eval_duration + last.eval_duration


def test_thinking_is_apart_and_can_be_switched(client: Any) -> None:
    assert len("".join(chunk.message.thinking or "" for chunk in chatted(client, "thinker", think=True))) > 200
    assert not any(chunk.message.thinking for chunk in chatted(client, "thinker", think=False))
    with pytest.raises(ollama.ResponseError, match='"swift" does not support thinking'):
        chatted(client, "swift", think=True)


def test_calls_come_whole_and_results_are_used(client: Any) -> None:
    check_calls(calls_in(chatted(client, "caller")))
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": CITY}}]
    asked = client.chat(model="caller", messages=ASKED, tools=tools)
    (call,) = asked.message.tool_calls
    assert isinstance(call.function.arguments["city"], str)
    result = {"role": "tool", "tool_name": "get_weather", "content": RESULT}
    answer = client.chat(model="caller", messages=[*ASKED, asked.message, result], tools=tools)
    assert "`temperature`: 18" in answer.message.content


def test_done_reasons(client: Any) -> None:
    cut = chatted(client, "deep", options={"num_predict": 20})[-1]
    assert (cut.done_reason, cut.eval_count) == ("length", 20)
    assert chatted(client, "swift")[-1].done_reason == "stop"
    loaded = client.generate(model="swift")
    assert (loaded.done_reason, loaded.response, loaded.eval_count) == ("load", "", None)


def test_generate_streams_text_and_thinking(client: Any) -> None:
    chunks = list(client.generate(model="thinker:latest", prompt=RAINBOW, system="Be brief.", stream=True))
    text = "".join(chunk.response for chunk in chunks)
    assert "42°" in text
    assert len("".join(chunk.thinking or "" for chunk in chunks)) > 200
    whole = client.generate(model="thinker:latest", prompt=RAINBOW, system="Be brief.")
    assert (whole.response, whole.done_reason) == (text, "stop")


def test_a_schema_is_filled(client: Any) -> None:
    answer = client.chat(model="swift", messages=ASKED, format=CITY)
    assert isinstance(json.loads(answer.message.content)["city"], str)


@pytest.mark.parametrize(("model", "status"), [("limited", 429), ("llama-x", 404)])
def test_errors_have_their_status(client: Any, model: str, status: int) -> None:
    with pytest.raises(ollama.ResponseError) as failed:
        chatted(client, model)
    assert failed.value.status_code == status
    assert model in failed.value.error


def test_a_dying_stream_is_not_done(client: Any) -> None:
    chunks, error = until_it_breaks(client.chat(model="fragile", messages=ASKED, stream=True))
    assert type(error).__name__ == "RemoteProtocolError"
    assert len(chunks) > 20
    assert not chunks[-1].done


def test_the_models_are_listed(client: Any) -> None:
    assert "swift:latest" in {model.model for model in client.list().models}
