"""Folding tool-call deltas: which call a delta belongs to, and what it adds to it.

Servers disagree on everything here: index 0 for all parallel calls, no index at all, names in pieces or repeated,
arguments as text or as an object. The rules are those of docs/protocols.md, "tool calls".
"""

import json
from dataclasses import dataclass, field
from typing import Any

from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.errors import BoundExceeded
from tui.core.events import ToolCallDelta
from tui.core.text import joined
from tui.core.validity import Validity, validity_of


@dataclass(slots=True)
class ToolCall:
    """One call while it grows. `arguments` are fragments; `arguments_text` joins them."""

    index: int | None = None
    id: str = ""
    type: str = "function"
    name: str = ""
    arguments: list[str] = field(default_factory=list)
    argument_bytes: int = 0
    """UTF-8 bytes of arguments received."""

    def apply(self, delta: ToolCallDelta) -> None:
        """Add what `delta` brings to this call."""
        self.id = delta.id or self.id
        self.type = delta.type or self.type
        if delta.name and delta.name != self.name:
            # A longer name that begins with ours replaces it; anything else is the next piece of it.
            self.name = delta.name if delta.name.startswith(self.name) else self.name + delta.name
        if delta.arguments:
            self.arguments.append(delta.arguments)
            self.argument_bytes += len(delta.arguments.encode("utf-8", "surrogatepass"))

    def arguments_text(self) -> str:
        """The arguments exactly as sent; never repaired, for models do emit invalid JSON and that is worth seeing."""
        return joined(self.arguments)

    def final_arguments(self) -> str:
        """The arguments of a call that has ended: a function called with nothing was called with `{}`."""
        return self.arguments_text() or ("{}" if self.type == "function" else "")

    def validity(self) -> Validity:
        """Whether the arguments so far are whole JSON, a beginning of it, or neither; custom input is free text."""
        return validity_of(self.arguments_text()) if self.type == "function" else "text"


class ToolCalls:
    """The calls of one choice, in order of first appearance."""

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self.calls: list[ToolCall] = []
        self._limit = bounds.tool_calls
        self._id_chars = bounds.tool_id_chars

    def apply(self, delta: ToolCallDelta) -> ToolCall:
        """Fold one delta and return the call it belonged to. Raises `BoundExceeded` on too many calls or a huge id."""
        if len(delta.id) + len(delta.type) > self._id_chars:
            raise BoundExceeded("the id of a tool call", f"{self._id_chars} characters")
        call = self._called_by_index(delta) if delta.index is not None else self._called_without_index(delta)
        if call is None:
            call = self._open(delta.index)
        call.apply(delta)
        return call

    def _open(self, index: int | None) -> ToolCall:
        if len(self.calls) >= self._limit:
            raise BoundExceeded("the number of tool calls", str(self._limit))
        if index is not None and not 0 <= index < self._limit:
            raise BoundExceeded(f"the tool call index {index}", str(self._limit - 1))
        self.calls.append(ToolCall(index))
        return self.calls[-1]

    def _called_by_index(self, delta: ToolCallDelta) -> ToolCall | None:
        """The newest call with this index, unless both have ids and they differ: some send index 0 for every call."""
        call = next((c for c in reversed(self.calls) if c.index == delta.index), None)
        if call and call.id and delta.id and call.id != delta.id:
            return self._with_id(delta.id)
        return call

    def _called_without_index(self, delta: ToolCallDelta) -> ToolCall | None:
        if delta.id:
            return self._with_id(delta.id)
        newest = self.calls[-1] if self.calls else None
        if newest and delta.name and newest.name and newest.validity() == "valid":
            return None
        return newest

    def _with_id(self, id_: str) -> ToolCall | None:
        return next((c for c in self.calls if c.id == id_), None)


def arguments_delta(value: object) -> str:
    """The text a wire value of `arguments` (or custom `input`) adds: text as it is, an object or array serialised."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict | list):
        return ""
    try:  # not msgspec: it refuses lone surrogates and integers beyond 64 bits, and what was sent is to be shown
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (RecursionError, ValueError):
        return ""


def parsed_object(text: str) -> dict[str, Any] | None:
    """`text` as a JSON object. None when it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
