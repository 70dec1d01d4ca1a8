"""Reasoning that goes back with an answer, encrypted as it came.

A server that keeps nothing finds it nowhere else.
"""

from collections.abc import Iterator
from typing import Any

from tui.core.dialects.responses_wire import WireItem
from tui.core.text import paired

_CALLS = ("function_call", "custom_tool_call")


def carried_reasoning(item: WireItem) -> dict[str, Any]:
    """The item as it is sent back."""
    summary = [{"type": "summary_text", "text": paired(part.text or "")} for part in item.summary or ()]
    id_ = {"id": item.id} if item.id else {}
    return {"type": "reasoning", **id_, "summary": summary, "encrypted_content": item.encrypted_content}


def placed_reasoning(output: list[WireItem]) -> Iterator[tuple[WireItem, tuple[int, int]]]:
    """The items of reasoning in a whole output, each with the characters of text and the calls before it."""
    chars = calls = 0
    for item in output:
        if item.type == "reasoning":
            yield item, (chars, calls)
        elif item.type in _CALLS:
            calls += 1
        elif item.type == "message":
            parts = (
                [item.content] if isinstance(item.content, str) else [part.text or "" for part in item.content or ()]
            )
            chars += sum(map(len, parts))
