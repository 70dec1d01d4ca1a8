"""A question before something that cannot be taken back."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.shown import Words, content
from tui.core.clean import Clean, clean


class YesNo(ModalScreen[bool]):
    """Dismissed with True only for a yes."""

    DEFAULT_CSS = """
    YesNo {
        align: center middle; background: $background 20%;
        & > Vertical {
            width: 60; max-width: 100%; height: auto;
            border: round $pane-border-focus; border-title-color: $pane-title; border-subtitle-color: $text-muted;
            background: $surface; padding: 0 1;
        }
        & Words { height: auto; width: 100%; }
    }
    """

    def __init__(self, keymap: Keymap, question: str) -> None:
        super().__init__()
        keymap.bind(self, Place.QUESTION)
        self._question = clean(question)

    def compose(self) -> ComposeResult:
        """The question."""
        with Vertical() as box:
            box.border_title = content(Clean("sure?"))
            box.border_subtitle = content(Clean("y yes · escape no"))
            yield Words(content(self._question))

    def action_answer(self, yes: bool) -> None:
        """Say so and close."""
        self.dismiss(yes)
