"""Strengths from pairwise results: the Bradley-Terry model, by maximum likelihood, on the scale of chess ratings.

Model: R. A. Bradley and M. E. Terry, "Rank Analysis of Incomplete Block Designs: I", Biometrika 39 (1952). That i beats
j has the probability 1 / (1 + exp(s_j - s_i)), with a strength s for each. A tie counts as half a win for either side.
There is one maximum only if everybody has beaten and has lost to somebody, through whomever: L. R. Ford, "Solution of
a Ranking Problem from Binary Comparisons", American Mathematical Monthly 64 (1957). Few votes never have that, so
everybody gets one win and one loss against an imagined opponent of strength 0: a small prior, which keeps the
undefeated finite and pulls all towards each other. Scale: A. E. Elo, "The Rating of Chessplayers" (1978): 400 points
are odds of ten to one.

Errors are from the inverse of the Fisher information at the maximum, prior included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log1p, sqrt
from operator import mul
from typing import Final

PRIOR_GAMES: Final = 2.0
"""Against the imagined opponent: one won, one lost."""
MEAN: Final = 1000.0
POINTS: Final = 400 / log(10)
"""Of a rating, in one unit of strength."""
SIGMAS_95: Final = 1.959964
"""Standard deviations that hold 95 % of a normal distribution, to either side."""
_MOST_STEPS: Final = 100
_SMALL: Final = 1e-11

Matrix = list[list[float]]


@dataclass(frozen=True, slots=True)
class Rating:
    """How strong somebody is, beside those it was compared with."""

    value: float
    """The mean of its group is 1000."""
    error: float
    """95 % of such intervals hold the true value: value ± error."""


def ratings(points: Mapping[tuple[str, str], float], prior_games: float = PRIOR_GAMES) -> dict[str, Rating]:
    """Everybody's rating, from what each took from each: `points[a, b]` is a's wins against b and half their ties.

    Names that results connect are rated together, with 1000 as their mean; ratings of unconnected ones do not compare.
    """
    found: dict[str, Rating] = {}
    for group in groups(points):
        found |= _rated(group, points, prior_games)
    return found


def groups(pairs: Mapping[tuple[str, str], object]) -> list[list[str]]:
    """Names that pairs connect, directly or through others; in the order in which they first occur."""
    leader: dict[str, str] = {}

    def found(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for one, other in pairs:
        leader[found(other)] = found(one)
    members: dict[str, list[str]] = {}
    for name in leader:
        members.setdefault(found(name), []).append(name)
    return list(members.values())


def _rated(names: Sequence[str], points: Mapping[tuple[str, str], float], prior_games: float) -> dict[str, Rating]:
    places = {name: place for place, name in enumerate(names)}
    took: list[dict[int, float]] = [{} for _ in names]
    for (one, other), count in points.items():
        if one in places and other in places and one != other:
            took[places[one]][places[other]] = took[places[one]].get(places[other], 0.0) + count
            took[places[other]].setdefault(places[one], 0.0)
    strengths = _strengths(took, prior_games)
    spread = _inverse(_cholesky(_information(took, strengths, prior_games)))
    count = len(names)
    mean = sum(strengths) / count
    of_mean = sum(map(sum, spread)) / count**2
    found = {}
    for place, name in enumerate(names):
        # Of the difference to the mean: where all of them stand together nobody can tell, nor wants to know.
        variance = spread[place][place] - 2 * sum(spread[place]) / count + of_mean
        error = SIGMAS_95 * POINTS * sqrt(max(0.0, variance))
        found[name] = Rating(MEAN + POINTS * (strengths[place] - mean), error)
    return found


def _strengths(took: Sequence[dict[int, float]], prior_games: float) -> list[float]:
    """The maximum, by Newton's method; the likelihood is concave, so halving a step that goes too far is enough."""
    at = [0.0] * len(took)
    likelihood = _log_likelihood(took, at, prior_games)
    for _ in range(_MOST_STEPS):
        step = _solved(_cholesky(_information(took, at, prior_games)), _slope(took, at, prior_games))
        while max(map(abs, step)) > _SMALL:
            there = [value + change for value, change in zip(at, step, strict=True)]
            if (reached := _log_likelihood(took, there, prior_games)) >= likelihood:
                at, likelihood = there, reached
                break
            step = [change / 2 for change in step]
        else:
            break
    return at


def _log_likelihood(took: Sequence[dict[int, float]], at: Sequence[float], prior_games: float) -> float:
    games = sum(
        count * _log_chance(at[one] - at[other]) for one, row in enumerate(took) for other, count in row.items()
    )
    prior = sum(_log_chance(value) + _log_chance(-value) for value in at)
    return games + prior_games / 2 * prior


def _slope(took: Sequence[dict[int, float]], at: Sequence[float], prior_games: float) -> list[float]:
    """How the likelihood changes with each strength."""
    slope = [prior_games * (0.5 - _chance(value)) for value in at]
    for one, row in enumerate(took):
        for other, count in row.items():
            slope[one] += count - (count + took[other][one]) * _chance(at[one] - at[other])
    return slope


def _information(took: Sequence[dict[int, float]], at: Sequence[float], prior_games: float) -> Matrix:
    """The Fisher information: how sharply the likelihood bends."""
    count = len(took)
    found = [[0.0] * count for _ in range(count)]
    for one, row in enumerate(took):
        found[one][one] += prior_games * _chance(at[one]) * _chance(-at[one])
        for other, points in row.items():
            chance = _chance(at[one] - at[other])
            bend = (points + took[other][one]) * chance * (1 - chance)
            found[one][one] += bend
            found[one][other] -= bend
    return found


def _chance(ahead: float) -> float:
    return 1 / (1 + exp(-ahead)) if ahead > 0 else exp(ahead) / (1 + exp(ahead))


def _log_chance(ahead: float) -> float:
    return -log1p(exp(-ahead)) if ahead > 0 else ahead - log1p(exp(ahead))


# -- a symmetric positive definite matrix ---------------------------------------------------------------------------


def _cholesky(matrix: Matrix) -> Matrix:
    """The lower triangle whose product with its mirror image is the matrix."""
    lower: Matrix = []
    for place, row in enumerate(matrix):
        found: list[float] = []
        for column in range(place):
            found.append((row[column] - sum(map(mul, found, lower[column]))) / lower[column][column])
        found.append(sqrt(row[place] - sum(map(mul, found, found))))
        lower.append(found)
    return lower


def _solved(lower: Matrix, right: Sequence[float]) -> list[float]:
    """What the matrix takes to `right`."""
    between: list[float] = []
    for place, row in enumerate(lower):
        between.append((right[place] - sum(map(mul, row, between))) / row[place])
    for place in range(len(lower) - 1, -1, -1):
        between[place] /= lower[place][place]
        for column in range(place):
            between[column] -= lower[place][column] * between[place]
    return between


def _inverse(lower: Matrix) -> Matrix:
    count = len(lower)
    return [_solved(lower, [float(place == column) for place in range(count)]) for column in range(count)]
