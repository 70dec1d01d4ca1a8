"""Votes of blind comparisons as values: who took part, who was best, and what a vote says of each pair.

Of more than two, the best one beat each of the others, and these were not compared with each other. After a tie
everybody was even with everybody. That all were bad is kept as such, and counts as a tie: it tells nobody apart.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final, NamedTuple

from tui.core.target import Target, option_value

_NO_MERIT: Final = frozenset({"include_usage", "stream_options"})
"""Options that say how an answer is told, not what it is."""


class Verdict(StrEnum):
    """What a vote says."""

    BEST = "best"
    """One was the best."""
    TIE = "tie"
    ALL_BAD = "all bad"


@dataclass(frozen=True, slots=True)
class Contestant:
    """One that took part."""

    letter: str
    """What it was called until the vote."""
    target: str
    """Who it was: see `identity`."""
    model: str = ""
    """The model the server said it used. Empty when it did not say."""
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote. Raises `ValueError` when best is not one of several, or somebody is in spite of the verdict."""

    id: str
    at: str
    """When, in UTC: `2026-01-31T12:00:00Z`."""
    prompt: str
    """What was asked first, without secrets."""
    verdict: Verdict
    contestants: tuple[Contestant, ...]
    """In the order of their letters."""

    def __post_init__(self) -> None:
        best = sum(contestant.is_best for contestant in self.contestants)
        if best != (self.verdict is Verdict.BEST) or len(self.contestants) < 2:
            raise ValueError(f"{best} best of {len(self.contestants)} do not go with the verdict {self.verdict!r}")

    @property
    def best(self) -> Contestant | None:
        """Who was voted best. None when nobody was."""
        return next((contestant for contestant in self.contestants if contestant.is_best), None)


class Duel(NamedTuple):
    """What one vote says of two targets."""

    first: str
    """It won, unless they were even."""
    second: str
    is_tie: bool


def duels(vote: Vote) -> Iterator[Duel]:
    """Each pair the vote compares. A target that stood in the line-up twice is not compared with itself."""
    best = vote.best
    pairs = (
        combinations([contestant.target for contestant in vote.contestants], 2)
        if best is None
        else ((best.target, other.target) for other in vote.contestants if other is not best)
    )
    for first, second in pairs:
        if first != second:
            yield Duel(first, second, is_tie=best is None)


def identity(target: Target, usual_dialect: str, *, with_address: bool = False) -> str:
    """`PROVIDER/MODEL[,key=value…]`: the same for the same way of asking, whatever the target is called here.

    Options are in the order of their names; the dialect is named when it is not the provider's usual one, and the
    address when the provider's name alone does not say where it is.
    """
    options = {name: value for name, value in target.options.items() if name not in _NO_MERIT}
    if target.dialect != usual_dialect:
        options["dialect"] = target.dialect
    if with_address:
        options["base_url"] = target.base_url
    pairs = (f"{name}={_written(options[name])}" for name in sorted(options))
    return ",".join([f"{target.provider}/{target.model}", *pairs])


def _written(value: object) -> str:
    if isinstance(value, str) and option_value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
