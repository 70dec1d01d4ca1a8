"""The scores as a table in text: pure and without a terminal, for the dialog and for the command line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rich.cells import cell_len, set_cell_size

from tui.app.text.cells import steadied
from tui.core.clean import clean_line
from tui.core.scores import METHOD, PairScore, Scores, Standing

Look = Literal["title", "head", "value", "quiet"]
NOTHING: Final = "Nothing was voted yet. Switch blind mode on, ask, and vote."
_FIGURES: Final = ("rating", "± 95 %", "wins", "losses", "ties", "votes")
_WIDTHS: Final = tuple(max(6, len(title)) for title in _FIGURES)
_GAP: Final = "  "
_SHORTEST, _LONGEST = 12, 60


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One line, none wider than was asked for."""

    text: str
    look: Look = "value"


def score_lines(scores: Scores, width: int) -> list[ScoreLine]:
    """The standings, the pairs below, and what to think of them."""
    if not scores.votes:
        return [ScoreLine(_fitted(NOTHING, width), "quiet")]
    names = _name_cells([standing.target for standing in scores.standings], width)
    return [*_table(scores, names), ScoreLine(""), *_pairs(scores, width), ScoreLine(""), *_words(scores, width)]


def _table(scores: Scores, names: int) -> Iterator[ScoreLine]:
    head = _GAP.join(
        [_fitted("target", names), *(title.rjust(cells) for title, cells in zip(_FIGURES, _WIDTHS, strict=True))]
    )
    yield ScoreLine(head, "head")
    for number, group in enumerate(scores.groups):
        if number:
            yield ScoreLine("")
        for standing in group:
            yield ScoreLine(_row(standing, names))


def _row(standing: Standing, names: int) -> str:
    rating = standing.rating
    figures = (
        f"{rating.value:.0f}" if rating else "–",
        f"± {rating.error:.0f}" if rating else "–",
        *map(str, (standing.wins, standing.losses, standing.ties, standing.votes)),
    )
    return _GAP.join(
        [_fitted(standing.target, names), *(text.rjust(cells) for text, cells in zip(figures, _WIDTHS, strict=True))]
    )


def _pairs(scores: Scores, width: int) -> Iterator[ScoreLine]:
    yield ScoreLine("pairs", "head")
    for pair in scores.pairs:
        yield ScoreLine(_fitted_pair(pair, width))


def _fitted_pair(pair: PairScore, width: int) -> str:
    """Who beat whom how often; the names are cut where there is no room for both."""
    figures = pair.figures
    room = width - len(f" {pair.verb}   {figures}")
    names = [pair.first, pair.second]
    if sum(map(_cells, names)) > room:
        names = [_fitted(name, max(1, room // 2)).rstrip() for name in names]
    return f"{_shown(names[0])} {pair.verb} {_shown(names[1])}  {figures}"


def _words(scores: Scores, width: int) -> Iterator[ScoreLine]:
    for note in scores.notes():
        yield from (ScoreLine(line, "quiet") for line in _wrapped(note, width))
    many = f"{scores.votes} vote{'' if scores.votes == 1 else 's'}. {METHOD}"
    yield from (ScoreLine(line, "quiet") for line in _wrapped(many, width))


def _wrapped(sentence: str, width: int) -> Iterator[str]:
    line = ""
    for word in sentence.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _name_cells(names: list[str], width: int) -> int:
    room = width - sum(cells + len(_GAP) for cells in _WIDTHS)
    return max(_SHORTEST, min(max(map(_cells, names)), _LONGEST, room))


def _shown(text: str) -> str:
    return steadied(clean_line(text))


def _cells(text: str) -> int:
    return cell_len(_shown(text))


def _fitted(text: str, cells: int) -> str:
    """`text` in exactly so many cells, with a sign where something is left out."""
    shown = _shown(text)
    return set_cell_size(shown, cells) if cell_len(shown) <= cells else f"{set_cell_size(shown, cells - 1)}…"
