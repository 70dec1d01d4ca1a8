"""The JSON shapes of Gemini's `GenerateContentResponse`. Every field may be missing, null or odd; see `chat_wire`."""

from typing import Any

import msgspec


class WireCall(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """`functionCall`: whole, or on Vertex in pieces when the request asked for that."""

    name: str | None = None
    id: str | None = None
    args: Any = None
    partial_args: list[Any] | None = None
    will_continue: bool | None = None


class Part(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One part of a candidate's content. A `thoughtSignature` may come with any of them; it goes back with the part."""

    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: WireCall | None = None
    executable_code: Any = None
    code_execution_result: Any = None
    inline_data: Any = None


class Content(msgspec.Struct, frozen=True, gc=False):
    """`content` of a candidate; missing in the last chunk as often as not."""

    parts: list[Part] | None = None


class ChosenToken(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A token with its log probability."""

    token: str | None = None
    log_probability: float | None = None


class TopTokens(msgspec.Struct, frozen=True, gc=False):
    """The likeliest tokens at one place."""

    candidates: list[ChosenToken] | None = None


class LogprobsResult(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """`logprobsResult`: two lists side by side."""

    chosen_candidates: list[ChosenToken] | None = None
    top_candidates: list[TopTokens] | None = None


class Candidate(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One element of `candidates`."""

    index: int | None = None
    content: Content | None = None
    finish_reason: str | None = None
    finish_message: str | None = None
    logprobs_result: LogprobsResult | None = None


class PromptFeedback(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """`promptFeedback`: why there is no answer, when there is none."""

    block_reason: str | None = None
    block_reason_message: str | None = None


class UsageMetadata(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """`usageMetadata`, cumulative."""

    prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    cached_content_token_count: int | None = None


class GenerateContentResponse(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One payload: a chunk, a whole response, or an error."""

    candidates: list[Candidate] | None = None
    usage_metadata: UsageMetadata | None = None
    model_version: str | None = None
    response_id: str | None = None
    prompt_feedback: PromptFeedback | None = None
    error: Any = None
    message: Any = None
    status: Any = None
    code: Any = None
    detail: Any = None
