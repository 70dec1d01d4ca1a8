"""Whether targets are hidden behind letters, and which one is behind which.

One object for the whole dashboard. Whoever draws the words of a target asks it: `called` for what to call it, `hides`
before anything but its answer. So there is one place that knows, and `tests/app/blind` looks for what goes round it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Final

from tui.core.target import Target
from tui.core.votes import Contestant, Verdict, Vote

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSUVWXYZ"
"""Without T, which is the key for a tie; sixteen targets get as far as P."""
UNKNOWN: Final = "?"
"""What a target is called that has no letter. No name is ever taken for one."""


@dataclass(slots=True)
class Round:
    """One conversation, from its first prompt until the vote, and what is known of it afterwards."""

    letters: dict[str, str]
    """By target name, in the order in which they are on the screen."""
    prompt: str
    """What was asked first."""
    is_hidden: bool = True
    is_settled: bool = False
    """Whether its vote cannot be changed any more: something else was asked since."""
    contestants: tuple[Contestant, ...] = ()
    """Who took part in the vote, none of them best; empty before it."""
    vote: Vote | None = None


class Blind:
    """The mode, and the round that is played or was played last."""

    def __init__(self, *, is_on: bool = False, shuffle: Callable[[list[str]], None] | None = None) -> None:
        """`shuffle` puts names into another order, in place; by default nobody can tell which."""
        self.is_on = is_on
        self.round: Round | None = None
        """None before the first prompt."""
        self.vote_key = "v"
        """What the sentences call the key for the vote."""
        self._shuffle = shuffle or SystemRandom().shuffle

    @property
    def hides(self) -> bool:
        """Whether nothing but the answers may be shown."""
        return self.round is not None and self.round.is_hidden

    @property
    def sentence(self) -> str:
        """In the place of what is hidden."""
        return f"Blind: the figures come after the vote ({self.vote_key})."

    def called(self, name: str) -> str:
        """What to call a target: its name, or its letter while nobody is to know."""
        if self.round is None or not self.round.is_hidden:
            return name
        return self.round.letters.get(name, UNKNOWN)

    def letter(self, name: str) -> str:
        """The letter a target had, once its name is told; empty otherwise."""
        return self.round.letters.get(name, "") if self.round is not None and not self.round.is_hidden else ""

    def mark(self, name: str) -> str:
        """What was voted of a target: a sign and a word, empty when nothing was."""
        letter = self.letter(name)
        vote = self.round.vote if self.round is not None else None
        found = next((each for each in vote.contestants if each.letter == letter), None) if vote and letter else None
        if vote is None or found is None:
            return ""
        match vote.verdict:
            case Verdict.BEST:
                return "◆ best" if found.is_best else ""
            case Verdict.TIE:
                return "= tie"
            case Verdict.ALL_BAD:
                return "○ bad"

    def placed(self, targets: Sequence[Target]) -> list[Target]:
        """The targets in the order in which they are on the screen: that of the line-up, unless one was drawn."""
        if self.round is None:
            return list(targets)
        places = {name: place for place, name in enumerate(self.round.letters)}
        return sorted(targets, key=lambda target: places.get(target.name, len(places)))

    def begin(self, targets: Iterable[Target], prompt: str) -> None:
        """Draw the order and the letters of a new round."""
        names = [target.name for target in targets]
        self._shuffle(names)
        self.round = Round(dict(zip(names, letters(len(names)), strict=True)), prompt)

    def uncover(self) -> None:
        """Tell who is who."""
        if self.round is not None:
            self.round.is_hidden = False

    def settle(self) -> None:
        """Something else is asked: a vote that was given stands."""
        if self.round is not None and not self.round.is_hidden:
            self.round.is_settled = True

    def end(self) -> None:
        """Back to the order of the line-up."""
        self.round = None


def letters(count: int) -> list[str]:
    """A, B, C, … and beyond a single one A2, B2, …"""
    rounds, _ = divmod(count + len(_LETTERS) - 1, len(_LETTERS))
    every = [f"{letter}{turn + 1 if turn else ''}" for turn in range(rounds) for letter in _LETTERS]
    return every[:count]
