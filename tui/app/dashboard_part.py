"""What a part of the dashboard may ask of the whole, which inherits from all its parts."""

from collections.abc import Set

from textual.screen import Screen

from tui.app.actions.keymap import Keymap
from tui.app.lineup.lineups import Lineups
from tui.app.prompt.conversing import Conversing
from tui.app.prompt.prompt_box import PromptBox
from tui.app.run import Run
from tui.app.views.view import View


class DashboardPart(Screen[None]):
    """Holds nothing: the dashboard sets the attributes and has the methods."""

    run: Run
    keymap: Keymap
    lineups: Lineups
    prompt_box: PromptBox
    conversing: Conversing
    view: View
    """The one on screen."""

    def all_views(self) -> list[View]:
        """Everybody who shows the targets, on screen or not."""
        raise NotImplementedError

    def show_now(self, names: Set[str] | None = None) -> None:
        """Draw what has just changed, in these targets or in all."""
        raise NotImplementedError

    def show_figures(self) -> None:
        """Draw the figures as of now."""
        raise NotImplementedError

    def key_named(self, action_id: str, *, while_typing: bool = False) -> str:
        """What a sentence calls the key of an action; `while_typing` one that is no text."""
        raise NotImplementedError

    def end_round_for_line_up(self) -> None:
        """The line-up is another one, and a blind round with the one before is over."""
        raise NotImplementedError
