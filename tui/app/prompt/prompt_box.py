"""Where the prompt is typed, sent and left."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.widgets import TextArea

from tui.app.actions import BY_ID, Place
from tui.app.actions.keymap import Keymap
from tui.app.dialogs.file_dialog import FileDialog
from tui.app.notices import say
from tui.app.prompt.editor import edited
from tui.app.prompt.prompt_file import read_prompt_file
from tui.app.shown import content
from tui.core.clean import Clean, clean_line, typed
from tui.core.errors import UsageError
from tui.storage.prompt_history import PromptHistory

MAX_PASTE_CHARS = 256 * 1024
"""More than this is a file, not a prompt; the editor would freeze for seconds taking it in."""
_FUNCTION_KEY = re.compile(r"(?:[a-z]+\+)*f\d+")
_TITLE_MARGIN = 6
"""Cells of the upper border that the title cannot have."""


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

    def __init__(self, keymap: Keymap, history: PromptHistory, environment: Mapping[str, str]) -> None:
        """`environment` is what the user's editor sees."""
        super().__init__(
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder="Ask all of them…",
        )
        self._words = Clean("prompt")
        self._hint = Clean("") if history.prompts() else _hint(keymap)
        # TextArea has some of the function keys; here they all belong to views.
        for key in [key for key in self._bindings.key_to_bindings if _FUNCTION_KEY.fullmatch(key)]:
            del self._bindings.key_to_bindings[key]
        keymap.release(self, Place.EVERYWHERE, Place.DASHBOARD)
        keymap.bind(self, Place.PROMPT)
        self._keymap = keymap
        self._history = history
        self._environment = environment
        self._at: int | None = None
        """Which prompt of the history is shown; None while it is the user's own."""
        self._is_aside = False
        """Whether what is typed is no prompt of its own: an earlier one anew, or a system prompt."""
        self._aside = ""
        """What was typed before that."""
        self._draft = ""
        """What was typed before the user went back in the history."""
        self._sending_keys = keymap.keys_of(BY_ID["prompt.send"])

    def action_send(self) -> None:
        """Send the text as it stands and empty the box; a blank one is not sent."""
        text = self.text
        if text.strip() or self._is_aside:
            if not self._is_aside:
                self._history.add(text)
            self._at = None
            self.drop_hint()
            self.clear()  # here, in the order of the keys: whoever gets the message may be later than the next letter
            self.post_message(self.Sent(text))

    def remember(self, prompt: str) -> None:
        """A prompt that was sent from elsewhere, for those who go back; not one that is too large to edit."""
        if prompt.strip() and len(prompt) <= MAX_PASTE_CHARS:
            self._history.add(prompt)

    def begin_aside(self, text: str) -> None:
        """Write `text` anew; what was being typed comes back with `end_aside`. What is sent may be blank."""
        if not self._is_aside:
            self._is_aside, self._aside = True, self.text
        self._recall(None, text)

    def end_aside(self) -> None:
        """Back to what was being typed."""
        if self._is_aside:
            self._is_aside = False
            self._recall(None, self._aside)

    def show_title(self, words: Clean) -> None:
        """What is typed here, and until the first prompt how to go on, where there is room for it."""
        self._words = words
        both = clean_line(f"{words} · {self._hint}") if self._hint else words
        self.border_title = content(both if cell_len(both) <= self.outer_size.width - _TITLE_MARGIN else words)

    def on_resize(self) -> None:
        """There is more room for words, or less."""
        self.show_title(self._words)

    def drop_hint(self) -> None:
        """The user knows how it goes."""
        self._hint = Clean("")
        self.show_title(self._words)

    def action_newline(self) -> None:
        """Break the line at the cursor."""
        self.insert("\n")

    def action_older(self) -> None:
        """A row up; from the first one to the prompt sent before."""
        prompts = self._history.prompts()
        at = len(prompts) if self._at is None else self._at
        if self._cursor_row > 0 or at == 0:
            self.action_cursor_up()
            return
        if self._at is None:
            self._draft = self.text
        self._recall(at - 1, prompts[at - 1])

    def action_newer(self) -> None:
        """A row down; from the last one to the prompt sent after, and in the end to what was being typed."""
        prompts = self._history.prompts()
        if self._at is None or self._cursor_row < self.wrapped_document.height - 1:
            self.action_cursor_down()
        elif self._at + 1 < len(prompts):
            self._recall(self._at + 1, prompts[self._at + 1])
        else:
            self._recall(None, self._draft)

    @property
    def _cursor_row(self) -> int:
        """The row the cursor is in, as shown."""
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    def _recall(self, at: int | None, text: str) -> None:
        self._at = at
        self.text = typed(text)
        self.move_cursor(self.document.end)

    def action_edit(self) -> None:
        """Write in an editor outside."""
        self.run_worker(self._edit(), exclusive=True)

    async def _edit(self) -> None:
        try:
            text = await edited(self.app, self.text, self._environment)
        except UsageError as exc:
            say(self, clean_line(str(exc)), warning=True)
            return
        if len(text) > MAX_PASTE_CHARS:
            self.post_message(self.PasteRefused(len(text)))
        elif text != self.text:
            self._recall(None, text)

    def action_insert_file(self) -> None:
        """Ask for a file."""
        dialog = FileDialog(self._keymap, Clean("insert a file"), Clean("path of a text file"), read_prompt_file)
        self.app.push_screen(dialog, self._insert_file)

    def _insert_file(self, text: str | None) -> None:
        if text:
            self.insert(typed(text))

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
        elif event.key == "enter" or (event.key.startswith("alt+") and event.is_printable):
            # It was given to something else, or to nothing. A letter with alt is a key; the editor would write it.
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        if len(event.text) > MAX_PASTE_CHARS:
            event.prevent_default()
            event.stop()
            self.post_message(self.PasteRefused(len(event.text)))
        event.text = typed(event.text)  # the editor would draw, and we would send, what nobody can see


def _hint(keymap: Keymap) -> Clean:
    """For somebody who never sent anything: one line, until the first prompt."""
    hints = (("prompt.send", "sends"), ("focus.next", "to the panes"), ("app.help", "keys"), ("app.palette", "all"))
    words = (f"{keymap.shown_keys(BY_ID[id])[-1]} {word}" for id, word in hints if keymap.keys_of(BY_ID[id]))
    return clean_line(" · ".join(words))
