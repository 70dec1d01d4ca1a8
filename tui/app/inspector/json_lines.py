"""A payload as lines to read: JSON indented and coloured, all else as it is. Long ones are cut, and say so.

What must not reach the screen is written as an escape, which in JSON changes nothing.
"""

from collections.abc import Callable
from typing import Final

from textual.content import Content

from tui.app.inspector.event_words import bytes_text
from tui.app.shown import assembled, content
from tui.core.clean import Clean, clean, clean_line, escaped_json
from tui.core.json_layout import Line, laid_out, line_text
from tui.core.pretty_json import Part

SHOWN_CHARS: Final = 64 * 1024
"""What is laid out of one payload; `y` copies all of it."""
_COLOURED_CHARS: Final = 20_000
_STYLES: Final[dict[Part, str]] = {
    "key": "$text-primary",
    "string": "$text-success",
    "number": "$text-warning",
    "word": "$text-warning",
    "sign": "$metric-label",
}


def payload_lines(data: bytes, hide: Callable[[str], str], width: int) -> list[Content]:
    """The lines of a payload, short parts of it on one of `width` cells. `hide` takes secrets out of a text."""
    text = hide(data.decode("utf-8", "replace"))
    document = laid_out(escaped_json(text), width, SHOWN_CHARS)
    if document is None:
        found = [content(clean_line(line)) for line in clean(text[:SHOWN_CHARS]).split("\n")]
    elif len(text) <= _COLOURED_CHARS:
        found = [_coloured(line) for line in document]
    else:
        found = [content(clean_line(line_text(line))) for line in document]
    if len(text) > SHOWN_CHARS:
        rest = bytes_text(len(text) - SHOWN_CHARS)
        found.append(content(clean_line(f"… {rest} characters more; copying takes all of it."), "$metric-warn"))
    return found


def _coloured(line: Line) -> Content:
    return assembled(*((clean_line(text), _STYLES[part]) for text, part in line))


NOT_KEPT: Final = content(
    Clean("These bytes are no longer kept: only the beginning and the end of a long stream are."), "$metric-warn"
)
