"""The figures above an answer, on the Line API: a few strips, redrawn only when their text changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.app.panes.panel_lines import Line
from tui.app.shown import segment
from tui.app.widgets.kept_lines import KeptLines

_STYLES = ("label", "value", "spark", "reasoning", "notice", "choice")


class LivePanel(KeptLines):
    """Shows the lines it is given."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"live-panel--{name}" for name in _STYLES}
    DEFAULT_CSS = """
    LivePanel {
        height: 1;
        .live-panel--label { color: $metric-label; }
        .live-panel--value { color: $metric-value; }
        .live-panel--spark { color: $spark; }
        .live-panel--reasoning { color: $reasoning; }
        .live-panel--notice { color: $phase-quiet; text-style: bold; }
        .live-panel--choice { color: $metric-value; }
    }
    """

    @dataclass
    class Clicked(Message):
        """The user clicked one of the pieces."""

        text: str
        style: str
        """The name of its style, which says what it is."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []
        self._styles: dict[str, Style] = {}
        """What was worked out of the style sheet. Textual forgets it with each refresh, which here is often."""

    def show(self, lines: list[Line]) -> None:
        """Draw `lines`; a different number of them changes the panel's height."""
        if lines == self._lines:
            return
        if len(lines) != len(self._lines):
            self.styles.height = max(1, len(lines))
        self._lines = lines
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return max(1, len(self._lines))

    def new_lines(self, size: Size, filters: Sequence[LineFilter]) -> list[Strip]:
        """All rows, past Textual's styles cache: there is neither border nor padding, so they are finished."""
        lines = [self.render_line(y) for y in range(size.height)]
        for line_filter in filters:
            lines = [line.apply_filter(line_filter, self.background_colors[1]) for line in lines]
        return lines

    def render_line(self, y: int) -> Strip:
        """One row."""
        width = self.size.width
        base = self._style("")
        if y >= len(self._lines):
            return Strip.blank(width, base)
        segments = [segment(text, self._style(style)) for text, style in self._lines[y] if text]
        return Strip(segments).adjust_cell_length(width, base)

    def on_click(self, event: events.Click) -> None:
        """Tell which piece is under the pointer."""
        left = event.x
        for text, style in self._lines[event.y] if event.y < len(self._lines) else ():
            left -= cell_len(text)
            if left < 0:
                self.post_message(self.Clicked(text, style))
                return

    def notify_style_update(self) -> None:
        """The theme changed, or the place."""
        super().notify_style_update()
        self._styles.clear()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self.rich_style
            if name:
                style += self.get_component_rich_style(f"live-panel--{name}", partial=True)
            self._styles[name] = style
        return style
