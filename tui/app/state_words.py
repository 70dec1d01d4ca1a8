"""How a stream's state is shown: one glyph, one word and one colour, the same everywhere.

The glyph and the word stand beside the colour, so that nothing depends on seeing it.
"""

from dataclasses import dataclass

from tui.core.finish import CUT_REASONS, FinishReason
from tui.core.fold import Choice
from tui.core.phase import Phase
from tui.core.stream import StreamState

QUIET_AFTER_NS = 3_000_000_000
"""Silence that is worth a word."""


@dataclass(frozen=True, slots=True)
class StateWord:
    """One state as it is shown."""

    glyph: str
    word: str
    style: str
    """Name of the theme variable, without the dollar sign."""


READY = StateWord("○", "ready", "phase-queued")
QUIET = StateWord("◌", "quiet", "phase-quiet")
THINKING = StateWord("✻", "thinking", "phase-thinking")
CUT = StateWord("△", "cut", "phase-quiet")
"""The stream is complete, the answer is not: it ended at its limit, or the server wants to be asked to go on."""
FILTERED = StateWord("⊘", "filtered", "phase-quiet")
_BY_PHASE = {
    Phase.QUEUED: StateWord("○", "queued", "phase-queued"),
    Phase.CONNECTING: StateWord("◔", "connecting", "phase-connecting"),
    Phase.WAITING: StateWord("◑", "waiting", "phase-waiting"),
    Phase.RETRYING: StateWord("↻", "retrying", "phase-quiet"),
    Phase.STREAMING: StateWord("●", "streaming", "phase-streaming"),
    Phase.COMPLETE: StateWord("✓", "complete", "phase-complete"),
    Phase.CANCELLED: StateWord("■", "cancelled", "phase-cancelled"),
    Phase.INTERRUPTED: StateWord("▲", "interrupted", "phase-interrupted"),
    Phase.FAILED: StateWord("✗", "failed", "phase-failed"),
}
ALL_STATES = (READY, QUIET, THINKING, CUT, FILTERED, *_BY_PHASE.values())
_ENDS = (
    *(_BY_PHASE[Phase.COMPLETE], CUT, FILTERED),
    *(_BY_PHASE[phase] for phase in (Phase.FAILED, Phase.INTERRUPTED, Phase.CANCELLED)),
)
END_WORDS = tuple(state.word for state in _ENDS)
"""The words of streams that are over, the best end first."""


def state_word(state: StreamState | None, now_ns: int) -> StateWord:
    """What to call `state` right now."""
    if state is None:
        return READY
    if state.phase is Phase.STREAMING:
        if quiet_ns(state, now_ns) is not None:
            return QUIET
        if state.is_thinking:
            return THINKING
    if state.phase is Phase.COMPLETE and (reason := state.answer.cut_by) is not None:
        return _cut_word(reason)
    return _BY_PHASE[state.phase]


def choice_glyph(choice: Choice) -> str:
    """How one of several choices stands, whatever its neighbours do."""
    if choice.finish_reason in CUT_REASONS:
        return _cut_word(choice.finish_reason).glyph
    return _BY_PHASE[Phase.COMPLETE if choice.finish_reason_raw else Phase.STREAMING].glyph


def _cut_word(reason: FinishReason | None) -> StateWord:
    return FILTERED if reason == "content_filter" else CUT


def quiet_ns(state: StreamState, now_ns: int) -> int | None:
    """How long a streaming answer has been silent, ns; None while that is not worth a word."""
    last = state.timeline.last_token_ns
    if state.phase is not Phase.STREAMING or last is None or now_ns - last < QUIET_AFTER_NS:
        return None
    return now_ns - last
