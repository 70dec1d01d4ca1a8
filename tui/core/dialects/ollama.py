"""The Ollama dialect: `/api/chat`, one JSON object per line, and `/api/generate`'s answers where they come instead.

Only `done: true` proves an answer whole; a server that dies leaves lines that look like any others. Tool calls come
whole and several have the same index, so each is a call of its own. Source: docs/protocols.md, "Ollama".
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar

import msgspec

from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.dialects.call_arguments import arguments_object
from tui.core.dialects.chat_wire import WireLogprob
from tui.core.dialects.claimed_count import claimed_count
from tui.core.dialects.ollama_wire import OllamaChunk, WireToolCall
from tui.core.dialects.options import encoded, place_options
from tui.core.dialects.payload_decoder import PayloadDecoder
from tui.core.dialects.plain_text import LINE, Empty, Frame
from tui.core.errors import RequestError
from tui.core.events import (
    ChoiceFinished,
    ChoiceSeen,
    LogprobsDelta,
    ReasoningDelta,
    ResponseStarted,
    ServerTimings,
    StreamEvent,
    TextDelta,
    TimingsReported,
    TokenLogprob,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from tui.core.failure import StreamError, api_error
from tui.core.finish import is_finish, ollama_finish_reason
from tui.core.request import HttpRequest, Message, Prompt, server_call_id
from tui.core.target import Target
from tui.core.text import paired
from tui.core.tool_calls import arguments_delta

_RUNNER = (
    *("num_ctx", "num_predict", "num_keep", "num_batch", "num_gpu", "main_gpu", "num_thread", "use_mmap"),
    *("min_p", "typical_p", "repeat_last_n", "repeat_penalty", "penalize_newline"),
    *("mirostat", "mirostat_tau", "mirostat_eta"),
)
"""Options of the model's runner, which the server looks for below `options` and nowhere else."""
_SHARED = ("temperature", "top_p", "top_k", "stop", "seed", "presence_penalty", "frequency_penalty")
_OPTIONS: dict[str, str | None] = {
    **{name: f"options.{name}" for name in (*_SHARED, *_RUNNER)},
    "max_tokens": "options.num_predict",
    "reasoning_effort": "think",
    **dict.fromkeys(("n", "tool_choice", "parallel_tool_calls")),
}


def build_request(target: Target, prompt: Prompt) -> HttpRequest:
    """The streaming request for `prompt`. Raises `RequestError` for what this dialect cannot express."""
    if prompt.continues:
        raise RequestError(f"{target.name}: the ollama dialect cannot go on from a response kept at the server")
    options = deepcopy(dict(target.options))
    options.pop("include_usage", None)  # it always reports usage
    body: dict[str, Any] = {"model": target.model, "messages": _messages(prompt, target), "stream": True}
    if prompt.tools:
        body["tools"] = list(prompt.tools)
    if prompt.schema is not None:
        body["format"] = prompt.schema
    if (runner := options.pop("options", None)) is not None:
        if not isinstance(runner, dict):
            raise RequestError(f"{target.name}: option 'options' is {runner!r}; expected an object")
        body["options"] = runner
    place_options(body, _translated(options), _OPTIONS, target)
    path = "chat" if target.base_url.endswith("/api") else "api/chat"
    return HttpRequest(target.url(path), encoded(body, target), dict(target.headers))


def _translated(options: dict[str, Any]) -> dict[str, Any]:
    """`options` with the values that are written otherwise here."""
    if isinstance(options.get("stop"), str):
        options["stop"] = [options["stop"]]
    if options.get("reasoning_effort") == "none":
        options["reasoning_effort"] = False
    if options.get("tool_choice") == "auto":  # what it does anyway, so that one option may serve a whole line-up
        del options["tool_choice"]
    return options


def _messages(prompt: Prompt, target: Target) -> list[dict[str, Any]]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    called = {call.id: call.name for message in prompt.messages for call in message.calls}
    return system + [_message(message, called, target) for message in prompt.messages]


def _message(message: Message, called: Mapping[str, str], target: Target) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.role == "tool":
        name = message.tool_name or called.get(message.call_id)
        known = {"tool_name": name, "tool_call_id": server_call_id(message.call_id)}
        return {**written, **{key: value for key, value in known.items() if value}}
    if message.calls:
        written["tool_calls"] = [
            {
                **({"id": id_} if (id_ := server_call_id(call.id)) else {}),
                "function": {"name": call.name, "arguments": arguments_object(call, target)},
            }
            for call in message.calls
        ]
    return written


class PlainMessage(msgspec.Struct, frozen=True, gc=False):
    """`message` with nothing but text."""

    content: str
    thinking: Empty = None
    tool_calls: None = None


class PlainChunk(msgspec.Struct, frozen=True, gc=False):
    """A line that says nothing but more text."""

    message: PlainMessage
    done: bool | None = None
    response: Empty = None
    thinking: Empty = None
    done_reason: None = None
    prompt_eval_count: None = None
    eval_count: None = None
    logprobs: None = None
    tool_calls: None = None
    error: None = None


_decode_plain = msgspec.json.Decoder(PlainChunk).decode


class OllamaDecoder(PayloadDecoder[OllamaChunk]):
    """One response body of this dialect to events. Never raises anything but `BoundExceeded`."""

    shape = OllamaChunk
    framing = "lines"
    frame: ClassVar[Frame] = LINE
    done_is_proof = False

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        super().__init__(bounds)
        self._model = ""
        self._is_seen = False
        self._calls = 0
        """How many calls there were: none is ever continued by the next."""

    @property
    def is_settled(self) -> bool:
        """Whether the answer has begun and the model is known."""
        return self._is_seen and bool(self._model)

    def plain_texts(self, payloads: list[bytes]) -> list[str] | None:
        """The texts of lines that hold nothing else."""
        chunks = [_decode_plain(payload) for payload in payloads]
        return None if any(chunk.done for chunk in chunks) else [chunk.message.content for chunk in chunks]

    def take(self, chunk: OllamaChunk, event_name: str, events: list[StreamEvent]) -> None:
        """One line."""
        if chunk.model and not self._model:
            self._model = chunk.model
            events.append(ResponseStarted("", paired(chunk.model)))
        message = None if isinstance(chunk.message, str) else chunk.message
        if not self._is_seen and (message is not None or chunk.response is not None or chunk.done):
            self._is_seen = True
            events.append(ChoiceSeen(0))
        if message is not None:
            self._take_text(message.thinking, message.content, events)
            self._take_calls(message.tool_calls, events)
        if chunk.response or chunk.thinking:
            self._take_text(chunk.thinking, chunk.response, events)
        if chunk.tool_calls:
            self._take_calls(chunk.tool_calls, events)
        if chunk.logprobs and (tokens := _logprobs(chunk.logprobs)):
            events.append(LogprobsDelta(0, tokens))
        if chunk.eval_count is not None or chunk.prompt_eval_count is not None or chunk.done:
            _take_figures(chunk, events)
        if chunk.done_reason and is_finish(chunk.done_reason):
            raw = paired(chunk.done_reason)
            events.append(ChoiceFinished(0, raw, ollama_finish_reason(raw)))
        if error := _error_in(chunk, event_name):
            self.report(error, events)
        elif chunk.done:
            self.end(events)

    def _take_text(self, thinking: str | None, text: str | None, events: list[StreamEvent]) -> None:
        if thinking:
            events.append(ReasoningDelta(0, thinking))
        if text:
            events.append(TextDelta(0, text))

    def _take_calls(self, calls: list[WireToolCall] | None, events: list[StreamEvent]) -> None:
        for call in calls or ():
            name = call.function.name if call.function else None
            arguments = arguments_delta(call.function.arguments) if call.function else ""
            events.append(
                ToolCallDelta(0, self._calls, paired(call.id or ""), "function", paired(name or ""), arguments or "{}")
            )
            self._calls += 1


def _take_figures(chunk: OllamaChunk, events: list[StreamEvent]) -> None:
    usage = Usage(prompt=claimed_count(chunk.prompt_eval_count), completion=claimed_count(chunk.eval_count))
    if usage != Usage():
        events.append(UsageReported(usage))
    timings = ServerTimings(
        total_ns=claimed_count(chunk.total_duration),
        load_ns=claimed_count(chunk.load_duration),
        prompt_ns=claimed_count(chunk.prompt_eval_duration),
        generation_ns=claimed_count(chunk.eval_duration),
        generation_tokens=claimed_count(chunk.eval_count),
    )
    if timings != ServerTimings():
        events.append(TimingsReported(timings))


def _logprobs(wire: list[WireLogprob]) -> tuple[TokenLogprob, ...]:
    return tuple(
        TokenLogprob(
            paired(item.token or ""),
            item.logprob,
            tuple((paired(top.token or ""), top.logprob) for top in item.top_logprobs or () if top.logprob is not None),
        )
        for item in wire
    )


def _error_in(chunk: OllamaChunk, event_name: str) -> StreamError | None:
    """The error this line reports; `event_name` is set only where a gateway made events of the lines."""
    if chunk.error:
        return api_error({"error": chunk.error})
    if event_name == "error":
        return api_error({"error": {"message": chunk.message if isinstance(chunk.message, str) else ""}})
    if chunk.detail and chunk.message is None and chunk.response is None:
        return api_error({"detail": chunk.detail})
    return None
