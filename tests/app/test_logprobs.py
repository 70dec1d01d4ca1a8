"""The tokens of an answer, how likely they were, and the dialog that shows them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from rich.style import Style
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app, screen_text, target
from tui.app.dashboard import FRAMES_PER_FIGURES
from tui.app.logprobs.odds import Odds, level_of, share_text, shown_tokens
from tui.app.logprobs.screen import LogprobsScreen
from tui.app.logprobs.token_rows import TokenRows
from tui.app.logprobs.token_view import TokenView
from tui.core.clean import Clean
from tui.core.events import TokenLogprob
from tui.core.secret import Secret

pytestmark = pytest.mark.anyio
Compare: TypeAlias = Callable[..., bool]


def token(text: str, chance: float | None, *others: tuple[str, float]) -> TokenLogprob:
    """A token with its probability, and alternatives with theirs."""
    top = tuple((other, math.log(share)) for other, share in others)
    return TokenLogprob(text, None if chance is None else math.log(chance), top)


def odds_of(*chances: float | None) -> Odds:
    odds = Odds()
    odds.extend([token("x", chance) for chance in chances])
    return odds


# -- figures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "level"),
    [(1.0, "sure"), (0.91, "sure"), (0.89, "fair"), (0.51, "fair"), (0.49, "doubtful"), (0.21, "doubtful"),
     (0.19, "unlikely"), (0.001, "unlikely"), (None, "unknown")],
)  # fmt: skip
def test_each_token_has_a_level(chance: float | None, level: str) -> None:
    assert level_of(token("x", chance)) == level


def test_a_server_that_overflows_says_nothing_odd() -> None:
    assert level_of(TokenLogprob("x", -9999.0)) == "unlikely"
    assert level_of(TokenLogprob("x", 1e300)) == "sure"
    odds = Odds()
    odds.extend([TokenLogprob("x", -1e300)])
    assert odds.perplexity == math.inf


def test_perplexity_is_that_of_the_tokens_with_a_probability() -> None:
    # exp(mean of ln 2 and ln 8) = exp(2 ln 2) = 4
    assert odds_of(0.5, None, 0.125).perplexity == pytest.approx(4)
    assert odds_of(None).perplexity is None
    assert odds_of().perplexity is None


@pytest.mark.parametrize(
    ("chance", "text"), [(1.0, "100.0 %"), (0.9999, ">99.9 %"), (0.342, "34.2 %"), (0.0001, "<0.1 %")]
)
def test_shares_are_never_rounded_to_certainty(chance: float, text: str) -> None:
    assert share_text(math.log(chance)) == text


def test_the_unlikely_tokens_are_walked_in_their_order_and_round() -> None:
    odds = odds_of(0.9, 0.1, 0.9, 0.05, 0.9)
    assert odds.unlikely_count == 2
    assert [odds.next_look(at, 1) for at in (0, 1, 2, 3, 4)] == [1, 3, 3, 1, 1]
    assert [odds.next_look(at, -1) for at in (0, 1, 2, 3, 4)] == [3, 3, 1, 1, 3]


def test_without_unlikely_ones_the_least_likely_ten_are_walked() -> None:
    odds = odds_of(*[0.95] * 20, *[0.6] * 10, *[0.95] * 5)
    assert list(odds.worth_a_look) == list(range(20, 30))
    assert odds.unlikely_count == 0
    assert odds_of(None).next_look(0, 1) is None


def test_figures_are_the_same_in_one_piece_and_in_many() -> None:
    tokens = [token("x", 0.3 + n % 7 / 10) for n in range(100)]
    whole, parts = Odds(), Odds()
    whole.extend(tokens)
    for at in range(0, 100, 7):
        parts.extend(tokens[at : at + 7])
    assert parts.perplexity == pytest.approx(whole.perplexity)
    assert parts.levels == whole.levels
    assert list(parts.worth_a_look) == list(whole.worth_a_look)


# -- rows -----------------------------------------------------------------------------------------------------------


def rows_of(width: int, *texts: str) -> list[str]:
    rows = TokenRows(width)
    rows.extend(texts)
    return ["".join(text for _, text in row) for row in rows.rows]


def test_tokens_fill_rows_and_stay_whole() -> None:
    assert rows_of(10, "Red", " is", " bent", " least", " so") == ["Red is", " bent", " least so"]


@pytest.mark.parametrize(
    ("texts", "rows"),
    [
        (["a\n", "b"], ["a↵", "b"]),
        (["a", "\n\n", "b"], ["a↵", "↵", "b"]),
        (["", "a"], ["·a"]),
        (["x" * 25], ["x" * 10, "x" * 10, "x" * 5]),
        (["ab", "x" * 12], ["ab", "x" * 10, "xx"]),
        (["\x1b[31m"], ["␛[31m"]),
        (["漢" * 6], ["漢" * 5, "漢"]),
    ],
)
def test_what_is_in_a_token_stays_in_its_rows(texts: list[str], rows: list[str]) -> None:
    assert rows_of(10, *texts) == rows


def test_a_token_is_found_by_its_cell() -> None:
    rows = TokenRows(10)
    rows.extend(["ab", "cde\n", "fg"])
    assert [rows.token_at(0, column) for column in (0, 1, 2, 5, 9)] == [0, 0, 1, 1, 1]
    assert [rows.token_at(1, column) for column in (0, 9)] == [2, 2]
    assert rows.column_of(1) == 2
    assert rows.row_of == [0, 0, 1]


# -- the dialog -----------------------------------------------------------------------------------------------------

ANSWER = (
    token("Red", 0.95, ("Red", 0.95), ("Blue", 0.03)),
    token(" bends", 0.6, (" bends", 0.6), (" is", 0.3)),
    token(" least", 0.1, (" most", 0.8), (" least", 0.1)),
    token(".", 0.99, (".", 0.99)),
)


def say_tokens(engine: ScriptedEngine, name: str, tokens: Sequence[TokenLogprob], choice: int = 0) -> None:
    """One read: the tokens' text and their log probabilities."""
    content: list[dict[str, Any]] = [
        {
            "token": item.token,
            "logprob": item.logprob,
            "top_logprobs": [{"token": text, "logprob": logprob} for text, logprob in item.top],
        }
        for item in tokens
    ]
    text = "".join(item.token for item in tokens)
    choices = [{"index": choice, "delta": {"content": text}, "logprobs": {"content": content}}]
    engine.send(name, {"id": "r1", "choices": choices})


async def opened(
    pilot: Pilot[None], app: WatchedApp, engine: ScriptedEngine, tokens: Sequence[TokenLogprob] = ANSWER
) -> LogprobsScreen:
    engine.connect("ada")
    say_tokens(engine, "ada", tokens)
    draw(app)
    await pilot.press("tab", "p")
    await pilot.pause()
    assert isinstance(app.screen, LogprobsScreen)
    return app.screen


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_token_under_the_cursor_tells_its_alternatives(size: tuple[int, int]) -> None:
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=size) as pilot:
        await opened(pilot, app, engine)
        assert "4 tokens" in screen_text(app)
        assert "1 of 4" in screen_text(app)
        assert "“Blue”" in screen_text(app)
        await pilot.press("n")
        assert "“ least”  3 of 4" in screen_text(app)
        assert "10.0 %  logprob -2.303" in screen_text(app)
        assert "“ most”" in screen_text(app)
        await pilot.press("left")
        assert "“ bends”  2 of 4" in screen_text(app)
        await pilot.press("G")
        assert "4 of 4" in screen_text(app)
        await pilot.press("escape")
        assert app.screen is app.dashboard


async def test_unlikely_tokens_are_told_apart_without_colour() -> None:
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, engine)
        segments = list(app.screen.query_one(TokenView).render_line(0))
        looks = {piece.text: piece.style for piece in segments if piece.style}
        assert looks[" least"].underline
        assert not looks[" bends"].underline
        assert looks["Red"].reverse
        assert looks[" least"].color != looks["."].color


async def test_a_click_puts_the_cursor_on_a_token() -> None:
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, engine)
        await pilot.click(TokenView, offset=(5, 0))
        assert "“ bends”  2 of 4" in screen_text(app)


async def test_what_comes_while_it_is_open_is_there_at_once() -> None:
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, engine)
        assert "of 4" in screen_text(app)
        say_tokens(engine, "ada", [token(" Yes", 0.5)])
        for _ in range(FRAMES_PER_FIGURES):
            app.dashboard.tick()
        await pilot.pause()
        text = screen_text(app)
        assert " Yes" in text
        assert "1 of 5" in text, "the cursor stays where it was"


async def test_a_key_goes_to_what_has_come_before_the_next_tick() -> None:
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, engine)
        say_tokens(engine, "ada", [token(" Yes", 0.5)])
        await pilot.press("G")
        assert "“ Yes”  5 of 5" in screen_text(app)
        assert "No alternatives were sent" in screen_text(app)


async def test_rows_are_walked_and_a_resize_keeps_the_cursor() -> None:
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, engine, [token(" word", 0.9)] * 500)
        view = app.screen.query_one(TokenView)
        await pilot.press("j", "j", "l")
        per_row = view.size.width // 5
        assert view.cursor == 2 * per_row + 1
        await pilot.press("k")
        assert view.cursor == per_row + 1
        await pilot.press("ctrl+d", "ctrl+u", "G")
        assert view.cursor == 499
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert view.cursor == 499
        assert "500 of 500" in screen_text(app)


async def test_each_choice_has_its_own() -> None:
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        engine.connect("ada")
        say_tokens(engine, "ada", ANSWER)
        say_tokens(engine, "ada", [token("Other", 0.5)], choice=1)
        draw(app)
        await pilot.press("tab", "]", "p")
        await pilot.pause()
        assert "“Other”  1 of 1" in screen_text(app)
        assert "choice 2" in screen_text(app)


async def test_an_answer_without_them_says_how_to_get_them() -> None:
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "p")
        assert "-o logprobs=true" in app.said[-1]
        engine.answer("ada", "Red.")
        draw(app)
        await pilot.press("p")
        assert len(app.said) == 2
        assert app.screen is app.dashboard


async def test_a_key_is_not_spelled_token_by_token() -> None:
    keyed = replace(target("ada"), key=Secret("sk-abcdefghijklmnop"))
    app, engine = make_app(targets=[keyed], prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        engine.connect("ada")
        say_tokens(engine, "ada", [token("Key: ", 0.9), token("sk-abcd", 0.9)])
        draw(app)
        assert [item.token for item in shown_tokens(engine.state("ada"), 0)] == ["Key: "]
        say_tokens(engine, "ada", [token("efghijklmnop", 0.9)])
        draw(app)
        await pilot.press("tab", "p")
        assert app.said[-1] == "The tokens of this answer spell a key; they are not shown."
        assert app.screen is app.dashboard


async def test_a_hundred_thousand_tokens_are_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moving draws what is in view; the rows are those of the beginning."""
    app, engine = make_app("ada", prompt="hi")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app, engine, [token(" word", 0.9)] * 100_000)
        view = screen.query_one(TokenView)
        rows, drawn = view._rows, set[int]()
        style = view._style

        def watched(number: int, base: Style) -> Style:
            drawn.add(number)
            return style(number, base)

        monkeypatch.setattr(view, "_style", watched)
        await pilot.press("G", "g", "n", "N", "ctrl+d")
        await pilot.pause()
        assert view._rows is rows
        assert 0 < len(drawn) < 2_000


def test_hostile_tokens_are_cleaned() -> None:
    rows = TokenRows(20)
    rows.extend(["\x1b]0;x\x07", "\u202eevil", "[bold]"])
    text: Clean
    for row in rows.rows:
        for _, text in row:
            assert text.isprintable()
            assert "\u202e" not in text


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["small", "large"])
def test_picture_of_the_log_probabilities(snap_compare: Compare, size: tuple[int, int]) -> None:
    app, engine = make_app("ada", prompt="hi")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        words = ("A", "rainbow", "is", "sunlight", "taken", "apart", "by", "raindrops.\n\nLight", "bends", "twice")
        chances = (0.97, 0.6, 0.3, 0.1)
        tokens = [
            token(f" {word}", chances[number % 4], (f" {word}", chances[number % 4]), (" of", 0.02))
            for number, word in enumerate(words)
        ]
        await opened(pilot, app, engine, tokens)
        await pilot.press("n")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)
