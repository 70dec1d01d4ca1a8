"""One try of a request, as it is kept once it is over: what the next one starts afresh would lose."""

from dataclasses import dataclass

from tui.core.failure import StreamError
from tui.core.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. Instants in monotonic nanoseconds, None for what did not happen."""

    start_ns: int
    connected_ns: int | None = None
    is_reused: bool | None = None
    headers_ns: int | None = None
    first_token_ns: int | None = None
    end_ns: int | None = None
    status: int | None = None
    error: StreamError | None = None
    bytes: int = 0
    """Of the body."""
    wait_ns: int | None = None
    """How long the next attempt was made to wait. None when this was the last."""

    @classmethod
    def of(
        cls, timeline: Timeline, status: int | None, error: StreamError | None, size: int, wait_ns: int | None = None
    ) -> "Attempt":
        """The attempt `timeline` has the stamps of; it must have started."""
        assert timeline.start_ns is not None
        return cls(
            start_ns=timeline.start_ns,
            connected_ns=timeline.connected_ns,
            is_reused=timeline.is_reused,
            headers_ns=timeline.headers_ns,
            first_token_ns=timeline.first_token_ns,
            end_ns=timeline.end_ns,
            status=status,
            error=error,
            bytes=size,
            wait_ns=wait_ns,
        )
