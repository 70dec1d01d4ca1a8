"""One column of the diff: a border that says whose text it is, and the text."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from tui.app.diff.sheet import SheetRows
from tui.app.shown import Styled, assembled, content
from tui.app.text.view import TextView
from tui.app.widgets.kept_lines import KeptLines
from tui.core.clean import Clean


class DiffText(TextView):
    """A text view that knows the roles of a comparison."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"text-view--{role}" for role in ("removed", "added", "only-left", "only-right", "current")
    }
    DEFAULT_CSS = """
    DiffText {
        .text-view--removed { color: $diff-removed; text-style: strike; }
        .text-view--added { color: $diff-added; text-style: underline; }
        .text-view--only-left { color: $diff-removed; text-style: bold; }
        .text-view--only-right { color: $diff-added; text-style: bold; }
        .text-view--current { text-style: bold reverse; }
    }
    """


class DiffColumn(KeptLines, Vertical):
    """Shows rows or a few lines, whichever it was given last."""

    BORDER_TITLE = ""
    DEFAULT_CSS = """
    DiffColumn {
        width: 1fr;
        border: round $pane-border;
        border-title-color: $pane-title;
        border-title-background: transparent;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        background: $background;
    }
    """

    @dataclass
    class Chosen(Message):
        """The user clicked into this column."""

        column: "DiffColumn"

    def __init__(self, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self.text = DiffText(follow=False)
        self.text.section("rows", kind="rows")
        self.text.section("lines", kind="lines")
        self._border: tuple[list[Styled], Clean] = ([], Clean(""))

    def compose(self) -> ComposeResult:
        """The text."""
        yield self.text

    def on_click(self) -> None:
        """Say so."""
        self.post_message(self.Chosen(self))

    def show_rows(self, rows: SheetRows) -> None:
        """Show a column of a sheet."""
        self.text.show_section("rows", True)
        self.text.set_lines("lines", [])
        self.text.set_rows("rows", rows)
        self.text.commit()

    def show_lines(self, lines: list[Content]) -> None:
        """Show ready lines instead."""
        self.text.show_section("rows", False)
        self.text.set_lines("lines", lines)
        self.text.commit()

    def show_border(self, title: list[Styled], subtitle: Clean) -> None:
        """Who this is, and how it stands; drawn only when it is something else."""
        if (title, subtitle) != self._border:
            self._border = (title, subtitle)
            self.border_title = assembled(*title)
            self.border_subtitle = content(subtitle)
