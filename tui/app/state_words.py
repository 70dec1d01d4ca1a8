"""How a stream's state is shown: one glyph, one word and one colour, the same everywhere.

The glyph and the word stand beside the colour, so that nothing depends on seeing it.
"""

from dataclasses import dataclass

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
ALL_STATES = (READY, QUIET, THINKING, *_BY_PHASE.values())


def state_word(state: StreamState | None, now_ns: int) -> StateWord:
    """What to call `state` right now."""
    if state is None:
        return READY
    if state.phase is Phase.STREAMING:
        if quiet_ns(state, now_ns) is not None:
            return QUIET
        if state.is_thinking:
            return THINKING
    return _BY_PHASE[state.phase]


def quiet_ns(state: StreamState, now_ns: int) -> int | None:
    """How long a streaming answer has been silent, ns; None while that is not worth a word."""
    last = state.timeline.last_token_ns
    if state.phase is not Phase.STREAMING or last is None or now_ns - last < QUIET_AFTER_NS:
        return None
    return now_ns - last
