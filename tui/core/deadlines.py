"""How long each step of a stream may take, and which limit a stream has overrun. Only decides; the engine acts.

Comments, empty deltas and single bytes are no progress: the first-token and idle limits look at tokens alone.
"""

from dataclasses import dataclass

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


def overrun(timeline: Timeline, phase: Phase, limits: Timeouts, now_ns: int) -> Overrun | None:
    """The limit this stream has passed at `now_ns`, if any."""
    start = timeline.start_ns
    if start is None or phase.is_terminal:
        return None
    is_silent = timeline.headers_ns is None and timeline.first_byte_ns is None
    checks = (
        ("connect", limits.connect, start if phase is Phase.CONNECTING else None, "no connection"),
        (
            "first_byte",
            limits.first_byte,
            timeline.connected_ns if is_silent else None,
            "no answer",
        ),
        (
            "first_token",
            limits.first_token,
            start if timeline.first_token_ns is None else None,
            "no first token",
        ),
        ("idle", limits.idle, timeline.last_token_ns, "no new text"),
        ("total", limits.total, start, "the answer was not finished"),
    )
    for name, seconds, since_ns, what in checks:
        if since_ns is not None and now_ns - since_ns > seconds * _NS:
            return Overrun(name, seconds, f"{what} within {seconds:g} s (the {name} limit)")
    return None
