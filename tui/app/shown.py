"""The one door from text to Textual: contents, segments, toasts, palette entries. It takes only cleaned text.

Textual reads a plain `str` as markup in most places and takes control characters out in none. So nothing else in the
app makes a `Content`, a `Segment` or a `Static`, or says anything in a toast: mypy finds a string that came round the
gate, and `tests/app/test_shown.py` whoever comes round this module. How a text becomes `Clean`:

    clean_line(f"{target.name} is not running.")     one line, whatever is in it
    clean(error.message)                             several lines
    Clean("Nothing is running.")                     our own words: around a literal, never around anything else

The views below `text/` are behind the door: what they draw was `Clean` when it was appended.
"""

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual.app import App, SystemCommand
from textual.content import Content
from textual.widgets import Static

from tui.app.text.cells import steadied
from tui.core.clean import Clean, clean_line

Styled: TypeAlias = tuple[Clean, str]
"""A text and its style in Textual's words, such as `bold $accent`; empty for that of the place."""
Severity: TypeAlias = Literal["information", "warning", "error"]


def content(text: Clean, style: str = "") -> Content:
    """`text` as it is, in one style."""
    return Content.styled(text, style) if style else Content(text)


def assembled(*parts: Styled) -> Content:
    """The parts one after the other, each in its style."""
    return Content.assemble(*parts)


def stacked(lines: Iterable[Content]) -> Content:
    """One under the other."""
    return Content("\n").join(list(lines))


def segment(text: Clean, style: Style | None) -> Segment:
    """A piece of a strip."""
    return Segment(text, style)


def name_shown(text: str) -> Clean:
    """A foreign name for a title, a tab or a toast: on one line, and as wide in every terminal as it is counted."""
    return Clean(steadied(clean_line(text)))


def toast(app: App[None], text: Clean, severity: Severity = "information", *, seconds: float = 4) -> None:
    """Say something in the corner of the screen."""
    app.notify(steadied(text), severity=severity, timeout=seconds, markup=False)


def palette_entry(title: Clean, explanation: Clean, action: Callable[[], Any]) -> SystemCommand:
    """A line of the command palette; it shows titles and explanations as plain text."""
    return SystemCommand(title, explanation, action)


class Words(Static):
    """A widget that shows one content: what `Static` is elsewhere."""

    def __init__(self, shown: Content | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(shown or Content(), id=id, classes=classes)
        self._words = shown or Content()

    def show(self, shown: Content) -> None:
        """Show something else, if it is."""
        if shown != self._words:
            self._words = shown
            self.update(shown)
