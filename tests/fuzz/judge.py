"""Runs one input through the pipeline and says what is wrong with the outcome.

Time is CPU time and memory is what Python allocated, so a busy machine makes nothing fail.
"""

import json
import signal
import threading
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from tests.core.replay import folded
from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.endings import ending
from tui.core.phase import Phase
from tui.core.report import run_object
from tui.core.stream import StreamState

MIB = 1024 * 1024
_SECONDS, _SECONDS_PER_BYTE = 2.0, 50e-6
"""A hundred times what an input takes: a limit for loops, not for slowness, which the benchmarks watch."""
_BYTES, _BYTES_PER_BYTE = 24 * MIB, 600


@dataclass(frozen=True, slots=True)
class Problem:
    """What one input did wrong."""

    kind: str
    """raises, slow, memory, cuts, unproven or invalid."""
    detail: str


class _TooSlow(BaseException):
    """Not an `Exception`, or something on the way might catch it."""


def judged(
    reads: Sequence[bytes],
    dialect: str,
    *,
    bounds: Bounds = DEFAULT_BOUNDS,
    may_be_complete: bool = True,
    weigh: bool = False,
) -> tuple[Problem | None, StreamState | None]:
    """Fold `reads`, and the same bytes as one read, and compare. `weigh` also looks at memory, which is slow.

    Returns what is wrong, if anything, and the state of the whole read.
    """
    size = sum(map(len, reads))
    state = None
    try:
        with _cpu_limit(_SECONDS + size * _SECONDS_PER_BYTE), _weighing(weigh) as peak:
            state = folded([b"".join(reads)], bounds=bounds, dialect=dialect)
            outcome, other = outcome_of(state), outcome_of(folded(reads, bounds=bounds, dialect=dialect))
        problem = _compared(outcome, other) or _proven(state, may_be_complete=may_be_complete)
        if problem is None and peak and peak[0] > _BYTES + size * _BYTES_PER_BYTE:
            problem = Problem("memory", f"{peak[0] / MIB:.1f} MiB for {size} bytes")
    except _TooSlow:
        problem = Problem("slow", f"{size} bytes")
    except Exception as exc:  # whatever it is, it is the find
        problem = Problem("raises", f"{_place_of(exc)}: {type(exc).__name__}: {exc}"[:500])
    return problem, state


def outcome_of(state: StreamState) -> dict[str, Any]:
    """All that may not depend on the cuts, after everything that looks at a stream has looked at it."""
    assert state.is_over, f"the stream is still {state.phase}"
    snapshot = state.snapshot()
    report = run_object("r", "p", "2026-11-20T12:00:00Z", [state])
    json.dumps(report, allow_nan=False, ensure_ascii=False).encode()
    repr(snapshot).encode()
    state.answer.activity.encode()
    outcome: dict[str, Any] = {
        "phase": snapshot.phase,
        "error": snapshot.error,
        "choices": snapshot.choices,
        "ending": ending(state) if snapshot.phase is not Phase.INTERRUPTED else "",  # that one tells the bytes received
    }
    if not (snapshot.error and snapshot.error.type == "bound"):
        # A bound cuts the stream off inside of a read; what else that read held is then not looked at.
        outcome |= {
            "identity": (snapshot.response_id, snapshot.model),
            "usage": snapshot.usage,
            "counts": (snapshot.counts.payloads, snapshot.counts.undecodable),
            "remarks": snapshot.remarks,
            "timings": snapshot.timings,
        }
    return outcome


def _compared(outcome: dict[str, Any], other: dict[str, Any]) -> Problem | None:
    for name in sorted({*outcome, *other}):
        if outcome.get(name) != other.get(name):
            return Problem("cuts", f"{name}: {outcome.get(name)!r:.300} in one read, {other.get(name)!r:.300} in many")
    return None


def _proven(state: StreamState, *, may_be_complete: bool) -> Problem | None:
    snapshot = state.snapshot()
    if snapshot.is_complete and not may_be_complete:
        return Problem("unproven", f"complete: {ending(state)}")
    if snapshot.is_complete and (not snapshot.choices or snapshot.error):
        return Problem("invalid", f"complete with {len(snapshot.choices)} choices and error {snapshot.error}")
    if snapshot.phase is Phase.FAILED and snapshot.error is None:
        return Problem("invalid", "failed without an error")
    return None


def _place_of(exc: BaseException) -> str:
    """File and line of the innermost frame: what tells one find from another."""
    at = exc.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at else "?"


@contextmanager
def _cpu_limit(seconds: float) -> Iterator[None]:
    """Break out after `seconds` of CPU time, where the platform can: in a main thread, and not on Windows."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _weighing(weigh: bool) -> Iterator[list[int]]:
    """A list that holds the peak of allocated bytes afterwards; it stays empty when nothing is weighed."""
    peak: list[int] = []
    if not weigh:
        yield peak
        return
    tracemalloc.start()
    try:
        yield peak
        peak.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
