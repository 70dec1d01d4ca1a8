"""Asks whether a program may be run, showing exactly what would be."""

import shlex

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.shown import Words, assembled, content, name_shown, stacked
from tui.config.settings import ToolCommand
from tui.core.bounds import size_text
from tui.core.clean import Clean, clean_line


class ConfirmProgram(ModalScreen[bool]):
    """Dismissed with True for yes."""

    DEFAULT_CSS = """
    ConfirmProgram {
        align: center middle;
        & > Vertical {
            width: 84; max-width: 100%; height: auto; max-height: 90%;
            border: round $metric-warn; border-title-color: $pane-title; border-subtitle-color: $text-muted;
            background: $surface; padding: 0 1;
        }
        & VerticalScroll { height: auto; max-height: 10; margin: 1 0; }
        & Words { width: 100%; height: auto; }
    }
    """

    def __init__(self, keymap: Keymap, tool: ToolCommand, output_bytes: int) -> None:
        super().__init__()
        keymap.bind(self, Place.CONFIRM)
        self._tool = tool
        self._output_bytes = output_bytes

    def compose(self) -> ComposeResult:
        """For which tool, the command argument by argument, and its limits."""
        tool = self._tool
        with Vertical() as box:
            box.border_title = "run this program?"
            box.border_subtitle = "y runs it · escape does not"
            name = (name_shown(tool.name), "bold $tool-name")
            yield Words(assembled((Clean("It answers calls of "), "$text-muted"), name))
            with VerticalScroll():
                yield Words(stacked(_argument(number, word) for number, word in enumerate(tool.command)))
            yield Words(content(clean_line(self._limits()), "$text-muted"))

    def _limits(self) -> str:
        size = size_text(self._output_bytes)
        return (
            "No shell; the call's arguments come as JSON on its standard input. Your keys are not in its environment. "
            f"It is stopped after {self._tool.timeout:g} s or {size} of output."
        )

    def action_confirm(self) -> None:
        """Run it."""
        self.dismiss(True)

    def action_refuse(self) -> None:
        """Do not."""
        self.dismiss(False)


def _argument(number: int, word: str) -> Content:
    """One argument, quoted as a shell would want it, so that its ends can be seen."""
    label = "program" if number == 0 else f"{number}"
    return assembled((clean_line(f"{label:>7}  "), "$metric-label"), (clean_line(shlex.quote(word)), "bold"))
