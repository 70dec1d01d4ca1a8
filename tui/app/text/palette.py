"""From the names of roles to the colours of the theme in use."""

from collections.abc import Callable

from rich.style import Style
from textual.color import Color
from textual.css.styles import StylesBase


class Palette:
    """Styles of combined roles over one background, each worked out once.

    Component styles may be translucent (`$foreground 8%`) or follow the background (`auto`), so each role is laid over
    what the roles before it gave.
    """

    def __init__(self, background: Color, color: Color, lookup: Callable[[str], StylesBase]) -> None:
        self.background = background
        self._color = color
        self._lookup = lookup
        self._styles: dict[str, Style] = {}

    def style(self, roles: str) -> Style:
        """The style of roles separated by spaces; the last one is on top. Raises KeyError for an unknown one."""
        if (found := self._styles.get(roles)) is not None:
            return found
        style = self._styles[roles] = self._combined(roles.split())
        return style

    def _combined(self, roles: list[str]) -> Style:
        background, color = self.background, self._color
        text_style = Style()
        for role in roles:
            styles = self._lookup(role)
            if styles.has_rule("background"):
                background = background + styles.background
            if styles.has_rule("auto_color") and styles.auto_color:
                color = background + background.get_contrast_text(styles.color.a)
            elif styles.has_rule("color"):
                color = background + styles.color
            text_style += styles.text_style
        return Style.from_color(color.rich_color, background.rich_color) + text_style
