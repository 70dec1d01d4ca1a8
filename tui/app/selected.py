"""What the user has selected with the mouse, as text."""

from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget


def selected_text(screen: Screen[object]) -> str:
    """The selected text of all widgets that can be selected and seen; empty when there is none.

    Two clicks on a place around several widgets select all of them, and Textual would add the names of those that draw
    their own lines.
    """
    for widget in list(screen.selections):
        if not widget.allow_select or not all(map(_is_displayed, widget.ancestors_with_self)):
            del screen.selections[widget]
    return screen.get_selected_text() or ""


def _is_displayed(node: DOMNode) -> bool:
    return not isinstance(node, Widget) or node.display
