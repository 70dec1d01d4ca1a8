"""The quiet line under a finished answer: what was counted, and what it cost."""

from tui.app.panes.waiting_words import first_fitting
from tui.core.cost import Cost
from tui.core.events import Usage
from tui.core.figures import cost_text, grouped


def usage_words(usage: Usage | None, cost: Cost | None, width: int) -> str:
    """`in 1 204 (896 cached) · out 512 (128 reasoning) · $0.0123`, shorter where `width` cells are too few for it.

    Empty when nothing was counted and nothing has a price.
    """
    counted = usage or Usage()
    price = cost_text(cost.total, estimated=cost.is_estimated) if cost else ""
    whole = (
        _part("in", counted.prompt, counted.cached, "cached"),
        _part("out", counted.completion, counted.reasoning, "reasoning"),
    )
    short = (_part("in", counted.prompt), _part("out", counted.completion))
    return first_fitting(width, *(_joined(*parts) for parts in ((*whole, price), (*short, price), short, (price,))))


def _part(label: str, count: int | None, of_which: int | None = None, kind: str = "") -> str:
    if count is None:
        return ""
    split = f" ({grouped(of_which)} {kind})" if of_which else ""
    return f"{label} {grouped(count)}{split}"


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
