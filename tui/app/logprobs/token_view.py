"""The tokens of an answer as they follow each other, coloured by how likely they were; one of them has the cursor.

On the Line API: only rows in view are drawn, so that an answer of 100 000 tokens costs what a screenful does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app.logprobs.token_rows import TokenRows
from tui.app.shown import segment

_WHEEL_ROWS = 3


class TokenView(Widget, can_focus=True):
    """Shows the tokens it is given and says which one was clicked."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"token-view--{level}" for level in ("sure", "fair", "doubtful", "unlikely", "unknown")
    }
    DEFAULT_CSS = """
    TokenView {
        height: 1fr; width: 1fr; background: $surface; color: $foreground;
        .token-view--sure { color: $metric-good; }
        .token-view--fair { color: $foreground; }
        .token-view--doubtful { color: $metric-warn; text-style: italic; }
        .token-view--unlikely { color: $metric-bad; text-style: underline; }
        .token-view--unknown { color: $metric-label; }
    }
    """

    @dataclass
    class Picked(Message):
        """The user clicked a token."""

        number: int

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []
        self._levels: Sequence[str] = ()
        self._rows = TokenRows(80)
        self._top = 0
        self.cursor = 0

    def show(self, new: Sequence[str], levels: Sequence[str]) -> None:
        """Add tokens; `levels` has those of all there are."""
        self._texts += new
        self._levels = levels
        self._rows.extend(new)
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Break the rows anew."""
        if event.size.width and event.size.width != self._rows.width:
            self._rows = TokenRows(event.size.width)
            self._rows.extend(self._texts)
        self._keep_in_view()

    # -- the cursor -------------------------------------------------------------------------------------------------

    def move_to(self, number: int) -> None:
        """Put the cursor on a token, or the nearest there is."""
        self.cursor = max(0, min(number, len(self._texts) - 1))
        self._keep_in_view()

    def move_rows(self, by: int) -> None:
        """The token above or below, as far as rows go."""
        if not self._texts:
            return
        rows = self._rows
        row = max(0, min(rows.row_of[self.cursor] + by, len(rows.rows) - 1))
        found = rows.token_at(row, rows.column_of(self.cursor))
        if found is not None:
            self.move_to(found)
        else:
            self.move_to(len(self._texts) - 1 if by > 0 else 0)  # only the last row can be empty

    @property
    def rows_per_page(self) -> int:
        """Half of what is in view, at least one."""
        return max(1, self.size.height // 2)

    def _keep_in_view(self) -> None:
        height = max(1, self.size.height)
        row = self._rows.row_of[self.cursor] if self._texts else 0
        self._show_from(min(max(self._top, row - height + 1), row))

    def _show_from(self, top: int) -> None:
        self._top = max(0, min(top, len(self._rows.rows) - self.size.height))
        self.refresh()

    # -- the mouse --------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """The token under the pointer."""
        row = self._top + event.y
        if row < len(self._rows.rows) and (number := self._rows.token_at(row, event.x)) is not None:
            self.post_message(self.Picked(number))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Further on; the cursor stays where it is."""
        event.stop()
        self._show_from(self._top + _WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Back."""
        event.stop()
        self._show_from(self._top - _WHEEL_ROWS)

    # -- drawing ----------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One row."""
        base, width = self.rich_style, self.size.width
        row = self._top + y
        if row >= len(self._rows.rows):
            return Strip.blank(width, base)
        segments = [segment(text, self._style(number, base)) for number, text in self._rows.rows[row]]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, number: int, base: Style) -> Style:
        style = base + self.get_component_rich_style(f"token-view--{self._levels[number]}", partial=True)
        return style + Style(reverse=True) if number == self.cursor else style
