"""Writes `tui/config/prices.json` from the price list of the package genai-prices.

Run as `python -m tests.config.make_prices` where that package is installed; sidestream itself never imports it. Left
out are models whose price depends on the hour or is not by the token, and names that the list would only match by
their beginning: no price is better than a wrong one.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[2] / "tui" / "config" / "prices.json"
PROVIDERS = {
    "anthropic": "anthropic", "azure": "azure", "cerebras": "cerebras", "deepseek": "deepseek",
    "fireworks": "fireworks", "gemini": "google", "groq": "groq", "mistral": "mistral", "openai": "openai",
    "openrouter": "openrouter", "together": "together", "xai": "x-ai",
}  # fmt: skip
"""Our names of providers, and the list's."""


def names_of(match: Any) -> Iterator[str]:
    """Every name a rule of the list spells out."""
    for clauses in ("or_", "and_"):
        for clause in getattr(match, clauses, ()):
            yield from names_of(clause)
    for name in ("equals", "starts_with"):
        if text := getattr(match, name, None):
            yield text


def price_now(prices: Any, now: datetime) -> Any:
    """The price in force; None when it depends on the hour."""
    if not isinstance(prices, list):
        return prices
    found = None
    for conditional in prices:
        if conditional.constraint is None:
            found = conditional.prices
        elif not hasattr(conditional.constraint, "start_date"):
            return None
        elif conditional.constraint.start_date <= now.date():
            found = conditional.prices
    return found


def row_of(price: Any) -> list[float | int | None] | None:
    """Input, output, cached input, and the longest prompt it holds for, without unknown ones at the end."""
    rates = [price.input_mtok, price.output_mtok, price.cache_read_mtok]
    limits = [tier.start for rate in rates for tier in getattr(rate, "tiers", ())]
    figures = [None if rate is None else float(getattr(rate, "base", rate)) for rate in rates]
    if figures[0] is None or figures[1] is None or min(figures[0], figures[1]) < 0:
        return None
    row: list[float | int | None] = [*figures, min(limits, default=None)]
    while row[-1] is None:
        row.pop()
    return row


def table_of(provider: Any, now: datetime) -> dict[str, list[float | int | None]]:
    """All names of a provider's models with their prices."""
    rows = {}
    for model in provider.models:
        price = price_now(model.prices, now)
        row = row_of(price) if price is not None else None
        if row is None:
            continue
        for name in {model.id, *names_of(model.match)}:
            if provider.find_model(name) is model:
                rows[name.lower()] = row
    return dict(sorted(rows.items()))


def document(now: datetime) -> str:
    """The file, a line per model."""
    listed = {provider.id: provider for provider in import_module("genai_prices.data").providers}
    parts = []
    for ours, theirs in PROVIDERS.items():
        rows = table_of(listed[theirs], now).items()
        lines = ",\n".join(f"      {json.dumps(name)}: {json.dumps(row)}" for name, row in rows)
        parts.append(f'    "{ours}": {{\n{lines}\n    }}')
    source = f"genai-prices {version('genai-prices')}, {now.date()}"
    return f'{{\n  "source": "{source}",\n  "providers": {{\n' + ",\n".join(parts) + "\n  }\n}\n"


if __name__ == "__main__":
    OUT.write_text(document(datetime.now(UTC)), encoding="utf-8")
