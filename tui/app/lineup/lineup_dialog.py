"""The line-ups: switch to one, save the one that is asked now, delete one that was saved."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.dialogs.dialog import Dialog
from tui.app.lineup.lineups import Lineups
from tui.app.shown import Styled, Words, assembled, content
from tui.core.clean import Clean, clean_line


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants done with a line-up."""

    verb: str
    """switch, save or delete."""
    name: str


class LineupDialog(Dialog[Wish | None]):
    """Dismissed with what is to be done; the dashboard does it and asks before anything is lost."""

    DEFAULT_CSS = """
    LineupDialog {
        & > Vertical {
            width: 76; height: auto; max-height: 100%;
        }
        & OptionList {
            height: auto; max-height: 12; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
            &:focus { border: none; }
        }
        & Input { border: none; height: 1; padding: 0; background: $surface; margin-top: 1; }
        & Input:focus { background: $panel; }
        & Words { color: $text-muted; height: auto; width: 100%; }
    }
    """

    def __init__(self, keymap: Keymap, lineups: Lineups) -> None:
        super().__init__()
        keymap.bind(self, Place.LINEUPS)
        self._lineups = lineups
        self._names = sorted(lineups.lineups)
        self._list = OptionList(compact=True)
        self._field = Input(compact=True, placeholder="tab, then a name: save what is asked now")
        self._words = Words()

    def compose(self) -> ComposeResult:
        """The list, and the name to save under."""
        with Vertical() as box:
            box.border_title = content(Clean("line-ups"))
            box.border_subtitle = content(Clean("enter switches · tab saves · delete deletes · escape closes"))
            yield self._list
            yield self._words
            yield self._field

    def on_mount(self) -> None:
        """To the one that is asked now."""
        self._list.add_options([Option(assembled(*self._line(name))) for name in self._names])
        if not self._names:
            self._words.show(content(Clean("None is saved yet.")))
            self._field.focus()
            return
        current = self._lineups.name
        self._list.highlighted = self._names.index(current) if current in self._names else 0
        self._list.focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Enter or a click on a line."""
        self.dismiss(Wish("switch", self._names[message.option_index]))

    def on_input_submitted(self) -> None:
        """Enter in the field."""
        self.action_take_lineup()

    def action_take_lineup(self) -> None:
        """Save when a name is typed, else switch."""
        if not self._field.has_focus:
            self._with_chosen("switch")
        elif self._field.value.strip():
            self.dismiss(Wish("save", self._field.value.strip()))

    def action_choose_lineup(self, by: int) -> None:
        """Another line."""
        if self._names:
            self._list.highlighted = ((self._list.highlighted or 0) + by) % len(self._names)

    def action_name_lineup(self) -> None:
        """To the name, or back to the list."""
        if self._field.has_focus and self._names:
            self._list.focus()
        else:
            self._field.value = self._field.value or self._lineups.name or ""
            self._field.focus()

    def action_delete_lineup(self) -> None:
        """The chosen one."""
        self._with_chosen("delete")

    def action_close_lineups(self) -> None:
        """Nothing is done."""
        self.dismiss(None)

    def _with_chosen(self, verb: str) -> None:
        at = self._list.highlighted
        if at is not None:
            self.dismiss(Wish(verb, self._names[at]))

    def _line(self, name: str) -> tuple[Styled, ...]:
        targets = self._lineups.lineups[name].targets
        is_asked = name == self._lineups.name
        return (
            (Clean("● ") if is_asked else Clean("  "), "$accent"),
            (clean_line(f"{name}  "), "bold"),
            (Clean("changed since  ") if is_asked and self._lineups.is_changed else Clean(""), "$metric-warn"),
            (clean_line(", ".join(targets)), "$metric-label"),
        )
