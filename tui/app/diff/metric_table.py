"""The figures of two streams side by side, with what lies between them in words. Pure, so that words can be tested."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui.app.shown import assembled, name_shown
from tui.core.clean import Clean, clean_line
from tui.core.endings import short_ending
from tui.core.figures import NONE, count_text, duration_text, rate_text
from tui.core.stream import StreamState

Better = Literal["left", "right"]

_LABELS: Final = 18
_VALUES: Final = 14
_NARROWEST_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One figure of both."""

    label: str
    left: str
    right: str
    words: str = ""
    """How the right one differs from the left one; empty when that cannot be said."""
    better: Better | None = None
    """None when neither is, or when more is not better than less."""


def metric_rows(left: StreamState | None, right: StreamState | None, now_ns: int) -> list[MetricRow]:
    """All figures, in the order in which they are asked for everywhere."""
    return list(_rows(left, right, now_ns))


def _rows(left: StreamState | None, right: StreamState | None, now_ns: int) -> Iterator[MetricRow]:
    one, two = left.metrics() if left else None, right.metrics() if right else None
    for label, name, words in (
        ("TTFT", "time_to_first_token_ns", ("later", "earlier")),
        ("answer at", "time_to_first_output_token_ns", ("later", "earlier")),
        ("headers", "headers_ns", ("later", "earlier")),
        ("connect", "connect_time_ns", ("longer", "shorter")),
    ):
        yield _duration(label, getattr(one, name, None), getattr(two, name, None), words)
    yield _rate(one.average_rate if one else None, two.average_rate if two else None)
    yield _tokens(left, right)
    yield _duration("elapsed", _elapsed(left, now_ns), _elapsed(right, now_ns), ("longer", "shorter"))
    gaps = one.longest_gap_ns if one else None, two.longest_gap_ns if two else None
    yield _duration("longest gap", *gaps, ("longer", "shorter"))
    yield _count("answer, chars", _chars(left), _chars(right))
    yield _count("attempts", _attempts(left), _attempts(right))
    yield MetricRow("end", _end(left), _end(right))


def metric_lines(rows: list[MetricRow], names: tuple[str, str], width: int) -> list[Content]:
    """The rows as a table, none wider than `width` cells."""
    room = width - _LABELS - 2 * (_VALUES + 2)
    has_words = room >= _NARROWEST_WORDS
    head = _line(MetricRow("", names[0], names[1], f"{names[1]} is"), room, has_words, "$metric-label")
    return [head, *(_line(row, room, has_words, "$metric-value") for row in rows)]


def _line(row: MetricRow, room: int, has_words: bool, style: str) -> Content:
    good = "bold $metric-good"
    parts: list[tuple[Clean, str]] = [
        (clean_line(row.label.ljust(_LABELS)), "$metric-label"),
        (_in_cells(row.left), good if row.better == "left" else style),
        (Clean("  "), ""),
        (_in_cells(row.right), good if row.better == "right" else style),
    ]
    if has_words and row.words:
        parts += [(Clean("  "), ""), (_fitted(row.words, room - 2), "$metric-label")]
    return assembled(*parts)


def _in_cells(text: str) -> Clean:
    """Right-aligned in a column."""
    shown = _fitted(text, _VALUES)
    return clean_line(" " * (_VALUES - cell_len(shown)) + shown)


def _fitted(text: str, width: int) -> Clean:
    """`text` in at most `width` cells."""
    shown = name_shown(text)
    return shown if cell_len(shown) <= width else clean_line(f"{set_cell_size(shown, width - 1)}…")


# -- one figure -----------------------------------------------------------------------------------------------------


def _duration(label: str, left_ns: int | None, right_ns: int | None, words: tuple[str, str]) -> MetricRow:
    """Less is better; `words` say more and less."""
    shown = duration_text(left_ns), duration_text(right_ns)
    if left_ns is None or right_ns is None:
        return MetricRow(label, *shown)
    apart = right_ns - left_ns
    if shown[0] == shown[1]:
        return MetricRow(label, *shown, "the same")
    said = f"{duration_text(abs(apart))} {words[0] if apart > 0 else words[1]}{_percent(left_ns, right_ns)}"
    return MetricRow(label, *shown, said, "left" if apart > 0 else "right")


def _rate(left: float | None, right: float | None) -> MetricRow:
    """More is better."""
    shown = rate_text(left), rate_text(right)
    row = MetricRow("average, tok/s", *shown)
    if left is None or right is None:
        return row
    if shown[0] == shown[1]:
        return replace(row, words="the same")
    said = f"{rate_text(abs(right - left))} tok/s {'faster' if right > left else 'slower'}{_percent(left, right)}"
    return replace(row, words=said, better="right" if right > left else "left")


def _count(label: str, left: float | None, right: float | None) -> MetricRow:
    """Neither is better."""
    row = MetricRow(label, count_text(left), count_text(right))
    if left is None or right is None:
        return row
    apart = right - left
    said = f"{count_text(abs(apart))} {'more' if apart > 0 else 'fewer'}{_percent(left, right)}"
    return replace(row, words=said if apart else "the same")


def _tokens(left: StreamState | None, right: StreamState | None) -> MetricRow:
    counts = [state.output_tokens if state else (None, False) for state in (left, right)]
    row = _count("tokens", counts[0][0], counts[1][0])
    shown = [count_text(count, estimated=estimated and count is not None) for count, estimated in counts]
    return replace(row, left=shown[0], right=shown[1])


def _percent(left: float, right: float) -> str:
    return f", {(right - left) / left:+.0%}" if left else ""


def _elapsed(state: StreamState | None, now_ns: int) -> int | None:
    return state.timeline.elapsed_ns(now_ns) if state else None


def _chars(state: StreamState | None) -> int | None:
    return sum(choice.text.chars for choice in state.answer.ordered_choices()[:1]) if state else None


def _attempts(state: StreamState | None) -> int | None:
    return len(state.attempts) if state else None


def _end(state: StreamState | None) -> str:
    return short_ending(state) if state and state.is_over else NONE
