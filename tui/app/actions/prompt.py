"""Actions of the prompt box. Letters are text there, so its keys have a modifier or a name."""

from functools import partial

from tui.app.actions.action import Action, Place

_prompt = partial(Action, place=Place.PROMPT, section="In the prompt box")

PROMPT = (
    _prompt("prompt.send", "enter", "send", "Send the prompt to all targets.", call="send", in_bar=True),
    _prompt("prompt.newline", "alt+enter,ctrl+j,shift+enter", "newline", "Break the line.", call="newline",
            in_bar=True),
    _prompt("prompt.older", "up", "older prompt", "On the first line: the prompt sent before.", call="older"),
    _prompt("prompt.newer", "down", "newer prompt", "On the last line: the prompt sent after.", call="newer"),
    _prompt("prompt.edit", "ctrl+g", "editor", "Write the prompt in $VISUAL or $EDITOR.", call="edit", in_bar=True),
    _prompt("prompt.file", "ctrl+o", "insert file", "Put a text file in at the cursor.", call="insert_file"),
    _prompt("prompt.leave", "escape", "to the panes", "Back to where you were.", call="leave", in_bar=True),
)  # fmt: skip
