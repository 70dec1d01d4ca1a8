"""Every known quirk of every server, by name: what was seen on the wire, where it was reported, what it must become.

A row is called `area/what`. Quirks of a named server have their recording here; rules which another test holds already
are in `COVERED` with that test. `QUIRKS` is the list of them all, and the last tests insist that it leads somewhere.
A source is the thread it was reported in, or what the format is defined by.
"""

import importlib
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.core.replay import chunk, fold, sse
from tui.core.events import Usage
from tui.core.failure import StreamError, http_error
from tui.core.phase import Phase
from tui.core.snapshot import Snapshot

Called = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Everything a recording folds to that a quirk could spoil; calls are (id, name, arguments)."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[Called, ...] = ()
    finish: str | None = "stop"
    raw: str | None = "stop"
    usage: Usage | None = None
    phase: Phase = Phase.COMPLETE
    error: tuple[str, str | None, str | None] | None = None
    """Message, type and code."""
    ignored: tuple[int, int] = (0, 0)
    """Comments, and undecodable payloads."""


@dataclass(frozen=True)
class Quirk:
    """One recording. `source` is where the quirk comes from."""

    name: str
    source: str
    stream: bytes
    outcome: Outcome
    dialect: str = "chat"


@dataclass(frozen=True)
class Refusal:
    """One HTTP error response and what is made of it."""

    name: str
    source: str
    status: int
    body: bytes
    error: StreamError
    headers: dict[str, str] = field(default_factory=dict)


def text(content: object, finish: object = None, **more: object) -> dict[str, Any]:
    """A chunk of text."""
    return chunk({"content": content}, finish, **more)


def calling(*calls: object, finish: object = None) -> dict[str, Any]:
    """A chunk of tool calls."""
    return chunk({"tool_calls": list(calls)}, finish)


def part(id_: str | None = None, name: str | None = None, arguments: object = None, **more: object) -> dict[str, Any]:
    """One element of `tool_calls`; keys that are None are left out."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return {**({} if id_ is None else {"id": id_}), "type": "function", "function": function, **more}


END = chunk({}, "stop")
TOOLS_END = chunk({}, "tool_calls")
HELLO = Outcome(text="Hello")
CUT = Outcome(text="Hel", finish=None, raw=None, phase=Phase.INTERRUPTED)
FAILED = Phase.FAILED


def called(*calls: Called, raw: str = "tool_calls", **more: Any) -> Outcome:
    """An answer of calls alone."""
    return Outcome(calls=calls, finish="tool_calls", raw=raw, **more)


def failed(message: str, type_: str | None = None, code: str | None = None, **more: Any) -> Outcome:
    """An error after "Hel"."""
    kept: dict[str, Any] = {"text": "Hel", "finish": None, "raw": None, "phase": FAILED}
    return Outcome(**(kept | more), error=(message, type_, code))


SDK_TYPES = "the vendor's SDK types"
VENDOR_DOCS = "the vendor's documentation"
SERVER_SOURCE = "the server's source"
STANDARD = "WHATWG server-sent events"
SEEN = "seen on the wire"
OWN = "this program's own rule"

FRAMING = (
    Quirk(
        "framing/GLM and Kimi separate events by one line feed",
        "rexxars/eventsource-parser#31",
        sse(text("Hel"), text("lo"), END).replace(b"\n\n", b"\n"),
        HELLO,
    ),
    Quirk(
        "framing/Lemonade sends a bare JSON error between events",
        "lemonade-sdk/lemonade#2975",
        sse(text("Hel"), done=False) + b'{"error":{"message":"no memory","type":"server_error"}}\n\n',
        failed("no memory", "server_error"),
    ),
    Quirk(
        "framing/old llama.cpp calls a field error",
        "ggml-org/llama.cpp#16109; coddy-project/coddy-agent#106",
        sse(text("Hel"), done=False) + b'error: {"code":500,"message":"no","type":"server_error"}\n\n',
        failed("no", "server_error", "500"),
    ),
    Quirk(
        "framing/gateways wrap a keep-alive comment as data",
        "mnfst/llm-gateway#2053",
        sse(": OPENROUTER PROCESSING", text("Hel"), ": OPENROUTER PROCESSING", text("lo"), END),
        Outcome(text="Hello", ignored=(0, 2)),
    ),
    Quirk(
        "framing/Clawith sends no space after the colon",
        "dataelement/Clawith#106",
        sse(text("Hello"), END).replace(b"data: ", b"data:"),
        HELLO,
    ),
    Quirk(
        "framing/Gemini's compatible endpoint ends lines with CRLF",
        "Routstr/routstr-core#543",
        sse(text("Hello"), END).replace(b"\n", b"\r\n"),
        HELLO,
    ),
    Quirk(
        "framing/raw U+2028, U+0085 and form feeds stand inside of strings",
        "florimondmanca/httpx-sse#34, #37; langgenius/dify#39008; Soju06/codex-lb#1010",
        b'data: {"choices":[{"delta":{"content":"a\xe2\x80\xa8b\xc2\x85c"},"finish_reason":"stop"}]}\n\n',
        Outcome(text="a\u2028b\x85c"),
    ),
    Quirk(
        "framing/the end marker as text of the answer ends nothing",
        OWN,
        sse(text("data: [DONE]\n\n"), text("[DONE]"), END),
        Outcome(text="data: [DONE]\n\n[DONE]"),
    ),
    Quirk(
        "framing/an end marker with something behind it counts",
        SDK_TYPES,
        sse(text("Hello"), done=False) + b"data:  [DONE] \r\n\r\n" + sse(text("never")),
        Outcome(text="Hello", finish=None, raw=None),
    ),
)

DOCUMENT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "tiny",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
}
JSON_BODY = json.dumps(DOCUMENT).encode()
OLLAMA_LINE = b'{"model":"tiny","message":{"role":"assistant","content":"Hel\xe2\x80\xa8lo"},"done":false}'
OLLAMA_DONE = b'{"model":"tiny","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}'
PAGE = "the server sent a web page, not an API answer; check the base URL (it says: Bad gateway)"
NOTHING: dict[str, Any] = {"text": "", "finish": None, "raw": None}

BODIES = (
    Quirk(
        "body/9router answers a stream with one JSON document",
        "decolua/9router#3492, #3301",
        JSON_BODY,
        HELLO,
    ),
    Quirk(
        "body/a gateway appends its end marker to a JSON document",
        "mnfst/llm-gateway#2716",
        JSON_BODY + b"\n\ndata: [DONE]\n\n",
        HELLO,
    ),
    Quirk("body/a whole answer in one event", "mnfst/llm-gateway#2716", sse(DOCUMENT), HELLO),
    Quirk(
        "body/an error in an array",
        SDK_TYPES,
        b'[{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}]',
        failed("no", "INVALID_ARGUMENT", "400", text=""),
    ),
    Quirk(
        "body/an array of Gemini",
        VENDOR_DOCS,
        b'[{"candidates":[{"content":{"parts":[{"text":"Hel]"}]}}]}\n,\r\n'
        b'{"candidates":[{"content":{"parts":[{"text":"[lo"}]},"finishReason":"STOP"}]}\n]\n',
        Outcome(text="Hel][lo", raw="STOP"),
        "gemini",
    ),
    Quirk(
        "body/a web page",
        "decolua/9router#3492, #3301",
        b"<html><head><title>Bad gateway</title></head></html>",
        failed(PAGE, **NOTHING),
    ),
    Quirk(
        "body/nothing at all",
        "earendil-works/pi#2537",
        b"",
        failed("the server answered with an empty body; check the base URL and the model's name", **NOTHING),
    ),
    Quirk(
        "lines/Ollama's last line without its line feed, CR before others, blank ones between",
        SERVER_SOURCE,
        OLLAMA_LINE + b"\r\n\r\n\n" + OLLAMA_DONE,
        Outcome(text="Hel\u2028lo"),
        "ollama",
    ),
)

CITY, ZONE = '{"city":"Paris"}', '{"city":"Rome"}'

CALLS = (
    Quirk(
        "calls/OpenAI streams arguments in pieces by index",
        SDK_TYPES,
        sse(
            calling(part("a", "f", "", index=0)),
            calling(part("b", "g", "", index=1)),
            calling(part(arguments='{"city"', index=0), part(arguments=ZONE, index=1)),
            calling(part(arguments=':"Paris"}', index=0)),
            TOOLS_END,
        ),
        called(("a", "f", CITY), ("b", "g", ZONE)),
    ),
    Quirk(
        "calls/Ollama gives index 0 to all of them",
        "ollama/ollama#15457, #15497; vercel/ai#14277; BerriAI/litellm#33678",
        sse(calling(part("a", "f", CITY, index=0)), calling(part("b", "f", ZONE, index=0)), TOOLS_END),
        called(("a", "f", CITY), ("b", "f", ZONE)),
    ),
    Quirk(
        "calls/Ollama's index 0 and an id seen before",
        "ollama/ollama#15457",
        sse(
            calling(part("a", "f", "", index=0), part("b", "g", "", index=0)),
            calling(part("a", arguments=CITY, index=0)),
            calling(part("b", arguments=ZONE, index=0)),
            TOOLS_END,
        ),
        called(("a", "f", CITY), ("b", "g", ZONE)),
    ),
    Quirk(
        "calls/Gemini's compatible endpoint sends whole calls without index or id",
        "openai/openai-python#2806; open-webui/computer#224; AstrBotDevs/AstrBot#6661",
        sse(calling(part("", "f", CITY), part("", "f", ZONE)), END),
        called(("", "f", CITY), ("", "f", ZONE), raw="stop"),
    ),
    Quirk(
        "calls/no index, an id decides",
        "openai/openai-python#2806",
        sse(
            calling(part("a", "f"), part("b", "g")), calling(part("a", arguments=CITY), part("b", arguments=ZONE)), END
        ),
        called(("a", "f", CITY), ("b", "g", ZONE), raw="stop"),
    ),
    Quirk(
        "calls/MiniMax and NVIDIA NIM repeat the name in every delta",
        "NousResearch/hermes-agent#12230",
        sse(calling(part("a", "f", '{"city"', index=0)), calling(part("a", "f", ':"Paris"}', index=0)), TOOLS_END),
        called(("a", "f", CITY)),
    ),
    Quirk(
        "calls/Mistral and proxies of Gemini send a name in pieces",
        "continuedev/continue#5849; openclaw/openclaw#130532",
        sse(calling(part("a", "get_", index=0)), calling(part(name="weather", arguments=CITY, index=0)), TOOLS_END),
        called(("a", "get_weather", CITY)),
    ),
    Quirk(
        "calls/a name that grows replaces itself",
        "continuedev/continue#5849",
        sse(calling(part("a", "get_", index=0)), calling(part(name="get_weather", arguments=CITY, index=0)), TOOLS_END),
        called(("a", "get_weather", CITY)),
    ),
    Quirk(
        "calls/id and name after the arguments",
        "pipecat-ai/pipecat#5023",
        sse(
            calling(part(arguments=CITY, index=0)),
            calling(part("a", index=0)),
            calling(part(name="f", index=0)),
            TOOLS_END,
        ),
        called(("a", "f", CITY)),
    ),
    Quirk(
        "calls/llama.cpp sends arguments as an object",
        "ggml-org/llama.cpp#20198",
        sse(calling(part("a", "f", {"city": "Zürich"}, index=0)), TOOLS_END),
        called(("a", "f", '{"city":"Zürich"}')),
    ),
    Quirk(
        "calls/Mistral's types allow arguments as an object",
        "mistralai SDK types",
        sse(calling(part("a", "f", {"city": "Paris"})), TOOLS_END),
        called(("a", "f", CITY)),
    ),
    Quirk(
        "calls/indexes that begin at 1 and skip",
        SDK_TYPES,
        sse(calling(part("a", "f", CITY, index=1)), calling(part("b", "g", ZONE, index=7)), TOOLS_END),
        called(("a", "f", CITY), ("b", "g", ZONE)),
    ),
    Quirk(
        "calls/no arguments at all",
        "cheshire-cat-ai/core#1140",
        sse(calling(part("a", "f", index=0)), TOOLS_END),
        called(("a", "f", "{}")),
    ),
    Quirk(
        "calls/arguments cut by the limit are not repaired",
        SDK_TYPES,
        sse(calling(part("a", "f", '{"city": "Par', index=0)), chunk({}, "length")),
        Outcome(calls=(("a", "f", '{"city": "Par'),), finish="length", raw="length"),
    ),
    Quirk(
        "calls/a custom tool has text and no JSON",
        "openai/openai-openapi#576; openai/openai-python#2530",
        sse(
            calling({"index": 0, "id": "a", "type": "custom", "custom": {"name": "sh", "input": "ls "}}),
            calling({"index": 0, "custom": {"input": "-l"}}),
            TOOLS_END,
        ),
        called(("a", "sh", "ls -l")),
    ),
    Quirk(
        "calls/stop where the request named the function",
        "googleapis/python-genai#2868",
        sse(calling(part("a", "f", CITY, index=0)), END),
        called(("a", "f", CITY), raw="stop"),
    ),
)

THOUGHT = Outcome(text="Hello", reasoning="Hm.")


def thinking(**delta: object) -> bytes:
    """One delta of reasoning before "Hello"."""
    return sse(chunk(delta), text("Hello"), END)


REASONING = (
    *(
        Quirk(
            f"reasoning/{server} calls it reasoning_content",
            source,
            thinking(reasoning_content="Hm.", content=None),
            THOUGHT,
        )
        for server, source in (
            ("DeepSeek", VENDOR_DOCS),
            ("older vLLM", VENDOR_DOCS),
            ("SGLang", VENDOR_DOCS),
            ("llama.cpp", VENDOR_DOCS),
            ("Qwen", VENDOR_DOCS),
            ("xAI", VENDOR_DOCS),
        )
    ),
    *(
        Quirk(f"reasoning/{server} calls it reasoning", source, thinking(reasoning="Hm.", content=""), THOUGHT)
        for server, source in (
            ("OpenRouter", VENDOR_DOCS),
            ("Groq", "groq SDK types"),
            ("Ollama's compatible endpoint", VENDOR_DOCS),
            ("newer vLLM", VENDOR_DOCS),
            ("NanoGPT", VENDOR_DOCS),
        )
    ),
    Quirk(
        "reasoning/both names with one text", VENDOR_DOCS, thinking(reasoning="Hm.", reasoning_content="Hm."), THOUGHT
    ),
    Quirk(
        "reasoning/OpenRouter sends details beside the same text",
        VENDOR_DOCS,
        thinking(reasoning="Hm.", reasoning_details=[{"type": "reasoning.text", "text": "Hm.", "index": 0}]),
        THOUGHT,
    ),
    Quirk(
        "reasoning/OpenRouter sends details alone",
        VENDOR_DOCS,
        thinking(
            reasoning_details=[
                {"type": "reasoning.text", "text": "H", "signature": "xyz", "format": "unknown", "index": 0},
                {"type": "reasoning.summary", "summary": "m.", "index": 1},
                {"type": "reasoning.encrypted", "data": "c2VjcmV0", "index": 2},
            ]
        ),
        THOUGHT,
    ),
    Quirk(
        "reasoning/Mistral sends lists of content mixed with strings",
        "BerriAI/litellm#16272; vercel/ai#8072",
        sse(
            text([{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}], "closed": True}]),
            text([{"type": "text", "text": "Hel"}, {"type": "reference", "reference_ids": [1]}]),
            text("lo"),
            END,
        ),
        THOUGHT,
    ),
    Quirk(
        "reasoning/raw models think in tags inside of the text",
        OWN,
        sse(text("<think>Hm.</think>"), text("Hello"), END),
        Outcome(text="<think>Hm.</think>Hello"),
    ),
)

HEL = sse(text("Hel"), done=False)

ERRORS = (
    Quirk(
        "errors/OpenAI ends the stream with an error object",
        SDK_TYPES,
        HEL + sse({"error": {"message": "no", "type": "server_error", "param": None, "code": None}}, done=False),
        failed("no", "server_error"),
    ),
    Quirk(
        "errors/vLLM sends its end marker after the error",
        "vllm-project/guidellm#743",
        HEL + sse({"error": {"message": "no", "type": "InternalServerError", "param": None, "code": 500}}),
        failed("no", "InternalServerError", "500"),
    ),
    Quirk(
        "errors/OpenRouter sends the error beside a finish reason",
        VENDOR_DOCS,
        HEL
        + sse(
            chunk(
                {"content": "lo"},
                "error",
                error={"code": 502, "message": "no", "metadata": {"provider_name": "Together"}},
                provider="Together",
            )
        ),
        failed("no", None, "502", text="Hello", finish="error", raw="error"),
    ),
    Quirk("errors/a sentence", SEEN, HEL + sse({"error": "no"}), failed("no")),
    Quirk(
        "errors/a flat object that calls itself an error",
        SEEN,
        HEL + sse({"object": "error", "message": "no", "type": "BadRequestError", "param": None, "code": 400}),
        failed("no", "BadRequestError", "400"),
    ),
    Quirk(
        "errors/LM Studio names the event",
        SEEN,
        HEL + b'event: error\ndata: {"error":{"message":"no"},"type":"server"}\n\n',
        failed("no"),
    ),
    Quirk(
        "errors/a named event with a flat error",
        SEEN,
        HEL + b'event: error\ndata: {"message":"no","code":"busy"}\n\n',
        failed("no", None, "busy"),
    ),
    Quirk(
        "errors/Gemini's compatible endpoint prints one over many lines",
        VENDOR_DOCS,
        HEL + b'{\n  "error": {\n    "code": 503,\n    "message": "no",\n    "status": "UNAVAILABLE"\n  }\n}\n',
        failed("no", "UNAVAILABLE", "503"),
    ),
    Quirk(
        "errors/Groq puts it into x_groq",
        "groq SDK types",
        HEL + sse({"id": "a", "choices": [], "x_groq": {"id": "r", "error": "no"}}),
        failed("no"),
    ),
    Quirk(
        "errors/a filter that failed is none of the stream",
        VENDOR_DOCS,
        sse(
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {"content": "Hello"},
                        "finish_reason": "stop",
                        "content_filter_results": {"error": {"code": "content_filter_error", "message": "timeout"}},
                    }
                ],
                "moderation": {"error": {"message": "skipped"}},
            }
        ),
        HELLO,
    ),
    Quirk(
        "errors/Ollama's compatible endpoint hides a failure in an empty chunk",
        SERVER_SOURCE,
        HEL + sse({"id": "a", "object": "chat.completion.chunk", "choices": []}, done=False),
        CUT,
    ),
    Quirk(
        "errors/vLLM's end marker with nothing before it",
        "vllm-project/vllm#40986",
        sse(),
        failed("the server ended the stream without sending any answer", **NOTHING),
    ),
)

COUNTED = Usage(7, 3)
USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}

SERVERS = (
    Quirk(
        "servers/OpenRouter",
        "docker/docker-agent#2349; deepnoodle-ai/dive#206",
        b": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n"
        + sse(
            chunk({"role": "assistant", "content": "", "reasoning": "Hm.", "reasoning_details": []}, provider="Azure"),
            chunk({"role": "assistant", "content": "Hello"}, provider="Azure"),
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {"role": "assistant", "content": ""},
                        "finish_reason": "stop",
                        "native_finish_reason": "STOP",
                    }
                ]
            },
            chunk({"role": "assistant", "content": ""}, None, usage={**USAGE, "cost": 0.00014, "is_byok": False}),
        ),
        Outcome(text="Hello", reasoning="Hm.", usage=COUNTED, ignored=(2, 0)),
    ),
    Quirk(
        "servers/DeepSeek",
        VENDOR_DOCS,
        b"\n\n: keep-alive\n\n: keep-alive\n\n"
        + sse(
            chunk({"role": "assistant", "content": None, "reasoning_content": "Hm."}),
            chunk({"content": "Hello", "reasoning_content": None}),
            chunk(
                {"content": ""},
                "insufficient_system_resource",
                usage={**USAGE, "prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 3},
            ),
        ),
        Outcome(
            text="Hello",
            reasoning="Hm.",
            finish="error",
            raw="insufficient_system_resource",
            usage=Usage(7, 3, cached=4),
            ignored=(2, 0),
        ),
    ),
    Quirk(
        "servers/Groq",
        "groq SDK types",
        sse(
            chunk({"role": "assistant", "content": ""}, x_groq={"id": "req_1"}),
            chunk({"reasoning": "Hm."}),
            text("Hello"),
            chunk({}, "stop", x_groq={"id": "req_1", "usage": {**USAGE, "completion_time": 0.01, "queue_time": 0.1}}),
        ),
        Outcome(text="Hello", reasoning="Hm.", usage=COUNTED),
    ),
    Quirk(
        "servers/Mistral",
        "BerriAI/litellm#16272; continuedev/continue#5849",
        sse(
            {
                "id": "m",
                "model": "magistral",
                "choices": [{"delta": {"role": "assistant", "content": [{"type": "text", "text": "Hel"}]}}],
            },
            {"choices": [{"delta": {"content": "lo"}, "finish_reason": None}]},
            {"choices": [{"delta": {"content": ""}, "finish_reason": "model_length"}], "usage": USAGE},
        ),
        Outcome(text="Hello", finish="length", raw="model_length", usage=COUNTED),
    ),
    Quirk(
        "servers/Gemini's compatible endpoint",
        "Routstr/routstr-core#543; openai/openai-python#2806; googleapis/python-genai#2868",
        sse(
            text("Hello"),
            chunk(
                {
                    "role": "assistant",
                    "tool_calls": [
                        part("", "f", CITY, extra_content={"google": {"thought_signature": "xyz"}}),
                        part("", "f", ZONE),
                    ],
                },
                "stop",
                usage=USAGE,
            ),
        ).replace(b"\n", b"\r\n"),
        called(("", "f", CITY), ("", "f", ZONE), raw="stop", text="Hello", usage=COUNTED),
    ),
    Quirk(
        "servers/vLLM",
        "vllm-project/vllm#36944; pydantic/pydantic-ai#4056",
        sse(
            chunk({"role": "assistant", "content": ""}, usage={"prompt_tokens": 7, "completion_tokens": 0}),
            text("Hel", usage={"prompt_tokens": 7, "completion_tokens": 1}),
            {
                "choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": "abort", "stop_reason": None}],
                "usage": {"prompt_tokens": 7, "completion_tokens": 3},
            },
        ),
        Outcome(text="Hello", finish="cancelled", raw="abort", usage=COUNTED),
    ),
    Quirk(
        "servers/SGLang",
        "sgl-project/sglang#3912",
        sse(
            text("Hel", "", usage={"prompt_tokens": 7, "completion_tokens": 1}),
            text("lo", "", usage={"prompt_tokens": 7, "completion_tokens": 3}),
            {"choices": [{"index": 0, "delta": {"content": None}, "finish_reason": "stop", "matched_stop": 151645}]},
            {"choices": [], "usage": None},
        ),
        Outcome(text="Hello", usage=COUNTED),
    ),
    Quirk(
        "servers/llama.cpp",
        "ggml-org/llama.cpp#15827; ggml-org/llama.cpp#20198",
        sse(
            chunk(
                {"role": "assistant", "content": None},
                prompt_progress={"total": 9, "cache": 0, "processed": 4, "time_ms": 8},
            ),
            chunk({"reasoning_content": "Hm."}),
            text("Hello", timings={"predicted_n": 1, "predicted_per_second": 50.0}),
            END,
            {"choices": [], "usage": USAGE, "timings": {"prompt_n": 7, "predicted_n": 3, "predicted_per_second": 51.5}},
        ),
        Outcome(text="Hello", reasoning="Hm.", usage=COUNTED),
    ),
    Quirk(
        "servers/LM Studio",
        SEEN,
        HEL
        + b'event: error\ndata: {"error":{"message":"The model has crashed"},"message":"The model has crashed"}\n\n',
        failed("The model has crashed"),
    ),
    Quirk(
        "servers/Ollama's compatible endpoint",
        "ollama/ollama#4357; ollama/ollama#15457",
        sse(
            chunk({"role": "assistant", "content": "", "reasoning": "Hm."}, "", system_fingerprint="fp_ollama"),
            calling(part("call_a", "f", CITY, index=0)),
            calling(part("call_b", "f", ZONE, index=0)),
            chunk({"role": "assistant", "content": ""}, "tool_calls"),
            {"choices": [], "usage": USAGE},
        ),
        called(("call_a", "f", CITY), ("call_b", "f", ZONE), reasoning="Hm.", usage=COUNTED),
    ),
    Quirk(
        "servers/xAI",
        VENDOR_DOCS,
        sse(
            chunk({"role": "assistant", "reasoning_content": "Hm."}),
            text("Hello"),
            END,
            {"choices": [], "usage": {**USAGE, "completion_tokens_details": {"reasoning_tokens": 2}}, "citations": []},
        ),
        Outcome(text="Hello", reasoning="Hm.", usage=Usage(7, 3, 2)),
    ),
    Quirk("servers/GenieX", "qualcomm/GenieX#1243", sse(text("Hel", ""), text("lo", ""), END), HELLO),
    Quirk("servers/KoboldCpp", "PowerShell/AIShell#350", sse(text("Hel", "null"), text("lo", "null"), END), HELLO),
    Quirk(
        "servers/GenieX, cut off: an empty word is no end",
        "qualcomm/GenieX#1243",
        sse(text("Hel", ""), done=False),
        CUT,
    ),
    Quirk(
        "servers/KoboldCpp, cut off: null as a word is no end",
        "PowerShell/AIShell#350",
        sse(text("Hel", "null"), done=False),
        CUT,
    ),
    Quirk(
        "servers/LiteLLM",
        "recordings in tests/streams/chat/litellm",
        sse(
            {"id": "a", "choices": [{"delta": {"content": "Hello", "tool_calls": None, "function_call": None}}]},
            {"id": "a", "choices": [{"delta": {"content": None}, "finish_reason": "stop"}]},
        ),
        HELLO,
    ),
    Quirk(
        "servers/one-api-style gateways leave keys out and answer whole",
        "earendil-works/pi#7441",
        sse({"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}, done=False),
        HELLO,
    ),
    Quirk(
        "servers/a gateway without an end marker",
        "earendil-works/pi#7441",
        sse(text("Hel"), text("lo"), END, done=False),
        HELLO,
    ),
    Quirk(
        "servers/Azure's filter chunks around the answer",
        "AbanteAI/archive-old-cli-mentat#429; meilisearch/meilisearch#6477; microsoft/autogen#6465",
        sse(
            {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": []},
            text("Hello"),
            END,
            {"choices": [{"index": 0, "finish_reason": None, "content_filter_offsets": {"check_offset": 5}}], "id": ""},
        ),
        HELLO,
    ),
    Quirk(
        "servers/Gemini leaves content out of the last chunk",
        "agentjido/req_llm#638; pydantic/pydantic-ai#2631",
        b'data: {"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"}}]}\r\n\r\n'
        b'data: {"candidates":[{"finishReason":"STOP","index":0}]}\r\n\r\n',
        Outcome(text="Hello", raw="STOP"),
        "gemini",
    ),
    Quirk(
        "servers/a gateway closes Responses with an end marker and no terminal event",
        "BerriAI/litellm#34095",
        b'data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hello"}\n\n'
        b"data: [DONE]\n\n",
        Outcome(text="Hello", finish=None, raw=None, phase=Phase.INTERRUPTED),
        "responses",
    ),
    Quirk(
        "servers/OpenAI nests the error of Responses",
        "openai/openai-dotnet#881, #528; openai/openai-python#3934; zendev-sh/goai#88",
        b'event: error\ndata: {"type":"error","error":{"type":"server_error","code":"busy","message":"no"}}\n\n',
        failed("no", "server_error", "busy", **NOTHING),
        "responses",
    ),
    Quirk(
        "servers/any proxy: an HTML page with status 200",
        "decolua/9router#3492",
        b"<!DOCTYPE html>\n<title>Bad gateway</title>",
        failed(PAGE, **NOTHING),
    ),
    Quirk(
        "servers/any proxy: an empty body with status 200",
        "earendil-works/pi#2537",
        b"\r\n\r\n",
        failed("the server answered with an empty body; check the base URL and the model's name", **NOTHING),
    ),
    Quirk(
        "servers/any proxy: the connection closed in the middle looks like an end",
        SEEN,
        sse(text("Hel"), done=False) + b'data: {"choices":[{"delta":{"content":"lo',
        CUT,
    ),
)

STREAMED = (*FRAMING, *BODIES, *CALLS, *REASONING, *ERRORS, *SERVERS)


def no(
    status: int, type_: str | None = None, code: str | None = None, *, again: bool = False, **more: Any
) -> StreamError:
    """The error of an HTTP response; `again`: it may be tried again."""
    return StreamError("http", more.pop("message", "no"), type_, code, status, again, more.pop("after_s", None))


LIMITED = b'{"error":{"message":"no"}}'

REFUSALS = (
    Refusal(
        "refusals/OpenAI",
        SDK_TYPES,
        400,
        b'{"error":{"message":"no","type":"invalid_request_error","param":"n","code":"bad_n"}}',
        no(400, "invalid_request_error", "bad_n"),
    ),
    Refusal(
        "refusals/OpenRouter",
        VENDOR_DOCS,
        502,
        b'{"error":{"code":502,"message":"no","metadata":{"provider_name":"Together"}},"user_id":"u"}',
        no(502, None, "502", again=True),
    ),
    Refusal(
        "refusals/Anthropic",
        SDK_TYPES,
        529,
        b'{"type":"error","error":{"type":"overloaded_error","message":"no"},"request_id":"req_1"}',
        no(529, "overloaded_error", again=True),
    ),
    Refusal(
        "refusals/Google",
        SDK_TYPES,
        503,
        b'{"error":{"code":503,"message":"no","status":"UNAVAILABLE"}}',
        no(503, "UNAVAILABLE", "503", again=True),
    ),
    Refusal(
        "refusals/Google, in an array, with its hint when to try again",
        VENDOR_DOCS,
        429,
        b'[{"error":{"code":429,"message":"no","status":"RESOURCE_EXHAUSTED","details":'
        b'[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}]',
        no(429, "RESOURCE_EXHAUSTED", "429", again=True, after_s=34.5),
    ),
    Refusal("refusals/Ollama", SERVER_SOURCE, 503, b'{"error":"no"}', no(503, again=True)),
    Refusal("refusals/FastAPI", "FastAPI", 400, b'{"detail":"no"}', no(400)),
    Refusal(
        "refusals/FastAPI's validation",
        "FastAPI",
        422,
        b'{"detail":[{"loc":["body","n"],"msg":"too large","type":"int"}]}',
        no(422, message="body.n: too large"),
    ),
    Refusal("refusals/a bare message", VENDOR_DOCS, 400, b'{"message":"no"}', no(400)),
    Refusal(
        "refusals/older vLLM",
        SERVER_SOURCE,
        400,
        b'{"object":"error","message":"no","type":"BadRequestError","param":null,"code":400}',
        no(400, "BadRequestError", "400"),
    ),
    Refusal(
        "refusals/a gateway's page",
        SEEN,
        502,
        b"<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>",
        no(502, again=True, message="502 Bad Gateway"),
    ),
    Refusal(
        "refusals/a gateway's plain text",
        SEEN,
        503,
        b"upstream connect error or\n disconnect",
        no(503, again=True, message="upstream connect error or disconnect"),
    ),
    Refusal(
        "refusals/an empty body",
        SEEN,
        524,
        b"",
        no(524, again=True, message="the server answered 524 without an explanation"),
    ),
    Refusal(
        "refusals/Azure blocks a prompt and names the filter",
        VENDOR_DOCS,
        400,
        b'{"error":{"message":"no","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":'
        b'{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true}}}}}',
        no(400, None, "content_filter", message="no (filtered: hate)"),
    ),
    *(
        Refusal(f"retry/{status} may heal", "the vendors' SDKs", status, LIMITED, no(status, again=True))
        for status in (408, 409, 429, 500, 502, 503, 504, 529)
    ),
    *(
        Refusal(f"retry/{status} cannot heal", "the vendors' SDKs", status, LIMITED, no(status))
        for status in (400, 402, 403, 413, 422)
    ),
    *(
        Refusal(
            f"retry/OpenAI's {word}",
            "the vendor's SDK",
            429,
            b'{"error":{"message":"no","type":"%s","code":"%s"}}' % (word.encode(), word.encode()),
            no(429, word, word),
        )
        for word in (
            "insufficient_quota",
            "credit_balance_exhausted",
            "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "organization_usage_limit_exceeded",
        )
    ),
    Refusal(
        "retry/Anthropic's enforced spend limit",
        "the vendor's SDK",
        429,
        b'{"type":"error","error":{"type":"rate_limit_error","message":"no","details":'
        b'{"error_code":"enforced_spend_limit_reached"}}}',
        no(429, "rate_limit_error", "enforced_spend_limit_reached"),
    ),
    *(
        Refusal(
            f"retry/{word} with {status}",
            "the vendor's SDK",
            status,
            b'{"error":{"message":"no","code":"%s"}}' % word.encode(),
            no(status, None, word, again=True),
        )
        for word, status in (
            ("rate_limit_exceeded", 429),
            ("slow_down", 429),
            ("slow_down", 503),
            ("server_is_overloaded", 503),
        )
    ),
    Refusal(
        "retry/x-should-retry false counts more than the status",
        "the vendors' SDKs",
        503,
        LIMITED,
        no(503),
        {"x-should-retry": "false"},
    ),
    Refusal(
        "retry/x-should-retry true counts more than the status",
        "the vendors' SDKs",
        400,
        LIMITED,
        no(400, again=True),
        {"x-should-retry": "true"},
    ),
    Refusal(
        "retry/retry-after-ms goes first",
        "the vendors' SDKs",
        429,
        LIMITED,
        no(429, again=True, after_s=1.5),
        {"retry-after-ms": "1500", "retry-after": "9"},
    ),
    Refusal(
        "retry/retry-after in parts of seconds",
        "the vendors' SDKs",
        429,
        LIMITED,
        no(429, again=True, after_s=0.5),
        {"retry-after": "0.5"},
    ),
    Refusal(
        "retry/retry-after as a date",
        "the vendors' SDKs",
        503,
        LIMITED,
        no(503, again=True, after_s=30.0),
        {"retry-after": "Fri, 20 Nov 2026 12:00:30 GMT", "date": "Fri, 20 Nov 2026 12:00:00 GMT"},
    ),
)


@dataclass(frozen=True)
class Rule:
    """A rule which `test` holds: `module:function`, with `[case]` for one case of a table."""

    name: str
    source: str
    test: str


COVERED = (
    Rule("framing/L1 the last event without its blank line", SEEN, "test_sse:test_decodes[L1-json-without-blank-line]"),
    Rule("framing/L1 the end marker without a line end", SEEN, "test_sse:test_decodes[L1-done]"),
    Rule("framing/L2 one line feed", "rexxars/eventsource-parser#31", "test_sse:test_decodes[L2-single-line-ends]"),
    Rule("framing/L2 JSON printed over lines", STANDARD, "test_sse:test_decodes[L2-pretty-printed-stays-whole]"),
    Rule("framing/L3 two objects in one event", SEEN, "test_chat:test_several_objects_in_one_event"),
    Rule("framing/L4 a bare error", "lemonade-sdk/lemonade#2975", "test_sse:test_decodes[L4-bare-error]"),
    Rule("framing/L4 a printed error of Gemini", SEEN, "test_gemini:test_errors_in_the_middle_in_every_form"),
    Rule("framing/L5 an error field", "ggml-org/llama.cpp#16109", "test_sse:test_decodes[L5-error-field]"),
    Rule("framing/L6 a wrapped comment", "mnfst/llm-gateway#2053", "test_chat:test_comments_and_wrapped_comments"),
    Rule("framing/L7 no space", "dataelement/Clawith#106", "test_sse:test_decodes[L7-no-space]"),
    Rule("framing/L7 CRLF and CR", "Routstr/routstr-core#543", "test_chat:test_other_line_ends"),
    Rule("framing/L8 empty keep-alives", SEEN, "test_chat:test_empty_keep_alives"),
    Rule(
        "framing/L9 no event names",
        SEEN,
        "test_anthropic:test_payloads_without_type_and_name_are_told_by_their_fields",
    ),
    Rule("framing/L9 only event names", SEEN, "test_responses:test_the_type_may_be_only_in_the_name_of_the_event"),
    Rule("framing/L9 names without meaning", SEEN, "test_chat:test_event_names_mean_nothing_here"),
    Rule("framing/L10 after the end marker", SEEN, "test_chat:test_what_comes_after_done_is_ignored"),
    Rule("traps/an event of an id alone", "openai-python", "test_sse:test_decodes[ping-after-an-id]"),
    Rule("traps/a byte order mark", "web-platform-tests", "test_sse:test_decodes[bom]"),
    Rule("traps/invalid UTF-8", STANDARD, "test_chat:test_invalid_utf_8_becomes_the_replacement_character"),
    Rule("traps/quadratic time", OWN, "test_sse:test_a_long_line_in_thousands_of_reads_is_joined_once"),
    Rule(
        "traps/line ends of Unicode",
        "florimondmanca/httpx-sse#34, #37",
        "test_sse:test_decodes[no-line-ends-of-unicode]",
    ),
    Rule("traps/an event without end", OWN, "test_sse:test_nothing_without_end_is_held_for_ever"),
    Rule("body/blank lines before it", VENDOR_DOCS, "test_chat_body:test_leading_blank_lines_are_keep_alives"),
    Rule("lines/LF alone splits", OWN, "test_json_values:test_only_line_feeds_split"),
    Rule("lines/the last line", SERVER_SOURCE, "test_json_values:test_the_last_line_without_its_line_end"),
    Rule("lines/CR and blank lines", SERVER_SOURCE, "test_ollama:test_lines"),
    Rule("calls/the legacy function call", SDK_TYPES, "test_chat:test_the_legacy_function_call"),
    Rule(
        "calls/never merged by Ollama's index", SERVER_SOURCE, "test_ollama:test_calls_are_never_merged_by_their_index"
    ),
    Rule("reasoning/never twice", VENDOR_DOCS, "test_chat:test_reasoning_by_any_name_and_never_twice"),
    Rule(
        "errors/the rest of the payload first",
        VENDOR_DOCS,
        "test_chat:test_the_rest_of_a_payload_is_folded_before_its_error",
    ),
    Rule("errors/in every shape", SEEN, "test_chat:test_errors_after_text"),
    Rule("refusals/in every shape", SEEN, "test_failure:test_every_shape_of_body"),
    Rule("refusals/short, and never markup", OWN, "test_failure:test_markup_and_length_never_reach_the_screen"),
    Rule("refusals/401 and 404 name the next step", OWN, "test_failure:test_the_next_step_is_named"),
)

QUIRKS = {
    **{row.name: f"test_quirks:test_what_servers_send[{row.name}]" for row in STREAMED},
    **{row.name: f"test_quirks:test_what_servers_refuse_with[{row.name}]" for row in REFUSALS},
    **{rule.name: rule.test for rule in COVERED},
}
"""Each known quirk, and the test that holds it."""

SERVERS_KNOWN = (
    *("OpenRouter", "DeepSeek", "Groq", "Mistral", "Gemini's compatible endpoint", "vLLM", "SGLang", "llama.cpp"),
    *("LM Studio", "Ollama's compatible endpoint", "xAI", "GenieX", "KoboldCpp", "LiteLLM", "one-api", "any proxy"),
)


def outcome_of(snapshot: Snapshot) -> Outcome:
    """What the one choice of `snapshot` (or none at all) became."""
    assert len(snapshot.choices) <= 1
    error = snapshot.error
    common: dict[str, Any] = {
        "usage": snapshot.usage,
        "phase": snapshot.phase,
        "error": (error.message, error.type, error.code) if error else None,
        "ignored": (snapshot.counts.comments, snapshot.counts.undecodable),
    }
    if not snapshot.choices:
        return Outcome(**common, finish=None, raw=None)
    (choice,) = snapshot.choices
    return Outcome(
        **common,
        text=choice.text,
        reasoning=choice.reasoning,
        calls=tuple((call.id, call.name, call.arguments) for call in choice.tool_calls),
        finish=choice.finish_reason,
        raw=choice.finish_reason_raw,
    )


@pytest.mark.parametrize("quirk", STREAMED, ids=lambda quirk: quirk.name)
def test_what_servers_send(quirk: Quirk) -> None:
    assert outcome_of(fold(quirk.stream, dialect=quirk.dialect)) == quirk.outcome


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_what_servers_refuse_with(refusal: Refusal) -> None:
    assert http_error(refusal.status, refusal.headers, refusal.body) == refusal.error


def cases_of(function: Any) -> set[str]:
    """The ids of the cases of a parametrised test whose table has one column."""
    mark = next(mark for mark in function.pytestmark if mark.name == "parametrize")
    names: set[str] = {mark.kwargs["ids"](value) for value in mark.args[1]}
    return names


@pytest.mark.parametrize("name", QUIRKS)
def test_every_quirk_has_a_test(name: str) -> None:
    module, _, rest = QUIRKS[name].partition(":")
    function_name, _, case = rest.partition("[")
    function = getattr(importlib.import_module(f"tests.core.{module}"), function_name)
    assert callable(function)
    assert not case or case.removesuffix("]") in cases_of(function)


def test_every_quirk_has_one_row_and_a_source() -> None:
    rows: tuple[Quirk | Refusal | Rule, ...] = (*STREAMED, *REFUSALS, *COVERED)
    assert len(QUIRKS) == len(rows)
    assert all(row.source for row in rows)


@pytest.mark.parametrize("server", SERVERS_KNOWN)
def test_every_known_server_has_a_recording(server: str) -> None:
    assert any(quirk.name.startswith(f"servers/{server}") for quirk in SERVERS)
