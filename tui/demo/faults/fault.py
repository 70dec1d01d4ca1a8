"""What a fault is: a name, what it does, and what a client should make of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from tui.demo.faults.stage import Stage

PREFIX = "fault/"
"""What the name of a model begins with that answers with a fault."""

DIALECTS = ("chat", "responses", "completions", "anthropic", "gemini", "ollama")

Play: TypeAlias = Callable[[Stage], Awaitable[None]]


class Moment(StrEnum):
    """When a fault happens."""

    BEFORE = "before the answer"
    INSIDE = "in the answer"
    AROUND = "around the answer"


class Outcome(StrEnum):
    """How a good client ends; the value is the sentence people read."""

    COMPLETES = "completes"
    RETRIED = "retried, then completes"
    ERROR = "error shown"
    CUT = "interrupted, text kept"


Tries = Literal["once", "again", "either"]
"""Whether the client sends the request again by itself. `either`: it may, up to its limit, as nothing was generated."""

Arriving = Literal["nothing", "beginning", "whole", "other"]
"""How much of the stage's answer a client has at the end. `other`: text of the fault's own."""

_ARRIVING: dict[Outcome, Arriving] = {
    Outcome.COMPLETES: "whole",
    Outcome.RETRIED: "whole",
    Outcome.ERROR: "nothing",
    Outcome.CUT: "beginning",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the table."""

    name: str
    does: str
    """One sentence without a subject: what the server does."""
    moment: Moment
    outcome: Outcome
    advice: str
    """One sentence for the person in front of the client: what to do about it."""
    play: Play
    says: tuple[str, ...]
    """Words that have to be in what the client shows; () where it has nothing to say."""
    tries: Tries
    arriving: Arriving
    dialects: tuple[str, ...]
    """Those in which it can happen."""

    @property
    def should(self) -> str:
        """What should happen, in a few words."""
        if self.outcome is Outcome.ERROR and self.tries == "again":
            return "retried, then error shown"
        if self.outcome is Outcome.ERROR and self.arriving != "nothing":
            return "error shown, text kept"
        return str(self.outcome)


class FaultList(list[Fault]):
    """The faults of one file, in the order in which they stand there."""

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self._moment = moment

    def add(
        self,
        name: str,
        does: str,
        outcome: Outcome,
        advice: str,
        *,
        says: tuple[str, ...] = (),
        tries: Tries = "once",
        arriving: Arriving | None = None,
        dialects: tuple[str, ...] = DIALECTS,
    ) -> Callable[[Play], Play]:
        """Enter what is decorated. `arriving` None: what usually arrives with this outcome."""

        def enter(play: Play) -> Play:
            tried: Tries = "again" if outcome is Outcome.RETRIED else tries
            some = arriving or _ARRIVING[outcome]
            self.append(Fault(name, does, self._moment, outcome, advice, play, says, tried, some, dialects))
            return play

        return enter
