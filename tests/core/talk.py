"""Streams that ended, made by hand for the tests of conversations."""

from collections.abc import Sequence

from tui.core.failure import StreamError
from tui.core.finish import FinishReason
from tui.core.phase import Phase
from tui.core.request import CarriedPart, Message
from tui.core.snapshot import ChoiceSnapshot, Counts, Snapshot, ToolCallSnapshot
from tui.core.target import Target
from tui.core.timeline import Metrics
from tui.core.validity import validity_of

DIALECTS = ("chat", "completions", "responses", "anthropic", "gemini", "ollama")


def target(dialect: str = "chat", name: str = "a", provider: str = "there", model: str = "m") -> Target:
    return Target(name, provider, model, dialect, "https://api.example/v1")


def call(name: str, arguments: str = "{}", id_: str = "", type_: str = "function") -> ToolCallSnapshot:
    validity = validity_of(arguments) if type_ == "function" else "text"
    return ToolCallSnapshot(id_, type_, name, arguments, validity)


def answered(
    of: Target,
    text: str = "",
    *,
    calls: Sequence[ToolCallSnapshot] = (),
    reason: FinishReason | None = "stop",
    phase: Phase = Phase.COMPLETE,
    carried: Sequence[CarriedPart] = (),
    kept_as: str = "",
    refusal: str = "",
) -> Snapshot:
    """A stream of one choice as it ended."""
    choice = ChoiceSnapshot(0, text, "", refusal, tuple(calls), None, reason, reason, carried=tuple(carried))
    return snapshot(of, (choice,), phase, kept_as=kept_as)


def failed(of: Target, status: int = 429) -> Snapshot:
    """A stream that never said anything."""
    return snapshot(of, (), Phase.FAILED, error=StreamError("http", "no", status=status))


def snapshot(
    of: Target,
    choices: tuple[ChoiceSnapshot, ...],
    phase: Phase,
    *,
    kept_as: str = "",
    error: StreamError | None = None,
) -> Snapshot:
    is_complete = phase is Phase.COMPLETE
    return Snapshot(
        *(of, phase, "m", kept_as, is_complete, 200, choices, None, error, Counts(), Metrics()), is_kept=bool(kept_as)
    )


def assert_acceptable(messages: Sequence[Message]) -> None:
    """What every server wants of a request: a user first and last, turns that alternate, no empty message, and all
    results right after their calls."""
    assert messages
    assert messages[0].role == "user"
    waiting: list[str] = []
    before = ""
    for message in messages:
        if message.role == "tool":
            assert message.call_id in waiting
            waiting.remove(message.call_id)
        else:
            assert not waiting, "calls without results"
            assert message.role != before
            assert message.text.strip() or message.calls or message.carried
            waiting = [call.id for call in message.calls]
            assert len(set(waiting)) == len(waiting)
            assert all(waiting)
        before = message.role
    assert not waiting
