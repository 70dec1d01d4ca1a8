"""Arguments that come in pieces: Vertex sends `partialArgs`, each a place in the arguments and a value for it.

Called by the Gemini decoder for calls that say `willContinue`. The pieces are put together and shown once the call
has ended, because half of an object built from paths is no beginning of any text.
"""

import re
from typing import Any

from tui.core.bounds import MIB, size_text
from tui.core.errors import BoundExceeded

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d{1,4})\]|\[(?:'([^']*)'|\"([^\"]*)\")\]")
_VALUES = ("stringValue", "numberValue", "boolValue", "nullValue")
_MAX_STEPS = 32


class PartialArgs:
    """The arguments of one call while they grow."""

    def __init__(self, max_chars: int) -> None:
        self.value: dict[str, Any] = {}
        self._max_chars = min(max_chars, MIB)
        self._chars = 0
        self._continued = ""
        """The path whose string the next piece continues; empty when none does."""

    def add(self, pieces: list[Any]) -> None:
        """Put each piece in its place; what has no place is passed over. Raises `BoundExceeded` on too much of it."""
        for piece in pieces:
            if isinstance(piece, dict) and isinstance(path := piece.get("jsonPath"), str):
                self._put(path, piece)

    def _put(self, path: str, piece: dict[str, Any]) -> None:
        name = next((name for name in _VALUES if name in piece), None)
        value = piece[name] if name and name != "nullValue" else None
        steps = _steps(path)
        if name is None or not steps or not isinstance(value, str | int | float | None):
            return
        place = _opened(self.value, steps)
        if place is None:
            return
        self._chars += len(path) + (len(value) if isinstance(value, str) else 1)
        if self._chars > self._max_chars:
            raise BoundExceeded("arguments in pieces", size_text(self._max_chars))
        holder, last = place
        before = holder[last] if isinstance(holder, list) else holder.get(last)
        is_continued = path == self._continued and isinstance(before, str) and isinstance(value, str)
        holder[last] = before + value if is_continued else value
        self._continued = path if piece.get("willContinue") is True else ""


def _steps(path: str) -> list[str | int]:
    """The keys and indexes of `$.a.b[0]`; none for what is no such path."""
    found = list(_STEP.finditer(path, 1))[: _MAX_STEPS + 1]
    steps = [int(step[2]) if step[2] is not None else step[1] or step[3] or step[4] or "" for step in found]
    is_whole = path.startswith("$") and sum(len(step[0]) for step in found) == len(path) - 1
    return steps if is_whole and len(steps) <= _MAX_STEPS else []


def _opened(root: dict[str, Any], steps: list[str | int]) -> tuple[Any, Any] | None:
    """The container of the last step, with what is missing on the way opened; None when the path does not fit."""
    at: Any = root
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(step, int):
            if not isinstance(at, list) or step > len(at):
                return None
            if step == len(at):
                at.append(None)
        elif not isinstance(at, dict):
            return None
        if following is None:
            return at, step
        inner = at[step] if isinstance(step, int) else at.get(step)
        if inner is None:
            inner = at[step] = [] if isinstance(following, int) else {}
        at = inner
    return None
