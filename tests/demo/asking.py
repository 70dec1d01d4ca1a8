"""Short ways for the tests of the demo provider to ask for a script and to look at it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from tui.demo.catalogue import script_for
from tui.demo.question import Question, Role, Turn
from tui.demo.script import Reasoning, Refusal, Step, Text, Wait

RAINBOW = "Explain how a rainbow forms, briefly."
Kind = TypeVar("Kind", bound=Step)


def ask(model: str, prompt: str = RAINBOW, **changes: object) -> list[Step]:
    """The whole script for one user message; `changes` are fields of the question."""
    question = Question(model=model, turns=(Turn("user", prompt),), seed=7)
    return list(script_for(replace(question, **changes)))  # type: ignore[arg-type]


def talk(model: str, *turns: tuple[Role, str]) -> list[Step]:
    """The whole script for a conversation."""
    return list(script_for(Question(model=model, turns=tuple(Turn(role, text) for role, text in turns), seed=7)))


def steps_of(kind: type[Kind], script: Sequence[Step]) -> list[Kind]:
    """The steps of one kind, in order."""
    return [step for step in script if isinstance(step, kind)]


def text_of(script: Sequence[Step], choice: int = 0, kind: type[Text | Reasoning | Refusal] = Text) -> str:
    """What one choice says."""
    return "".join(step.text for step in steps_of(kind, script) if step.choice == choice)


def duration_s(script: Sequence[Step]) -> float:
    """How long the script takes at normal speed."""
    return sum(step.duration_ns for step in steps_of(Wait, script)) / 1e9
