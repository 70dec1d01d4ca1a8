"""Where the result of a call is typed or pasted. The keys of the dialog around it come first."""

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from tui.app.actions import Place, actions_of
from tui.app.actions.keymap import Keymap
from tui.app.prompt.prompt_box import MAX_PASTE_CHARS
from tui.core.clean import typed


class ResultField(TextArea):
    """A text field of several rows."""

    DEFAULT_CSS = """
    ResultField {
        height: 30%; min-height: 3; max-height: 12;
        border: none; background: $background; padding: 0 1;
        &:focus { border: none; }
    }
    """

    @dataclass
    class PasteRefused(Message):
        """A paste was too large."""

        chars: int

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(soft_wrap=True, show_line_numbers=False, highlight_cursor_line=False, compact=False)
        self._calls = {key: action.call for action in actions_of(Place.CALLS) for key in keymap.keys_of(action)}

    def show_text(self, text: str) -> None:
        """The text of another call."""
        self.load_text(typed(text))
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Put `text` in the place of what is there; ctrl+z brings that back."""
        self.replace(typed(text), self.document.start, self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        # In the order of the keys, as in the prompt box; TextArea's own handler comes next by itself.
        call = self._calls.get(event.key)
        if call is not None:
            event.prevent_default()
            event.stop()
            await self.app.run_action(call, self.screen)
        elif event.key == "enter":
            event.prevent_default()  # it was given to something else, or to nothing

    async def _on_paste(self, event: events.Paste) -> None:
        if len(event.text) > MAX_PASTE_CHARS:
            event.prevent_default()
            event.stop()
            self.post_message(self.PasteRefused(len(event.text)))
        event.text = typed(event.text)
