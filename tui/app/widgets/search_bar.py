"""The row a search is typed in, with what was found beside it."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from tui.app.shown import Words, content
from tui.core.clean import Clean, clean_line


class SearchBar(Horizontal):
    """One row: a slash, the needle, the hits. Says what is typed and when the user is done typing."""

    DEFAULT_CSS = """
    SearchBar {
        display: none; height: 1; background: $surface; padding: 0 1;
        &.-open { display: block; }
        & > #slash { width: 2; color: $accent; text-style: bold; }
        & > Input { width: 1fr; max-width: 40; border: none; padding: 0; height: 1; background: $surface; }
        & > #found { width: 1fr; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; padding: 0 0 0 2; }
    }
    """

    @dataclass
    class Typed(Message):
        """The needle is another one."""

        needle: str

    @dataclass
    class Settled(Message):
        """The user is done typing and wants to see the hits."""

    def __init__(self) -> None:
        super().__init__()
        self._input = Input(compact=True, select_on_focus=True)
        self._found = Words(id="found")
        self._words = ""

    def compose(self) -> ComposeResult:
        """Slash, needle, hits."""
        yield Words(content(Clean("/")), id="slash")
        yield self._input
        yield self._found

    @property
    def needle(self) -> str:
        """What is searched for."""
        return self._input.value

    def open(self) -> None:
        """Show the row and type."""
        self.add_class("-open")
        self._input.focus()

    def close(self) -> None:
        """Hide the row; what was typed stays for the next time."""
        self.remove_class("-open")

    def show_found(self, words: str) -> None:
        """What was found, in a few words."""
        if words != self._words:
            self._words = words
            self._found.show(content(clean_line(words)))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for it at once."""
        event.stop()
        self.post_message(self.Typed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """To the hits."""
        event.stop()
        self.post_message(self.Settled())
