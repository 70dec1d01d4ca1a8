"""Finish reasons: what a server calls the end of a choice, and the one word we use for it."""

from typing import Literal

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "error", "cancelled", "pause", "other"]
CUT_REASONS: frozenset[FinishReason | None] = frozenset({"length", "content_filter", "pause", "cancelled", "error"})
"""Reasons that came from outside: the model had not come to its end."""

_CHAT: dict[str, FinishReason] = {
    **dict.fromkeys(("stop", "eos", "eos_token", "stop_sequence", "end_turn", "complete"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "model_length"), "length"),
    **dict.fromkeys(("tool_calls", "function_call", "tool_use"), "tool_calls"),
    **dict.fromkeys(("error", "insufficient_system_resource"), "error"),
    **dict.fromkeys(("abort", "cancelled"), "cancelled"),
    "content_filter": "content_filter",
}

_ANTHROPIC: dict[str, FinishReason] = {
    **dict.fromkeys(("end_turn", "stop_sequence"), "stop"),
    **dict.fromkeys(("max_tokens", "model_context_window_exceeded"), "length"),
    **dict.fromkeys(("pause_turn", "compaction"), "pause"),
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}

_GEMINI: dict[str, FinishReason] = {
    "stop": "stop",
    "max_tokens": "length",
    **dict.fromkeys(
        (
            *("safety", "recitation", "blocklist", "prohibited_content", "spii", "language", "model_armor"),
            *("image_safety", "image_prohibited_content", "image_recitation"),
        ),
        "content_filter",
    ),
    **dict.fromkeys(
        (
            *("malformed_function_call", "malformed_response", "unexpected_tool_call", "too_many_tool_calls"),
            "missing_thought_signature",
        ),
        "error",
    ),
    "continuation": "pause",
}

_RESPONSES: dict[str, FinishReason] = {
    "completed": "stop",
    **dict.fromkeys(("max_output_tokens", "max_messages"), "length"),
    **dict.fromkeys(("cancelled", "steered"), "cancelled"),
    "content_filter": "content_filter",
    "failed": "error",
}

_OLLAMA: dict[str, FinishReason] = {"stop": "stop", "length": "length"}


def chat_finish_reason(raw: str) -> FinishReason:
    """What a Chat Completions (or compatible) finish reason means."""
    return _CHAT.get(raw.strip().lower(), "other")


def anthropic_finish_reason(raw: str) -> FinishReason:
    """What a `stop_reason` of Anthropic Messages means."""
    return _ANTHROPIC.get(raw.strip().lower(), "other")


def gemini_finish_reason(raw: str) -> FinishReason:
    """What a `finishReason` of Gemini means."""
    return _GEMINI.get(raw.strip().lower(), "other")


def responses_finish_reason(raw: str) -> FinishReason:
    """What the `status` of a response means, or why it is incomplete."""
    return _RESPONSES.get(raw.strip().lower(), "other")


def ollama_finish_reason(raw: str) -> FinishReason:
    """What a `done_reason` of Ollama means. `load` and `unload` say that no answer was asked for."""
    return _OLLAMA.get(raw.strip().lower(), "other")


def with_tool_calls(reason: FinishReason, *, has_tool_calls: bool) -> FinishReason:
    """A `stop` with tool calls is `tool_calls`: even OpenAI says `stop` when `tool_choice` names a function."""
    return "tool_calls" if reason == "stop" and has_tool_calls else reason


def is_finish(raw: str | None) -> bool:
    """Whether a finish reason says that the choice has ended.

    `""` and `"null"` are what some servers send on every chunk until the end, so they mean "not yet".
    """
    return bool(raw) and raw is not None and raw.strip().lower() not in {"", "null"}
