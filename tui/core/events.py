"""What a dialect decoder tells us: the closed union of things that can happen inside one answer.

`ServerSentEvent` is on the wire; a `StreamEvent` is ours and the same for every provider. They are msgspec structs, not
dataclasses, because a few are made for each token (0.05 µs against 0.3 µs).
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from tui.core.failure import StreamError
from tui.core.finish import FinishReason


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as the server reports them; None where it did not say, never 0 for unknown."""

    prompt: int | None = None
    """Input tokens, cached ones included."""
    completion: int | None = None
    """Output tokens, reasoning included."""
    reasoning: int | None = None
    cached: int | None = None


class TokenLogprob(msgspec.Struct, frozen=True, gc=False):
    """One output token and how likely the model found it."""

    token: str
    logprob: float | None = None
    top: tuple[tuple[str, float], ...] = ()
    """The likeliest tokens at this place with their log probabilities, as the server ordered them."""


class TextDelta(msgspec.Struct, frozen=True, gc=False):
    """More of a choice's answer text."""

    choice: int
    text: str


class TextRun(msgspec.Struct, frozen=True, gc=False):
    """Several `TextDelta`s of one read."""

    choice: int
    texts: list[str]
    """None of them empty."""


class ReasoningDelta(msgspec.Struct, frozen=True, gc=False):
    """More of a choice's reasoning."""

    choice: int
    text: str


class RefusalDelta(msgspec.Struct, frozen=True, gc=False):
    """More of a choice's refusal."""

    choice: int
    text: str


class ToolCallDelta(msgspec.Struct, frozen=True, gc=False):
    """A part of a tool call. Which call it belongs to is decided by `tui.core.tool_calls`."""

    choice: int
    index: int | None = None
    id: str = ""
    type: str = ""
    """function, custom, or empty when this delta does not say."""
    name: str = ""
    arguments: str = ""


class FunctionCallDelta(msgspec.Struct, frozen=True, gc=False):
    """A part of the legacy `function_call`."""

    choice: int
    name: str = ""
    arguments: str = ""


class LogprobsDelta(msgspec.Struct, frozen=True, gc=False):
    """Log probabilities of the tokens in this chunk."""

    choice: int
    tokens: tuple[TokenLogprob, ...]


class ChoiceSeen(msgspec.Struct, frozen=True, gc=False):
    """A choice appeared for the first time; only choices that were seen must finish."""

    choice: int


class ChoiceFinished(msgspec.Struct, frozen=True, gc=False):
    """A choice ended."""

    choice: int
    raw: str
    """The reason in the server's word."""
    reason: FinishReason
    """The same in ours. Not yet corrected for tool calls, which may come in a later event."""


class RestatedCall(msgspec.Struct, frozen=True, gc=False):
    """A tool call as the final word on it has it."""

    id: str = ""
    type: str = "function"
    name: str = ""
    arguments: str = ""


class ChoiceRestated(msgspec.Struct, frozen=True, gc=False):
    """The server said once more, and finally, what a choice holds; it replaces what the deltas built.

    Decoders send it only when it differs from what the deltas built.
    """

    choice: int
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: tuple[RestatedCall, ...] = ()


class PartCarried(msgspec.Struct, frozen=True, gc=False):
    """A part of the answer that is nothing to show and must go back with it untouched, such as a signature."""

    choice: int
    part: dict[str, Any]
    chars: int = 0
    """How much of it no other event has counted, in characters."""
    place: tuple[int, int] | None = None
    """Characters of text and number of calls before it. None: those that have come so far."""


class Activity(msgspec.Struct, frozen=True, gc=False):
    """Something the server does that is no text, such as searching the web. Replaces the activity before it."""

    text: str


class Remarked(msgspec.Struct, frozen=True, gc=False):
    """Something a reader of the answer should know, such as lost events. Remarks add up."""

    text: str


class ResponseKept(msgspec.Struct, frozen=True, gc=False):
    """The server says that it keeps the response, so that the next request may go on from its id."""


class ServerTimings(msgspec.Struct, frozen=True, gc=False):
    """The server's own stopwatch, shown beside ours; None where it did not say."""

    total_ns: int | None = None
    load_ns: int | None = None
    """Loading the model."""
    prompt_ns: int | None = None
    """Reading the prompt."""
    generation_ns: int | None = None
    """Writing the answer."""
    generation_tokens: int | None = None


class TimingsReported(msgspec.Struct, frozen=True, gc=False):
    """The server's timings; the last ones count."""

    timings: ServerTimings


class ResponseStarted(msgspec.Struct, frozen=True, gc=False):
    """The first non-empty id or model of the response."""

    response_id: str = ""
    model: str = ""


class UsageReported(msgspec.Struct, frozen=True, gc=False):
    """Token counts so far; each replaces the one before."""

    usage: Usage


class ErrorReported(msgspec.Struct, frozen=True, gc=False):
    """The server reported an error inside the answer."""

    error: StreamError


class EndMarker(msgspec.Struct, frozen=True, gc=False):
    """The dialect's own end of the answer, such as `[DONE]`."""


StreamEvent: TypeAlias = (
    TextDelta
    | TextRun
    | ReasoningDelta
    | RefusalDelta
    | ToolCallDelta
    | FunctionCallDelta
    | LogprobsDelta
    | ChoiceSeen
    | ChoiceFinished
    | ChoiceRestated
    | PartCarried
    | ResponseKept
    | Activity
    | Remarked
    | TimingsReported
    | ResponseStarted
    | UsageReported
    | ErrorReported
    | EndMarker
)
