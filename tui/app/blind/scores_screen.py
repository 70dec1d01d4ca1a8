"""The dialog with the scores."""

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.blind.score_lines import Look, score_lines
from tui.app.shown import Words, content, stacked
from tui.core.clean import Clean, clean_line
from tui.core.scores import Scores

_WIDEST = 112
_CHROME = 8
"""Cells of the dialog that no text can have: border, padding, and the scroll bar with its gap."""
_STYLES: dict[Look, str] = {"title": "bold", "head": "$metric-label", "value": "", "quiet": "$text-muted"}


class ScoresScreen(ModalScreen[None]):
    """A table that can be scrolled."""

    DEFAULT_CSS = """
    ScoresScreen {
        align: center middle; background: $background 20%;
        & > VerticalScroll {
            width: 112; max-width: 100%; height: auto; max-height: 90%;
            border: round $pane-border-focus; border-title-color: $pane-title; border-subtitle-color: $text-muted;
            background: $surface; padding: 0 2;
        }
        & Words { width: 100%; }
    }
    """

    def __init__(self, keymap: Keymap, scores: Scores, problem: str = "") -> None:
        """`problem`: a sentence, when some votes could not be read."""
        super().__init__()
        keymap.bind(self, Place.SCORES)
        self._scores = scores
        self._problem = problem
        self._text = Words()

    def compose(self) -> ComposeResult:
        """The table."""
        with VerticalScroll() as box:
            box.border_title = content(Clean("scores of blind rounds"))
            box.border_subtitle = content(Clean("escape closes"))
            yield self._text

    def on_resize(self, event: events.Resize) -> None:
        """Share the width anew."""
        width = min(_WIDEST, event.size.width) - _CHROME
        lines = [content(clean_line(line.text), _STYLES[line.look]) for line in score_lines(self._scores, width)]
        if self._problem:
            lines = [content(clean_line(self._problem), "$metric-warn"), content(Clean("")), *lines]
        self._text.show(stacked(lines))

    def action_close_scores(self) -> None:
        """Back to the dashboard."""
        self.dismiss()
