"""One target's answer while it happens: the phase, the fold and the stopwatch of a single stream, in one object.

The engine calls the verbs (`start`, `receive`, `fail`, ...) with the instant at which each happened; the screen and
the exports only read. A recording can drive the same verbs, which is how tests and replays work.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tui.core.attempts import Attempt
from tui.core.bounds import Bounds
from tui.core.connection import ConnectionFacts
from tui.core.dialects import dialect_named
from tui.core.errors import BoundExceeded
from tui.core.events import (
    FunctionCallDelta,
    ReasoningDelta,
    RefusalDelta,
    StreamEvent,
    TextDelta,
    TextRun,
    ToolCallDelta,
    UsageReported,
)
from tui.core.exchange import Exchange
from tui.core.failure import StreamError, not_an_answer, without_secrets
from tui.core.fold import Answer
from tui.core.json_schema import failures
from tui.core.phase import NEXT, Phase
from tui.core.redact import Redactor
from tui.core.request import HttpRequest
from tui.core.retries import Verdict, decide
from tui.core.snapshot import ChoiceSnapshot, Counts, Snapshot
from tui.core.tape import Tape
from tui.core.target import Target
from tui.core.text import estimated_tokens
from tui.core.timeline import Metrics, Timeline

_NS = 1_000_000_000
_BEGINNING_BYTES = 512
"""What is kept of a body to quote when it turns out to be no answer."""


class StreamState:
    """The state of one stream. Verbs apply what happened; properties tell what is known."""

    def __init__(
        self,
        target: Target,
        due_ns: int,
        *,
        token_scale: float = 1.0,
        bounds: Bounds | None = None,
        jitter: float | None = None,
        redactor: Redactor | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> None:
        """`bounds`: those of the target's policy unless given.

        `jitter`: a random number from 0 to 1 that spreads the waits before retries. None never retries, as for a
        recording that is played back. `redactor`: knows this target's secrets alone unless given. `schema`: what the
        answer was asked to follow.
        """
        self.target = target
        self.redactor = redactor or Redactor.of_targets([target])
        """Hides secrets in what the server said; whoever shows a text of the answer asks it."""
        self.schema = schema
        """The JSON schema the answer was asked to follow. None for free text."""
        self._schema_errors: tuple[str, ...] | None = None
        self.phase = Phase.QUEUED
        self.error: StreamError | None = None
        """What ended the stream; failures that were tried again are in `attempts`."""
        self.token_scale = token_scale
        """Correction of estimated token counts, learned from what this model reported earlier; 1 until then."""
        self.prompt_estimate: float | None = None
        """About how many tokens were asked, for as long as the server has not said. None when nobody knows."""
        self.version = 0
        """Grows with every change, so that a reader can tell whether it has seen the latest."""
        self.retry_at_ns: int | None = None
        """When the next attempt is due. None unless one is waited for."""
        self._final: tuple[int, Snapshot] | None = None
        """The snapshot of a stream that is over, and the version it is of."""
        self.request: HttpRequest | None = None
        """What is sent, without the key. None before it is written, and when it cannot be."""
        self._jitter = jitter
        self._bounds = bounds or target.policy.bounds
        self._past: list[Attempt] = []
        self._past_exchanges: list[Exchange] = []
        self._remarks: list[str] = []
        self._is_closed = False
        """Whether what arrives no longer counts: the stream is over, or between two attempts."""
        self._begin_afresh(Timeline(due_ns))

    def _begin_afresh(self, timeline: Timeline) -> None:
        """Everything that belongs to one attempt, as it is before the first byte."""
        dialect = dialect_named(self.target.dialect)
        self.answer = Answer(self._bounds, needs_end_marker=dialect.needs_end_marker, redactor=self.redactor)
        self.timeline = timeline
        self.status: int | None = None
        """HTTP status. None until the response head arrived."""
        self._headers: Mapping[str, str] = {}
        self.connection: ConnectionFacts | None = None
        """None until there is one, and where what carried the request knows nothing of it."""
        self.tape = Tape(self._bounds.tape_bytes)
        """What was received, as it came."""
        self.bytes_received = 0
        self.reads = 0
        self._decoder = dialect.new_decoder(self._bounds)
        self._estimate = 0.0
        self._thinking = False
        self._calling = False

    def __repr__(self) -> str:
        return f"<StreamState {self.target.name} {self.phase} {self.bytes_received} B>"

    # -- what happened ----------------------------------------------------------------------------------------------

    def start(self, at_ns: int) -> None:
        """The request is about to be handed to the client."""
        self.retry_at_ns = None
        self.timeline.start_ns = at_ns
        self._enter(Phase.CONNECTING)

    def connected(self, at_ns: int, *, reused: bool, facts: ConnectionFacts | None = None) -> None:
        """A connection carries the request; `reused` when it was waiting in the pool."""
        if self.phase is Phase.CONNECTING:
            self.connection = facts
            self.timeline.connected_ns = at_ns
            self.timeline.is_reused = reused
            self._enter(Phase.WAITING)

    def respond(self, status: int, headers: Mapping[str, str], at_ns: int) -> None:
        """The response head arrived."""
        if self._is_closed:
            return
        if self.phase is Phase.CONNECTING:  # a transport that does not report connections
            self._enter(Phase.WAITING)
        self.status, self._headers = status, headers
        self.timeline.headers_ns = at_ns
        self.version += 1

    def receive(self, data: bytes, at_ns: int) -> None:
        """One network read of the body. Ends the attempt at its end marker, at an error, or over a bound."""
        if self._is_closed:
            return
        self.tape.append(data, at_ns)
        self.reads += 1
        self.bytes_received += len(data)
        self.timeline.last_byte_ns = at_ns
        if self.timeline.first_byte_ns is None:
            self.timeline.first_byte_ns = at_ns
        before = self._decoder.payloads
        try:
            events = self._decoder.feed(data)
            if events or self._decoder.payloads > before:
                self._apply(events, self._decoder.payloads - before, at_ns)
        except BoundExceeded as exc:
            self.fail(StreamError("protocol", f"cut off: {exc}", type="bound"), at_ns)
            return
        self.version += 1
        if self.answer.has_end_marker or self.answer.error:
            self._conclude(at_ns)

    def receive_error(self, body: bytes, at_ns: int) -> None:
        """The body of an error response, which is no answer: kept to be looked at. `fail` says what it means."""
        if not self._is_closed:
            self.tape.append(body, at_ns)

    def end(self, at_ns: int) -> None:
        """The body ended without an exception, which proves nothing: only what it held can."""
        if self._is_closed:
            return
        before = self._decoder.payloads
        try:
            events = self._decoder.close(self.status)
            self._apply(events, self._decoder.payloads - before, at_ns)
        except BoundExceeded as exc:
            self.fail(StreamError("protocol", f"cut off: {exc}", type="bound"), at_ns)
            return
        self._conclude(at_ns)

    def fail(self, error: StreamError, at_ns: int) -> None:
        """The attempt broke: another one follows where the rules allow it, else the stream ends.

        An answer that was already proved whole stays complete.
        """
        if self._is_closed:
            return
        if error.kind == "transport" and self.answer.is_complete:
            self._finish(Phase.COMPLETE, at_ns)
            return
        error = without_secrets(error, self.redactor.text)
        cut_off = self.answer.has_output and error.kind in ("transport", "protocol")
        self._retry_or_end(error, Phase.INTERRUPTED if cut_off else Phase.FAILED, at_ns)

    def expire(self, error: StreamError, at_ns: int) -> None:
        """A time limit was passed, which may have been in the pause between two attempts."""
        if self.phase is Phase.RETRYING:
            self.error = error
            self._finish(Phase.FAILED, at_ns)
        else:
            self.fail(error, at_ns)

    def cancel(self, at_ns: int) -> None:
        """The user stopped it; what arrived is kept."""
        if not self.phase.is_terminal:
            self._finish(Phase.CANCELLED, at_ns)

    def remark(self, text: str) -> None:
        """Something a reader of the answer should know that its server did not say."""
        self._remarks.append(text)
        self.version += 1

    # -- what is known ----------------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the stream has ended, however."""
        return self.phase.is_terminal

    @property
    def attempt_is_over(self) -> bool:
        """Whether nothing more of the current attempt counts; another may follow."""
        return self._is_closed

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All tries so far, the running one included."""
        if self.timeline.start_ns is None:
            return tuple(self._past)
        return (*self._past, Attempt.of(self.timeline, self.status, self.error, self.tape.bytes))

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What went over the wire in each try, in the order of `attempts`; the last may not have started."""
        headers = None if self.status is None else self.headers
        now = Exchange(self.request, self.tape, self.status, headers, self.connection)
        return (*self._past_exchanges, now)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the answer should know, such as lost events."""
        lost = self._decoder.undecodable
        unread = (f"{lost} event{'s' if lost > 1 else ''} of the answer could not be read",) if lost else ()
        return (*self._remarks, *self.answer.remarks, *unread)

    @property
    def headers(self) -> Mapping[str, str]:
        """The response's headers, as they may be shown. Empty until the response head arrived."""
        return self.redactor.headers(self._headers)

    @property
    def is_thinking(self) -> bool:
        """Whether the latest token was reasoning."""
        return self._thinking and not self.is_over

    @property
    def is_calling(self) -> bool:
        """Whether the latest token belonged to a tool call."""
        return self._calling and not self.is_over

    @property
    def counts(self) -> Counts:
        """What came over the wire."""
        decoder = self._decoder
        return Counts(
            decoder.payloads,
            decoder.undecodable,
            decoder.comments,
            self.bytes_received,
            self.reads,
            len(self.attempts),
        )

    @property
    def output_tokens(self) -> tuple[float | None, bool]:
        """The best count of output tokens, and whether it is an estimate. None before the first token."""
        reported = self.answer.usage.completion if self.answer.usage else None
        has_tokens = self.timeline.first_token_ns is not None
        if reported is not None and (reported or not has_tokens):  # 0 beside text is a proxy's word for unknown
            return float(reported), False
        return (self._estimate * self.token_scale if has_tokens else None), True

    @property
    def estimate(self) -> float:
        """Tokens by our own estimate, uncorrected; beside a reported count it teaches `token_scale`."""
        return self._estimate

    def rate_scale(self) -> float:
        """What turns estimated tokens into counted ones: exact when the server reported, learned otherwise."""
        tokens, estimated = self.output_tokens
        return tokens / self._estimate if tokens and not estimated and self._estimate else self.token_scale

    def metrics(self) -> Metrics:
        """The figures so far."""
        tokens, estimated = self.output_tokens
        n1 = self.timeline.first_read_tokens
        return self.timeline.metrics(
            tokens,
            estimated=estimated,
            n1=n1,
            single_choice=len(self.answer.choices) <= 1,
            is_cancelled=self.phase is Phase.CANCELLED,
        )

    @property
    def schema_errors(self) -> tuple[str, ...] | None:
        """What of the answer does not follow the schema, each with its path; empty when all does.

        None when there is nothing to judge: no schema, no complete answer, or a refusal or calls instead of one. The
        first to ask has it worked out, which takes as long as the answer is.
        """
        if self.schema is None or self.phase is not Phase.COMPLETE:
            return None
        choices = [choice for choice in self.answer.ordered_choices() if not (choice.calls or choice.refusal)]
        if self._schema_errors is None and choices:
            found = [(choice.index, failures(self.schema, choice.text.text())) for choice in choices]
            several = len(self.answer.choices) > 1
            self._schema_errors = tuple(
                self.redactor.known(f"choice {index + 1}: {error}" if several else error)
                for index, errors in found
                for error in errors
            )
        return self._schema_errors

    def snapshot(self) -> Snapshot:
        """Everything, frozen. Joins the text, so it costs as much as the answer is long.

        Of a stream that is over it is the same object each time.
        """
        if self._final is not None and self._final[0] == self.version:
            return self._final[1]
        snapshot = self._snapshot()
        self._final = (self.version, snapshot) if self.is_over else None
        return snapshot

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            target=self.target,
            phase=self.phase,
            model=self.answer.model,
            response_id=self.answer.response_id,
            is_complete=self.phase is Phase.COMPLETE,
            status=self.status,
            attempts=self.attempts,
            choices=tuple(
                ChoiceSnapshot.of(choice, is_complete=self.phase is Phase.COMPLETE, hide=self.redactor.known)
                for choice in self.answer.ordered_choices()
            ),
            usage=self.answer.usage,
            error=self.error,
            counts=self.counts,
            metrics=self.metrics(),
            remarks=self.remarks,
            timings=self.answer.timings,
            connection=self.connection,
            is_kept=self.answer.is_kept,
            schema_errors=self.schema_errors,
        )

    # -- folding ----------------------------------------------------------------------------------------------------

    def _apply(self, events: list[StreamEvent], payloads: int, at_ns: int) -> None:
        """Fold the events of one read of `payloads` payloads."""
        if self.timeline.first_chunk_ns is None and self._decoder.payloads:
            self.timeline.first_chunk_ns = at_ns
        if len(events) == 1 and type(event := events[0]) is TextDelta and self._is_writing:
            self.answer.apply(event)  # nearly every read is one more piece of text
            self._count_tokens(estimated_tokens(event.text), 1, at_ns)
            return
        tokens, bearing, grown = 0.0, 0, False
        try:
            for event in events:
                if isinstance(event, UsageReported):
                    grown = grown or self._has_grown(event)
                text = self._stamp(event, at_ns)
                self.answer.apply(event)
                if text:
                    bearing += len(event.texts) if isinstance(event, TextRun) else 1
                    tokens += estimated_tokens(text)
        finally:  # what came before a bound was passed has been received, and counts
            if bearing or grown:
                # One chunk may bear text, reasoning and calls at once; only several chunks in one read are coalesced.
                self._count_tokens(tokens, max(1, min(bearing, payloads)), at_ns)

    @property
    def _is_writing(self) -> bool:
        """Whether more text changes nothing but the text and the count of tokens."""
        is_text = not self._thinking and not self._calling
        return is_text and self.phase is Phase.STREAMING and self.timeline.first_output_ns is not None

    def _stamp(self, event: StreamEvent, at_ns: int) -> str:
        """Note when output and reasoning came, and return the text this event bears; empty when it is no token."""
        match event:
            case TextDelta() | RefusalDelta():
                text, calling = event.text, False
            case TextRun():
                text, calling = "".join(event.texts), False
            case ToolCallDelta() | FunctionCallDelta():
                text, calling = event.name + event.arguments, True
            case ReasoningDelta():
                if self.timeline.first_reasoning_ns is None:
                    self.timeline.first_reasoning_ns = at_ns
                self.timeline.last_reasoning_ns = at_ns
                self._thinking, self._calling = True, False
                return event.text
            case _:
                return ""
        if text:
            if self.timeline.first_output_ns is None:
                self.timeline.first_output_ns = at_ns
            self._thinking, self._calling = False, calling
        return text

    def _has_grown(self, event: UsageReported) -> bool:
        """Whether a per-chunk count says that tokens came without text. A final usage chunk says no such thing."""
        before = self.answer.usage
        after = event.usage.completion
        if before is None or before.completion is None or after is None or after <= before.completion:
            return False
        return not all(choice.finish_reason_raw for choice in self.answer.choices.values())

    def _count_tokens(self, tokens: float, events: int, at_ns: int) -> None:
        if self.timeline.first_token_ns is None:
            usage = self.answer.usage
            self.timeline.first_read_tokens = usage.completion if usage and usage.completion else None
            self._enter(Phase.STREAMING)
        self._estimate += tokens
        self.timeline.token_read(at_ns, tokens, events)

    def _conclude(self, at_ns: int) -> None:
        """Decide how the stream ended from what it held."""
        answer = self.answer
        if answer.error:
            self._retry_or_end(answer.error, Phase.FAILED, at_ns)
        elif answer.is_complete:
            self._finish(Phase.COMPLETE, at_ns)
        elif not answer.choices and answer.has_end_marker:
            self.error = StreamError(
                "protocol", "the server ended the stream without sending any answer", status=self.status
            )
            self._finish(Phase.FAILED, at_ns)
        elif error := self._foreign_body():
            self.error = error
            self._finish(Phase.FAILED, at_ns)
        else:
            self._finish(Phase.INTERRUPTED, at_ns)

    def _foreign_body(self) -> StreamError | None:
        """The error for a body in which nothing of this dialect was found."""
        answer = self.answer
        if answer.choices or answer.model or answer.response_id or answer.has_end_marker:
            return None
        kind = self.headers.get("content-type", "")
        is_readable = self._decoder.payloads > 0 and not self._decoder.undecodable
        beginning = self.tape.beginning(_BEGINNING_BYTES)
        found = not_an_answer(beginning, kind, is_readable=is_readable, hide=self.redactor.known)
        return replace(without_secrets(found, self.redactor.text), status=self.status) if found else None

    def _retry_or_end(self, error: StreamError, end: Phase, at_ns: int) -> None:
        verdict = self._verdict(error)
        self.timeline.end_ns = at_ns
        if verdict.wait_s is None:
            self.error = replace(error, message=f"{error.message} ({verdict.reason})") if verdict.reason else error
            self._finish(end, at_ns)
            return
        wait_ns = round(verdict.wait_s * _NS)
        self._past_exchanges += self.exchanges[-1:]
        self._past.append(Attempt.of(self.timeline, self.status, error, self.tape.bytes, wait_ns))
        self.retry_at_ns = at_ns + wait_ns
        self._begin_afresh(Timeline(self.timeline.due_ns, self.timeline.origin_ns))
        self._enter(Phase.RETRYING)

    def _verdict(self, error: StreamError) -> Verdict:
        """Whether the running attempt may be followed by another: never once anything of an answer came."""
        may_follow = Phase.RETRYING in NEXT[self.phase] and not self.answer.has_output
        if self._jitter is None or not may_follow:
            return Verdict(None)
        return decide(self.target.policy.retries, error, len(self._past) + 1, self._jitter)

    def _finish(self, phase: Phase, at_ns: int) -> None:
        self.timeline.end_ns = at_ns
        self.retry_at_ns = None
        self._enter(phase)

    def _enter(self, phase: Phase) -> None:
        if phase is Phase.STREAMING and self.phase is Phase.CONNECTING:
            self._enter(Phase.WAITING)
        assert phase in NEXT[self.phase], f"{self.phase} -> {phase}"
        self.phase = phase
        self._is_closed = phase.is_terminal or phase is Phase.RETRYING
        self.version += 1
