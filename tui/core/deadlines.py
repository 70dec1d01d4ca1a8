"""How long each step of a stream may take, and which limit a stream has overrun. Only decides; the engine acts.

Comments, empty deltas and single bytes are no progress: the first-token and idle limits look at tokens alone.
"""

from dataclasses import dataclass

from tui.core.failure import StreamError
from tui.core.phase import Phase
from tui.core.timeline import Timeline

_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds, as patient as models that think need them to be."""

    connect: float = 10.0
    """Name lookup, TCP and TLS together."""
    first_byte: float = 60.0
    """From the connection to the first byte of the response."""
    first_token: float = 120.0
    """From the request to the first text, reasoning or tool call."""
    idle: float = 60.0
    """Between tokens."""
    total: float = 1800.0


@dataclass(frozen=True, slots=True)
class Overrun:
    """A limit that was passed."""

    limit: str
    """The field of `Timeouts`."""
    seconds: float
    message: str

    def as_error(self) -> StreamError:
        """What it means for the stream.

        Only a connection that did not come about is tried again: a server that has the request may be working on it,
        and charging for it, and a second one would wait as long again.
        """
        kind = f"timeout_{self.limit}"
        return StreamError("transport", self.message, type=kind, retryable=self.limit == "connect")


@dataclass(frozen=True, slots=True)
class RunningLimit:
    """A limit whose time is running."""

    limit: str
    """The field of `Timeouts`."""
    since_ns: int
    seconds: float

    @property
    def strikes_ns(self) -> int:
        """When it will have passed."""
        return self.since_ns + round(self.seconds * _NS)


_MISSED = {
    "connect": "no connection",
    "first_byte": "no answer",
    "first_token": "no first token",
    "idle": "no new text",
    "total": "the answer was not finished",
}
"""What did not come in time."""


def running_limits(timeline: Timeline, phase: Phase, limits: Timeouts) -> list[RunningLimit]:
    """The limits that run for a stream in this state, the narrowest step first.

    All but the total limit hold for each attempt anew; between two attempts only the total limit runs.
    """
    if phase.is_terminal:
        return []
    start = timeline.start_ns
    is_silent = timeline.headers_ns is None and timeline.first_byte_ns is None
    since = (
        ("connect", limits.connect, start if phase is Phase.CONNECTING else None),
        ("first_byte", limits.first_byte, timeline.connected_ns if is_silent else None),
        ("first_token", limits.first_token, start if timeline.first_token_ns is None else None),
        ("idle", limits.idle, timeline.last_token_ns),
        ("total", limits.total, timeline.origin_ns),
    )
    return [RunningLimit(name, since_ns, seconds) for name, seconds, since_ns in since if since_ns is not None]


def next_limit(timeline: Timeline, phase: Phase, limits: Timeouts) -> RunningLimit | None:
    """The limit that strikes first if nothing comes any more. None when none runs."""
    return min(running_limits(timeline, phase, limits), key=lambda running: running.strikes_ns, default=None)


def overrun(timeline: Timeline, phase: Phase, limits: Timeouts, now_ns: int) -> Overrun | None:
    """The limit this stream has passed at `now_ns`, if any."""
    for running in running_limits(timeline, phase, limits):
        if now_ns > running.strikes_ns:
            name, seconds = running.limit, running.seconds
            alive = "; the server was alive" if _gave_signs_of_life(timeline, name) else ""
            return Overrun(name, seconds, f"{_MISSED[name]} within {seconds:g} s (the {name} limit){alive}")
    return None


def _gave_signs_of_life(timeline: Timeline, limit: str) -> bool:
    """Whether bytes came that were no progress: a server that keeps the connection open but does not write."""
    if limit not in ("first_token", "idle") or timeline.last_byte_ns is None:
        return False
    return timeline.last_token_ns is None or timeline.last_byte_ns > timeline.last_token_ns
