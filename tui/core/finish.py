"""Finish reasons: what a server calls the end of a choice, and the one word we use for it."""

from typing import Literal

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "error", "cancelled", "pause", "other"]

_CHAT: dict[str, FinishReason] = {
    **dict.fromkeys(("stop", "eos", "eos_token", "stop_sequence", "end_turn", "complete"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "model_length"), "length"),
    **dict.fromkeys(("tool_calls", "function_call", "tool_use"), "tool_calls"),
    **dict.fromkeys(("error", "insufficient_system_resource"), "error"),
    **dict.fromkeys(("abort", "cancelled"), "cancelled"),
    "content_filter": "content_filter",
}


def chat_finish_reason(raw: str) -> FinishReason:
    """What a Chat Completions (or compatible) finish reason means."""
    return _CHAT.get(raw.strip().lower(), "other")


def with_tool_calls(reason: FinishReason, *, has_tool_calls: bool) -> FinishReason:
    """A `stop` with tool calls is `tool_calls`: even OpenAI says `stop` when `tool_choice` names a function."""
    return "tool_calls" if reason == "stop" and has_tool_calls else reason


def is_finish(raw: str | None) -> bool:
    """Whether a finish reason says that the choice has ended.

    `""` and `"null"` are what some servers send on every chunk until the end, so they mean "not yet".
    """
    return bool(raw) and raw is not None and raw.strip().lower() not in {"", "null"}
