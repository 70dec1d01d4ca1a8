"""How OpenAI's responses put an answer on the wire: named, numbered events about items and their parts.

The items of an answer - reasoning, a message, tool calls - are opened, filled and closed one after the other; the last
event repeats them all.
"""

from collections.abc import Callable, Iterable

from tui.demo.dialects.notation import compact_json, created_at
from tui.demo.dialects.openai_replies import openai_error, openai_headers
from tui.demo.dialects.response_items import OpenCall, OpenItem, OpenMessage, OpenReasoning
from tui.demo.exchange import ErrorReply
from tui.demo.question import Question
from tui.demo.script import (
    Accept,
    Begin,
    Die,
    Finish,
    HttpError,
    Reasoning,
    Refusal,
    Spoken,
    Step,
    Text,
    TokenTally,
    ToolArguments,
    ToolCallStart,
    Wait,
)


class ResponsesWriter:
    """Writes one response. See `AnswerWriter` for the methods."""

    stream_media_type = "text/event-stream; charset=utf-8"
    whole_media_type = "application/json"

    def __init__(
        self,
        question: Question,
        echo: dict[str, object],
        wants_summary: bool,
        wants_encrypted: bool = False,
        keep: Callable[[str, list[dict[str, object]]], None] | None = None,
    ) -> None:
        """`echo` is what the response repeats of the request. `keep` is told its id and items at the end.

        With `wants_summary` reasoning is told as hosted models tell it, in summary parts, otherwise as open-weight
        models do, as its text.
        """
        self._question = question
        self._tally = TokenTally()
        self._wants_summary = wants_summary
        self._wants_encrypted = wants_encrypted
        self._keep = keep
        self._dice = question.dice("response ids")
        self._head: dict[str, object] = {
            "id": self._new_id("resp"),
            "object": "response",
            "created_at": created_at(question),
        }
        self._echo = echo
        self._open: OpenItem | None = None
        self._items: list[dict[str, object]] = []
        self._finish: Finish | None = None
        self._sequence_number = 0

    def headers(self, processing_ms: int) -> dict[str, str]:
        return openai_headers(self._question, processing_ms)

    def write(self, step: Step) -> bytes:
        """All events of one step: a piece may close an item, open the next one and fill it."""
        self._tally.count(step)
        match step:
            case Begin():
                return self._lifecycle("response.created") + self._lifecycle("response.in_progress")
            case Wait() | Accept() | HttpError() | Die():
                return b""
            case Finish():
                return self._finished(step)
            case _:
                return self._said(step)

    def ending(self) -> Iterable[bytes]:
        """Nothing: the event of the end came with `Finish`, and there is no end marker."""
        return ()

    def whole(self, steps: Iterable[Step]) -> bytes:
        """The `response` object."""
        for step in steps:
            self.write(step)
        return compact_json(self._response()).encode()

    def error(self, error: HttpError) -> ErrorReply:
        return openai_error(error)

    def stream_error(self, error: HttpError) -> bytes:
        """With the details nested, as production sends them, and not flat as documented."""
        details = {"type": error.kind, "code": error.code, "message": error.message, "param": None}
        return self._event("error", {"error": details})

    def _said(self, step: Spoken) -> bytes:
        events = b""
        if self._open is None or not self._open.takes(step):
            events = self._close("completed")
            self._open = self._item_for(step)
            item = self._open.as_json("in_progress", is_empty=True)
            at = {"output_index": len(self._items), "item": item}
            events += self._event("response.output_item.added", at) + self._events(self._open.opening())
        return events + self._events(self._open.take(step))

    def _item_for(self, step: Spoken) -> OpenItem:
        match step:
            case Reasoning():
                return OpenReasoning(self._new_id("rs"), self._wants_summary, self._wants_encrypted)
            case Text():
                return OpenMessage(self._new_id("msg"), "output_text")
            case Refusal():
                return OpenMessage(self._new_id("msg"), "refusal")
            case ToolCallStart():
                return OpenCall(self._new_id("fc"), step)
            case ToolArguments():
                raise AssertionError("arguments of a call that was not opened")

    def _close(self, status: str) -> bytes:
        if self._open is None:
            return b""
        item = self._open.as_json(status)
        events = self._events(self._open.closing())
        events += self._event("response.output_item.done", {"output_index": len(self._items), "item": item})
        self._items.append(item)
        self._open = None
        return events

    def _finished(self, step: Finish) -> bytes:
        events = self._close("incomplete" if step.reason == "length" else "completed")
        self._finish = step
        if self._keep is not None:
            self._keep(str(self._head["id"]), self._items)
        return events + self._lifecycle("response.incomplete" if step.reason == "length" else "response.completed")

    def _lifecycle(self, kind: str) -> bytes:
        return self._event(kind, {"response": self._response()})

    def _events(self, events: Iterable[tuple[str, dict[str, object]]]) -> bytes:
        return b"".join(self._event(kind, {"output_index": len(self._items), **fields}) for kind, fields in events)

    def _event(self, kind: str, fields: dict[str, object]) -> bytes:
        data = compact_json({"type": kind, "sequence_number": self._sequence_number, **fields})
        self._sequence_number += 1
        return f"event: {kind}\ndata: {data}\n\n".encode()

    def _response(self) -> dict[str, object]:
        status, incomplete = "in_progress", None
        if self._finish is not None:
            is_cut = self._finish.reason == "length"
            status = "incomplete" if is_cut else "completed"
            incomplete = {"reason": "max_output_tokens"} if is_cut else None
        about = {"status": status, "error": None, "incomplete_details": incomplete, "model": self._question.model}
        usage = self._usage() if self._finish else None
        return self._head | about | self._echo | {"output": self._items, "usage": usage}

    def _usage(self) -> dict[str, object]:
        return {
            "input_tokens": self._question.prompt_tokens,
            "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
            "output_tokens": self._tally.completion,
            "output_tokens_details": {"reasoning_tokens": self._tally.reasoning},
            "total_tokens": self._question.prompt_tokens + self._tally.completion,
        }

    def _new_id(self, kind: str) -> str:
        return f"{kind}_{self._dice.getrandbits(192):048x}"
