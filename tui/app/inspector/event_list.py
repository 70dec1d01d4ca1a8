"""The list of events: draws the rows in view and nothing else, so that it costs the same with a hundred thousand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app.inspector.event_words import (
    MIN_PREVIEW_WIDTH,
    bytes_text,
    figures,
    figures_width,
    gap_text,
    offset_text,
    preview,
    type_style,
    type_text,
    type_width,
)
from tui.app.inspector.shown_events import ShownEvents
from tui.app.shown import content, name_shown, segment
from tui.app.text.cells import steadied
from tui.core.clean import Clean, clean_line

_STYLES = ("label", "muted", "warn", "bad", "current")
_WHEEL_ROWS = 3
_TITLE_MARGIN = 6
"""Cells of a border that its words leave free."""


class EventList(Widget, can_focus=True):
    """A heading, and a row per event; one of them is the current one. Stays at the end until the user moves up."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"event-list--{name}" for name in _STYLES}
    DEFAULT_CSS = """
    EventList {
        width: 1fr; height: 1fr; background: $background; color: $foreground;
        border: round $pane-border; border-title-color: $pane-title; border-subtitle-color: $text-muted; padding: 0 1;
        &:focus { border: round $pane-border-focus; }
        .event-list--label { color: $metric-label; }
        .event-list--muted { color: $metric-label; }
        .event-list--warn { color: $metric-warn; }
        .event-list--bad { color: $metric-bad; }
        .event-list--current { background: $panel; text-style: bold; }
    }
    """

    @dataclass
    class Moved(Message):
        """The user is at another event."""

    def __init__(self) -> None:
        super().__init__()
        self.border_title = "events"
        self._shown: ShownEvents | None = None
        self._origin_ns = 0
        self._hide: Callable[[str], str] = str
        self._top = 0
        self.current = 0
        """The row the user is at; 0 in an empty list."""
        self.follow = True
        """Whether the newest event is the current one."""
        self.drawn_rows = 0
        """Rows drawn so far, for tests that count the work."""
        self._words = Clean("")
        self._type_width = 0
        self._styles: dict[str, Style] = {}
        """What was worked out of the style sheet. Textual forgets it with each refresh, which here is often."""

    def show(self, shown: ShownEvents | None, origin_ns: int, hide: Callable[[str], str]) -> None:
        """Another list; offsets count from `origin_ns`, `hide` takes known secrets out."""
        self._shown, self._origin_ns, self._hide = shown, origin_ns, hide
        self._top = self.current = 0
        self.follow = True
        self._measure()
        self.refresh()

    def show_words(self, parts: list[str]) -> None:
        """What is listed, in the border; what does not fit is left out from the end."""
        words = clean_line(" · ".join(parts))
        while parts and cell_len(words) > self.outer_size.width - _TITLE_MARGIN:
            parts = parts[:-1]
            words = clean_line(" · ".join(parts))
        if words != self._words:
            self._words = words
            self.border_subtitle = content(words)  # which draws the whole list again

    def grown(self) -> None:
        """There are more rows, or others."""
        last = max(0, self.count - 1)
        if self.follow:
            self.current = last
        self.current = min(self.current, last)
        before = self._top, self._type_width
        self._keep_in_view()
        self._measure()
        if (self._top, self._type_width) != before or self.count <= self._top + self._rows:
            self.refresh()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._shown) if self._shown is not None else 0

    @property
    def _rows(self) -> int:
        """Rows of events in view, below the heading."""
        return max(1, self.size.height - 1)

    def move_to(self, row: int) -> None:
        """Make a row the current one; from the last one on the list follows what comes."""
        last = max(0, self.count - 1)
        before, top = self.current, self._top
        self.current = max(0, min(row, last))
        self.follow = self.current == last
        self._keep_in_view()
        if top != self._top:
            self.refresh()
        else:
            self._refresh_rows(before, self.current)
        self.post_message(self.Moved())

    def move_by(self, rows: int) -> None:
        """Down, or up when negative."""
        self.move_to(self.current + rows)

    def move_half_pages(self, by: int) -> None:
        """Half a page down or up."""
        self.move_by(by * max(1, self._rows // 2))

    def on_resize(self) -> None:
        """Keep the current row in view; the new size may have been painted before this is known."""
        self._keep_in_view()
        self._measure()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y >= 1 and self._top + offset.y - 1 < self.count:
            self.move_to(self._top + offset.y - 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """A few rows on."""
        event.stop()
        self.move_by(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """A few rows back."""
        event.stop()
        self.move_by(-_WHEEL_ROWS)

    def _keep_in_view(self) -> None:
        self._top = max(0, min(self._top, self.count - self._rows))
        if self.current < self._top:
            self._top = self.current
        elif self.current >= self._top + self._rows:
            self._top = self.current - self._rows + 1

    def _measure(self) -> None:
        """How wide the types are."""
        types = self._shown.reader.types if self._shown is not None else ()
        self._type_width = type_width(types, self.size.width)

    def _refresh_rows(self, *rows: int) -> None:
        gutter = self.gutter
        for row in rows:
            self.refresh(Region(gutter.left, gutter.top + 1 + row - self._top, self.size.width, 1))

    # -- drawing ----------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """The heading, or a row."""
        width, base = self.size.width, self._style("")
        if y == 0:
            return self._heading(width)
        row = self._top + y - 1
        if self._shown is None or row >= self.count:
            return Strip.blank(width, base)
        self.drawn_rows += 1
        fill = self._style("current") if row == self.current else Style()
        cells = self._cells(self._shown, self._shown.number(row), width)
        segments = [segment(text, self._style(style) + fill) for text, style in cells]
        return Strip(segments).adjust_cell_length(width, base + fill)

    def notify_style_update(self) -> None:
        """The theme changed, or the place."""
        super().notify_style_update()
        self._styles.clear()

    def _heading(self, width: int) -> Strip:
        cells = [f"{column.heading:>{column.width}} " for column in figures(width)]
        style = self._style("label")
        return Strip([segment(clean_line("".join([*cells, "type"])), style)]).adjust_cell_length(width, style)

    def _cells(self, shown: ShownEvents, number: int, width: int) -> list[tuple[Clean, str]]:
        """The pieces of a row with the names of their styles."""
        event = shown.reader.events[number]
        texts = (
            str(number + 1),
            offset_text(event.at_ns - self._origin_ns),
            gap_text(shown.gap_ns(number)),
            bytes_text(event.size),
        )
        numbers = "".join(f"{text:>{column.width}} " for text, column in zip(texts, figures(width), strict=False))
        room = self._type_width
        name = set_cell_size(name_shown(self._hide(type_text(event))), room)
        cells = [(clean_line(numbers), "label"), (clean_line(f"{name} "), type_style(event))]
        rest = width - figures_width(width) - room - 1
        if rest >= MIN_PREVIEW_WIDTH:
            words = preview(shown.reader.raw(event), event.kind, self._hide)[:rest]
            cells.append((clean_line(steadied(words)), "muted"))
        return cells

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self.rich_style if name != "current" else Style()
            if name:
                style += self.get_component_rich_style(f"event-list--{name}", partial=True)
            self._styles[name] = style
        return style
