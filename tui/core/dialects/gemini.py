"""The Gemini dialect: `streamGenerateContent`, as SSE or as one JSON array that is sent bit by bit.

Each payload is a whole response with the next piece of each candidate. There is no end marker: a candidate's finish
reason ends it, and a blocked prompt ends an answer that never began. Source: docs/protocols.md, "Gemini".
"""

from collections.abc import Iterable
from typing import ClassVar, Literal

import msgspec

from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.dialects.claimed_count import claimed_count
from tui.core.dialects.gemini_carried import carried_part, size_of
from tui.core.dialects.gemini_partial_args import PartialArgs
from tui.core.dialects.gemini_request import build_request
from tui.core.dialects.gemini_wire import (
    Candidate,
    ChosenToken,
    GenerateContentResponse,
    LogprobsResult,
    Part,
    PromptFeedback,
    UsageMetadata,
    WireCall,
)
from tui.core.dialects.payload_decoder import PayloadDecoder
from tui.core.dialects.plain_text import Frame
from tui.core.events import (
    Activity,
    ChoiceFinished,
    ChoiceSeen,
    LogprobsDelta,
    PartCarried,
    ReasoningDelta,
    Remarked,
    ResponseStarted,
    StreamEvent,
    TextDelta,
    TokenLogprob,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from tui.core.failure import SHOWN_CHARS, StreamError, api_error, message_of
from tui.core.finish import FinishReason, gemini_finish_reason, is_finish
from tui.core.text import paired
from tui.core.tool_calls import arguments_delta


class PlainPart(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A part with nothing but text."""

    text: str
    thought: None = None
    thought_signature: None = None
    function_call: None = None
    executable_code: None = None
    code_execution_result: None = None
    inline_data: None = None


class PlainContent(msgspec.Struct, frozen=True, gc=False):
    """One such part."""

    parts: tuple[PlainPart]


class PlainCandidate(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The first candidate, going on."""

    content: PlainContent
    index: Literal[0] | None = None
    finish_reason: None = None
    logprobs_result: None = None


class PlainResponse(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A chunk that says nothing but more text; usage comes with every chunk."""

    candidates: tuple[PlainCandidate]
    usage_metadata: UsageMetadata | None = None
    prompt_feedback: None = None
    error: None = None


_decode_plain = msgspec.json.Decoder(PlainResponse).decode


class GeminiDecoder(PayloadDecoder[GenerateContentResponse]):
    """One response body of this dialect to events. Never raises anything but `BoundExceeded`."""

    shape = GenerateContentResponse
    framing = "array"
    frame: ClassVar[Frame] = Frame(after=b"\r\n\r\n")
    done_is_proof = False

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        super().__init__(bounds)
        self._bounds = bounds
        self._response_id = ""
        self._model = ""
        self._unfinished: dict[int, bool] = {}
        """For each candidate seen, whether it still lacks its finish reason."""
        self._usage: UsageMetadata | None = None
        self._calls: dict[int, int] = {}
        """How many calls each candidate has made: none is ever continued by the next."""
        self._open_args: dict[int, PartialArgs] = {}
        """The call of each candidate whose arguments come in pieces."""
        self._is_active = False
        """Whether the last word on the server's activity was that there is one."""
        self._has_left_out = False

    @property
    def is_settled(self) -> bool:
        """Whether the first candidate, the id and the model are known, and the server writes and does nothing else."""
        return bool(self._model and self._response_id and 0 in self._unfinished and not self._is_active)

    def plain_texts(self, payloads: list[bytes]) -> list[str] | None:
        """The texts of chunks that hold nothing else and report the same usage as those before."""
        chunks = [_decode_plain(payload) for payload in payloads]
        if any(chunk.usage_metadata not in (None, self._usage) for chunk in chunks):
            return None
        return [chunk.candidates[0].content.parts[0].text for chunk in chunks]

    def take(self, chunk: GenerateContentResponse, event_name: str, events: list[StreamEvent]) -> None:
        """One chunk, whole response, or error."""
        if (chunk.response_id and not self._response_id) or (chunk.model_version and not self._model):
            self._response_id = self._response_id or chunk.response_id or ""
            self._model = self._model or chunk.model_version or ""
            events.append(ResponseStarted(paired(self._response_id), paired(self._model)))
        for candidate in chunk.candidates or ():
            self._take_candidate(candidate, events)
        if chunk.prompt_feedback is not None:
            self._take_feedback(chunk.prompt_feedback, events)
        if chunk.usage_metadata is not None and chunk.usage_metadata != self._usage:
            self._take_usage(chunk.usage_metadata, events)
        if error := _error_in(chunk, event_name):
            self._end_args(events)
            self.report(error, events)

    def close(self, status: int | None = None) -> list[StreamEvent]:
        """End of body: also the arguments of a call that was never ended."""
        events = super().close(status)
        self._end_args(events)
        return events

    def _take_candidate(self, candidate: Candidate, events: list[StreamEvent]) -> None:
        index = candidate.index or 0
        if index not in self._unfinished:
            self._unfinished[index] = True
            events.append(ChoiceSeen(index))
        if candidate.content is not None:
            for part in candidate.content.parts or ():
                self._take_part(index, part, events)
        if candidate.logprobs_result is not None and (tokens := _logprobs(candidate.logprobs_result)):
            events.append(LogprobsDelta(index, tokens))
        if candidate.finish_reason and is_finish(candidate.finish_reason):
            raw = paired(candidate.finish_reason)
            self._finish(index, raw, gemini_finish_reason(raw), candidate.finish_message, events)

    def _take_part(self, index: int, part: Part, events: list[StreamEvent]) -> None:
        if part.text:
            self._rest(events)
            events.append(ReasoningDelta(index, part.text) if part.thought else TextDelta(index, part.text))
        if (carried := carried_part(part)) is not None:
            events.append(PartCarried(index, carried, size_of(carried)))
        if part.function_call is not None:
            self._rest(events)
            self._take_call(index, part.function_call, events)
        if part.executable_code or part.code_execution_result or part.inline_data:
            self._take_server_part(part, events)

    def _take_call(self, index: int, call: WireCall, events: list[StreamEvent]) -> None:
        if call.name and not call.partial_args:
            self._end_call(index, events)  # the call before was left open
        args = self._open_args.get(index)
        if args is None and (call.name or call.id or call.args is not None or call.partial_args):
            number = self._calls.get(index, 0)
            self._calls[index] = number + 1
            if call.will_continue or call.partial_args:
                args = self._open_args[index] = PartialArgs(self._bounds.answer_chars)
            text = "" if args else arguments_delta(call.args) or "{}"
            events.append(
                ToolCallDelta(index, number, paired(call.id or ""), "function", paired(call.name or ""), text)
            )
        if args is not None:
            args.add(call.partial_args or [])
            if not call.will_continue:
                self._end_call(index, events)

    def _end_call(self, index: int, events: list[StreamEvent]) -> None:
        if args := self._open_args.pop(index, None):
            events.append(ToolCallDelta(index, self._calls[index] - 1, arguments=arguments_delta(args.value)))

    def _end_args(self, events: list[StreamEvent]) -> None:
        for index in list(self._open_args):
            self._end_call(index, events)

    def _take_server_part(self, part: Part, events: list[StreamEvent]) -> None:
        """What is no text: code that runs at the server, its outcome, and data such as images."""
        if part.executable_code:
            self._show(f"running {_word_in(part.executable_code, 'language')} code".replace("  ", " "), events)
        if part.code_execution_result:
            outcome = _word_in(part.code_execution_result, "outcome").removeprefix("outcome_").replace("_", " ")
            self._show(f"the code has run: {outcome or 'unknown'}", events)
        if part.inline_data and not self._has_left_out:
            self._has_left_out = True
            kind = _word_in(part.inline_data, "mimeType") or "unknown type"
            events.append(Remarked(f"the answer holds data that is not shown ({kind})"))

    def _show(self, activity: str, events: list[StreamEvent]) -> None:
        self._is_active = True
        events.append(Activity(activity))

    def _rest(self, events: list[StreamEvent]) -> None:
        """The server writes again."""
        if self._is_active:
            self._is_active = False
            events.append(Activity(""))

    def _finish(
        self, index: int, raw: str, reason: FinishReason, message: str | None, events: list[StreamEvent]
    ) -> None:
        self._end_call(index, events)
        self._rest(events)
        if message and self._unfinished[index]:  # old servers repeat the reason in each chunk
            events.append(Remarked(paired(message[:SHOWN_CHARS])))
        self._unfinished[index] = False
        events.append(ChoiceFinished(index, raw, reason))

    def _take_feedback(self, feedback: PromptFeedback, events: list[StreamEvent]) -> None:
        """A blocked prompt has an answer that is empty and whole."""
        if not feedback.block_reason or not is_finish(feedback.block_reason):
            return
        if not self._unfinished:
            self._unfinished[0] = True
            events.append(ChoiceSeen(0))
        message = feedback.block_reason_message
        for index in [index for index, is_unfinished in self._unfinished.items() if is_unfinished]:
            self._finish(index, paired(feedback.block_reason), "content_filter", message, events)
            message = None

    def _take_usage(self, wire: UsageMetadata, events: list[StreamEvent]) -> None:
        self._usage = wire
        written, thought = claimed_count(wire.candidates_token_count), claimed_count(wire.thoughts_token_count)
        usage = Usage(
            prompt=claimed_count(wire.prompt_token_count),
            completion=None if written is None and thought is None else (written or 0) + (thought or 0),
            reasoning=thought,
            cached=claimed_count(wire.cached_content_token_count),
        )
        if usage != Usage():
            events.append(UsageReported(usage))


def _word_in(value: object, key: str) -> str:
    """A short word of an object that is only named and not shown, in small letters."""
    word = value.get(key) if isinstance(value, dict) else None
    return paired(word[:60]).lower() if isinstance(word, str) else ""


def _logprobs(wire: LogprobsResult) -> tuple[TokenLogprob, ...]:
    chosen, tops = wire.chosen_candidates or [], wire.top_candidates or []
    return tuple(
        TokenLogprob(
            paired(token.token or ""),
            token.log_probability,
            _alternatives(tops[at].candidates or () if at < len(tops) else ()),
        )
        for at, token in enumerate(chosen)
    )


def _alternatives(tokens: Iterable[ChosenToken]) -> tuple[tuple[str, float], ...]:
    return tuple(
        (paired(token.token or ""), token.log_probability) for token in tokens if token.log_probability is not None
    )


def _error_in(chunk: GenerateContentResponse, event_name: str) -> StreamError | None:
    """The error this payload reports."""
    if chunk.error:
        return api_error({"error": chunk.error})
    if chunk.detail and not chunk.candidates:
        return api_error({"detail": chunk.detail})
    if event_name == "error":
        return api_error({"error": {"message": message_of(chunk.message), "status": chunk.status, "code": chunk.code}})
    return None


__all__ = ["GeminiDecoder", "build_request"]
