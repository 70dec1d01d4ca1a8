"""Targets beside each other: the columns of the race, who is best in each, and the order of the rows.

A value is judged before it is compared:

- Nobody is best alone: it takes two values that count.
- What failed, was cut off or was cancelled is never best, and is sorted behind what counts.
- A figure that may still change is not best yet; those of a stream's end wait for that end.
- Equal as displayed is a tie, and a tie has no best. So the texts are compared, which whoever displays them hands in.
- Estimated tokens (`≈`) do not compete with reported ones: they count only where all that would count are estimates.
- An upper limit (`≤`) is never best; and where the truth behind it may be better than the best, nobody is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui.core.cost import cost_of
from tui.core.endings import short_ending
from tui.core.events import Usage
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.core.timeline import Metrics


class Better(StrEnum):
    """Which of two values is better."""

    LOWER = "lower"
    HIGHER = "higher"


class Unit(StrEnum):
    """What a column's values are, which decides how they are written."""

    PLACE = "place"
    """Position in the line-up."""
    STATE = "state"
    """Position of the phase in its life."""
    DURATION = "duration"
    """Nanoseconds."""
    SHORT = "short"
    """Nanoseconds, of which tenths of a millisecond matter."""
    RATE = "rate"
    """Per second."""
    COUNT = "count"
    MONEY = "money"
    """US dollars."""
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one target."""

    value: float | str | None = None
    """None where it does not exist; all others in a column are of one type."""
    is_estimated: bool = False
    """Whether it is made of an estimated count of tokens."""
    doubt: float = 0
    """By how much the true value may be lower; 0 when it is not in doubt."""
    is_settled: bool = True
    """Whether it cannot change any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One target in the race, at one moment."""

    position: int
    """In the line-up, from 0."""
    name: str
    state: StreamState | None
    """None before it was asked."""
    metrics: Metrics
    now_ns: int

    @classmethod
    def of(cls, position: int, name: str, state: StreamState | None, now_ns: int) -> "Entry":
        """What is known of a target now."""
        return cls(position, name, state, state.metrics() if state else Metrics(), now_ns)

    @property
    def is_over(self) -> bool:
        """Whether its stream has ended."""
        return self.state is not None and self.state.is_over

    @property
    def counts(self) -> bool:
        """Whether its values may be best: it has not failed, and its stream was not cut short.

        An answer cut at its limit counts: its speed is as true as another's, and its state warns of its totals.
        """
        return self.state is not None and (not self.state.is_over or self.state.phase is Phase.COMPLETE)

    @property
    def usage(self) -> Usage:
        """What the server reported."""
        return (self.state.answer.usage if self.state else None) or Usage()


@dataclass(frozen=True, slots=True)
class Column:
    """One metric of all targets."""

    id: str
    title: str
    help: str
    """What it is, as a formula where it is one."""
    unit: Unit
    read: Callable[[Entry], Cell]
    better: Better | None = None
    """None for what is no merit, such as many tokens, or gone in the next moment, such as the rate now."""

    @property
    def starts_descending(self) -> bool:
        """Whether the first wish to sort by it means the highest first."""
        return self.better is Better.HIGHER or (self.better is None and self.unit in (Unit.RATE, Unit.COUNT))


Text = Callable[[Column, Cell], str]
"""How a value is displayed."""


def best(column: Column, entries: Sequence[Entry], text: Text) -> int | None:
    """The index of the entry with the best value; None when there is none, or no single one."""
    if column.better is None:
        return None
    cells = {index: column.read(entry) for index, entry in enumerate(entries) if entry.counts}
    settled = {index: cell for index, cell in cells.items() if cell.value is not None and cell.is_settled}
    limits = [cell for cell in settled.values() if cell.doubt]
    rivals = _alike({index: cell for index, cell in settled.items() if not cell.doubt})
    if not rivals or len(rivals) + len(limits) < 2:
        return None
    first = (min if column.better is Better.LOWER else max)(rivals, key=lambda index: _number(rivals[index]))
    shown = text(column, rivals[first])
    if sum(text(column, cell) == shown for cell in rivals.values()) > 1:
        return None
    return None if any(_may_beat(limit, rivals[first]) for limit in limits) else first


def in_order(entries: Sequence[Entry], column: Column, *, descending: bool) -> list[Entry]:
    """Entries sorted by a column; equals keep their order.

    Last in both directions are those without a value, and before them those whose value is no merit of theirs.
    """
    groups: tuple[list[tuple[float | str, Entry]], ...] = ([], [])
    without: list[Entry] = []
    for entry in entries:
        value = column.read(entry).value
        if value is None:
            without.append(entry)
        else:
            groups[column.better is not None and not entry.counts].append((value, entry))
    ordered = [sorted(group, key=_value_of, reverse=descending) for group in groups]
    return [*(entry for group in ordered for _, entry in group), *without]


def _value_of(pair: tuple[float | str, Entry]) -> tuple[float, str]:
    value, _ = pair
    return (0.0, value.casefold()) if isinstance(value, str) else (value, "")


def _alike(cells: dict[int, Cell]) -> dict[int, Cell]:
    """Those that may be compared with each other: the reported ones, or all when none is reported."""
    return {index: cell for index, cell in cells.items() if not cell.is_estimated} or cells


def _may_beat(limit: Cell, champion: Cell) -> bool:
    """Whether the truth behind an upper limit, always a duration, may be as low as the best."""
    return _number(limit) - limit.doubt <= _number(champion)


def _number(cell: Cell) -> float:
    assert isinstance(cell.value, int | float)
    return cell.value


# -- what the columns read ---------------------------------------------------------------------------------------------


_CUT_AFTER = 0.5
"""A cut answer comes after the whole ones, and before what failed."""


def _state(entry: Entry) -> Cell:
    if entry.state is None:
        return Cell(is_settled=False)
    phase = entry.state.phase
    is_cut = phase is Phase.COMPLETE and entry.state.answer.cut_by is not None
    return Cell(list(Phase).index(phase) + (_CUT_AFTER if is_cut else 0), is_settled=entry.is_over)


def _first_token(entry: Entry) -> Cell:
    metrics = entry.metrics
    doubt = metrics.first_token_lag_ns if metrics.ttft_may_be_late else 0
    return Cell(metrics.time_to_first_token_ns, doubt=doubt or 0)


def _first_output(entry: Entry) -> Cell:
    metrics = entry.metrics
    value = metrics.time_to_first_output_token_ns
    is_first = value == metrics.time_to_first_token_ns
    return Cell(value, doubt=_first_token(entry).doubt if is_first else 0)


def _rate_now(entry: Entry) -> Cell:
    if entry.state is None or entry.is_over:
        return Cell()
    rate = entry.state.timeline.rate_now(entry.now_ns, entry.state.rate_scale())
    return Cell(rate, is_estimated=entry.metrics.tokens_are_estimated, is_settled=False)


def _of_tokens(read: Callable[[Metrics], float | None]) -> Callable[[Entry], Cell]:
    """A figure that is made of the count of tokens, and final when the stream is over."""
    return lambda entry: Cell(
        read(entry.metrics), is_estimated=entry.metrics.tokens_are_estimated, is_settled=entry.is_over
    )


def _longest_gap(entry: Entry) -> Cell:
    metrics = entry.metrics
    doubt = metrics.gap_lag_ns if metrics.gaps_may_be_late else 0
    return Cell(metrics.longest_gap_ns, doubt=doubt or 0, is_settled=entry.is_over)


def _total(entry: Entry) -> Cell:
    elapsed = entry.state.timeline.elapsed_ns(entry.now_ns) if entry.state else None
    return Cell(elapsed, is_settled=entry.is_over)


def _cost(entry: Entry) -> Cell:
    cost = cost_of(entry.state) if entry.state else None
    return Cell(cost.total, is_estimated=cost.is_estimated, is_settled=entry.is_over) if cost else Cell()


def _attempts(entry: Entry) -> Cell:
    return Cell(len(entry.state.attempts) or None if entry.state else None, is_settled=entry.is_over)


def _finish(entry: Entry) -> Cell:
    return Cell((short_ending(entry.state) if entry.state else "") or None)


COLUMNS: tuple[Column, ...] = (
    Column("target", "target", "The place in the line-up.", Unit.PLACE, lambda entry: Cell(entry.position)),
    Column("state", "state", "What the stream is doing.", Unit.STATE, _state),
    Column("ttft", "TTFT", "First token - start.", Unit.DURATION, _first_token, Better.LOWER),
    Column("rate", "tok/s", "Tokens of the last 2 s / the time covered.", Unit.RATE, _rate_now),
    Column("average", "avg", "Tokens / (last token - first token), per second.", Unit.RATE,
           _of_tokens(lambda metrics: metrics.average_rate), Better.HIGHER),
    Column("tokens", "tokens", "Output tokens, reasoning included.", Unit.COUNT,
           _of_tokens(lambda metrics: metrics.output_tokens)),
    Column("total", "total", "End - start.", Unit.DURATION, _total, Better.LOWER),
    Column("tpot", "TPOT", "(last - first token) / tokens after the first read.", Unit.SHORT,
           _of_tokens(lambda metrics: metrics.time_per_output_token_ns), Better.LOWER),
    Column("speed", "1/TPOT", "1 / time per output token.", Unit.RATE,
           _of_tokens(lambda metrics: metrics.output_tokens_per_second), Better.HIGHER),
    Column("gap", "max gap", "Longest time between two reads with tokens.", Unit.DURATION, _longest_gap,
           Better.LOWER),
    Column("answer", "answer at", "First token of the answer itself - start.", Unit.DURATION, _first_output,
           Better.LOWER),
    Column("cost", "cost", "Tokens times their price, where that is known.", Unit.MONEY, _cost, Better.LOWER),
    Column("finish", "finish", "Why it ended.", Unit.WORDS, _finish),
    Column("attempts", "tries", "How often the request was sent.", Unit.COUNT, _attempts),
    Column("prompt", "tokens in", "Tokens of the prompt, as reported.", Unit.COUNT,
           lambda entry: Cell(entry.usage.prompt)),
    Column("reasoning", "reasoning", "Tokens of the reasoning, as reported.", Unit.COUNT,
           lambda entry: Cell(entry.usage.reasoning)),
    Column("cached", "cached", "Prompt tokens from the server's cache, as reported.", Unit.COUNT,
           lambda entry: Cell(entry.usage.cached)),
    Column("connect", "connect", "Connection ready - start of the last try.", Unit.DURATION,
           lambda entry: Cell(entry.metrics.connect_time_ns)),
    Column("delay", "sent after", "Start - when it was asked for.", Unit.DURATION,
           lambda entry: Cell(entry.metrics.schedule_delay_ns)),
)  # fmt: skip
"""By importance: what does not fit on a screen is the last of them."""
