"""When the bell rings: at the end of a run that took long enough for its user to have looked away."""

from collections.abc import Iterable
from typing import Final

from tui.core.phase import Phase
from tui.core.stream import StreamState

LONG_RUN_NS: Final = 5_000_000_000
"""Whoever asked is still looking before that."""


class EndBell:
    """Watches the streams of a run. One run lasts from when the first of them starts until none goes on any more."""

    def __init__(self) -> None:
        self._since_ns: int | None = None
        """When the run began, as far as it was seen. None while nothing runs."""

    def rings(self, streams: Iterable[StreamState], now_ns: int) -> bool:
        """Whether a long run has ended since the last call. Has to be asked now and then while streams go on.

        One that its user has just stopped needs no bell: somebody is there.
        """
        every = list(streams)
        if any(not stream.is_over for stream in every):
            self._since_ns = now_ns if self._since_ns is None else self._since_ns
            return False
        since_ns, self._since_ns = self._since_ns, None
        if since_ns is None or not every or now_ns - since_ns < LONG_RUN_NS:
            return False
        return max(every, key=_end_ns).phase is not Phase.CANCELLED


def _end_ns(stream: StreamState) -> int:
    return stream.timeline.end_ns or 0
