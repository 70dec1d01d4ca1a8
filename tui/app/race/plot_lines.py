"""Token rate over time, all targets in one plot: a line of dots each, with the target's sign on it.

The signs make it readable without colours. The line of the target the user is at lies above the others.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from tui.app.race.axis import Axis, rounded_up
from tui.app.race.braille import Canvas
from tui.app.race.cells import mark
from tui.app.race.sheet import Line
from tui.app.race.table_lines import series
from tui.app.race.waterfall_lines import TOTAL_CELLS
from tui.app.shown import name_shown
from tui.core.clean import clean_line
from tui.core.comparison import Entry
from tui.core.figures import rate_text
from tui.core.timeline import BUCKET_NS

_SMOOTHED: Final = 4
"""Buckets a point is the mean of: a second. Less shows how the network cuts its packets."""
_FEWEST: Final = 2
"""Buckets the first point is made of: the first read brought tokens in no time, so one alone would be a peak."""
_SIGN_EVERY: Final = 24
"""Cells between two signs on a line."""

Points = list[tuple[float, float]]
"""ns since the target was asked, tokens per second."""


def rates(entry: Entry, most: int) -> Points:
    """At most about `most` points of a target's rate over time, each the mean of the second before it, or longer."""
    state = entry.state
    if state is None or state.timeline.first_token_ns is None:
        return []
    offset_ns = state.timeline.first_token_ns - state.timeline.due_ns
    buckets = state.timeline.sparkline(entry.now_ns, 1 << 30, state.rate_scale())
    whole = buckets[:-1]  # the last is still filling, or was cut off by the end
    if len(whole) < _FEWEST:
        return _single(entry)
    sums = [0.0, *accumulate(whole)]
    stride = max(1, len(whole) // max(1, most))
    span = max(_SMOOTHED, stride)
    points: Points = []
    for end in range(max(_FEWEST, stride), len(whole) + 1, stride):
        start = max(0, end - span)
        rate = (sums[end] - sums[start]) * 1e9 / ((end - start) * BUCKET_NS)
        points.append((offset_ns + end * BUCKET_NS, rate))
    return points


def _single(entry: Entry) -> Points:
    """A stream that was over in no time: one point, its average."""
    state, average = entry.state, entry.metrics.average_rate
    if state is None or not state.is_over or average is None or state.timeline.last_token_ns is None:
        return []
    return [(state.timeline.last_token_ns - state.timeline.due_ns, average)]


def plot_lines(entries: Sequence[Entry], cursor: str, gutter: int, axis: Axis, rows: int) -> list[Line]:
    """`rows` rows of plot and the legend under them; the time axis is drawn by others."""
    drawn = sorted(entries, key=lambda entry: (entry.name == cursor, -entry.position))
    lines = {entry.position: rates(entry, axis.cells * 2) for entry in drawn}
    peak = rounded_up(max((rate for points in lines.values() for _, rate in points), default=1.0))
    canvas = Canvas(axis.cells, rows)
    width, dots = canvas.dots
    for entry in drawn:
        points = [
            (min(width - 1, int(at * width / axis.length_ns)), round((1 - rate / peak) * (dots - 1)))
            for at, rate in lines[entry.position]
        ]
        canvas.line(points, entry.position + 1)
        _sign(canvas, points, entry.position)
    bold = {entry.position + 1: " bold" for entry in entries if entry.name == cursor}
    return [
        *(_plot_row(canvas, row, _scale(row, rows, peak), gutter, bold) for row in range(rows)),
        legend_line(entries, cursor, gutter, axis.cells + TOTAL_CELLS),
    ]


def legend_line(entries: Sequence[Entry], cursor: str, gutter: int, cells: int) -> Line:
    """Which sign is whose, in the order of the line-up, as many as fit."""
    line: Line = [(clean_line(" " * gutter), "")]
    for entry in sorted(entries, key=lambda entry: entry.position):
        text = f"{mark(entry.position)} {name_shown(entry.name)}"
        bold = " bold" if entry.name == cursor else ""
        cells -= len(text) + 2
        if cells < 0:
            break
        line.append((clean_line(f"{text}  "), f"{series(entry.position)}{bold}"))
    return line


def _sign(canvas: Canvas, points: list[tuple[int, int]], position: int) -> None:
    """The target's sign at the end of its line and here and there on it; beside another's when its place is taken."""
    if not points:
        return
    wanted = [points[-1]]
    due = points[0][0] + (position % 5) * _SIGN_EVERY // 3
    for x, y in points:
        if x >= due and points[-1][0] - x > _SIGN_EVERY:
            wanted.append((x, y))
            due = x + _SIGN_EVERY * 2
    width, _ = canvas.dots
    for x, y in wanted:
        any(canvas.letter(at, y, mark(position), position + 1) for at in (x, x + 2, x - 2, x + 4) if 0 <= at < width)


def _scale(row: int, rows: int, peak: float) -> str:
    """What stands beside a row: the highest rate, its half, and nothing at all."""
    if row == 0:
        return f"{rate_text(peak)} tok/s"
    if row == rows - 1:
        return "0"
    return rate_text(peak / 2) if row == (rows - 1) / 2 else ""


def _plot_row(canvas: Canvas, row: int, label: str, gutter: int, bold: dict[int, str]) -> Line:
    line: Line = [(clean_line(f"{label} ╎".rjust(gutter)), "metric-label")]
    for text, owner in canvas.runs(row):
        line.append((clean_line(text), f"{series(owner - 1)}{bold.get(owner, '')}" if owner else ""))
    return line
