"""How OpenAI's chat completions put an answer on the wire: chunks in data-only SSE events, or one JSON object.

One event per step. Everything of a chunk but its delta is the same for the whole answer and encoded once, which is
what lets a small machine serve sixteen fast streams.
"""

from collections.abc import Iterable
from typing import assert_never

from tui.demo.dialects.collected import CollectedChoice, collect
from tui.demo.dialects.notation import compact_json, created_at, letters
from tui.demo.dialects.openai_replies import openai_error, openai_headers, openai_stream_error
from tui.demo.exchange import ErrorReply
from tui.demo.odds import TokenOdds
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

_DONE = b"data: [DONE]\n\n"


class ChatWriter:
    """Writes one chat completion. See `AnswerWriter` for the methods."""

    stream_media_type = "text/event-stream; charset=utf-8"
    whole_media_type = "application/json"

    def __init__(self, question: Question, include_usage: bool, alternatives: int | None = None) -> None:
        """`alternatives`: how many to list beside each token's log probability; None for no log probabilities."""
        self._question = question
        self._odds = None if alternatives is None else TokenOdds(question.dice("odds"), alternatives)
        self._include_usage = include_usage
        self._tally = TokenTally()
        dice = question.dice("chat ids")
        self._id = f"chatcmpl-{letters(dice, 29)}"
        self._about = {
            "created": created_at(question),
            "model": question.model,
            "service_tier": "default",
            "system_fingerprint": f"fp_{dice.getrandbits(40):010x}",
        }
        head = {"id": self._id, "object": "chat.completion.chunk"} | self._about
        self._before = "data: " + compact_json(head)[:-1] + ',"choices":'
        self._after = (',"usage":null' if include_usage else "") + "}\n\n"
        self._texts: dict[str, bytes] = {}

    def headers(self, processing_ms: int) -> dict[str, str]:
        return openai_headers(self._question, processing_ms)

    def write(self, step: Step) -> bytes:
        """One event, or b"" for steps that are no chunk."""
        if isinstance(step, Wait):
            return b""
        self._tally.count(step)
        if isinstance(step, Text) and self._odds:
            return self._chunk(step.choice, {"content": step.text}, odds=self._odds.of(step.text))
        if isinstance(step, Text) and step.choice == 0:
            # Text of the first choice is nearly everything there is, and its pieces repeat.
            event = self._texts.get(step.text)
            if event is None:
                event = self._texts[step.text] = self._chunk(0, {"content": step.text})
            return event
        if isinstance(step, Finish):
            return self._chunk(step.choice, {}, step.reason)
        if isinstance(step, Accept | HttpError | Die):
            return b""
        return self._chunk(step.choice, _delta(step))

    def ending(self) -> Iterable[bytes]:
        """The usage chunk if it was asked for, and the end marker."""
        if self._include_usage:
            yield f'{self._before}[],"usage":{compact_json(token_usage(self._question, self._tally))}}}\n\n'.encode()
        yield _DONE

    def whole(self, steps: Iterable[Step]) -> bytes:
        """The `chat.completion` object."""
        said = list(steps)
        for step in said:
            self._tally.count(step)
        choices = [_whole_choice(choice, self._odds) for choice in collect(said, self._question.choices)]
        body = {"id": self._id, "object": "chat.completion"} | self._about
        return compact_json(body | {"choices": choices, "usage": token_usage(self._question, self._tally)}).encode()

    def error(self, error: HttpError) -> ErrorReply:
        return openai_error(error)

    def stream_error(self, error: HttpError) -> bytes:
        return openai_stream_error(error)

    def _chunk(
        self,
        choice: int,
        delta: dict[str, object],
        finish: str | None = None,
        odds: list[dict[str, object]] | None = None,
    ) -> bytes:
        logprobs = compact_json(_logprobs(odds)) if odds else "null"
        end = f'"logprobs":{logprobs},"finish_reason":{compact_json(finish)}'
        return f'{self._before}[{{"index":{choice},"delta":{compact_json(delta)},{end}}}]{self._after}'.encode()


def _logprobs(odds: list[dict[str, object]]) -> dict[str, object]:
    return {"content": odds, "refusal": None}


def _whole_choice(choice: CollectedChoice, odds: TokenOdds | None) -> dict[str, object]:
    message: dict[str, object] = {
        "role": "assistant",
        "content": choice.text or None,
        "refusal": choice.refusal or None,
    }
    if choice.reasoning:
        message["reasoning_content"] = choice.reasoning
    if choice.calls:
        message["tool_calls"] = [
            {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in choice.calls
        ]
    reason = choice.finish.reason if choice.finish else None
    logprobs = _logprobs(odds.of(choice.text)) if odds and choice.text else None
    return {"index": choice.index, "message": message, "logprobs": logprobs, "finish_reason": reason}


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


def token_usage(question: Question, tally: TokenTally) -> dict[str, object]:
    """The `usage` object."""
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
