"""How OpenAI's chat completions put an answer on the wire: chunks in data-only SSE events, or one JSON object.

One event per step. Everything of a chunk but its delta is the same for the whole answer and encoded once, which is
what lets a small machine serve sixteen fast streams.
"""

import json
import string
from collections.abc import Iterable
from typing import Any, assert_never

from tui.demo.exchange import BadRequestError
from tui.demo.question import Question
from tui.demo.script import (
    Accept,
    Begin,
    Die,
    Finish,
    HttpError,
    Reasoning,
    Refusal,
    Step,
    Text,
    TokenTally,
    ToolArguments,
    ToolCallStart,
    Wait,
)

_FIRST_CREATED = 1_767_225_600
"""2026-01-01. Creation times derive from the question, since equal questions must get equal bytes."""
_CREATED_SPAN_S = 180 * 24 * 3600
_DONE = b"data: [DONE]\n\n"


class ChatWriter:
    """Writes one chat completion. See `AnswerWriter` for the methods."""

    stream_media_type = "text/event-stream; charset=utf-8"

    def __init__(self, question: Question, include_usage: bool) -> None:
        self._question = question
        self._include_usage = include_usage
        self._tally = TokenTally()
        dice = question.dice("chat ids")
        self._id = "chatcmpl-" + "".join(dice.choices(string.ascii_letters + string.digits, k=29))
        self._about = {
            "created": _FIRST_CREATED + dice.randrange(_CREATED_SPAN_S),
            "model": question.model,
            "service_tier": "default",
            "system_fingerprint": f"fp_{dice.getrandbits(40):010x}",
        }
        head = {"id": self._id, "object": "chat.completion.chunk"} | self._about
        self._before = "data: " + _json(head)[:-1] + ',"choices":'
        self._after = (',"usage":null' if include_usage else "") + "}\n\n"
        self._texts: dict[str, bytes] = {}

    def write(self, step: Step) -> bytes:
        """One event, or b"" for steps that are no chunk."""
        self._tally.count(step)
        if isinstance(step, Text) and step.choice == 0:
            # Text of the first choice is nearly everything there is, and its pieces repeat.
            event = self._texts.get(step.text)
            if event is None:
                event = self._texts[step.text] = self._chunk(0, {"content": step.text})
            return event
        if isinstance(step, Finish):
            return self._chunk(step.choice, {}, step.reason)
        if isinstance(step, Wait | Accept | HttpError | Die):
            return b""
        return self._chunk(step.choice, _delta(step))

    def ending(self) -> Iterable[bytes]:
        """The usage chunk if it was asked for, and the end marker."""
        if self._include_usage:
            yield f'{self._before}[],"usage":{_json(_usage(self._question, self._tally))}}}\n\n'.encode()
        yield _DONE

    def whole(self, steps: Iterable[Step]) -> bytes:
        """The `chat.completion` object."""
        choices = [_WholeChoice(index) for index in range(self._question.choices)]
        for step in steps:
            self._tally.count(step)
            if not isinstance(step, Wait | Accept | HttpError | Die):
                choices[step.choice].add(step)
        body = {"id": self._id, "object": "chat.completion"} | self._about
        body |= {"choices": [choice.as_json() for choice in choices], "usage": _usage(self._question, self._tally)}
        return _json(body).encode()

    def error(self, error: HttpError) -> bytes:
        """OpenAI's error object."""
        return error_body(error.message, kind=error.kind, param=None, code=error.code)

    def _chunk(self, choice: int, delta: dict[str, object], finish: str | None = None) -> bytes:
        inner = f'[{{"index":{choice},"delta":{_json(delta)},"logprobs":null,"finish_reason":{_json(finish)}}}]'
        return (self._before + inner + self._after).encode()


class _WholeChoice:
    """Collects one choice of an answer that is not streamed."""

    def __init__(self, index: int) -> None:
        self._index = index
        self._texts: dict[type[Step], list[str]] = {Text: [], Reasoning: [], Refusal: []}
        self._calls: list[dict[str, Any]] = []
        self._finish: str | None = None

    def add(self, step: Begin | Text | Reasoning | Refusal | ToolCallStart | ToolArguments | Finish) -> None:
        match step:
            case Text() | Reasoning() | Refusal():
                self._texts[type(step)].append(step.text)
            case ToolCallStart():
                function = {"name": step.name, "arguments": ""}
                self._calls.append({"id": step.call_id, "type": "function", "function": function})
            case ToolArguments():
                self._calls[step.call]["function"]["arguments"] += step.text
            case Finish():
                self._finish = step.reason
            case Begin():
                return
            case _:
                assert_never(step)

    def as_json(self) -> dict[str, object]:
        message: dict[str, object] = {
            "role": "assistant",
            "content": "".join(self._texts[Text]) or None,
            "refusal": "".join(self._texts[Refusal]) or None,
        }
        if self._texts[Reasoning]:
            message["reasoning_content"] = "".join(self._texts[Reasoning])
        if self._calls:
            message["tool_calls"] = self._calls
        return {"index": self._index, "message": message, "logprobs": None, "finish_reason": self._finish}


def error_body(message: str, *, kind: str, param: str | None, code: str | None) -> bytes:
    """An error as OpenAI sends it, with an HTTP status of 400 or more."""
    return _json({"error": {"message": message, "type": kind, "param": param, "code": code}}).encode()


def bad_request_body(error: BadRequestError) -> bytes:
    """The error object for a request that could not be read."""
    return error_body(error.message, kind="invalid_request_error", param=error.param, code=error.code)


def _delta(step: Begin | Text | Reasoning | Refusal | ToolCallStart | ToolArguments) -> dict[str, object]:
    match step:
        case Begin():
            return {"role": "assistant", "content": None if step.calls_tools else "", "refusal": None}
        case Text():
            return {"content": step.text}
        case Reasoning():
            return {"content": None, "reasoning_content": step.text}
        case Refusal():
            return {"refusal": step.text}
        case ToolCallStart():
            function = {"name": step.name, "arguments": ""}
            return {"tool_calls": [{"index": step.call, "id": step.call_id, "type": "function", "function": function}]}
        case ToolArguments():
            return {"tool_calls": [{"index": step.call, "function": {"arguments": step.text}}]}
        case _:
            assert_never(step)


def _usage(question: Question, tally: TokenTally) -> dict[str, object]:
    return {
        "prompt_tokens": question.prompt_tokens,
        "completion_tokens": tally.completion,
        "total_tokens": question.prompt_tokens + tally.completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": tally.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _json(value: object) -> str:
    # Raw UTF-8 as the real server sends it, so that characters do get cut by network reads.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
