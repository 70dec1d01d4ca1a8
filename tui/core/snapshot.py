"""A stream as a frozen value: what files, JSON and tests look at."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tui.core.attempts import Attempt
from tui.core.connection import ConnectionFacts
from tui.core.events import ServerTimings, TokenLogprob, Usage
from tui.core.failure import StreamError
from tui.core.finish import FinishReason
from tui.core.fold import Choice
from tui.core.phase import Phase
from tui.core.request import CarriedPart
from tui.core.target import Target
from tui.core.timeline import Metrics
from tui.core.tool_calls import ToolCall
from tui.core.validity import Validity


@dataclass(frozen=True, slots=True)
class Counts:
    """What came over the wire."""

    payloads: int = 0
    """JSON payloads decoded; comments, empty data and the end marker do not count."""
    undecodable: int = 0
    comments: int = 0
    bytes: int = 0
    reads: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallSnapshot:
    """One tool call."""

    id: str
    type: str
    name: str
    arguments: str
    validity: Validity

    @classmethod
    def of(cls, call: ToolCall, *, ended: bool, hide: Callable[[str], str] = str) -> "ToolCallSnapshot":
        """Freeze `call`; once its choice has `ended`, no arguments mean `{}`. `hide` takes secrets out of a text."""
        arguments = call.final_arguments() if ended else call.arguments_text()
        validity: Validity = "valid" if ended and not call.arguments and call.type == "function" else call.validity()
        return cls(hide(call.id), hide(call.type), hide(call.name), hide(arguments), validity)


@dataclass(frozen=True, slots=True)
class ChoiceSnapshot:
    """One choice."""

    index: int
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCallSnapshot, ...] = ()
    function_call: ToolCallSnapshot | None = None
    finish_reason: FinishReason | None = None
    finish_reason_raw: str | None = None
    logprobs: tuple[TokenLogprob, ...] = ()
    carried: tuple[CarriedPart, ...] = field(default=(), compare=False, repr=False)
    """What goes back to the server with this answer, as it came; nothing to show, store or export."""

    @classmethod
    def of(cls, choice: Choice, *, is_complete: bool = False, hide: Callable[[str], str] = str) -> "ChoiceSnapshot":
        """Freeze `choice`, joining its fragments. `is_complete`: the response is whole, finish reason or not.

        `hide` takes known secrets out of a whole text.
        """
        ended = is_complete or choice.finish_reason_raw is not None
        call = choice.function_call
        return cls(
            index=choice.index,
            text=hide(choice.text.text()),
            reasoning=hide(choice.reasoning.text()),
            refusal=hide(choice.refusal.text()),
            tool_calls=tuple(ToolCallSnapshot.of(tool, ended=ended, hide=hide) for tool in choice.tool_calls.calls),
            function_call=ToolCallSnapshot.of(call, ended=ended, hide=hide) if call else None,
            finish_reason=choice.finish_reason,
            finish_reason_raw=choice.finish_reason_raw,
            logprobs=tuple(choice.logprobs),
            carried=tuple(choice.carried),
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One stream at one moment."""

    target: Target
    phase: Phase
    model: str
    """The model the server says it used; empty until it said."""
    response_id: str
    is_complete: bool
    status: int | None
    choices: tuple[ChoiceSnapshot, ...]
    usage: Usage | None
    error: StreamError | None
    counts: Counts
    metrics: Metrics
    remarks: tuple[str, ...] = ()
    """What a reader of the answer should know, such as lost events."""
    attempts: tuple[Attempt, ...] = ()
    """Every try of the request, the last one included."""
    timings: ServerTimings | None = None
    """The server's own stopwatch. None when it has none."""
    connection: ConnectionFacts | None = None
    """How the request came to its connection. None before it did."""
    is_kept: bool = False
    """Whether the server keeps the response under its id."""
    schema_errors: tuple[str, ...] | None = None
    """What of the answer does not follow the schema; empty when it is valid, None when there was nothing to judge."""
