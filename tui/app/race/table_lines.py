"""The table of the race as lines of text: pure, so that every width can be tested."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

from tui.app.race.cells import BEST, aligned, cell_text, column_cells, is_left_aligned, mark
from tui.app.race.sheet import Line
from tui.app.shown import name_shown
from tui.app.state_words import state_word
from tui.core.clean import clean_line
from tui.core.comparison import Column, Entry, Unit, best

_GAP: Final = " "
_BEFORE_NAME: Final = "▸1 ● "
_MORE: Final = 4
"""Cells at the right edge for the sign that there are more columns."""
_SHORTEST_NAME, _LONGEST_NAME = 7, 32


@dataclass(frozen=True, slots=True)
class Table:
    """What is to be drawn."""

    entries: Sequence[Entry]
    """In the order of the rows."""
    columns: Sequence[Column]
    """All that scroll; the targets' names stay where they are."""
    names: Column
    first_column: int
    """Index of the leftmost of `columns` in view."""
    cursor: str
    """The target the user is at."""
    chosen: Column
    """The column the user is at."""
    sorted_by: Column
    descending: bool
    width: int
    gutter: int
    """Cells of the names."""


def gutter_cells(names: Sequence[str], width: int) -> int:
    """The room for the names: what they need, and at most a third of the width."""
    longest = max((cell_len(name_shown(name)) for name in names), default=0)
    fair = max(_SHORTEST_NAME, min(_LONGEST_NAME, width // 3 - len(_BEFORE_NAME)))
    return len(_BEFORE_NAME) + min(max(longest, _SHORTEST_NAME), fair) + len(_GAP)


def columns_in_view(columns: Sequence[Column], first: int, room: int) -> Sequence[Column]:
    """Those from `first` on that fit into `room`, and that one even when it does not."""
    used = 0
    for index in range(first, len(columns)):
        used += len(_GAP) + column_cells(columns[index])
        more = _MORE if index + 1 < len(columns) else 0
        if used + more > room and index > first:
            return columns[first:index]
    return columns[first:]


def first_column_for(columns: Sequence[Column], chosen: Column, first: int, room: int) -> int:
    """The leftmost column in view, moved as little as brings the chosen one into view."""
    at = columns.index(chosen) if chosen in columns else first
    first = min(first, at)
    while first < at and chosen not in columns_in_view(columns, first, room):
        first += 1
    return first


def column_at(table: Table, x: int) -> Column | None:
    """The column at a cell; None beyond the last."""
    if x < table.gutter:
        return table.names
    left = table.gutter
    for column in _in_view(table):
        left += len(_GAP) + column_cells(column)
        if x < left:
            return column
    return None


def table_lines(table: Table, top: int, rows: int) -> list[Line]:
    """The header and the `rows` entries from `top` on."""
    shown = _in_view(table)
    champions = {column.id: best(column, table.entries, cell_text) for column in shown}
    last = min(len(table.entries), top + rows)
    return [_header(table, shown), *(_row(table, shown, index, champions) for index in range(top, last))]


def gutter_line(entry: Entry, cells: int, *, is_current: bool) -> Line:
    """Who a row is about: sign, state and name, the same in table and waterfall."""
    word = state_word(entry.state, entry.now_ns)
    look = "current bold" if is_current else ""
    return [
        (clean_line("▸" if is_current else " "), f"{look} pane-border-focus"),
        (clean_line(f"{mark(entry.position)} "), f"{look} {series(entry.position)}"),
        (clean_line(f"{word.glyph} "), f"{look} {word.style}"),
        (clean_line(cut(name_shown(entry.name), cells - len(_BEFORE_NAME) - len(_GAP)) + _GAP), look),
    ]


def series(position: int) -> str:
    """The colour of the target at this place."""
    return f"series-{position % 8 + 1}"


def cut(text: str, cells: int) -> str:
    """`text` in exactly so many cells, with a sign where something is left out."""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    return set_cell_size(text, cells - 1) + "…" if cells > 0 else ""


def _in_view(table: Table) -> Sequence[Column]:
    return columns_in_view(table.columns, table.first_column, table.width - table.gutter)


def _header(table: Table, shown: Sequence[Column]) -> Line:
    names = cut(" " * len(_BEFORE_NAME) + _titled(table, table.names), table.gutter - len(_GAP))
    line: Line = [(clean_line(names), _header_look(table, table.names)), (clean_line(_GAP), "")]
    for column in shown:
        title = _titled(table, column)
        width = column_cells(column)
        title = f" {title}".ljust(width) if is_left_aligned(column) else title.rjust(width)
        line += [(clean_line(_GAP), ""), (clean_line(title), _header_look(table, column))]
    hidden = len(table.columns) - table.first_column - len(shown)
    line.append((clean_line(f" {hidden}›" if hidden else ""), "metric-label"))
    if table.first_column:
        line[1] = (clean_line("‹"), "metric-label")
    return line


def _titled(table: Table, column: Column) -> str:
    """A column's title, and the direction when the rows are sorted by it."""
    arrow = "↓" if table.descending else "↑"
    return f"{column.title}{arrow}" if column is table.sorted_by else column.title


def _header_look(table: Table, column: Column) -> str:
    bold = " bold" if column is table.sorted_by else ""
    return f"metric-label{bold} chosen" if column is table.chosen else f"metric-label{bold}"


def _row(table: Table, shown: Sequence[Column], index: int, champions: dict[str, int | None]) -> Line:
    entry = table.entries[index]
    is_current = entry.name == table.cursor
    line = gutter_line(entry, table.gutter, is_current=is_current)
    under = "current" if is_current else ""
    for column in shown:
        is_best = champions[column.id] == index
        text, look = _written(entry, column)
        padded = cut(aligned(column, text), column_cells(column) - 1)
        if not is_best:
            line.append((clean_line(f"{_GAP} {padded}"), f"{under} {look}"))
            continue
        value = padded.lstrip(" ")
        before = f"{_GAP} {padded}"[: -len(value) - 1]
        line += [(clean_line(before), under), (clean_line(f"{BEST}{value}"), f"{under} metric-good bold")]
    if is_current:
        used = sum(cell_len(text) for text, _ in line)
        line.append((clean_line(" " * max(0, table.width - used)), under))
    return line


def _written(entry: Entry, column: Column) -> tuple[str, str]:
    """A value and how it looks: quiet when it is none, or no merit."""
    if column.unit is Unit.STATE:
        word = state_word(entry.state, entry.now_ns)
        return word.word, word.style
    cell = column.read(entry)
    text = name_shown(cell_text(column, cell)) if isinstance(cell.value, str) else cell_text(column, cell)
    is_quiet = cell.value is None or (column.better is not None and not entry.counts)
    return text, "metric-label" if is_quiet else "metric-value"
