"""A run with the whole conversation of each target as one JSON object: what every exported file is written from.

It is the object of docs/headless.md with two fields more: `system`, and for each target `turns`, what was said before
the answer that the target's other fields are about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tui.core.cost import cost_of_snapshot
from tui.core.redact import Redactor
from tui.core.report import SCHEMA, snapshot_object, target_object
from tui.core.request import CallMade, Message
from tui.core.stream import StreamState
from tui.core.turns import Turn


@dataclass(frozen=True, slots=True)
class Told:
    """One target's part of a run."""

    name: str
    turns: tuple[Turn, ...]
    """From the first of the conversation on; at least one."""
    state: StreamState | None = None
    """The stream of the last turn. None when that was taken from a branch or from another target."""


def exported_run(
    run_id: str, started_at: str, system: str | None, told: Iterable[Told], redactor: Redactor
) -> dict[str, Any]:
    """The object. `started_at` is an RFC 3339 time; `redactor` knows the keys of all targets."""
    parts = list(told)
    last_asked = [turn.text for part in parts for turn in part.turns if turn.is_of_user]
    return {
        "schema": SCHEMA,
        "id": run_id,
        "prompt": redactor.known(last_asked[-1]) if last_asked else "",
        "started_at": started_at,
        "system": redactor.known(system) if system else None,
        "targets": [_target(part, redactor) for part in parts],
    }


def _target(part: Told, redactor: Redactor) -> dict[str, Any]:
    *before, last = part.turns
    now = target_object(part.state) if part.state is not None else _answered(last, redactor)
    turns = [{"asked": _asked(turn, redactor), **_answered(turn, redactor)} for turn in before]
    return {**now, "name": part.name, "asked": _asked(last, redactor), "turns": turns}


def _answered(turn: Turn, redactor: Redactor) -> dict[str, Any]:
    """The answer of a turn that is over. One that came from another target is told with that target's name."""
    source = {"answer_of": turn.source} if turn.source else {}
    if turn.snapshot is not None:
        snapshot = turn.snapshot
        return {**snapshot_object(snapshot, _end(turn), cost_of_snapshot(snapshot)), **source}
    text = redactor.known(turn.answer.text) if turn.answer else ""
    calls = [_call(call, redactor) for call in turn.answer.calls] if turn.answer else []
    return {"choices": [{"index": 0, "text": text, "tool_calls": calls}] if text or calls else [], **source}


def _end(turn: Turn) -> str:
    assert turn.snapshot is not None
    reasons = [choice.finish_reason for choice in turn.snapshot.choices if choice.index == turn.choice]
    return next((reason for reason in reasons if reason), str(turn.snapshot.phase))


def _asked(turn: Turn, redactor: Redactor) -> list[dict[str, Any]]:
    """What was sent for a turn: messages of a user, results of calls; none where an answer only went on."""
    return [_message(message, redactor) for message in turn.asked]


def _message(message: Message, redactor: Redactor) -> dict[str, Any]:
    found: dict[str, Any] = {"role": message.role, "text": redactor.known(message.text)}
    if message.calls:
        found["tool_calls"] = [_call(call, redactor) for call in message.calls]
    if message.role == "tool":
        found |= {"call_id": message.call_id, "tool": message.tool_name}
    return found


def _call(call: CallMade, redactor: Redactor) -> dict[str, Any]:
    return {"id": call.id, "type": call.type, "name": call.name, "arguments": redactor.known(call.arguments)}
