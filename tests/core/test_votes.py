"""Votes: what one says of each pair, who somebody is in them, and what all of them come to."""

from types import MappingProxyType
from typing import Any

import pytest

from tui.core.scores import PairScore, scores_of
from tui.core.target import Target
from tui.core.votes import Contestant, Duel, Verdict, Vote, duels, identity


def vote(*targets: str, best: str = "", verdict: Verdict | None = None, number: int = 1) -> Vote:
    """A vote among these; the first one called `best` won."""
    found = verdict or (Verdict.BEST if best else Verdict.TIE)
    place = targets.index(best) if best else -1
    contestants = tuple(Contestant("ABCD"[at], name, "", at == place) for at, name in enumerate(targets))
    return Vote(str(number), f"2026-01-31T12:00:{number:02}Z", "why?", found, contestants)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (vote("x", "y", best="y"), [("y", "x", False)]),
        (vote("x", "y", "z", best="y"), [("y", "x", False), ("y", "z", False)]),
        (vote("x", "y", "z"), [("x", "y", True), ("x", "z", True), ("y", "z", True)]),
        (vote("x", "y", verdict=Verdict.ALL_BAD), [("x", "y", True)]),
        (vote("x", "x", "y", best="x"), [("x", "y", False)]),
        (vote("x", "x"), []),
    ],
)
def test_what_a_vote_says_of_each_pair(given: Vote, said: list[tuple[str, str, bool]]) -> None:
    assert list(duels(given)) == [Duel(*each) for each in said]


@pytest.mark.parametrize(
    ("verdict", "best"),
    [
        (Verdict.BEST, (False, False)),
        (Verdict.BEST, (True, True)),
        (Verdict.TIE, (True, False)),
        (Verdict.TIE, (False,)),
    ],
)
def test_a_vote_that_makes_no_sense_is_none(verdict: Verdict, best: tuple[bool, ...]) -> None:
    with pytest.raises(ValueError, match="best of"):
        Vote("1", "", "", verdict, tuple(Contestant("A", "x", "", is_best) for is_best in best))


def target(name: str = "any", dialect: str = "chat", **options: Any) -> Target:
    return Target(name, "openai", "gpt-5.2", dialect, "http://h:1/v1", MappingProxyType(options))


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        (target("mine"), "openai/gpt-5.2"),
        (target("cold", temperature=0), "openai/gpt-5.2,temperature=0"),
        (target(top_p=0.5, seed=1), "openai/gpt-5.2,seed=1,top_p=0.5"),
        (target(dialect="responses"), "openai/gpt-5.2,dialect=responses"),
        (target(include_usage=False, stop=["a", "b"]), 'openai/gpt-5.2,stop=["a","b"]'),
        (target(effort="high", number="7"), 'openai/gpt-5.2,effort=high,number="7"'),
    ],
)
def test_somebody_is_the_same_whatever_it_is_called_and_in_whatever_order_it_is_written(
    asked: Target, who: str
) -> None:
    assert identity(asked, "chat") == who


def test_who_is_at_an_address_alone_is_known_by_it() -> None:
    assert identity(target(), "chat", with_address=True) == "openai/gpt-5.2,base_url=http://h:1/v1"


def test_scores_add_up() -> None:
    scores = scores_of(
        [vote("x", "y", "z", best="x"), vote("x", "y", best="x"), vote("y", "x", best="y"), vote("x", "z"),
         vote("p", "q", verdict=Verdict.ALL_BAD), vote("s", "s")]
    )  # fmt: skip
    assert scores.votes == 6
    found = [(each.target, each.wins, each.losses, each.ties, each.votes, each.group) for each in scores.standings]
    assert found == [
        ("x", 3, 1, 1, 4, 0), ("y", 1, 2, 0, 3, 0), ("z", 0, 1, 1, 2, 0), ("p", 0, 0, 1, 1, 1), ("q", 0, 0, 1, 1, 1),
        ("s", 0, 0, 0, 1, 2),
    ]  # fmt: skip
    assert scores.standings[-1].rating is None
    assert scores.pairs == (PairScore("x", "y", 2, 1, 0), PairScore("x", "z", 1, 0, 1), PairScore("p", "q", 0, 0, 1))
    assert [(pair.verb, pair.figures) for pair in scores.pairs] == [
        ("beat", "2:1"), ("beat", "1:0, 1 tie"), ("is even with", "0:0, 1 tie")
    ]  # fmt: skip


def test_the_notes_say_what_the_table_does_not_tell() -> None:
    assert scores_of([]).notes() == []
    few = scores_of([vote("x", "y", best="x")])
    assert few.notes() == ["Intervals overlap: these votes are too few to tell neighbours apart."]
    clear = [vote("x", "y", best="x" if number % 10 else "y") for number in range(100)]
    assert scores_of(clear).notes() == []
    apart = [*clear, *(vote("p", "q", best="p" if number % 10 else "q") for number in range(100))]
    assert scores_of(apart).notes() == [
        "The groups were never compared with each other, so their ratings do not compare either."
    ]
