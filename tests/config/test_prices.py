"""Where the price of a target comes from. The list's own figures are checked for what must hold of any list."""

import json
import math
from pathlib import Path

import pytest

from tui.config import prices
from tui.config.prices import tariff_for
from tui.config.providers import PROVIDERS
from tui.config.resolve import Overrides, resolve_targets
from tui.config.settings import Settings
from tui.core.price import Price, Tariff

LIST = json.loads((Path(prices.__file__).with_name("prices.json")).read_text())


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of our own, so that new prices break no test."""
    rows = {"gpt": [1, 2, 0.5], "gpt-2024-05-13": [5, 15], "flash": [3, 4, None, 1000], "gemini": [6, 7]}
    monkeypatch.setattr(prices, "_listed", lambda: ("a list", {"openai": rows}))


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("model", "tariff"),
    [
        ("gpt", Tariff(Price(1, 2, 0.5), "a list")),
        ("GPT", Tariff(Price(1, 2, 0.5), "a list")),
        ("gpt-2025-08-07", Tariff(Price(1, 2, 0.5), "a list")),
        ("gpt-20250807", Tariff(Price(1, 2, 0.5), "a list")),
        ("gpt@20250807", Tariff(Price(1, 2, 0.5), "a list")),
        ("gpt-latest", Tariff(Price(1, 2, 0.5), "a list")),
        ("gpt-2024-05-13", Tariff(Price(5, 15), "a list")),  # a dated model with a price of its own
        ("flash", Tariff(Price(3, 4), "a list", 1000)),
        ("models/gemini-001", Tariff(Price(6, 7), "a list")),
        ("gpt-mini", None),
        ("gpt-preview", None),
        ("other", None),
    ],
)
def test_a_model_is_found_by_its_name_and_without_its_date(model: str, tariff: Tariff | None) -> None:
    assert tariff_for("openai", model, {}, {}) == tariff


@pytest.mark.usefixtures("listed")
def test_the_same_name_at_another_provider_has_no_price() -> None:
    assert tariff_for("groq", "gpt", {}, {}) is None
    assert tariff_for("ollama", "gpt", {}, {}) is None


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("written", ["openai/gpt", "gpt"])
def test_the_configuration_wins(written: str) -> None:
    mine = Price(9, 9)
    assert tariff_for("openai", "gpt", {}, {written: mine}) == Tariff(mine, "configuration")


@pytest.mark.usefixtures("listed")
def test_the_whole_name_wins_over_the_models() -> None:
    both = {"gpt": Price(1, 1), "openai/gpt": Price(2, 2)}
    assert tariff_for("openai", "gpt", {}, both) == Tariff(Price(2, 2), "configuration")


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("tier", "is_known"), [("auto", True), ("default", True), ("flex", False), ("priority", False)]
)
def test_another_service_tier_costs_something_we_do_not_know(tier: str, is_known: bool) -> None:
    assert (tariff_for("openai", "gpt", {"service_tier": tier}, {}) is not None) == is_known


@pytest.mark.usefixtures("listed")
def test_a_resolved_target_carries_its_price() -> None:
    settings = Settings(prices={"ollama/mine": Price(3, 4)})
    targets = resolve_targets(
        ["openai/gpt", "ollama/mine", "ollama/other"], Overrides(), {"OPENAI_API_KEY": "sk-x"}, settings
    )
    assert [target.tariff.price if target.tariff else None for target in targets] == [
        Price(1, 2, 0.5),
        Price(3, 4),
        None,
    ]


def test_a_server_of_ones_own_has_no_price_of_the_list() -> None:
    model = next(iter(LIST["providers"]["openai"]))
    [found] = resolve_targets([model], Overrides(base_url="http://127.0.0.1:1/v1"), {})
    assert found.tariff is None


def test_the_list_is_of_providers_we_know_and_holds_prices() -> None:
    assert set(LIST["providers"]) <= set(PROVIDERS)
    assert LIST["source"].startswith("genai-prices ")
    for rows in LIST["providers"].values():
        assert rows
        for name, row in rows.items():
            assert name == name.lower()
            assert 2 <= len(row) <= 4
            assert all(rate is None or (math.isfinite(rate) and 0 <= rate < 5000) for rate in row[:3])


def test_the_list_has_todays_models_of_the_readme() -> None:
    """If this fails, the list lost a model that the docs name, and `make_prices` has to be looked at."""
    assert tariff_for("openai", "gpt-5.2", {}, {}) is not None
    assert tariff_for("anthropic", "claude-sonnet-4-5-20250929", {}, {}) is not None
