"""One target's answer while it happens: the phase, the fold and the stopwatch of a single stream, in one object.

The engine calls the verbs (`start`, `receive`, `fail`, ...) with the instant at which each happened; the screen and
the exports only read. A recording can drive the same verbs, which is how tests and replays work.
"""

from collections.abc import Mapping

from tui.core.bounds import Bounds
from tui.core.dialects import Decoder, dialect_named
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
from tui.core.failure import StreamError
from tui.core.fold import Answer
from tui.core.phase import NEXT, Phase
from tui.core.snapshot import ChoiceSnapshot, Counts, Snapshot
from tui.core.target import Target
from tui.core.text import estimated_tokens
from tui.core.timeline import Metrics, Timeline


class StreamState:
    """The state of one stream. Verbs apply what happened; properties tell what is known."""

    def __init__(self, target: Target, due_ns: int, *, token_scale: float = 1.0, bounds: Bounds | None = None) -> None:
        """`bounds`: those of the target's policy unless given."""
        bounds = bounds or target.policy.bounds
        self.target = target
        self.phase = Phase.QUEUED
        dialect = dialect_named(target.dialect)
        self.answer = Answer(bounds, needs_end_marker=dialect.needs_end_marker)
        self.timeline = Timeline(due_ns)
        self.status: int | None = None
        """HTTP status. None until the response head arrived."""
        self.headers: Mapping[str, str] = {}
        self.error: StreamError | None = None
        self.token_scale = token_scale
        """Correction of estimated token counts, learned from what this model reported earlier; 1 until then."""
        self.bytes_received = 0
        self.reads = 0
        self.attempts = 0
        self.version = 0
        """Grows with every change, so that a reader can tell whether it has seen the latest."""
        self._decoder: Decoder = dialect.new_decoder(bounds)
        self._estimate = 0.0
        self._thinking = False
        self._is_over = False

    def __repr__(self) -> str:
        return f"<StreamState {self.target.name} {self.phase} {self.bytes_received} B>"

    # -- what happened ----------------------------------------------------------------------------------------------

    def start(self, at_ns: int) -> None:
        """The request is about to be handed to the client."""
        self.attempts += 1
        self.timeline.start_ns = at_ns
        self._enter(Phase.CONNECTING)

    def connected(self, at_ns: int, *, reused: bool) -> None:
        """A connection carries the request; `reused` when it was waiting in the pool."""
        if self.phase is Phase.CONNECTING:
            self.timeline.connected_ns = at_ns
            self.timeline.is_reused = reused
            self._enter(Phase.WAITING)

    def respond(self, status: int, headers: Mapping[str, str], at_ns: int) -> None:
        """The response head arrived."""
        if self.phase is Phase.CONNECTING:  # a transport that does not report connections
            self._enter(Phase.WAITING)
        self.status, self.headers = status, headers
        self.timeline.headers_ns = at_ns
        self.version += 1

    def receive(self, data: bytes, at_ns: int) -> None:
        """One network read of the body. Ends the stream at its end marker, at an error, or over a bound."""
        if self._is_over:
            return
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

    def end(self, at_ns: int) -> None:
        """The body ended without an exception, which proves nothing: only what it held can."""
        if self.phase.is_terminal:
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
        """The stream broke. An answer that was already proved whole stays complete."""
        if self.phase.is_terminal:
            return
        if error.kind == "transport" and self.answer.is_complete:
            self._finish(Phase.COMPLETE, at_ns)
            return
        self.error = error
        cut_off = self.answer.has_output and error.kind in ("transport", "protocol")
        self._finish(Phase.INTERRUPTED if cut_off else Phase.FAILED, at_ns)

    def cancel(self, at_ns: int) -> None:
        """The user stopped it; what arrived is kept."""
        if not self.phase.is_terminal:
            self._finish(Phase.CANCELLED, at_ns)

    # -- what is known ----------------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the stream has ended, however."""
        return self.phase.is_terminal

    @property
    def is_thinking(self) -> bool:
        """Whether the latest token was reasoning."""
        return self._thinking and not self.is_over

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
            self.attempts,
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

    def snapshot(self) -> Snapshot:
        """Everything, frozen. Joins the text, so it costs as much as the answer is long."""
        return Snapshot(
            target=self.target,
            phase=self.phase,
            model=self.answer.model,
            response_id=self.answer.response_id,
            is_complete=self.phase is Phase.COMPLETE,
            status=self.status,
            choices=tuple(
                ChoiceSnapshot.of(choice, is_complete=self.phase is Phase.COMPLETE)
                for choice in self.answer.ordered_choices()
            ),
            usage=self.answer.usage,
            error=self.error,
            counts=self.counts,
            metrics=self.metrics(),
            remarks=tuple(self.answer.remarks),
            timings=self.answer.timings,
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
        return self.phase is Phase.STREAMING and not self._thinking and self.timeline.first_output_ns is not None

    def _stamp(self, event: StreamEvent, at_ns: int) -> str:
        """Note when output and reasoning came, and return the text this event bears; empty when it is no token."""
        match event:
            case TextDelta() | RefusalDelta():
                text = event.text
            case TextRun():
                text = "".join(event.texts)
            case ToolCallDelta() | FunctionCallDelta():
                text = event.name + event.arguments
            case ReasoningDelta():
                if self.timeline.first_reasoning_ns is None:
                    self.timeline.first_reasoning_ns = at_ns
                self.timeline.last_reasoning_ns = at_ns
                self._thinking = True
                return event.text
            case _:
                return ""
        if text:
            if self.timeline.first_output_ns is None:
                self.timeline.first_output_ns = at_ns
            self._thinking = False
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
            self.error = answer.error
            self._finish(Phase.FAILED, at_ns)
        elif answer.is_complete:
            self._finish(Phase.COMPLETE, at_ns)
        elif not answer.choices and answer.has_end_marker:
            self.error = StreamError(
                "protocol", "the server ended the stream without sending any answer", status=self.status
            )
            self._finish(Phase.FAILED, at_ns)
        else:
            self._finish(Phase.INTERRUPTED, at_ns)

    def _finish(self, phase: Phase, at_ns: int) -> None:
        self.timeline.end_ns = at_ns
        self._enter(phase)

    def _enter(self, phase: Phase) -> None:
        if phase is Phase.STREAMING and self.phase is Phase.CONNECTING:
            self._enter(Phase.WAITING)
        assert phase in NEXT[self.phase], f"{self.phase} -> {phase}"
        self.phase = phase
        self._is_over = phase.is_terminal
        self.version += 1
