"""The items of a streamed response while they are filled: which events open, fill and close each kind.

Used by `responses_wire`, which numbers the events and knows the item's place.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal, Protocol, TypeAlias

from tui.demo.script import Reasoning, Refusal, Spoken, Text, ToolArguments, ToolCallStart

Event: TypeAlias = tuple[str, dict[str, object]]
"""A type and its fields but `type`, `sequence_number` and `output_index`."""

_PART_END = "\n\n"


class OpenItem(Protocol):
    """An item that has been announced and is not done."""

    def takes(self, step: Spoken) -> bool:
        """Whether the step goes into this item."""
        ...

    def opening(self) -> Iterable[Event]:
        """What follows the item's announcement."""
        ...

    def take(self, step: Spoken) -> Iterable[Event]:
        """Add a step that the item takes."""
        ...

    def closing(self) -> Iterable[Event]:
        """What precedes the item's end."""
        ...

    def as_json(self, status: str, is_empty: bool = False) -> dict[str, object]:
        """The item; `is_empty` leaves out what it will hold, for its announcement."""
        ...


class OpenMessage:
    """A message with one part, which is text or a refusal."""

    def __init__(self, item_id: str, kind: Literal["output_text", "refusal"]) -> None:
        self._id = item_id
        self._kind = kind
        self._pieces: list[str] = []

    def takes(self, step: Spoken) -> bool:
        return isinstance(step, Text if self._kind == "output_text" else Refusal)

    def opening(self) -> Iterable[Event]:
        return [("response.content_part.added", self._place() | {"part": self._part("")})]

    def take(self, step: Spoken) -> Iterable[Event]:
        assert isinstance(step, Text | Refusal)
        self._pieces.append(step.text)
        return [(f"response.{self._kind}.delta", self._place() | {"delta": step.text} | self._logprobs())]

    def closing(self) -> Iterable[Event]:
        text = "".join(self._pieces)
        name = "text" if self._kind == "output_text" else "refusal"
        yield f"response.{self._kind}.done", self._place() | {name: text} | self._logprobs()
        yield "response.content_part.done", self._place() | {"part": self._part(text)}

    def as_json(self, status: str, is_empty: bool = False) -> dict[str, object]:
        content = [] if is_empty else [self._part("".join(self._pieces))]
        return {"id": self._id, "type": "message", "status": status, "role": "assistant", "content": content}

    def _place(self) -> dict[str, object]:
        return {"item_id": self._id, "content_index": 0}

    def _logprobs(self) -> dict[str, object]:
        return {"logprobs": []} if self._kind == "output_text" else {}

    def _part(self, text: str) -> dict[str, object]:
        if self._kind == "refusal":
            return {"type": "refusal", "refusal": text}
        return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


class OpenReasoning:
    """Reasoning, as the text itself or as a summary with one part for each paragraph."""

    def __init__(self, item_id: str, is_summary: bool, is_encrypted: bool = False) -> None:
        self._id = item_id
        self._is_encrypted = is_encrypted
        """Whether the client wants it back in a form that it can return."""
        self._is_summary = is_summary
        self._parts: list[list[str]] = [[]]

    def takes(self, step: Spoken) -> bool:
        return isinstance(step, Reasoning)

    def opening(self) -> Iterable[Event]:
        if self._is_summary:
            return [("response.reasoning_summary_part.added", self._place() | {"part": _summary_part("")})]
        return [("response.content_part.added", self._place() | {"part": _reasoning_part("")})]

    def take(self, step: Spoken) -> Iterator[Event]:
        assert isinstance(step, Reasoning)
        if not self._is_summary:
            yield from self._delta(step.text)
            return
        first, *others = step.text.split(_PART_END)
        yield from self._delta(first)
        for paragraph in others:
            yield from self.closing()
            self._parts.append([])
            yield from self.opening()
            yield from self._delta(paragraph)

    def closing(self) -> Iterator[Event]:
        text = "".join(self._parts[-1])
        if self._is_summary:
            yield "response.reasoning_summary_text.done", self._place() | {"text": text}
            yield "response.reasoning_summary_part.done", self._place() | {"part": _summary_part(text)}
        else:
            yield "response.reasoning_text.done", self._place() | {"text": text}
            yield "response.content_part.done", self._place() | {"part": _reasoning_part(text)}

    def as_json(self, status: str, is_empty: bool = False) -> dict[str, object]:
        texts = [] if is_empty else ["".join(part) for part in self._parts]
        summary = [_summary_part(text) for text in texts] if self._is_summary else []
        item: dict[str, object] = {"id": self._id, "type": "reasoning", "status": status, "summary": summary}
        if self._is_encrypted and not is_empty:
            item["encrypted_content"] = encrypted(self._id, texts)
        return item if self._is_summary else item | {"content": [_reasoning_part(text) for text in texts]}

    def _delta(self, text: str) -> Iterator[Event]:
        if text:
            self._parts[-1].append(text)
            kind = "reasoning_summary_text" if self._is_summary else "reasoning_text"
            yield f"response.{kind}.delta", self._place() | {"delta": text}

    def _place(self) -> dict[str, object]:
        return {"item_id": self._id, "summary_index" if self._is_summary else "content_index": len(self._parts) - 1}


class OpenCall:
    """A call of one of the client's functions."""

    def __init__(self, item_id: str, start: ToolCallStart) -> None:
        self._id = item_id
        self._start = start
        self._pieces: list[str] = []

    def takes(self, step: Spoken) -> bool:
        if isinstance(step, ToolCallStart):
            return step.call == self._start.call
        return isinstance(step, ToolArguments) and step.call == self._start.call

    def opening(self) -> Iterable[Event]:
        return ()

    def take(self, step: Spoken) -> Iterable[Event]:
        if not isinstance(step, ToolArguments):
            return ()  # its name was announced with the item
        self._pieces.append(step.text)
        return [("response.function_call_arguments.delta", {"item_id": self._id, "delta": step.text})]

    def closing(self) -> Iterable[Event]:
        arguments = "".join(self._pieces)
        named: dict[str, object] = {"item_id": self._id, "name": self._start.name, "arguments": arguments}
        return [("response.function_call_arguments.done", named)]

    def as_json(self, status: str, is_empty: bool = False) -> dict[str, object]:
        return {
            "id": self._id,
            "type": "function_call",
            "status": status,
            "arguments": "" if is_empty else "".join(self._pieces),
            "call_id": self._start.call_id,
            "name": self._start.name,
        }


def encrypted(item_id: str, texts: list[str]) -> str:
    """What stands for the reasoning of an item. The real one can be read by nobody else; this one is only checked."""
    return base64.b64encode(hashlib.sha256(item_id.encode()).digest() + "\n\n".join(texts).encode()).decode()


def is_encrypted_for(item_id: str, content: str) -> bool:
    """Whether `content` is what `encrypted` made for the item."""
    try:
        return base64.b64decode(content, validate=True).startswith(hashlib.sha256(item_id.encode()).digest())
    except ValueError:
        return False


def _summary_part(text: str) -> dict[str, object]:
    return {"type": "summary_text", "text": text}


def _reasoning_part(text: str) -> dict[str, object]:
    return {"type": "reasoning_text", "text": text}
