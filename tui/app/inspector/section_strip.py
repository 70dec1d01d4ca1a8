"""The row that names the parts of the inspector and says which one is open."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app.shown import segment
from tui.core.clean import Clean, clean_line


class Section(StrEnum):
    """A part of the inspector, in the order of the row."""

    EVENTS = "events"
    REQUEST = "request"
    RESPONSE = "response"
    CONNECTION = "connection"
    ATTEMPTS = "attempts"


class SectionStrip(Widget):
    """One row: the sections on the left, a few words on the right."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"section-strip--open"}
    DEFAULT_CSS = """
    SectionStrip {
        height: 1; background: $surface; color: $text-muted; padding: 0 1;
        .section-strip--open { color: $foreground; text-style: bold underline; }
    }
    """

    @dataclass
    class Chosen(Message):
        """The user clicked a section."""

        section: Section

    def __init__(self) -> None:
        super().__init__()
        self._open = Section.EVENTS
        self._words = Clean("")

    def show(self, section: Section, words: Clean) -> None:
        """The open section, and what stands on the right."""
        if (section, words) != (self._open, self._words):
            self._open, self._words = section, words
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the section under the pointer."""
        offset = event.get_content_offset(self)
        end = 0
        for section in Section:
            end += len(section) + 2
            if offset is not None and offset.x < end:
                self.post_message(self.Chosen(section))
                return

    def render_line(self, y: int) -> Strip:
        """The row."""
        width, base = self.size.width, self.rich_style
        shown = base + self.get_component_rich_style("section-strip--open", partial=True)
        segments = []
        for section in Section:
            segments.append(segment(clean_line(section), shown if section is self._open else base))
            segments.append(segment(Clean("  "), base))
        used = sum(piece.cell_length for piece in segments)
        gap = width - used - cell_len(self._words)
        if gap > 0:
            segments.append(segment(clean_line(" " * gap + self._words), base))
        return Strip(segments).adjust_cell_length(width, base)
