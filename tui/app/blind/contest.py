"""Who takes part in a vote: those whose answer has ended, well or by the user's wish, and says something."""

from dataclasses import dataclass

from tui.app.blind.blind import Round
from tui.app.lineup.lineups import Lineups
from tui.app.run import Run
from tui.core.clean import Clean, clean_line
from tui.core.phase import Phase
from tui.core.redact import Redactor
from tui.core.snapshot import ChoiceSnapshot, Snapshot
from tui.core.turns import Turn
from tui.core.votes import Contestant

_JUDGED = (Phase.COMPLETE, Phase.CANCELLED)
"""What the network or the server cut says nothing of the model."""
_PREVIEW_CHARS = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """One that takes part."""

    contestant: Contestant
    preview: Clean
    """How its answer begins."""


def hindrance(run: Run) -> str:
    """Why there can be no vote now, as a sentence; empty when there can be one."""
    running = [run.called(target.name) for target in run.placed if run.is_running(target.name)]
    if running:
        if len(running) == 1:
            return f"{running[0]} still answers; vote when it has ended, or cancel it."
        return f"{_listed(running)} still answer; vote when they have ended, or cancel them."
    count = len(_judged(run))
    if count < 2:
        return f"A vote needs two answers; there is {'only one' if count else 'none yet'}."
    return ""


def candidates(run: Run, played: Round, lineups: Lineups) -> list[Candidate]:
    """Who takes part, in the order of their letters."""
    redactor = Redactor.of_targets(run.targets)
    found = []
    for name, snapshot, choice in _judged(run):
        who = clean_line(redactor.text(lineups.identity(snapshot.target)))
        model = clean_line(redactor.text(snapshot.model))
        preview = clean_line(redactor.known(_said(choice)[:_PREVIEW_CHARS]))
        found.append(Candidate(Contestant(played.letters[name], who, model), preview))
    return found


def _judged(run: Run) -> list[tuple[str, Snapshot, ChoiceSnapshot]]:
    """By target name, the answers that can be judged."""
    found = []
    for target in run.placed:
        turns = run.conversation(target.name).turns
        choice = _answer(turns[-1]) if turns else None
        if choice is not None and turns[-1].snapshot is not None:
            found.append((target.name, turns[-1].snapshot, choice))
    return found


def _answer(turn: Turn) -> ChoiceSnapshot | None:
    """What a turn's own stream said. None when it failed, said nothing, or the answer is another target's."""
    if turn.snapshot is None or turn.snapshot.phase not in _JUDGED:
        return None
    choice = next((choice for choice in turn.snapshot.choices if choice.index == turn.choice), None)
    return choice if choice is not None and _said(choice).strip() else None


def _said(choice: ChoiceSnapshot) -> str:
    calls = (*choice.tool_calls, *filter(None, [choice.function_call]))
    return choice.text or choice.refusal or " ".join(f"{call.name}({call.arguments})" for call in calls)


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
