"""Short sentences at the edge of the screen."""

from textual.widget import Widget

from tui.app.shown import toast
from tui.core.clean import clean_line


def say(node: Widget, message: str, *, warning: bool = False) -> None:
    """One sentence at a time: a key pressed five times must not cover the answers with five."""
    node.app.clear_notifications()
    toast(node.app, clean_line(message), "warning" if warning else "information")
