"""How Anthropic's messages put an answer on the wire: named events about content blocks, opened and closed in turn.

Deltas carry fragments of text, thinking and tool input; pings come after the first block opened and in long silences.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from tui.demo.dialects.notation import compact_json, letters
from tui.demo.exchange import BadRequestError, ErrorReply
from tui.demo.pace import SECOND
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

_PING_EVERY_NS = 2 * SECOND
_LIMITS_PER_MIN = {"requests": 50, "input-tokens": 30_000, "output-tokens": 8_000, "tokens": 38_000}
_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class AnthropicWriter:
    """Writes one message. See `AnswerWriter` for the methods."""

    stream_media_type = "text/event-stream; charset=utf-8"
    whole_media_type = "application/json"

    def __init__(self, question: Question, shows_thinking: bool) -> None:
        """Without `shows_thinking` a thinking block holds its signature only."""
        self._question = question
        self._shows_thinking = shows_thinking
        self._tally = TokenTally()
        self._dice = question.dice("message ids")
        self._message_id = f"msg_01{letters(self._dice, 22)}"
        self._request_id = f"req_011{letters(self._dice, 21)}"
        self._blocks: list[dict[str, object]] = []
        self._key: tuple[object, ...] | None = None
        self._pieces: list[str] = []
        self._refused = False
        self._finish: Finish | None = None
        self._has_begun = False
        self._silent_ns = 0

    def headers(self, processing_ms: int) -> dict[str, str]:
        return {
            "cache-control": "no-cache",
            "request-id": self._request_id,
            "anthropic-organization-id": "51de57ea-0000-4000-8000-0000000de300",
            **_rate_limits(self._question.dice("headers")),
        }

    def write(self, step: Step) -> bytes:
        """All events of one step: a piece may close a block, open the next one and fill it."""
        if isinstance(step, Wait):
            return self._kept_alive(step.duration_ns)
        self._silent_ns = 0
        self._tally.count(step)
        match step:
            case Begin():
                self._has_begun = True
                return _event("message_start", {"message": self._message([], None)})
            case Accept() | HttpError() | Die():
                return b""
            case Finish():
                return self._finished(step)
            case _:
                return self._said(step)

    def ending(self) -> Iterable[bytes]:
        """The last event."""
        return (_event("message_stop", {}),)

    def whole(self, steps: Iterable[Step]) -> bytes:
        """The `message` object."""
        for step in steps:
            self.write(step)
        return compact_json(self._message(self._blocks, self._finish)).encode()

    def error(self, error: HttpError) -> ErrorReply:
        headers = {"content-type": "application/json"}
        if error.retry_after_s is not None:
            headers |= {"retry-after": str(error.retry_after_s), "anthropic-ratelimit-requests-remaining": "0"}
        return ErrorReply(error.status, _error_body(error.status, error.message, self._request_id), headers)

    def stream_error(self, error: HttpError) -> bytes:
        return b"event: error\ndata: %b\n\n" % _error_body(error.status, error.message, self._request_id)

    def _kept_alive(self, silent_ns: int) -> bytes:
        self._silent_ns += silent_ns
        if not self._has_begun or self._silent_ns < _PING_EVERY_NS:
            return b""
        self._silent_ns = 0
        return _event("ping", {})

    def _said(self, step: Spoken) -> bytes:
        key = (type(step),) if not isinstance(step, ToolCallStart | ToolArguments) else (ToolCallStart, step.call)
        events = b""
        if key != self._key:
            events = self._close()
            self._key = key
            events += self._opened(step)
        if isinstance(step, ToolCallStart):
            return events
        self._refused = self._refused or isinstance(step, Refusal)
        if isinstance(step, Reasoning) and not self._shows_thinking:
            return events
        self._pieces.append(step.text)
        return events + self._delta(step)

    def _opened(self, step: Spoken) -> bytes:
        block: dict[str, object]
        match step:
            case Reasoning():
                block = {"type": "thinking", "thinking": "", "signature": ""}
            case Text() | Refusal():
                block = {"type": "text", "text": ""}
            case ToolCallStart():
                call_id = f"toolu_{step.call_id.removeprefix('call_')}"
                block = {"type": "tool_use", "id": call_id, "name": step.name, "input": {}}
            case ToolArguments():
                raise AssertionError("arguments of a call that was not opened")
        index = len(self._blocks)
        self._blocks.append(block)
        events = _event("content_block_start", {"index": index, "content_block": block})
        if index == 0:
            events += _event("ping", {})
        if isinstance(step, ToolCallStart):
            events += self._block_delta({"type": "input_json_delta", "partial_json": ""})
        return events

    def _delta(self, step: Text | Refusal | Reasoning | ToolArguments) -> bytes:
        match step:
            case Reasoning():
                return self._block_delta({"type": "thinking_delta", "thinking": step.text})
            case ToolArguments():
                return self._block_delta({"type": "input_json_delta", "partial_json": step.text})
            case Text() | Refusal():
                return self._block_delta({"type": "text_delta", "text": step.text})

    def _close(self) -> bytes:
        """End the open block, if there is one, and put into it what was said."""
        if self._key is None:
            return b""
        said, events = "".join(self._pieces), b""
        self._key, self._pieces = None, []
        block = self._blocks[-1]
        match block["type"]:
            case "thinking":
                block |= {"thinking": said, "signature": signature_of(said)}
                events = self._block_delta({"type": "signature_delta", "signature": block["signature"]})
            case "tool_use":
                block["input"] = _parsed(said)
            case _:
                block["text"] = said
        return events + _event("content_block_stop", {"index": len(self._blocks) - 1})

    def _finished(self, step: Finish) -> bytes:
        events = self._close()
        self._finish = step
        delta = self._stop(step)
        usage = {
            "input_tokens": self._question.prompt_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": self._tally.completion,
            "output_tokens_details": {"thinking_tokens": self._tally.reasoning},
        }
        return events + _event("message_delta", {"delta": delta, "usage": usage})

    def _stop(self, finish: Finish | None) -> dict[str, object]:
        """Why it stopped, in the words of this dialect; all null before the end."""
        stop: dict[str, object] = {"stop_reason": None, "stop_sequence": None, "stop_details": None}
        if finish is None:
            return stop
        if self._refused and finish.reason == "stop":
            details = {
                "type": "refusal",
                "category": None,
                "explanation": "The simulated model declines every request.",
            }
            return stop | {"stop_reason": "refusal", "stop_details": details}
        if finish.stopped_by is not None:
            return stop | {"stop_reason": "stop_sequence", "stop_sequence": finish.stopped_by}
        reasons = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
        return stop | {"stop_reason": reasons[finish.reason]}

    def _message(self, content: list[dict[str, object]], finish: Finish | None) -> dict[str, object]:
        usage = {
            "input_tokens": self._question.prompt_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            # The real server starts with the one or few tokens it has by then.
            "output_tokens": max(self._tally.completion, 1),
            "service_tier": "standard",
        }
        if finish is not None:
            usage["output_tokens_details"] = {"thinking_tokens": self._tally.reasoning}
        head = {"id": self._message_id, "type": "message", "role": "assistant", "model": self._question.model}
        return head | {"content": content} | self._stop(finish) | {"usage": usage}

    def _block_delta(self, delta: dict[str, object]) -> bytes:
        return _event("content_block_delta", {"index": len(self._blocks) - 1, "delta": delta})


def anthropic_bad_request(error: BadRequestError) -> ErrorReply:
    """The reply to a request that could not be read."""
    message = f"{error.param}: {error.message}" if error.param else error.message
    request_id = f"req_011{letters(Random(message), 21)}"
    body = _error_body(error.status, message, request_id)
    return ErrorReply(error.status, body, {"content-type": "application/json", "request-id": request_id})


def _error_body(status: int, message: str, request_id: str) -> bytes:
    error = {"type": _ERROR_TYPES.get(status, "invalid_request_error"), "message": message}
    return compact_json({"type": "error", "error": error, "request_id": request_id}).encode()


def _event(kind: str, fields: dict[str, object]) -> bytes:
    return f"event: {kind}\ndata: {compact_json({'type': kind, **fields})}\n\n".encode()


def _parsed(arguments: str) -> object:
    """What a call without a stream shows as its input: nothing of arguments that were cut off."""
    try:
        parsed: object = json.loads(arguments)
    except ValueError:
        return {}
    return parsed


def signature_of(thinking: str) -> str:
    """What signs a block of thinking. The real one cannot be made from outside; this one tells whether it came back."""
    return base64.b64encode(hashlib.sha512(f"thinking {thinking}".encode()).digest()).decode()


def _rate_limits(dice: Random) -> dict[str, str]:
    """Resets are instants of the wall clock: one that repeats would lie in the past."""
    now = datetime.now(UTC).replace(microsecond=0)
    headers = {}
    for name, limit in _LIMITS_PER_MIN.items():
        left = dice.randrange(limit // 2, limit)
        reset = now + timedelta(seconds=-(-(limit - left) * 60 // limit))
        headers[f"anthropic-ratelimit-{name}-limit"] = str(limit)
        headers[f"anthropic-ratelimit-{name}-remaining"] = str(left)
        headers[f"anthropic-ratelimit-{name}-reset"] = reset.strftime("%Y-%m-%dT%H:%M:%SZ")
    return headers
