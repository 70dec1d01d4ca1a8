"""The compare screen: panes above, prompt below. Arranges widgets, turns keys into actions, draws once per frame.

The frame tick pulls from the board. Nothing is pushed at the screen, so what it costs depends on how often it is drawn
and not on how fast the models are.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.app.backlog import terminal_backlog
from tui.app.code_blocks import last_code_block
from tui.app.engine_port import Engine
from tui.app.help_screen import HelpScreen
from tui.app.key_bar import KeyBar
from tui.app.pane import Pane
from tui.app.pane_grid import PaneGrid
from tui.app.panel_lines import panel_lines
from tui.app.prompt_box import PromptBox
from tui.app.shown import Severity, name_shown, toast
from tui.app.state_words import state_word
from tui.app.tab_strip import Tab, TabStrip
from tui.app.tiling import is_too_small
from tui.app.too_small import TooSmall
from tui.core.clean import Clean, clean_line
from tui.core.phase import Phase
from tui.core.request import Prompt
from tui.core.target import Target
from tui.engine.clock import Clock

FRAME_S = 1 / 30
FRAMES_PER_FIGURES = 6
"""Figures change five times a second: faster cannot be read."""
FRAME_BUDGET_NS = 8_000_000
"""What one frame may spend on new text: sixteen panes that all catch up with a long answer must not hold up a key."""
BACKLOG_LIMIT = 3
"""Frames the terminal may be behind before we stop drawing; a slow line must not delay reading the network."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at start, and beside every prompt."""

    prompt: Prompt | None = None
    """Asked at once. None waits for the user."""
    system: str | None = None
    tools: tuple[Mapping[str, Any], ...] = ()


class Dashboard(Screen[None]):
    """All targets side by side."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "focus_step(1)", "next pane", id="focus.next", show=False),
        Binding("shift+tab", "focus_step(-1)", "previous pane", id="focus.previous", show=False),
        *(
            Binding(str(number), f"focus_pane({number})", f"pane {number}", id=f"focus.{number}", show=False)
            for number in range(1, 10)
        ),
        Binding("x,escape", "cancel_stream", "cancel", id="stream.cancel", key_display="x"),
        Binding("X", "cancel_all", "cancel all", id="run.cancel"),
        Binding("r", "retry_stream", "retry", id="stream.retry"),
        Binding("R", "retry_all", "retry all", id="run.retry", show=False),
        Binding("z,f10", "zoom", "zoom", id="pane.zoom"),
        Binding("i", "prompt", "prompt", id="focus.prompt"),
        Binding("space", "pause", "pause view", id="pane.pause", show=False),
        Binding("m", "markdown", "markdown", id="pane.markdown"),
        Binding("ctrl+t", "reasoning", "reasoning", id="pane.reasoning", show=False),
        Binding("y", "copy_answer", "copy", id="pane.copy"),
        Binding("Y", "copy_code", "copy code", id="pane.copy_code", show=False),
        Binding("left_square_bracket", "choice(-1)", "previous choice", id="pane.choice.previous", show=False),
        Binding("right_square_bracket", "choice(1)", "next choice", id="pane.choice.next", show=False),
        Binding("j,down", "scroll_rows(1)", "down", id="pane.down", show=False),
        Binding("k,up", "scroll_rows(-1)", "up", id="pane.up", show=False),
        Binding("ctrl+d,pagedown", "scroll_half(1)", "half a page down", id="pane.page_down", show=False),
        Binding("ctrl+u,pageup", "scroll_half(-1)", "half a page up", id="pane.page_up", show=False),
        Binding("g,home", "scroll_top", "to the top", id="pane.top", show=False),
        Binding("G,end", "scroll_end", "to the end", id="pane.end", show=False),
        Binding("question_mark,f1", "help", "help", id="app.help"),
    ]
    DEFAULT_CSS = """
    Dashboard {
        layout: vertical;
        background: $background;
        & > TabStrip { display: none; }
        &.-single > TabStrip { display: block; }
        & > TooSmall { display: none; }
        &.-too-small > TabStrip, &.-too-small > PaneGrid, &.-too-small > KeyBar { display: none; }
        &.-too-small > TooSmall { display: block; }
    }
    """

    def __init__(
        self, engine: Engine, clock: Clock, targets: list[Target], question: Question, *, ticking: bool = True
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._question = question
        self._ticking = ticking
        """False in tests, which call `tick` themselves."""
        self._last_prompt: Prompt | None = None
        self._frame = 0
        self._unshown: set[str] = set()
        """Targets with something new that no frame has shown yet."""
        self._turn = 0
        """Whose turn it is to be shown first, counted on through all panes."""
        self.panes = {target.name: Pane(target, number) for number, target in enumerate(targets, 1)}
        self.grid = PaneGrid(list(self.panes.values()))
        self._tabs = TabStrip()
        self._too_small = TooSmall()
        self.prompt_box = PromptBox()
        self._key_bar = KeyBar()

    def compose(self) -> ComposeResult:
        """Tabs, panes, prompt, keys."""
        yield self._tabs
        yield self.grid
        yield self._too_small
        yield self.prompt_box
        yield self._key_bar

    def on_mount(self) -> None:
        """Focus the prompt, ask what was asked on the command line, start drawing."""
        self.prompt_box.focus()
        if self._ticking:
            self.set_interval(FRAME_S, self.tick)
            self.call_after_refresh(self._engine.warm_up)
        if self._question.prompt is not None:
            self.ask(self._question.prompt)
        self.show_figures()

    def on_resize(self, event: events.Resize) -> None:
        """Tile anew, or fall back to tabs, or say that this is too small."""
        self.set_class(is_too_small(event.size.width, event.size.height), "-too-small")
        self.call_after_refresh(self._rearrange)

    def ask(self, prompt: Prompt) -> None:
        """Send `prompt` to every target."""
        self._last_prompt = prompt
        self._engine.launch_all([pane.target for pane in self.panes.values()], prompt)
        self.show_figures()

    # -- drawing ----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """One frame: what changed in the panes on screen, and now and then the figures."""
        if terminal_backlog(self.app) > BACKLOG_LIMIT:
            return
        self._frame += 1
        self._show_changed()
        if self._frame % FRAMES_PER_FIGURES == 0:
            self.show_figures()

    def _show_changed(self) -> None:
        """The panes with something new, in turn: what takes longer than a frame may goes on with the next one."""
        self._unshown |= self._engine.board.take_dirty()
        until_ns = self._clock.now_ns() + FRAME_BUDGET_NS
        panes = self.grid.visible_panes()
        first = self._turn % len(panes)
        for pane in (*panes[first:], *panes[:first]):
            self._turn += 1
            if pane.target.name in self._unshown:
                self._unshown.discard(pane.target.name)
                self._show(pane)
            else:
                pane.catch_up()
            if self._clock.now_ns() >= until_ns:
                return

    def show_figures(self) -> None:
        """Titles, panels, tabs and the summary, as of now."""
        now_ns = self._clock.now_ns()
        for pane in self.grid.visible_panes():
            pane.show_figures(now_ns)
        if self.has_class("-single"):
            self._tabs.show([self._tab(pane, now_ns) for pane in self.grid.panes])
        if self.has_class("-too-small"):
            self._too_small.show_targets([self._short_line(pane, now_ns) for pane in self.grid.panes])
        self._key_bar.show_summary(self._summary())

    def _show(self, pane: Pane) -> None:
        state = self._engine.board.get(pane.target.name)
        if state is not None:
            pane.show(state)

    def _tab(self, pane: Pane, now_ns: int) -> Tab:
        word = state_word(self._engine.board.get(pane.target.name), now_ns)
        colour = self.app.theme_variables.get(word.style, "")
        return Tab(pane.number, word.glyph, colour, name_shown(pane.target.name), pane is self.grid.current)

    def _short_line(self, pane: Pane, now_ns: int) -> Clean:
        """A target in one short line, for a terminal with room for nothing else."""
        state = self._engine.board.get(pane.target.name)
        word = state_word(state, now_ns)
        name = f"{word.glyph} {name_shown(pane.target.name)}  "
        figures = panel_lines(state, now_ns, self.size.width - len(name) - 2, 1)[0]
        return clean_line(name + "".join(text for text, _ in figures))

    def _summary(self) -> Clean:
        streams = list(self._engine.board)
        if not streams:
            return clean_line(f"{len(self.panes)} target{'s' if len(self.panes) > 1 else ''}")
        counts = Counter(str(stream.phase) if stream.is_over else "running" for stream in streams)
        words = ("running", *(str(phase) for phase in Phase if phase.is_terminal))
        return clean_line(" · ".join(f"{counts[word]} {word}" for word in words if counts[word]))

    def _rearrange(self) -> None:
        self.grid.arrange_panes(self.grid.size)
        self.set_class(self.grid.is_single and len(self.panes) > 1, "-single")
        if isinstance(self.focused, Pane) and self.focused is not self.pane:
            self.pane.focus()
        for pane in self.grid.visible_panes():
            self._show(pane)
        self.show_figures()

    # -- focus ------------------------------------------------------------------------------------------------------

    @property
    def pane(self) -> Pane:
        """The pane actions mean."""
        return self.grid.current

    def on_pane_focused(self, message: Pane.Focused) -> None:
        """Remember where the user is; what Textual focuses when all panes are hidden is nobody's choice."""
        if not self.has_class("-too-small"):
            self.grid.select(message.pane)

    def action_focus_step(self, by: int) -> None:
        """From the prompt through the panes and back to the prompt."""
        if self.focused is self.prompt_box:
            self._focus(self.grid.panes[0 if by > 0 else -1])
        elif (pane := self.grid.step(by)) is not None:
            self._focus(pane)
        else:
            self.prompt_box.focus()

    def action_focus_pane(self, number: int) -> None:
        """The pane with this number."""
        if number <= len(self.grid.panes):
            self._focus(self.grid.panes[number - 1])

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """A tab was clicked."""
        self.action_focus_pane(message.number)

    def action_prompt(self) -> None:
        """To the prompt box."""
        self.prompt_box.focus()

    def on_prompt_box_left(self) -> None:
        """Back to where the user was."""
        self._focus(self.pane)

    def _focus(self, pane: Pane) -> None:
        self.grid.select(pane)
        self._show(pane)
        pane.focus()
        self.show_figures()

    # -- asking and stopping ----------------------------------------------------------------------------------------

    def on_prompt_box_sent(self, message: PromptBox.Sent) -> None:
        """Ask all of them."""
        self.app.clear_notifications()  # what was said of the streams before is no longer so
        self.ask(Prompt.of(message.text, self._question.system, self._question.tools))

    def on_prompt_box_paste_refused(self, message: PromptBox.PasteRefused) -> None:
        """Say what to do instead."""
        self._say(
            f"{message.chars:,} characters are too many to paste; start sidestream with -f FILE instead.", "warning"
        )

    def action_cancel_stream(self) -> None:
        """Stop the focused stream. Escape gives a zoomed pane its place back when nothing runs in it."""
        if not self._engine.cancel(self.pane.target.name):
            if self.grid.zoomed:
                self.action_zoom()
            else:
                self._say(f"{self.pane.target.name} is not running.")
        self._after_cancel()

    def action_cancel_all(self) -> None:
        """Stop everything that runs."""
        if not self._engine.cancel_all():
            self._say("Nothing is running. ctrl+q quits.")
        self._after_cancel()

    def _after_cancel(self) -> None:
        """Show it now: a cancelled pane must not wait for the next frame."""
        for pane in self.grid.visible_panes():
            self._show(pane)
        self.show_figures()

    def action_retry_stream(self) -> None:
        """Ask the focused target again."""
        state = self._engine.board.get(self.pane.target.name)
        if self._last_prompt is None or state is None:
            self._say("There is nothing to retry yet.")
        elif not state.is_over:
            self._say(f"{self.pane.target.name} is still running; x cancels it.")
        else:
            self.app.clear_notifications()
            self._engine.launch(self.pane.target, self._last_prompt)
            self._show(self.pane)
            self.show_figures()

    def action_retry_all(self) -> None:
        """Ask again every target that has ended."""
        if self._last_prompt is None:
            self._say("There is nothing to retry yet.")
            return
        ended = [stream.target for stream in self._engine.board if stream.is_over]
        if not ended:
            self._say("All are still running; X cancels them.")
            return
        self.app.clear_notifications()
        self._engine.launch_all(ended, self._last_prompt)
        self.show_figures()

    # -- the focused pane -------------------------------------------------------------------------------------------

    def action_zoom(self) -> None:
        """One pane alone, or all again."""
        self.grid.set_zoomed(not self.grid.zoomed)
        self.call_after_refresh(self._rearrange)
        if self.focused is not self.prompt_box:
            self.pane.focus()

    def action_pause(self) -> None:
        """Hold the view still while the stream goes on."""
        self.pane.toggle_paused()
        self.show_figures()

    def action_markdown(self) -> None:
        """Rendered Markdown or plain text."""
        rendered = self.pane.toggle_markdown()
        self._say("Markdown is rendered." if rendered else "Markdown is shown as written.")

    def action_reasoning(self) -> None:
        """Unfold or fold the reasoning."""
        state = self.pane.state
        found = state.answer.choices.get(self.pane.choice) if state else None
        if found is None or not found.reasoning:
            self._say("This answer has no reasoning text.")
            return
        self.pane.toggle_reasoning()

    def action_choice(self, by: int) -> None:
        """Another of several choices."""
        self.pane.show_choice(by)
        self.show_figures()

    def action_copy_answer(self) -> None:
        """The answer as the model wrote it, to the clipboard."""
        self._copy(self.pane.answer_text(), "the answer", "There is no answer to copy yet.")

    def action_copy_code(self) -> None:
        """The last code block of the answer, to the clipboard."""
        code = last_code_block(self.pane.answer_text())
        self._copy(code or "", "the last code block", "There is no code block in this answer.")

    def _copy(self, text: str, what: str, nothing: str) -> None:
        if not text:
            self._say(nothing)
            return
        self.app.copy_to_clipboard(text)
        self._say(f"Copied {what}: {len(text):,} characters.")

    def action_scroll_rows(self, by: int) -> None:
        """One row."""
        self.pane.answer.move_rows(by)

    def action_scroll_half(self, by: int) -> None:
        """Half a page."""
        self.pane.answer.move_rows(by * max(1, self.pane.answer.size.height // 2))

    def action_scroll_top(self) -> None:
        """To the beginning."""
        self.pane.answer.move_to_top()

    def action_scroll_end(self) -> None:
        """To the end, and follow it from there."""
        self.pane.answer.move_to_end()

    def action_help(self) -> None:
        """What can be done here."""
        self.app.push_screen(HelpScreen(self))

    def _say(self, message: str, severity: Severity = "information") -> None:
        """One sentence at a time: a key pressed five times must not cover the answers with five."""
        self.app.clear_notifications()
        toast(self.app, clean_line(message), severity)
