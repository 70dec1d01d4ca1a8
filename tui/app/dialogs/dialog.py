"""What all dialogs look like: one bordered box over the dashboard, named on its border."""

from typing import TypeVar

from textual.screen import ModalScreen

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A dialog has one child, its box, and says how large that is. Dismissed with a `T`."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > Vertical, & > VerticalScroll {
            max-width: 100%;
            border: round $pane-border-focus; border-title-color: $pane-title; border-subtitle-color: $text-muted;
            background: $surface; padding: 0 1;
        }
    }
    """
