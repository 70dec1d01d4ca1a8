"""What a model costs: from the user's `[prices]`, else from the list that ships beside this file.

Called when targets are resolved. The list is a file of facts, made from the maintained price list of genai-prices by
`tests/config/make_prices.py`. The package itself brings a second HTTP client and takes longer to import than the whole
dashboard; reading the file takes a millisecond, once. It is JSON because a TOML of its length takes twenty. Nothing
is ever fetched.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tui.core.price import Price, Tariff

_LIST = Path(__file__).with_name("prices.json")
_VERSION = re.compile(r"(?:[-@:](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{3}|latest))$")
"""A date, a release number or `latest` at the end of a model's name: it costs what the model does, unless listed."""
_USUAL_TIERS = (None, "auto", "default", "standard")
"""Values of the option `service_tier` that cost the listed price."""


def tariff_for(provider: str, model: str, options: Mapping[str, Any], configured: Mapping[str, Price]) -> Tariff | None:
    """The price of `provider`'s `model`. None when nobody named one, or when a service tier costs something else."""
    for name in (f"{provider}/{model}", model):
        if name in configured:
            return Tariff(configured[name], "configuration")
    if options.get("service_tier") not in _USUAL_TIERS:
        return None
    source, providers = _listed()
    rows = providers.get(provider, {})
    name = model.lower().removeprefix("models/")
    row = rows.get(name) or rows.get(_VERSION.sub("", name))
    return _tariff(row, source) if row else None


def _tariff(row: list[Any], source: str) -> Tariff:
    """A row is input, output, cached input and the longest prompt; missing ones at its end are None."""
    prompt, output, cached, most = (*row, None, None)[:4]
    return Tariff(Price(prompt, output, cached), source, most)


@cache
def _listed() -> tuple[str, dict[str, dict[str, list[Any]]]]:
    """Where the list is from, and its rows by our providers' names."""
    document = json.loads(_LIST.read_bytes())
    return document["source"], document["providers"]
