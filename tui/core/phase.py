"""The life of a stream as a table: which phase may follow which."""

from enum import StrEnum


class Phase(StrEnum):
    """Where a stream is. The value is the word shown to people and written to JSON."""

    QUEUED = "queued"
    CONNECTING = "connecting"
    WAITING = "waiting"
    RETRYING = "retrying"
    STREAMING = "streaming"
    COMPLETE = "complete"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can follow any more."""
        return not NEXT[self]


_ENDS = frozenset({Phase.COMPLETE, Phase.FAILED, Phase.INTERRUPTED, Phase.CANCELLED})

NEXT: dict[Phase, frozenset[Phase]] = {
    Phase.QUEUED: frozenset({Phase.CONNECTING, Phase.CANCELLED, Phase.FAILED}),
    Phase.CONNECTING: frozenset({Phase.WAITING, Phase.RETRYING, *_ENDS}),
    Phase.WAITING: frozenset({Phase.STREAMING, Phase.RETRYING, *_ENDS}),
    Phase.RETRYING: frozenset({Phase.CONNECTING, Phase.CANCELLED, Phase.FAILED}),
    Phase.STREAMING: _ENDS,
    **{end: frozenset() for end in _ENDS},
}
"""CONNECTING until the connection is ready, WAITING until the first token, STREAMING until an end.

RETRYING is the pause between two attempts, so nothing leads to it once a token came.
"""
