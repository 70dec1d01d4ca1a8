"""A field for a model's name, with the provider's own list below it that narrows while one types."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.app.shown import Words, content
from tui.core.clean import clean_line

_SHOWN: Final = 200
"""Matches in the list; whoever wants another one types more."""


class ModelPicker(Vertical):
    """`model` is what would be taken now: the chosen line, or what was typed."""

    DEFAULT_CSS = """
    ModelPicker {
        height: auto; width: 1fr;
        & > Input { border: none; height: 1; margin: 0 2; background: $surface; }
        & > Input:focus { background: $panel; }
        & > OptionList {
            height: 6; border: none; padding: 0; margin: 0 2; background: $surface; scrollbar-size-vertical: 1;
            &:focus { border: none; }
        }
        & > Words { height: auto; min-height: 1; max-height: 2; color: $text-muted; padding: 0 2; }
    }
    """

    def __init__(self, model: str) -> None:
        super().__init__()
        self.field = Input(model, compact=True, placeholder="type to search")
        self._list = OptionList(compact=True)
        self._list.can_focus = False
        self._words = Words()
        self._models: Sequence[str] = ()
        self._lines: list[str] = []
        """What each line of the list stands for."""
        self._as_typed = True
        """Whether the field holds a whole name: nothing was typed since the form had one to show."""

    def compose(self) -> ComposeResult:
        """The field, the list, and a line about it."""
        yield self.field
        yield self._list
        yield self._words

    @property
    def model(self) -> str:
        """The name in the chosen line; without one, in the field."""
        at = self._list.highlighted
        if self._as_typed or at is None:
            return self.field.value.strip()
        return self._lines[at]

    def show_models(self, models: Sequence[str]) -> None:
        """Offer these."""
        self._models = models
        self._narrow()

    def show_words(self, words: str) -> None:
        """There is nothing to offer, for this reason."""
        self._models = ()
        self._narrow()
        self._words.show(content(clean_line(words)))

    def move(self, by: int) -> None:
        """Choose another line."""
        if self._lines:
            at = self._list.highlighted
            start = -1 if at is None or (self._as_typed and by > 0) else at
            self._as_typed = False
            self._list.highlighted = (start + by) % len(self._lines)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Narrow the list."""
        message.stop()
        self._as_typed = message.value.strip() == "" or (self._as_typed and not message.input.has_focus)
        self._narrow()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """A click puts the name into the field."""
        message.stop()
        self.field.value = self._lines[message.option_index]
        self.field.cursor_position = len(self.field.value)
        self._as_typed = True

    def _narrow(self) -> None:
        typed = self.field.value.strip()
        found = matching(self._models, "" if self._as_typed else typed)
        self._lines = found[:_SHOWN]
        lines = [(clean_line(name), "") for name in self._lines]
        known = typed in self._lines
        if typed and typed not in self._models and not self._as_typed and self._models:
            self._lines.append(typed)
            lines.append((clean_line(f"“{typed}” as typed"), "$metric-label"))
        self._list.clear_options()
        self._list.add_options([Option(content(text, style)) for text, style in lines])
        self._list.highlighted = self._lines.index(typed) if known else 0 if self._lines else None
        more = f"; {_SHOWN} shown, type more" if len(found) > _SHOWN else ""
        self._words.show(content(clean_line(f"{len(found)} of {len(self._models)} models{more}")))


def matching(models: Sequence[str], typed: str) -> list[str]:
    """The models with every typed word in their names; first those that begin with the first one."""
    words = typed.casefold().split()
    if not words:
        return list(models)
    found = [name for name in models if all(word in name.casefold() for word in words)]
    return sorted(found, key=lambda name: not name.casefold().startswith(words[0]))
