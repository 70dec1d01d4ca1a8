"""The form of a target: whom to ask, for which model, under which name, with which options."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.dialogs.dialog import Dialog
from tui.app.engine_port import Engine
from tui.app.lineup.lineups import Draft, Lineups
from tui.app.lineup.model_picker import ModelPicker
from tui.app.shown import Words, content
from tui.app.terminal.key_waiting import off_the_loop
from tui.app.widgets.choice_row import ChoiceRow
from tui.config.written import written_value
from tui.core.clean import Clean, clean_line
from tui.core.dialects import DIALECTS
from tui.core.errors import SidestreamError, TargetError
from tui.core.target import Target, option_value, parse_target

_USUAL: Final = "usual"
"""The value of a choice that says nothing: the provider's dialect, the model's effort."""
_EFFORTS: Final = (_USUAL, "none", "minimal", "low", "medium", "high")


class TargetForm(Dialog[Target | None]):
    """Dismissed with the target, or None. What is wrong with it is said inside, and it stays open."""

    DEFAULT_CSS = """
    TargetForm {
        & > VerticalScroll {
            width: 76; height: auto; max-height: 100%;
        }
        & Horizontal { height: auto; }
        & .label { width: 12; color: $text-muted; height: 1; }
        & Horizontal > Input { border: none; height: 1; margin: 0 2; background: $surface; width: 1fr; }
        & Horizontal > Input:focus { background: $panel; }
        & #problem { color: $metric-warn; height: auto; width: 100%; }
    }
    """

    def __init__(
        self, keymap: Keymap, title: str, draft: Draft, lineups: Lineups, engine: Engine, taken: Iterable[str]
    ) -> None:
        """`taken`: names other targets have; one of them gets a number behind it."""
        super().__init__()
        keymap.bind(self, Place.TARGET)
        self._heading = clean_line(title)
        self._lineups = lineups
        self._engine = engine
        self._taken = tuple(taken)
        options = dict(draft.options)
        self._provider = ChoiceRow(lineups.providers(), draft.provider)
        self._picker = ModelPicker(draft.model)
        self._name_field = _field(draft.name if draft.name != draft.model else "", "the model's")
        self._dialect = ChoiceRow((_USUAL, *sorted(DIALECTS)), str(options.pop("dialect", _USUAL)))
        self._temperature = _field(written_value(options.pop("temperature", "")), "usual")
        self._max_tokens = _field(written_value(options.pop("max_tokens", "")), "usual")
        self._effort = ChoiceRow(_EFFORTS, str(options.pop("reasoning_effort", _USUAL)))
        self._more = _field(",".join(f"{key}={written_value(value)}" for key, value in options.items()), "key=value,…")
        self._problem = Words(id="problem")

    def compose(self) -> ComposeResult:
        """One row for each thing."""
        rows: Mapping[str, Widget] = {
            "provider": self._provider,
            "model": self._picker,
            "name": self._name_field,
            "dialect": self._dialect,
            "temperature": self._temperature,
            "max tokens": self._max_tokens,
            "reasoning": self._effort,
            "more options": self._more,
        }
        with VerticalScroll(can_focus=False) as box:
            box.border_title = content(self._heading)
            box.border_subtitle = content(Clean("enter takes it · tab next · escape closes"))
            for label, row in rows.items():
                with Horizontal():
                    yield Words(content(clean_line(label)), classes="label")
                    yield row
            yield self._problem

    def on_mount(self) -> None:
        """The model is what one comes for."""
        self._picker.field.focus()
        self._fetch_list()

    def on_choice_row_changed(self, message: ChoiceRow.Changed) -> None:
        """Another provider has other models."""
        if message.row is self._provider:
            self._fetch_list()

    def on_input_submitted(self) -> None:
        """Enter takes it, whatever has the focus."""
        self.action_take_target()

    def action_take_target(self) -> None:
        """Make the target, or say what is wrong with it."""
        self.run_worker(self._take(), group="take", exclusive=True)

    def action_next_field(self, by: int) -> None:
        """To the next field or the one before."""
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_down(self, by: int) -> None:
        """In the list of models another one; elsewhere the next field."""
        if self._picker.field.has_focus:
            self._picker.move(by)
        else:
            self.action_next_field(by)

    def action_change_value(self, by: int) -> None:
        """Another value of the choice that has the focus."""
        if isinstance(self.focused, ChoiceRow):
            self.focused.move(by)

    def action_close_target(self) -> None:
        """Without a target."""
        self.dismiss(None)

    # -- the target -------------------------------------------------------------------------------------------------

    async def _take(self) -> None:
        try:
            draft = self._draft()
            asks = self._lineups.asks_for_key(draft.provider)
            target = await off_the_loop(self.app, lambda: self._lineups.make(draft, self._taken), asks=asks)
        except SidestreamError as exc:
            self._problem.show(content(clean_line(f"{exc}.")))
            self._problem.scroll_visible()
        else:
            self._engine.learn(target)
            self.dismiss(target)

    def _draft(self) -> Draft:
        options: dict[str, Any] = {}
        if self._dialect.value != _USUAL:
            options["dialect"] = self._dialect.value
        if text := self._temperature.value.strip():
            options["temperature"] = _number("temperature", text, whole=False)
        if text := self._max_tokens.value.strip():
            options["max_tokens"] = _number("max tokens", text, whole=True)
        if self._effort.value != _USUAL:
            options["reasoning_effort"] = option_value(self._effort.value)
        if text := self._more.value.strip():
            options |= parse_target(f"p/m,{text}").options
        return Draft(self._provider.value, self._picker.model, self._name_field.value, MappingProxyType(options))

    # -- the list of models -----------------------------------------------------------------------------------------

    def _fetch_list(self) -> None:
        self.run_worker(self._show_list(self._provider.value), group="list", exclusive=True)

    async def _show_list(self, provider: str) -> None:
        lists = self._lineups.lists
        if provider not in lists:
            if self._lineups.asks_for_key(provider):
                self._picker.show_words("its list can be had once a target of it has run the key command")
                return
            self._picker.show_words("asking for the list …")
            try:
                endpoint = await off_the_loop(self.app, lambda: self._lineups.endpoint(provider), asks=False)
                self._engine.learn(endpoint)
                lists[provider] = await self._engine.models_of(endpoint)
            except SidestreamError as exc:
                self._picker.show_words(f"no list: {exc}")
                return
        self._picker.show_models(lists[provider])


def _field(value: str, placeholder: str) -> Input:
    return Input(value, compact=True, placeholder=placeholder, select_on_focus=False)


def _number(what: str, text: str, *, whole: bool) -> float:
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        raise TargetError(f"{what} is {text!r}, expected a {'whole ' if whole else ''}number") from None
    if not (1 if whole else 0) <= value < float("inf"):
        raise TargetError(f"{what} is {text!r}, expected {'1 or more' if whole else '0 or more'}")
    return value
