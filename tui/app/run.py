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
    schema: Mapping[str, Any] | None = None
    """What the answers are to follow. None for free text."""


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
        """Send what was typed, with the system prompt, tools and schema of this run."""
        question = self.question
        self.ask(replace(Prompt.of(text, question.system, question.tools), schema=question.schema))

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
        ended = [stream.target for stream in self.board if stream.is_over]
        if self.prompt is None or not ended:
            return 0
        self.engine.launch_all(ended, self.prompt)
        return len(ended)

    def summary(self) -> str:
        """How many streams are doing what, in a few words."""
        streams = list(self.board)
        if not streams:
            return f"{len(self.targets)} target{'s' if len(self.targets) > 1 else ''}"
        counts = Counter(str(stream.phase) if stream.is_over else "running" for stream in streams)
        words = ("running", *(str(phase) for phase in Phase if phase.is_terminal))
        return " · ".join(f"{counts[word]} {word}" for word in words if counts[word])
