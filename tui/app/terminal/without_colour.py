"""`NO_COLOR`: what colours tell is told by weight, and no colour reaches the terminal.

Textual would turn everything grey, which is still a colour to the terminal. Here what is quiet becomes dim, and what
stands on a ground of its own is reversed.
"""

from functools import lru_cache
from typing import Final

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor

from tui.app.themes.variables import contrast

_FAINT: Final = 3.0
"""Contrast with its ground below which a text or a line is quiet, whatever its colour."""
_LOUD: Final = 7.0
"""Contrast from which on it is not quiet. Between the two, greys are; a state's colour is not."""
_GREY: Final = 64
"""Most that red, green and blue of a grey differ."""
_RAISED: Final = 1.5
"""Contrast of a fill with the ground around it from which on it is reversed: selections, cursors, bars; not panels."""

CSS: Final = """
SidestreamApp:nocolor {
    & Pane:focus, & PromptBox:focus, & RaceView:focus, & DiffView:focus .-at, & DiffView:focus > .-one,
    & InspectorView .box:focus-within, & EventList:focus { border: heavy $foreground; }
    & .text-view--hit { background: $background; text-style: underline; }
    & .text-view--current-hit { background: $background; text-style: bold reverse; }
}
"""
"""What has only a colour elsewhere: the border of what has the focus, and the hits of a search."""


class WithoutColour(LineFilter):
    """Takes all colours out of finished lines."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same texts, weighted."""
        return [
            segment if segment.style is None else segment._replace(style=weighted(segment.style, background))
            for segment in segments
        ]


def take_colours_out(app: App[None]) -> None:
    """Put our filter in the place of Textual's own, if `NO_COLOR` made it have one."""
    if app.no_color:
        kept = [each for each in app._filters if not isinstance(each, Monochrome | NoColor)]
        app._filters[:] = [*kept, WithoutColour()]


@lru_cache(4096)
def weighted(style: Style, ground: Color) -> Style:
    """A style without its colours, dim or reversed where they said so. `ground` is what lies around it."""
    text = _known(style.color)
    fill = ground if style.bgcolor is None else _known(style.bgcolor)
    bare = style.without_color + Style.from_meta(style.meta)
    if style.reverse or fill is None:
        return bare
    if contrast(fill, ground) >= _RAISED:
        return bare + Style(reverse=True)
    return bare + Style(dim=True) if text is not None and _is_quiet(text, fill) else bare


def _is_quiet(text: Color, fill: Color) -> bool:
    found = contrast(text, fill)
    is_grey = max(text.rgb) - min(text.rgb) <= _GREY
    return found < _FAINT or (is_grey and found < _LOUD)


def _known(colour: RichColor | None) -> Color | None:
    """None for the terminal's own two, of which nothing is known."""
    return None if colour is None or colour.is_default else Color(*colour.get_truecolor())
