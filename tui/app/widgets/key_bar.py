"""The bottom row: the keys that do something here, as many as fit, and what the run is doing.

One widget on the Line API. Textual's Footer mounts a widget per key again at each change of focus, which is felt when
sixteen panes are streaming.
"""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.app.actions import BY_ID
from tui.app.actions.keys import is_text, short_key
from tui.app.shown import segment
from tui.core.clean import Clean, clean_line

_ESSENTIAL = ("app.help", "app.quit")


class KeyBar(Widget):
    """Shows `summary` on the right and key hints in the room that is left. Hints can be clicked."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--summary"}
    DEFAULT_CSS = """
    KeyBar {
        height: 1; background: $surface; color: $text-muted; padding: 0 1;
        .key-bar--key { color: $accent; text-style: bold; }
        .key-bar--summary { color: $foreground; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.summary = Clean("")

    def on_mount(self) -> None:
        """Follow the focus: other places have other keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def show_summary(self, summary: Clean) -> None:
        """What the run is doing, in a few words."""
        if summary != self.summary:
            self.summary = summary
            self.refresh()

    def _bindings_changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The row: hints from the left until they would meet the summary."""
        width = self.size.width
        base = self.rich_style
        summary = segment(self.summary, base + self.get_component_rich_style("key-bar--summary", partial=True))
        segments = [
            piece for binding in self._fitting(width - summary.cell_length - 2) for piece in self._hint(binding, base)
        ]
        used = sum(piece.cell_length for piece in segments)
        gap = max(0, width - used - summary.cell_length)
        return Strip([*segments, segment(clean_line(" " * gap), base), summary]).adjust_cell_length(width, base)

    def _fitting(self, room: int) -> list[Binding]:
        """The bindings for which there is room, in their order; help and quit are the last to go."""
        shown = self._shown_bindings()
        kept: set[str | None] = set()
        for binding in sorted(shown, key=lambda binding: binding.id not in _ESSENTIAL):
            room -= self._hint_width(binding)
            if room < 0:
                break
            kept.add(binding.id)
        return [binding for binding in shown if binding.id in kept]

    def _hint_width(self, binding: Binding) -> int:
        return len(short_key(binding.key)) + 1 + len(binding.description) + 2

    def _hint(self, binding: Binding, base: Style) -> list[Segment]:
        meta = Style.from_meta({"@click": _action(binding)})
        return [
            segment(
                clean_line(short_key(binding.key)),
                base + self.get_component_rich_style("key-bar--key", partial=True) + meta,
            ),
            segment(clean_line(f" {binding.description}"), base + meta),
            segment(Clean("  "), base),
        ]

    def _shown_bindings(self) -> list[Binding]:
        """The bindings in force that want to be shown, each action once."""
        active = [item.binding for item in self.screen.active_bindings.values() if item.binding.show and item.enabled]
        found: dict[str | None, Binding] = {}
        # Textual leaves out keys that are text where something is typed, but for a few signs it takes for names.
        is_typing = isinstance(self.screen.focused, Input | TextArea)
        for binding in active:
            if binding.id in BY_ID and not (is_typing and is_text(binding.key)):
                found.setdefault(binding.id, binding)  # the first of its keys that works here
        # Textual has them in the order in which any view bound their keys, which differs from that of the table.
        return [found[id] for id in BY_ID if id in found]


def _action(binding: Binding) -> str:
    """A click does what the key would."""
    return f"screen.perform({binding.id!r})"
