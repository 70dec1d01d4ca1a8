"""Holds tool calls back until they are whole, for dialects that do not stream arguments."""

import json
from dataclasses import dataclass

from tui.demo.script import Finish, Step, Text, ToolArguments, ToolCallStart


@dataclass(frozen=True, slots=True)
class WholeCall:
    """One call with its arguments, parsed. `number` counts the calls of its choice from 0."""

    number: int
    call_id: str
    name: str
    arguments: dict[str, object]


class HeldCalls:
    """The call of one choice that is being written."""

    def __init__(self) -> None:
        self._start: ToolCallStart | None = None
        self._pieces: list[str] = []

    def take(self, step: Step) -> WholeCall | None:
        """Take the choice's next step; the call which it ends, None when it ends none.

        A call whose arguments were cut off by the length limit is never whole.
        """
        if isinstance(step, ToolArguments):
            self._pieces.append(step.text)
            return None
        if not isinstance(step, ToolCallStart | Finish | Text):
            return None
        ended, arguments = self._start, "".join(self._pieces)
        self._start, self._pieces = step if isinstance(step, ToolCallStart) else None, []
        return None if ended is None else _whole(ended, arguments)


def _whole(start: ToolCallStart, arguments: str) -> WholeCall | None:
    try:
        parsed = json.loads(arguments)
    except ValueError:
        return None
    return WholeCall(start.call, start.call_id, start.name, parsed)
