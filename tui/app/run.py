"""The run on the screen: which targets are asked, what they were asked, and starting and stopping them.

It draws nothing. The dashboard and its views share one; views read the streams from `board` and act through the rest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tui.app.blind.blind import Blind
from tui.app.engine_port import Engine
from tui.app.said import Said
from tui.app.spending import Spending
from tui.app.state_words import END_WORDS, state_word
from tui.core.conversation import Conversation
from tui.core.request import CallMade, Prompt
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.core.turns import WayOn
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
    """All targets, what was said to and by each, and the last prompt."""

    def __init__(
        self, engine: Engine, clock: Clock, targets: list[Target], question: Question, blind: Blind | None = None
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.targets = targets
        """In the order of the line-up; `placed` is that of the screen."""
        self.blind = blind or Blind()
        self.question = question
        self._spending = Spending()
        self.started_at: datetime | None = None
        """When the conversation's first prompt was sent, UTC. None before."""
        self.prompt: Prompt | None = None
        """What was asked last, of whichever target. None before the first prompt of a conversation."""
        self.system = question.system
        """The system prompt of what is asked from now on."""
        self.talks: dict[str, Conversation] = {}
        """The conversations as they were when somebody last asked with `conversation`; for drawing that is enough."""
        self.choices: dict[str, int] = {}
        """Which of several choices a target's answer is, where the user chose one."""
        self._last: Said | None = None
        """The conversation before this one, for `restore`."""

    @property
    def board(self) -> Board:
        """The streams by target name."""
        return self.engine.board

    def state(self, name: str) -> StreamState | None:
        """A target's stream; None before it was asked, and when it answers none of the conversation's turns."""
        return self.engine.board.get(name)

    @property
    def placed(self) -> list[Target]:
        """The targets in the order in which views show them."""
        return self.blind.placed(self.targets)

    def called(self, name: str) -> str:
        """What the screen calls a target: its name, or a letter in a blind round."""
        return self.blind.called(name)

    def is_running(self, name: str) -> bool:
        """Whether a target still answers."""
        state = self.state(name)
        return state is not None and not state.is_over

    def target(self, name: str | None) -> Target | None:
        """The target of this name; None when there is none."""
        return next((target for target in self.targets if target.name == name), None)

    # -- conversations ----------------------------------------------------------------------------------------------

    def conversation(self, name: str) -> Conversation:
        """What was said to and by a target, with the answer of its stream as far as that has ended."""
        talk = self.talks.get(name)
        if talk is None:
            target = self.target(name)
            assert target is not None, f"no target {name!r}"
            talk = self.talks[name] = Conversation(target, self._frame())
        state = self.state(name)
        if talk.turns and state is not None and state.is_over:
            talk.take(state.snapshot(), self._choice(state))
        return talk

    def ask(self, prompt: Prompt) -> None:
        """Send `prompt` to every target as the next turn; its system prompt and tools hold from now on."""
        talks = self._all_talks()
        for talk in talks:
            talk.frame = replace(prompt, messages=())
        self._launch((talk.target, talk.ask_messages(prompt.messages)) for talk in talks)

    def ask_text(self, text: str, only: str | None = None) -> None:
        """Send what was typed to every target as the next turn, or `only` to one."""
        talks = self._all_talks() if only is None else [self._ended_talk(only)]
        self._launch((talk.target, talk.ask(text)) for talk in talks)

    def send(self, name: str, prompt: Prompt) -> None:
        """Start a target's stream with a prompt that its conversation made."""
        self._launch([(self.talks[name].target, prompt)])

    def go_on(self, name: str) -> WayOn | None:
        """Continue a target's last answer, and say how; None when it cannot be continued."""
        talk = self.conversation(name)
        way = None if self.is_running(name) else talk.way_on
        if way is not None:
            self.send(name, talk.go_on())
        return way

    def open_calls(self, name: str) -> tuple[CallMade, ...]:
        """The calls of a target that wait for results; none while it answers."""
        return () if self.is_running(name) else self.conversation(name).open_calls

    def answer_calls(self, results: Mapping[str, Mapping[str, str]]) -> None:
        """Give targets the results of their calls, by target and call id; their streams go on."""
        talks = [(self.conversation(name), found) for name, found in results.items()]
        self._launch((talk.target, talk.answer_calls(found)) for talk, found in talks)

    def edit(self, name: str, number: int, text: str) -> None:
        """Ask `text` in the place of the user's turn `number` of a target, counted from 0 over all turns."""
        self.send(name, self._ended_talk(name).edit(number, text))

    def go_back(self, name: str) -> bool:
        """Put a target's last round aside; False when there is none before it, or the target still answers."""
        talk = self.conversation(name)
        begin = talk.last_round
        if self.is_running(name) or not 0 < begin < len(talk.turns):
            return False
        talk.branch(begin - 1)
        self.board.remove(name)
        return True

    def switch(self, name: str) -> bool:
        """Take up what was put aside first of what is left; False when nothing was, or the target still answers."""
        talk = self.conversation(name)
        if self.is_running(name) or not talk.branches:
            return False
        talk.switch(0)
        self.board.remove(name)
        return True

    def promote(self, name: str) -> int:
        """Give a target's last question and answer to all others that do not answer now; how many those were."""
        source = self.conversation(name)
        turns = source.turns[source.last_round :]
        if self.is_running(name) or not turns or all(turn.answer is None for turn in turns):
            return 0
        others = [target for target in self.targets if target.name != name and not self.is_running(target.name)]
        for target in others:
            self.conversation(target.name).adopt(turns, source.target)
            self.board.remove(target.name)
        return len(others)

    def begin_anew(self) -> bool:
        """Put away what was said, and with it what was put away before; what runs is stopped. False when nothing was
        said: what was put away then stays."""
        said = self._put_away()
        self._last = said or self._last
        return said is not None

    def restore(self) -> bool:
        """Bring back what was put away last, and put away what was said since; False when there is nothing."""
        last = self._last
        if last is None:
            return False
        self._last = self._put_away()
        self.talks, self.choices = last.talks, last.choices
        self.prompt, self.started_at = last.prompt, last.started_at
        self.system = last.frame.system
        self.question = replace(self.question, tools=last.frame.tools, schema=last.frame.schema)
        for name, state in last.streams.items():
            self.board.put(name, state)
        return True

    def _put_away(self) -> Said | None:
        """Leave nothing of what was said; None when nothing was."""
        self.cancel_all()
        names = [target.name for target in self.targets]
        streams = {name: state for name in names if (state := self.state(name))}
        said = None
        if self.started_at is not None:
            said = Said(self.talks, streams, self.choices, self.prompt, self.started_at, self._frame())
        for name in names:
            self.board.remove(name)
        self.talks, self.choices = {}, {}
        self.prompt = self.started_at = None
        return said

    def set_system(self, text: str) -> None:
        """The system prompt of what is asked from now on, in every conversation; empty for none."""
        self.system = text.strip() or None
        for talk in self.talks.values():
            talk.set_system(self.system)

    def set_tools(self, tools: tuple[Mapping[str, Any], ...]) -> None:
        """The tools of what is asked from now on, in every conversation."""
        self.question = replace(self.question, tools=tools)
        for talk in self.talks.values():
            talk.frame = replace(talk.frame, tools=tools)

    def set_schema(self, schema: Mapping[str, Any] | None) -> None:
        """What answers have to follow from now on, in every conversation; None for free text."""
        self.question = replace(self.question, schema=schema)
        for talk in self.talks.values():
            talk.frame = replace(talk.frame, schema=schema)

    def _frame(self) -> Prompt:
        return Prompt((), self.system, self.question.tools, self.question.schema)

    def _all_talks(self) -> list[Conversation]:
        return [self._ended_talk(target.name) for target in self.placed]

    def _ended_talk(self, name: str) -> Conversation:
        """A conversation whose stream is stopped if it still runs, so that what it said counts."""
        self.engine.cancel(name)
        return self.conversation(name)

    def _choice(self, state: StreamState) -> int:
        chosen = self.choices.get(state.target.name, 0)
        return chosen if chosen in state.answer.choices else min(state.answer.choices, default=0)

    def _launch(self, asked: Iterable[tuple[Target, Prompt]]) -> None:
        prompts = list(asked)
        self.blind.settle()
        self.started_at = self.started_at or datetime.now(UTC)
        for target, prompt in prompts:
            self.choices.pop(target.name, None)
            self.prompt = prompt
        self.engine.launch_each(prompts)

    # -- streams ----------------------------------------------------------------------------------------------------

    def cancel(self, name: str) -> bool:
        """Stop one stream; False when it was not running."""
        return self.engine.cancel(name)

    def cancel_all(self) -> int:
        """Stop all; how many were running."""
        return self.engine.cancel_all()

    def retry(self, target: Target) -> bool:
        """Ask a target again what it was asked last; False when nothing was asked yet, or it still answers."""
        state = self.state(target.name)
        talk = self.conversation(target.name)
        if state is None or not state.is_over or not talk.turns:
            return False
        self.send(target.name, talk.ask_again())
        return True

    def retry_all(self) -> int:
        """Ask all again that have ended; how many those were."""
        ended = [target.name for target in self.targets if (state := self.state(target.name)) and state.is_over]
        talks = [talk for talk in map(self.conversation, ended) if talk.turns]
        self._launch((talk.target, talk.ask_again()) for talk in talks)
        return len(talks)

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
        self.talks.pop(name, None)
        self.choices.pop(name, None)
        if self._last is not None:
            self._last.remove(name)

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
        state = self.state(name)
        talk = self.conversation(name)
        self.targets[at] = target
        del self.talks[name]
        self.talks[target.name] = _taken_over(talk, target)
        if self._last is not None:
            before = self._last.talks.get(name)
            self._last.rename(name, _taken_over(before, target) if before else None, target.name)
        if target.name != name and state is not None:
            assert state.is_over, f"{name} is renamed while it runs"
            self.board.remove(name)
            self.board.put(target.name, state)

    def start_over(self, targets: list[Target], system: str | None) -> None:
        """Another line-up: what runs is stopped, and what was said is forgotten."""
        for target in list(self.targets):
            self.remove(target.name)
        self.targets.extend(targets)
        self.system = system
        self.prompt = self.started_at = None
        self._last = None

    def summary(self) -> str:
        """How many streams are doing what, in a few words."""
        streams = list(self.board)
        spent = self._spent(streams)  # asked in any case: it adds up what it is shown, and keeps no more than that
        mode = ["blind"] if self.blind.is_on else []
        if not streams:
            return " · ".join([*mode, f"{len(self.targets)} target{'s' if len(self.targets) > 1 else ''}"])
        now_ns = self.clock.now_ns()
        counts = Counter(state_word(stream, now_ns).word if stream.is_over else "running" for stream in streams)
        words = ("running", *END_WORDS)
        parts = [*mode, *(f"{counts[word]} {word}" for word in words if counts[word])]
        return " · ".join(parts if self.blind.hides else [*parts, *spent])

    def _spent(self, streams: Iterable[StreamState]) -> list[str]:
        # What is put away may come back, and is counted once.
        return self._spending.words([*streams, *(self._last.streams.values() if self._last else ())])


def _taken_over(talk: Conversation, target: Target) -> Conversation:
    """The conversation as `target` goes on with it: another model is told what was said, and no more of it."""
    before, talk_now = talk.target, talk
    if (target.provider, target.model, target.dialect) != (before.provider, before.model, before.dialect):
        talk_now = Conversation(target, talk.frame)
        talk_now.adopt(talk.turns, before)
    talk_now.target = target
    return talk_now
