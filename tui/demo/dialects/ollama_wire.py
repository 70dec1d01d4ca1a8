"""How Ollama puts an answer on the wire: one JSON object per line, the last of which says how long everything took.

Chat and generate differ only in where the words stand. Tool calls come whole.
"""

from collections.abc import Iterable
from typing import Literal

from tui.demo.dialects.collected import collect
from tui.demo.dialects.held_calls import HeldCalls, WholeCall
from tui.demo.dialects.notation import compact_json, created_at, rfc3339
from tui.demo.exchange import BadRequestError, ErrorReply
from tui.demo.pace import MS, SECOND
from tui.demo.question import Question
from tui.demo.script import (
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

OllamaCall = Literal["chat", "generate"]
_JSON = "application/json; charset=utf-8"


class OllamaWriter:
    """Writes one answer. See `AnswerWriter` for the methods."""

    stream_media_type = "application/x-ndjson"
    whole_media_type = _JSON

    def __init__(self, question: Question, call: OllamaCall, model: str, only_loads: bool) -> None:
        """`model` is the name as the client wrote it. With `only_loads` there was nothing to answer."""
        self._question = question
        self._call = call
        self._model = model
        self._only_loads = only_loads
        self._created_ns = created_at(question) * SECOND
        self._tally = TokenTally()
        self._held = HeldCalls()
        self._load_ns = question.dice("load").randrange(18 * MS, 60 * MS)
        self._before_ns = 0
        """From the request to the first token."""
        self._writing_ns = 0
        self._finish: Finish | None = None

    def headers(self, processing_ms: int) -> dict[str, str]:
        return {}

    def write(self, step: Step) -> bytes:
        """At most one line."""
        self._note(step)
        match step:
            case Text() | Refusal():
                return self._line(self._words(step.text, ""))
            case Reasoning():
                return self._line(self._words("", step.text))
            case ToolCallStart() | ToolArguments():
                call = self._held.take(step)
                return b"" if call is None else self._line(self._called([call]))
            case Finish():
                call = self._held.take(step)
                before = b"" if call is None else self._line(self._called([call]))
                return before + self._line(self._words("", "") | self._end(step))
            case _:
                return b""

    def ending(self) -> Iterable[bytes]:
        """Nothing: the line of the end came with `Finish`."""
        return ()

    def whole(self, steps: Iterable[Step]) -> bytes:
        """One object with everything in it."""
        said = list(steps)
        held, calls = HeldCalls(), []
        for step in said:
            self._note(step)
            if call := held.take(step):
                calls.append(call)
        (choice,) = collect(said)
        words = self._words(choice.text + choice.refusal, choice.reasoning)
        if calls:
            words = self._called(calls)
        return self._line(words | (self._end(choice.finish) if choice.finish else {}))[:-1]

    def error(self, error: HttpError) -> ErrorReply:
        # Ollama has no retry hint of its own; the header is plain HTTP.
        headers = {"content-type": _JSON}
        if error.retry_after_s is not None:
            headers["retry-after"] = str(error.retry_after_s)
        return ErrorReply(error.status, _error_body(error.message), headers)

    def stream_error(self, error: HttpError) -> bytes:
        return _error_body(error.message) + b"\n"

    def _note(self, step: Step) -> None:
        self._tally.count(step)
        if isinstance(step, Wait):
            if self._tally.completion:
                self._writing_ns += step.duration_ns
            else:
                self._before_ns += step.duration_ns

    def _line(self, fields: dict[str, object]) -> bytes:
        instant_s, nanoseconds = divmod(self._created_ns + self._before_ns + self._writing_ns, SECOND)
        head = {"model": self._model, "created_at": rfc3339(instant_s, nanoseconds)}
        return f"{compact_json({**head, **fields, 'done': fields.get('done', False)})}\n".encode()

    def _words(self, text: str, thinking: str) -> dict[str, object]:
        thought = {"thinking": thinking} if thinking else {}
        if self._call == "generate":
            return {"response": text, **thought}
        return {"message": {"role": "assistant", "content": text, **thought}}

    def _called(self, calls: list[WholeCall]) -> dict[str, object]:
        listed = [
            {"id": call.call_id, "function": {"index": call.number, "name": call.name, "arguments": call.arguments}}
            for call in calls
        ]
        return {"message": {"role": "assistant", "content": "", "tool_calls": listed}}

    def _end(self, finish: Finish) -> dict[str, object]:
        """What the last line adds; counts and durations of zero are left out."""
        if self._only_loads:
            return {"done": True, "done_reason": "load"}
        counts = {
            "total_duration": self._load_ns + self._before_ns + self._writing_ns,
            "load_duration": self._load_ns,
            "prompt_eval_count": self._question.prompt_tokens,
            "prompt_eval_duration": self._before_ns,
            "eval_count": self._tally.completion,
            "eval_duration": self._writing_ns,
        }
        reason = "length" if finish.reason == "length" else "stop"
        return {"done": True, "done_reason": reason} | {name: count for name, count in counts.items() if count}


def ollama_bad_request(error: BadRequestError) -> ErrorReply:
    """The reply to a request that could not be read."""
    return ErrorReply(error.status, _error_body(error.message), {"content-type": _JSON})


def _error_body(message: str) -> bytes:
    return compact_json({"error": message}).encode()
