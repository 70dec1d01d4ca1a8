"""A value of a form that is one of a few: `‹ high ›`."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from tui.app.shown import Words, assembled
from tui.core.clean import Clean, clean_line


class ChoiceRow(Words, can_focus=True):
    """Shows the value in force; the form moves it on, and a click does."""

    DEFAULT_CSS = """
    ChoiceRow { height: 1; width: 1fr; }
    ChoiceRow:focus { background: $panel; text-style: bold; }
    """

    @dataclass
    class Changed(Message):
        """Another value was chosen."""

        row: "ChoiceRow"

    def __init__(self, values: Sequence[str], value: str) -> None:
        """A `value` that is none of the values is one more of them."""
        super().__init__()
        self._values = list(dict.fromkeys([*values, value]))
        self.value = value

    def on_mount(self) -> None:
        """Show the value."""
        self._show()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show whether it can be changed."""
        super().watch_has_focus(_has_focus)
        self._show()

    def on_click(self) -> None:
        """The next value."""
        self.move(1)

    def move(self, by: int) -> None:
        """The value `by` places on, round and round."""
        self.value = self._values[(self._values.index(self.value) + by) % len(self._values)]
        self._show()
        self.post_message(self.Changed(self))

    def _show(self) -> None:
        left, right = (Clean("‹ "), Clean(" ›")) if self.has_focus else (Clean("  "), Clean(""))
        self.show(assembled((left, "$accent"), (clean_line(self.value), ""), (right, "$accent")))
