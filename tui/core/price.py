"""What tokens cost, as a target carries it. Where prices come from is `tui.config.prices`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens of one model."""

    input: float
    output: float
    cached_input: float | None = None
    """None costs as much as `input`."""
    reasoning: float | None = None
    """None costs as much as `output`."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """A price, who says so, and how far it holds."""

    price: Price
    source: str
    """`configuration`, or the list it is from and that list's date."""
    most_prompt_tokens: int | None = None
    """Prompts longer than this cost something else, which we do not know. None when the price holds for all."""
