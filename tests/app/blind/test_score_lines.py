"""The table of scores as text: aligned, as wide as there is room, with what it does not tell said below."""

from rich.cells import cell_len

from tests.core.test_votes import vote
from tui.app.blind.score_lines import NOTHING, ScoreLine, score_lines
from tui.core.scores import scores_of
from tui.core.votes import Verdict

VOTES = [
    *(vote("openai/gpt-5.2", "ollama/qwen3,temperature=0", best="openai/gpt-5.2") for _ in range(5)),
    *(vote("openai/gpt-5.2", "ollama/qwen3,temperature=0", best="ollama/qwen3,temperature=0") for _ in range(2)),
    vote("openai/gpt-5.2", "ollama/qwen3,temperature=0"),
    vote("demo/swift", "demo/日本", verdict=Verdict.ALL_BAD),
]


def test_the_whole_table() -> None:
    lines = score_lines(scores_of(VOTES), 100)
    assert [line.text.rstrip() for line in lines] == [
        "target                      rating  ± 95 %    wins  losses    ties   votes",
        "openai/gpt-5.2                1060   ± 120       5       2       1       8",
        "ollama/qwen3,temperature=0     940   ± 120       2       5       1       8",
        "",
        "demo/swift                    1000   ± 241       0       0       1       1",
        "demo/日本                     1000   ± 241       0       0       1       1",
        "",
        "pairs",
        "openai/gpt-5.2 beat ollama/qwen3,temperature=0  5:2, 1 tie",
        "demo/swift is even with demo/日本  0:0, 1 tie",
        "",
        "The groups were never compared with each other, so their ratings do not compare either.",
        "Intervals overlap: these votes are too few to tell neighbours apart.",
        "9 votes. Bradley-Terry by maximum likelihood, on the Elo scale: mean 1000, ± 95 %; ties count half.",
    ]
    assert [line.look for line in lines].count("head") == 2


def test_nothing_is_wider_than_there_is_room() -> None:
    scores = scores_of(VOTES)
    for width in range(60, 130):
        assert max(cell_len(line.text) for line in score_lines(scores, width)) <= width
    assert "ollama/qwen…" in score_lines(scores, 60)[2].text


def test_without_votes_it_says_how_to_get_some() -> None:
    assert score_lines(scores_of([]), 80) == [ScoreLine(NOTHING.ljust(80), "quiet")]
