"""How Gemini puts an answer on the wire: every piece is a whole `GenerateContentResponse`.

With `alt=sse` the pieces are data-only events with CRLF, without it the elements of one JSON array that is sent bit by
bit. There is no end marker in either. Function calls come whole and without ids.
"""

import base64
import hashlib
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tui.demo.dialects.held_calls import HeldCalls, WholeCall
from tui.demo.dialects.notation import compact_json, letters
from tui.demo.exchange import BadRequestError, ErrorReply
from tui.demo.question import Question
from tui.demo.script import Finish, HttpError, Reasoning, Refusal, Step, Text, TokenTally, ToolArguments, ToolCallStart

GeminiForm = Literal["sse", "array", "whole"]
"""How the body is framed: events, one array in pieces, or a single object."""

_JSON = "application/json; charset=UTF-8"
_STATUS_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_FINISH_WORDS = {"stop": "STOP", "tool_calls": "STOP", "length": "MAX_TOKENS"}
_TYPE_URL = "type.googleapis.com/google.rpc."


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one response tells of one candidate."""

    choice: int
    parts: list[dict[str, object]]
    ending: dict[str, object]
    """Why it ended; {} before the end."""

    def as_json(self) -> dict[str, object]:
        content = {"content": {"parts": self.parts, "role": "model"}} if self.parts else {}
        return content | self.ending | {"index": self.choice}


class GeminiWriter:
    """Writes one answer. See `AnswerWriter` for the methods."""

    whole_media_type = _JSON

    def __init__(self, question: Question, form: GeminiForm, includes_thoughts: bool) -> None:
        """Without `includes_thoughts` reasoning is counted and not told."""
        self.stream_media_type = "text/event-stream" if form == "sse" else _JSON
        self._question = question
        self._form = form
        self._includes_thoughts = includes_thoughts
        self._tally = TokenTally()
        self._dice = question.dice("gemini ids")
        self._response_id = letters(self._dice, 22)
        self._held = [HeldCalls() for _ in range(question.choices)]
        self._refused: set[int] = set()
        self._has_sent = False

    def headers(self, processing_ms: int) -> dict[str, str]:
        return {
            "vary": "Origin, X-Origin, Referer",
            "server-timing": f"gfet4t7; dur={processing_ms}",
            "x-content-type-options": "nosniff",
            "x-frame-options": "SAMEORIGIN",
            "x-xss-protection": "0",
        }

    def write(self, step: Step) -> bytes:
        """At most one piece."""
        self._tally.count(step)
        piece = self._piece(step)
        return b"" if piece is None else self._framed(self._response([piece.as_json()]))

    def ending(self) -> Iterable[bytes]:
        """The end of the array; events just end."""
        if self._form == "array":
            yield b"\n]" if self._has_sent else b"[]"

    def whole(self, steps: Iterable[Step]) -> bytes:
        """One response with everything in it: neighbouring texts are joined."""
        candidates = [_Piece(choice, [], {}) for choice in range(self._question.choices)]
        for step in steps:
            self._tally.count(step)
            if piece := self._piece(step):
                candidates[piece.choice].parts.extend(piece.parts)
                candidates[piece.choice].ending.update(piece.ending)
        joined = [_Piece(whole.choice, _joined(whole.parts), whole.ending) for whole in candidates]
        return _pretty(self._response([whole.as_json() for whole in joined])).encode()

    def error(self, error: HttpError) -> ErrorReply:
        details: list[dict[str, object]] = [
            {
                "@type": f"{_TYPE_URL}QuotaFailure",
                "violations": [{"quotaMetric": "generativelanguage.googleapis.com/generate_content_requests"}],
            }
        ]
        if error.retry_after_s is not None:
            details.append({"@type": f"{_TYPE_URL}RetryInfo", "retryDelay": f"{error.retry_after_s}s"})
        return ErrorReply(
            error.status,
            _error_body(error.status, error.message, details, in_array=self._form == "array"),
            {"content-type": _JSON},
        )

    def stream_error(self, error: HttpError) -> bytes:
        if self._form == "sse":
            return b"data: %b\r\n\r\n" % compact_json(_error(error.status, error.message, [])).encode()
        before, self._has_sent = ("\n,\r\n" if self._has_sent else "["), True
        return (before + _pretty(_error(error.status, error.message, []))).encode()

    def _piece(self, step: Step) -> _Piece | None:
        """None for a step that shows nothing: pauses, and the pieces of a call that is not whole yet."""
        match step:
            case Reasoning():
                part: dict[str, object] = {"text": step.text, "thought": True}
                return _Piece(step.choice, [part], {}) if self._includes_thoughts else None
            case Text():
                return _Piece(step.choice, [{"text": step.text}], {})
            case Refusal():
                self._refused.add(step.choice)
                return _Piece(step.choice, [{"text": step.text}], {})
            case ToolCallStart() | ToolArguments():
                call = self._held[step.choice].take(step)
                return None if call is None else _Piece(step.choice, [self._call_part(call)], {})
            case Finish():
                call = self._held[step.choice].take(step)
                parts = [self._call_part(call)] if call is not None else self._last_parts()
                return _Piece(step.choice, parts, self._ending(step))
            case _:
                return None

    def _call_part(self, call: WholeCall) -> dict[str, object]:
        part: dict[str, object] = {"functionCall": {"name": call.name, "args": call.arguments}}
        # Of parallel calls only the first is signed.
        return part | ({"thoughtSignature": signature_of(call.name, call.arguments)} if call.number == 0 else {})

    def _last_parts(self) -> list[dict[str, object]]:
        """A model that reasoned signs its answer on an empty text; otherwise the end has no content at all."""
        return [{"text": "", "thoughtSignature": self._signature()}] if self._tally.reasoning else []

    def _signature(self) -> str:
        return base64.b64encode(self._dice.randbytes(48)).decode()

    def _ending(self, finish: Finish) -> dict[str, object]:
        if finish.choice not in self._refused or finish.reason != "stop":
            return {"finishReason": _FINISH_WORDS[finish.reason]}
        rating = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}
        return {"finishReason": "SAFETY", "safetyRatings": [rating]}

    def _response(self, candidates: list[dict[str, object]]) -> dict[str, object]:
        return {
            "candidates": candidates,
            "usageMetadata": self._usage(),
            "modelVersion": self._question.model,
            "responseId": self._response_id,
        }

    def _usage(self) -> dict[str, object]:
        """Counts so far; those that are still zero are left out."""
        prompt, thoughts = self._question.prompt_tokens, self._tally.reasoning
        said = self._tally.completion - thoughts
        usage: dict[str, object] = {"promptTokenCount": prompt}
        if said:
            usage["candidatesTokenCount"] = said
        usage |= {
            "totalTokenCount": prompt + said + thoughts,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
        }
        return usage | ({"thoughtsTokenCount": thoughts} if thoughts else {})

    def _framed(self, response: dict[str, object]) -> bytes:
        if self._form == "sse":
            return f"data: {compact_json(response)}\r\n\r\n".encode()
        before = "\n,\r\n" if self._has_sent else "["
        self._has_sent = True
        return (before + _pretty(response)).encode()


def signature_of(name: str, arguments: object) -> str:
    """What signs a call. The real one cannot be made from outside; this one tells whether it came with its call."""
    canonical = json.dumps([name, arguments], sort_keys=True)
    return base64.b64encode(hashlib.sha384(canonical.encode()).digest()).decode()


def gemini_bad_request(error: BadRequestError) -> ErrorReply:
    """The reply to a request that could not be read."""
    details: list[dict[str, object]] = []
    if error.param:
        violation = {"field": error.param, "description": error.message}
        details = [{"@type": f"{_TYPE_URL}BadRequest", "fieldViolations": [violation]}]
    return ErrorReply(error.status, _error_body(error.status, error.message, details), {"content-type": _JSON})


def _error_body(status: int, message: str, details: list[dict[str, object]], in_array: bool = False) -> bytes:
    """Pretty-printed as the real server does; where an array was asked for, the error is its only element."""
    body = _error(status, message, details)
    return (f"[{_pretty(body)}\n]\n" if in_array else f"{_pretty(body)}\n").encode()


def _error(status: int, message: str, details: list[dict[str, object]]) -> dict[str, object]:
    error: dict[str, object] = {"code": status, "message": message, "status": _STATUS_WORDS.get(status, "UNKNOWN")}
    return {"error": error | ({"details": details} if details else {})}


def _joined(parts: list[dict[str, object]]) -> list[dict[str, object]]:
    """Parts with neighbouring texts of one kind as one."""
    joined: list[dict[str, object]] = []
    for kind, group in itertools.groupby(parts, key=lambda part: ("text" in part, part.get("thought"))):
        same = list(group)
        if kind[0]:
            text = "".join(str(part["text"]) for part in same)
            same = [{**same[0], **same[-1], "text": text}]
        joined += same
    return joined


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
