"""The JSON shapes of Ollama's `/api/chat` and `/api/generate`. Every field may be missing or odd; see `chat_wire`."""

from typing import Any

import msgspec

from tui.core.dialects.chat_wire import WireLogprob


class WireFunction(msgspec.Struct, frozen=True, gc=False):
    """`function` of a tool call; arguments are an object."""

    name: str | None = None
    arguments: Any = None


class WireToolCall(msgspec.Struct, frozen=True, gc=False):
    """One element of `tool_calls`, always a whole call."""

    id: str | None = None
    function: WireFunction | None = None


class WireMessage(msgspec.Struct, frozen=True, gc=False):
    """`message` of a chat answer."""

    content: str | None = None
    thinking: str | None = None
    tool_calls: list[WireToolCall] | None = None


class OllamaChunk(msgspec.Struct, frozen=True, gc=False):
    """One line: a piece of an answer, its end with the figures, or an error. Durations in ns; what is 0 is left out."""

    model: str | None = None
    message: WireMessage | str | None = None
    """Text only in what gateways call an error."""
    response: str | None = None
    thinking: str | None = None
    done: bool | None = None
    done_reason: str | None = None
    total_duration: int | None = None
    load_duration: int | None = None
    prompt_eval_count: int | None = None
    prompt_eval_duration: int | None = None
    eval_count: int | None = None
    eval_duration: int | None = None
    logprobs: list[WireLogprob] | None = None
    tool_calls: list[WireToolCall] | None = None
    error: Any = None
    detail: Any = None
