"""Every key of the place the user is in, made from the action table so that it cannot be wrong."""

from collections.abc import Iterable
from itertools import groupby, zip_longest
from textwrap import wrap

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui.app.actions import Action, Place, actions_of
from tui.app.actions.keymap import Keymap
from tui.app.dialogs.dialog import Dialog
from tui.app.shown import Words, assembled, content, stacked
from tui.core.clean import Clean, clean_line

_KEYS_WIDTH = 33
"""The widest column of keys; longer ones get a line of their own."""
_MANY_KEYS = 4
"""More keys of one row than this are a range: 1 … 9."""


class HelpScreen(Dialog[None]):
    """A list of keys over the dashboard."""

    DEFAULT_CSS = """
    HelpScreen {
        & > VerticalScroll {
            width: 84; height: auto; max-height: 90%;
            padding: 0 2;
        }
        & Words { width: 100%; }
    }
    """

    def __init__(self, keymap: Keymap, view: Place, *, at_prompt: bool) -> None:
        """`at_prompt` puts the prompt box's keys first, before those of the view."""
        super().__init__()
        keymap.bind(self, Place.HELP)
        self._keymap = keymap
        around = (view, Place.VIEWS, Place.DASHBOARD, Place.EVERYWHERE)
        self._actions = [*actions_of(Place.PROMPT), *actions_of(*around)]
        if not at_prompt:
            self._actions = [*actions_of(*around), *actions_of(Place.PROMPT)]
        self._text = Words()

    def compose(self) -> ComposeResult:
        """One section per kind of action."""
        with VerticalScroll() as box:
            box.border_title = "keys"
            box.border_subtitle = "escape closes"
            yield self._text

    def on_resize(self, event: events.Resize) -> None:
        """Break the sentences where the box ends."""
        width = min(84, event.size.width) - 8
        self._text.show(help_text(self._keymap, self._actions, width))

    def action_close_help(self) -> None:
        """Back to the dashboard."""
        self.dismiss()


def help_text(keymap: Keymap, actions: Iterable[Action], width: int) -> Content:
    """The actions by section, each with its keys and its sentence, in lines of at most `width` cells."""
    sections: dict[str, list[Action]] = {}
    for action in actions:
        sections.setdefault(action.section, []).append(action)
    groups = {title: _sentences(keymap, rows) for title, rows in sections.items()}
    needed = [len(f"  {keys}  ") for rows in groups.values() for keys, _ in rows]
    column = max((each for each in needed if each <= _KEYS_WIDTH), default=_KEYS_WIDTH)
    lines: list[Content] = []
    for title, said in groups.items():
        lines += [*([content(Clean(""))] if lines else []), content(clean_line(title), "bold $accent")]
        for keys, sentence in said:
            lines += _row(keys, sentence, column, width)
    return stacked(lines)


def _sentences(keymap: Keymap, rows: Iterable[Action]) -> list[tuple[str, str]]:
    """The keys of each sentence; neighbours with the same one share it."""
    return [
        (_keys([key for action in same for key in keymap.shown_keys(action)]), sentence)
        for sentence, same in groupby(rows, key=lambda action: action.help)
    ]


def _keys(keys: list[str]) -> str:
    return f"{keys[0]} … {keys[-1]}" if len(keys) > _MANY_KEYS else "  ".join(keys)


def _row(keys: str, sentence: str, column: int, width: int) -> list[Content]:
    """Keys on the left, the sentence beside them; long keys get a line of their own."""
    left, pieces = [f"  {keys}"], wrap(sentence, max(12, width - column))
    if len(left[0]) >= column:
        pieces.insert(0, "")
    return [
        assembled((clean_line(f"{key:<{column}}"), "$foreground"), (clean_line(piece), "$metric-label"))
        for key, piece in zip_longest(left, pieces, fillvalue="")
    ]
