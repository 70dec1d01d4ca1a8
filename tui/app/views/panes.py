"""The panes view: every target's answer in a pane of its own, in tiles or one at a time under a row of tabs."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from textual import events
from textual.app import ComposeResult
from textual.message import Message

from tui.app.actions import Place
from tui.app.logprobs.odds import shown_tokens
from tui.app.notices import say
from tui.app.panes.code_blocks import last_code_block
from tui.app.panes.pane import Pane
from tui.app.panes.pane_grid import PaneGrid
from tui.app.panes.pane_search import PaneSearch
from tui.app.panes.tiling import Shape
from tui.app.run import Run
from tui.app.shown import name_shown
from tui.app.state_words import state_word
from tui.app.text.view import TextView
from tui.app.views.view import View
from tui.app.widgets.search_bar import SearchBar
from tui.app.widgets.tab_strip import Tab, TabStrip
from tui.core.figures import grouped
from tui.core.stream import StreamState

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

    @dataclass
    class TokensWanted(Message):
        """The user wants to see how likely the tokens of this choice were."""

        state: StreamState
        choice: int

    @dataclass
    class Aimed(Message):
        """The user wants to type a prompt for one pane: the next one, or its last one anew."""

        name: str
        kind: Literal["alone", "edit"]

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.panes = {target.name: Pane(target, number, run.blind) for number, target in enumerate(run.placed, 1)}
        self.grid = PaneGrid(list(self.panes.values()))
        self._tabs = TabStrip()
        self._search = PaneSearch(self.grid.panes, run.called)
        self._search_bar = SearchBar()
        self._scrolls_together = False
        self._moved: dict[TextView, int] = {}
        """Rows above in the views that were moved along with another, until they say so themselves."""
        self._unshown: set[str] = set()
        """Targets with something new that no frame has shown yet."""
        self._turn = 0
        """Whose turn it is to be shown first, counted on through all panes."""

    def compose(self) -> ComposeResult:
        """Tabs, panes."""
        yield self._tabs
        yield self.grid
        yield self._search_bar

    def on_resize(self, _event: events.Resize) -> None:
        """Tile anew, or fall back to tabs."""
        self.call_after_refresh(self._rearrange)

    # -- drawing ----------------------------------------------------------------------------------------------------

    def show_changed(self, names: Set[str]) -> None:
        """The panes with something new, in turn: what takes longer than a frame may goes on with the next one."""
        self._unshown |= names
        until_ns = self.run.clock.now_ns() + FRAME_BUDGET_NS
        self._show_panes(until_ns)
        if self._search.is_on:
            self._search.update(lambda: self.run.clock.now_ns() >= until_ns)

    def _show_panes(self, until_ns: int) -> None:
        panes = self.grid.panes if self._search.is_on else self.grid.visible_panes()
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
        if self._search.is_on:
            self._search_bar.show_found(self._search.words(self.pane))
        if self.has_class("-single"):
            self._tabs.show([self._tab(pane, now_ns) for pane in self.grid.panes])

    def _show(self, pane: Pane) -> None:
        self._unshown.discard(pane.target.name)
        pane.show(self.run.state(pane.target.name), self.run.talks.get(pane.target.name))

    def _tab(self, pane: Pane, now_ns: int) -> Tab:
        word = state_word(self.run.state(pane.target.name), now_ns)
        colour = self.app.theme_variables.get(word.style, "")
        return Tab(pane.number, word.glyph, colour, name_shown(self.run.called(pane.target.name)),
                   pane is self.grid.current)  # fmt: skip

    def targets_changed(self, renamed: Mapping[str, str]) -> None:
        """A pane for each target, in their order; the panes of those that stay are the same ones."""
        before = {renamed.get(name, name): pane for name, pane in self.panes.items()}
        is_markdown = self.is_markdown
        self.panes.clear()
        for number, target in enumerate(self.run.placed, 1):
            pane = before.get(target.name)
            if pane is None:
                pane = Pane(target, number, self.run.blind)
                if pane.is_markdown != is_markdown:
                    pane.toggle_markdown()
                pane.look_for(self._search.needle)
            pane.stand_for(target, number)
            self.panes[target.name] = pane
        had_focus = self.has_focus_within
        self.grid.set_panes(list(self.panes.values()))
        if had_focus:
            self.pane.focus()
        self._moved.clear()
        self._unshown |= set(self.panes)
        self.call_after_refresh(self._rearrange)

    def go_to_added(self, name: str) -> None:
        """To its pane; somebody who types a prompt goes on typing."""
        if name not in self.panes:
            return
        if self.has_focus_within:
            self._focus(self.panes[name])
        else:
            self.grid.select(self.panes[name])

    def dealt(self) -> None:
        """The same panes for other targets."""
        self.panes.clear()
        for number, (pane, target) in enumerate(zip(self.grid.panes, self.run.placed, strict=True), 1):
            pane.stand_for(target, number)
            self.panes[target.name] = pane
        self._moved.clear()
        self._unshown |= set(self.panes)

    def revealed(self) -> None:
        """Endings, usage and names are told, also in the turns before."""
        for pane in self.grid.panes:
            pane.uncover()
        self._unshown |= set(self.panes)

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
        """End the search; else cancel the focused stream; else give a zoomed pane its place back."""
        if self._search_bar.has_class("-open"):
            self._end_search()
            return True
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

    def on_pane_title_clicked_twice(self, message: Pane.TitleClickedTwice) -> None:
        """All the room for the pane that was clicked, or for all again."""
        self.grid.select(message.pane)
        self.action_zoom()

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

    def show_alone(self, name: str) -> None:
        """Make this target's pane the current one and give it all the room."""
        self.grid.select(self.panes[name])
        self.grid.set_zoomed(True)
        self.call_after_refresh(self._rearrange)

    # -- all panes --------------------------------------------------------------------------------------------------

    def action_layout(self) -> None:
        """The next way to share the area."""
        shapes = list(Shape)
        shape = shapes[(shapes.index(self.grid.shape) + 1) % len(shapes)]
        self.set_shape(shape)
        say(self, f"Panes as {shape}." if self.grid.is_roomy else f"There is no room for {shape} here; tabs instead.")

    def set_shape(self, shape: Shape) -> None:
        """Share the area in this way."""
        self.grid.shape = shape
        self.call_after_refresh(self._rearrange)

    @property
    def is_markdown(self) -> bool:
        """Whether the focused pane renders Markdown."""
        return self.pane.is_markdown

    def set_markdown(self, rendered: bool) -> None:
        """Render Markdown in all panes, or in none."""
        for pane in self.grid.panes:
            if pane.is_markdown != rendered:
                pane.toggle_markdown()

    def action_scroll_together(self) -> None:
        """All panes with the focused one, or each alone."""
        self._scrolls_together = not self._scrolls_together
        self._moved.clear()
        if self._scrolls_together:
            self._scroll_others(self.pane.answer)
        say(self, "Panes scroll together." if self._scrolls_together else "Each pane scrolls alone.")

    def on_text_view_scrolled(self, message: TextView.Scrolled) -> None:
        """Move the others along; what they say of it is not a wish of the user."""
        if self._moved.pop(message.view, None) == message.rows_above:
            return
        if self._scrolls_together:
            self._scroll_others(message.view)

    def _scroll_others(self, leader: TextView) -> None:
        for pane in self.grid.visible_panes():
            view = pane.answer
            if view is leader:
                continue
            moved = view.move_to_end() if leader.follow else view.move_rows(leader.rows_above - view.rows_above)
            if moved:
                self._moved[view] = view.rows_above

    def action_search(self) -> None:
        """Type what to search for."""
        self._search_bar.open()
        if self._search_bar.needle:
            self._look_for(self._search_bar.needle)

    def on_search_bar_typed(self, message: SearchBar.Typed) -> None:
        """Search while it is typed."""
        if self._search_bar.has_class("-open"):
            self._look_for(message.needle)

    def on_search_bar_settled(self) -> None:
        """Back to the panes, at the first hit."""
        self.enter()
        self.action_hit(1)

    def action_hit(self, by: int) -> None:
        """To the next hit or the one before."""
        if not self._search.is_on:
            say(self, "Nothing is searched for.")
            return
        pane = self._search.next_pane(self.pane, by)
        if pane is None:
            return
        is_other = pane is not self.pane
        if is_other:
            self.pane.leave_hits()
            self._focus(pane)
        # Only then has a hidden pane its size, and behind the news of that its text is wrapped.
        self.call_after_refresh(pane.answer.call_later, self._show_hit, pane, by, is_other)

    def _show_hit(self, pane: Pane, by: int, from_outside: bool) -> None:
        pane.go_to_hit(by, from_outside=from_outside)
        self._show_figures_now()

    def _look_for(self, needle: str) -> None:
        self._search.look_for(needle)
        self.show_changed(frozenset())
        self._search_bar.show_found(self._search.words(self.pane))

    def _end_search(self) -> None:
        self._search.look_for("")
        self._search_bar.close()
        self.enter()

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

    def action_logprobs(self) -> None:
        """How likely the tokens of the shown answer were."""
        state, choice = self.pane.state, self.pane.choice
        found = state.answer.choices.get(choice) if state else None
        if self.run.blind.hides:
            say(self, f"How likely each token was is told after the vote ({self.run.blind.vote_key}).")
        elif state is None or found is None or not found.logprobs:
            say(self, "This answer has no log probabilities; ask with -o logprobs=true -o top_logprobs=5.")
        elif not shown_tokens(state, choice):
            say(self, "The tokens of this answer spell a key; they are not shown.")
        else:
            self.post_message(self.TokensWanted(state, choice))

    def action_choice(self, by: int) -> None:
        """Another of several choices."""
        self.pane.show_choice(by)
        self.run.choices[self.target_name] = self.pane.choice
        self._show_figures_now()

    def show_choices(self) -> None:
        """The choices the run knows of: panes forget theirs when they get another stream."""
        for pane in self.grid.panes:
            self._show(pane)
            pane.choose(self.run.choices.get(pane.target.name, pane.choice))

    def on_pane_tab_clicked(self, message: Pane.TabClicked) -> None:
        """That choice, in the pane that was clicked."""
        self._focus(message.pane)
        message.pane.choose(message.choice)
        self.run.choices[self.target_name] = self.pane.choice
        self._show_figures_now()

    def action_ask_alone(self) -> None:
        """The next prompt goes to this pane only."""
        self.post_message(self.Aimed(self.target_name, "alone"))

    def action_edit(self) -> None:
        """This pane's last prompt, to be written anew."""
        self.post_message(self.Aimed(self.target_name, "edit"))

    def action_go_back(self) -> None:
        """Go on from the round before."""
        name = self.target_name
        self._branched(
            self.run.go_back(name), f"{self.run.called(name)} has no earlier turn to go on from, or still answers."
        )

    def action_switch_branch(self) -> None:
        """What was put aside."""
        name = self.target_name
        self._branched(self.run.switch(name), f"{self.run.called(name)} has nothing put aside, or still answers.")

    def _branched(self, has_moved: bool, otherwise: str) -> None:
        if has_moved:
            kept = len(self.run.conversation(self.target_name).branches)
            say(self, f"{kept} branch{'es' if kept > 1 else ''} put aside.")
        else:
            say(self, otherwise)
        self._show(self.pane)
        self._show_figures_now()

    def action_promote(self) -> None:
        """This answer for all."""
        count = self.run.promote(self.target_name)
        if count:
            say(self, f"Given to {count} other{'s' if count > 1 else ''}; the next prompt goes on from it.")
        else:
            say(self, "There is no answer here, or nobody to give it to who is not answering.")
        self.show_changed(frozenset(self.panes))
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
        say(self, f"Copied {what}: {grouped(len(text))} characters.")

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
