"""What is said of an ending while nobody is to know whose it is: the words of an error name the model or its host."""

from typing import Final

from tui.core.phase import Phase
from tui.core.snapshot import Snapshot
from tui.core.stream import StreamState

LATER: Final = "why is told after the vote"
_WORDS: Final = {
    Phase.CANCELLED: "cancelled",
    Phase.INTERRUPTED: f"interrupted; {LATER}",
    Phase.FAILED: f"failed; {LATER}",
}


def hidden_ending(state: StreamState | Snapshot) -> str:
    """That it ended, without how; empty for one that is whole, or runs."""
    return _WORDS.get(state.phase, "")
