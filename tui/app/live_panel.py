"""The figures above an answer, on the Line API: a few strips, redrawn only when their text changed."""

from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.app.panel_lines import Line

_STYLES = ("label", "value", "spark", "reasoning", "notice", "choice")


class LivePanel(Widget):
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

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []

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

    def render_line(self, y: int) -> Strip:
        """One row."""
        width = self.size.width
        base = self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        segments = [
            Segment(text, base + self.get_component_rich_style(f"live-panel--{style}", partial=True))
            for text, style in self._lines[y]
            if text
        ]
        return Strip(segments).adjust_cell_length(width, base)
