"""What is asked (a prompt) and what is sent (an HTTP request); a dialect turns one into the other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Role = Literal["user", "assistant", "tool"]
_OWN_ID = re.compile(r"side\d{5}")


@dataclass(frozen=True, slots=True)
class CallMade:
    """A tool call in an assistant's turn."""

    id: str
    name: str
    arguments: str
    """JSON text as the model wrote it, valid or not; free text for a custom tool."""
    type: str = "function"


@dataclass(frozen=True, slots=True)
class CarriedPart:
    """A part of an answer that nobody reads but its server, which wants it back where it was, such as a signature."""

    value: Mapping[str, Any]
    """What it is, only its dialect knows."""
    text_at: int
    """How many characters of the answer's text came before it."""
    calls_at: int
    """How many calls came before it."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What goes back with an assistant's turn untouched, and only to the dialect it came from."""

    dialect: str
    parts: tuple[CarriedPart, ...] = ()
    response_id: str = ""
    """The id under which the server keeps the response; empty when it keeps none."""


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
    carried: Carried | None = None
    """What the server that wrote an assistant's turn wants back with it."""

    def carried_for(self, dialect: str) -> tuple[CarriedPart, ...]:
        """The parts that go back to `dialect`; none when another one wrote them."""
        return self.carried.parts if self.carried is not None and self.carried.dialect == dialect else ()


def own_call_id(turn: int, number: int) -> str:
    """An id for a call that has none of its server's, by which results find their call.

    Nine letters and digits are what every server takes; there are some that insist on just those.
    """
    return f"side{turn % 1000:03}{number % 100:02}"


def server_call_id(call_id: str) -> str:
    """`call_id` when a server gave it; empty when it is one of ours, which servers without ids need not see."""
    return "" if _OWN_ID.fullmatch(call_id) else call_id


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
