"""One target's conversation: what was asked and answered, and the prompt that goes on from it.

The screen keeps one for each target. Its verbs say what the user did and return the prompt to send; `take` hands it the
stream that came of that. Nothing is ever thrown away: what an edit or another attempt puts aside is kept as a branch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tui.core.continuation import keeps_responses, way_on
from tui.core.request import CallMade, Message, Prompt, own_call_id
from tui.core.snapshot import Snapshot
from tui.core.target import Target
from tui.core.turns import GO_ON, NOT_ANSWERED, Turn, WayOn, answer_of, messages_of, open_calls, result_of, stand_ins

MAX_BRANCHES = 100
"""Branches of one conversation that are kept; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Turns that were put aside."""

    turns: tuple[Turn, ...]
    """All of them, from the first of the conversation on."""
    at: int
    """The turn, from 0, where they part from what took their place."""


class Conversation:
    """The turns of one target. A turn without an answer is the one being answered."""

    def __init__(self, target: Target, frame: Prompt | None = None) -> None:
        """`frame`: a prompt whose system text, tools and schema go with every request; its messages do not count."""
        self.target = target
        self.frame = replace(frame, messages=(), continues=None) if frame else Prompt(())
        self.turns: tuple[Turn, ...] = ()
        self.branches: list[Branch] = []
        self._keeps_responses = keeps_responses(target)
        """Whether the server is believed when it says that it keeps responses."""

    def __repr__(self) -> str:
        aside = f", {len(self.branches)} aside" if self.branches else ""
        return f"<Conversation {self.target.name} {len(self.turns)} turns{aside}>"

    # -- what the user does -----------------------------------------------------------------------------------------

    def ask(self, text: str) -> Prompt:
        """The next message of the user."""
        return self.ask_messages((Message("user", text),))

    def ask_messages(self, messages: tuple[Message, ...]) -> Prompt:
        """The next messages, of which the last is the user's; those before it may be anything that was said."""
        self.turns = (*self.turns, Turn(messages))
        return self.prompt()

    def answer_calls(self, results: Mapping[str, str]) -> Prompt:
        """Results by call id for the calls in `open_calls`; those left out are sent as not answered.

        Raises `ValueError` for an id that is none of them, and when no call is open.
        """
        calls = self.open_calls
        if unknown := set(results) - {call.id for call in calls}:
            raise ValueError(f"no call with the id {', '.join(sorted(unknown))} waits for a result")
        if not calls:
            raise ValueError("no call waits for a result")
        messages = tuple(result_of(call, results.get(call.id, NOT_ANSWERED)) for call in calls)
        self.turns = (*self.turns, Turn(messages))
        return self.prompt()

    def go_on(self) -> Prompt:
        """Continue the last answer. Raises `ValueError` when `way_on` is None."""
        way = self.way_on
        if way is None:
            raise ValueError("there is nothing to continue")
        asked = (Message("user", GO_ON),) if way == "ask" else ()
        self.turns = (*self.turns, Turn(asked, way_on=way))
        return self.prompt()

    def ask_again(self) -> Prompt:
        """The last question once more. An answer it had is put aside. Raises `ValueError` before the first turn."""
        if not self.turns:
            raise ValueError("nothing was asked yet")
        *before, last = self.turns
        if last.answer is not None:
            self._put_aside(len(before))
        self.turns = (*before, Turn(last.asked, way_on=last.way_on))
        return self.prompt()

    def edit(self, number: int, text: str) -> Prompt:
        """Ask `text` in the place of the user's turn `number` (from 0); it and all after it are put aside.

        Raises `ValueError` for a turn that is not the user's.
        """
        turn = self._turn(number)
        if not turn.is_of_user:
            raise ValueError(f"turn {number + 1} is no message of the user")
        self._put_aside(number)
        asked = (*turn.asked[:-1], Message("user", text))
        self.turns = (*self.turns[:number], Turn(asked))
        return self.prompt()

    def branch(self, number: int) -> None:
        """Go back to the end of turn `number` (from 0); the turns after it are put aside."""
        self._turn(number)
        if number + 1 < len(self.turns):
            self._put_aside(number + 1)
            self.turns = self.turns[: number + 1]

    def switch(self, index: int) -> None:
        """Take the branch at `index` up again; the turns of now are put aside in its place, at the end of the list."""
        branch = self.branches.pop(index)
        self._put_aside(_common(self.turns, branch.turns))
        self.turns = branch.turns

    def adopt(self, turns: tuple[Turn, ...], source: Target) -> None:
        """Take the last round of another conversation, which began with a question, as the last round of this one.

        A round that asked the same is put aside; otherwise the round comes after those there are. What only the other
        server understands is left behind.
        """
        begin = self.last_round
        if self.turns[begin:] and self.turns[begin].asked == turns[0].asked:
            self._put_aside(begin)
            self.turns = self.turns[:begin]
        self.turns = (*self.turns, *_adopted(turns, len(self.turns), source))

    def set_system(self, text: str | None) -> None:
        """The system prompt from the next request on."""
        self.frame = replace(self.frame, system=text or None)

    def clear(self) -> None:
        """Start afresh: no turns, no branches."""
        self.turns = ()
        self.branches.clear()

    # -- what came of it --------------------------------------------------------------------------------------------

    def take(self, snapshot: Snapshot, choice: int = 0) -> None:
        """The stream of the last turn as it is now: its answer, when it has one, and its figures."""
        if not self.turns:
            return
        *before, last = self.turns
        answer = answer_of(snapshot, choice, len(before))
        if _has_forgotten(snapshot) and self.prompt().continues is not None:
            self._keeps_responses = False
        self.turns = (*before, replace(last, answer=answer, snapshot=snapshot, choice=choice))

    # -- what is known ----------------------------------------------------------------------------------------------

    def prompt(self) -> Prompt:
        """What to send for the last turn, with everything before it."""
        messages = messages_of(self._asked_turns())
        messages = (*messages, *stand_ins(messages))
        if kept := self._kept_before():
            at, response_id = kept
            return replace(self.frame, messages=messages[at:], continues=response_id)
        return replace(self.frame, messages=messages)

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything said so far, the last answer included."""
        return messages_of(self.turns)

    @property
    def open_calls(self) -> tuple[CallMade, ...]:
        """The calls of the last answer, which wait for `answer_calls`."""
        return open_calls(self.messages)

    @property
    def way_on(self) -> WayOn | None:
        """How `go_on` would continue the last answer. None when it is whole, runs, or said nothing."""
        last = self.turns[-1] if self.turns else None
        if last is None or last.snapshot is None or last.answer is None:
            return None
        return way_on(self.target, last.snapshot, last.choice, self.messages[-1])

    @property
    def is_answering(self) -> bool:
        """Whether the last turn's stream was not taken yet."""
        return bool(self.turns) and self.turns[-1].snapshot is None and not self.turns[-1].source

    @property
    def last_round(self) -> int:
        """The index of the last turn that asked something new; the number of turns when there is none."""
        numbers = [number for number, turn in enumerate(self.turns) if turn.is_of_user]
        return numbers[-1] if numbers else len(self.turns)

    @property
    def round_count(self) -> int:
        """How many questions were asked."""
        return sum(turn.is_of_user for turn in self.turns)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _turn(self, number: int) -> Turn:
        if not 0 <= number < len(self.turns):
            raise ValueError(f"there is no turn {number + 1}; there are {len(self.turns)}")
        return self.turns[number]

    def _put_aside(self, at: int) -> None:
        if self.turns[at:]:
            self.branches.append(Branch(self.turns, at))
            del self.branches[:-MAX_BRANCHES]

    def _asked_turns(self) -> tuple[Turn, ...]:
        """The turns up to the last question, without an answer it may have already."""
        if not self.turns:
            return ()
        *before, last = self.turns
        return (*before, replace(last, answer=None))

    def _kept_before(self) -> tuple[int, str] | None:
        """How many messages the server still knows, and the id of the response they end with. None when it knows none.

        Only the answer right before the question counts: what is older the server would have to be told anyway.
        """
        if not self._keeps_responses or len(self.turns) < 2 or not self.turns[-1].asked:
            return None
        before = self.turns[:-1]
        answer = before[-1].answer
        known = answer.carried if answer else None
        if known is None or not known.response_id or known.dialect != self.target.dialect:
            return None
        messages = messages_of(before)
        if messages[-1].carried != known:
            return None  # the answer was written in two responses
        return len(messages), known.response_id


def _has_forgotten(snapshot: Snapshot) -> bool:
    error = snapshot.error
    return error is not None and error.kind in ("http", "api") and not snapshot.choices and error.status in (400, 404)


def _adopted(turns: tuple[Turn, ...], first: int, source: Target) -> Iterator[Turn]:
    """`turns` without what only their own server understands, as turns from number `first` on."""
    ids: dict[str, str] = {}
    for number, turn in enumerate(turns, first):
        asked = tuple(replace(message, call_id=ids.get(message.call_id, ""), carried=None) for message in turn.asked)
        answer = turn.answer
        if answer is not None:
            ids = {call.id: own_call_id(number, place) for place, call in enumerate(answer.calls)}
            calls = tuple(replace(call, id=ids[call.id]) for call in answer.calls)
            answer = replace(answer, calls=calls, carried=None) if calls or answer.text.strip() else None
        yield replace(turn, asked=asked, answer=answer, source=turn.source or source.name)


def _common(these: tuple[Turn, ...], those: tuple[Turn, ...]) -> int:
    pairs = zip(these, those, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a is not b), min(len(these), len(those)))
