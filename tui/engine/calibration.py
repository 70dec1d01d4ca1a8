"""What is known of a model's tokens: how far our estimate is off, learned from the usage it reported.

Until something was learned the estimate stands as it is. Kept for the life of the program.
"""

from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.core.target import Target

_MIN_TOKENS = 20
"""Shorter answers say little about a model's tokeniser."""
_PLAUSIBLE = (0.2, 5.0)
"""A ratio beyond this counts something else, such as reasoning that was never sent."""


class Calibration:
    """Corrections by endpoint and model."""

    def __init__(self) -> None:
        self._scales: dict[tuple[str, str], float] = {}

    def scale_for(self, target: Target) -> float:
        """What to multiply an estimate with; 1 while nothing is known."""
        return self._scales.get((target.base_url, target.model), 1.0)

    def learn(self, state: StreamState) -> None:
        """Compare a complete answer's reported usage with our estimate of the same text."""
        usage = state.answer.usage
        if state.phase is not Phase.COMPLETE or usage is None or usage.completion is None:
            return
        hidden = usage.reasoning if usage.reasoning and state.timeline.first_reasoning_ns is None else 0
        visible = usage.completion - hidden
        if visible < _MIN_TOKENS or not state.estimate:
            return
        scale = visible / state.estimate
        if _PLAUSIBLE[0] <= scale <= _PLAUSIBLE[1]:
            self._scales[state.target.base_url, state.target.model] = scale
