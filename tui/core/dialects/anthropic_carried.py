"""Blocks of an answer that go back with it: thinking with its signature, and what the server's own tools did.

The server checks the signature against the thinking, so both go back as they came. Without them it refuses the results
of calls that were made after thinking.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tui.core.dialects.anthropic_wire import Block, Delta
from tui.core.request import CarriedPart
from tui.core.tool_calls import arguments_delta, parsed_object

_TOOL_USES = ("server_tool_use", "mcp_tool_use")


def is_carried(kind: str) -> bool:
    """Whether blocks of this type go back as they came."""
    return kind in ("thinking", "redacted_thinking", "container_upload", *_TOOL_USES) or kind.endswith("_tool_result")


class OpenBlock:
    """One such block while it arrives."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._thinking = [block.thinking] if block.thinking else []
        self._signature = [block.signature] if block.signature else []
        self._json: list[str] = []
        self.chars = sum(map(len, self._thinking + self._signature))
        """What it holds so far, in characters."""

    def add(self, delta: Delta) -> None:
        """More of it."""
        pieces = (
            (self._thinking, delta.thinking),
            (self._signature, delta.signature),
            (self._json, arguments_delta(delta.partial_json)),
        )
        for fragments, text in pieces:
            if text:
                fragments.append(text)
                self.chars += len(text)

    def closed(self) -> dict[str, Any] | None:
        """The whole block. None for thinking without a signature, which the server that wants it back always gives."""
        block = self._block
        signature = "".join(self._signature)
        match block.type:
            case "thinking":
                whole = {"type": "thinking", "thinking": "".join(self._thinking), "signature": signature}
                return whole if signature else None
            case "redacted_thinking":
                return {"type": "redacted_thinking", "data": block.data} if block.data else None
            case kind:
                fields = ("id", "name", "server_name", "tool_use_id", "content", "is_error", "caller", "file_id")
                known = {name: value for name in fields if (value := getattr(block, name)) is not None}
                if kind in _TOOL_USES:
                    known["input"] = parsed_object("".join(self._json)) or block.input or {}
                return {"type": kind, **known}


def interleaved(text: str, calls: Sequence[dict[str, Any]], parts: Sequence[CarriedPart]) -> list[dict[str, Any]]:
    """The blocks of an answer in the order they came in: its text, its calls, and the parts that go back with it."""
    blocks: list[dict[str, Any]] = []
    said = called = 0
    for part in parts:
        blocks += [*_text(text[said : part.text_at]), *calls[called : part.calls_at], dict(part.value)]
        said, called = max(said, part.text_at), max(called, part.calls_at)
    return [*blocks, *_text(text[said:]), *calls[called:]]


def size_of(block: Mapping[str, Any]) -> int:
    """How much of it no other event counts, in characters: all but the thinking."""
    return sum(
        len(value) if isinstance(value, str) else len(repr(value)) for key, value in block.items() if key != "thinking"
    )


def _text(text: str) -> list[dict[str, Any]]:
    """Text blocks without anything to read are refused."""
    return [{"type": "text", "text": text}] if text.strip() else []
