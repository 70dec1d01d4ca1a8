"""What the race draws, without a screen: sharing of the height, axis, table, waterfall and plot, in every width."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.app.scripted import MS, ManualClock, ScriptedEngine, target
from tui.app.race.axis import Axis, rounded_up
from tui.app.race.braille import Canvas
from tui.app.race.cells import aligned, cell_text, column_cells, mark
from tui.app.race.plot_lines import plot_lines, rates
from tui.app.race.shares import MIN_PLOT, Below, choices, first_row, shares
from tui.app.race.sheet import Line
from tui.app.race.table_lines import (
    Table,
    column_at,
    columns_in_view,
    first_column_for,
    gutter_cells,
    table_lines,
)
from tui.app.race.waterfall_lines import TOTAL_CELLS, axis_line, legend_line, waterfall_lines
from tui.app.state_words import ALL_STATES
from tui.core.comparison import COLUMNS, Cell, Column, Entry
from tui.core.failure import http_error
from tui.core.request import Prompt

NAMES, *SCROLLING = COLUMNS
SECOND = 1000 * MS


def by_id(id: str) -> Column:
    return next(column for column in COLUMNS if column.id == id)


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def played(*scenes: Callable[[ScriptedEngine, str], None], until_ms: float = 0) -> list[Entry]:
    """One target per scene, all asked at once; entries as of the end of the longest, or of `until_ms`."""
    clock = ManualClock()
    engine = ScriptedEngine(clock)
    names = [f"{scene.__name__}" for scene in scenes]
    for name in names:
        engine.launch(target(name), Prompt.of("why?"))
    begin_ns = clock.at_ns
    end_ns = begin_ns + round(until_ms * MS)
    for name, scene in zip(names, scenes, strict=True):
        clock.at_ns = begin_ns
        scene(engine, name)
        end_ns = max(end_ns, clock.at_ns)
    return [Entry.of(place, name, engine.state(name), end_ns) for place, name in enumerate(names)]


def writes(engine: ScriptedEngine, name: str, *, gap_ms: int = 100, reads: int = 40) -> None:
    engine.connect(name, after_ms=100)
    engine.clock.advance(900)
    for _ in range(reads):
        engine.receive(name, {"content": "x" * 20})  # 5 tokens
        engine.clock.advance(gap_ms)


def steady(engine: ScriptedEngine, name: str) -> None:
    writes(engine, name)


def slow(engine: ScriptedEngine, name: str) -> None:
    writes(engine, name, gap_ms=200, reads=20)


def ends(engine: ScriptedEngine, name: str) -> None:
    writes(engine, name, reads=20)
    engine.receive(name, {}, finish="stop")
    engine.done(name)


def refused(engine: ScriptedEngine, name: str) -> None:
    engine.connect(name)
    engine.fail(name, http_error(401, {}, b"{}"))


def stopped(engine: ScriptedEngine, name: str) -> None:
    writes(engine, name, reads=10)
    engine.cancel(name)


# -- sharing --------------------------------------------------------------------------------------------------------


@given(targets=st.integers(1, 16), height=st.integers(3, 80), below=st.sampled_from(Below))
def test_parts_never_need_more_than_there_is(targets: int, height: int, below: Below) -> None:
    found = shares(targets, height, below)
    parts = (found.axis + found.bars + found.legend, found.plot)
    gaps = found.gap + (found.bars > 0 and found.plot > 0)
    assert found.table + sum(parts) + gaps <= height
    assert min(found.table, found.rows, found.bars, found.plot, found.legend, found.gap) >= 0
    assert found.rows >= 1


@pytest.mark.parametrize("targets", range(1, 17))
def test_all_three_are_the_default_where_they_fit(targets: int) -> None:
    enough = next(height for height in range(100) if choices(targets, height)[0] is Below.BOTH)
    found = shares(targets, enough, Below.BOTH)
    assert (found.rows, found.bars) == (targets, targets)
    assert found.plot >= MIN_PLOT
    assert choices(targets, enough - 1) == [Below.WATERFALL, Below.PLOT]


def test_sixteen_targets_in_a_small_terminal_have_half_the_room_twice() -> None:
    found = shares(16, 18, Below.WATERFALL)
    assert (found.rows, found.bars) == (8, 8)


def test_the_row_of_the_user_stays_in_view_and_moves_the_others_no_more_than_it_must() -> None:
    assert first_row(16, 8, 0, 0) == 0
    assert first_row(16, 8, 8, 0) == 1
    assert first_row(16, 8, 5, 1) == 1
    assert first_row(16, 8, 0, 5) == 0
    assert first_row(4, 8, 3, 2) == 0


# -- axis -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "up"), [(0.3, 1), (1, 1), (1.1, 1.2), (9.1, 10), (10, 10), (11, 12), (81, 100)])
def test_the_axis_grows_in_steps(value: float, up: float) -> None:
    assert rounded_up(value) == pytest.approx(up)


@given(st.floats(1, 1e6))
def test_a_step_is_never_much_more_than_needed(value: float) -> None:
    assert value <= rounded_up(value) <= value * 1.34


def test_ticks_stand_where_their_time_is() -> None:
    axis = Axis.covering(4 * SECOND, 40)
    assert axis.ticks() == "╷0 s      ╷1 s      ╷2 s      ╷3 s      "
    assert axis.cell(2 * SECOND) == axis.ticks().index("╷2 s")
    assert Axis.covering(300 * SECOND, 24).ticks().split() == ["╷0", "s", "╷2:00", "╷4:00"]


@given(st.integers(0, 10**13), st.integers(1, 200))
def test_the_scale_is_as_wide_as_the_axis(duration_ns: int, cells: int) -> None:
    axis = Axis.covering(duration_ns, cells)
    assert len(axis.ticks()) == cells
    assert 0 <= axis.cell(duration_ns) < cells


# -- table ----------------------------------------------------------------------------------------------------------


def table(entries: list[Entry], width: int, *, chosen: Column = NAMES, first: int = 0) -> Table:
    gutter = gutter_cells([entry.name for entry in entries], width)
    return Table(entries, SCROLLING, NAMES, first, entries[0].name, chosen, by_id("ttft"), True, width, gutter)


@pytest.mark.parametrize(
    ("column", "cell", "text"),
    [
        ("ttft", Cell(312 * MS), "312 ms"),
        ("ttft", Cell(312 * MS, doubt=9 * MS), "≤312 ms"),
        ("total", Cell(12_340 * MS), "12.3 s"),
        ("tpot", Cell(12.44 * MS), "12.4 ms"),
        ("tpot", Cell(1240 * MS, is_estimated=True), "≈1.24 s"),
        ("average", Cell(34.77), "34.8"),
        ("tokens", Cell(84, is_estimated=True), "≈84"),
        ("cost", Cell(0.0123, is_estimated=True), "≈$0.0123"),
        ("finish", Cell("stop"), "stop"),
        ("ttft", Cell(), "–"),
        ("finish", Cell(), "–"),
    ],
)
def test_values_as_they_are_written(column: str, cell: Cell, text: str) -> None:
    assert cell_text(by_id(column), cell) == text


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("ttft", ["  ≤312 ms", "  1.24 s ", "     2:05", "     –   "]),
        ("average", ["   141  ", "    34.8", "     –  "]),
    ],
)
def test_numbers_stand_above_each_other(column: str, values: list[str]) -> None:
    found = by_id(column)
    for value in values:
        shown = aligned(found, value.strip())
        assert len(shown) == column_cells(found) - 1
    points = {aligned(found, value.strip()).find(".") for value in values if "." in value}
    assert len(points) == 1


def test_every_state_and_ending_has_room_for_all_of_its_word() -> None:
    assert max(len(state.word) for state in ALL_STATES) < column_cells(by_id("state"))
    assert len("interrupted after 18.3 kB") < column_cells(by_id("finish"))


def test_the_best_has_a_sign_and_failures_are_quiet() -> None:
    entries = played(ends, refused, stopped, steady, slow)
    lines = table_lines(table(entries, 160), 0, 9)
    rows = texts(lines)
    assert [row.count("◆") for row in rows[1:]] == [0, 0, 0, 0, 0]  # all but one are still running, were stopped or tie
    quiet = [look for text, look in lines[3] if "1.00 s" in text]
    assert quiet[0].split()[-1] == "metric-label"


def test_who_is_done_first_with_a_rival_is_marked() -> None:
    def later(engine: ScriptedEngine, name: str) -> None:
        writes(engine, name, reads=30)
        engine.receive(name, {}, finish="stop")
        engine.done(name)

    rows = texts(table_lines(table(played(ends, later), 100), 0, 2))
    assert "◆3.00 s" in rows[1]
    assert "◆" not in rows[2]


@given(width=st.integers(50, 240), at=st.integers(0, len(COLUMNS) - 1))
def test_the_chosen_column_is_in_view_and_rows_fit(width: int, at: int) -> None:
    entries = played(ends, refused)
    gutter = gutter_cells([entry.name for entry in entries], width)
    first = first_column_for(SCROLLING, COLUMNS[at], 0, width - gutter)
    assert at == 0 or COLUMNS[at] in columns_in_view(SCROLLING, first, width - gutter)
    drawn = table(entries, width, chosen=COLUMNS[at], first=first)
    for row in texts(table_lines(drawn, 0, 2)):
        assert cell_len(row) <= width


def test_columns_that_do_not_fit_are_counted_at_their_edge() -> None:
    entries = played(ends)
    header = texts(table_lines(table(entries, 78, first=2), 0, 1))[0]
    hidden = len(SCROLLING) - 2 - len(columns_in_view(SCROLLING, 2, 78 - table(entries, 78).gutter))
    assert hidden > 0
    assert header.endswith(f" {hidden}›")
    assert "‹" in header


def test_a_click_finds_the_column_under_it() -> None:
    drawn = table(played(ends), 100)
    header = texts(table_lines(drawn, 0, 1))[0]
    assert column_at(drawn, 3) is NAMES
    for column in columns_in_view(SCROLLING, 0, 100 - drawn.gutter):
        assert column_at(drawn, header.index(column.title)) is column
    assert column_at(drawn, 99) is None


def test_foreign_names_cannot_break_a_row() -> None:
    entry = Entry.of(0, "\x1b[2J" + "ｗｉｄｅ" * 20, None, 0)
    row = texts(table_lines(table([entry], 80), 0, 1))[1]
    assert "\x1b" not in row
    assert "…" in row
    assert cell_len(row) == 80


def test_every_target_has_a_sign_of_its_own() -> None:
    assert len({mark(position) for position in range(16)}) == 16
    assert all(len(mark(position)) == 1 for position in range(40))


# -- waterfall ------------------------------------------------------------------------------------------------------


def bars(entries: list[Entry], cells: int, length_ms: int) -> list[str]:
    axis = Axis(length_ms * MS, cells)
    rows = texts(waterfall_lines(entries, "", gutter_cells(["x"], 90), axis))
    gutter = gutter_cells(["x"], 90)
    return [row[gutter : gutter + cells] for row in rows]


def test_bars_show_what_takes_most_of_each_cell() -> None:
    entries = played(ends, until_ms=4000)  # connects 0.1 s, waits until 1 s, writes until 3 s
    assert bars(entries, 40, 4000) == ["─" + "░" * 9 + "▆" * 20 + " " * 10]
    assert bars(entries, 8, 4000) == ["░░▆▆▆▆  "], "a tenth of a second is lost in half a one"


def test_a_try_that_failed_is_seen_however_short() -> None:
    def retried(engine: ScriptedEngine, name: str) -> None:
        state = engine.launch(target(name), Prompt.of("why?"))
        state._jitter = 0.0
        engine.connect(name)
        engine.fail(name, http_error(503, {}, b"{}"))
        engine.clock.advance(500)
        writes(engine, name, reads=10)

    assert bars(played(retried), 30, 3000)[0].startswith("╳····")


def test_endings_that_should_not_be_have_their_sign() -> None:
    assert bars(played(stopped, refused), 30, 3000) == ["─" + "░" * 9 + "▆" * 10 + "■" + " " * 9, "─✗" + " " * 28]


def test_a_target_nobody_asked_has_an_empty_bar() -> None:
    assert bars([Entry.of(0, "ada", None, 0)], 20, 1000) == [" " * 20]


def test_bars_and_scale_stand_below_the_table() -> None:
    entries = played(ends, slow)
    gutter = gutter_cells([entry.name for entry in entries], 100)
    axis = Axis.covering(5 * SECOND, 100 - gutter - TOTAL_CELLS)
    rows = texts([axis_line(gutter, axis), *waterfall_lines(entries, "slow", gutter, axis)])
    assert rows[0].index("╷0 s") == gutter
    assert [row[:gutter] for row in rows[1:]] == [" 1 ✓ ends    ", "▸2 ● slow    "]
    assert {cell_len(row) for row in rows[1:]} == {100}
    assert rows[1].endswith(" 3.0 s")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_legend_leaves_out_what_does_not_fit(width: int) -> None:
    row = texts([legend_line(10, width)])[0]
    assert cell_len(row) <= width
    assert "─ connect" in row


# -- plot -----------------------------------------------------------------------------------------------------------


def test_rates_are_means_of_a_second() -> None:
    (entry,) = played(steady)  # 5 tokens every 100 ms from 1 s to 5 s
    points = rates(entry, 1000)
    assert [at / SECOND for at, _ in points] == pytest.approx([1.5 + 0.25 * n for n in range(len(points))])
    assert all(rate == pytest.approx(50, abs=10) for _, rate in points)
    assert len(rates(entry, 4)) <= 6


def test_a_stream_that_was_over_in_no_time_is_one_point() -> None:
    def short(engine: ScriptedEngine, name: str) -> None:
        writes(engine, name, reads=3)
        engine.receive(name, {}, finish="stop")
        engine.done(name)

    assert rates(played(short)[0], 100) == [(1200 * MS, 75.0)]  # 15 tokens, from 1000 to 1200 ms


def test_who_wrote_nothing_has_no_rate() -> None:
    assert rates(played(refused)[0], 100) == []
    assert rates(Entry.of(0, "ada", None, 0), 100) == []


def test_the_plot_has_every_sign_a_scale_and_a_legend() -> None:
    entries = played(steady, slow)
    lines = plot_lines(entries, "slow", 14, Axis.covering(5 * SECOND, 60), 8)
    rows = texts(lines)
    assert len(rows) == 9
    assert rows[0].startswith("  60.0 tok/s ╎")
    assert rows[7].startswith("           0 ╎")
    drawn = "".join(row[14:] for row in rows[:8])
    assert "1" in drawn
    assert "2" in drawn
    assert rows[8].split() == ["1", "steady", "2", "slow"]
    looks = {look for line in lines[:8] for text, look in line if text.strip() and "╎" not in text}
    assert looks == {"series-1", "series-2 bold"}


def test_nothing_to_plot_is_an_empty_plot() -> None:
    rows = texts(plot_lines([Entry.of(0, "ada", None, 0)], "ada", 12, Axis.covering(0, 30), 5))
    assert "".join(row[12:] for row in rows[:5]).strip() == ""


def test_dots_go_where_they_are_drawn() -> None:
    canvas = Canvas(2, 1)
    canvas.line([(0, 0), (3, 3)], 1)
    assert list(canvas.runs(0)) == [("⠑⢄", 1)]


def test_steep_lines_have_no_holes() -> None:
    canvas = Canvas(1, 2)
    canvas.line([(0, 7), (1, 0)], 1)
    assert [text for row in range(2) for text, _ in canvas.runs(row)] == ["⢸", "⡸"]


def test_a_cell_has_the_colour_of_what_was_drawn_last_and_blanks_have_none() -> None:
    canvas = Canvas(3, 1)
    canvas.line([(0, 0), (3, 0)], 1)
    canvas.line([(2, 3), (3, 3)], 2)
    assert list(canvas.runs(0)) == [("⠉", 1), ("⣉", 2), (" ", 0)]


def test_letters_do_not_cover_each_other() -> None:
    canvas = Canvas(2, 1)
    assert canvas.letter(0, 0, "1", 1)
    assert not canvas.letter(1, 3, "2", 2)
    assert list(canvas.runs(0)) == [("1", 1), (" ", 0)]
