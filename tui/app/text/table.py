"""Rows of a Markdown table: a bold head, one thin line under it, thin lines between the columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from tui.app.text.cells import widest
from tui.app.text.rows import RULE, Row, Span, wrapped

_SEPARATOR: Final = (" │ ", RULE)
_CROSSING: Final = "─┼─"
_MIN_COLUMN: Final = 3
_ALIGNED: Final = {"left": "---", "center": ":-:", "right": "--:"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and where it stands in its column ("left", "center" or "right")."""

    spans: Sequence[Span]
    align: str

    @property
    def source(self) -> str:
        """Its text as it would be written in Markdown."""
        return "".join([text for text, _roles in self.spans]).replace("|", "\\|")

    @property
    def width(self) -> int:
        """Cells, in the terminal that draws it widest."""
        return widest("".join([text for text, _roles in self.spans]))


def table_rows(head: Sequence[Cell], body: Sequence[Sequence[Cell]], width: int) -> list[Row] | None:
    """The rows of the table, or None where its columns do not fit into `width` cells."""
    widths = _column_widths([head, *body], width - len(_CROSSING) * (len(head) - 1))
    if widths is None:
        return None
    rule = _CROSSING.join("─" * column for column in widths)
    rows = _cells_rows(head, widths, "head")
    rows.append(Row(((rule, RULE),), copied=_markdown([_ALIGNED[cell.align] for cell in head])))
    for cells in body:
        rows += _cells_rows(cells, widths, "")
    return rows


def _column_widths(table: Sequence[Sequence[Cell]], available: int) -> list[int] | None:
    """What each column needs; where that is too much, the widest ones give way first."""
    wanted = [max(1, *(cell.width for cell in column)) for column in zip(*table, strict=False)]
    if len(wanted) * _MIN_COLUMN > available and sum(wanted) > available:
        return None
    if sum(wanted) <= available:
        return wanted
    limit, left = 0, available
    for place, need in enumerate(sorted(wanted)):
        limit = left // (len(wanted) - place)
        if need > limit:
            break
        left -= need
    return [min(need, max(_MIN_COLUMN, limit)) for need in wanted]


def _cells_rows(cells: Sequence[Cell], widths: Sequence[int], role: str) -> list[Row]:
    columns = [
        [_aligned(row.spans, cell, width, role) for row in wrapped(cell.spans, width)]
        for cell, width in zip(cells, widths, strict=False)
    ]
    rows: list[Row] = []
    for line in range(max(map(len, columns))):
        spans: list[Span] = []
        for column, width in zip(columns, widths, strict=False):
            spans += [_SEPARATOR] if spans else []
            spans += column[line] if line < len(column) else [(" " * width, "")]
        rows.append(Row(tuple(spans), copied="" if rows else _markdown([cell.source for cell in cells])))
    return rows


def _markdown(cells: Sequence[str]) -> str:
    """A line of the table as it is written."""
    return f"| {' | '.join(cells)} |\n"


def _aligned(spans: Sequence[Span], cell: Cell, width: int, role: str) -> list[Span]:
    missing = max(0, width - widest("".join([text for text, _roles in spans])))
    before = {"right": missing, "center": missing // 2}.get(cell.align, 0)
    behind = max(0, width - before - sum(cell_len(text) for text, _roles in spans))
    styled = [(text, f"{role} {roles}".strip()) for text, roles in spans]
    padded = [(" " * before, ""), *styled, (" " * behind, "")]
    return [span for span in padded if span[0]]
