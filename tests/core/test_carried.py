"""What a server wants back with an answer goes back untouched, in its place, and to nobody else.

The demo judges: it refuses the results of calls without what it signed, as the real servers do. What it cannot judge
is written out.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.core.replay import folded, sse
from tui.core.bounds import Bounds
from tui.core.conversation import Conversation
from tui.core.dialects import dialect_named
from tui.core.phase import Phase
from tui.core.request import CarriedPart, Message, Prompt
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.demo.app import make_app

pytestmark = pytest.mark.anyio

QUESTION = "Explain how a rainbow forms, briefly."
PATHS = {"gemini": "/v1beta", "ollama": ""}
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "anthropic": {"thinking": {"type": "enabled", "budget_tokens": 1024}, "tool_choice": "required"},
    "gemini": {"tool_choice": "required", "thinkingConfig": {"includeThoughts": True}},
    "responses": {"tool_choice": "required", "store": False, "include": ["reasoning.encrypted_content"]},
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_app(speed=0))
    async with httpx.AsyncClient(transport=transport) as client:
        yield client


def demo(dialect: str, model: str = "thinker", **options: Any) -> Target:
    url = f"http://127.0.0.1:9{PATHS.get(dialect, '/v1')}"
    return Target("t", "demo", model, dialect, url, {**OPTIONS.get(dialect, {}), **options})


async def asked(client: httpx.AsyncClient, target: Target, prompt: Prompt) -> StreamState:
    """The stream that comes of `prompt`."""
    request = dialect_named(target.dialect).build_request(target, prompt)
    reply = await client.post(request.url, content=request.body, headers=request.headers)
    assert reply.status_code == 200, reply.text
    state = StreamState(target, 0)
    state.start(0)
    state.respond(200, {}, 1)
    state.receive(reply.content, 2)
    state.end(3)
    assert state.phase is Phase.COMPLETE
    return state


async def called(client: httpx.AsyncClient, target: Target) -> Conversation:
    """A conversation whose last answer called a tool."""
    talk = Conversation(target, Prompt((), tools=(TOOL,)))
    talk.take((await asked(client, target, talk.ask(QUESTION))).snapshot())
    assert talk.open_calls
    return talk


def changed(prompt: Prompt, parts: Sequence[CarriedPart]) -> Prompt:
    """`prompt` with other parts in the answer that called."""
    at = next(at for at, message in enumerate(prompt.messages) if message.calls)
    answer = prompt.messages[at]
    assert answer.carried is not None
    altered = replace(answer, carried=replace(answer.carried, parts=tuple(parts)))
    return replace(prompt, messages=(*prompt.messages[:at], altered, *prompt.messages[at + 1 :]))


@pytest.mark.parametrize("dialect", ["anthropic", "gemini", "responses", "chat", "ollama"])
async def test_results_are_taken_with_all_that_belongs_to_their_call(client: httpx.AsyncClient, dialect: str) -> None:
    model = "thinker" if dialect in OPTIONS else "caller"
    talk = await called(client, demo(dialect, model))
    results = {call.id: "a bow of seven colours" for call in talk.open_calls}
    state = await asked(client, talk.target, talk.answer_calls(results))
    assert "a bow of seven colours" in state.answer.choices[0].text.text()
    talk.take(state.snapshot())
    await asked(client, replace(talk.target, options={}), talk.ask("And now in short."))  # and all of it once more


REFUSED = [
    ("anthropic", "Expected `thinking`"),
    ("gemini", "missing a thought_signature"),
]


@pytest.mark.parametrize(("dialect", "words"), REFUSED)
async def test_results_without_what_was_signed_are_refused(client: httpx.AsyncClient, dialect: str, words: str) -> None:
    """What the test above would meet if nothing were carried."""
    talk = await called(client, demo(dialect))
    prompt = talk.answer_calls({call.id: "x" for call in talk.open_calls})
    with pytest.raises(AssertionError, match=words):
        await asked(client, talk.target, changed(prompt, ()))


FORGED = [
    ("anthropic", {"thinking": "Something else."}, "Invalid `signature`"),
    ("gemini", {"thoughtSignature": "bm8="}, "signature is not valid"),
    ("responses", {"encrypted_content": "bm8="}, "could not be verified"),
]


@pytest.mark.parametrize(("dialect", "forged", "words"), FORGED)
async def test_what_was_signed_must_come_back_as_it_was(
    client: httpx.AsyncClient, dialect: str, forged: dict[str, Any], words: str
) -> None:
    talk = await called(client, demo(dialect))
    prompt = talk.answer_calls({call.id: "x" for call in talk.open_calls})
    (carried,) = [message.carried for message in prompt.messages if message.calls]
    assert carried is not None
    parts = [replace(part, value={**part.value, **forged}) for part in carried.parts]
    with pytest.raises(AssertionError, match=words):
        await asked(client, talk.target, changed(prompt, parts))


async def test_a_response_the_server_keeps_is_gone_on_from(client: httpx.AsyncClient) -> None:
    target = replace(demo("responses", "swift"), options={})
    talk = Conversation(target)
    talk.take((await asked(client, target, talk.ask(QUESTION))).snapshot())
    prompt = talk.ask("go on")
    assert prompt.continues
    assert len(prompt.messages) == 1
    state = await asked(client, target, prompt)
    assert state.answer.usage is not None
    assert state.answer.usage.prompt is not None
    assert state.answer.usage.prompt > 50, "what was said before is part of it"


async def test_a_response_that_was_not_to_be_kept_is_sent_again(client: httpx.AsyncClient) -> None:
    target = replace(demo("responses", "swift"), options={"store": False})
    talk = Conversation(target)
    talk.take((await asked(client, target, talk.ask(QUESTION))).snapshot())
    assert talk.ask("go on").continues is None


@pytest.mark.parametrize("dialect", ["anthropic", "ollama", "chat", "responses", "gemini"])
async def test_an_answer_cut_by_its_limit_goes_on_where_it_stopped(client: httpx.AsyncClient, dialect: str) -> None:
    """The demo's answer is the same whole however often it was cut, so the pieces must add up to it."""
    whole = await asked(client, demo_without(dialect), Conversation(demo_without(dialect)).ask(QUESTION))
    cut = replace(demo_without(dialect), options={"max_tokens": 40})
    talk = Conversation(cut)
    state = await asked(client, cut, talk.ask(QUESTION))
    talk.take(state.snapshot())
    for _ in range(2):
        talk.take((await asked(client, cut, talk.go_on())).snapshot())
    pieces = [message.text for message in talk.messages if message.role == "assistant"]
    assert "".join("".join(pieces).split()) in "".join(whole.answer.choices[0].text.text().split())
    assert len("".join(pieces)) > 2 * len(state.answer.choices[0].text.text())


def demo_without(dialect: str) -> Target:
    """The demo without the options of a tool turn."""
    return replace(demo(dialect, "swift"), options={"max_tokens": 3000})


# -- written out ----------------------------------------------------------------------------------------------------


def events(*payloads: dict[str, Any]) -> bytes:
    return b"".join(b"event: %s\ndata: %s\n\n" % (p["type"].encode(), json.dumps(p).encode()) for p in payloads)


def block(index: int, begin: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": begin},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def messages_stream(*blocks: list[dict[str, Any]], stop: str = "end_turn") -> bytes:
    return events(
        {"type": "message_start", "message": {"id": "m", "model": "claude", "content": []}},
        *(payload for one in blocks for payload in one),
        {"type": "message_delta", "delta": {"stop_reason": stop}},
        {"type": "message_stop"},
    )


def sent_back(raw: bytes, dialect: str, size: int = 10_000) -> Any:
    """What is sent of the answer in `raw` with the next question."""
    state = folded([raw[at : at + size] for at in range(0, len(raw), size)], dialect=dialect)
    talk = Conversation(state.target)
    talk.ask("?")
    talk.take(state.snapshot())
    prompt = talk.go_on() if talk.way_on == "resume" else talk.ask("!")
    body = json.loads(dialect_named(dialect).build_request(state.target, prompt).body)
    key = {"anthropic": "messages", "gemini": "contents", "responses": "input", "chat": "messages"}[dialect]
    return body[key][1:] if dialect == "responses" else body[key][1]


def signed(text: str, signature: str) -> tuple[dict[str, Any], ...]:
    return {"type": "thinking_delta", "thinking": text}, {"type": "signature_delta", "signature": signature}


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_thinking_between_texts_and_calls_keeps_its_place(size: int) -> None:
    raw = messages_stream(
        block(0, {"type": "thinking", "thinking": "", "signature": ""}, *signed("First ü.", "c2ln")),
        block(1, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Let me look."}),
        block(2, {"type": "redacted_thinking", "data": "ZW5j"}),
        block(3, {"type": "tool_use", "id": "x", "name": "look", "input": {}}),
        block(4, {"type": "thinking", "thinking": "", "signature": ""}, *signed("Second.", "Mg==")),
        block(5, {"type": "tool_use", "id": "y", "name": "look", "input": {}}),
        stop="tool_use",
    )
    assert sent_back(raw, "anthropic", size)["content"] == [
        {"type": "thinking", "thinking": "First ü.", "signature": "c2ln"},
        {"type": "text", "text": "Let me look."},
        {"type": "redacted_thinking", "data": "ZW5j"},
        {"type": "tool_use", "id": "x", "name": "look", "input": {}},
        {"type": "thinking", "thinking": "Second.", "signature": "Mg=="},
        {"type": "tool_use", "id": "y", "name": "look", "input": {}},
    ]


def test_thinking_that_was_cut_off_or_never_signed_does_not_go_back() -> None:
    raw = messages_stream(
        block(0, {"type": "thinking", "thinking": ""}, {"type": "thinking_delta", "thinking": "Hm."}),
        block(1, {"type": "text", "text": "So."}),
        block(2, {"type": "thinking", "thinking": ""}, *signed("And", "c2ln"))[:-1],
    )
    cut = raw[: raw.index(b"event: message_delta")]
    assert sent_back(cut, "anthropic") == {"role": "assistant", "content": "So."}


def test_a_paused_answer_goes_back_with_what_the_servers_tools_did() -> None:
    result = [{"type": "web_search_result", "url": "https://example.com", "encrypted_content": "ZW5j"}]
    raw = messages_stream(
        block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Searching. "}),
        block(
            1,
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}},
            {"type": "input_json_delta", "partial_json": '{"query": '},
            {"type": "input_json_delta", "partial_json": '"rain"}'},
        ),
        block(2, {"type": "web_search_tool_result", "tool_use_id": "s1", "content": result}),
        stop="pause_turn",
    )
    assert sent_back(raw, "anthropic") == {
        "role": "assistant",
        "content": [
            {"type": "text", "text": "Searching. "},
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "rain"}},
            {"type": "web_search_tool_result", "tool_use_id": "s1", "content": result},
        ],
    }


def test_a_whole_message_is_carried_as_a_streamed_one() -> None:
    content = [{"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}, {"type": "text", "text": "So."}]
    raw = json.dumps({"type": "message", "id": "m", "model": "c", "content": content, "stop_reason": "end_turn"})
    assert sent_back(raw.encode(), "anthropic")["content"] == content


def test_an_answer_to_write_on_in_does_not_end_with_a_space() -> None:
    target = Target("t", "anthropic", "claude-3-5-haiku", "anthropic", "https://api.example/v1")
    turns = (Message("user", "Go."), Message("assistant", "1, 2, "))
    body = json.loads(dialect_named("anthropic").build_request(target, Prompt(turns)).body)
    assert body["messages"][-1] == {"role": "assistant", "content": "1, 2,"}


def gemini_chunk(*parts: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    ending = {"finishReason": finish} if finish else {}
    candidate = {"content": {"role": "model", "parts": list(parts)}, **ending}
    return {"candidates": [candidate], "modelVersion": "g", "responseId": "r"}


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_signatures_stay_with_their_parts(size: int) -> None:
    raw = sse(
        gemini_chunk({"text": "Hm.", "thought": True, "thoughtSignature": "MA=="}),
        gemini_chunk({"text": "Let "}),
        gemini_chunk({"text": "me."}),
        gemini_chunk({"text": " Look", "thoughtSignature": "MQ=="}),
        gemini_chunk({"functionCall": {"name": "look", "args": {"n": 1}}, "thoughtSignature": "Mg=="}),
        gemini_chunk({"functionCall": {"name": "look", "args": {"n": 2}}}),
        gemini_chunk({"text": "", "thoughtSignature": "Mw=="}, finish="STOP"),
        done=False,
    )
    assert sent_back(raw, "gemini", size)["parts"] == [
        {"text": "Hm.", "thought": True, "thoughtSignature": "MA=="},
        {"text": "Let me."},
        {"text": " Look", "thoughtSignature": "MQ=="},
        {"functionCall": {"name": "look", "args": {"n": 1}}, "thoughtSignature": "Mg=="},
        {"functionCall": {"name": "look", "args": {"n": 2}}},
        {"text": "", "thoughtSignature": "Mw=="},
    ]


def test_code_that_ran_at_the_server_goes_back() -> None:
    ran = {"executableCode": {"language": "PYTHON", "code": "1+1"}, "thoughtSignature": "MA=="}
    done = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}}
    raw = sse(gemini_chunk(ran), gemini_chunk(done), gemini_chunk({"text": "2"}, finish="STOP"), done=False)
    assert sent_back(raw, "gemini")["parts"] == [ran, done, {"text": "2"}]


REASONING = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]}
ENCRYPTED = {**REASONING, "encrypted_content": "ZW5j"}
SAID = {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "output_text", "text": "So."}]}


@pytest.mark.parametrize("with_items", [True, False])
def test_encrypted_reasoning_goes_back_before_what_came_of_it(with_items: bool) -> None:
    done = [
        {"type": "response.output_item.done", "output_index": at, "item": item}
        for at, item in enumerate([ENCRYPTED, SAID])
    ]
    response = {"id": "r", "status": "completed", "output": [ENCRYPTED, SAID], "model": "m"}
    raw = events(*(done if with_items else []), {"type": "response.completed", "response": response})
    assert sent_back(raw, "responses") == [
        ENCRYPTED,
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "So."}]},
        {"role": "user", "content": "!"},
    ]


def test_reasoning_that_was_not_encrypted_stays_here() -> None:
    response = {"id": "r", "status": "completed", "output": [REASONING, SAID], "model": "m"}
    first, *_ = sent_back(events({"type": "response.completed", "response": response}), "responses")
    assert first["type"] == "message"


def test_geminis_compatible_endpoint_gets_its_signature_back() -> None:
    extra = {"google": {"thought_signature": "MA=="}}
    calls = [
        {"index": 0, "id": "x", "function": {"name": "look", "arguments": "{}"}, "extra_content": extra},
        {"index": 1, "id": "y", "function": {"name": "look", "arguments": "{}"}},
    ]
    choice = {"index": 0, "delta": {"tool_calls": calls}, "finish_reason": "tool_calls"}
    answer = sent_back(sse({"id": "c", "model": "g", "choices": [choice]}), "chat")
    assert [call.get("extra_content") for call in answer["tool_calls"]] == [extra, None]


@pytest.mark.parametrize(
    ("provider", "body", "message"),
    [
        ("vllm", {"continue_final_message": True, "add_generation_prompt": False}, {}),
        ("mistral", {}, {"prefix": True}),
        ("llamacpp", {}, {}),
    ],
)
def test_servers_of_the_chat_dialect_are_told_to_write_on(
    provider: str, body: dict[str, Any], message: dict[str, Any]
) -> None:
    target = Target("t", provider, "m", "chat", "https://api.example/v1")
    turns = (Message("user", "Go."), Message("assistant", "1, 2"))
    sent = json.loads(dialect_named("chat").build_request(target, Prompt(turns)).body)
    assert sent["messages"][-1] == {"role": "assistant", "content": "1, 2", **message}
    assert {name: sent[name] for name in sent if name not in ("model", "messages", "stream", "stream_options")} == body


def test_a_completion_goes_on_from_its_own_text() -> None:
    target = Target("t", "vllm", "m", "completions", "https://api.example/v1")
    first, last = Message("user", "Once"), Message("assistant", " upon a")
    build = dialect_named("completions").build_request
    assert json.loads(build(target, Prompt((first, last))).body)["prompt"] == "Once upon a"
    talk = Prompt((first, last, Message("user", "More"), Message("assistant", "There")))
    assert json.loads(build(target, talk).body)["prompt"].endswith("User: More\n\nAssistant: There")


@pytest.mark.parametrize("dialect", ["chat", "responses", "gemini", "ollama", "completions"])
def test_another_dialect_never_gets_it(dialect: str) -> None:
    raw = messages_stream(
        block(0, {"type": "thinking", "thinking": ""}, *signed("Hm.", "c2ln")),
        block(1, {"type": "text", "text": "So."}),
    )
    state = folded([raw], dialect="anthropic")
    talk = Conversation(state.target)
    talk.ask("?")
    talk.take(state.snapshot())
    other = replace(state.target, dialect=dialect)
    body = dialect_named(dialect).build_request(other, talk.ask("!")).body
    assert b"c2ln" not in body
    assert b"So." in body


def test_what_is_carried_counts_towards_the_bound_of_an_answer() -> None:
    raw = messages_stream(*(block(at, {"type": "redacted_thinking", "data": "x" * 100}) for at in range(20)))
    state = folded([raw], dialect="anthropic", bounds=Bounds(answer_chars=1_000))
    assert state.error is not None
    assert "the answer is over the limit" in state.error.message


def test_a_block_that_never_ends_is_not_held() -> None:
    begin = {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "x" * 100}}
    state = folded([events(begin, *([delta] * 50))], dialect="anthropic", bounds=Bounds(answer_chars=1_000))
    assert not state._decoder._carried  # type: ignore[attr-defined]
