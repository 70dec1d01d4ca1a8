"""Searching in all panes: typed, counted, walked, ended, and quick while long answers stream."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, answer_shown, draw, focused, make_app, screen_text, subtitle

pytestmark = pytest.mark.anyio

TEXTS = {
    "ada": "a needle\n\n" + "\n\n".join(f"line {number}" for number in range(60)) + "\n\nanother Needle",
    "bob": "nothing here",
    "cleo": "one needle",
}


@asynccontextmanager
async def searching(
    needle: str = "needle", *, size: tuple[int, int] = (140, 40), texts: dict[str, str] = TEXTS
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    """The first pane focused, the needle typed, and the field still open."""
    app, engine = make_app(*texts, prompt="why?")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for name, text in texts.items():
            engine.connect(name)
            engine.receive(name, {"content": text})
        draw(app)
        await pilot.press("tab", "slash", *needle)
        await pilot.pause()
        draw(app)
        await pilot.pause()
        yield app, engine, pilot


def hits(app: WatchedApp) -> dict[str, int]:
    return {name: pane.hits for name, pane in app.dashboard.panes.items()}


def current(app: WatchedApp) -> list[tuple[str, int]]:
    """Which hit of which pane is the current one."""
    panes = app.dashboard.panes.items()
    return [(name, pane.current_hit) for name, pane in panes if pane.current_hit is not None]


async def test_hits_are_counted_per_pane_and_in_total_while_typing() -> None:
    async with searching() as (app, _engine, _pilot):
        assert hits(app) == {"ada": 2, "bob": 0, "cleo": 1}
        assert "3 hits · ada 2 · cleo 1" in screen_text(app)


async def test_a_needle_nobody_has_says_so() -> None:
    async with searching("zebra") as (app, _engine, pilot):
        assert "no hits" in screen_text(app)
        await pilot.press("enter", "n", "N")
        assert current(app) == []


async def test_enter_goes_to_the_hits_and_n_walks_them_round() -> None:
    async with searching() as (app, _engine, pilot):
        await pilot.press("enter")
        await pilot.pause()
        walked = current(app)
        for key in ("n", "n", "n", "N", "N"):
            await pilot.press(key)
            await pilot.pause()
            walked += current(app)
        assert walked == [("ada", 1), ("cleo", 0), ("ada", 0), ("ada", 1), ("ada", 0), ("cleo", 0)]
        assert focused(app) is app.dashboard.panes["cleo"]
        draw(app)
        await pilot.pause()
        assert "3 of 3 hits" in screen_text(app)


async def test_a_hit_is_brought_into_view() -> None:
    async with searching() as (app, _engine, pilot):
        await pilot.press("enter", "n", "n")
        await pilot.pause()
        assert current(app) == [("ada", 0)]
        assert "a needle" in answer_shown(app, "ada")
        assert not app.dashboard.panes["ada"].answer.follow


async def test_hits_are_marked_and_the_marks_end_with_the_search() -> None:
    async with searching() as (app, _engine, pilot):
        await pilot.press("enter")
        await pilot.pause()
        view = app.dashboard.panes["cleo"].answer
        marked = [segment.text for segment in view.render_lines(view.size.region)[0] if segment.text.strip()]
        assert "needle" in marked
        await pilot.press("escape")
        await pilot.pause()
        plain = [segment.text for segment in view.render_lines(view.size.region)[0] if segment.text.strip()]
        assert plain == ["one needle"]


async def test_escape_ends_the_search_before_anything_is_cancelled() -> None:
    async with searching() as (app, engine, pilot):
        await pilot.press("escape")
        assert engine.cancelled == []
        assert hits(app) == {"ada": 0, "bob": 0, "cleo": 0}
        assert focused(app) is app.dashboard.panes["ada"]
        assert app.dashboard.view.back(), "the next one cancels"
        assert engine.cancelled == ["ada"]


async def test_n_without_a_search_says_so() -> None:
    async with searching() as (app, _engine, pilot):
        await pilot.press("escape", "n")
        assert app.said == ["Nothing is searched for."]


async def test_text_that_arrives_is_searched_too() -> None:
    async with searching() as (app, engine, pilot):
        await pilot.press("enter")
        engine.receive("bob", {"content": " until this nee"})
        draw(app)
        assert hits(app)["bob"] == 0
        engine.receive("bob", {"content": "dle"})
        draw(app)
        assert hits(app)["bob"] == 1
        assert "1 hit" in subtitle(app, "bob")


async def test_letters_are_text_in_the_search_field() -> None:
    async with searching("nNxXsL") as (app, engine, _pilot):
        assert app.dashboard.panes_view._search.needle == "nNxXsL"
        assert engine.cancelled == []


async def test_panes_that_are_not_on_screen_are_searched_and_shown_when_their_turn_comes() -> None:
    async with searching(size=(64, 20)) as (app, _engine, pilot):
        assert [pane.display for pane in app.dashboard.grid.panes] == [True, False, False]
        assert hits(app) == {"ada": 2, "bob": 0, "cleo": 1}
        await pilot.press("enter", "n")
        await pilot.pause()
        await pilot.pause()
        assert [pane.display for pane in app.dashboard.grid.panes] == [False, False, True]
        assert current(app) == [("cleo", 0)]


async def test_the_search_survives_plain_text_and_back() -> None:
    async with searching("bold word", texts={"ada": "some **bold** words"}) as (app, _engine, pilot):
        assert hits(app) == {"ada": 1}
        await pilot.press("enter", "m")
        draw(app)
        assert hits(app) == {"ada": 0}, "the stars are in between"
        await pilot.press("m")
        draw(app)
        assert hits(app) == {"ada": 1}


async def test_control_characters_in_answers_do_no_harm_to_a_search() -> None:
    async with searching("[/x]", texts={"ada": "a \x1b[31m[/x]\x9b needle"}) as (app, _engine, _pilot):
        assert hits(app) == {"ada": 1}
        assert "\x1b" not in screen_text(app)


async def test_a_search_in_a_long_answer_costs_what_is_new() -> None:
    """Frames bound the work by the clock; what counts is that looking again does not start from the beginning."""
    long = "some words of a long answer with a needle in it\n\n" * 4_000
    async with searching(texts={"ada": long}) as (app, engine, _pilot):
        for _ in range(10):
            draw(app)
        assert hits(app) == {"ada": 4_000}
        view = app.dashboard.panes["ada"].answer
        engine.receive("ada", {"content": "one more needle"})
        app.dashboard.panes["ada"].show(engine.state("ada"), app.dashboard.run.talks["ada"])
        started = time.perf_counter()
        assert view.find() == 4_001
        again = time.perf_counter() - started
        view.look_for("needle")
        started = time.perf_counter()
        view.find()
        assert again < (time.perf_counter() - started) / 10
