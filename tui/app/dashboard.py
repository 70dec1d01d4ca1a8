"""The screen of a run: one of its views above, the prompt below. Turns keys into actions and draws once per frame.

The frame tick pulls from the board. Nothing is pushed at the screen, so what it costs depends on how often it is drawn
and not on how fast the models are; and only the view on screen is drawn at all.
"""

from collections.abc import Set
from typing import Final

from textual import actions, events
from textual.app import ComposeResult
from textual.constants import TEXTUAL_ANIMATIONS
from textual.dom import DOMNode
from textual.widgets import Input, TextArea

from tui.app.actions import BY_ID, Action, Place
from tui.app.actions.keymap import Keymap
from tui.app.actions.keys import is_text, shown_key
from tui.app.blind.actions import BlindActions
from tui.app.blind.ballots import Ballots
from tui.app.calls.call_desk import CallDesk
from tui.app.calls.programs import Programs
from tui.app.dialogs.help_screen import HelpScreen
from tui.app.dialogs.settings_screen import Setting, SettingsScreen
from tui.app.end_bell import EndBell
from tui.app.file_actions import FileActions
from tui.app.lineup.lineup_actions import LineupActions
from tui.app.lineup.lineups import Lineups
from tui.app.logprobs.screen import LogprobsScreen
from tui.app.looks import Looks
from tui.app.notices import say
from tui.app.panes.pane import Pane
from tui.app.panes.pane_grid import PaneGrid
from tui.app.panes.panel_lines import panel_lines
from tui.app.panes.tiling import Shape, is_too_small
from tui.app.prompt.conversing import Conversing
from tui.app.prompt.prompt_box import PromptBox
from tui.app.run import Run
from tui.app.shown import name_shown
from tui.app.state_words import state_word
from tui.app.stream_actions import StreamActions
from tui.app.terminal.backlog import terminal_backlog
from tui.app.terminal.mouse import set_mouse
from tui.app.terminal.resizing import SizeWatch, take_missed_size
from tui.app.terminal.suspending import suspend_as_a_terminal_would
from tui.app.views import PanesView, RaceView, View, make_views
from tui.app.widgets.key_bar import KeyBar
from tui.app.widgets.too_small import TooSmall
from tui.app.widgets.view_strip import ViewStrip, view_names
from tui.core.clean import Clean, clean_line
from tui.core.figures import grouped
from tui.core.target import Target
from tui.storage.prompt_history import PromptHistory

FRAME_S: Final = 1 / 30
FRAMES_PER_FIGURES: Final = 6
"""Figures change five times a second: faster cannot be read."""
BACKLOG_LIMIT: Final = 3
"""Frames the terminal may be behind before we stop drawing; a slow line must not delay reading the network."""


class Dashboard(StreamActions, FileActions, BlindActions, LineupActions):
    """A run and what can be done with it."""

    DEFAULT_CSS = """
    Dashboard {
        layout: vertical;
        layers: base above;
        background: $background;
        & > ViewStrip { layer: above; }
        & > TooSmall { display: none; }
        &.-too-small > View, &.-too-small > KeyBar, &.-too-small > ViewStrip { display: none; }
        &.-too-small > TooSmall { display: block; }
    }
    """

    def __init__(
        self,
        run: Run,
        keymap: Keymap,
        history: PromptHistory,
        looks: Looks,
        lineups: Lineups,
        *,
        programs: Programs,
        ballots: Ballots | None = None,
        ticking: bool = True,
    ) -> None:
        super().__init__()
        self.lineups = lineups
        self.ballots = ballots or Ballots()
        self.run = run
        self.keymap = keymap
        self.looks = looks
        self._ticking = ticking
        """False in tests, which call `tick` themselves."""
        self._size_watch = SizeWatch()
        self._frame = 0
        self.views = {view.PLACE: view for view in make_views(run)}
        self.view: View = self.panes_view
        """The one on screen."""
        self.view.is_shown = True
        self._too_small = TooSmall()
        self.prompt_box = PromptBox(keymap, history, programs.environment)
        self.conversing = Conversing(run, self.prompt_box)
        self.call_desk = CallDesk(run, keymap, programs)
        self._key_bar = KeyBar()
        self._view_strip = ViewStrip(view_names(list(self.views), keymap), self.view.PLACE)
        self._end_bell = EndBell()
        keymap.bind(self, Place.VIEWS, *self.views, Place.DASHBOARD, through="perform")

    def compose(self) -> ComposeResult:
        """Views, prompt, keys."""
        yield from self.views.values()
        yield self._too_small
        yield self.prompt_box
        yield self._key_bar
        yield self._view_strip

    def on_mount(self) -> None:
        """Focus the prompt, ask what was asked on the command line, start drawing."""
        self.panes_view.grid.shape = self.looks.layout
        self.panes_view.set_markdown(self.looks.markdown)
        if self.looks.reduced_motion:
            self.set_reduced_motion(True)
        self.prompt_box.focus()
        if self._ticking:
            self.set_interval(FRAME_S, self.tick)
            self.call_after_refresh(self.run.engine.warm_up)
        self.show_mode()
        if (prompt := self.run.question.prompt) is not None:
            self.begin_round_if_due(next((message.text for message in prompt.messages if message.role == "user"), ""))
            self.run.ask(prompt)
            self.prompt_box.remember(prompt.text)
            self.prompt_box.drop_hint()
            self.show_mode()
        self.conversing.show()
        self.say_what_is_forgotten()
        self.show_figures()

    def on_resize(self, event: events.Resize) -> None:
        """Say so when this is too small."""
        self.set_class(is_too_small(event.size.width, event.size.height), "-too-small")
        self.call_after_refresh(self.show_figures)

    def _fit(self) -> None:
        """Catch up with sizes that were missed, and draw what is shown once more when the size has come to rest: of
        many changes in a row, a frame may have been painted for a size that the terminal no longer had."""
        take_missed_size(self.app)
        if self._size_watch.comes_to_rest(self.size):
            for part in (self, *self.displayed_children):
                part.refresh(layout=True)
            for widget in self.view.walk_children():
                widget.refresh(layout=True)

    @property
    def panes_view(self) -> PanesView:
        """The view that is always there."""
        view = self.views[Place.PANES]
        assert isinstance(view, PanesView)
        return view

    @property
    def panes(self) -> dict[str, Pane]:
        """The panes by target name."""
        return self.panes_view.panes

    @property
    def grid(self) -> PaneGrid:
        """The area of the panes."""
        return self.panes_view.grid

    @property
    def pane(self) -> Pane:
        """The pane the user was in last."""
        return self.panes_view.pane

    # -- drawing ----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """One frame: what changed in the view on screen, and now and then the figures."""
        if terminal_backlog(self.app) > BACKLOG_LIMIT:
            return
        self._frame += 1
        self.view.show_changed(self.run.board.take_dirty())
        if self._frame % FRAMES_PER_FIGURES == 0:
            self._fit()
            self.show_figures()
            if isinstance(self.app.screen, LogprobsScreen):
                self.app.screen.show_new()
            self._ring()

    def _ring(self) -> None:
        """Call back somebody who has looked away. Asked whether it is wanted or not: that can change meanwhile."""
        if self._end_bell.rings(self.run.board, self.run.clock.now_ns()) and self.looks.bell:
            self.app.bell()

    def show_figures(self) -> None:
        """The view's figures and the summary, as of now."""
        now_ns = self.run.clock.now_ns()
        self.view.show_figures(now_ns)
        if self.has_class("-too-small"):
            self._too_small.show_targets([self._short_line(target, now_ns) for target in self.run.placed])
        self._key_bar.show_summary(clean_line(self.run.summary()))

    def show_now(self, names: Set[str] | None = None) -> None:
        """Show what a key has just changed, in these targets or in all, without waiting for the next frame."""
        self.view.show_changed({target.name for target in self.run.targets} if names is None else names)
        self.show_figures()

    def all_views(self) -> list[View]:
        """Shown or not."""
        return list(self.views.values())

    def _short_line(self, target: Target, now_ns: int) -> Clean:
        """A target in one short line, for a terminal with room for nothing else."""
        state = self.run.state(target.name)
        name = f"{state_word(state, now_ns).glyph} {name_shown(self.run.called(target.name))}  "
        if self.run.blind.hides:
            return clean_line(name)
        figures = panel_lines(state, now_ns, self.size.width - len(name) - 2, 1)[0]
        return clean_line(name + "".join(text for text, _ in figures))

    # -- actions ----------------------------------------------------------------------------------------------------

    async def action_perform(self, action_id: str) -> None:
        """Do what the action table has under this id: the keys, the key bar and the palette all come through here."""
        action = BY_ID[action_id]
        host = self._host(action.place)
        if host is not None and self.can_perform(action):
            await self.app.run_action(action.call, host)

    def can_perform(self, action: Action) -> bool:
        """Whether the action belongs to what is on screen, and can be had there now."""
        host = self._host(action.place)
        if host is None or (action.place.is_view and host is not self.view):
            return False
        _, name, parameters = actions.parse(action.call)
        return host is self or bool(host.check_action(name, parameters))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Two views may use one key; the view on screen decides what it means. Without blind mode nobody votes."""
        if action != "perform":
            return True
        wanted = BY_ID[str(parameters[0])]
        return None if wanted.id == "blind.vote" and not self.is_blind else self.can_perform(wanted)

    def _host(self, place: Place) -> DOMNode | None:
        """Who carries out the actions of a place; None when it is not on this screen."""
        match place:
            case Place.EVERYWHERE:
                return self.app
            case Place.DASHBOARD | Place.VIEWS:
                return self
            case Place.PROMPT:
                return self.prompt_box
            case _:
                return self.views.get(place)

    # -- views and focus --------------------------------------------------------------------------------------------

    def open_view(self, place: Place) -> None:
        """Bring a view on screen; the focus goes with it, unless a prompt is being typed."""
        before, self.view = self.view, self.views[place]
        if self.view is before:
            return
        self.clear_selection()  # nobody sees it any more, and ctrl+c would copy it
        self.view.look_at(before.target_name)
        self.view.is_shown = True
        if self.focused is not self.prompt_box:
            self.view.enter()
        before.is_shown = False
        self._view_strip.show(place)
        self.refresh_bindings()
        self.call_after_refresh(self.show_now)

    def on_view_strip_chosen(self, message: ViewStrip.Chosen) -> None:
        """The name of a view was clicked."""
        self.open_view(message.place)

    def on_race_view_opened(self, message: RaceView.Opened) -> None:
        """Read the answer of a target in the race."""
        if message.name in self.panes:
            self.panes_view.show_alone(message.name)
            self.open_view(Place.PANES)

    def action_open_view(self, place: str) -> None:
        """Another view of the same run."""
        self.open_view(Place(place))

    def action_back(self) -> None:
        """One step back: in the view, or out of it."""
        if self.view.back():
            self.show_now()
        elif self.view is not self.panes_view:
            self.open_view(Place.PANES)
        else:
            say(self, f"{clean_line(self.run.called(self.pane.target.name))} is not running.")

    def action_focus_step(self, by: int) -> None:
        """From the prompt through the view and back to the prompt."""
        if self.focused is self.prompt_box:
            self.view.enter(by)
        elif not self.view.step(by):
            self.prompt_box.focus()

    def action_prompt(self) -> None:
        """To the prompt box."""
        self.prompt_box.focus()

    def on_prompt_box_left(self) -> None:
        """Back to all panes as the ones asked, then back to where the user was."""
        if not self.conversing.end():
            self.view.enter()

    def action_settings(self) -> None:
        """What can be set while the program runs."""
        self.app.push_screen(SettingsScreen(self.keymap, self._settings()))

    def _settings(self) -> list[Setting]:
        panes, looks = self.panes_view, self.looks
        switch = ("true", "false")
        return [
            Setting("theme", "ui.theme", tuple(sorted(self.app.available_themes)), lambda: self.app.theme,
                    lambda name: setattr(self.app, "theme", name)),
            Setting("layout", "ui.layout", tuple(Shape), lambda: str(panes.grid.shape),
                    lambda name: panes.set_shape(Shape(name))),
            Setting("render Markdown", "ui.markdown", switch, lambda: _switch(panes.is_markdown),
                    lambda value: panes.set_markdown(value == "true")),
            Setting("mouse", "ui.mouse", switch, lambda: _switch(looks.mouse), self._set_mouse),
            Setting("reduced motion", "ui.reduced_motion", switch, lambda: _switch(looks.reduced_motion),
                    lambda value: self.set_reduced_motion(value == "true")),
            Setting("bell at the end", "ui.bell", switch, lambda: _switch(looks.bell),
                    lambda value: setattr(looks, "bell", value == "true")),
            Setting("blind rounds", "ui.blind", switch, lambda: _switch(self.is_blind),
                    lambda _value: self.action_toggle_blind()),
        ]  # fmt: skip

    def set_reduced_motion(self, reduced: bool) -> None:
        """Nothing blinks, slides or fades; or as Textual has it."""
        self.looks.reduced_motion = reduced
        self.app.animation_level = "none" if reduced else TEXTUAL_ANIMATIONS
        for field in (*self.query(Input), *self.query(TextArea)):
            field.cursor_blink = not reduced

    def _set_mouse(self, value: str) -> None:
        if set_mouse(self.app, value == "true"):
            self.looks.mouse = value == "true"
        else:
            say(self, "This terminal's mouse cannot be switched while the program runs.", warning=True)

    def action_help(self) -> None:
        """What can be done here."""
        at_prompt = self.focused is self.prompt_box
        self.app.push_screen(HelpScreen(self.keymap, self.view.PLACE, at_prompt=at_prompt))

    def action_suspend(self) -> None:
        """Leave the terminal to the shell."""
        if why_not := suspend_as_a_terminal_would(self.app):
            say(self, why_not)

    def on_panes_view_tokens_wanted(self, message: PanesView.TokensWanted) -> None:
        """How likely each token was."""
        self.app.push_screen(LogprobsScreen(self.keymap, message.state, message.choice))

    # -- conversations ----------------------------------------------------------------------------------------------

    def on_prompt_box_sent(self, message: PromptBox.Sent) -> None:
        """Ask those it is for."""
        self.app.clear_notifications()  # what was said of the streams before is no longer so
        if self.conversing.aim.kind == "all":
            self.begin_round_if_due(message.text)
        if said := self.conversing.send(message.text):
            say(self, said)
        self.show_mode()
        self.show_figures()

    def on_prompt_box_paste_refused(self, message: PromptBox.PasteRefused) -> None:
        """Say what to do instead."""
        say(
            self,
            f"{grouped(message.chars)} characters are too many to paste; start sidestream with -f FILE instead.",
            warning=True,
        )

    def action_new_conversation(self) -> None:
        """Put away what was said; the prompt comes next."""
        was_something = self.run.begin_anew()
        self.conversing.end()
        if self.run.blind.round is not None:
            self.run.blind.end()
            self.deal()
        self.app.clear_notifications()
        if was_something and not self.is_blind:
            key = self.key_named("conversation.restore", while_typing=True)
            say(self, f"New conversation; {key} brings the last one back.")
        self.prompt_box.focus()
        self.show_now()

    def action_restore_conversation(self) -> None:
        """Change places with the conversation before."""
        if self.is_blind:
            say(self, "In blind mode no conversation is brought back: its answers would tell who is who.")
        elif self.run.restore():
            self.conversing.end()
            self.app.clear_notifications()
            self.panes_view.show_choices()
            self.show_now()
        else:
            say(self, "There is no conversation to bring back.")

    def action_system_prompt(self) -> None:
        """Type the system prompt."""
        self.conversing.edit_system()
        self.prompt_box.focus()

    def on_panes_view_aimed(self, message: PanesView.Aimed) -> None:
        """The prompt is for one pane now."""
        if self.is_blind and not self.run.blind.hides:
            say(self, "In blind mode a round begins with a prompt to all.")
            return
        if message.kind == "alone":
            self.conversing.ask_alone(message.name)
        elif not self.conversing.edit(message.name):
            say(self, f"{self.run.called(message.name)} was not asked anything yet.")
            return
        self.prompt_box.focus()

    def key_named(self, action_id: str, *, while_typing: bool = False) -> str:
        """The key a sentence names, `while_typing` one that is no text; an action without one is in the palette."""
        action = BY_ID[action_id]
        keys = [key for key in self.keymap.keys_of(action) if not (while_typing and is_text(key))]
        return shown_key(keys[0]) if keys else f"{action.title} in the palette"


def _switch(on: bool) -> str:
    """A switch as the configuration writes it."""
    return "true" if on else "false"
