"""What the prompt box is for: all panes, one of them, an earlier prompt written anew, or the system prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui.app.prompt.prompt_box import PromptBox
from tui.app.run import Run
from tui.app.shown import name_shown
from tui.core.clean import Clean, clean_line
from tui.core.tool_definitions import tools_words

_SYSTEM_CHARS = 40
"""How much of a system prompt the title has room for."""
_STOPPED_NAMES = 3


@dataclass(frozen=True, slots=True)
class Aim:
    """Where what is typed goes."""

    kind: Literal["all", "alone", "edit", "system"] = "all"
    name: str = ""
    """The one target, for `alone` and `edit`."""
    turn: int = 0
    """The turn that is written anew, for `edit`; from 0 over all turns."""


class Conversing:
    """Aims the prompt box, says so in its title, and sends what comes out of it."""

    def __init__(self, run: Run, box: PromptBox) -> None:
        self._run = run
        self._box = box
        self.aim = Aim()

    def ask_alone(self, name: str) -> None:
        """Only this target is asked, until `end`."""
        self._aim(Aim("alone", name))

    def edit(self, name: str) -> bool:
        """Write a target's last prompt anew; False when it was asked nothing."""
        talk = self._run.conversation(name)
        number = talk.last_round
        if number >= len(talk.turns):
            return False
        self._aim(Aim("edit", name, number), talk.turns[number].text)
        return True

    def edit_system(self) -> None:
        """Write the system prompt."""
        self._aim(Aim("system"), self._run.system or "")

    def end(self) -> bool:
        """Back to all panes; False when the prompt was for them already."""
        was = self.aim
        self._aim(Aim())
        return was.kind != "all"

    def send(self, text: str) -> str:
        """Send what was typed to where it belongs. Returns a sentence when there is something to say of it."""
        aim = self.aim
        stopped = self._still_answering(aim)
        if aim.kind in ("edit", "system"):
            self._aim(Aim())
        match aim.kind:
            case "system":
                self._run.set_system(text)
                self.show()
                return "The system prompt is set." if self._run.system else "There is no system prompt now."
            case "edit" if text.strip():
                if not self._edit(aim, text):
                    return f"{self._run.called(aim.name)} has no such turn any more."
                self._box.remember(text)
            case "edit":
                return "A blank prompt is not sent."
            case "alone":
                self._run.ask_text(text, aim.name)
            case "all":
                self._run.ask_text(text)
        return _stopped_words(stopped)

    def _still_answering(self, aim: Aim) -> list[str]:
        """What those are called whose answers are stopped by a prompt to `aim`, for what they say next."""
        names = [target.name for target in self._run.placed] if aim.kind == "all" else [aim.name]
        return [self._run.called(name) for name in names if self._run.is_running(name)]

    def show(self) -> None:
        """The title of the prompt box."""
        self._box.show_title(self._title())

    def _edit(self, aim: Aim, text: str) -> bool:
        """Whether the turn is still there."""
        turns = self._run.conversation(aim.name).turns
        if aim.turn >= len(turns) or not turns[aim.turn].is_of_user:
            return False
        self._run.edit(aim.name, aim.turn, text)
        return True

    def _aim(self, aim: Aim, text: str | None = None) -> None:
        self.aim = aim
        if text is None:
            self._box.end_aside()
        else:
            self._box.begin_aside(text)
        self.show()

    def _title(self) -> Clean:
        name = name_shown(self._run.called(self.aim.name))
        match self.aim.kind:
            case "alone":
                words = f"prompt · only {name}"
            case "edit":
                turn = sum(turn.is_of_user for turn in self._run.conversation(self.aim.name).turns[: self.aim.turn + 1])
                words = f"prompt · turn {turn} of {name} anew"
            case "system":
                return Clean("system prompt · enter sets it")
            case "all":
                words = "prompt"
        question = self._run.question
        parts = [
            words,
            tools_words(len(question.tools)) if question.tools else "",
            "by a schema" if question.schema is not None else "",
            f"system: {self._short_system()}" if self._run.system is not None else "",
        ]
        return clean_line(" · ".join(part for part in parts if part))

    def _short_system(self) -> str:
        line = " ".join((self._run.system or "").split())
        return line if len(line) <= _SYSTEM_CHARS else f"{line[: _SYSTEM_CHARS - 1]}…"


def _stopped_words(names: Sequence[str]) -> str:
    """Somebody who sends early may not know that it ends answers. Empty when none was stopped."""
    if len(names) < 2:
        return "".join(f"{name} still answered and was stopped." for name in names)
    shown = ", ".join(names[:_STOPPED_NAMES]) + (", …" if len(names) > _STOPPED_NAMES else "")
    return f"{len(names)} still answered and were stopped: {shown}"
