"""Folding events into one answer: text, reasoning, refusal, tool calls, finish reasons and usage per choice.

`Answer.apply` is the only writer. Text is kept as fragments, because adding to one growing string copies it for every
token; whoever looks joins them, and a view reads on from where it stopped (`Channel.since`).
"""

from dataclasses import dataclass, field
from typing import assert_never

from tui.core.bounds import DEFAULT_BOUNDS, Bounds, size_text
from tui.core.errors import BoundExceeded
from tui.core.events import (
    Activity,
    ChoiceFinished,
    ChoiceRestated,
    ChoiceSeen,
    EndMarker,
    ErrorReported,
    FunctionCallDelta,
    LogprobsDelta,
    PartCarried,
    ReasoningDelta,
    RefusalDelta,
    Remarked,
    ResponseKept,
    ResponseStarted,
    ServerTimings,
    StreamEvent,
    TextDelta,
    TextRun,
    TimingsReported,
    TokenLogprob,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from tui.core.failure import StreamError, without_secrets
from tui.core.finish import CUT_REASONS, FinishReason, with_tool_calls
from tui.core.redact import Redactor
from tui.core.request import CarriedPart
from tui.core.text import joined, paired
from tui.core.tool_calls import ToolCall, ToolCalls

_WORD_CHARS = 500
"""How much is kept of the server's name for a model or for a reason; both are shown in a border."""
_LOGPROB_TEXT = 64
"""Characters of a token that count as one more log probability, since they take as much memory."""

_CARRIED_PARTS = 10_000
"""Parts of one answer that are kept to be sent back."""


class Channel:
    """One growing text, as fragments."""

    __slots__ = ("chars", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.chars = 0

    def append(self, text: str) -> None:
        """Add a fragment."""
        self.parts.append(text)
        self.chars += len(text)

    def extend(self, texts: list[str], chars: int) -> None:
        """Add fragments of `chars` characters together."""
        self.parts += texts
        self.chars += chars

    def replace(self, text: str) -> None:
        """Put `text` in the place of everything there was."""
        self.parts = [text] if text else []
        self.chars = len(text)

    def text(self) -> str:
        """All of it, joined."""
        return joined(self.parts)

    def since(self, cursor: int) -> tuple[list[str], int]:
        """The fragments after `cursor` (0 at first) and the cursor to ask with next time."""
        return self.parts[cursor:], len(self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)


@dataclass(slots=True)
class Choice:
    """One of the n answers while it grows."""

    index: int
    text: Channel = field(default_factory=Channel)
    reasoning: Channel = field(default_factory=Channel)
    refusal: Channel = field(default_factory=Channel)
    tool_calls: ToolCalls = field(default_factory=ToolCalls)
    function_call: ToolCall | None = None
    """The legacy single call; None unless the server used it."""
    logprobs: list[TokenLogprob] = field(default_factory=list)
    carried: list[CarriedPart] = field(default_factory=list)
    """What goes back to the server with this answer."""
    restatements: int = 0
    """How often the server replaced what there was instead of continuing it; a reader then begins anew."""
    finish_reason_raw: str | None = None
    """The server's word. None until the choice ended."""
    finish: FinishReason | None = None
    """Our word for it, not yet corrected for tool calls."""

    @property
    def calls(self) -> list[ToolCall]:
        """All calls of this choice, the legacy one included."""
        return [*self.tool_calls.calls, *([self.function_call] if self.function_call else [])]

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why this choice ended, normalised. None until it did."""
        if self.finish is None:
            return None
        return with_tool_calls(self.finish, has_tool_calls=bool(self.tool_calls.calls))

    def restate(self, final: ChoiceRestated, bounds: Bounds) -> None:
        """Replace what the deltas built."""
        self.restatements += 1
        self.text.replace(final.text)
        self.reasoning.replace(final.reasoning)
        self.refusal.replace(final.refusal)
        self.tool_calls = ToolCalls(bounds)
        for number, call in enumerate(final.calls):
            self.tool_calls.apply(
                ToolCallDelta(self.index, number, call.id, call.type, call.name, call.arguments),
            )


class Answer:
    """One response: its choices and what is known about the whole.

    Single words of the server, such as the model's name, are freed of known secrets when they come. Texts that grow
    are kept as they were sent, since a key may be cut between two deltas; whoever shows or stores one hides them.
    """

    def __init__(
        self,
        bounds: Bounds = DEFAULT_BOUNDS,
        *,
        needs_end_marker: bool = False,
        redactor: Redactor | None = None,
    ) -> None:
        """`needs_end_marker`: whether finish reasons alone are no proof, because the dialect has an end of its own."""
        self._redactor = redactor or Redactor()
        self.choices: dict[int, Choice] = {}
        self.model = ""
        self.response_id = ""
        self.usage: Usage | None = None
        self.error: StreamError | None = None
        self.has_end_marker = False
        self.is_kept = False
        """Whether the server keeps the response under its id."""
        self.activity = ""
        """What the server is doing besides writing; empty when it writes."""
        self.remarks: list[str] = []
        self.timings: ServerTimings | None = None
        self._needs_end_marker = needs_end_marker
        self._bounds = bounds
        self._chars = 0
        self._logprobs = 0

    def apply(self, event: StreamEvent) -> None:
        """Fold one event. Raises `BoundExceeded` when the answer grows beyond its bounds."""
        match event:
            case TextDelta():
                self._append(self.choice(event.choice).text, event.text)
            case TextRun():
                self._append_run(self.choice(event.choice).text, event.texts)
            case ReasoningDelta():
                self._append(self.choice(event.choice).reasoning, event.text)
            case ToolCallDelta():
                self._count(event.name + event.arguments)
                self.choice(event.choice).tool_calls.apply(event)
            case RefusalDelta():
                self._append(self.choice(event.choice).refusal, event.text)
            case FunctionCallDelta():
                self._apply_function_call(event)
            case LogprobsDelta():
                self._extend_logprobs(event)
            case ChoiceSeen():
                self.choice(event.choice)
            case ChoiceFinished():
                choice = self.choice(event.choice)
                choice.finish_reason_raw, choice.finish = self._word(event.raw), event.reason
            case ChoiceRestated():
                self._restate(event)
            case PartCarried():
                self._carry(event)
            case ResponseKept():
                self.is_kept = True
            case Activity():
                self.activity = self._redactor.known(event.text)
            case Remarked():
                self._remark(self._redactor.known(event.text))
            case TimingsReported():
                self.timings = event.timings
            case UsageReported():
                self.usage = event.usage  # cumulative: the last one is the sum already
            case ResponseStarted():
                self.response_id = self.response_id or self._redactor.known(event.response_id)
                self.model = self.model or self._word(event.model)
            case ErrorReported():
                self.error = self.error or without_secrets(event.error, self._redactor.text)
            case EndMarker():
                self.has_end_marker = True
            case _:
                assert_never(event)

    def choice(self, index: int) -> Choice:
        """The choice with this index, opened when it is new."""
        found = self.choices.get(index)
        if found is None:
            if len(self.choices) >= self._bounds.choices:
                raise BoundExceeded("the number of choices", str(self._bounds.choices))
            found = self.choices[index] = Choice(index, tool_calls=ToolCalls(self._bounds))
        return found

    def ordered_choices(self) -> list[Choice]:
        """The choices by index; they may have begun in any order."""
        return [self.choices[index] for index in sorted(self.choices)]

    @property
    def is_complete(self) -> bool:
        """Whether there is proof that the answer is whole: the end marker, or a finish reason for every choice seen."""
        if not self.choices or self.error:
            return False
        if self._needs_end_marker:
            return self.has_end_marker
        return self.has_end_marker or all(choice.finish_reason_raw for choice in self.choices.values())

    @property
    def cut_by(self) -> FinishReason | None:
        """What ended the choices before they were done, be the stream complete or not. None when any came to its own
        end, or nothing is known of it."""
        reasons = [choice.finish_reason for choice in self.ordered_choices()]
        return reasons[0] if reasons and CUT_REASONS.issuperset(reasons) else None

    @property
    def has_output(self) -> bool:
        """Whether any text, reasoning, refusal or tool call arrived."""
        return self._chars > 0 or any(choice.calls for choice in self.choices.values())

    def _append(self, channel: Channel, text: str) -> None:
        channel.append(text)
        self._count(text)

    def _append_run(self, channel: Channel, texts: list[str]) -> None:
        chars = sum(map(len, texts))
        if self._chars + chars > self._bounds.answer_chars:
            for text in texts:  # to stop at the very one that is too much
                self._append(channel, text)
        channel.extend(texts, chars)
        self._chars += chars

    def _count(self, text: str) -> None:
        self._chars += len(text)
        if self._chars > self._bounds.answer_chars:
            raise BoundExceeded("the answer", size_text(self._bounds.answer_chars))

    def _carry(self, event: PartCarried) -> None:
        choice = self.choice(event.choice)
        self._chars += event.chars
        if self._chars > self._bounds.answer_chars or len(choice.carried) >= _CARRIED_PARTS:
            raise BoundExceeded("the answer", size_text(self._bounds.answer_chars))
        text_at, calls_at = event.place or (choice.text.chars, len(choice.tool_calls.calls))
        choice.carried.append(CarriedPart(event.part, text_at, calls_at))

    def _extend_logprobs(self, event: LogprobsDelta) -> None:
        for token in event.tokens:
            self._logprobs += 1 + len(token.top) + len(token.token) // _LOGPROB_TEXT
            self._logprobs += sum(len(text) for text, _ in token.top) // _LOGPROB_TEXT
        if self._logprobs > self._bounds.logprobs:
            raise BoundExceeded("the number of log probabilities", str(self._bounds.logprobs))
        self.choice(event.choice).logprobs.extend(event.tokens)

    def _word(self, text: str) -> str:
        """A name of the server's as it is kept. Cut after secrets are hidden, since half a key is one too."""
        return paired(self._redactor.known(text)[:_WORD_CHARS])

    def _remark(self, text: str) -> None:
        if len(self.remarks) < self._bounds.remarks:
            self.remarks.append(text)
        elif len(self.remarks) == self._bounds.remarks:
            self.remarks.append("further remarks are left out")

    def _restate(self, event: ChoiceRestated) -> None:
        calls = sum(len(call.name) + len(call.arguments) for call in event.calls)
        self._chars = 0
        self._count(event.text + event.reasoning + event.refusal)
        self._chars += calls
        self.choice(event.choice).restate(event, self._bounds)

    def _apply_function_call(self, event: FunctionCallDelta) -> None:
        choice = self.choice(event.choice)
        choice.function_call = choice.function_call or ToolCall()
        self._count(event.name + event.arguments)
        choice.function_call.apply(
            ToolCallDelta(event.choice, name=event.name, arguments=event.arguments),
        )
