"""One target's pane: border with the state, live panel, answer. Shows what it is given and says what the user did."""

import re
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tui.app.blind.blind import Blind
from tui.app.blind.words import hidden_ending
from tui.app.panes.answer import AnswerFeed, AnswerView
from tui.app.panes.live_panel import LivePanel
from tui.app.panes.panel_lines import hidden_lines, kept_lines, panel_lines
from tui.app.shown import assembled, content, name_shown
from tui.app.state_words import StateWord, state_word
from tui.app.widgets.kept_lines import KeptLines
from tui.core.clean import Clean, clean_line
from tui.core.conversation import Conversation
from tui.core.endings import schema_mark, short_ending
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.core.turns import Turn, answer_of

_TITLE_MARGIN = 6
"""Cells of a border row that its title cannot have: corners, a line and a space on either side."""
_ONE_LINE_BELOW = 9
"""Inner rows under which the panel keeps to one line, for the answer's sake."""


class Pane(KeptLines, Vertical, can_focus=True):
    """A target and, once asked, its answer."""

    BORDER_TITLE = ""
    DEFAULT_CSS = """
    Pane {
        border: round $pane-border;
        border-title-color: $pane-title;
        border-title-background: transparent;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        background: $background;
        & > LivePanel { margin-bottom: 0; }
        &.-roomy > LivePanel { margin-bottom: 1; }
        & > AnswerView { height: 1fr; }
        &:focus { border: round $pane-border-focus; }
    }
    """

    @dataclass
    class Focused(Message):
        """The user moved to this pane."""

        pane: "Pane"

    @dataclass
    class TabClicked(Message):
        """The user clicked one of several choices."""

        pane: "Pane"
        choice: int

    @dataclass
    class TitleClickedTwice(Message):
        """The user wants this pane alone, or all of them again."""

        pane: "Pane"

    def __init__(self, target: Target, number: int, blind: Blind) -> None:
        super().__init__()
        self.target = target
        self._blind = blind
        self.number = number
        """Position in the line-up, from 1."""
        self.state: StreamState | None = None
        self.choice = 0
        self.is_paused = False
        self._rounds = 0
        """How many questions the conversation has so far."""
        self._past_turn: Turn | None = None
        """The last turn, while nothing is being answered."""
        self.hits = 0
        """How often what is searched for is here."""
        self._reading_top: int | None = None
        """The row at the top since the reasoning was unfolded in a view that was at its end. None otherwise."""
        self._calls_of: tuple[StreamState, int] | None = None
        """Of which stream and choice `_call_count` is."""
        self._call_count = 0
        self._needle = ""
        self._panel = LivePanel()
        self.answer = AnswerView()
        self._feed = AnswerFeed(self.answer, blind)
        self._title: tuple[object, ...] = ()
        self._subtitle: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """The figures above, the answer below."""
        yield self._panel
        yield self.answer

    def stand_for(self, target: Target, number: int) -> None:
        """Be this target's pane, at this place in the line-up."""
        is_other, self.target, self.number = target != self.target, target, number
        self._title = ()
        if is_other and self.state is None and self.is_mounted:
            self._feed.introduce(target)
            self.answer.commit()

    def on_mount(self) -> None:
        """Show who this is before anything was asked."""
        self._feed.introduce(self.target)
        self.answer.commit()

    def on_focus(self) -> None:
        """Tell the dashboard, which remembers where the user was."""
        self.post_message(self.Focused(self))

    def show(self, state: StreamState | None, talk: Conversation | None = None) -> None:
        """Take what is new in `state` and draw it. Called once per frame while the pane is visible.

        `talk` has the turns before; its last one is what `state` answers, and None answers nothing.
        """
        if state is not self.state:
            self.state, self.choice, self.is_paused = state, 0, False
        self._rounds = talk.round_count if talk else 0
        self._past_turn = talk.turns[-1] if state is None and talk is not None and talk.turns else None
        if self._feed.follow(talk.turns if talk else (), state) and state is None:
            self._show_past()
        if self.is_paused or state is None:
            return
        if self.choice not in state.answer.choices and state.answer.choices:
            self.choice = min(state.answer.choices)
        self._feed.take(state, self.choice)
        self.answer.commit(final=state.is_over)
        if state.is_over and not state.answer.has_output and self._rounds <= 1:
            self.answer.move_to_top()  # an error is read from its beginning

    def _show_past(self) -> None:
        """Nothing is being answered: what was said before, or who this is."""
        if not self._rounds:
            self._feed.introduce(self.target)
        self.answer.commit(final=True)

    def catch_up(self) -> None:
        """Go on with rendering that was spread over several frames, when there is any."""
        if self.answer.is_busy:
            self.answer.commit()

    def show_figures(self, now_ns: int) -> None:
        """Redraw title, panel and ending. Called a few times per second."""
        rows = 1 if self.size.height < _ONE_LINE_BELOW else 2
        self.set_class(self.size.height >= 14, "-roomy")
        width, unfolded = self.content_size.width, self._feed.shows_reasoning
        if self._blind.hides:
            self._panel.show(hidden_lines(self.state, width, self.choice, unfolded=unfolded))
        elif self._past_turn is not None and self._past_turn.snapshot is not None and not self._past_turn.source:
            self._panel.show(kept_lines(self._past_turn.snapshot, width))
        else:
            self._panel.show(panel_lines(self.state, now_ns, width, rows, self.choice, unfolded=unfolded))
        self._show_title(state_word(self.state, now_ns))
        self._show_subtitle()
        if self.state is not None and not self.is_paused and self._has_new_lines(self.state):
            self.answer.commit()

    def _has_new_lines(self, state: StreamState) -> bool:
        """Renew what is said of calls and usage, which depends on more than new text."""
        calls_changed = self._feed.take_calls(state, self.choice)
        return self._feed.take_usage(state) or calls_changed

    def uncover(self) -> None:
        """A blind round is over: what was left out of the answer comes with the next `show`."""
        self.is_paused = False
        self._title = self._subtitle = ()
        self._feed.uncover()

    def show_choice(self, step: int) -> None:
        """Show the next or previous of several choices."""
        if self.state is None or len(self.state.answer.choices) < 2:
            return
        indexes = [choice.index for choice in self.state.answer.ordered_choices()]
        at = indexes.index(self.choice) if self.choice in indexes else 0
        self.choose(indexes[(at + step) % len(indexes)])

    def choose(self, index: int) -> None:
        """Show this one of several choices."""
        if self.state is None or index not in self.state.answer.choices or index == self.choice:
            return
        self.choice = index
        self._feed.restart()
        self._feed.take(self.state, self.choice)  # not `show`, which would leave a held view empty
        self.answer.commit(final=self.state.is_over)

    def toggle_paused(self) -> bool:
        """Hold the view still, or let it catch up; the stream goes on either way. Returns whether it is held now."""
        self.is_paused = not self.is_paused
        if not self.is_paused and self.state is not None:
            self.show(self.state)
        self._subtitle = ()
        return self.is_paused

    @property
    def is_markdown(self) -> bool:
        """Whether Markdown is rendered."""
        return self._feed.is_markdown

    def toggle_markdown(self) -> bool:
        """Switch between rendered and plain text; returns whether it is rendered now."""
        return self._feed.toggle_markdown()

    def toggle_reasoning(self) -> bool:
        """Unfold or fold the reasoning; returns whether it is shown now.

        Unfolded, its beginning is shown, unless it is being written: it stands above an answer that may fill the pane.
        Folded again it leaves the view where it was before, at the end.
        """
        top, followed = self.answer.rows_above, self.answer.follow
        shown = self._feed.toggle_reasoning()
        if not shown and top == self._reading_top:
            self.answer.move_to_end()
        is_written = self.state is not None and self.state.is_thinking
        moved = shown and not is_written and self.answer.move_to_section("reasoning")
        self._reading_top = self.answer.rows_above if moved and followed else None
        return shown

    def look_for(self, needle: str) -> None:
        """Mark every place where `needle` is, from the next `find` on; an empty one ends the search."""
        self._needle, self.hits = needle, 0
        self.answer.look_for(needle)

    def find(self) -> None:
        """Count the hits, at the cost of what is new. A pane that never was on screen has no rows, only a text."""
        if self.answer.size:
            self.hits = self.answer.find()
        elif self._needle:
            ignore = re.IGNORECASE if self._needle == self._needle.lower() else re.NOFLAG
            self.hits = len(re.findall(re.escape(self._needle), self.answer_text(), ignore))

    @property
    def current_hit(self) -> int | None:
        """The hit the user went to; None when that was none of these."""
        return self.answer.current_hit

    def has_hit_beyond(self, by: int) -> bool:
        """Whether there is a hit after the current one (1) or before it (-1)."""
        return self._hit_beyond(by) is not None

    def go_to_hit(self, by: int, *, from_outside: bool) -> None:
        """To the next hit (1) or the one before (-1); from another pane, or round, to the first or the last."""
        self.find()
        found = None if from_outside else self._hit_beyond(by)
        if found is None and self.hits:
            found = 0 if by > 0 else self.hits - 1
        self.answer.show_hit(found)

    def leave_hits(self) -> None:
        """No hit of this pane is the current one any more."""
        self.answer.show_hit(None)

    def _hit_beyond(self, by: int) -> int | None:
        current = self.current_hit
        if current is None:
            first = self.answer.first_hit_in_view()
            found = first if by > 0 else first - 1
        else:
            found = current + by
        return found if 0 <= found < self.hits else None

    def answer_text(self) -> str:
        """The shown choice's answer as the model wrote it, without known secrets; empty when there is none."""
        if self.state is None:
            return (
                self._past_turn.answer.text
                if self._past_turn is not None and self._past_turn.answer is not None
                else ""
            )
        found = self.state.answer.choices.get(self.choice)
        if found is None:
            return ""
        calls = "\n".join(f"{call.name}({call.arguments_text()})" for call in found.calls)
        text = "\n\n".join(part for part in (found.text.text(), found.refusal.text(), calls) if part)
        return self.state.redactor.known(text)

    def on_click(self, event: events.Click) -> None:
        """Two clicks on the title are a wish; one only gives the focus, which Textual does."""
        if event.screen_offset.y == self.region.y and event.chain == 2:
            event.prevent_default()  # Textual would select all there is in the pane
            self.post_message(self.TitleClickedTwice(self))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Figures and border belong to the answer: the wheel moves it there too."""
        self.answer.on_mouse_scroll_down(event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The other way."""
        self.answer.on_mouse_scroll_up(event)

    def on_live_panel_clicked(self, message: LivePanel.Clicked) -> None:
        """A tab is a choice; the line of the reasoning lane opens and closes it."""
        if message.style == "choice":
            number = re.sub(r"\D", "", message.text)  # as `panel_lines` wrote it, from 1
            self.post_message(self.TabClicked(self, int(number) - 1))
        elif message.style == "reasoning":
            self.toggle_reasoning()

    def on_text_view_scrolled(self) -> None:
        """The subtitle tells how much is below."""
        self._show_subtitle()

    def _hints(self, state: StreamState) -> list[str]:
        """What can be done about this ending, the most important first: going on keeps what is there."""
        found = state.answer.choices.get(self.choice)
        is_whole = state.phase is Phase.COMPLETE
        calls = self._waiting_calls(state) if is_whole else 0
        if calls:
            return [f"t answer {calls} call{'s' if calls > 1 else ''}"]
        goes_on = found is not None and bool(found.text or found.refusal)
        if is_whole:
            goes_on = goes_on and found is not None and found.finish_reason in ("length", "pause")
        return [*(["c continue"] if goes_on else []), *([] if is_whole else ["r retry"])]

    def _waiting_calls(self, state: StreamState) -> int:
        """The calls of the choice on screen that can be answered. An answer to them is another stream."""
        key = (state, self.choice)
        if key != self._calls_of:
            answer = answer_of(state.snapshot(), self.choice, 0)
            self._calls_of, self._call_count = key, len(answer.calls) if answer else 0
        return self._call_count

    def _show_title(self, word: StateWord) -> None:
        model = self.state.answer.model if self.state and not self._blind.hides else ""
        name, letter, mark = (of(self.target.name) for of in (self._blind.called, self._blind.letter, self._blind.mark))
        key = (word, model, name, letter, mark, self._rounds, self.app.theme, self.size.width)
        if key == self._title:
            return
        self._title = key
        colour = self.app.theme_variables.get(word.style, "")
        other = f" · {model}" if model and model not in (self.target.model, self.target.name) else ""
        self.border_title = assembled(
            (clean_line(f"{word.glyph} {word.word}"), colour),
            (Clean(" · "), ""),
            (clean_line(f"{letter}: " if letter else ""), "dim"),
            (name_shown(name), "bold"),
            (clean_line(f" · {mark}" if mark else ""), "bold $metric-good"),
            (name_shown(other), "dim"),
            (clean_line(f" · turn {self._rounds}" if self._rounds > 1 else ""), "dim"),
        )

    def _show_subtitle(self) -> None:
        place, ending = "", ""
        hints: list[str] = []
        if self.is_paused:
            place = "view paused · space goes on"
        elif self.answer.rows_below and not self.answer.follow:
            place = f"▼ {self.answer.rows_below} more"
        if self.hits:
            place = _joined(place, f"{self.hits} hit{'s' if self.hits > 1 else ''}")
        if self.state is not None and self.state.is_over:
            # The server's whole message stands in the answer.
            ending = name_shown(hidden_ending(self.state) if self._blind.hides else short_ending(self.state))
            ending = _joined(ending, name_shown(schema_mark(self.state)))
            hints = self._hints(self.state)
        wordings = [_joined(place, ending, *hints[:count]) for count in range(len(hints), -1, -1)]
        wordings.append(place if self.is_paused else ending)
        key = (wordings[0], self.outer_size.width)
        if key != self._subtitle:
            self._subtitle = key
            room = self.outer_size.width - _TITLE_MARGIN
            fitting = (words for words in wordings if cell_len(words) <= room)
            self.border_subtitle = content(clean_line(next(fitting, wordings[-1])))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
