"""What holds for every dialect: its streams, its answers without one, its errors, its keep-alives."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.demo.asking import RAINBOW
from tui.demo.app import make_app
from tui.demo.dialects.anthropic_wire import AnthropicWriter
from tui.demo.dialects.table import POSTS
from tui.demo.models import MODELS
from tui.demo.pace import SECOND
from tui.demo.question import Question, Turn
from tui.demo.script import Accept, Begin, Finish, Step, Text, Wait

pytestmark = pytest.mark.anyio

GEMINI_PATH = "/v1beta/models/{model}:streamGenerateContent"
ANSWERING = [name for name in MODELS if name not in ("limited", "fragile")] + ["load-100-20"]


@dataclass(frozen=True)
class Wire:
    """How one dialect is asked."""

    path: str
    body: dict[str, Any]
    media_type: str
    whole_path: str | None = None
    """Where the answer without a stream is had; None for the same path and `stream` false."""

    def request(self, model: str, is_stream: bool) -> dict[str, Any]:
        path = self.path if is_stream or self.whole_path is None else self.whole_path
        named = {} if "{model}" in path else {"model": model}
        streamed = {} if self.whole_path is not None else {"stream": is_stream}
        return {"url": path.replace("{model}", model), "json": self.body | named | streamed}


_MESSAGES = {"messages": [{"role": "user", "content": RAINBOW}]}
_CONTENTS = {"contents": [{"role": "user", "parts": [{"text": RAINBOW}]}]}
_SSE = "text/event-stream"
_JSON = "application/json"
_GEMINI_WHOLE = GEMINI_PATH.replace("streamGenerate", "generate")
WIRES = {
    "chat": Wire("/v1/chat/completions", _MESSAGES, _SSE),
    "responses": Wire("/v1/responses", {"input": RAINBOW}, _SSE),
    "completions": Wire("/v1/completions", {"prompt": RAINBOW, "max_tokens": 3000}, _SSE),
    "anthropic": Wire("/v1/messages", _MESSAGES | {"max_tokens": 3000}, _SSE),
    "gemini": Wire(f"{GEMINI_PATH}?alt=sse", _CONTENTS, _SSE, _GEMINI_WHOLE),
    "gemini array": Wire(GEMINI_PATH, _CONTENTS, _JSON, _GEMINI_WHOLE),
    "ollama chat": Wire("/api/chat", _MESSAGES, "application/x-ndjson"),
    "ollama generate": Wire("/api/generate", {"prompt": RAINBOW}, "application/x-ndjson"),
    "azure": Wire("/openai/deployments/{model}/chat/completions?api-version=2024-10-21", _MESSAGES, _SSE),
    "azure responses": Wire("/openai/v1/responses", {"input": RAINBOW}, _SSE),
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_app(speed=0))
    headers = {"anthropic-version": "2023-06-01"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9", headers=headers) as client:
        yield client


def payloads(reply: httpx.Response) -> list[Any]:
    """The JSON values of a stream, read as its media type says."""
    kind = reply.headers["content-type"].partition(";")[0]
    if kind == _JSON:
        elements: list[Any] = reply.json()
        return elements
    if kind == _SSE:
        data = [line.removeprefix("data: ") for line in reply.text.splitlines() if line.startswith("data: ")]
        return [json.loads(line) for line in data if line != "[DONE]"]
    return [json.loads(line) for line in reply.text.split("\n") if line]


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
async def test_every_model_streams_its_answer_the_same_way_twice(client: httpx.AsyncClient, wire: Wire) -> None:
    for model in ANSWERING:
        request = wire.request(model, is_stream=True)
        reply = await client.post(**request)
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"].startswith(wire.media_type)
        assert len(payloads(reply)) > 1
        assert (await client.post(**request)).content == reply.content


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
async def test_every_model_answers_without_a_stream(client: httpx.AsyncClient, wire: Wire) -> None:
    for model in ANSWERING:
        reply = await client.post(**wire.request(model, is_stream=False))
        assert reply.headers["content-type"].startswith("application/json")
        assert isinstance(reply.json(), dict)


def retry_hint(reply: httpx.Response) -> object:
    """The header, or Gemini's detail; where an array was asked for the error is in one."""
    if "retry-after" in reply.headers:
        return f"{reply.headers['retry-after']}s"
    body = reply.json()
    return (body[0] if isinstance(body, list) else body)["error"]["details"][-1]["retryDelay"]


@pytest.mark.parametrize(("name", "wire"), WIRES.items(), ids=WIRES)
async def test_limited_says_when_to_come_back(client: httpx.AsyncClient, name: str, wire: Wire) -> None:
    reply = await client.post(**wire.request("limited", is_stream=True))
    assert (reply.status_code, retry_hint(reply)) == (429, "2s")
    assert ("retry-after" in reply.headers) == ("gemini" not in name)
    assert "Rate limit reached" in reply.text


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
async def test_an_unknown_model_is_404(client: httpx.AsyncClient, wire: Wire) -> None:
    reply = await client.post(**wire.request("nemo", is_stream=True))
    assert reply.status_code == 404
    assert reply.json()["error"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_object_is_400(client: httpx.AsyncClient, path: str, body: bytes) -> None:
    path = path.replace(":path}", "}").format(version="v1beta", call="swift:generateContent", deployment="swift")
    reply = await client.post(path, content=body)
    assert reply.status_code == 400
    assert "JSON" in reply.text


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/v1/nowhere", {"message", "type", "param", "code"}),
        ("/v1/messages/nowhere", {"type", "message"}),
        ("/v1beta/nowhere", {"code", "message", "status"}),
        ("/openai/nowhere", {"code", "message"}),
    ],
)
async def test_unknown_places_are_told_in_the_words_of_their_neighbours(
    client: httpx.AsyncClient, path: str, error: set[str]
) -> None:
    reply = await client.get(path)
    assert reply.status_code == 404
    assert reply.json()["error"].keys() == error


async def test_ollamas_errors_are_just_text(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/nowhere")).json() == {"error": "Invalid URL (GET /api/nowhere)"}


async def test_the_model_list_at_v1_is_that_of_the_vendor_who_asks(client: httpx.AsyncClient) -> None:
    assert "has_more" in (await client.get("/v1/models")).json()
    del client.headers["anthropic-version"]
    assert (await client.get("/v1/models")).json()["object"] == "list"
    google = await client.get("/v1/models", headers={"x-goog-api-key": "none"})
    assert google.json()["models"][0]["name"].startswith("models/")


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("responses", {"input": None}, "'input'"),
    ("responses", {"input": []}, "empty array"),
    ("responses", {"input": [{"role": "king", "content": "hi"}]}, "'king'"),
    ("responses", {"input": [{"role": "user"}]}, "input[0].content"),
    ("responses", {"max_output_tokens": 15}, ">= 16"),
    ("responses", {"previous_response_id": "resp_1"}, "not found"),
    ("responses", {"tools": [{"type": "function"}]}, "tools[0].name"),
    ("responses", {"tool_choice": {"type": "function", "name": "x"}}, "not found"),
    ("responses", {"input": [{"type": "function_call_output", "call_id": "c", "output": ""}]}, "No tool call found"),
    ("completions", {"prompt": ["a", "b"]}, "one prompt"),
    ("completions", {"prompt": [1, 2]}, "vocabulary"),
    ("completions", {"prompt": 5}, "an integer"),
    ("anthropic", {"max_tokens": None}, "max_tokens: Field required"),
    ("anthropic", {"max_tokens": "9"}, "valid integer"),
    ("anthropic", {"messages": []}, "at least one message"),
    ("anthropic", {"messages": [{"role": "system", "content": "hi"}]}, 'Unexpected role \\"system\\"'),
    ("anthropic", {"messages": [{"role": "assistant", "content": "hi"}]}, 'first message must use the \\"user\\" role'),
    ("anthropic", {"messages": [{"role": "user", "content": ""}]}, "non-empty content"),
    ("anthropic", {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}, "must be non-empty"),
    ("anthropic", {"tools": [{"name": "x"}]}, "input_schema: Field required"),
    ("anthropic", {"tool_choice": {"type": "any"}}, "while providing tools"),
    ("anthropic", {"thinking": {"type": "enabled", "budget_tokens": 5}}, "1024"),
    ("anthropic", {"thinking": {"type": "enabled", "budget_tokens": 3000}}, "must be greater than"),
    ("gemini", {"contents": []}, "contents is not specified"),
    ("gemini", {"contents": [{"parts": []}]}, "must not be empty"),
    ("gemini", {"contents": [{"role": "assistant", "parts": [{"text": "a"}]}]}, "valid role"),
    ("gemini", {"temperature": 1}, 'Unknown name \\"temperature\\"'),
    ("gemini", {"generationConfig": {"max_tokens": 5}}, "Unknown name"),
    ("gemini", {"generationConfig": {"maxOutputTokens": "5"}}, "max_output_tokens"),
    ("gemini", {"generationConfig": {"responseSchema": {"type": "OBJECT"}}}, "only allowed with JSON"),
    ("ollama chat", {"stream": "yes"}, "ChatRequest.stream of type bool"),
    ("ollama chat", {"model": ""}, "model is required"),
    ("ollama chat", {"messages": [{"role": "king"}]}, "invalid role: king"),
    ("ollama chat", {"format": "xml"}, "invalid format"),
    ("ollama chat", {"think": True}, "does not support thinking"),
    ("ollama chat", {"think": "hard"}, "invalid think value"),
    (
        "ollama chat",
        {"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "x", "arguments": "{}"}}]}]},
        "cannot unmarshal string",
    ),
    ("ollama generate", {"options": {"num_predict": "5"}}, "must be of type integer"),
]


@pytest.mark.parametrize(("name", "changes", "said"), BAD)
async def test_bad_requests_are_refused_in_the_vendors_words(
    client: httpx.AsyncClient, name: str, changes: dict[str, Any], said: str
) -> None:
    request = WIRES[name].request("swift", is_stream=True)
    reply = await client.post(request["url"], json=request["json"] | changes)
    assert reply.status_code == 400
    assert said in reply.text


@pytest.mark.parametrize(
    ("headers", "said"),
    [({"anthropic-version": ""}, "header is required"), ({"anthropic-version": "1"}, "is not a valid version")],
)
async def test_anthropic_wants_its_version(client: httpx.AsyncClient, headers: dict[str, str], said: str) -> None:
    reply = await client.post(**WIRES["anthropic"].request("swift", is_stream=True), headers=headers)
    assert reply.status_code == 400
    assert said in reply.json()["error"]["message"]
    assert reply.json()["request_id"] == reply.headers["request-id"]


async def test_anthropics_newest_version_has_no_sampling_options(client: httpx.AsyncClient) -> None:
    request = WIRES["anthropic"].request("swift", is_stream=True)
    request["json"] |= {"temperature": 1}
    assert (await client.post(**request)).status_code == 200
    newest = await client.post(**request, headers={"anthropic-version": "2026-10-21"})
    assert newest.json()["error"]["message"].startswith("temperature:")


async def test_azures_dated_paths_want_their_version(client: httpx.AsyncClient) -> None:
    reply = await client.post("/openai/deployments/swift/chat/completions", json=_MESSAGES)
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "404")


def test_long_silences_have_pings_in_them_and_short_ones_have_none() -> None:
    """A ping after each two seconds without an event, once the message has begun."""
    writer = AnthropicWriter(Question("sleeper", (Turn("user", "hi"),), 7), shows_thinking=True)
    second = Wait(SECOND)
    steps: list[Step] = [second, second, Accept(), Begin(0), second, Text(0, "a"), *[second] * 5, Text(0, "b"), second]
    events = [writer.write(step) for step in [*steps, Finish(0, "stop")]]
    kinds = [[line[7:] for line in event.decode().split("\n") if line.startswith("event: ")] for event in events]
    assert kinds == [
        *([[]] * 3),
        ["message_start"],
        [],
        ["content_block_start", "ping", "content_block_delta"],
        [],
        ["ping"],
        [],
        ["ping"],
        [],
        ["content_block_delta"],
        [],
        ["content_block_stop", "message_delta"],
    ]


async def test_sleepers_silence_reaches_the_writer_in_pieces(client: httpx.AsyncClient) -> None:
    reply = await client.post(**WIRES["anthropic"].request("sleeper", is_stream=True))
    assert reply.text.count("event: ping") >= 3


async def test_gemini_frames_with_crlf_and_the_array_between_brackets(client: httpx.AsyncClient) -> None:
    events = (await client.post(**WIRES["gemini"].request("polyglot", is_stream=True))).content
    array = (await client.post(**WIRES["gemini array"].request("polyglot", is_stream=True))).content
    blocks = events.split(b"\r\n\r\n")
    assert blocks.pop() == b""
    assert all(block.startswith(b"data: {") and b"\n" not in block for block in blocks)
    assert array.startswith(b"[{\n")
    assert array.endswith(b"}\n]")
    assert array.count(b"}\n,\r\n{") == len(blocks) - 1
    assert [json.loads(block.removeprefix(b"data: ")) for block in blocks] == json.loads(array)


async def test_gemini_reads_both_spellings(client: httpx.AsyncClient) -> None:
    async def ask(settings: dict[str, Any], system: str) -> bytes:
        body = _CONTENTS | settings | {system: {"parts": [{"text": "Be brief."}]}}
        return (await client.post(_GEMINI_WHOLE.replace("{model}", "deep"), json=body)).content

    camel = await ask({"generationConfig": {"maxOutputTokens": 9, "stopSequences": ["x"]}}, "systemInstruction")
    snake = await ask({"generation_config": {"max_output_tokens": 9, "stop_sequences": ["x"]}}, "system_instruction")
    assert camel == snake
    assert json.loads(camel)["candidates"][0]["finishReason"] == "MAX_TOKENS"


async def test_ollama_streams_unless_told_otherwise(client: httpx.AsyncClient) -> None:
    reply = await client.post("/api/chat", json={"model": "swift", **_MESSAGES})
    lines = payloads(reply)
    assert lines[-1]["done"] is True
    assert list(lines[0]) == ["model", "created_at", "message", "done"]
    assert [line["created_at"] for line in lines] == sorted(line["created_at"] for line in lines)


async def test_calls_cut_by_the_limit_are_shown_as_far_as_each_protocol_can(client: httpx.AsyncClient) -> None:
    cut = {"max_tokens": 40}
    message = (await client.post(**WIRES["anthropic"].request("caller", is_stream=True))).text
    assert message.count("event: content_block_start") == 2
    request = WIRES["anthropic"].request("caller", is_stream=True)
    request["json"] |= cut
    reply = payloads(await client.post(**request))
    fragments = [event["delta"]["partial_json"] for event in reply if "partial_json" in event.get("delta", {})]
    with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
        json.loads("".join(fragments))
    assert reply[-2]["delta"]["stop_reason"] == "max_tokens"
    gemini = _CONTENTS | {"generationConfig": {"maxOutputTokens": 40}}
    (only,) = payloads(await client.post(GEMINI_PATH.replace("{model}", "caller") + "?alt=sse", json=gemini))
    assert only["candidates"] == [{"finishReason": "MAX_TOKENS", "index": 0}]


async def test_headers_are_those_of_each_vendor(client: httpx.AsyncClient) -> None:
    expected = {
        "responses": ["x-request-id", "openai-processing-ms", "x-ratelimit-remaining-tokens"],
        "completions": ["x-request-id", "openai-organization"],
        "anthropic": ["request-id", "anthropic-ratelimit-input-tokens-remaining", "anthropic-organization-id"],
        "gemini": ["server-timing"],
        "azure": ["apim-request-id", "x-ms-region", "x-ratelimit-reset-requests"],
    }
    for name, names in expected.items():
        reply = await client.post(**WIRES[name].request("swift", is_stream=True))
        assert set(names) <= set(reply.headers)
        assert ("openai-version" in reply.headers) == (name in ("responses", "completions"))
    reset = (await client.post(**WIRES["azure"].request("swift", is_stream=True))).headers["x-ratelimit-reset-tokens"]
    assert reset.isdecimal()
