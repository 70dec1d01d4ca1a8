"""Exit statuses, documented in docs/headless.md."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.core.phase import Phase

if TYPE_CHECKING:
    from tui.core.stream import StreamState

COMPLETE = 0
SOME_FAILED = 1
USAGE = 2
ALL_FAILED = 3
CRASHED = 70
"""EX_SOFTWARE of sysexits.h: an internal error."""
UNWRITABLE = 74
"""EX_IOERR: the answers are there, but standard output takes no more."""
HUNG_UP = 129
INTERRUPTED = 130
CLOSED_PIPE = 141
"""What shells report for a program whose reader went away."""


def status_of(streams: "Iterable[StreamState]") -> int:
    """0 when every target completed, 3 when every one failed, 1 in between. A cancelled target has not completed."""
    completed = [stream.phase is Phase.COMPLETE for stream in streams]
    if all(completed):
        return COMPLETE
    return SOME_FAILED if any(completed) else ALL_FAILED
