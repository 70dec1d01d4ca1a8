"""What all votes come to: a rating for each target, the results of each pair, and what they do not tell yet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tui.core.bradley_terry import Rating, groups, ratings
from tui.core.votes import Vote, duels

METHOD: Final = "Bradley-Terry by maximum likelihood, on the Elo scale: mean 1000, ± 95 %; ties count half."


@dataclass(frozen=True, slots=True)
class Standing:
    """One target's results."""

    target: str
    rating: Rating | None
    """None for one that was never compared with another target."""
    wins: int
    losses: int
    ties: int
    """Pairs, so that one vote among four can be three wins. Votes that all were bad are in here."""
    votes: int
    """In which it took part."""
    group: int
    """From 0. Ratings compare within a group alone."""


@dataclass(frozen=True, slots=True)
class PairScore:
    """The results of two targets against each other; the first has won at least as often as the second."""

    first: str
    second: str
    wins: int
    losses: int
    ties: int

    @property
    def verb(self) -> str:
        """What stands between their names."""
        return "beat" if self.wins > self.losses else "is even with"

    @property
    def figures(self) -> str:
        """How often: `5:2, 1 tie`."""
        ties = f", {self.ties} tie{'' if self.ties == 1 else 's'}" if self.ties else ""
        return f"{self.wins}:{self.losses}{ties}"


@dataclass(frozen=True, slots=True)
class Scores:
    """All of it."""

    standings: tuple[Standing, ...]
    """By group, the one with the most votes first; in it by rating, the highest first."""
    pairs: tuple[PairScore, ...]
    """By how often they were compared, the most first."""
    votes: int

    @property
    def groups(self) -> list[list[Standing]]:
        """The standings of those whose ratings compare with each other."""
        found: dict[int, list[Standing]] = defaultdict(list)
        for standing in self.standings:
            found[standing.group].append(standing)
        return list(found.values())

    def notes(self) -> list[str]:
        """What has to be known before anybody believes the table; sentences."""
        found = []
        rated = [group for group in self.groups if group[0].rating is not None]
        if len(rated) > 1:
            found.append("The groups were never compared with each other, so their ratings do not compare either.")
        if any(map(_cannot_be_told_apart, rated)):
            found.append("Intervals overlap: these votes are too few to tell neighbours apart.")
        return found


def scores_of(votes: Iterable[Vote]) -> Scores:
    """Add up votes and rate who took part. With a hundred targets it takes a while: not for the event loop."""
    every = list(votes)
    wins: Counter[tuple[str, str]] = Counter()
    ties: Counter[tuple[str, str]] = Counter()
    points: dict[tuple[str, str], float] = defaultdict(float)
    for first, second, is_tie in (duel for vote in every for duel in duels(vote)):
        (ties if is_tie else wins)[first, second] += 1
        points[first, second] += 0.5 if is_tie else 1.0
        points[second, first] += 0.5 if is_tie else 0.0
    part = Counter(target for vote in every for target in {contestant.target for contestant in vote.contestants})
    pairs = _pairs(wins, ties)
    return Scores(_standings(part, points, pairs), pairs, len(every))


def _pairs(wins: Counter[tuple[str, str]], ties: Counter[tuple[str, str]]) -> tuple[PairScore, ...]:
    found = []
    for first, second in sorted({(min(pair), max(pair)) for pair in (*wins, *ties)}):
        won, lost = wins[first, second], wins[second, first]
        even = ties[first, second] + ties[second, first]
        ahead = PairScore(first, second, won, lost, even)
        found.append(ahead if won >= lost else PairScore(second, first, lost, won, even))
    return tuple(sorted(found, key=lambda pair: -(pair.wins + pair.losses + pair.ties)))


def _standings(
    part: Counter[str], points: dict[tuple[str, str], float], pairs: Sequence[PairScore]
) -> tuple[Standing, ...]:
    rated = ratings(points)
    together = sorted(groups(points), key=lambda group: -sum(part[name] for name in group))
    alone = [[name] for name in sorted(part) if name not in rated]
    won, lost, even = Counter[str](), Counter[str](), Counter[str]()
    for pair in pairs:
        won.update({pair.first: pair.wins, pair.second: pair.losses})
        lost.update({pair.first: pair.losses, pair.second: pair.wins})
        even.update({pair.first: pair.ties, pair.second: pair.ties})
    return tuple(
        Standing(name, rated.get(name), won[name], lost[name], even[name], part[name], number)
        for number, group in enumerate([*together, *alone])
        for name in sorted(group, key=lambda name: (-rated[name].value if name in rated else 0.0, name))
    )


def _cannot_be_told_apart(group: Sequence[Standing]) -> bool:
    """Whether the intervals of any two neighbours overlap."""
    found = [standing.rating for standing in group if standing.rating is not None]
    return any(above.value - above.error <= below.value + below.error for above, below in pairwise(found))
