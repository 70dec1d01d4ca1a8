"""What stands around an answer in a conversation: what was asked above it, and how it ended below."""

from tui.core.clean import Clean, clean
from tui.core.phase import Phase
from tui.core.turns import Turn

_SHOWN_LINES = 4
_SHOWN_CHARS = 600
_WAYS = {
    "resume": "continued after a pause",
    "prefill": "continued",
    "ask": "asked to go on, as this model cannot write on in an answer of its own",
}
_REASONS = {"length": "cut at its limit", "content_filter": "stopped by a content filter", "pause": "paused"}


def asked_words(turn: Turn, source: str = "", *, is_blind: bool = False) -> list[Clean]:
    """What was asked, as the quiet lines above the answer; a long prompt as its beginning.

    `source`: what to call the target whose answer it is, when it is another one's. `is_blind` leaves out how an answer
    is continued, which only some servers can do in their own way.
    """
    asked = "continued" if is_blind and turn.way_on is not None else _asked(turn)
    first, *others = clean(asked[:_SHOWN_CHARS]).split("\n")
    cut = len(others) >= _SHOWN_LINES or len(asked) > _SHOWN_CHARS
    lines = [f"❯ {first}", *(f"  {line}" for line in others[: _SHOWN_LINES - 1])]
    if cut:
        lines[-1] += " …"
    if source:
        lines.append(f"  answer of {source}")
    return [clean(line) for line in lines]


def closing_words(turn: Turn) -> str:
    """How a turn that is over ended, where that is more than that it ended; empty otherwise."""
    snapshot = turn.snapshot
    if snapshot is None:
        return ""
    if snapshot.phase is not Phase.COMPLETE:
        return str(snapshot.phase)
    reasons = (choice.finish_reason for choice in snapshot.choices if choice.index == turn.choice)
    return _REASONS.get(next(reasons, None) or "", "")


def _asked(turn: Turn) -> str:
    if turn.way_on is not None:
        return _WAYS[turn.way_on]
    if turn.is_of_user:
        return turn.text
    count = sum(message.role == "tool" for message in turn.asked)
    return f"{count} result{'' if count == 1 else 's'} sent"
