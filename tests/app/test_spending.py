"""Costs and counts as words, and the total of the session."""

from dataclasses import replace

import pytest

from tests.app.scripted import ScriptedEngine, answer_shown, draw, make_app, panel_rows, screen_text, target
from tui.app.panes.usage_words import usage_words
from tui.core.cost import Cost
from tui.core.events import Usage
from tui.core.figures import cost_text
from tui.core.price import Price, Tariff

pytestmark = pytest.mark.anyio

PRICED = replace(target("ada"), tariff=Tariff(Price(2, 10), "configuration"))
USAGE = Usage(prompt=1204, completion=512, reasoning=128, cached=896)
COST = Cost(0.01, 0, 0.0023, 0, False, "configuration")


@pytest.mark.parametrize(
    ("dollars", "text"),
    [
        (None, "–"),
        (0, "$0"),
        (0.000_000_1, "<$0.000001"),
        (0.000_042, "$0.0000420"),
        (0.012_34, "$0.0123"),
        (0.25, "$0.250"),
        (0.9949, "$0.995"),
        (1.239, "$1.24"),
        (1234.5, "$1,234.50"),
    ],
)
def test_a_cost_has_three_figures_or_cents(dollars: float | None, text: str) -> None:
    assert cost_text(dollars) == text


def test_an_estimated_cost_is_marked() -> None:
    assert cost_text(0.25, estimated=True) == "≈$0.250"


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (60, "in 1 204 (896 cached) · out 512 (128 reasoning) · $0.0123"),
        (57, "in 1 204 (896 cached) · out 512 (128 reasoning) · $0.0123"),
        (56, "in 1 204 · out 512 · $0.0123"),
        (27, "in 1 204 · out 512"),
        (17, "$0.0123"),
        (5, ""),
    ],
)
def test_counts_are_worded_for_the_width(width: int, text: str) -> None:
    assert usage_words(USAGE, COST, width) == text


def test_what_the_server_did_not_count_is_left_out() -> None:
    assert usage_words(Usage(completion=5), None, 60) == "out 5"
    assert usage_words(Usage(prompt=7, completion=5, cached=0, reasoning=0), None, 60) == "in 7 · out 5"
    assert usage_words(None, None, 60) == ""


def finish(engine: ScriptedEngine, name: str, prompt: int, completion: int) -> None:
    engine.connect(name)
    engine.receive(name, {"content": "hello"})
    engine.receive(name, {}, finish="stop")
    engine.send(name, {"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion}})
    engine.done(name)


async def test_a_finished_answer_ends_with_its_counts_and_cost() -> None:
    app, engine = make_app(targets=[PRICED], prompt="hi")
    async with app.run_test(size=(120, 30)):
        finish(engine, "ada", 1000, 500)
        draw(app)
        assert answer_shown(app, "ada").splitlines()[-1] == "in 1 000 · out 500 · $0.00700"
        assert "$0.00700" in "\n".join(panel_rows(app, "ada"))


async def test_the_words_follow_the_width_of_the_pane() -> None:
    app, engine = make_app(targets=[PRICED], prompt="hi")
    async with app.run_test(size=(120, 30)) as pilot:
        engine.connect("ada")
        engine.receive("ada", {"content": "hello"}, finish="stop")
        usage = {"prompt_tokens": 1000, "completion_tokens": 500, "prompt_tokens_details": {"cached_tokens": 10},
                 "completion_tokens_details": {"reasoning_tokens": 128}}  # fmt: skip
        engine.send("ada", {"choices": [], "usage": usage})
        engine.done("ada")
        draw(app)
        assert "(10 cached)" in answer_shown(app, "ada")
        await pilot.resize_terminal(60, 30)
        await pilot.pause()
        draw(app)
        assert "(10 cached)" not in answer_shown(app, "ada")
        assert "in 1 000 · out 500" in answer_shown(app, "ada")


async def test_a_running_stream_shows_an_estimate() -> None:
    app, engine = make_app(targets=[PRICED], prompt="hi")
    async with app.run_test(size=(120, 30)):
        engine.state("ada").prompt_estimate = 100.0
        engine.connect("ada")
        engine.receive("ada", {"content": "x" * 400})
        draw(app)
        # (100 x 2 + 100 x 10) / 1e6
        assert "≈$0.00120" in "\n".join(panel_rows(app, "ada"))


async def test_the_key_bar_has_the_total_of_the_session() -> None:
    app, engine = make_app("bob", targets=[PRICED], prompt="hi")
    async with app.run_test(size=(120, 30)):
        draw(app)
        assert "$" not in app.dashboard._key_bar.summary
        finish(engine, "ada", 1000, 500)
        finish(engine, "bob", 1000, 500)
        draw(app)
        assert app.dashboard._key_bar.summary == "2 complete · $0.00700"


async def test_streams_of_earlier_prompts_stay_in_the_total() -> None:
    app, engine = make_app(targets=[PRICED], prompt="hi")
    async with app.run_test(size=(120, 30)):
        finish(engine, "ada", 1000, 500)
        draw(app)
        app.dashboard.run.ask_text("again")
        draw(app)
        assert "$0.00700" in app.dashboard._key_bar.summary
        finish(engine, "ada", 1000, 500)
        draw(app)
        draw(app)
        assert app.dashboard._key_bar.summary == "1 complete · $0.0140"


async def test_a_conversation_that_comes_back_is_paid_once() -> None:
    app, engine = make_app(targets=[PRICED], prompt="hi")
    async with app.run_test(size=(120, 30)) as pilot:
        finish(engine, "ada", 1000, 500)
        draw(app)
        await pilot.press("ctrl+n", *"more", "enter")
        finish(engine, "ada", 1000, 500)
        draw(app)
        assert app.dashboard._key_bar.summary == "1 complete · $0.0140"
        await pilot.press("escape", "U")
        draw(app)
        assert app.dashboard._key_bar.summary == "1 complete · $0.0140"


async def test_the_bottom_line_of_the_race_has_the_cost_of_the_run() -> None:
    app, engine = make_app("bob", targets=[PRICED], prompt="hi")
    async with app.run_test(size=(120, 30)) as pilot:
        finish(engine, "ada", 1000, 500)
        finish(engine, "bob", 1000, 500)
        await pilot.press("f3")
        await pilot.pause()
        draw(app)
        assert "1 000 tokens · $0.00700 · " in screen_text(app)
