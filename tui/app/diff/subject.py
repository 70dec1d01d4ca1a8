"""What of two answers is compared, and its text: cleaned, and without known secrets."""

from dataclasses import dataclass
from enum import StrEnum

from tui.core.clean import Clean, clean
from tui.core.diff import normal_json
from tui.core.stream import StreamState


class Subject(StrEnum):
    """What is compared."""

    ANSWER = "answer"
    REASONING = "reasoning"
    TOOL_CALLS = "tool calls"
    METRICS = "metrics"

    def next(self, by: int) -> "Subject":
        """The one after it, or before it, round."""
        every = list(Subject)
        return every[(every.index(self) + by) % len(every)]


@dataclass(frozen=True, slots=True)
class Source:
    """What a server sent, without known secrets, taken as it is now. Making a text of it may take a while."""

    texts: tuple[str, ...] = ()
    calls: tuple[tuple[str, str, str], ...] = ()
    """Name, arguments and type of each tool call."""

    @property
    def chars(self) -> int:
        """About how long the text will be; 0 when there is none."""
        return sum(map(len, self.texts)) + sum(len(name) + len(arguments) for name, arguments, _ in self.calls)

    def text(self) -> Clean:
        """What can be compared and shown."""
        return clean("\n\n".join([*self.texts, *(_call_text(*call) for call in self.calls)]))


def source_of(state: StreamState | None, subject: Subject) -> Source:
    """What the first choice has of `subject` so far."""
    choice = next(iter(state.answer.ordered_choices()), None) if state is not None else None
    if state is None or choice is None:
        return Source()
    hide = state.redactor.known
    match subject:
        case Subject.ANSWER:
            return Source(tuple(hide(channel.text()) for channel in (choice.text, choice.refusal) if channel))
        case Subject.REASONING:
            return Source((hide(choice.reasoning.text()),) if choice.reasoning else ())
        case Subject.TOOL_CALLS:
            return Source(
                calls=tuple((hide(call.name), hide(call.arguments_text()), call.type) for call in choice.calls)
            )
        case Subject.METRICS:
            return Source()


def _call_text(name: str, arguments: str, type_: str) -> str:
    found = normal_json(arguments) if type_ == "function" else None
    note = "  … not valid JSON, as sent" if found is None and type_ == "function" and arguments else ""
    return f"ƒ {name}{note}\n{arguments if found is None else found}"
