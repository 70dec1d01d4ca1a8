"""The Textual application: themes, the palette, and the keys that work everywhere. Wires; decides nothing."""

from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import RenderableType
from textual import events
from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.widgets import Input, TextArea
from textual.widgets._toast import ToastHolder

from tui.app.actions import ACTIONS, Action, Place
from tui.app.actions.keymap import Keymap, Wanted
from tui.app.blind.ballots import Ballots
from tui.app.blind.blind import Blind
from tui.app.calls.programs import Programs
from tui.app.dashboard import Dashboard
from tui.app.engine_port import Engine
from tui.app.lineup.lineups import Lineups
from tui.app.looks import Looks
from tui.app.run import Question, Run
from tui.app.selected import selected_text
from tui.app.shown import palette_entry, toast
from tui.app.stylesheet import FrugalStylesheet
from tui.app.terminal import without_colour
from tui.app.terminal.clipboard import Clipboard
from tui.app.terminal.key_order import KeyOrder, KeyPassed
from tui.app.terminal.suspending import suspend_between_steps
from tui.app.themes import load_themes, shipped_directory, variables_for
from tui.app.themes.watch import ThemeWatch
from tui.core.clean import Clean, clean_line
from tui.core.target import Target
from tui.engine.clock import Clock
from tui.storage.prompt_history import PromptHistory

DEFAULT_THEME = "sidestream-dark"
THEME_LOOK_S = 1.0
"""How often theme files are looked at."""


class SidestreamApp(App[None], inherit_bindings=False):
    """The dashboard program."""

    TITLE = "sidestream"
    ENABLE_COMMAND_PALETTE = True
    CSS = f"""
    ToastRack {{ margin-bottom: 4; }}
    Toast {{ width: auto; max-width: 70%; padding: 0 1; margin-top: 0; background: $panel; }}
    VerticalScroll, OptionList {{ scrollbar-size-vertical: 1; }}
    OptionList > .option-list--option-highlighted, OptionList:focus > .option-list--option-highlighted {{
        color: $block-cursor-blurred-foreground;
        background: $block-cursor-blurred-background;
        text-style: $block-cursor-blurred-text-style;
    }}
    CommandPalette {{
        & > Vertical {{ margin-top: 2; width: 84; max-width: 100%; }}
        & #--input {{ height: 3; border: round $pane-border-focus; background: $surface; padding: 0 1; }}
        & SearchIcon {{ display: none; }}
        & CommandInput, & CommandInput:focus {{ border: none; height: 1; padding: 0; }}
        & CommandList {{ border: round $pane-border; background: $surface; max-height: 60vh; }}
        & CommandList > .option-list--option {{ padding: 0 1; }}
    }}
    {without_colour.CSS}
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        targets: list[Target],
        question: Question | None = None,
        *,
        theme: str | None = None,
        keys: Wanted | None = None,
        history: PromptHistory | None = None,
        looks: Looks | None = None,
        lineups: Lineups | None = None,
        theme_directories: Iterable[Path] = (),
        notice: str | None = None,
        programs: Programs | None = None,
        blind: Blind | None = None,
        ballots: Ballots | None = None,
        clipboard: Clipboard | None = None,
        ticking: bool = True,
    ) -> None:
        """`keys` is the `[keys]` table: action id to key; what is wrong with it is said at start. `history` remembers
        the prompts, `lineups` the targets; without them both are forgotten at the end. `programs` may answer calls of
        tools, after a yes. `blind` may be on, or draw letters in another way; without `ballots` votes are forgotten.
        `clipboard` is the machine's, which is told of copies besides the terminal."""
        self._machine_clipboard = clipboard
        self.key_order = KeyOrder(self, super().on_event)
        self._theme_directories = [shipped_directory(), *theme_directories]
        self._theme_watch = ThemeWatch(self._theme_directories)
        self._ticking = ticking
        catalogue = load_themes(self._theme_directories)
        self._own_themes = {loaded.name for loaded in catalogue.themes}
        super().__init__()
        self.stylesheet = FrugalStylesheet(variables=self.theme_variables)
        without_colour.take_colours_out(self)
        keymap = Keymap(keys)
        self._bindings.key_to_bindings.clear()  # Textual's own palette key, which may have been remapped
        keymap.bind(self, Place.EVERYWHERE)
        for loaded in catalogue.themes:
            self.register_theme(loaded)
        self._problems = [*catalogue.problems, *keymap.problems]
        self._choose_theme(theme)
        self._notice = notice
        self.keymap = keymap
        programs = programs or Programs()
        run = Run(engine, clock, targets, question or Question(), blind)
        self.dashboard = Dashboard(
            run,
            keymap,
            history or PromptHistory(),
            looks or Looks(),
            lineups or Lineups(),
            programs=programs,
            ballots=ballots,
            ticking=ticking,
        )

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is the only screen that is always there."""
        return self.dashboard

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables for themes that do not set them."""
        return variables_for(self.current_theme)

    def on_mount(self) -> None:
        """Say what went wrong on the way here."""
        suspend_between_steps(self)
        for problem in self._problems:
            toast(self, clean_line(problem), "warning", seconds=12)
        if self._notice:
            toast(self, clean_line(self._notice), seconds=8)
        if self._ticking:
            self.set_interval(THEME_LOOK_S, self.reload_changed_themes)
        self.theme_changed_signal.subscribe(self, lambda _: self.dashboard.show_figures())

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes in the order they were typed; everything else as Textual does."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self.key_order.take(event)
        else:
            await super().on_event(event)

    async def on_key_passed(self, message: KeyPassed) -> None:
        """The key before has had its effect, or part of it."""
        await self.key_order.passed(message)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Hold the cursor still where nothing is to move: in any field, of whichever dialog, Textual's own too."""
        if self.animation_level == "none" and isinstance(event.widget, Input | TextArea):
            event.widget.cursor_blink = False

    def clear_notifications(self) -> None:
        """Take back what was said. Textual would leave the row of each toast standing, with a task of its own, unless
        the toast had run out by itself."""
        super().clear_notifications()
        for screen in self.screen_stack:
            screen.query(ToastHolder).remove()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action that can be had now, and the theme choice."""
        yield palette_entry(Clean("Theme"), Clean("Choose the colours"), self.action_change_theme)
        if screen is self.dashboard:
            for action in ACTIONS:
                if action.id != "app.palette" and self.dashboard.can_perform(action):
                    yield palette_entry(
                        clean_line(action.title), clean_line(self._palette_help(action)), self._performing(action)
                    )

    def reload_changed_themes(self) -> None:
        """Take in theme files that were written, added or removed since the last look, and say what is wrong in them.

        A file with a mistake leaves its theme as it was.
        """
        if not self._theme_watch.has_changed():
            return
        catalogue = load_themes(self._theme_directories)
        names = {loaded.name for loaded in catalogue.themes}
        for loaded in catalogue.themes:
            self.register_theme(loaded)
        if not catalogue.problems:
            for gone in self._own_themes - names - {self.theme}:
                self.unregister_theme(gone)
            self._own_themes = names
        for problem in catalogue.problems:
            toast(self, clean_line(problem), "warning", seconds=12)
        self.mutate_reactive(SidestreamApp.theme)

    def _palette_help(self, action: Action) -> str:
        """The action's sentence and keys. Textual reads it as markup, in which a key may be a bracket."""
        return f"{action.help}  {'  '.join(self.keymap.shown_keys(action))}".replace("[", r"\[")

    def _performing(self, action: Action) -> Callable[[], object]:
        return lambda: self.call_later(self.dashboard.action_perform, action.id)

    async def action_copy_or_cancel(self) -> None:
        """Copy what is selected; otherwise stop everything; otherwise say how to leave."""
        selected = selected_text(self.screen)
        if not selected and isinstance(self.focused, TextArea):
            selected = self.focused.selected_text
        if selected:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
            toast(self, Clean("Copied the selection."), seconds=3)
        else:
            self.dashboard.action_cancel_all()

    def copy_to_clipboard(self, text: str) -> None:
        """To the terminal's clipboard, and to the machine's where there is one."""
        whole = text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be sent
        super().copy_to_clipboard(whole)
        if self._machine_clipboard is not None:
            self.run_worker(self._machine_clipboard.put(whole), group="clipboard", exclusive=True)

    @property
    def crash(self) -> Exception | None:
        """What ended the app; None when somebody did. Whoever runs it reports that once the terminal is restored."""
        return self._exception

    def fail(self, error: Exception) -> None:
        """End with a crash that was found outside the app."""
        self._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave without a word: Textual's own prints local variables, and with them keys and prompts."""
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """As above, for errors that can draw themselves and those of the thread that reads the keyboard."""
        if self._exception is None:
            self._exception = RuntimeError("the keyboard cannot be read")
        self._fatal_error()

    def _choose_theme(self, wanted: str | None) -> None:
        known = self.available_themes
        if wanted is not None and wanted not in known:
            self._problems.append(f"There is no theme {wanted!r}; ctrl+p, Theme lists them.")
        self.theme = wanted if wanted in known else DEFAULT_THEME if DEFAULT_THEME in known else "textual-dark"
