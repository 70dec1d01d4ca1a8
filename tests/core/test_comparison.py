"""Who is best, and in what order the rows stand: cases one can check by eye, and what holds for all of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.comparison import COLUMNS, Better, Cell, Column, Entry, Unit, best, in_order
from tui.core.failure import http_error
from tui.core.phase import Phase
from tui.core.price import Price, Tariff
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.core.timeline import Metrics

MS = 1_000_000
ENDED = (Phase.FAILED, Phase.INTERRUPTED, Phase.CANCELLED)
Row: TypeAlias = tuple[Phase | None, Cell]


def entry(position: int, phase: Phase | None = Phase.COMPLETE) -> Entry:
    state = None
    if phase is not None:
        target = Target(f"t{position}", "custom", "m", "chat", "http://127.0.0.1:9/v1", {})
        state = StreamState(target, 0)
        state.phase = phase
    return Entry(position, f"t{position}", state, Metrics(), 0)


def table(*rows: Row, better: Better | None = Better.LOWER) -> tuple[Column, list[Entry]]:
    """A column in which each target has the cell it is given."""
    cells = [cell for _, cell in rows]
    column = Column("x", "x", "X.", Unit.DURATION, lambda entry: cells[entry.position], better)
    return column, [entry(position, phase) for position, (phase, _) in enumerate(rows)]


def rounded(_column: Column, cell: Cell) -> str:
    """Displayed without decimals."""
    return f"{cell.value:.0f}"


def done(value: float | None, **marks: bool | float) -> Row:
    return Phase.COMPLETE, replace(Cell(value), **marks)  # type: ignore[arg-type]


ESTIMATED = {"is_estimated": True}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([done(3), done(1), done(2)], 1, id="the lowest"),
        pytest.param([done(3), done(None), done(2)], 2, id="what does not exist is not compared"),
        pytest.param([done(1)], None, id="nobody is best alone"),
        pytest.param([done(1), done(None)], None, id="nor beside one without a value"),
        pytest.param([done(1), (Phase.FAILED, Cell(5))], None, id="nor beside one that failed"),
        pytest.param([done(1), done(1), done(2)], None, id="a tie"),
        pytest.param([done(1.1), done(1.4), done(2)], None, id="a tie as displayed"),
        pytest.param([done(1), done(2), done(2)], 0, id="a tie behind the best"),
        pytest.param([(Phase.FAILED, Cell(1)), done(3), done(2)], 2, id="failed"),
        pytest.param([(Phase.CANCELLED, Cell(1)), done(3), done(2)], 2, id="cancelled"),
        pytest.param([(Phase.INTERRUPTED, Cell(1)), done(3), done(2)], 2, id="interrupted"),
        pytest.param([(Phase.STREAMING, Cell(1)), done(3)], 0, id="running, with a value that stays"),
        pytest.param([(Phase.STREAMING, Cell(1, is_settled=False)), done(3), done(2)], 2, id="it may still change"),
        pytest.param([(None, Cell()), done(3), done(2)], 2, id="never asked"),
        pytest.param([done(1, **ESTIMATED), done(3), done(2)], 2, id="estimates do not beat reports"),
        pytest.param([done(1, **ESTIMATED), done(2)], None, id="nor do reports win for want of a rival"),
        pytest.param([done(1, **ESTIMATED), done(2, **ESTIMATED)], 0, id="estimates among themselves"),
        pytest.param([done(1, doubt=0.5), done(3), done(2)], None, id="a limit that is lower than the best"),
        pytest.param([done(2.5, doubt=1), done(3), done(2)], None, id="a limit whose truth may be"),
        pytest.param([done(3, doubt=0.5), done(2)], 1, id="a limit that is higher whatever the truth"),
        pytest.param([done(3, doubt=0.5), done(2, doubt=0.1)], None, id="limits alone"),
    ],
)
def test_the_best(rows: list[Row], expected: int | None) -> None:
    column, entries = table(*rows)
    assert best(column, entries, rounded) == expected


def test_the_best_may_be_the_highest() -> None:
    column, entries = table(done(3), done(1), done(2), better=Better.HIGHER)
    assert best(column, entries, rounded) == 0


def test_what_is_no_merit_has_no_best() -> None:
    column, entries = table(done(3), done(1), better=None)
    assert best(column, entries, rounded) is None


@pytest.mark.parametrize("descending", [False, True])
def test_rows_without_a_value_are_last_and_what_does_not_count_before_them(descending: bool) -> None:
    column, entries = table(done(None), (Phase.FAILED, Cell(1)), done(3), (Phase.CANCELLED, Cell(9)), done(2))
    found = [entry.position for entry in in_order(entries, column, descending=descending)]
    assert found == ([2, 4, 3, 1, 0] if descending else [4, 2, 1, 3, 0])


def test_where_there_is_no_merit_failures_stand_among_the_others() -> None:
    column, entries = table(done(2), (Phase.FAILED, Cell(1)), done(3), better=None)
    assert [entry.position for entry in in_order(entries, column, descending=False)] == [1, 0, 2]


@pytest.mark.parametrize("descending", [False, True])
def test_equals_keep_their_order(descending: bool) -> None:
    column, entries = table(done(1), done(1), done(None), done(1), done(None))
    assert [entry.position for entry in in_order(entries, column, descending=descending)] == [0, 1, 3, 2, 4]


def test_words_are_sorted_without_regard_to_case() -> None:
    cells = [Cell("stop"), Cell("Length"), Cell(), Cell("cancelled")]
    column = Column("x", "x", "X.", Unit.WORDS, lambda entry: cells[entry.position])
    entries = [entry(position) for position in range(4)]
    assert [entry.position for entry in in_order(entries, column, descending=False)] == [3, 1, 0, 2]


cells = st.builds(
    Cell,
    value=st.none() | st.integers(0, 6),
    is_estimated=st.booleans(),
    doubt=st.sampled_from([0, 0, 0, 1]),
    is_settled=st.booleans(),
)
rows = st.lists(st.tuples(st.sampled_from([None, *Phase]), cells), min_size=1, max_size=8)
merits = st.sampled_from([None, *Better])


@given(rows=rows, better=merits)
def test_the_best_deserves_it(rows: list[Row], better: Better | None) -> None:
    column, entries = table(*rows, better=better)
    index = best(column, entries, rounded)
    if index is None:
        return
    champion, value = rows[index][1], rows[index][1].value
    assert better is not None
    assert rows[index][0] not in (None, *ENDED)
    assert champion.is_settled
    assert not champion.doubt
    assert isinstance(value, int | float)
    rivals = [
        cell.value
        for at, (phase, cell) in enumerate(rows)
        if at != index
        and phase not in (None, *ENDED)
        and cell.is_settled
        and not cell.doubt
        and cell.is_estimated <= champion.is_estimated
        and isinstance(cell.value, int | float)
    ]
    assert all(value < rival if better is Better.LOWER else value > rival for rival in rivals)


@given(rows=rows, better=merits, data=st.data())
def test_the_best_does_not_depend_on_the_order(rows: list[Row], better: Better | None, data: st.DataObject) -> None:
    column, entries = table(*rows, better=better)
    shuffled = data.draw(st.permutations(entries))
    first, second = best(column, entries, rounded), best(column, shuffled, rounded)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert entries[first] is shuffled[second]


@given(rows=rows, better=merits, descending=st.booleans())
def test_sorting_loses_nobody_and_twice_is_once(rows: list[Row], better: Better | None, descending: bool) -> None:
    column, entries = table(*rows, better=better)
    once = in_order(entries, column, descending=descending)
    assert sorted(entry.position for entry in once) == list(range(len(rows)))
    assert in_order(once, column, descending=descending) == once
    values = [column.read(entry).value for entry in once]
    assert None not in values[: len(values) - values.count(None)]


# -- the columns ----------------------------------------------------------------------------------------------------


def by_id(id: str) -> Column:
    return next(column for column in COLUMNS if column.id == id)


def stream(happens: Callable[[StreamState], None]) -> Entry:
    target = Target("ada", "custom", "m", "chat", "http://127.0.0.1:9/v1", {})
    state = StreamState(target, 10 * MS)
    happens(state)
    return Entry.of(0, "ada", state, 5000 * MS)


def two_words(state: StreamState, *, usage: bytes = b"") -> None:
    state.start(20 * MS)
    state.connected(25 * MS, reused=False)
    state.respond(200, {}, 30 * MS)
    for at_ms, word in ((320, b"four"), (1320, b"and four")):
        state.receive(b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n' % word, at_ms * MS)
    if usage:
        state.receive(b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n', 1330 * MS)
        state.receive(b'data: {"choices":[],"usage":%s}\n\ndata: [DONE]\n\n' % usage, 1340 * MS)


def test_a_running_stream_in_every_column() -> None:
    found = stream(two_words)
    values = {column.id: column.read(found) for column in COLUMNS}
    assert values["ttft"] == Cell(300 * MS)  # 320 - 20
    assert values["tokens"] == Cell(3.0, is_estimated=True, is_settled=False)  # (4 + 8) characters / 4
    assert values["average"] == Cell(3.0, is_estimated=True, is_settled=False)  # 3 tokens in 1320 - 320 ms
    assert values["rate"].value == 0  # nothing for 2 s
    assert values["total"] == Cell(4980 * MS, is_settled=False)  # 5000 - 20
    assert values["gap"] == Cell(1000 * MS, is_settled=False)
    assert values["connect"] == Cell(5 * MS)
    assert values["delay"] == Cell(10 * MS)
    assert values["attempts"].value == 1
    assert values["prompt"].value is values["finish"].value is None


def test_a_complete_stream_with_reported_tokens() -> None:
    usage = b'{"prompt_tokens":7,"completion_tokens":11,"completion_tokens_details":{"reasoning_tokens":4}}'
    found = stream(lambda state: two_words(state, usage=usage))
    values = {column.id: column.read(found) for column in COLUMNS}
    assert values["tokens"] == Cell(11.0)
    assert values["tpot"] == Cell(100 * MS)  # 1000 ms / (11 - 1)
    assert values["speed"] == Cell(10.0)
    assert values["total"] == Cell(1320 * MS)  # 1340 - 20
    assert (values["prompt"].value, values["reasoning"].value, values["finish"].value) == (7, 4, "stop")
    assert values["rate"].value is None


def test_the_cost_is_that_of_the_reported_tokens() -> None:
    usage = b'{"prompt_tokens":1000,"completion_tokens":500}'
    target = Target("ada", "custom", "m", "chat", "http://127.0.0.1:9/v1", {}, tariff=Tariff(Price(2, 8), "test"))
    state = StreamState(target, 10 * MS)
    two_words(state, usage=usage)
    cost = by_id("cost").read(Entry.of(0, "ada", state, 5000 * MS))
    assert cost.value == pytest.approx(0.006)  # 1000 x 2 / 1e6 + 500 x 8 / 1e6
    assert by_id("cost").read(stream(two_words)) == Cell(), "without a price there is none"


def test_a_figure_that_waited_for_our_event_loop_is_in_doubt() -> None:
    def late(state: StreamState) -> None:
        state.start(20 * MS)
        state.connected(25 * MS, reused=False)
        state.timeline.loop_was_late(280 * MS, 320 * MS)
        state.receive(b'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n', 320 * MS)

    assert by_id("ttft").read(stream(late)) == Cell(300 * MS, doubt=40 * MS)


def test_a_target_that_was_not_asked_has_a_place_and_nothing_else() -> None:
    nobody = Entry.of(2, "ada", None, 0)
    assert [column.id for column in COLUMNS if column.read(nobody).value is not None] == ["target"]
    assert not nobody.counts


def test_a_failed_stream_says_why() -> None:
    def refused(state: StreamState) -> None:
        state.start(20 * MS)
        state.fail(http_error(401, {}, b"{}"), 30 * MS)

    found = stream(refused)
    assert not found.counts
    assert by_id("finish").read(found).value == "error 401"
    assert by_id("total").read(found) == Cell(10 * MS)


def test_columns_say_what_they_are() -> None:
    assert len({column.id for column in COLUMNS}) == len(COLUMNS)
    assert all(column.help.endswith(".") for column in COLUMNS)
    assert {column.id for column in COLUMNS if column.starts_descending} == {
        *("rate", "average", "tokens", "speed", "attempts", "prompt", "reasoning", "cached"),
    }
