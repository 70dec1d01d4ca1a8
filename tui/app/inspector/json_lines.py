"""A payload as lines to read: JSON indented and coloured, all else as it is. Long ones are cut, and say so.

What must not reach the screen is written as an escape, which in JSON changes nothing.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from textual.content import Content

from tui.app.inspector.event_words import bytes_text
from tui.app.shown import Styled, assembled, content
from tui.core.clean import Clean, clean, clean_line, escaped_json
from tui.core.json_layout import laid_out

SHOWN_CHARS: Final = 64 * 1024
"""What is laid out of one payload; `y` copies all of it."""
_COLOURED_CHARS: Final = 20_000
_KEY, _STRING, _NUMBER, _SIGN = "$text-primary", "$text-success", "$text-warning", "$text-muted"
_IN_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*"'
_TOKEN: Final = re.compile(
    rf"(?P<key>{_IN_STRING}(?=: ))|(?P<string>{_IN_STRING})|(?P<number>-?\d[\d.eE+-]*|true|false|null)"
    r"|(?P<sign>[{}\[\]:,]+)|(?P<other>\s+|.)"
)
_STYLES: Final = {"key": _KEY, "string": _STRING, "number": _NUMBER, "sign": _SIGN, "other": ""}


def payload_lines(data: bytes, hide: Callable[[str], str], width: int) -> list[Content]:
    """The lines of a payload, short parts of it on one of `width` cells. `hide` takes secrets out of a text."""
    text = hide(data.decode("utf-8", "replace"))
    document = laid_out(text, width)
    text, is_json = document or text, document is not None
    shown = text[:SHOWN_CHARS]
    cleaned = clean(escaped_json(shown)) if is_json else clean(shown)
    lines = cleaned.split("\n")
    if is_json and len(cleaned) <= _COLOURED_CHARS:
        found = [assembled(*_coloured(line)) for line in lines]
    else:
        found = [content(clean_line(line)) for line in lines]
    if len(text) > len(shown):
        rest = bytes_text(len(text) - len(shown))
        found.append(content(clean_line(f"… {rest} characters more; copying takes all of it."), "$metric-warn"))
    return found


def _coloured(line: str) -> Iterator[Styled]:
    for found in _TOKEN.finditer(line):
        yield clean_line(found[0]), _STYLES[found.lastgroup or "other"]


NOT_KEPT: Final = content(
    Clean("These bytes are no longer kept: only the beginning and the end of a long stream are."), "$metric-warn"
)
