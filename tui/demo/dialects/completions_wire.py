"""How OpenAI's legacy completions put an answer on the wire: text in data-only events, or one JSON object.

There are no roles, tools, reasoning or refusals here; what other dialects call a refusal is just text.
"""

from collections.abc import Iterable

from tui.demo.dialects.chat_wire import token_usage
from tui.demo.dialects.collected import CollectedChoice, collect
from tui.demo.dialects.notation import compact_json, created_at, letters
from tui.demo.dialects.openai_replies import openai_error, openai_headers, openai_stream_error
from tui.demo.exchange import ErrorReply
from tui.demo.question import Question
from tui.demo.script import Begin, Finish, HttpError, Refusal, Step, Text, TokenTally

_DONE = b"data: [DONE]\n\n"


class CompletionsWriter:
    """Writes one completion. See `AnswerWriter` for the methods."""

    stream_media_type = "text/event-stream; charset=utf-8"
    whole_media_type = "application/json"

    def __init__(self, question: Question, include_usage: bool, echo: str) -> None:
        """`echo` comes before each choice's text: the prompt, when the client wants it back."""
        self._question = question
        self._include_usage = include_usage
        self._echo = echo
        self._tally = TokenTally()
        self._head = {
            "id": f"cmpl-{letters(question.dice('completion ids'), 29)}",
            "object": "text_completion",
            "created": created_at(question),
            "model": question.model,
        }

    def headers(self, processing_ms: int) -> dict[str, str]:
        return openai_headers(self._question, processing_ms)

    def write(self, step: Step) -> bytes:
        """One event, or b"" for steps that are no text."""
        self._tally.count(step)
        match step:
            case Begin():
                return self._chunk(step.choice, self._echo) if self._echo else b""
            case Text() | Refusal():
                return self._chunk(step.choice, step.text)
            case Finish():
                return self._chunk(step.choice, "", step.reason)
            case _:
                return b""

    def ending(self) -> Iterable[bytes]:
        """The usage chunk if it was asked for, and the end marker."""
        if self._include_usage:
            yield self._event({"choices": [], "usage": token_usage(self._question, self._tally)})
        yield _DONE

    def whole(self, steps: Iterable[Step]) -> bytes:
        """The `text_completion` object."""
        said = list(steps)
        for step in said:
            self._tally.count(step)
        choices = [self._whole_choice(choice) for choice in collect(said, self._question.choices)]
        body = self._head | {"choices": choices, "usage": token_usage(self._question, self._tally)}
        return compact_json(body).encode()

    def error(self, error: HttpError) -> ErrorReply:
        return openai_error(error)

    def stream_error(self, error: HttpError) -> bytes:
        return openai_stream_error(error)

    def _whole_choice(self, choice: CollectedChoice) -> dict[str, object]:
        reason = choice.finish.reason if choice.finish else None
        return _choice(choice.index, self._echo + choice.text + choice.refusal, reason)

    def _chunk(self, choice: int, text: str, finish: str | None = None) -> bytes:
        fields: dict[str, object] = {"choices": [_choice(choice, text, finish)]}
        return self._event(fields | ({"usage": None} if self._include_usage else {}))

    def _event(self, fields: dict[str, object]) -> bytes:
        return f"data: {compact_json(self._head | fields)}\n\n".encode()


def _choice(index: int, text: str, finish: str | None) -> dict[str, object]:
    return {"text": text, "index": index, "logprobs": None, "finish_reason": finish}
