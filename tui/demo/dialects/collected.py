"""A whole answer, collected from its steps: what a dialect puts into the body of a request without a stream."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.demo.script import Finish, Reasoning, Refusal, Step, Text, ToolArguments, ToolCallStart


@dataclass(frozen=True, slots=True)
class CollectedCall:
    """One tool call. `arguments` is JSON text, cut off when the answer stopped at its limit."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class CollectedChoice:
    """One choice; what it did not say is empty."""

    index: int
    text: str
    reasoning: str
    refusal: str
    calls: tuple[CollectedCall, ...]
    finish: Finish | None
    """None when the connection is going to die before."""


def collect(steps: Iterable[Step], choices: int = 1) -> list[CollectedChoice]:
    """All choices of an answer, by index."""
    apart: list[list[Step]] = [[] for _ in range(choices)]
    for step in steps:
        if isinstance(step, Text | Reasoning | Refusal | ToolCallStart | ToolArguments | Finish):
            apart[step.choice].append(step)
    return [_choice(index, said) for index, said in enumerate(apart)]


def _choice(index: int, steps: list[Step]) -> CollectedChoice:
    return CollectedChoice(
        index=index,
        text=_joined(Text, steps),
        reasoning=_joined(Reasoning, steps),
        refusal=_joined(Refusal, steps),
        calls=tuple(_call(step, steps) for step in steps if isinstance(step, ToolCallStart)),
        finish=next((step for step in steps if isinstance(step, Finish)), None),
    )


def _joined(kind: type[Text | Reasoning | Refusal], steps: list[Step]) -> str:
    return "".join(step.text for step in steps if isinstance(step, kind))


def _call(start: ToolCallStart, steps: list[Step]) -> CollectedCall:
    pieces = (step.text for step in steps if isinstance(step, ToolArguments) and step.call == start.call)
    return CollectedCall(start.call_id, start.name, "".join(pieces))
