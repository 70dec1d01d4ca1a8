"""A request in dialect-neutral form: what every dialect's reader produces and the author of scripts works from."""

import dataclasses
import functools
import hashlib
import json
import random
from dataclasses import dataclass
from typing import Literal

from tui.demo.tokens import count_tokens

Role = Literal["system", "user", "assistant", "tool"]

_TOKENS_PER_TURN = 4
"""What the frame around each message costs in the usual chat templates."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation, flattened to text."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the client offers. `parameters` is its JSON schema, {} when it takes nothing."""

    name: str
    parameters: dict[str, object]


@dataclass(frozen=True)
class Question:
    """One request to a simulated model.

    Everything that may change the answer is in here and nothing else is, so equal questions get equal bytes.
    """

    model: str
    turns: tuple[Turn, ...]
    seed: int
    choices: int = 1
    max_tokens: int | None = None
    """Limit per choice, reasoning included; None for no limit."""
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    must_call: bool = False
    """Whether the client insists on a tool call."""
    may_call: bool = True
    """Whether the client allows tool calls at all."""
    may_think: bool = True
    """Whether a model that reasons may do so."""
    schema: dict[str, object] | None = None
    """JSON schema the answer must fit ({} for any object); None for an answer in prose."""

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hex digest of the whole question: the source of ids and of the schedule."""
        canonical = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def dice(self, purpose: str) -> random.Random:
        """A random source that is the same for the same question and purpose, and independent of all others."""
        return random.Random(f"{self.fingerprint}/{purpose}")

    @functools.cached_property
    def prompt_tokens(self) -> int:
        """What the conversation and the tools cost as input."""
        tools = sum(count_tokens(tool.name) + count_tokens(json.dumps(tool.parameters)) for tool in self.tools)
        return tools + sum(count_tokens(turn.text) + _TOKENS_PER_TURN for turn in self.turns)

    def said_by(self, *roles: Role) -> list[str]:
        """The texts of these roles, oldest first."""
        return [turn.text for turn in self.turns if turn.role in roles]
