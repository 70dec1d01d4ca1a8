"""One event as the cells of a row, and what a few bytes of it look like."""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from tui.core.clean import Clean, clean_line
from tui.core.figures import NONE, grouped
from tui.core.tape_events import TapeEvent

_TELLING: Final = re.compile(
    rb'"(?:delta|text|parts|message|error|usage|response|item|part|content_block)"\s*:\s*'
    rb'(?:\[?\{\s*(?:"(?:type|role)"\s*:\s*"[^"]*"\s*,\s*)?"(?:content|reasoning|reasoning_content|refusal|text|thinking|partial_json)"\s*:\s*)?'
)
"""Before the part of a payload that differs from event to event: a piece of text, where there is one."""
_LOOKED_AT: Final = 2_000
_SHOWN_BYTES: Final = 400
_MIB: Final = 1024 * 1024

_KIND_STYLES: Final = {
    "comment": "muted",
    "blank": "muted",
    "fields": "muted",
    "unfinished": "warn",
    "forgotten": "warn",
}


class Column(NamedTuple):
    """A column of figures: its heading and its width."""

    heading: str
    width: int


NUMBER, OFFSET, GAP, BYTES = Column("#", 6), Column("at s", 8), Column("gap ms", 8), Column("bytes", 7)
MAX_TYPE_WIDTH: Final = 28
_MIN_TYPE_WIDTH: Final = 12
MIN_PREVIEW_WIDTH: Final = 10


def offset_text(offset_ns: int) -> str:
    """Since the request, in seconds: `1.234`."""
    return f"{offset_ns / 1e9:.3f}"


def gap_text(gap_ns: int | None) -> str:
    """Since the event before, in milliseconds: `12.3`. Those of one read came at once."""
    return NONE if gap_ns is None else f"{gap_ns / 1e6:.1f}"


def bytes_text(size: int) -> str:
    """`312`, `31 204`, `2.1 M`."""
    return grouped(size) if size < _MIB else f"{size / _MIB:.1f} M"


def type_style(event: TapeEvent) -> str:
    """How an event's type is drawn: loud where something is wrong, quiet where nothing is said."""
    if event.type in ("error", "unreadable"):
        return "bad"
    return _KIND_STYLES.get(event.kind, "")


def type_text(event: TapeEvent) -> str:
    """An event's type, with a sign where the colour says something."""
    return f"✗ {event.type}" if event.type in ("error", "unreadable") else event.type


def type_width(types: Iterable[str], width: int) -> int:
    """Cells for the longest of these types, in a list of `width` cells."""
    longest = max(map(len, types), default=0)
    return max(_MIN_TYPE_WIDTH, min(MAX_TYPE_WIDTH, longest, width - figures_width(width)))


def figures(width: int) -> tuple[Column, ...]:
    """The columns of figures for which there is room."""
    return (NUMBER, OFFSET, GAP, BYTES) if width >= 48 else (NUMBER, OFFSET, GAP)


def figures_width(width: int) -> int:
    """Cells of the columns of figures, with the blank behind each."""
    return sum(column.width + 1 for column in figures(width))


def preview(raw: bytes | None, kind: str, hide: Callable[[str], str]) -> Clean:
    """What an event says, on one line: from the part on that tells it from its neighbours."""
    if raw is None:
        return Clean("no longer kept") if kind != "forgotten" else Clean("")
    start = 0
    if kind in ("payload", "whole") and (found := _TELLING.search(raw, 0, _LOOKED_AT)):
        start = found.end()
    return clean_line(hide(raw[start : start + _SHOWN_BYTES].decode("utf-8", "replace").strip()))
