"""What is said of an answer's tokens, and of the one under the cursor. Pure but for Textual's contents."""

from math import isinf

from rich.cells import cell_len
from textual.content import Content

from tui.app.logprobs.odds import Odds, chance, share_text
from tui.app.shown import assembled, content, name_shown
from tui.core.clean import Clean, clean_line
from tui.core.events import TokenLogprob
from tui.core.figures import NONE, grouped

_NAME_CELLS = 18
_BAR_CELLS = 12
_SHOWN_NAMES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def figures_line(odds: Odds) -> Content:
    """How many tokens, and how surprised the model was on the whole."""
    perplexity = odds.perplexity
    figure = NONE if perplexity is None else "∞" if isinf(perplexity) else f"{perplexity:.3g}"
    return assembled(
        (clean_line(grouped(odds.count)), "$metric-value"),
        (Clean(" tokens  perplexity "), "$metric-label"),
        (clean_line(figure), "$metric-value"),
        (Clean("  unlikely "), "$metric-label"),
        (clean_line(grouped(odds.unlikely_count)), "$metric-value"),
    )


def legend_line() -> Content:
    """The levels in their looks."""
    return assembled(
        (Clean("from 90 %"), "$metric-good"),
        (Clean("  from 50 %"), "$foreground"),
        (Clean("  "), ""),
        (Clean("from 20 %"), "$metric-warn italic"),
        (Clean("  "), ""),
        (Clean("less"), "$metric-bad underline"),
    )


def token_lines(token: TokenLogprob, number: int, count: int, rows: int) -> list[Content]:
    """The token and what could have stood in its place, in at most `rows` lines."""
    place = assembled(
        (named(token.token), "bold"),
        (clean_line(f"  {grouped(number + 1)} of {grouped(count)}"), "$metric-label"),
    )
    if token.logprob is None:
        return [place, content(Clean("The server gave no probability for it."), "$metric-label")]
    odds = assembled(
        (clean_line(share_text(token.logprob)), "$metric-value"),
        (clean_line(f"  logprob {token.logprob:.3f}"), "$metric-label"),
    )
    if not token.top:
        hint = Clean("No alternatives were sent; ask with -o top_logprobs=5.")
        return [place, odds, content(hint, "$metric-label")]
    return [place, odds, *(_row(text, logprob, token.token) for text, logprob in token.top[: max(0, rows - 2)])]


def named(text: str) -> Clean:
    """A token in quotes, with its spaces and line ends to be seen."""
    for sign, shown in _SHOWN_NAMES.items():
        text = text.replace(sign, shown)
    return name_shown(f"“{text}”")


def _row(text: str, logprob: float, chosen: str) -> Content:
    """An alternative: its mark, its name, a bar, its share."""
    is_chosen = text == chosen
    name = named(text)
    if cell_len(name) > _NAME_CELLS:
        name = name_shown(f"{name[: _NAME_CELLS // 2]}…")
    bar = "█" * round(chance(logprob) * _BAR_CELLS)
    return assembled(
        (Clean("▸ ") if is_chosen else Clean("  "), "$accent"),
        (clean_line(name + " " * (_NAME_CELLS - cell_len(name) + 1)), "bold" if is_chosen else ""),
        (clean_line(f"{share_text(logprob):>7}"), "$metric-value"),
        (clean_line(f" {bar}"), "$spark"),
    )
