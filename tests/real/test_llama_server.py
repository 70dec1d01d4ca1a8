"""The headless command against llama.cpp's own server, from the command line to the JSON that comes out.

It speaks four of our dialects at one address. What the command line cannot say, such as a turn with a tool's result or
a cancellation, goes straight to the engine.

At temperature 0 the model says by heart what `make_tiny_model.py` taught it, so the expected texts stand there or here,
and a plain request without streaming has to bring the same. Token counts were read off the server's own usage.
"""

import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from anyio.lowlevel import checkpoint

from tests.real.make_tiny_model import ANSWERS
from tui.core.phase import Phase
from tui.core.request import CallMade, Message, Prompt
from tui.core.snapshot import Snapshot
from tui.core.target import Target
from tui.engine.board import Board
from tui.engine.clock import MonotonicClock
from tui.engine.fleet import Fleet
from tui.engine.http import http_transport

pytestmark = pytest.mark.real

HELLO_REASONING = "The user says hello. I will greet them back.\n"
HELLO = "Hello! I am a very small model, made on this machine a moment ago. How can I help you today?"
WEATHER_TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["city"],
        },
    },
}
DIALECTS = ("chat", "responses", "anthropic")
"""Those that know of reasoning and calls; a completion is just text, whose tests are apart."""
GUARD_S = 60.0
TURNS = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
"""What the model's chat template makes of one user message, which a completion has to say itself."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one headless command left behind."""

    status: int
    run: dict[str, Any]
    notes: str

    @property
    def target(self) -> dict[str, Any]:
        """The only target."""
        (target,) = self.run["targets"]
        assert isinstance(target, dict)
        return target

    @property
    def choice(self) -> dict[str, Any]:
        """The only choice of the only target."""
        (choice,) = self.target["choices"]
        assert isinstance(choice, dict)
        return choice


@pytest.fixture
def tools_file(tmp_path: Path) -> str:
    file = tmp_path / "tools.json"
    file.write_text(json.dumps([WEATHER_TOOL]), encoding="utf-8")
    return str(file)


def sidestream_run(prompt: str, base_url: str, *arguments: str, models: tuple[str, ...] = ("tiny",)) -> Outcome:
    targets = [word for model in models for word in ("-m", model)]
    command = [sys.executable, "-m", "tui", "run", prompt, *targets, "--base-url", base_url, "--format", "json"]
    done = subprocess.run(
        [*command, "-o", "temperature=0", *arguments], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.stdout, f"status {done.returncode}, nothing on stdout; stderr:\n{done.stderr}"
    return Outcome(done.returncode, json.loads(done.stdout), done.stderr)


@dataclass(frozen=True, slots=True)
class Plain:
    """The server's answer in one piece, by a request that shares nothing with the program under test."""

    text: str
    reasoning: str
    calls: list[tuple[str, Any]]
    """Name and parsed arguments."""
    finish: str
    """The server's own word."""
    tokens: tuple[int, int]
    """Of the prompt and of the answer."""


def plain_answer(prompt: str, base_url: str, dialect: str = "chat", **options: Any) -> Plain:
    turn = [{"role": "user", "content": prompt}]
    kinds: dict[str, tuple[str, dict[str, Any], Callable[[dict[str, Any]], Plain]]] = {
        "chat": ("chat/completions", {"messages": turn}, _plain_chat),
        "responses": ("responses", {"input": prompt}, _plain_response),
        "anthropic": ("messages", {"messages": turn, "max_tokens": 4096}, _plain_message),
        "completions": ("completions", {"prompt": prompt}, _plain_completion),
    }
    path, asked, read = kinds[dialect]
    body = {"model": "tiny", "temperature": 0, **asked, **options}
    return read(httpx.post(f"{base_url}/{path}", json=body, timeout=60).raise_for_status().json())


def _plain_chat(reply: dict[str, Any]) -> Plain:
    (choice,) = reply["choices"]
    message, used = choice["message"], reply["usage"]
    functions = [call["function"] for call in message.get("tool_calls", [])]
    return Plain(
        message["content"] or "",
        message.get("reasoning_content", ""),
        [(function["name"], json.loads(function["arguments"])) for function in functions],
        choice["finish_reason"],
        (used["prompt_tokens"], used["completion_tokens"]),
    )


def _plain_response(reply: dict[str, Any]) -> Plain:
    output, used = reply["output"], reply["usage"]
    parts = {kind: [item for item in output if item["type"] == kind] for kind in ("message", "reasoning")}
    return Plain(
        "".join(part["text"] for item in parts["message"] for part in item["content"]),
        "".join(part["text"] for item in parts["reasoning"] for part in item["content"]),
        [(item["name"], json.loads(item["arguments"])) for item in output if item["type"] == "function_call"],
        reply["status"],
        (used["input_tokens"], used["output_tokens"]),
    )


def _plain_message(reply: dict[str, Any]) -> Plain:
    blocks, used = reply["content"], reply["usage"]
    return Plain(
        "".join(block["text"] for block in blocks if block["type"] == "text"),
        "".join(block["thinking"] for block in blocks if block["type"] == "thinking"),
        [(block["name"], block["input"]) for block in blocks if block["type"] == "tool_use"],
        reply["stop_reason"],
        (used["input_tokens"] + used.get("cache_read_input_tokens", 0), used["output_tokens"]),
    )


def _plain_completion(reply: dict[str, Any]) -> Plain:
    (choice,) = reply["choices"]
    used = reply["usage"]
    return Plain(choice["text"], "", [], choice["finish_reason"], (used["prompt_tokens"], used["completion_tokens"]))


def tool_in(dialect: str) -> dict[str, Any]:
    """The tool in the words of a protocol."""
    function = WEATHER_TOOL["function"]
    match dialect:
        case "responses":
            return {"type": "function", "strict": False, **function}
        case "anthropic":
            named = {key: function[key] for key in ("name", "description")}
            return {**named, "input_schema": function["parameters"]}
        case _:
            return WEATHER_TOOL


def as_plain(outcome: Outcome) -> Plain:
    """What the command found, to be compared."""
    choice, used = outcome.choice, outcome.target["usage"]
    return Plain(
        choice["text"],
        choice["reasoning"],
        [(call["name"], json.loads(call["arguments"])) for call in choice["tool_calls"]],
        choice["finish_reason_raw"],
        (used["prompt"], used["completion"]),
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_reasoning_and_text_arrive_apart_and_whole(llama_server: str, dialect: str) -> None:
    outcome = sidestream_run("hello", llama_server, "-o", f"dialect={dialect}")
    assert outcome.status == 0
    assert outcome.run["schema"] == "sidestream.run/1"
    assert outcome.run["prompt"] == "hello"
    target, choice = outcome.target, outcome.choice
    assert (target["dialect"], target["model_requested"], target["model"]) == (dialect, "tiny", "tiny")
    assert (target["complete"], target["state"], target["end"], target["error"]) == (True, "complete", "stop", None)
    assert choice["reasoning"] == HELLO_REASONING
    assert choice["text"] == HELLO
    assert choice["finish_reason"] == "stop"
    assert target["usage"]["completion"] == 64
    assert target["counts"]["undecodable"] == 0
    assert target["counts"]["attempts"] == 1


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("prompt", ["hello", "story", "code", "table", "unicode", "think", "json"])
def test_a_streamed_answer_is_the_plain_answer(llama_server: str, prompt: str, dialect: str) -> None:
    outcome = sidestream_run(prompt, llama_server, "-o", f"dialect={dialect}")
    assert (outcome.target["state"], outcome.target["remarks"]) == ("complete", [])
    assert as_plain(outcome) == plain_answer(prompt, llama_server, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("prompt", "count"), [("what is the weather", 1), ("cities", 2)])
def test_streamed_calls_are_the_plain_calls(
    llama_server: str, tools_file: str, prompt: str, count: int, dialect: str
) -> None:
    outcome = sidestream_run(prompt, llama_server, "--tools", tools_file, "-o", f"dialect={dialect}")
    plain = plain_answer(prompt, llama_server, dialect, tools=[tool_in(dialect)])
    assert len(plain.calls) == count
    assert as_plain(outcome) == plain


@pytest.mark.parametrize("word", sorted(ANSWERS.keys() - {"prompt", "forever", "<tool_response>"}))
def test_a_completion_is_all_the_model_says_marks_and_all(llama_server: str, word: str) -> None:
    # No server takes thoughts and calls out of a completion, and neither does ours.
    outcome = sidestream_run(TURNS.format(word), llama_server, "-o", "dialect=completions", "-o", "max_tokens=500")
    assert outcome.status == 0
    target, choice = outcome.target, outcome.choice
    assert (target["state"], target["dialect"], target["end"]) == ("complete", "completions", "stop")
    assert choice["text"] == ANSWERS[word]
    assert (choice["reasoning"], choice["tool_calls"]) == ("", [])
    plain = plain_answer(TURNS.format(word), llama_server, "completions", max_tokens=500)
    assert as_plain(outcome) == plain


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("prompt", ["story", "unicode"])
def test_markdown_and_every_script_survive_to_the_letter(llama_server: str, prompt: str, dialect: str) -> None:
    # `unicode` is cut into raw bytes by the tokeniser, so characters come in halves: the server has to join them, and
    # nothing of ours may touch what it sends, the zero-width space included.
    outcome = sidestream_run(prompt, llama_server, "-o", f"dialect={dialect}")
    assert outcome.choice["text"] == ANSWERS[prompt]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_one_tool_call(llama_server: str, tools_file: str, dialect: str) -> None:
    outcome = sidestream_run("what is the weather", llama_server, "--tools", tools_file, "-o", f"dialect={dialect}")
    assert outcome.status == 0
    assert (outcome.target["complete"], outcome.target["end"]) == (True, "tool calls")
    (call,) = outcome.choice["tool_calls"]
    assert call["id"]
    assert (call["type"], call["name"]) == ("function", "get_weather")
    assert json.loads(call["arguments"]) == {"city": "Paris", "unit": "celsius"}
    assert outcome.choice["finish_reason"] == "tool_calls"
    assert outcome.choice["reasoning"].strip() == "I need the weather, so I call the tool."


@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_parallel_tool_calls_stay_apart(llama_server: str, tools_file: str, dialect: str) -> None:
    outcome = sidestream_run("cities", llama_server, "--tools", tools_file, "-o", f"dialect={dialect}")
    calls = outcome.choice["tool_calls"]
    assert [call["name"] for call in calls] == ["get_weather", "get_weather"]
    assert [json.loads(call["arguments"])["city"] for call in calls] == ["Berlin", "Tokyo"]
    assert len({call["id"] for call in calls}) == 2
    assert outcome.target["complete"]


@pytest.mark.parametrize("dialect", [*DIALECTS, "completions"])
def test_an_answer_that_never_stops_ends_by_length(llama_server: str, dialect: str) -> None:
    prompt = TURNS.format("forever") if dialect == "completions" else "forever"
    outcome = sidestream_run(prompt, llama_server, "-o", "max_tokens=20", "-o", f"dialect={dialect}")
    assert outcome.status == 0
    assert outcome.target["state"] == "complete"
    # The first "tick" is two tokens (ti, ck), each of the 18 words after it one: 20.
    assert outcome.choice["text"] == " ".join(["tick tock"] * 9 + ["tick"])
    # At this server a cut response is a completed one; it says so without a stream too.
    cut = "stop" if dialect == "responses" else "length"
    assert (outcome.choice["finish_reason"], outcome.target["end"]) == (cut, cut)
    assert outcome.target["usage"]["completion"] == 20
    if dialect == "responses":
        assert plain_answer("forever", llama_server, dialect, max_output_tokens=20).finish == "completed"


def test_targets_of_one_run_have_options_of_their_own(llama_server: str) -> None:
    models = ("few=tiny,max_tokens=5", "many=tiny")
    outcome = sidestream_run("forever", llama_server, "-o", "max_tokens=20", models=models)
    assert outcome.status == 0
    told = {target["name"]: target["choices"][0]["text"] for target in outcome.run["targets"]}
    five_tokens = "tick tock tick tock"
    assert told == {"few": five_tokens, "many": " ".join(["tick tock"] * 9 + ["tick"])}
    assert five_tokens == plain_answer("forever", llama_server, max_tokens=5).text


def test_dialects_of_one_run_bring_one_answer(llama_server: str) -> None:
    models = tuple(f"in-{dialect}=tiny,dialect={dialect}" for dialect in DIALECTS)
    outcome = sidestream_run("think", llama_server, models=models)
    assert [target["dialect"] for target in outcome.run["targets"]] == list(DIALECTS)
    for target in outcome.run["targets"]:
        (choice,) = target["choices"]
        assert choice["text"] == "There are **two** sheep."
        assert choice["reasoning"].endswith("sheep, sheep, goat, goat. Yes.\n")


# -- what the command line cannot say ----------------------------------------------------------------------------------


def target_of(base_url: str, dialect: str, **options: Any) -> Target:
    return Target("tiny", "llamacpp", "tiny", dialect, base_url, options={"temperature": 0, **options})


@asynccontextmanager
async def flying() -> AsyncIterator[Fleet]:
    """A fleet until the block ends."""
    clock = MonotonicClock()
    fleet = Fleet(lambda: http_transport(clock), Board(), clock)
    with anyio.fail_after(GUARD_S):
        async with anyio.create_task_group() as tasks:
            await tasks.start(fleet.run)
            yield fleet
            tasks.cancel_scope.cancel()


async def answer(target: Target, prompt: Prompt) -> Snapshot:
    """One answer, whole."""
    async with flying() as fleet:
        state = fleet.launch(target, prompt)
        await fleet.wait_all()
    assert state.phase is Phase.COMPLETE, state.error
    return state.snapshot()


@pytest.mark.anyio
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("question", ["what is the weather", "cities"])
async def test_the_turn_with_the_tools_results(llama_server: str, question: str, dialect: str) -> None:
    target, asked = target_of(llama_server, dialect), Message("user", question)
    first = (await answer(target, Prompt((asked,), tools=(WEATHER_TOOL,)))).choices[0]
    made = tuple(CallMade(call.id, call.name, call.arguments) for call in first.tool_calls)
    assert made
    assert not first.text
    results = [Message("tool", "21 degrees", call_id=call.id, tool_name=call.name) for call in made]
    turns = (asked, Message("assistant", first.text, made), *results)
    second = await answer(target, Prompt(turns, tools=(WEATHER_TOOL,)))
    (choice,) = second.choices
    assert choice.text == ANSWERS["<tool_response>"]
    assert (choice.finish_reason, choice.tool_calls) == ("stop", ())
    # The model answers so whatever the tool said; the number of tokens shows that all of it was read.
    plain_turns = turns_in(dialect, question, made, "21 degrees")
    plain = plain_answer(question, llama_server, dialect, tools=[tool_in(dialect)], **plain_turns)
    assert plain.text == choice.text
    assert second.usage is not None
    assert (second.usage.prompt, second.usage.completion) == plain.tokens


def turns_in(dialect: str, question: str, made: Sequence[CallMade], result: str) -> dict[str, Any]:
    """A question, its calls and their results in the words of a protocol."""
    asked: dict[str, Any] = {"role": "user", "content": question}
    calls: list[dict[str, Any]]
    match dialect:
        case "responses":
            calls = [
                {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments}
                for call in made
            ]
            said = [{"type": "function_call_output", "call_id": call.id, "output": result} for call in made]
            return {"input": [asked, *calls, *said]}
        case "anthropic":
            calls = [
                {"type": "tool_use", "id": call.id, "name": call.name, "input": json.loads(call.arguments)}
                for call in made
            ]
            said = [{"type": "tool_result", "tool_use_id": call.id, "content": result} for call in made]
            return {"messages": [asked, {"role": "assistant", "content": calls}, {"role": "user", "content": said}]}
        case _:
            calls = [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in made
            ]
            said = [{"role": "tool", "tool_call_id": call.id, "content": result} for call in made]
            return {"messages": [asked, {"role": "assistant", "content": None, "tool_calls": calls}, *said]}


@pytest.mark.anyio
@pytest.mark.parametrize("dialect", [*DIALECTS, "completions"])
async def test_a_cancelled_answer_keeps_its_text(llama_server: str, dialect: str) -> None:
    question = TURNS.format("forever") if dialect == "completions" else "forever"
    async with flying() as fleet:
        state = fleet.launch(target_of(llama_server, dialect, max_tokens=4000), Prompt.of(question))
        while state.phase is not Phase.STREAMING:
            assert not state.is_over, state.error
            await checkpoint()
        assert fleet.cancel("tiny")
        await fleet.wait_all()
    snapshot = state.snapshot()
    assert (snapshot.phase, snapshot.is_complete, snapshot.error) == (Phase.CANCELLED, False, None)
    (choice,) = snapshot.choices
    assert choice.text
    assert " ".join(["tick tock"] * 2000).startswith(choice.text)
    assert choice.finish_reason is None


def test_an_option_the_server_refuses_fails_in_its_own_words(llama_server: str) -> None:
    outcome = sidestream_run("hello", llama_server, "-o", "temperature=warm")
    assert outcome.status == 3
    assert (outcome.target["complete"], outcome.target["state"]) == (False, "failed")
    assert outcome.target["error"]["kind"] == "http"
    refusal = httpx.post(
        f"{llama_server}/chat/completions",
        json={"model": "tiny", "messages": [{"role": "user", "content": "hello"}], "temperature": "warm"},
    )
    assert outcome.target["error"]["status"] == refusal.status_code
    assert refusal.json()["error"]["message"] in outcome.target["error"]["message"]


def test_nobody_listening_fails_with_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused for certain, and nobody else can take it
        outcome = sidestream_run("hello", f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
    assert outcome.status == 3
    assert outcome.target["state"] == "failed"
    assert outcome.target["error"]["kind"] == "transport"
    assert outcome.target["choices"] == []
    assert "refused" in outcome.notes.lower()
    assert "Traceback" not in outcome.notes
