"""The dialog: an answer's tokens, and what the model could have said in the place of the one under the cursor."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.dialogs.dialog import Dialog
from tui.app.logprobs.odds import Odds, shown_tokens
from tui.app.logprobs.token_view import TokenView
from tui.app.logprobs.token_words import figures_line, legend_line, token_lines
from tui.app.shown import Words, assembled, name_shown, stacked
from tui.core.clean import Clean, clean_line
from tui.core.stream import StreamState

_WIDE = 110
"""Cells from which the alternatives stand beside the tokens."""
_BELOW_ROWS = 8


class LogprobsScreen(Dialog[None]):
    """One choice of one stream. The dashboard's tick brings in what comes while it is open."""

    DEFAULT_CSS = """
    LogprobsScreen {
        & > Vertical {
            width: 96%; height: 92%;
        }
        & #figures { height: 2; margin-bottom: 1; }
        & Container { layout: vertical; height: 1fr; }
        & #token { width: 1fr; height: 8; border-top: solid $pane-border; }
        &.-wide Container { layout: horizontal; }
        &.-wide #token { width: 44; height: 1fr; border-top: none; padding-left: 2; }
    }
    """

    def __init__(self, keymap: Keymap, state: StreamState, choice: int) -> None:
        super().__init__()
        keymap.bind(self, Place.LOGPROBS)
        self._state = state
        self._choice = choice
        self._tokens = list(shown_tokens(state, choice))
        self._looked_at: tuple[int, bool] | None = None
        """How many tokens the answer had when it was looked at last, and whether it was over."""
        self._odds = Odds()
        self._odds.extend(self._tokens)
        self._figures = Words(id="figures")
        self._view = TokenView()
        self._token = Words(id="token")

    def compose(self) -> ComposeResult:
        """Figures, tokens, and the one under the cursor."""
        with Vertical() as box:
            several = f" · choice {self._choice + 1}" if len(self._state.answer.choices) > 1 else ""
            box.border_title = assembled(
                (Clean("log probabilities · "), ""), (name_shown(self._state.target.name), "bold"),
                (clean_line(several), ""),
            )  # fmt: skip
            box.border_subtitle = "arrows move · n N unlikely · escape closes"
            yield self._figures
            with Container():
                yield self._view
                yield self._token

    def on_mount(self) -> None:
        """Begin at the first token."""
        self._view.show([token.token for token in self._tokens], self._odds.levels)
        self._view.focus()
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Alternatives beside the tokens, or below where that is too narrow."""
        self.set_class(event.size.width >= _WIDE, "-wide")
        self.call_after_refresh(self._show)

    def on_token_view_picked(self, message: TokenView.Picked) -> None:
        """A token was clicked."""
        self._go_to(message.number)

    def action_move_token(self, by: int) -> None:
        """The next token or the one before."""
        self._go_to(self._view.cursor + by)

    def action_move_row(self, by: int) -> None:
        """A row up or down."""
        self._take_new()
        self._view.move_rows(by)
        self._show()

    def action_move_page(self, by: int) -> None:
        """Half a page up or down."""
        self.action_move_row(by * self._view.rows_per_page)

    def action_first_token(self) -> None:
        """The first token."""
        self._go_to(0)

    def action_last_token(self) -> None:
        """The last token there is now."""
        self._take_new()
        self._go_to(len(self._tokens) - 1)

    def action_unlikely(self, by: int) -> None:
        """The next of the tokens that were least likely."""
        self._take_new()
        number = self._odds.next_look(self._view.cursor, by)
        self._go_to(self._view.cursor if number is None else number)

    def action_close_logprobs(self) -> None:
        """Back to the panes."""
        self.dismiss()

    def _go_to(self, number: int) -> None:
        self._take_new()
        self._view.move_to(number)
        self._show()

    def show_new(self) -> None:
        """What has come since the last look. An answer that was replaced, or spells a key by now, stays as it was."""
        choice = self._state.answer.choices.get(self._choice)
        now = (len(choice.logprobs) if choice is not None else 0, self._state.is_over)
        if now != self._looked_at:
            self._looked_at = now
            self._take_new()
            self._show()

    def _take_new(self) -> None:
        found = shown_tokens(self._state, self._choice)
        if len(found) <= len(self._tokens):
            return
        new = found[len(self._tokens) :]
        self._tokens += new
        self._odds.extend(new)
        self._view.show([token.token for token in new], self._odds.levels)

    def _show(self) -> None:
        self._figures.show(stacked([figures_line(self._odds), legend_line()]))
        if self._tokens:
            at = self._view.cursor
            rows = self._token.size.height or _BELOW_ROWS
            self._token.show(stacked(token_lines(self._tokens[at], at, len(self._tokens), rows)))
