"""Building the answers of each protocol by hand, whole or with a fault in them. Chat has its own in `core.replay`."""

import json
from typing import Any


def events(*payloads: dict[str, Any], named: bool = True) -> bytes:
    """Server-sent events; `named` after the type of each payload."""
    names = [b"event: %s\n" % payload["type"].encode() if named else b"" for payload in payloads]
    return b"".join(
        name + b"data: %s\n\n" % json.dumps(payload).encode() for name, payload in zip(names, payloads, strict=True)
    )


def call(**fields: Any) -> dict[str, Any]:
    """A chat chunk with one piece of one tool call; `name` and `arguments` go into its function."""
    function = {key: fields.pop(key) for key in ("name", "arguments") if key in fields}
    return calls({**fields, "type": "function", "function": function})


def calls(*elements: dict[str, Any]) -> dict[str, Any]:
    """A chat chunk with these elements of `tool_calls`."""
    return {"choices": [{"index": 0, "delta": {"tool_calls": list(elements)}, "finish_reason": None}]}


# -- Responses ----------------------------------------------------------------------------------------------------

RESPONSE: dict[str, Any] = {"id": "r1", "object": "response", "model": "tiny", "status": "in_progress", "output": []}
USED = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}


def message(text: str) -> dict[str, Any]:
    """An item with one part."""
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [part]}


def began(kind: str = "created") -> dict[str, Any]:
    """The first event."""
    return {"type": f"response.{kind}", "response": RESPONSE, "sequence_number": 0}


def opened() -> list[dict[str, Any]]:
    """A message and its part are announced."""
    at = {"output_index": 0, "sequence_number": 1}
    part = {"type": "output_text", "text": "", "annotations": []}
    return [
        {"type": "response.output_item.added", **at, "item": {**message(""), "content": []}},
        {"type": "response.content_part.added", **at, "item_id": "m1", "content_index": 0, "part": part},
    ]


def wrote(delta: str) -> dict[str, Any]:
    """A piece of text."""
    where = {"item_id": "m1", "output_index": 0, "content_index": 0, "sequence_number": 2, "logprobs": []}
    return {"type": "response.output_text.delta", **where, "delta": delta}


def closed(text: str) -> dict[str, Any]:
    """The message is done."""
    return {"type": "response.output_item.done", "output_index": 0, "item": message(text), "sequence_number": 8}


def ended(kind: str = "completed", output: Any = (), **more: Any) -> dict[str, Any]:
    """The last event."""
    response = {**RESPONSE, "status": kind, "output": list(output) if output is not None else None, "usage": USED}
    return {"type": f"response.{kind}", "response": {**response, **more}, "sequence_number": 9}


# -- Messages -----------------------------------------------------------------------------------------------------

MESSAGE: dict[str, Any] = {"id": "msg1", "type": "message", "role": "assistant", "model": "tiny", "content": []}
START = {
    "type": "message_start",
    "message": {**MESSAGE, "stop_reason": None, "usage": {"input_tokens": 3, "output_tokens": 1}},
}
STOP = {"type": "message_stop"}
TOOL: dict[str, Any] = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}


def block(index: int = 0, **content: Any) -> dict[str, Any]:
    """A block begins: text, or `content`."""
    return {
        "type": "content_block_start",
        "index": index,
        "content_block": content or {"type": "text", "text": ""},
    }


def said(text: str, index: int = 0) -> dict[str, Any]:
    """A piece of text."""
    return {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}}


def argued(text: str, index: int = 0) -> dict[str, Any]:
    """A piece of a call's arguments."""
    return {"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": text}}


def unblock(index: int = 0) -> dict[str, Any]:
    """A block ends."""
    return {"type": "content_block_stop", "index": index}


def stopped(reason: str | None = "end_turn", **usage: int) -> dict[str, Any]:
    """The `message_delta`; five tokens unless `usage` says otherwise."""
    return {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
        "usage": {"output_tokens": 5, **usage},
    }


# -- Gemini -------------------------------------------------------------------------------------------------------


def candidate(text: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One payload with one candidate."""
    found: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
    return {"candidates": [{**found, **({"finishReason": finish} if finish else {})}], "modelVersion": "tiny", **more}


def google(*payloads: Any, field: bytes = b"data: ", line_end: bytes = b"\r\n") -> bytes:
    """Data-only events."""
    return b"".join(field + json.dumps(payload).encode() + 2 * line_end for payload in payloads)


# -- Ollama -------------------------------------------------------------------------------------------------------


def line(text: str = "", **of_message: Any) -> dict[str, Any]:
    """One object of `/api/chat`."""
    return {"model": "tiny", "message": {"role": "assistant", "content": text, **of_message}, "done": False}


LAST = {**line(), "done": True, "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 2}


def ndjson(*payloads: Any) -> bytes:
    """One object per line, characters as they are."""
    return b"".join(json.dumps(payload, ensure_ascii=False).encode() + b"\n" for payload in payloads)
