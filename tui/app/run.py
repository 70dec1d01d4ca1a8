"""The run on the screen: which targets are asked, what they were asked, and starting and stopping them.

It draws nothing. The dashboard and its views share one; views read the streams from `board` and act through the rest.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tui.app.engine_port import Engine
from tui.core.phase import Phase
from tui.core.request import Prompt
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine.board import Board
from tui.engine.clock import Clock


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at start, and beside every prompt."""

    prompt: Prompt | None = None
    """Asked at once. None waits for the user."""
    system: str | None = None
    tools: tuple[Mapping[str, Any], ...] = ()


class Run:
    """All targets and the last prompt."""

    def __init__(self, engine: Engine, clock: Clock, targets: list[Target], question: Question) -> None:
        self.engine = engine
        self.clock = clock
        self.targets = targets
        self.question = question
        self.prompt: Prompt | None = None
        """What was asked last. None before the first prompt."""

    @property
    def board(self) -> Board:
        """The streams by target name."""
        return self.engine.board

    def state(self, name: str) -> StreamState | None:
        """A target's stream; None before it was asked."""
        return self.engine.board.get(name)

    def ask(self, prompt: Prompt) -> None:
        """Send `prompt` to every target."""
        self.prompt = prompt
        self.engine.launch_all(self.targets, prompt)

    def ask_text(self, text: str) -> None:
        """Send what was typed, with the system prompt and tools of this run."""
        self.ask(Prompt.of(text, self.question.system, self.question.tools))

    def cancel(self, name: str) -> bool:
        """Stop one stream; False when it was not running."""
        return self.engine.cancel(name)

    def cancel_all(self) -> int:
        """Stop all; how many were running."""
        return self.engine.cancel_all()

    def retry(self, target: Target) -> bool:
        """Ask a target again what was asked last; False when nothing was asked yet, or it still answers."""
        state = self.state(target.name)
        if self.prompt is None or state is None or not state.is_over:
            return False
        self.engine.launch(target, self.prompt)
        return True

    def retry_all(self) -> int:
        """Ask all again that have ended; how many those were."""
        ended = [target for target in self.targets if (state := self.state(target.name)) and state.is_over]
        if self.prompt is None or not ended:
            return 0
        self.engine.launch_all(ended, self.prompt)
        return len(ended)

    # -- the line-up ------------------------------------------------------------------------------------------------

    def add(self, target: Target, after: str | None = None) -> None:
        """One more target, behind the one named or at the end. Nothing is asked of it yet."""
        names = [each.name for each in self.targets]
        self.targets.insert(names.index(after) + 1 if after in names else len(names), target)

    def remove(self, name: str) -> None:
        """Stop a target's stream and forget the target with all it said."""
        self.cancel(name)
        self.targets[:] = [target for target in self.targets if target.name != name]
        self.board.remove(name)

    def move(self, name: str, by: int) -> bool:
        """Give a target another place in the line-up; False past its ends."""
        at = [target.name for target in self.targets].index(name)
        if not 0 <= at + by < len(self.targets):
            return False
        self.targets.insert(at + by, self.targets.pop(at))
        return True

    def replace(self, name: str, target: Target) -> None:
        """Ask `target` in the place of the one named, from the next prompt on; what that one said stays.

        A stream that runs goes on under its old name, so the name may only be another one when none does.
        """
        at = [each.name for each in self.targets].index(name)
        self.targets[at] = target
        state = self.state(name)
        if target.name != name and state is not None:
            assert state.is_over, f"{name} is renamed while it runs"
            self.board.remove(name)
            self.board.put(target.name, state)

    def start_over(self, targets: list[Target], system: str | None) -> None:
        """Another line-up: what runs is stopped, and what was said is forgotten."""
        for target in list(self.targets):
            self.remove(target.name)
        self.targets.extend(targets)
        self.question = replace(self.question, prompt=None, system=system)
        self.prompt = None

    def summary(self) -> str:
        """How many streams are doing what, in a few words."""
        streams = list(self.board)
        if not streams:
            return f"{len(self.targets)} target{'s' if len(self.targets) > 1 else ''}"
        counts = Counter(str(stream.phase) if stream.is_over else "running" for stream in streams)
        words = ("running", *(str(phase) for phase in Phase if phase.is_terminal))
        return " · ".join(f"{counts[word]} {word}" for word in words if counts[word])
