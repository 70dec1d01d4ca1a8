"""One row naming all targets with their states, shown while only one pane is: who else is running, and how fast."""

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app.shown import segment
from tui.core.clean import Clean, clean_line

_MORE: Final = 4
"""Cells at the end for how many more there are."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One target in the row."""

    number: int
    glyph: str
    colour: str
    name: Clean
    is_current: bool

    @property
    def label(self) -> Clean:
        """What is drawn."""
        return clean_line(f"{self.before_glyph}{self.glyph} {self.name} ")

    @property
    def before_glyph(self) -> str:
        """What stands before the glyph, which has a colour of its own."""
        return f" {self.number} "


class TabStrip(Widget):
    """Draws tabs; those that do not fit are counted at the end."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TabStrip { height: 1; background: $surface; color: $text-muted; }
    """

    @dataclass
    class Chosen(Message):
        """The user clicked a tab."""

        number: int

    def __init__(self) -> None:
        super().__init__()
        self._tabs: list[Tab] = []
        self._ends: list[tuple[int, int]] = []

    def show(self, tabs: list[Tab]) -> None:
        """Draw `tabs` if they differ from what is there."""
        if tabs != self._tabs:
            self._tabs = tabs
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the pointer."""
        for end, number in self._ends:
            if event.x < end:
                self.post_message(self.Chosen(number))
                return

    def render_line(self, y: int) -> Strip:
        """The row."""
        width = self.size.width
        base = self.rich_style
        segments: list[Segment] = []
        self._ends = []
        used = 0
        shown = self._first_shown()
        for position, tab in enumerate(shown):
            length = cell_len(tab.label)
            left = len(shown) - position
            if used + length + (_MORE if left > 1 else 0) > width and position:
                segments.append(segment(clean_line(f" +{left}"), base))
                break
            style = base + Style(bold=tab.is_current, reverse=tab.is_current)
            segments += [
                segment(clean_line(tab.before_glyph), style),
                segment(clean_line(tab.glyph), style if tab.is_current else style + Style(color=tab.colour or None)),
                segment(clean_line(f" {tab.name} "), style),
            ]
            used += length
            self._ends.append((used, tab.number))
        return Strip(segments).adjust_cell_length(width, base)

    def _first_shown(self) -> list[Tab]:
        """The tabs from the first that leaves the current one in view."""
        current = next((index for index, tab in enumerate(self._tabs) if tab.is_current), 0)
        first = 0
        while first < current and self._width(first, current) > self.size.width - _MORE:
            first += 1
        return self._tabs[first:]

    def _width(self, first: int, last: int) -> int:
        return sum(cell_len(tab.label) for tab in self._tabs[first : last + 1])
