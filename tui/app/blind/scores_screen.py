"""The dialog with the scores."""

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.blind.score_lines import Look, score_lines
from tui.app.dialogs.dialog import Dialog
from tui.app.shown import Words, content, stacked
from tui.core.clean import Clean, clean_line
from tui.core.scores import Scores

_WIDEST = 112
_CHROME = 8
"""Cells of the dialog that no text can have: border, padding, and the scroll bar with its gap."""
_STYLES: dict[Look, str] = {"title": "bold", "head": "$metric-label", "value": "", "quiet": "$metric-label"}


class ScoresScreen(Dialog[None]):
    """A table that can be scrolled."""

    DEFAULT_CSS = """
    ScoresScreen {
        & > VerticalScroll {
            height: auto; max-height: 90%;
            padding: 0 2;
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
        self._box = VerticalScroll(self._text)

    def compose(self) -> ComposeResult:
        """The table."""
        self._box.border_title = content(Clean("scores of blind rounds"))
        self._box.border_subtitle = content(Clean("escape closes"))
        yield self._box

    def on_resize(self, event: events.Resize) -> None:
        """Share the width anew."""
        found = score_lines(self._scores, min(_WIDEST, event.size.width) - _CHROME)
        self._box.styles.width = max(cell_len(line.text.rstrip()) for line in found) + _CHROME
        lines = [content(clean_line(line.text.rstrip()), _STYLES[line.look]) for line in found]
        if self._problem:
            lines = [content(clean_line(self._problem), "$metric-warn"), content(Clean("")), *lines]
        self._text.show(stacked(lines))

    def action_close_scores(self) -> None:
        """Back to the dashboard."""
        self.dismiss()
