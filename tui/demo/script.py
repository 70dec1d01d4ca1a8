"""What a simulated model does and when, in words that no wire format owns.

A script is an iterator of steps. `author.write_script` makes one, `playback` keeps its time and the writer of a
dialect (`dialects.chat_wire` has one) puts it on the wire. Pauses are steps of their own rather than a time stamp on
each step, so a script can be cut, merged or slowed down without touching what is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

FinishReason = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing happens for this long."""

    duration_ns: int


@dataclass(frozen=True, slots=True)
class Accept:
    """The request is taken: from here on the answer is a 200, and its head may be sent."""


@dataclass(frozen=True, slots=True)
class HttpError:
    """The request is turned down. Comes instead of `Accept`, and is the last step."""

    status: int
    message: str
    kind: str
    code: str
    retry_after_s: int | None = None
    """What the server asks the client to wait, seconds; None when it does not say."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A choice opens. `calls_tools` is known here because wire formats announce it in the opening chunk."""

    choice: int
    calls_tools: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    choice: int
    text: str
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class Reasoning:
    choice: int
    text: str
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class Refusal:
    choice: int
    text: str
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class ToolCallStart:
    """A call opens; `call` counts the calls of this choice from 0."""

    choice: int
    call: int
    call_id: str
    name: str
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class ToolArguments:
    """The next fragment of a call's arguments, which together are one JSON object."""

    choice: int
    call: int
    text: str
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class Finish:
    choice: int
    reason: FinishReason
    stopped_by: str | None = None
    """The stop sequence that ended it; None when it was none."""


@dataclass(frozen=True, slots=True)
class Die:
    """The connection closes in the middle of the answer. Always the last step."""


Spoken: TypeAlias = Text | Reasoning | Refusal | ToolCallStart | ToolArguments
"""Steps that cost tokens."""

Step: TypeAlias = Wait | Accept | HttpError | Begin | Spoken | Finish | Die

Script: TypeAlias = Iterator[Step]
"""Either ends with `HttpError` or `Die`, or holds one `Finish` per choice after one `Accept`."""


@dataclass(slots=True)
class TokenTally:
    """Counts what a script said, for the usage a dialect reports at the end."""

    completion: int = 0
    reasoning: int = 0

    def count(self, step: Step) -> None:
        """Add one step; steps that say nothing cost nothing."""
        if isinstance(step, Spoken):
            self.completion += step.tokens
        if isinstance(step, Reasoning):
            self.reasoning += step.tokens
