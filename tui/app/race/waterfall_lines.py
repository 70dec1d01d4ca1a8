"""The waterfall as lines of text: what each target spent its time on, all from the moment it was asked.

Every kind of time has a sign of its own, so that it can be read without colours.
"""

from collections.abc import Sequence
from typing import Final

from tui.app.race.axis import Axis
from tui.app.race.sheet import Line
from tui.app.race.table_lines import gutter_line
from tui.app.state_words import state_word
from tui.core.clean import Clean, clean_line
from tui.core.comparison import Entry
from tui.core.figures import clock_text
from tui.core.stream import StreamState
from tui.core.waterfall import Doing, Stretch, stretches

LOOKS: Final[dict[Doing, tuple[str, str]]] = {
    Doing.QUEUED: ("·", "phase-queued"),
    Doing.CONNECT: ("─", "phase-connecting"),
    Doing.WAIT: ("░", "phase-waiting"),
    Doing.THINK: ("▒", "phase-thinking"),
    Doing.WRITE: ("▆", "phase-streaming"),
    Doing.STALL: ("╌", "phase-quiet"),
    Doing.FAILED_TRY: ("╳", "phase-failed"),
    Doing.PAUSE: ("·", "phase-quiet"),
}
"""Sign and theme variable of each."""
_LEGEND: Final = (Doing.CONNECT, Doing.WAIT, Doing.THINK, Doing.WRITE, Doing.STALL, Doing.FAILED_TRY, Doing.PAUSE)
TOTAL_CELLS: Final = 8
"""What is kept free at the right for the time a stream took."""


def elapsed_ns(state: StreamState, now_ns: int) -> int:
    """Since a target was asked, until its end or now."""
    end_ns = state.timeline.end_ns if state.is_over else None
    return (now_ns if end_ns is None else end_ns) - state.timeline.due_ns


def waterfall_lines(entries: Sequence[Entry], cursor: str, gutter: int, axis: Axis) -> list[Line]:
    """A bar for each of these entries, with the time it took at the right."""
    return [
        [*gutter_line(entry, gutter, is_current=entry.name == cursor), *_bar(entry, axis), _total(entry)]
        for entry in entries
    ]


def axis_line(gutter: int, axis: Axis) -> Line:
    """The scale above the bars."""
    title = "since asked" if gutter > len("since asked") else "time"
    return [
        (clean_line(title.rjust(gutter - 1).ljust(gutter)), "metric-label"),
        (clean_line(axis.ticks()), "metric-label"),
    ]


def legend_line(gutter: int, width: int) -> Line:
    """What the signs mean, as many as fit."""
    line: Line = [(clean_line(" " * gutter), "")]
    used = gutter
    for doing in _LEGEND:
        sign, look = LOOKS[doing]
        label = f" {doing}  "
        used += 1 + len(label)
        if used > width:
            break
        line += [(clean_line(sign), look), (clean_line(label), "metric-label")]
    return line


def _bar(entry: Entry, axis: Axis) -> Line:
    if entry.state is None:
        return [(clean_line(" " * axis.cells), "")]
    row = _cells(stretches(entry.state, entry.now_ns), axis)
    ending = _ending(entry, row)
    line: Line = []
    start = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at] is not row[start]:
            doing = row[start]
            sign, look = LOOKS[doing] if doing else (" ", "")
            width = at - start
            if doing is None and ending:
                line.append(ending)
                width -= 1
            line.append((clean_line(sign * width), look))
            start = at
    return line


def _ending(entry: Entry, row: Sequence[Doing | None]) -> tuple[Clean, str] | None:
    """The sign of a stream that did not end as it should, for the cell behind its bar."""
    if entry.counts or row[-1] is not None:
        return None
    word = state_word(entry.state, entry.now_ns)
    return clean_line(word.glyph), word.style


def _cells(found: Sequence[Stretch], axis: Axis) -> list[Doing | None]:
    """What each cell shows: what takes most of its time, except that a try that failed is never lost."""
    row: list[Doing | None] = [None] * axis.cells
    weight = [0.0] * axis.cells
    begin_ns = found[0].start_ns if found else 0
    cell_ns = axis.length_ns / axis.cells
    for stretch in found:
        start_ns, end_ns = stretch.start_ns - begin_ns, stretch.end_ns - begin_ns
        first, last = axis.cell(start_ns), axis.cell(end_ns)
        row[first + 1 : last] = [stretch.doing] * (last - first - 1)
        for at in {first, last}:
            share = min(end_ns, (at + 1) * cell_ns) - max(start_ns, at * cell_ns)
            if stretch.doing is Doing.FAILED_TRY:
                share += axis.length_ns
            if share > weight[at]:
                row[at], weight[at] = stretch.doing, share
    return row


def _total(entry: Entry) -> tuple[Clean, str]:
    took = clock_text(elapsed_ns(entry.state, entry.now_ns)) if entry.state else ""
    return clean_line(took.rjust(TOTAL_CELLS)), "metric-value"
