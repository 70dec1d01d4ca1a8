"""Actions of the prompt box. Letters are text there, so its keys have a modifier or a name."""

from functools import partial

from tui.app.actions.action import Action, Place

_prompt = partial(Action, place=Place.PROMPT, section="In the prompt box")

PROMPT = (
    _prompt("prompt.send", "enter", "send", "Send the prompt to all targets.", call="send", in_bar=True),
    _prompt("prompt.newline", "alt+enter,ctrl+j,shift+enter", "newline", "Break the line.", call="newline",
            in_bar=True),
    _prompt("prompt.leave", "escape", "to the panes", "Back to where you were.", call="leave", in_bar=True),
)  # fmt: skip
