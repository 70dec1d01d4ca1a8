"""The race on the screen: every key and click, rows that hold still, and what it costs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, focused, make_app, screen_rows, screen_text
from tui.app.actions import Place
from tui.app.race.sheet import Sheet
from tui.app.views import RaceView
from tui.core.comparison import COLUMNS
from tui.core.failure import http_error
from tui.core.phase import Phase

pytestmark = pytest.mark.anyio

SIZE = (110, 40)
NAMES = ("ada", "bob", "cleo")


@asynccontextmanager
async def racing(
    *names: str, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    """The race on screen with the focus in it, everybody asked and nobody connected."""
    app, engine = make_app(*(names or NAMES), prompt="why?")
    async with app.run_test(size=size) as pilot:
        await pilot.press("tab", "f3")
        await pilot.pause()
        yield app, engine, pilot


def race(app: WatchedApp) -> RaceView:
    view = app.dashboard.views[Place.RACE]
    assert isinstance(view, RaceView)
    return view


def sheet(app: WatchedApp, part: str) -> Sheet:
    return race(app).query_one(f"#{part}", Sheet)


def rows(app: WatchedApp, part: str = "table") -> list[str]:
    """The rows of a part, as they are drawn."""
    found = sheet(app, part)
    return [strip.text for strip in found.render_lines(found.size.region)] if found.display else []


def order(app: WatchedApp, part: str = "table") -> list[str]:
    """Whose rows they are, from top to bottom."""
    return [name for row in rows(app, part) for name in row.split()[:4] if name in NAMES]


def answers(engine: ScriptedEngine, name: str, *, ttft_ms: int, text: str = "some words", reads: int = 10) -> None:
    """Connect, first token, more, the end. The clock moves on."""
    engine.connect(name)
    engine.clock.advance(ttft_ms - 3)
    for _ in range(reads):
        engine.receive(name, {"content": text})
        engine.clock.advance(50)
    engine.receive(name, {}, finish="stop")
    engine.done(name)


def title(app: WatchedApp) -> str:
    return str(race(app)._border_title)


# -- keys -----------------------------------------------------------------------------------------------------------


async def test_f3_opens_the_race_and_escape_goes_back() -> None:
    async with racing() as (app, _engine, pilot):
        assert race(app).is_shown
        assert focused(app) is race(app)
        assert order(app) == ["ada", "bob", "cleo"]
        await pilot.press("escape")
        assert app.dashboard.panes_view.is_shown


async def test_rows_are_walked_and_the_ends_are_ends() -> None:
    async with racing() as (app, _engine, pilot):
        visited = []
        for key in ("j", "down", "j", "k", "G", "g", "up"):
            await pilot.press(key)
            visited.append(race(app).target_name)
        assert visited == ["bob", "cleo", "cleo", "bob", "cleo", "ada", "ada"]
        await pilot.press("end")
        assert next(row for row in rows(app) if "▸" in row).split()[:1] == ["▸3"]
        assert next(row for row in rows(app, "waterfall") if "▸" in row).split()[:1] == ["▸3"]


async def test_cancel_and_retry_mean_the_row_the_user_is_at() -> None:
    async with racing() as (app, engine, pilot):
        engine.connect("bob")
        await pilot.press("j", "x")
        assert engine.cancelled == ["bob"]
        assert "cancelled" in rows(app)[2]
        await pilot.press("r")
        assert [name for name, _ in engine.launched][-1] == "bob"
        assert "queued" in rows(app)[2]


async def test_sorting_by_the_chosen_column_and_back() -> None:
    async with racing() as (app, engine, pilot):
        for name, ttft_ms in (("ada", 300), ("bob", 100), ("cleo", 200)):
            answers(engine, name, ttft_ms=ttft_ms)
        await pilot.press(">", "right", "s")
        assert "TTFT↑" in rows(app)[0]
        assert order(app) == order(app, "waterfall") == ["bob", "cleo", "ada"]
        assert title(app) == "race · by TTFT, lowest first · TTFT: first token - start"
        await pilot.press("s")
        assert "TTFT↓" in rows(app)[0]
        assert order(app) == ["ada", "cleo", "bob"]
        await pilot.press("<", "left", "s")
        assert order(app) == ["ada", "bob", "cleo"]
        assert "in the order of the line-up" in title(app)


async def test_what_is_better_high_is_sorted_from_the_top() -> None:
    async with racing() as (app, engine, pilot):
        for name, words in (("ada", "a"), ("bob", "a" * 80), ("cleo", "a" * 40)):
            answers(engine, name, ttft_ms=100, text=words)
        await pilot.press(*">>>>", "s")
        assert "avg↓" in rows(app)[0]
        assert order(app) == ["bob", "cleo", "ada"]


async def test_a_failure_is_last_however_it_is_sorted() -> None:
    async with racing() as (app, engine, pilot):
        engine.connect("ada")
        engine.fail("ada", http_error(500, {}, b"{}"))
        answers(engine, "bob", ttft_ms=100)
        answers(engine, "cleo", ttft_ms=200)
        total = [column.id for column in COLUMNS].index("total")
        await pilot.press(*[">"] * total, "s")
        assert order(app)[-1] == "ada"
        await pilot.press("s")
        assert order(app)[-1] == "ada"


async def test_every_column_can_be_reached_and_the_edges_hold() -> None:
    async with racing(size=(80, 24)) as (app, _engine, pilot):
        seen = []
        for _ in COLUMNS:
            seen.append(next(column.title for column in COLUMNS if f" · {column.title}: " in title(app)))
            assert seen[-1] in rows(app)[0]
            await pilot.press(">")
        assert seen == [column.title for column in COLUMNS]
        assert "‹" in rows(app)[0]
        await pilot.press(*["<"] * (len(COLUMNS) + 3))
        assert "target:" in title(app)
        assert "‹" not in rows(app)[0]


async def test_plot_and_waterfall_take_turns_in_a_small_terminal() -> None:
    async with racing(*NAMES, "dora", "emil", "fred", size=(80, 24)) as (app, engine, pilot):
        answers(engine, "ada", ttft_ms=100)
        draw(app)
        assert rows(app, "plot") == []
        assert order(app, "waterfall") == ["ada", "bob", "cleo"]
        await pilot.press("p")
        await pilot.pause()
        assert "tok/s ╎" in rows(app, "plot")[0]
        assert order(app, "waterfall") == []
        assert "╷0 s" in rows(app, "waterfall")[0], "the plot has the scale of the bars"
        await pilot.press("p")
        await pilot.pause()
        assert rows(app, "plot") == []


async def test_all_three_in_a_larger_one_and_each_alone() -> None:
    async with racing() as (app, _engine, pilot):
        shown = []
        for _ in range(4):
            await pilot.pause()
            shown.append((bool(order(app, "waterfall")), bool(rows(app, "plot"))))
            await pilot.press("p")
        assert shown == [(True, True), (True, False), (False, True), (True, True)]


async def test_enter_opens_the_answer_with_all_the_room() -> None:
    async with racing() as (app, engine, pilot):
        answers(engine, "bob", ttft_ms=100, text="the answer of bob ")
        await pilot.press("j", "enter")
        await pilot.pause()
        assert app.dashboard.panes_view.is_shown
        assert app.dashboard.grid.zoomed
        assert focused(app) is app.dashboard.panes["bob"]
        draw(app)
        assert "the answer of bob" in screen_text(app)


async def test_the_table_is_copied_for_a_spreadsheet() -> None:
    async with racing() as (app, engine, pilot):
        answers(engine, "bob", ttft_ms=100)
        await pilot.press("y")
        lines = [line.split("\t") for line in app.copied[0].splitlines()]
        assert lines[0] == [column.title for column in COLUMNS]
        assert [line[0] for line in lines[1:]] == list(NAMES)
        assert {len(line) for line in lines} == {len(COLUMNS)}
        assert lines[2][1:3] == ["complete", "100 ms"]
        assert app.said == [f"Copied the table: 3 rows, {len(COLUMNS)} columns."]


# -- the mouse ------------------------------------------------------------------------------------------------------


async def test_a_click_on_a_header_sorts_and_on_a_row_goes_there() -> None:
    async with racing() as (app, engine, pilot):
        for name, ttft_ms in (("ada", 300), ("bob", 100), ("cleo", 200)):
            answers(engine, name, ttft_ms=ttft_ms)
        draw(app)
        x = rows(app)[0].index("TTFT")
        await pilot.click("#table", offset=(x, 0))
        assert order(app) == ["bob", "cleo", "ada"]
        await pilot.click("#table", offset=(x, 0))
        assert order(app) == ["ada", "cleo", "bob"]
        await pilot.click("#table", offset=(5, 2))
        assert race(app).target_name == "cleo"
        await pilot.click("#waterfall", offset=(30, 1))
        assert race(app).target_name == "ada"
        await pilot.click("#table", offset=(race(app).content_size.width - 1, 0))
        await pilot.click("#plot", offset=(30, 3))
        await pilot.click("#waterfall", offset=(30, 0))
        assert order(app) == ["ada", "cleo", "bob"]


async def test_the_wheel_walks_the_rows() -> None:
    async with racing() as (app, _engine, pilot):
        visited = []
        for scroll in (MouseScrollDown, MouseScrollDown, MouseScrollDown, MouseScrollUp):
            await pilot._post_mouse_events([scroll], widget="#table", offset=(5, 1))
            visited.append(race(app).target_name)
        assert visited == ["bob", "cleo", "cleo", "bob"]


async def test_a_double_click_opens_the_answer() -> None:
    async with racing() as (app, _engine, pilot):
        await pilot.click("#table", offset=(5, 2), times=2)
        await pilot.pause()
        assert focused(app) is app.dashboard.panes["bob"]
        assert app.dashboard.grid.zoomed


# -- live -----------------------------------------------------------------------------------------------------------


async def test_before_a_prompt_there_is_a_table_without_figures() -> None:
    app, _engine = make_app(*NAMES)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "f3", "s", "j", "r", "x")
        await pilot.pause()
        draw(app)
        assert ["ready" in row for row in rows(app)[1:]] == [True, True, True]


async def test_figures_bars_and_sums_grow() -> None:
    async with racing() as (app, engine, _pilot):
        for name in NAMES:
            engine.connect(name)
        engine.clock.advance(500)
        draw(app)
        before = rows(app, "waterfall")[1].count("░")
        engine.receive("ada", {"content": "word " * 40})
        engine.clock.advance(400)
        draw(app)
        assert "509 ms" in rows(app)[1]
        assert "▆" in rows(app, "waterfall")[1]
        assert rows(app, "waterfall")[2].count("░") > before
        assert screen_text(app).count("≈50 tokens · 0.9 s") == 1


async def test_rows_change_places_once_a_second_at_most() -> None:
    async with racing() as (app, engine, pilot):
        for name in NAMES:
            engine.connect(name)
        await pilot.press(*">>>", "s")
        assert "tok/s↓" in rows(app)[0]
        engine.clock.advance(700)
        await pilot.press("j")
        for _ in range(3):
            engine.receive("cleo", {"content": "word " * 40})
            engine.clock.advance(150)
        draw(app)
        assert order(app) == ["ada", "bob", "cleo"], "1150 ms after the last sort, but 450 ms after a key"
        engine.clock.advance(600)
        draw(app)
        assert order(app) == ["cleo", "ada", "bob"]
        assert race(app).target_name == "bob", "the user stays at the target and not at the row"
        engine.receive("bob", {"content": "word " * 400})
        engine.clock.advance(300)
        engine.receive("bob", {"content": "word " * 400})
        draw(app)
        assert order(app) == ["cleo", "ada", "bob"]


async def test_the_best_is_marked_and_failures_and_ties_are_not() -> None:
    async with racing("ada", "bob", "cleo", "dora") as (app, engine, _pilot):
        answers(engine, "ada", ttft_ms=100, reads=20)
        answers(engine, "bob", ttft_ms=200)
        answers(engine, "cleo", ttft_ms=200)
        engine.connect("dora")
        engine.clock.advance(20)
        engine.receive("dora", {"content": "x"})
        engine.fail("dora", http_error(500, {}, b"{}"))
        draw(app)
        assert "◆100 ms" in rows(app)[1]
        assert "23 ms" in rows(app)[4]
        assert [row.count("◆") > 0 for row in rows(app)[1:]] == [True, False, False, False]
        total = rows(app)[0].index("total")
        assert "◆" not in "".join(row[total - 2 : total + 6] for row in rows(app)[1:]), "bob and cleo took as long"


async def test_a_hidden_race_is_never_called_and_an_open_one_redraws_what_changed() -> None:
    async with racing() as (app, engine, pilot):
        for name in NAMES:
            answers(engine, name, ttft_ms=100)
        engine.launch(app.dashboard.run.targets[0], engine.launched[0][1])
        engine.connect("ada")
        draw(app)
        before = [id(strip) for strip in sheet(app, "table").render_lines(sheet(app, "table").size.region)]
        engine.clock.advance(10)
        draw(app)
        after = [id(strip) for strip in sheet(app, "table").render_lines(sheet(app, "table").size.region)]
        assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True, True]
        await pilot.press("f2")
        await pilot.pause()
        race(app).show_figures = race(app).show_changed = None  # type: ignore[method-assign, assignment]
        draw(app)


async def test_the_plot_is_drawn_once_a_second_and_at_once_after_a_key() -> None:
    async with racing() as (app, engine, pilot):
        for name in NAMES:
            engine.connect(name)
        engine.clock.advance(10_000)  # from here on the axis is long enough
        drawn = []
        for _ in range(12):
            for name in NAMES:
                engine.receive(name, {"content": "word " * 10})
            engine.clock.advance(200)
            draw(app)
            drawn.append("\n".join(rows(app, "plot")))
        assert 2 <= len(set(drawn)) <= 4
        before = rows(app, "plot")
        engine.receive("ada", {"content": "word " * 100})
        engine.clock.advance(600)
        await pilot.press("j")
        assert rows(app, "plot") != before


async def test_a_plot_follows_its_axis_at_once() -> None:
    async with racing() as (app, engine, _pilot):
        engine.connect("ada")
        for _ in range(9):
            engine.receive("ada", {"content": "word " * 10})
            engine.clock.advance(100)
        draw(app)
        axis, plot = rows(app, "waterfall")[0], rows(app, "plot")
        engine.clock.advance(150)
        draw(app)
        assert rows(app, "waterfall")[0] != axis
        assert rows(app, "plot") != plot


async def test_the_line_up_may_change_and_even_be_empty() -> None:
    async with racing() as (app, engine, pilot):
        answers(engine, "ada", ttft_ms=100)
        await pilot.press("j")
        targets = app.dashboard.run.targets
        gone = targets.pop(1)
        draw(app)
        assert order(app) == ["ada", "cleo"]
        assert race(app).target_name == "ada"
        targets.append(gone)
        draw(app)
        assert order(app) == ["ada", "cleo", "bob"]
        targets.clear()
        draw(app)
        assert order(app) == []
        await pilot.press("j", ">", "s", "y", "p", "enter")
        assert race(app).is_shown


async def test_sixteen_targets_scroll_in_a_small_terminal() -> None:
    names = [f"t{number:02}" for number in range(16)]
    async with racing(*names, size=(80, 24)) as (app, _engine, pilot):
        assert len(rows(app)) + len(rows(app, "waterfall")) == race(app).content_size.height
        await pilot.press("G")
        assert "▸g" in rows(app)[-1]
        assert "▸g" in rows(app, "waterfall")[-1]
        await pilot.press("g")
        assert "▸1" in rows(app)[1]


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (200, 60)])
async def test_every_size_fills_its_rows(size: tuple[int, int]) -> None:
    async with racing(size=(120, 40)) as (app, engine, pilot):
        answers(engine, "ada", ttft_ms=100)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        draw(app)
        assert {len(row) for row in screen_rows(app)} == {size[0]}
        assert "▸1" in screen_text(app)


async def test_a_theme_changes_the_colours_of_every_part() -> None:
    async with racing() as (app, engine, pilot):
        answers(engine, "ada", ttft_ms=100)
        draw(app)

        def looks() -> list[str]:
            found = (sheet(app, part) for part in ("table", "waterfall", "plot"))
            return [str([list(strip) for strip in part.render_lines(part.size.region)]) for part in found]

        before = looks()
        app.theme = "textual-light"
        await pilot.pause()
        assert all(old != new for old, new in zip(before, looks(), strict=True))


async def test_a_cancelled_run_is_shown_as_it_stopped() -> None:
    async with racing() as (app, engine, pilot):
        engine.connect("ada")
        engine.clock.advance(1000)
        await pilot.press("X")
        engine.clock.advance(60_000)
        draw(app)
        assert "■" in rows(app, "waterfall")[1]
        assert rows(app, "waterfall")[1].endswith("1.0 s")
        assert all(state.phase is Phase.CANCELLED for state in engine.board)
