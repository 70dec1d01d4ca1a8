"""The turns of a conversation as values, and how they become the messages of a request.

What is kept is what happened, failures and unanswered calls included. What is sent is what every server takes: users
and assistants in turn, no empty message, and a result for every call.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from tui.core.phase import Phase
from tui.core.request import CallMade, Carried, Message, own_call_id
from tui.core.snapshot import ChoiceSnapshot, Snapshot, ToolCallSnapshot

NOT_ANSWERED = "not answered"
"""What is sent as the result of a call that the user gave none."""
GO_ON = "Continue exactly where you stopped, without repeating anything."
"""What is sent to a model that can only be asked to go on."""

WayOn = Literal["resume", "prefill", "ask"]
"""`resume`: the server paused, and takes its answer back as it is. `prefill`: the answer so far is sent back, and the
model writes on within it. `ask`: a user's turn asks to go on."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked, and the answer to it."""

    asked: tuple[Message, ...]
    """The user's message or the results of calls. None at all where the answer goes on with the one before it."""
    answer: Message | None = None
    """None until the stream ended, and when nothing of it can be sent back."""
    snapshot: Snapshot | None = None
    """The whole stream. None until it ended, and for an answer that came from another target."""
    choice: int = 0
    """Which of the stream's choices is the answer."""
    way_on: WayOn | None = None
    """How the answer before it is continued. None for a turn that asks something."""
    source: str = ""
    """The target whose answer this is, when it is not the conversation's own."""

    @property
    def is_of_user(self) -> bool:
        """Whether this begins something new, rather than going on with the turn before."""
        return self.way_on is None and not all(message.role == "tool" for message in self.asked)

    @property
    def text(self) -> str:
        """What the user said; empty for results and continuations."""
        return next((m.text for m in reversed(self.asked) if m.role == "user"), "") if self.is_of_user else ""


def answer_of(snapshot: Snapshot, choice_index: int, turn: int) -> Message | None:
    """The answer as the assistant's message of turn number `turn`. None when there is nothing to send back.

    Calls are left out when no server would take them back: those that broke off, and those that are no JSON object.
    """
    choice = next((choice for choice in snapshot.choices if choice.index == choice_index), None)
    if choice is None:
        return None
    calls = dict(_usable_calls(choice, turn))
    text = choice.text or choice.refusal
    numbers = sorted(calls)
    parts = tuple(replace(part, calls_at=bisect_left(numbers, part.calls_at)) for part in choice.carried)
    kept = snapshot.response_id if snapshot.is_kept and snapshot.phase is Phase.COMPLETE else ""
    if not (text.strip() or calls or (parts and choice.finish_reason == "pause")):
        return None
    carried = Carried(snapshot.target.dialect, parts, kept) if parts or kept else None
    return Message("assistant", text, tuple(calls.values()), carried=carried)


def _usable_calls(choice: ChoiceSnapshot, turn: int) -> Iterable[tuple[int, CallMade]]:
    """The calls that go back, by their number among all."""
    legacy = (choice.function_call,) if choice.function_call else ()
    for number, call in enumerate((*choice.tool_calls, *legacy)):
        if _is_usable(call, has_ended=choice.finish_reason is not None):
            yield number, CallMade(call.id or own_call_id(turn, number), call.name, call.arguments or "{}", call.type)


def _is_usable(call: ToolCallSnapshot, *, has_ended: bool) -> bool:
    if call.type != "function":
        return has_ended
    is_object = call.arguments.strip().startswith("{") or (has_ended and not call.arguments.strip())
    return bool(call.name) and call.validity in ("valid", "empty") and is_object


def messages_of(turns: Iterable[Turn]) -> tuple[Message, ...]:
    """All turns as the messages of one request."""
    messages: list[Message] = []
    for turn in turns:
        for message in turn.asked:
            _add_asked(messages, message)
        if turn.answer is not None:
            _add_answer(messages, turn.answer)
    return tuple(messages)


def _add_asked(messages: list[Message], message: Message) -> None:
    if message.role == "assistant":
        _add_answer(messages, message)
        return
    if message.role == "user":
        messages += stand_ins(messages)
        if messages and messages[-1].role == "user":  # nobody answered, and users and assistants take turns
            messages[-1] = replace(messages[-1], text=f"{messages[-1].text}\n\n{message.text}")
            return
    messages.append(message)


def _add_answer(messages: list[Message], answer: Message) -> None:
    if messages and messages[-1].role == "assistant":
        messages[-1] = continued(messages[-1], answer)
    else:
        messages.append(answer)


def continued(before: Message, after: Message) -> Message:
    """One answer of two, of which the second goes on where the first stopped."""
    parts = before.carried.parts if before.carried else ()
    if after.carried is not None:
        moved = (
            replace(part, text_at=part.text_at + len(before.text), calls_at=part.calls_at + len(before.calls))
            for part in after.carried.parts
        )
        parts = (*parts, *moved)
    dialect = next((m.carried.dialect for m in (before, after) if m.carried is not None), "")
    carried = Carried(dialect, parts) if parts else None  # no single response is the whole of it
    return replace(before, text=before.text + after.text, calls=before.calls + after.calls, carried=carried)


def open_calls(messages: Iterable[Message]) -> tuple[CallMade, ...]:
    """The calls of the last answer that have no result yet; none once a user spoke after them."""
    calls: dict[str, CallMade] = {}
    for message in messages:
        if message.role == "tool":
            calls.pop(message.call_id, None)
        else:
            calls = {call.id: call for call in message.calls}
    return tuple(calls.values())


def stand_ins(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Results for the calls that have none, since no server goes on without."""
    return tuple(result_of(call, NOT_ANSWERED) for call in open_calls(messages))


def result_of(call: CallMade, text: str) -> Message:
    """`text` as the result of `call`."""
    return Message("tool", text, call_id=call.id, tool_name=call.name)
