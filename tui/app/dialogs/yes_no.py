"""A question before something that cannot be taken back, or that runs a program."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.dialogs.dialog import Dialog
from tui.app.shown import content
from tui.core.clean import Clean

_TITLE: Final = Clean("sure?")
_HINT: Final = Clean("y yes · escape no")


class YesNo(Dialog[bool]):
    """Dismissed with True only for a yes."""

    DEFAULT_CSS = """
    YesNo {
        & > Vertical {
            width: 60; height: auto; max-height: 90%;
        }
        &.-risky > Vertical { width: 84; border: round $metric-warn; }
        & Words { height: auto; width: 100%; }
        & VerticalScroll { height: auto; max-height: 10; margin: 1 0; }
    }
    """

    def __init__(
        self,
        keymap: Keymap,
        body: Sequence[Widget],
        title: Clean = _TITLE,
        hint: Clean = _HINT,
        *,
        is_risky: bool = False,
    ) -> None:
        """`body` is what is asked, from top to bottom."""
        super().__init__(classes="-risky" if is_risky else "")
        keymap.bind(self, Place.QUESTION)
        self._body = body
        self._title, self._hint = title, hint

    def compose(self) -> ComposeResult:
        """The question, and how to answer it."""
        with Vertical() as box:
            box.border_title = content(self._title)
            box.border_subtitle = content(self._hint)
            yield from self._body

    def action_answer(self, yes: bool) -> None:
        """Say so and close."""
        self.dismiss(yes)
