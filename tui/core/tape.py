"""What one attempt received, read by read with its stamps: for the inspector, recordings and replays.

The stream appends while it decodes, which has to cost next to nothing: two list appends, no copy. Whoever wants events
reads the tape later (`tui.core.tape_events`), so a tape nobody looks at is never looked through.
"""

from array import array
from collections.abc import Iterator
from typing import Final

from tui.core.bounds import DEFAULT_BOUNDS

READ_COST: Final = 64
"""What keeping a read takes beside its bytes, roughly; a flood of tiny reads has to be bounded too."""


class Tape:
    """Reads in the order they came. Over its limit it forgets the oldest of the middle and counts what it forgot.

    The beginning is kept because it says what answered, the end because it says how it ended. A read keeps its number,
    whatever was forgotten before it.
    """

    __slots__ = ("_cost", "_forgotten", "_head", "_limit", "_reads", "_stamps", "bytes", "forgotten_bytes")

    def __init__(self, limit: int = DEFAULT_BOUNDS.tape_bytes) -> None:
        """`limit`: bytes kept, with what keeping them takes."""
        self.bytes = 0
        """Bytes received, forgotten ones included."""
        self.forgotten_bytes = 0
        self._limit = limit
        self._cost = 0
        self._reads: list[bytes] = []
        self._stamps = array("q")
        self._head = 0
        """How many reads at the beginning are never forgotten; counted when the limit is first passed."""
        self._forgotten = 0
        """How many reads behind those are gone."""

    def __repr__(self) -> str:
        gone = f", {self.forgotten_bytes} forgotten" if self.forgotten_bytes else ""
        return f"<Tape {len(self)} reads, {self.bytes} B{gone}>"

    def __len__(self) -> int:
        """Reads so far, forgotten ones included."""
        return len(self._reads) + self._forgotten

    def append(self, data: bytes, at_ns: int) -> None:
        """One read."""
        self._reads.append(data)
        self._stamps.append(at_ns)
        self.bytes += len(data)
        self._cost += len(data) + READ_COST
        if self._cost > self._limit:
            self._forget()

    def read(self, number: int) -> tuple[int, bytes] | None:
        """Stamp and bytes of a read. None when it was forgotten."""
        if number >= self._head:
            if number < self._head + self._forgotten:
                return None
            number -= self._forgotten
        return self._stamps[number], self._reads[number]

    def next_kept(self, number: int) -> int:
        """`number`, or that of the first read behind the gap it lies in."""
        behind = self._head + self._forgotten
        return behind if self._head <= number < behind else number

    @property
    def end_of_gap(self) -> int:
        """Where on the tape the bytes behind the gap begin."""
        return self.bytes - sum(map(len, self._reads[self._head :]))

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """The reads that are kept, each with its stamp: what a replay feeds to a stream."""
        return iter(zip(self._stamps, self._reads, strict=True))

    def beginning(self, size: int) -> bytes:
        """The first `size` bytes, or all there are; of what is kept behind a gap, nothing."""
        parts: list[bytes] = []
        for data in self._reads[: self._head] if self._forgotten else self._reads:
            parts.append(data[:size])
            size -= len(data)
            if size <= 0:
                break
        return b"".join(parts)

    def _forget(self) -> None:
        """Make room for an eighth of the limit at once: shifting the list for each read would be quadratic."""
        if not self._head:
            self._head = self._reads_in(0, self._limit // 4)
        gone = self._reads_in(self._head, self._cost - self._limit + self._limit // 8)
        end = max(self._head, min(self._head + gone, len(self._reads) - 1))
        freed = sum(map(len, self._reads[self._head : end]))
        self._cost -= freed + (end - self._head) * READ_COST
        self._forgotten += end - self._head
        self.forgotten_bytes += freed
        del self._reads[self._head : end]
        del self._stamps[self._head : end]

    def _reads_in(self, first: int, cost: int) -> int:
        """How many reads from `first` on take at least `cost`; at least one."""
        count = 0
        while first + count < len(self._reads) and (cost > 0 or not count):
            cost -= len(self._reads[first + count]) + READ_COST
            count += 1
        return count
