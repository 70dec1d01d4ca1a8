"""Which streams there are and which of them changed: the only thing the engine and the screen share.

The engine marks, the screen takes once per frame. Nothing is queued, so a slow terminal costs frames and never text.
"""

from collections import Counter
from collections.abc import Iterator

from tui.core.stream import StreamState


class Board:
    """All streams of the current run, by stream id (the target's name)."""

    def __init__(self) -> None:
        self._streams: dict[str, StreamState] = {}
        self._dirty: set[str] = set()

    def __repr__(self) -> str:
        phases = Counter(str(state.phase) for state in self._streams.values())
        shown = ", ".join(f"{count} {phase}" for phase, count in phases.items())
        return f"<Board {len(self)} streams{': ' if shown else ''}{shown}>"

    def __len__(self) -> int:
        return len(self._streams)

    def __iter__(self) -> Iterator[StreamState]:
        return iter(self._streams.values())

    def put(self, stream_id: str, state: StreamState) -> None:
        """Show `state` under this id from now on; a retry replaces what was there."""
        self._streams[stream_id] = state
        self._dirty.add(stream_id)

    def remove(self, stream_id: str) -> None:
        """Nothing runs or ended under this id any more, if anything did."""
        self._streams.pop(stream_id, None)
        self._dirty.add(stream_id)

    def get(self, stream_id: str) -> StreamState | None:
        """The stream with this id, if it was ever started."""
        return self._streams.get(stream_id)

    def mark(self, stream_id: str) -> None:
        """Something of this stream changed."""
        self._dirty.add(stream_id)

    def take_dirty(self) -> set[str]:
        """The ids that changed since the last call."""
        dirty, self._dirty = self._dirty, set()
        return dirty

    @property
    def is_busy(self) -> bool:
        """Whether any stream is still running."""
        return any(not state.is_over for state in self._streams.values())
