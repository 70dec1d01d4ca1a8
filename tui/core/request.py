"""What is asked (a prompt) and what is sent (an HTTP request); a dialect turns one into the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Role = Literal["user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class CallMade:
    """A tool call in an assistant's turn."""

    id: str
    name: str
    arguments: str
    """JSON text as the model wrote it, valid or not; free text for a custom tool."""
    type: str = "function"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    text: str
    calls: tuple[CallMade, ...] = ()
    """What an assistant's turn called."""
    call_id: str = ""
    """The call that a tool's turn answers."""
    tool_name: str = ""
    """The tool that a tool's turn speaks for."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question, the same for every target of a run."""

    messages: tuple[Message, ...]
    system: str | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    """Tool definitions in the Chat Completions form, `{"type": "function", "function": {...}}`."""
    schema: Mapping[str, Any] | None = None
    """A JSON schema the answer must follow. None for free text."""
    continues: str | None = None
    """The id of the response this goes on from, where the server keeps them; messages are then only new ones."""

    @classmethod
    def of(cls, text: str, system: str | None = None, tools: tuple[Mapping[str, Any], ...] = ()) -> "Prompt":
        """A prompt of one user message."""
        return cls((Message("user", text),), system, tools)

    @property
    def text(self) -> str:
        """The last user message."""
        return next((m.text for m in reversed(self.messages) if m.role == "user"), "")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, complete but for its credentials, which the engine adds at the last moment."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    method: str = "POST"
