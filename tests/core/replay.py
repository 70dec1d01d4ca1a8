"""Driving one `StreamState` from bytes: the way every test of the pipeline does it.

Reads are stamped 1 ms apart, from `FIRST_READ_NS`; the request starts at `START_NS`. A test which looks at figures
calls the verbs itself.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.snapshot import Snapshot
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.core.timeline import Metrics

MS = 1_000_000
START_NS = 1_000 * MS
FIRST_READ_NS = 1_100 * MS
SIZES = (1, 2, 3, 7, 4096)
STREAMS = Path(__file__).parent.parent / "streams"

TARGET = Target("tiny", "llamacpp", "tiny", "chat", "http://127.0.0.1:8080/v1")


@dataclass(frozen=True)
class Recording:
    """One file of `tests/streams/DIALECT/` with what is known of it."""

    path: Path

    @property
    def name(self) -> str:
        """`server/case`."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @cached_property
    def raw(self) -> bytes:
        """The body."""
        return self.path.read_bytes()

    @cached_property
    def about(self) -> dict[str, Any]:
        """The JSON beside it."""
        about: dict[str, Any] = json.loads(self.path.with_suffix(".json").read_bytes())
        return about

    @property
    def status(self) -> int:
        """HTTP status."""
        return int(self.about["status"].split()[1])

    @property
    def headers(self) -> dict[str, str]:
        """Response headers, names in lower case."""
        pairs = (line.partition(": ") for line in self.about["headers"])
        return {name.lower(): value for name, _, value in pairs}

    @property
    def http_chunks(self) -> list[bytes]:
        """The body as the server's HTTP chunks cut it."""
        chunks, at = [], 0
        for _, size in self.about["chunks"]:
            chunks.append(self.raw[at : at + size])
            at += size
        assert at == len(self.raw)
        return chunks


def recordings_of(dialect: str) -> dict[str, Recording]:
    """All recordings of one dialect by name."""
    found = map(Recording, sorted((STREAMS / dialect).glob("*/*.sse")))
    return {recording.name: recording for recording in found}


RECORDINGS = recordings_of("chat")


def cut(data: bytes, size: int) -> list[bytes]:
    """`data` in reads of `size` bytes."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def cut_at_random(data: bytes, seed: int, most: int = 40) -> list[bytes]:
    """`data` in reads of 0 to `most` bytes."""
    source, reads, at = random.Random(seed), [], 0
    while at < len(data):
        size = source.randint(0, most)
        reads.append(data[at : at + size])
        at += size
    return reads


def splits(data: bytes) -> Iterator[list[bytes]]:
    """`data` whole, in each of `SIZES`, and at random places."""
    yield [data]
    for size in SIZES:
        yield cut(data, size)
    for seed in range(3):
        yield cut_at_random(data, seed)


def begun(status: int = 200, *, bounds: Bounds = DEFAULT_BOUNDS, dialect: str = "chat") -> StreamState:
    """A stream whose response head has arrived."""
    state = StreamState(replace(TARGET, dialect=dialect), START_NS, bounds=bounds)
    state.start(START_NS)
    state.connected(START_NS + 10 * MS, reused=False)
    state.respond(status, {}, START_NS + 50 * MS)
    return state


def fed(reads: Sequence[bytes], *, bounds: Bounds = DEFAULT_BOUNDS, dialect: str = "chat") -> StreamState:
    """A stream that has received `reads` and is still open."""
    state = begun(bounds=bounds, dialect=dialect)
    for number, data in enumerate(reads):
        state.receive(data, FIRST_READ_NS + number * MS)
    return state


def folded(reads: Sequence[bytes], *, bounds: Bounds = DEFAULT_BOUNDS, dialect: str = "chat") -> StreamState:
    """A stream that has received `reads` and then the end of the body."""
    state = fed(reads, bounds=bounds, dialect=dialect)
    state.end(FIRST_READ_NS + len(reads) * MS)
    return state


def fold(data: bytes, *, dialect: str = "chat") -> Snapshot:
    """What `data` in one read folds to, after checking that no way to cut it gives anything else."""
    first, *others = (timeless(folded(reads, dialect=dialect).snapshot()) for reads in splits(data))
    for other in others:
        assert other == first
    return first


def timeless(snapshot: Snapshot) -> Snapshot:
    """`snapshot` without what depends on the reads: figures, and how many reads and bytes there were.

    Bytes count too, as what follows an end in the same read has been received and what would follow in another has not.
    """
    return replace(snapshot, metrics=Metrics(), attempts=(), counts=replace(snapshot.counts, reads=0, bytes=0))


def sse(*payloads: object, done: bool = True) -> bytes:
    """Events of `payloads` (JSON values, or text and bytes to be sent as they are), and `[DONE]`."""
    datas = [p if isinstance(p, bytes) else (p if isinstance(p, str) else json.dumps(p)).encode() for p in payloads]
    return b"".join(b"data: %s\n\n" % data for data in [*datas, *([b"[DONE]"] if done else [])])


def chunk(delta: object = None, finish: object = None, index: object = 0, **more: object) -> dict[str, Any]:
    """One chat chunk with one choice; `more` are top-level fields."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "model": "tiny",
        "choices": [{"index": index, "delta": {} if delta is None else delta, "finish_reason": finish}],
        **more,
    }
