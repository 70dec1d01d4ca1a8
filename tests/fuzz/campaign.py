"""Makes inputs from the recordings of one dialect, judges them, and keeps what went wrong.

Input number N of a seed is always the same, whatever the machine and however long the run.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from tests.core.replay import STREAMS
from tests.fuzz.judge import Problem, judged
from tests.fuzz.mutations import HARMLESS, mutated, reads_of, shortened, spliced
from tests.fuzz.proof import holds_proof, proof_starts_at
from tui.core.bounds import DEFAULT_BOUNDS, Bounds

_BODIES = frozenset({".sse", ".ndjson"})
_WEIGHED_EVERY = 25
_SHRINKS = 400
"""Attempts to make a find smaller."""


@dataclass(frozen=True, slots=True)
class Input:
    """One body in reads."""

    reads: tuple[bytes, ...]
    may_be_complete: bool = True
    """False when the proof of completeness was cut away from it."""
    is_tight: bool = False
    """Whether it is judged under bounds that a recording easily passes."""

    @property
    def raw(self) -> bytes:
        """The whole body."""
        return b"".join(self.reads)


@dataclass(frozen=True, slots=True)
class Find:
    """An input with what it did wrong."""

    number: int
    input: Input
    problem: Problem


@dataclass(slots=True)
class Campaign:
    """One run of one dialect."""

    dialect: str
    seed: int = 0
    number: int = 0
    """Inputs judged so far."""
    phases: Counter[str] = field(default_factory=Counter)
    """How the judged streams ended: a run in which none is complete tests little."""
    finds: dict[str, Find] = field(default_factory=dict)
    """The first of each sort."""
    _corpus: list[bytes] = field(init=False)

    def __post_init__(self) -> None:
        paths = sorted((STREAMS / self.dialect).rglob("*"))
        self._corpus = [path.read_bytes() for path in paths if path.suffix in _BODIES]
        if not self._corpus:
            raise ValueError(f"no recordings of {self.dialect!r}")

    def run(self, go_on: Callable[[], bool]) -> None:
        """Judge inputs while `go_on()`."""
        while go_on():
            self.step()

    def step(self) -> None:
        """Make the next input and judge it."""
        made = self.input(self.number)
        problem, state = judged(
            made.reads,
            self.dialect,
            bounds=_bounds(made.is_tight),
            may_be_complete=made.may_be_complete,
            weigh=self.number % _WEIGHED_EVERY == 0,
        )
        self.phases[str(state.phase) if state else "none"] += 1
        if problem and (sort := f"{problem.kind} {problem.detail[:80]}") not in self.finds:
            self.finds[sort] = Find(self.number, made, problem)
        self.number += 1

    def input(self, number: int) -> Input:
        """Input `number` of this seed."""
        source = Random(f"{self.dialect}/{self.seed}/{number}")
        raw = shortened(source, source.choice(self._corpus))
        if source.random() < 0.15:
            return self._beheaded(source, raw)
        if source.random() < 0.15:
            raw = spliced(source, raw, shortened(source, source.choice(self._corpus)))
        return Input(tuple(reads_of(source, mutated(source, raw))), is_tight=source.random() < 0.15)

    def _beheaded(self, source: Random, raw: bytes) -> Input:
        """A beginning without its proof, then damaged in ways that bring nothing new."""
        raw = raw[: source.randint(0, proof_starts_at(self.dialect, raw))]
        if source.random() < 0.7:
            raw = mutated(source, raw, HARMLESS)
        return Input(tuple(reads_of(source, raw)), may_be_complete=holds_proof(self.dialect, raw))


def _bounds(is_tight: bool) -> Bounds:
    return Bounds(event_bytes=1_500, answer_chars=200, tool_calls=2, choices=2) if is_tight else DEFAULT_BOUNDS


def shrunk(find: Find, dialect: str) -> Find:
    """The same kind of problem with fewer bytes, if leaving pieces out keeps it."""
    reads = list(find.input.reads) if find.problem.kind == "cuts" else [find.input.raw]
    best, size, attempts = find, max(1, len(find.input.raw) // 2), 0
    while size >= 1 and attempts < _SHRINKS and find.problem.kind not in ("slow", "memory"):
        at = 0
        while at < sum(map(len, reads)) and attempts < _SHRINKS:
            attempts += 1
            fewer = without(reads, at, size)
            problem, _ = judged(
                fewer, dialect, bounds=_bounds(find.input.is_tight), may_be_complete=find.input.may_be_complete
            )
            if problem and problem.kind == find.problem.kind:
                reads = fewer
                best = Find(find.number, replace(find.input, reads=tuple(fewer)), problem)
            else:
                at += size
        size //= 2
    return best


def without(reads: list[bytes], start: int, size: int) -> list[bytes]:
    """`reads` without `size` bytes of the whole from `start` on."""
    left, at = [], 0
    for read in reads:
        begin, end = max(0, start - at), max(0, start + size - at)
        left.append(read[:begin] + read[end:])
        at += len(read)
    return [read for read in left if read]


def saved(find: Find, dialect: str, seed: int, folder: Path) -> Path:
    """Write a find as `DIGEST.bin` with the body and `DIGEST.json` with what is needed to judge it again."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{dialect}-{find.problem.kind}-{hashlib.sha256(find.input.raw).hexdigest()[:12]}.bin"
    path.write_bytes(find.input.raw)
    about = {
        "dialect": dialect,
        "seed": seed,
        "number": find.number,
        "problem": find.problem.kind,
        "detail": find.problem.detail,
        "reads": [len(read) for read in find.input.reads],
        "may_be_complete": find.input.may_be_complete,
        "is_tight": find.input.is_tight,
    }
    path.with_suffix(".json").write_text(json.dumps(about, indent=1) + "\n")
    return path


def judged_again(path: Path) -> Problem | None:
    """What a saved find does now; None when it is mended."""
    about, raw = json.loads(path.with_suffix(".json").read_text()), path.read_bytes()
    reads, at = [], 0
    for size in about["reads"]:
        reads.append(raw[at : at + size])
        at += size
    bounds = _bounds(about["is_tight"])
    return judged(reads, about["dialect"], bounds=bounds, may_be_complete=about["may_be_complete"], weigh=True)[0]
