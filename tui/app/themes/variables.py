"""The colours sidestream's own TCSS names beside Textual's, and what each is when a theme leaves it out.

Called by the theme loader, which completes a file with them, and by the app for themes that come from elsewhere.

Every value is a plain opaque `#RRGGBB`. Textual does not resolve a `$name` inside a variable's value (the stylesheet
fails to parse), and the streaming views read these values as Rich styles, which know neither alpha nor `auto`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.color import Color
from textual.theme import Theme

VARIABLES: Mapping[str, str] = {
    "phase-queued": "a stream that waits for its turn",
    "phase-connecting": "name lookup, TCP, TLS",
    "phase-waiting": "request sent, no token yet",
    "phase-thinking": "reasoning arrives",
    "phase-streaming": "the answer arrives",
    "phase-quiet": "the stream went silent, waits to be sent again, or its answer was cut",
    "phase-complete": "ended as it should",
    "phase-cancelled": "stopped by the user",
    "phase-interrupted": "cut off with part of an answer",
    "phase-failed": "ended in an error",
    "metric-good": "a best value, or one within its threshold",
    "metric-warn": "a value over the first threshold",
    "metric-bad": "a value over the second threshold",
    "metric-label": "what a number is called",
    "metric-value": "the number",
    "spark": "sparklines and plots",
    **{f"series-{number}": f"target {number}, {number + 8} in plots of all targets" for number in range(1, 9)},
    "reasoning": "text of the reasoning lane",
    "tool-name": "name of a called tool",
    "tool-arguments": "its arguments as they grow",
    "refusal": "text of a refusal",
    "pane-border": "border of a pane",
    "pane-border-focus": "border of the pane that has the focus",
    "pane-title": "target name in the border",
    "diff-removed": "words that only the left of two texts has",
    "diff-added": "words that only the right one has",
    "code-background": "fill behind code; the text on it keeps its colour",
    "search-hit": "fill behind a match; the text on it keeps its colour",
}
"""Name without `$` → what it colours."""

_FILLS = {"code-background", "search-hit"}
_QUIET_LINES = {"pane-border"}
_TURNS = (0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875)
"""Round the circle of hues so that the first few are as far apart as can be."""
_READABLE = 4.5
"""WCAG AA: the contrast a computed colour keeps against background and surface."""


@dataclass(frozen=True, slots=True)
class _Palette:
    primary: Color
    secondary: Color
    accent: Color
    foreground: Color
    background: Color
    surface: Color
    panel: Color
    warning: Color
    error: Color
    success: Color


def _palette(**colours: str) -> _Palette:
    return _Palette(**{name: Color.parse(colour) for name, colour in colours.items()})


_DARK = _palette(
    primary="#6cb6ff",
    secondary="#8ba3c7",
    accent="#c3a6ff",
    foreground="#d8e0ea",
    background="#10151c",
    surface="#171e28",
    panel="#212b38",
    warning="#edc274",
    error="#f58a8f",
    success="#7fd1a0",
)
_LIGHT = _palette(
    primary="#1a66c2",
    secondary="#4c6180",
    accent="#7440c4",
    foreground="#1d2735",
    background="#f5f7fa",
    surface="#ffffff",
    panel="#e4eaf1",
    warning="#8f5b00",
    error="#c0303c",
    success="#1c7544",
)


def variable_defaults(theme_dark: bool) -> dict[str, str]:
    """Every name of `VARIABLES` with a calm colour for a dark or a light background."""
    return _derive(_DARK if theme_dark else _LIGHT)


def variables_for(theme: Theme) -> dict[str, str]:
    """Every name of `VARIABLES`, computed from the theme's own base colours and readable on its background.

    A theme that borrows the terminal's 16 colours has none to compute with and gets `variable_defaults`.
    `theme.variables` are not applied here: Textual lays them over these.
    """
    generated = theme.to_color_system().generate()
    # What the theme says goes before what Textual generated, whose way through L*a*b* rounds colours a little off.
    base = {name: Color.parse(getattr(theme, name) or generated[name]) for name in _Palette.__dataclass_fields__}
    if any(colour.ansi is not None or colour.a < 1 for colour in base.values()):
        return variable_defaults(theme.dark)
    return _derive(_Palette(**base))


def contrast(one: Color, other: Color) -> float:
    """WCAG 2 contrast ratio, 1 (same) to 21 (black on white); alpha is not looked at."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (_linear(channel) for channel in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _derive(base: _Palette) -> dict[str, str]:
    return {name: _legible(name, colour, base).hex6.lower() for name, colour in _mix(base).items()}


def _mix(base: _Palette) -> dict[str, Color]:
    muted = base.foreground.blend(base.background, 0.4)
    return {
        "phase-queued": muted,
        "phase-connecting": base.secondary,
        "phase-waiting": base.secondary.blend(base.warning, 0.6),
        "phase-thinking": base.accent,
        "phase-streaming": base.primary,
        "phase-quiet": base.warning,
        "phase-complete": base.success,
        "phase-cancelled": muted,
        "phase-interrupted": base.warning.blend(base.error, 0.5),
        "phase-failed": base.error,
        "metric-good": base.success,
        "metric-warn": base.warning,
        "metric-bad": base.error,
        "metric-label": muted,
        "metric-value": base.foreground,
        "spark": base.primary,
        **{f"series-{number}": _turned(base, turn) for number, turn in enumerate(_TURNS, 1)},
        "reasoning": base.foreground.blend(base.accent, 0.35).blend(base.background, 0.2),
        "tool-name": base.accent,
        "tool-arguments": base.foreground.blend(base.background, 0.2),
        "refusal": base.error.blend(base.accent, 0.3),
        "pane-border": base.background.blend(base.foreground, 0.25),
        "pane-border-focus": base.primary,
        "pane-title": base.foreground,
        "diff-removed": base.warning.blend(base.error, 0.6),
        "diff-added": base.success,
        "code-background": base.background.blend(base.panel, 0.6),
        "search-hit": base.background.blend(base.warning, 0.3),
    }


def _turned(base: _Palette, turn: float) -> Color:
    """The primary colour with another hue, for one of several that must be told apart; neither pale nor garish."""
    hue, saturation, lightness = base.primary.hsl
    return Color.from_hsl((hue + turn) % 1, min(0.75, max(0.5, saturation)), lightness)


def _legible(name: str, colour: Color, base: _Palette) -> Color:
    """Pull a colour towards the foreground, or a fill towards the background, until the text can be read.

    Stops at the end of the way: a theme whose own foreground is unreadable stays as its author wrote it.
    """
    if name in _QUIET_LINES:
        return colour
    if name in _FILLS:
        candidates = _way(colour, base.background)
        return next((c for c in candidates if contrast(base.foreground, c) >= _READABLE), base.background)
    grounds = (base.background, base.surface)
    candidates = _way(colour, base.foreground)
    return next((c for c in candidates if min(contrast(c, g) for g in grounds) >= _READABLE), base.foreground)


def _way(start: Color, end: Color) -> list[Color]:
    return [start.blend(end, step / 10) for step in range(11)]
