"""Parts of an answer that go back with it: thought signatures, and what the server's own tools did.

A signature belongs to the very part it came with. The server refuses the results of calls whose signature is missing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tui.core.dialects.gemini_wire import Part
from tui.core.request import CarriedPart

_SIGNATURE = "thoughtSignature"
_CHARS = "chars"
"""Ours: how much of the text right before it a signature signs."""
_CALL = "functionCall"
"""Ours beside a signature: the name of the call right after it, which it signs."""


def carried_part(part: Part) -> dict[str, Any] | None:
    """What goes back of `part` besides its text or call. None when that is nothing.

    It is told behind the part's text and before its call.
    """
    signed = {_SIGNATURE: part.thought_signature} if part.thought_signature else {}
    if part.executable_code:
        return {"executableCode": part.executable_code, **signed}
    if part.code_execution_result:
        return {"codeExecutionResult": part.code_execution_result, **signed}
    if not signed:
        return None
    if part.function_call is not None:
        return {_CALL: part.function_call.name, **signed} if part.function_call.name else None
    if part.thought:
        return {"text": part.text or "", "thought": True, **signed}
    return {_CHARS: len(part.text or ""), **signed}


def signed_parts(text: str, calls: Sequence[dict[str, Any]], carried: Sequence[CarriedPart]) -> list[dict[str, Any]]:
    """The parts of an answer in the order they came in, each with its signature."""
    parts: list[dict[str, Any]] = []
    said = called = 0
    for part in carried:
        value = dict(part.value)
        signs = value.pop(_CHARS, None)
        begin = part.text_at if signs is None else max(said, part.text_at - signs)
        parts += [*_text(text[said:begin]), *calls[called : part.calls_at]]
        said, called = max(said, begin), max(called, part.calls_at)
        if _CALL in value:
            _sign(calls, part.calls_at, value)
        elif signs is None:
            parts.append(value)
        else:
            parts.append({"text": text[said : part.text_at], **value})
            said = max(said, part.text_at)
    return [*parts, *_text(text[said:]), *calls[called:]]


def size_of(carried: Mapping[str, Any]) -> int:
    """How much of it no other event counts, in characters: all but the thoughts."""
    return sum(len(repr(value)) for name, value in carried.items() if name != "text")


def _sign(calls: Sequence[dict[str, Any]], number: int, value: Mapping[str, Any]) -> None:
    if number < len(calls) and calls[number][_CALL]["name"] == value[_CALL]:
        calls[number][_SIGNATURE] = value[_SIGNATURE]


def _text(text: str) -> list[dict[str, Any]]:
    return [{"text": text}] if text else []
