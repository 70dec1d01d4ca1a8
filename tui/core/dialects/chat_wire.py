"""The JSON shapes of Chat Completions, as tolerant as the servers that speak it are different.

Every field may be missing or null, unknown fields cost nothing, and `Any` stands where servers disagree about the type;
`tui.core.dialects.chat` narrows those in the lines that use them.
"""

from typing import Any

import msgspec


class FunctionPart(msgspec.Struct, frozen=True, gc=False):
    """`function`, and the legacy `function_call`. Arguments: text in pieces, or a whole object from some servers."""

    name: str | None = None
    arguments: Any = None


class CustomPart(msgspec.Struct, frozen=True, gc=False):
    """`custom`: a tool whose input is free text."""

    name: str | None = None
    input: Any = None


class ToolDelta(msgspec.Struct, frozen=True, gc=False):
    """One element of `tool_calls`."""

    index: int | None = None
    id: str | None = None
    type: str | None = None
    function: FunctionPart | None = None
    custom: CustomPart | None = None
    extra_content: Any = None
    """What Gemini's compatible endpoint wants back with the call."""


class Delta(msgspec.Struct, frozen=True, gc=False):
    """`delta` of a chunk, or `message` of a whole completion."""

    content: str | list[Any] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Any] | None = None
    refusal: str | None = None
    tool_calls: list[ToolDelta] | None = None
    function_call: FunctionPart | None = None


class TopLogprob(msgspec.Struct, frozen=True, gc=False):
    """An alternative token."""

    token: str | None = None
    logprob: float | None = None


class WireLogprob(msgspec.Struct, frozen=True, gc=False):
    """A token and its alternatives."""

    token: str | None = None
    logprob: float | None = None
    top_logprobs: list[TopLogprob] | None = None


class WireLogprobs(msgspec.Struct, frozen=True, gc=False):
    """`logprobs` of a choice: tokens with what belongs to them, or the parallel arrays of legacy Completions."""

    content: list[WireLogprob] | None = None
    refusal: list[WireLogprob] | None = None
    tokens: list[Any] | None = None
    token_logprobs: list[Any] | None = None
    top_logprobs: list[Any] | None = None


class WireChoice(msgspec.Struct, frozen=True, gc=False):
    """One element of `choices`."""

    index: int | None = None
    delta: Delta | None = None
    message: Delta | None = None
    text: str | None = None
    finish_reason: str | None = None
    logprobs: WireLogprobs | None = None


class PromptDetails(msgspec.Struct, frozen=True, gc=False):
    """`prompt_tokens_details`."""

    cached_tokens: int | None = None


class CompletionDetails(msgspec.Struct, frozen=True, gc=False):
    """`completion_tokens_details`."""

    reasoning_tokens: int | None = None


class WireUsage(msgspec.Struct, frozen=True, gc=False):
    """`usage`."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: PromptDetails | None = None
    completion_tokens_details: CompletionDetails | None = None
    prompt_cache_hit_tokens: int | None = None


class Groq(msgspec.Struct, frozen=True, gc=False):
    """`x_groq`: usage and errors may be only here."""

    usage: WireUsage | None = None
    error: Any = None


class Chunk(msgspec.Struct, frozen=True, gc=False):
    """One payload: a chunk, a whole completion, or an error."""

    choices: list[WireChoice] | None = None
    id: str | None = None
    model: str | None = None
    usage: WireUsage | None = None
    error: Any = None
    object: str | None = None
    message: Any = None
    type: Any = None
    code: Any = None
    detail: Any = None
    x_groq: Groq | None = None
