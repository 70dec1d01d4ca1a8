"""Rows of styled text on the Line API: the table, the waterfall and the plot of the race.

A row that has not changed is neither made nor sent again. Textual's DataTable draws itself whole whenever one cell
changes, which with sixteen running streams costs ten times as much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from rich.style import Style
from textual import events
from textual.filter import LineFilter
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app.shown import segment
from tui.app.themes import VARIABLES
from tui.core.clean import Clean

Line: TypeAlias = list[tuple[Clean, str]]
"""Texts, each with what it looks like: names of theme variables and of `_LOOKS`, with spaces between."""

_COLOURS: Final = tuple(name for name in VARIABLES if name.startswith(("phase-", "metric-", "series-", "pane-")))
_LOOKS: Final = {
    "bold": "text-style: bold;",
    "chosen": "text-style: reverse;",
    "current": "background: $surface;",
}


class Sheet(Widget):
    """Shows the lines it is given. No border and no padding: it hands finished rows to the compositor."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sheet--{name}" for name in (*_COLOURS, *_LOOKS)}
    DEFAULT_CSS = (
        "Sheet { height: auto; background: $background; color: $foreground;"
        + "".join(f" .sheet--{name} {{ color: ${name}; }}" for name in _COLOURS)
        + "".join(f" .sheet--{name} {{ {rules} }}" for name, rules in _LOOKS.items())
        + " }"
    )

    @dataclass
    class Clicked(Message):
        """The pointer was pressed on a cell."""

        sheet: "Sheet"
        x: int
        y: int
        is_double: bool

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._strips: dict[int, Strip] = {}
        self._styles: dict[str, Style] = {}
        self._filters: Sequence[LineFilter] = ()
        self._width = 0

    def show(self, lines: list[Line]) -> None:
        """Draw `lines`, of which only those that differ cost anything."""
        before = self._lines
        self._lines = lines
        for y in range(max(len(before), len(lines))):
            if before[y : y + 1] != lines[y : y + 1]:
                self._strips.pop(y, None)
                self.refresh(Region(0, y, self.size.width, 1))

    def on_click(self, event: events.Click) -> None:
        """Say where."""
        self.post_message(self.Clicked(self, event.x, event.y, event.chain > 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows inside `crop`, made now if they changed."""
        filters = self.get_line_filters()
        if filters != self._filters or self._width != self.size.width:
            self._filters, self._width = filters, self.size.width
            self._strips.clear()
        self._finish([y for y in crop.line_range if y not in self._strips])
        rows = [self._strips[y] for y in crop.line_range]
        return rows if crop.column_span == (0, self._width) else [row.crop(*crop.column_span) for row in rows]

    def render_line(self, y: int) -> Strip:
        """One row, unfiltered."""
        line = self._lines[y] if y < len(self._lines) else []
        pieces = [segment(text, self._style(look)) for text, look in line if text]
        return Strip(pieces).adjust_cell_length(self.size.width, self._style(""))

    def _finish(self, rows: list[int]) -> None:
        if not rows:
            return
        ground = self.background_colors[1]
        for y in rows:
            strip = self.render_line(y)
            for line_filter in self._filters:
                strip = strip.apply_filter(line_filter, ground)
            self._strips[y] = strip

    def notify_style_update(self) -> None:
        """The theme changed, or the place."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def _style(self, look: str) -> Style:
        style = self._styles.get(look)
        if style is None:
            style = self.rich_style
            for name in look.split():
                style += self.get_component_rich_style(f"sheet--{name}", partial=True)
            self._styles[look] = style
        return style
