"""All dialects through the real engine against the running demo: a streamed answer is the plain one, in all its parts.

The plain answers are read here, from what the demo says when nothing is streamed, by code that shares nothing with the
decoders. All streams of the module run at once in one fleet, so that a mix-up between them would be seen as well.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import anyio
import httpx
import pytest

from tests.engine.harness import GUARD_S, KEY, flying
from tests.engine.server import answering_json, serving
from tui.config.resolve import Overrides, resolve_targets
from tui.core.dialects import DIALECTS
from tui.core.phase import Phase
from tui.core.policy import Policy
from tui.core.request import Prompt
from tui.core.retries import Retries
from tui.core.snapshot import Snapshot
from tui.core.target import Target
from tui.demo.process import DemoProcess
from tui.engine.board import Board
from tui.engine.clock import MonotonicClock
from tui.engine.fleet import Fleet
from tui.engine.http import http_transport

QUESTION = "Explain how a rainbow forms, briefly."
MESSAGES = [{"role": "user", "content": QUESTION}]
ENOUGH = 4000
"""More tokens than any answer here has, where a dialect wants or assumes a limit."""
ANSWERING = ("swift", "thinker", "caller", "decliner", "brief", "polyglot")
LIMITED, FRAGILE = "limited", "fragile"
ONCE = Policy(retries=Retries(attempts=0))
"""For the one that asks to be left alone for two seconds, each time."""
OPTIONS: Mapping[str, str] = {
    "completions": f",max_tokens={ENOUGH}",
    "anthropic": f",max_tokens={ENOUGH}",
    "responses": ',reasoning={"summary":"auto"}',
    "gemini": ",includeThoughts=true",
}
AZURE_VERSION = "2024-10-21"
WITH_TURNS = ("chat", "responses", "anthropic", "gemini", "ollama")
"""The dialects that know of reasoning and calls; a completion is just text."""
AZURE_DIALECTS = ("chat", "completions", "responses")


@dataclass(frozen=True)
class Whole:
    """One answer, in the words of no protocol."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    """Name and parsed arguments."""
    finish: str = ""
    """The server's own word."""
    tokens: tuple[int, int] = (0, 0)
    """Of the prompt and of the answer, reasoning included."""
    ids: tuple[str, ...] = field(default=(), compare=False)
    """Of the calls."""


# -- plain answers, one reader for each protocol -----------------------------------------------------------------------


def chat_answer(body: dict[str, Any]) -> Whole:
    (choice,) = body["choices"]
    message, used = choice["message"], body["usage"]
    made = [(call["id"], call["function"]) for call in message.get("tool_calls", [])]
    return Whole(
        text=message["content"] or "",
        reasoning=message.get("reasoning_content", ""),
        refusal=message["refusal"] or "",
        calls=tuple((call["name"], json.loads(call["arguments"])) for _, call in made),
        finish=choice["finish_reason"],
        tokens=(used["prompt_tokens"], used["completion_tokens"]),
        ids=tuple(id_ for id_, _ in made),
    )


def completions_answer(body: dict[str, Any]) -> Whole:
    (choice,) = body["choices"]
    used = body["usage"]
    tokens = (used["prompt_tokens"], used["completion_tokens"])
    return Whole(text=choice["text"], finish=choice["finish_reason"], tokens=tokens)


def responses_answer(body: dict[str, Any]) -> Whole:
    output = body["output"]
    parts = [part for item in output if item["type"] == "message" for part in item["content"]]
    summaries = [part["text"] for item in output if item["type"] == "reasoning" for part in item["summary"]]
    made = [item for item in output if item["type"] == "function_call"]
    return Whole(
        text="".join(part["text"] for part in parts if part["type"] == "output_text"),
        reasoning="\n\n".join(summaries),
        refusal="".join(part["refusal"] for part in parts if part["type"] == "refusal"),
        calls=tuple((call["name"], json.loads(call["arguments"])) for call in made),
        finish=body["incomplete_details"]["reason"] if body["incomplete_details"] else body["status"],
        tokens=(body["usage"]["input_tokens"], body["usage"]["output_tokens"]),
        ids=tuple(call["call_id"] for call in made),
    )


def anthropic_answer(body: dict[str, Any]) -> Whole:
    blocks = body["content"]
    made = [block for block in blocks if block["type"] == "tool_use"]
    return Whole(
        text="".join(block["text"] for block in blocks if block["type"] == "text"),
        reasoning="".join(block["thinking"] for block in blocks if block["type"] == "thinking"),
        calls=tuple((call["name"], call["input"]) for call in made),
        finish=body["stop_reason"],
        tokens=(body["usage"]["input_tokens"], body["usage"]["output_tokens"]),
        ids=tuple(call["id"] for call in made),
    )


def gemini_answer(body: dict[str, Any]) -> Whole:
    (candidate,) = body["candidates"]
    parts, used = candidate["content"]["parts"], body["usageMetadata"]
    made = [part["functionCall"] for part in parts if "functionCall" in part]
    return Whole(
        text="".join(part["text"] for part in parts if "text" in part and not part.get("thought")),
        reasoning="".join(part["text"] for part in parts if part.get("thought")),
        calls=tuple((call["name"], call["args"]) for call in made),
        finish=candidate["finishReason"],
        tokens=(used["promptTokenCount"], used["candidatesTokenCount"] + used.get("thoughtsTokenCount", 0)),
    )


def ollama_answer(body: dict[str, Any]) -> Whole:
    message = body["message"]
    made = message.get("tool_calls", [])
    return Whole(
        text=message["content"],
        reasoning=message.get("thinking", ""),
        calls=tuple((call["function"]["name"], call["function"]["arguments"]) for call in made),
        finish=body["done_reason"],
        tokens=(body["prompt_eval_count"], body["eval_count"]),
        ids=tuple(call["id"] for call in made),
    )


@dataclass(frozen=True)
class Plain:
    """How one dialect is asked for an answer in one piece, below the demo's root, and how that is read."""

    path: str
    body: dict[str, Any]
    read: Callable[[dict[str, Any]], Whole]


PLAIN = {
    "chat": Plain("/v1/chat/completions", {"messages": MESSAGES}, chat_answer),
    "completions": Plain("/v1/completions", {"prompt": QUESTION, "max_tokens": ENOUGH}, completions_answer),
    "responses": Plain("/v1/responses", {"input": QUESTION, "reasoning": {"summary": "auto"}}, responses_answer),
    "anthropic": Plain("/v1/messages", {"messages": MESSAGES, "max_tokens": ENOUGH}, anthropic_answer),
    "gemini": Plain(
        "/v1beta/models/{model}:generateContent",
        {
            "contents": [{"role": "user", "parts": [{"text": QUESTION}]}],
            "generationConfig": {"thinkingConfig": {"includeThoughts": True}},
        },
        gemini_answer,
    ),
    "ollama": Plain("/api/chat", {"messages": MESSAGES, "stream": False}, ollama_answer),
}


# -- the runs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What the engine made of every target, by name, and where to ask again."""

    root: str
    snapshots: Mapping[str, Snapshot]

    def of(self, dialect: str, model: str) -> Snapshot:
        return self.snapshots[f"{dialect} {model}"]

    def plain(self, dialect: str, model: str) -> Whole:
        """The same question without a stream."""
        how = PLAIN[dialect]
        named = {} if "{model}" in how.path else {"model": model}
        url = self.root + how.path.replace("{model}", model)
        headers = {"anthropic-version": "2023-06-01"}
        reply = httpx.post(url, json={**how.body, **named}, headers=headers, timeout=GUARD_S, trust_env=False)
        return how.read(reply.raise_for_status().json())


@pytest.fixture(scope="module")
def found() -> Iterator[Found]:
    """Every target's end; the demo runs on."""
    with DemoProcess(seed=7, speed=0) as demo:
        targets = [*demo_targets(demo), *azure_targets(demo.root_url)]
        yield Found(demo.root_url, anyio.run(streamed, targets))


def demo_targets(demo: DemoProcess) -> list[Target]:
    models = (*ANSWERING, LIMITED, FRAGILE)
    written = [
        f"{dialect} {model}={model},dialect={dialect}{OPTIONS.get(dialect, '')}"
        for dialect in PLAIN
        for model in models
    ]
    elsewhere = {"gemini": f"{demo.root_url}/v1beta", "ollama": demo.root_url}
    targets = resolve_targets(written, Overrides(base_url=demo.base_url, other_bases=elsewhere), {})
    return [replace(target, policy=ONCE) if target.model == LIMITED else target for target in targets]


def azure_targets(root: str) -> list[Target]:
    """In both of its forms of address."""
    at = {"AZURE_OPENAI_ENDPOINT": root, "AZURE_OPENAI_API_KEY": KEY}
    forms = {"v1": at, "dated": {**at, "AZURE_OPENAI_API_VERSION": AZURE_VERSION}}
    return [
        target
        for form, environment in forms.items()
        for dialect in AZURE_DIALECTS
        for target in resolve_targets(
            [
                f"{form} {dialect} {model}=azure/{model},dialect={dialect}{OPTIONS.get(dialect, '')}"
                for model in ANSWERING
            ],
            Overrides(),
            environment,
        )
    ]


async def streamed(targets: list[Target]) -> dict[str, Snapshot]:
    """All of them at once."""
    clock = MonotonicClock()
    fleet = Fleet(lambda: http_transport(clock), Board(), clock)
    with anyio.fail_after(3 * GUARD_S):
        async with anyio.create_task_group() as tasks:
            await tasks.start(fleet.run)
            states = fleet.launch_all(targets, Prompt.of(QUESTION))
            await fleet.wait_all()
            tasks.cancel_scope.cancel()
    return {state.target.name: state.snapshot() for state in states}


def as_whole(snapshot: Snapshot) -> Whole:
    (choice,) = snapshot.choices
    used = snapshot.usage
    assert used is not None
    assert used.prompt is not None
    assert used.completion is not None
    return Whole(
        text=choice.text,
        reasoning=choice.reasoning,
        refusal=choice.refusal,
        calls=tuple((call.name, json.loads(call.arguments)) for call in choice.tool_calls),
        finish=choice.finish_reason_raw or "",
        tokens=(used.prompt, used.completion),
        ids=tuple(call.id for call in choice.tool_calls),
    )


# -- whole answers -----------------------------------------------------------------------------------------------------


def test_no_dialect_is_left_out() -> None:
    assert PLAIN.keys() == DIALECTS.keys()


@pytest.mark.parametrize("model", ANSWERING)
@pytest.mark.parametrize("dialect", PLAIN)
def test_a_streamed_answer_is_the_plain_one(found: Found, dialect: str, model: str) -> None:
    snapshot, plain = found.of(dialect, model), found.plain(dialect, model)
    assert (snapshot.phase, snapshot.error) == (Phase.COMPLETE, None)
    assert bool(snapshot.remarks) == ((dialect, model) == ("anthropic", "decliner"))  # which says why it refused
    assert (snapshot.status, snapshot.counts.undecodable, snapshot.counts.attempts) == (200, 0, 1)
    assert snapshot.model == model
    ours = as_whole(snapshot)
    assert ours == plain
    assert ours.text or ours.refusal or ours.calls
    if plain.ids:
        assert ours.ids == plain.ids


@pytest.mark.parametrize("dialect", PLAIN)
def test_finish_reasons_mean_the_same_in_every_dialect(found: Found, dialect: str) -> None:
    has_no_tools = dialect == "completions"
    filters = dialect in ("anthropic", "gemini")
    assert {model: found.of(dialect, model).choices[0].finish_reason for model in ANSWERING} == {
        "swift": "stop",
        "thinker": "stop",
        "caller": "stop" if has_no_tools else "tool_calls",
        "decliner": "content_filter" if filters else "stop",
        "brief": "length",
        "polyglot": "stop",
    }


@pytest.mark.parametrize("dialect", WITH_TURNS)
def test_reasoning_stays_out_of_the_text(found: Found, dialect: str) -> None:
    (choice,) = found.of(dialect, "thinker").choices
    assert "total internal reflection" in choice.reasoning
    assert "total internal reflection" not in choice.text
    assert choice.text == found.of("completions", "thinker").choices[0].text


@pytest.mark.parametrize("dialect", WITH_TURNS)
def test_parallel_calls_stay_apart(found: Found, dialect: str) -> None:
    (choice,) = found.of(dialect, "caller").choices
    assert [call.name for call in choice.tool_calls] == ["search_knowledge_base", "create_report"]
    assert {call.validity for call in choice.tool_calls} == {"valid"}
    assert json.loads(choice.tool_calls[0].arguments)["query"]["text"] == "how rainbows form"


# -- answers that end otherwise ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", PLAIN)
def test_a_broken_connection_interrupts_and_keeps_the_text(found: Found, dialect: str) -> None:
    snapshot = found.of(dialect, FRAGILE)
    assert snapshot.phase is Phase.INTERRUPTED
    assert not snapshot.is_complete
    assert snapshot.error is not None
    assert snapshot.error.kind == "transport"
    (choice,) = snapshot.choices
    assert choice.finish_reason is None
    assert choice.text == text_before_the_break(found.root, dialect)


def text_before_the_break(root: str, dialect: str) -> str:
    """What the fragile model says before its connection dies, out of the stream's raw lines."""
    how, body = PLAIN[dialect], b""
    path = how.path.format(model=FRAGILE).replace("generateContent", "streamGenerateContent?alt=sse")
    streamed = {} if dialect == "gemini" else {"model": FRAGILE, "stream": True}
    headers, url = {"anthropic-version": "2023-06-01"}, root + path
    asked = httpx.stream("POST", url, json={**how.body, **streamed}, headers=headers, timeout=GUARD_S, trust_env=False)
    with suppress(httpx.RemoteProtocolError), asked as reply:
        for piece in reply.iter_raw():
            body += piece
    lines = [line.removeprefix(b"data: ") for line in body.splitlines()]
    text = "".join(text_of_event(dialect, json.loads(line)) for line in lines if line.startswith(b"{"))
    assert text
    return text


def text_of_event(dialect: str, event: dict[str, Any]) -> str:
    match dialect, event:
        case "chat", {"choices": [{"delta": {"content": str(text)}}]}:
            return text
        case "completions", {"choices": [{"text": str(text)}]}:
            return text
        case "responses", {"type": "response.output_text.delta", "delta": str(text)}:
            return text
        case "anthropic", {"type": "content_block_delta", "delta": {"text": str(text)}}:
            return text
        case "gemini", {"candidates": [{"content": {"parts": [{"text": str(text)}]}}]}:
            return text
        case "ollama", {"message": {"content": str(text)}}:
            return text
    return ""


@pytest.mark.parametrize("dialect", PLAIN)
def test_a_limit_fails_in_the_servers_words_with_the_time_to_wait(found: Found, dialect: str) -> None:
    snapshot = found.of(dialect, LIMITED)
    assert (snapshot.phase, snapshot.status, snapshot.choices) == (Phase.FAILED, 429, ())
    assert snapshot.error is not None
    assert (snapshot.error.kind, snapshot.error.status, snapshot.error.retryable) == ("http", 429, True)
    assert snapshot.error.retry_after_s == 2.0
    assert snapshot.error.message.startswith("Rate limit reached for limited")


# -- Azure -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ANSWERING)
@pytest.mark.parametrize("dialect", AZURE_DIALECTS)
@pytest.mark.parametrize("form", ["v1", "dated"])
def test_azures_addresses_bring_the_same_answers(found: Found, form: str, dialect: str, model: str) -> None:
    snapshot = found.of(f"{form} {dialect}", model)
    assert (snapshot.phase, snapshot.error) == (Phase.COMPLETE, None)
    assert ("/deployments/" in snapshot.target.base_url) == (form == "dated" and dialect != "responses")
    assert as_whole(snapshot) == as_whole(found.of(dialect, model))


# -- addresses and keys, as a server sees them -------------------------------------------------------------------------

CREDENTIALS = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
SENT = {
    "chat": ("/v1/chat/completions", "authorization"),
    "completions": ("/v1/completions", "authorization"),
    "responses": ("/v1/responses", "authorization"),
    "ollama": ("/v1/api/chat", "authorization"),
    "anthropic": ("/v1/messages", "x-api-key"),
    "gemini": ("/v1/models/m:streamGenerateContent?alt=sse", "x-goog-api-key"),
}


@pytest.mark.anyio
@pytest.mark.parametrize("dialect", PLAIN)
async def test_the_key_goes_in_the_header_the_dialect_wants(dialect: str) -> None:
    path, header = SENT[dialect]
    async with serving(answering_json("401 No", {"error": {"message": "no"}})) as server, flying(server) as engine:
        overrides = Overrides(base_url=server.url, api_key_env="MINE")
        (target,) = resolve_targets([f"m,dialect={dialect}"], overrides, {"MINE": KEY})
        await engine.ends(engine.fleet.launch(target, Prompt.of("hello")))
        (request,) = server.requests
        assert request.request_line == f"POST {path} HTTP/1.1"
        key = f"Bearer {KEY}" if header == "authorization" else KEY
        assert {name: request.headers[name] for name in CREDENTIALS if name in request.headers} == {header: key}
        assert KEY not in request.request_line
        assert KEY.encode() not in request.body
        assert ("anthropic-version" in request.headers) == (dialect == "anthropic")


@pytest.mark.anyio
@pytest.mark.parametrize("dialect", AZURE_DIALECTS)
async def test_azure_wants_it_in_its_own(dialect: str) -> None:
    async with serving(answering_json("401 No", {"error": {"message": "no"}})) as server, flying(server) as engine:
        address = server.url.removesuffix("/v1")
        environment = {"AZURE_OPENAI_ENDPOINT": address, "AZURE_OPENAI_API_KEY": KEY}
        (target,) = resolve_targets([f"azure/m,dialect={dialect}"], Overrides(), environment)
        await engine.ends(engine.fleet.launch(target, Prompt.of("hello")))
        (request,) = server.requests
        assert request.request_line.startswith("POST /openai/v1/")
        assert {name: request.headers[name] for name in CREDENTIALS if name in request.headers} == {"api-key": KEY}
