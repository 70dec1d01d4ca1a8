"""Ratings: against values worked out by hand, and what must hold of any results."""

import random
from math import exp, log, log10, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.bradley_terry import MEAN, POINTS, SIGMAS_95, groups, ratings

NAMES = "abcdef"
RESULTS = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]),
    st.integers(1, 40).map(lambda halves: halves / 2),
    min_size=1,
    max_size=12,
)


# With w of n games won, two strengths +d/2 and -d/2, and for each one win and one loss against strength 0, the slope is
#     w - n s(d) + 1 - 2 s(d/2),   s(x) = 1 / (1 + exp(-x)).
# At d = 2 ln 3 it is s(d) = 9/10 and s(d/2) = 3/4: zero for w = 0.9 n + 0.5, such as 5 of 5 or 14 of 15.
@pytest.mark.parametrize(("won", "lost"), [(5.0, 0.0), (14.0, 1.0)])
def test_two_players_as_worked_out_by_hand(won: float, lost: float) -> None:
    found = ratings({("a", "b"): won, ("b", "a"): lost})
    assert found["a"].value - found["b"].value == pytest.approx(400 * log10(9))
    assert found["a"].value == pytest.approx(MEAN + 200 * log10(9))
    # The information is [[a, -b], [-b, a]] with b = n s(d) s(-d) and a = b + 2 s(d/2) s(-d/2). Its inverse has, for the
    # difference to the mean, which is half the difference of both, the variance 1 / (2 (a + b)).
    variance = 1 / (2 * (2 * (won + lost) * 0.09 + 2 * 0.75 * 0.25))
    assert [found[name].error for name in "ab"] == pytest.approx([SIGMAS_95 * POINTS * sqrt(variance)] * 2)


def test_without_a_prior_two_players_are_as_far_apart_as_their_odds() -> None:
    found = ratings({("a", "b"): 30.0, ("b", "a"): 10.0}, prior_games=1e-9)
    assert found["a"].value - found["b"].value == pytest.approx(400 * log10(3), abs=1e-3)


def test_ties_alone_leave_all_at_the_mean() -> None:
    found = ratings({("a", "b"): 0.5, ("b", "a"): 0.5, ("b", "c"): 2.0, ("c", "b"): 2.0})
    assert [found[name].value for name in "abc"] == pytest.approx([MEAN] * 3)


def test_more_votes_make_the_error_smaller() -> None:
    few, many = (ratings({("a", "b"): 2.0 * times, ("b", "a"): 1.0 * times}) for times in (1, 100))
    assert many["a"].error < few["a"].error / 5


def test_unconnected_groups_have_a_mean_each() -> None:
    found = ratings({("a", "b"): 9.0, ("c", "d"): 1.0})
    assert found["a"].value + found["b"].value == pytest.approx(2 * MEAN)
    assert found["c"].value + found["d"].value == pytest.approx(2 * MEAN)
    assert groups({("a", "b"): 0, ("c", "d"): 0, ("d", "e"): 0, ("b", "a"): 0}) == [["a", "b"], ["c", "d", "e"]]


def test_no_results_rate_nobody() -> None:
    assert ratings({}) == {}


@given(RESULTS)
def test_ratings_are_where_the_likelihood_has_no_slope(results: dict[tuple[str, str], float]) -> None:
    """Written down once more from the model, on the scale of ratings and around the mean of each group."""
    found = ratings(results)
    for group in groups(results):
        # Strengths are known up to where the imagined opponent stands: the one number left is found by bisection.
        strength = {name: (found[name].value - MEAN) / POINTS for name in group}
        low, high = -40.0, 40.0
        for _ in range(100):
            middle = (low + high) / 2
            # The games among them cancel out in the sum of all slopes; only those against the imagined one are left.
            rest = sum(1 - 2 / (1 + exp(-(value - middle))) for value in strength.values())
            low, high = (low, middle) if rest > 0 else (middle, high)
        for name in group:
            slope = 1 - 2 / (1 + exp(-(strength[name] - low)))
            for (one, other), won in results.items():
                if name == one:
                    slope += won / (1 + exp(strength[one] - strength[other]))
                if name == other:
                    slope -= won / (1 + exp(strength[one] - strength[other]))
            assert abs(slope) < 1e-6


@given(RESULTS, st.permutations(NAMES))
def test_names_do_not_matter(results: dict[tuple[str, str], float], others: list[str]) -> None:
    other = dict(zip(NAMES, others, strict=True))
    found = ratings(results)
    renamed = ratings({(other[one], other[two]): won for (one, two), won in results.items()})
    for name, rating in found.items():
        assert renamed[other[name]].value == pytest.approx(rating.value, abs=1e-4)
        assert renamed[other[name]].error == pytest.approx(rating.error, abs=1e-4)


@given(RESULTS)
def test_turning_all_results_round_turns_the_ratings_round(results: dict[tuple[str, str], float]) -> None:
    found = ratings(results)
    turned = ratings({(two, one): won for (one, two), won in results.items()})
    for name, rating in found.items():
        assert turned[name].value == pytest.approx(2 * MEAN - rating.value, abs=1e-4)


@given(RESULTS, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_one_win_more_never_hurts_the_winner(results: dict[tuple[str, str], float], one: str, other: str) -> None:
    before = ratings(results)
    if one == other or one not in before or other not in before:
        return
    together = next(group for group in groups(results) if one in group)
    if other not in together:  # the groups' means would move
        return
    after = ratings({**results, (one, other): results.get((one, other), 0.0) + 1})
    gain = after[one].value - before[one].value, after[other].value - before[other].value
    assert gain[0] > gain[1]


def test_known_strengths_are_found_again_within_their_errors() -> None:
    """Eight players, 4,000 games drawn from the model: 95 in 100 intervals hold the truth, so of eight nearly all."""
    chance = random.Random(7)
    strengths = {name: chance.gauss(0, 1) for name in "abcdefgh"}
    mean = sum(strengths.values()) / len(strengths)
    results: dict[tuple[str, str], float] = {}
    for _ in range(4000):
        one, other = chance.sample(sorted(strengths), 2)
        wins = chance.random() < 1 / (1 + exp(strengths[other] - strengths[one]))
        pair = (one, other) if wins else (other, one)
        results[pair] = results.get(pair, 0.0) + 1
    found = ratings(results)
    off = [abs(found[name].value - MEAN - POINTS * (strengths[name] - mean)) for name in strengths]
    assert sum(error <= found[name].error for name, error in zip(strengths, off, strict=True)) >= 7
    assert max(off) < 60
    assert max(rating.error for rating in found.values()) < 40


def test_four_hundred_points_are_odds_of_ten_to_one() -> None:
    assert pytest.approx(400) == POINTS * log(10)
