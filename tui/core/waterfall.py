"""What one stream spent its time on: stretches without holes, from the wish to the end or to now."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tui.core.stream import StreamState
from tui.core.timeline import STALL_NS


class Doing(StrEnum):
    """What a stretch of time was spent on."""

    QUEUED = "queued"
    """From the wish to the first request."""
    CONNECT = "connect"
    WAIT = "wait"
    """From the connection to the first token, or to the end without one."""
    THINK = "think"
    """From the first token to the first of the answer itself."""
    WRITE = "write"
    STALL = "stall"
    """Nothing came for a second or more, between tokens or after the last."""
    FAILED_TRY = "failed try"
    """A whole attempt that was followed by another."""
    PAUSE = "pause"
    """The wait for the next attempt."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a stream's time, monotonic ns."""

    doing: Doing
    start_ns: int
    end_ns: int


def stretches(state: StreamState, now_ns: int) -> list[Stretch]:
    """The time from `due_ns` to the end of the stream, or to `now_ns` while it runs, in pieces that meet.

    Pieces of no length are left out. Reasoning that comes after the answer has begun belongs to the writing.
    """
    end_ns = state.timeline.end_ns if state.is_over and state.timeline.end_ns is not None else now_ns
    found: list[Stretch] = []
    at_ns = state.timeline.due_ns
    for doing, until_ns in _borders(state, end_ns):
        until_ns = min(until_ns, end_ns)
        if until_ns > at_ns:
            found.append(Stretch(doing, at_ns, until_ns))
            at_ns = until_ns
    return found


def _borders(state: StreamState, end_ns: int) -> Iterator[tuple[Doing, int]]:
    """What was done until when, in order."""
    timeline = state.timeline
    before = Doing.QUEUED
    for attempt in state.attempts:
        if attempt.wait_ns is None or attempt.end_ns is None:
            break  # the one that is under way, or was the last
        yield before, attempt.start_ns
        yield Doing.FAILED_TRY, attempt.end_ns
        before = Doing.PAUSE
    if timeline.start_ns is None:
        yield before, end_ns
        return
    yield before, timeline.start_ns
    yield Doing.CONNECT, _first(timeline.connected_ns, timeline.headers_ns, timeline.first_token_ns, end_ns)
    yield Doing.WAIT, _first(timeline.first_token_ns, end_ns)
    if timeline.first_token_ns is not None:
        yield from _with_stalls(state, end_ns)


def _with_stalls(state: StreamState, end_ns: int) -> Iterator[tuple[Doing, int]]:
    """From the first token on: thinking, then writing, with the silences in both."""
    timeline = state.timeline
    answer_ns = _first(timeline.first_output_ns, end_ns)
    last_ns = _first(timeline.last_token_ns, end_ns)
    for start_ns, until_ns in timeline.stalls:
        yield Doing.THINK, min(answer_ns, start_ns)
        yield Doing.WRITE, start_ns
        yield Doing.STALL, until_ns
    until_ns = last_ns if end_ns - last_ns >= STALL_NS else end_ns
    yield Doing.THINK, min(answer_ns, until_ns)
    yield Doing.WRITE, until_ns
    yield Doing.STALL, end_ns


def _first(*instants: int | None) -> int:
    """The first that is known."""
    return next(instant for instant in instants if instant is not None)
