"""The wire formats sidestream speaks, and the table that names them.

A dialect is two functions: what to send, and how to read what comes back. Everything above this package sees only
`HttpRequest` and `StreamEvent`.
"""

from dataclasses import dataclass
from typing import Protocol

from tui.core.bounds import Bounds
from tui.core.dialects import anthropic, chat, completions, gemini, ollama, responses
from tui.core.errors import TargetError
from tui.core.events import StreamEvent
from tui.core.failure import StreamError
from tui.core.request import HttpRequest, Prompt
from tui.core.target import AuthScheme, Target


class Decoder(Protocol):
    """Reads one response body."""

    @property
    def payloads(self) -> int:
        """JSON payloads decoded so far."""

    @property
    def undecodable(self) -> int:
        """Payloads that were no JSON."""

    @property
    def comments(self) -> int:
        """Comment lines; a sign of life, never progress."""

    def feed(self, data: bytes) -> list[StreamEvent]:
        """The events this read completes. Raises `BoundExceeded`, nothing else."""

    def close(self, status: int | None) -> list[StreamEvent]:
        """End of body: events that were still open, or an error when the body was no answer of this API."""


class NewDecoder(Protocol):
    """Makes a decoder for one response."""

    def __call__(self, bounds: Bounds = ...) -> Decoder: ...


class BuildRequest(Protocol):
    """Says what to send. Raises `RequestError` for what this dialect cannot express."""

    def __call__(self, target: Target, prompt: Prompt) -> HttpRequest: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """One wire format."""

    name: str
    build_request: BuildRequest
    new_decoder: NewDecoder
    needs_end_marker: bool = False
    """Whether finish reasons are no proof of completeness, because this dialect has an end of its own."""
    auth: AuthScheme = "bearer"
    """How keys are sent when the provider does not say otherwise."""


DIALECTS: dict[str, Dialect] = {
    "chat": Dialect("chat", chat.build_request, chat.ChatDecoder),
    "completions": Dialect("completions", completions.build_request, completions.CompletionsDecoder),
    "responses": Dialect("responses", responses.build_request, responses.ResponsesDecoder, needs_end_marker=True),
    "anthropic": Dialect(
        "anthropic",
        anthropic.build_request,
        anthropic.AnthropicDecoder,
        needs_end_marker=True,
        auth="x-api-key",
    ),
    "gemini": Dialect("gemini", gemini.build_request, gemini.GeminiDecoder, auth="x-goog-api-key"),
    "ollama": Dialect("ollama", ollama.build_request, ollama.OllamaDecoder, needs_end_marker=True),
}


def dialect_named(name: str) -> Dialect:
    """The dialect called `name`. Raises `TargetError` naming those there are."""
    try:
        return DIALECTS[name]
    except KeyError:
        known = ", ".join(sorted(DIALECTS))
        raise TargetError(f"unknown dialect {name!r}; this version speaks: {known}") from None


__all__ = ["DIALECTS", "Decoder", "Dialect", "StreamError", "dialect_named"]
