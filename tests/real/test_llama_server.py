"""The headless command against llama.cpp's own server, from the command line to the JSON that comes out.

At temperature 0 the model says by heart what `make_tiny_model.py` taught it, so the expected texts stand there or here,
and a plain request without streaming has to bring the same. Token counts were read off the server's own usage.
"""

import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.real.make_tiny_model import ANSWERS

pytestmark = pytest.mark.real

HELLO_REASONING = "The user says hello. I will greet them back.\n"
HELLO = "Hello! I am a very small model, made on this machine a moment ago. How can I help you today?"
WEATHER_TOOL = {
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
# llama.cpp speaks `responses` and `anthropic` as well: those dialects go here, and have to bring the same answers.
DIALECTS = ["chat"]


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


def plain_answer(prompt: str, base_url: str, **options: Any) -> dict[str, Any]:
    """The server's answer in one piece, by a request that shares nothing with the program under test."""
    body = {"model": "tiny", "messages": [{"role": "user", "content": prompt}], "temperature": 0, **options}
    reply: dict[str, Any] = httpx.post(f"{base_url}/chat/completions", json=body, timeout=60).raise_for_status().json()
    return reply


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


@pytest.mark.parametrize("prompt", ["hello", "story", "code", "table", "unicode", "think", "json"])
def test_a_streamed_answer_is_the_plain_answer(llama_server: str, prompt: str) -> None:
    outcome = sidestream_run(prompt, llama_server)
    plain = plain_answer(prompt, llama_server)
    message = plain["choices"][0]["message"]
    assert outcome.choice["text"] == message["content"]
    assert outcome.choice["reasoning"] == message.get("reasoning_content", "")
    assert outcome.choice["finish_reason_raw"] == plain["choices"][0]["finish_reason"]
    assert outcome.target["usage"]["prompt"] == plain["usage"]["prompt_tokens"]
    assert outcome.target["usage"]["completion"] == plain["usage"]["completion_tokens"]


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


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_that_never_stops_ends_by_length(llama_server: str, dialect: str) -> None:
    limit = "max_output_tokens" if dialect == "responses" else "max_tokens"
    outcome = sidestream_run("forever", llama_server, "-o", f"{limit}=20", "-o", f"dialect={dialect}")
    assert outcome.status == 0
    # The first "tick" is two tokens (ti, ck), each of the 18 words after it one: 20.
    assert outcome.choice["text"] == " ".join(["tick tock"] * 9 + ["tick"])
    assert outcome.choice["finish_reason"] == "length"
    assert outcome.target["end"] == "length"
    assert outcome.target["usage"]["completion"] == 20


def test_targets_of_one_run_have_options_of_their_own(llama_server: str) -> None:
    models = ("few=tiny,max_tokens=5", "many=tiny")
    outcome = sidestream_run("forever", llama_server, "-o", "max_tokens=20", models=models)
    assert outcome.status == 0
    told = {target["name"]: target["choices"][0]["text"] for target in outcome.run["targets"]}
    five_tokens = "tick tock tick tock"
    assert told == {"few": five_tokens, "many": " ".join(["tick tock"] * 9 + ["tick"])}
    assert five_tokens == plain_answer("forever", llama_server, max_tokens=5)["choices"][0]["message"]["content"]


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
