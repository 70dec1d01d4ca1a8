"""Short sentences at the edge of the screen."""

from textual.widget import Widget


def say(node: Widget, message: str, *, warning: bool = False) -> None:
    """One sentence at a time: a key pressed five times must not cover the answers with five."""
    node.app.clear_notifications()
    node.app.notify(message, severity="warning" if warning else "information", markup=False, timeout=4)
