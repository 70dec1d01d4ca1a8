"""The question whether a program may be run, which shows exactly what would be."""

import shlex

from textual.containers import VerticalScroll
from textual.content import Content

from tui.app.actions.keymap import Keymap
from tui.app.dialogs.yes_no import YesNo
from tui.app.shown import Words, assembled, content, name_shown, stacked
from tui.config.settings import ToolCommand
from tui.core.bounds import size_text
from tui.core.clean import Clean, clean_line


def program_question(keymap: Keymap, tool: ToolCommand, output_bytes: int) -> YesNo:
    """For which tool, the command argument by argument, and its limits."""
    head = assembled((Clean("It answers calls of "), "$metric-label"), (name_shown(tool.name), "bold $tool-name"))
    command = stacked(_argument(number, word) for number, word in enumerate(tool.command))
    limits = content(clean_line(_limits(tool, output_bytes)), "$metric-label")
    return YesNo(
        keymap,
        [Words(head), VerticalScroll(Words(command)), Words(limits)],
        Clean("run this program?"),
        Clean("y runs it · escape does not"),
        is_risky=True,
    )


def _limits(tool: ToolCommand, output_bytes: int) -> str:
    return (
        "No shell; the call's arguments come as JSON on its standard input. Your keys are not in its environment. "
        f"It is stopped after {tool.timeout:g} s or {size_text(output_bytes)} of output."
    )


def _argument(number: int, word: str) -> Content:
    """One argument, quoted as a shell would want it, so that its ends can be seen."""
    label = "program" if number == 0 else f"{number}"
    return assembled((clean_line(f"{label:>7}  "), "$metric-label"), (clean_line(shlex.quote(word)), "bold"))
