"""The HTTP side: routes, errors, headers, the host check, and what a client's leaving does."""

import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest
from starlette.types import Message

from tests.demo.asking import RAINBOW
from tui.demo.app import make_app
from tui.demo.host_guard import is_loopback_host
from tui.demo.models import MODELS

pytestmark = pytest.mark.anyio

MESSAGES = [{"role": "user", "content": RAINBOW}]


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_app(speed=0))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9/v1") as client:
        yield client


async def test_the_model_list_describes_each_model(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/models")).json()
    assert listed["object"] == "list"
    assert {entry["id"] for entry in listed["data"]} > set(MODELS)
    for entry in listed["data"]:
        assert entry["object"] == "model"
        assert entry["description"].endswith(".")
        assert "\n" not in entry["description"]


async def test_one_model_can_be_looked_up(client: httpx.AsyncClient) -> None:
    assert (await client.get("/models/swift")).json()["id"] == "swift"
    assert (await client.get("/models/load-7-7")).json()["id"] == "load-7-7"
    assert (await client.get("/models/gpt")).status_code == 404


async def test_a_stream_has_the_headers_of_the_real_server(client: httpx.AsyncClient) -> None:
    reply = await client.post("/chat/completions", json={"model": "swift", "messages": MESSAGES, "stream": True})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.headers["x-request-id"].startswith("req_")
    assert reply.headers["openai-processing-ms"] == "0"
    assert 0 < int(reply.headers["x-ratelimit-remaining-requests"]) < int(reply.headers["x-ratelimit-limit-requests"])
    assert reply.text.endswith("data: [DONE]\n\n")


async def test_without_stream_the_answer_is_one_object(client: httpx.AsyncClient) -> None:
    reply = await client.post("/chat/completions", json={"model": "thinker", "messages": MESSAGES, "n": 2})
    assert reply.headers["content-type"] == "application/json"
    body = reply.json()
    assert [choice["index"] for choice in body["choices"]] == [0, 1]
    assert body["choices"][0]["message"]["content"] != body["choices"][1]["message"]["content"]
    assert body["choices"][0]["message"]["reasoning_content"]


@pytest.mark.parametrize("model", ["swift", "caller", "chorus"])
async def test_equal_requests_get_equal_bytes_and_another_seed_others(client: httpx.AsyncClient, model: str) -> None:
    async def ask(**options: object) -> bytes:
        body = {"model": model, "messages": MESSAGES, "stream": True, "n": 2} | options
        return (await client.post("/chat/completions", json=body)).content

    assert await ask() == await ask()
    assert await ask(seed=1) == await ask(seed=1)
    assert await ask(seed=1) != await ask(seed=2)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_token_limits_are_honoured_under_both_names(client: httpx.AsyncClient, name: str) -> None:
    reply = await client.post("/chat/completions", json={"model": "deep", "messages": MESSAGES, name: 9})
    assert reply.json()["choices"][0]["finish_reason"] == "length"
    assert reply.json()["usage"]["completion_tokens"] == 9


async def test_a_whole_conversation_is_accepted(client: httpx.AsyncClient) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is "}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"seen": "a heron"}'},
    ]
    reply = await client.post("/chat/completions", json={"model": "caller", "messages": messages})
    assert "`seen`: a heron" in reply.json()["choices"][0]["message"]["content"]


async def test_limited_answers_429_with_retry_after(client: httpx.AsyncClient) -> None:
    reply = await client.post("/chat/completions", json={"model": "limited", "messages": MESSAGES, "stream": True})
    assert reply.status_code == 429
    assert reply.headers["retry-after"] == "2"
    assert reply.headers["x-ratelimit-remaining-requests"] == "0"
    assert reply.json()["error"]["code"] == "rate_limit_exceeded"


TOOL = {"type": "function", "function": {"name": "look"}}


@pytest.mark.parametrize(
    ("changes", "status", "param", "code", "said"),
    [
        ({"model": "gpt-x"}, 404, None, "model_not_found", "`gpt-x`"),
        ({"model": "load-0-5"}, 404, None, "model_not_found", "`load-0-5`"),
        ({"model": None}, 400, None, None, "model parameter"),
        ({"model": 5}, 400, "model", "invalid_type", "an integer"),
        ({"messages": None}, 400, "messages", "missing_required_parameter", "'messages'"),
        ({"messages": []}, 400, "messages", "empty_array", "empty array"),
        ({"messages": "hi"}, 400, "messages", "invalid_type", "a string"),
        ({"messages": ["hi"]}, 400, "messages[0]", "invalid_type", "an object"),
        ({"messages": [{}]}, 400, "messages[0].role", "missing_required_parameter", "role"),
        ({"messages": [{"role": "king"}]}, 400, "messages[0].role", "invalid_value", "'king'"),
        ({"messages": [{"role": "user", "content": 5}]}, 400, "messages[0].content", "invalid_type", "a string"),
        ({"n": 0}, 400, "n", "integer_below_min_value", ">= 1"),
        ({"n": 99}, 400, "n", "integer_above_max_value", "<= 16"),
        ({"max_tokens": "9"}, 400, "max_tokens", "invalid_type", "an integer"),
        ({"seed": 1.5}, 400, "seed", "invalid_type", "a decimal"),
        ({"stream": "yes"}, 400, "stream", "invalid_type", "a boolean"),
        ({"stream_options": {}}, 400, "stream_options", None, "only allowed"),
        ({"stop": list("abcde")}, 400, "stop", "invalid_type", "at most 4"),
        ({"tool_choice": "required"}, 400, "tool_choice", None, "only allowed"),
        ({"tools": [{}]}, 400, "tools[0].function.name", "missing_required_parameter", "name"),
        ({"tools": [TOOL], "tool_choice": {"function": {"name": "hear"}}}, 400, "tool_choice", None, "'hear'"),
    ],
)
async def test_bad_requests_get_openai_errors(
    client: httpx.AsyncClient, changes: dict[str, Any], status: int, param: str | None, code: str | None, said: str
) -> None:
    reply = await client.post("/chat/completions", json={"model": "swift", "messages": MESSAGES} | changes)
    error = reply.json()["error"]
    assert reply.status_code == status
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
    assert said in error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    reply = await client.post("/chat/completions", content=body)
    assert reply.status_code == 400
    assert "JSON" in reply.json()["error"]["message"]


async def test_unknown_places_and_methods_are_errors_too(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nowhere")).json()["error"]["message"] == "Invalid URL (GET /v1/nowhere)"
    reply = await client.get("/chat/completions")
    assert (reply.status_code, reply.json()["error"]["type"]) == (405, "invalid_request_error")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:80", "localhost", "LOCALHOST:8080", "[::1]:80", "127.8.8.8"])
def test_hosts_of_this_machine_are_welcome(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize(
    "host",
    ["", "example.com", "localhost.example.com", "10.0.0.1:80", "127.0.0.1.example.com", "localhost:80:80", "[::2]"],
)
async def test_other_hosts_are_refused(client: httpx.AsyncClient, host: str) -> None:
    reply = await client.get("/models", headers={"host": host})
    assert reply.status_code == 403
    assert reply.json()["error"]["code"] == "host_not_allowed"


@pytest.mark.parametrize(("is_stream", "messages_before"), [(True, 4), (True, 0), (False, 0)])
async def test_a_client_that_leaves_stops_the_answer(is_stream: bool, messages_before: int) -> None:
    """`load-10-100000` would go on for hours, and without a stream nothing is sent before its end."""
    enough = anyio.Event()
    sent: list[Message] = []
    body = json.dumps({"model": "load-10-100000", "messages": MESSAGES, "stream": is_stream}).encode()
    incoming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if incoming:
            return incoming.pop()
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) > messages_before:
            enough.set()

    if messages_before == 0:
        enough.set()
    headers = [(b"host", b"localhost")]
    path = "/v1/chat/completions"
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b"", "root_path": ""}
    with anyio.fail_after(5):
        await make_app(speed=1)(scope, receive, send)
    assert len(sent) <= messages_before + 2


@pytest.mark.parametrize("speed", [-1, float("nan")])
async def test_a_senseless_speed_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        make_app(speed=speed)
