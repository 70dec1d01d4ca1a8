"""The panes view: every target's answer in a pane of its own, in tiles or one at a time under a row of tabs."""

from collections.abc import Set
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult

from tui.app.actions import Place
from tui.app.code_blocks import last_code_block
from tui.app.notices import say
from tui.app.pane import Pane
from tui.app.pane_grid import PaneGrid
from tui.app.run import Run
from tui.app.state_words import state_word
from tui.app.tab_strip import Tab, TabStrip
from tui.app.text.cells import steadied
from tui.app.views.view import View
from tui.core.clean import clean_line

FRAME_BUDGET_NS: Final = 8_000_000
"""What one frame may spend on new text: sixteen panes that all catch up with a long answer must not hold up a key."""


class PanesView(View):
    """All targets side by side."""

    PLACE: ClassVar[Place] = Place.PANES
    DEFAULT_CSS = """
    PanesView {
        & > TabStrip { display: none; }
        &.-single > TabStrip { display: block; }
    }
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.panes = {target.name: Pane(target, number) for number, target in enumerate(run.targets, 1)}
        self.grid = PaneGrid(list(self.panes.values()))
        self._tabs = TabStrip()
        self._unshown: set[str] = set()
        """Targets with something new that no frame has shown yet."""
        self._turn = 0
        """Whose turn it is to be shown first, counted on through all panes."""

    def compose(self) -> ComposeResult:
        """Tabs, panes."""
        yield self._tabs
        yield self.grid

    def on_resize(self, _event: events.Resize) -> None:
        """Tile anew, or fall back to tabs."""
        self.call_after_refresh(self._rearrange)

    # -- drawing ----------------------------------------------------------------------------------------------------

    def show_changed(self, names: Set[str]) -> None:
        """The panes with something new, in turn: what takes longer than a frame may goes on with the next one."""
        self._unshown |= names
        until_ns = self.run.clock.now_ns() + FRAME_BUDGET_NS
        panes = self.grid.visible_panes()
        first = self._turn % len(panes)
        for pane in (*panes[first:], *panes[:first]):
            self._turn += 1
            if pane.target.name in self._unshown:
                self._show(pane)
            else:
                pane.catch_up()
            if self.run.clock.now_ns() >= until_ns:
                return

    def show_figures(self, now_ns: int) -> None:
        """Titles, panels and tabs, as of now."""
        for pane in self.grid.visible_panes():
            pane.show_figures(now_ns)
        if self.has_class("-single"):
            self._tabs.show([self._tab(pane, now_ns) for pane in self.grid.panes])

    def _show(self, pane: Pane) -> None:
        self._unshown.discard(pane.target.name)
        state = self.run.state(pane.target.name)
        if state is not None:
            pane.show(state)

    def _tab(self, pane: Pane, now_ns: int) -> Tab:
        word = state_word(self.run.state(pane.target.name), now_ns)
        colour = self.app.theme_variables.get(word.style, "")
        return Tab(pane.number, word.glyph, colour, steadied(clean_line(pane.target.name)), pane is self.grid.current)

    def _rearrange(self) -> None:
        self.grid.arrange_panes(self.grid.size)
        self.set_class(self.grid.is_single and len(self.panes) > 1, "-single")
        if isinstance(self.screen.focused, Pane) and self.screen.focused is not self.pane:
            self.pane.focus()
        for pane in self.grid.visible_panes():
            self._show(pane)
        self._show_figures_now()

    def _show_figures_now(self) -> None:
        self.show_figures(self.run.clock.now_ns())

    # -- focus ------------------------------------------------------------------------------------------------------

    @property
    def pane(self) -> Pane:
        """The pane the user is at."""
        return self.grid.current

    @property
    def target_name(self) -> str:
        """The focused pane's target."""
        return self.pane.target.name

    def enter(self, by: int = 0) -> None:
        """To the pane the user was in, the first, or the last."""
        self._focus(self.pane if by == 0 else self.grid.panes[0 if by > 0 else -1])

    def step(self, by: int) -> bool:
        """To the pane beside this one."""
        pane = self.grid.step(by)
        if pane is not None:
            self._focus(pane)
        return pane is not None

    def back(self) -> bool:
        """Cancel the focused stream; else give a zoomed pane its place back."""
        if self.run.cancel(self.target_name):
            return True
        if self.grid.zoomed:
            self.action_zoom()
            return True
        return False

    def on_pane_focused(self, message: Pane.Focused) -> None:
        """Remember where the user is; what Textual focuses when all panes are hidden is nobody's choice."""
        if self.size:
            self.grid.select(message.pane)

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """A tab was clicked."""
        self.action_focus_pane(message.number)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are as many panes to go to as there are targets."""
        return action != "focus_pane" or parameters[0] in range(1, len(self.panes) + 1)

    def action_focus_pane(self, number: int) -> None:
        """The pane with this number."""
        self._focus(self.grid.panes[number - 1])

    def _focus(self, pane: Pane) -> None:
        self.grid.select(pane)
        self._show(pane)
        pane.focus()
        self._show_figures_now()

    # -- the focused pane -------------------------------------------------------------------------------------------

    def action_zoom(self) -> None:
        """One pane alone, or all again."""
        self.grid.set_zoomed(not self.grid.zoomed)
        self.call_after_refresh(self._rearrange)
        if self.has_focus_within:
            self.pane.focus()

    def action_pause(self) -> None:
        """Hold the view still while the stream goes on."""
        self.pane.toggle_paused()
        self._show_figures_now()

    def action_markdown(self) -> None:
        """Rendered Markdown or plain text."""
        rendered = self.pane.toggle_markdown()
        say(self, "Markdown is rendered." if rendered else "Markdown is shown as written.")

    def action_reasoning(self) -> None:
        """Unfold or fold the reasoning."""
        state = self.pane.state
        found = state.answer.choices.get(self.pane.choice) if state else None
        if found is None or not found.reasoning:
            say(self, "This answer has no reasoning text.")
            return
        self.pane.toggle_reasoning()

    def action_choice(self, by: int) -> None:
        """Another of several choices."""
        self.pane.show_choice(by)
        self._show_figures_now()

    def action_copy_answer(self) -> None:
        """The answer as the model wrote it, to the clipboard."""
        self._copy(self.pane.answer_text(), "the answer", "There is no answer to copy yet.")

    def action_copy_code(self) -> None:
        """The last code block of the answer, to the clipboard."""
        code = last_code_block(self.pane.answer_text())
        self._copy(code or "", "the last code block", "There is no code block in this answer.")

    def _copy(self, text: str, what: str, nothing: str) -> None:
        if not text:
            say(self, nothing)
            return
        self.app.copy_to_clipboard(text)
        say(self, f"Copied {what}: {len(text):,} characters.")

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
