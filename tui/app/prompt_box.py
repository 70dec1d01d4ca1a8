"""Where the prompt is typed, sent and left."""

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from tui.app.actions import BY_ID, Place
from tui.app.actions.keymap import Keymap
from tui.core.clean import typed

MAX_PASTE_CHARS = 256 * 1024
"""More than this is a file, not a prompt; the editor would freeze for seconds taking it in."""
MAX_ROWS = 8


class PromptBox(TextArea):
    """A growing text field."""

    DEFAULT_CSS = """
    PromptBox {
        height: auto; min-height: 3; max-height: 10; min-width: 8;
        border: round $pane-border;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        background: $background;
        padding: 0 1;
        &:focus { border: round $pane-border-focus; }
    }
    """

    @dataclass
    class Sent(Message):
        """The user sent a prompt."""

        text: str

    @dataclass
    class Left(Message):
        """The user wants to go back to the panes."""

    @dataclass
    class PasteRefused(Message):
        """A paste was too large."""

        chars: int

    def __init__(self, keymap: Keymap, text: str = "") -> None:
        super().__init__(
            text,
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder="Ask all of them…",
        )
        self.border_title = "prompt"
        keymap.bind(self, Place.PROMPT)
        self._sending_keys = keymap.keys_of(BY_ID["prompt.send"])

    def action_send(self) -> None:
        """Send the text as it stands and empty the box; a blank one is not sent."""
        text = self.text
        if text.strip():
            self.clear()  # here, in the order of the keys: whoever gets the message may be later than the next letter
            self.post_message(self.Sent(text))

    def action_newline(self) -> None:
        """Break the line at the cursor."""
        self.insert("\n")

    def action_leave(self) -> None:
        """Go back to the panes."""
        self.post_message(self.Left())

    async def _on_key(self, event: events.Key) -> None:
        # Not a priority binding: that would overtake the letters typed just before it, which wait in our queue.
        # TextArea's own handler comes next by itself, here and below; calling it would type everything twice.
        if event.key in self._sending_keys:
            event.prevent_default()
            event.stop()
            self.action_send()
        elif event.key == "enter":
            event.prevent_default()  # it was given to something else, or to nothing

    async def _on_paste(self, event: events.Paste) -> None:
        if len(event.text) > MAX_PASTE_CHARS:
            event.prevent_default()
            event.stop()
            self.post_message(self.PasteRefused(len(event.text)))
        event.text = typed(event.text)  # the editor would draw, and we would send, what nobody can see
