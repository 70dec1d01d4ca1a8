"""The names of the views, on the prompt's lower border: which one is on screen, by which key or click another comes.

It lies over the border, so it takes no row from the answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app.actions import BY_ID, Place
from tui.app.actions.keymap import Keymap
from tui.app.actions.keys import short_key
from tui.app.shown import segment
from tui.core.clean import Clean, clean_line

_BESIDE: Final = 4
"""Cells of the border that stay: a corner and a line at either end."""


@dataclass(frozen=True, slots=True)
class ViewName:
    """One view in the row."""

    place: Place
    name: str
    key: str
    """As the key bar writes it; empty when the action has none."""


def view_names(places: Sequence[Place], keymap: Keymap) -> list[ViewName]:
    """What the views are called, and their keys."""
    opening = [BY_ID[f"view.{place}"] for place in places]
    keys = [short_key(keymap.keys_of(action)[0]) if keymap.keys_of(action) else "" for action in opening]
    return [ViewName(*each) for each in zip(places, (action.label for action in opening), keys, strict=True)]


def strip_labels(names: Sequence[ViewName], current: Place, room: int) -> list[tuple[ViewName, str]]:
    """The names with what is written for each, the current one in brackets: with keys, without them, or it alone.

    However wide they are, each is as wide when it is not the current one. The last of these is not measured.
    """
    for of in (_with_key, _without_key):
        labels = [(name, _bracketed(of(name), is_current=name.place is current)) for name in names]
        if sum(len(label) for _, label in labels) + 2 <= room:
            return labels
    return [(name, label) for name, label in labels if name.place is current]


def _with_key(name: ViewName) -> str:
    return f"{name.key} {name.name}" if name.key else name.name


def _without_key(name: ViewName) -> str:
    return name.name


def _bracketed(words: str, *, is_current: bool) -> str:
    return f"[{words}]" if is_current else f" {words} "


class ViewStrip(Widget):
    """Shows the names; a click on one asks for that view."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"view-strip--current"}
    DEFAULT_CSS = """
    ViewStrip {
        dock: bottom; width: auto; height: 1; margin: 0 0 1 2;
        background: $background; color: $text-muted;
        .view-strip--current { color: $foreground; text-style: bold; }
    }
    """

    @dataclass
    class Chosen(Message):
        """The user clicked a name."""

        place: Place

    def __init__(self, names: Sequence[ViewName], current: Place) -> None:
        super().__init__()
        self._names = names
        self._current = current

    def show(self, current: Place) -> None:
        """This view is on screen."""
        if current is not self._current:
            self._current = current
            self.refresh()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as what is written, within the border."""
        labels = strip_labels(self._names, self._current, container.width - _BESIDE)
        return sum(len(label) for _, label in labels) + 2

    def on_click(self, event: events.Click) -> None:
        """Ask for the view under the pointer."""
        for start, end, name, _ in self._placed():
            if start <= event.x < end:
                self.post_message(self.Chosen(name.place))

    def render_line(self, y: int) -> Strip:
        """The row, a blank at either end."""
        base = self.rich_style
        current = base + self.get_component_rich_style("view-strip--current", partial=True)
        blank = segment(Clean(" "), base)
        labels = [
            segment(clean_line(label), current if name.place is self._current else base)
            for _, _, name, label in self._placed()
        ]
        return Strip([blank, *labels, blank]).adjust_cell_length(self.size.width, base)

    def _placed(self) -> Iterator[tuple[int, int, ViewName, str]]:
        """Each name with the cells it takes."""
        at = 1
        for name, label in strip_labels(self._names, self._current, self.size.width):
            yield at, at + len(label), name, label
            at += len(label)
