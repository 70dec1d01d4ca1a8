"""Every key of the place the user is in, made from the bindings themselves so that it cannot be wrong."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen

from tui.app.shown import Words, assembled, stacked
from tui.core.clean import clean, clean_line

_WORDS = {
    "up": "↑", "down": "↓", "pagedown": "page down", "pageup": "page up",
    "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]",
}  # fmt: skip
_SECTIONS = (
    ("prompt", "In the prompt box"),
    ("run", "All streams"),
    ("stream", "The focused stream"),
    ("pane", "The focused pane"),
    ("focus", "Moving"),
    ("app", "Everywhere"),
)


class HelpScreen(ModalScreen[None]):
    """A list of keys over the dashboard."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1,q", "dismiss", "close", id="help.close")]
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > VerticalScroll {
            width: 72; max-width: 100%; height: auto; max-height: 90%;
            border: round $pane-border-focus; border-title-color: $pane-title; border-subtitle-color: $text-muted;
            background: $surface; padding: 0 2;
        }
        & Words { width: 100%; }
    }
    """

    def __init__(self, place: Screen[None]) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        """One section per kind of action."""
        with VerticalScroll() as box:
            box.border_title = "keys"
            box.border_subtitle = "escape closes"
            yield Words(help_text(_bindings_of(self._place)))


def help_text(bindings: list[Binding]) -> Content:
    """The bindings by section, each with its keys and its description."""
    parts: list[Content] = []
    for prefix, title in _SECTIONS:
        rows = [binding for binding in bindings if (binding.id or "").split(".")[0] == prefix]
        if not rows:
            continue
        parts.append(assembled((clean("\n" if parts else ""), ""), (clean_line(title), "bold $accent")))
        for description, keys in _merged(rows):
            parts.append(
                assembled((clean_line(f"  {keys:<30}"), "$foreground"), (clean_line(description), "$text-muted"))
            )
    return stacked(parts)


def _merged(rows: list[Binding]) -> list[tuple[str, str]]:
    """(description, keys); the nine digits are one row."""
    digits = [row for row in rows if row.key.isdigit()]
    others = [row for row in rows if not row.key.isdigit()]
    keys: dict[str, list[str]] = {}
    for row in others:
        keys.setdefault(row.description, []).append(_WORDS.get(row.key, row.key))
    merged = [(description, " ".join(names)) for description, names in keys.items()]
    return [*merged, ("that pane", "1 … 9")] if digits else merged


def _bindings_of(place: Screen[None]) -> list[Binding]:
    """Everything bound on the screen, in its prompt box and in the app, each once."""
    from tui.app.prompt_box import PromptBox

    found: dict[tuple[str, str], Binding] = {}
    prompt_boxes = place.query(PromptBox)
    for node in (*prompt_boxes, place, place.app):
        for key, bindings in node._bindings.key_to_bindings.items():
            for binding in bindings:
                if binding.id and not binding.system:
                    found.setdefault((binding.id, key), binding)
    return list(found.values())
