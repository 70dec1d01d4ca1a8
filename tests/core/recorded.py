"""What a recorded answer must fold to, and the checks every such expectation goes through."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from tests.core.replay import SIZES, Recording, cut, cut_at_random, folded, timeless
from tui.core.endings import ending
from tui.core.events import Usage
from tui.core.failure import StreamError
from tui.core.phase import Phase
from tui.core.snapshot import ChoiceSnapshot, Snapshot, ToolCallSnapshot


@dataclass(frozen=True)
class Expected:
    """What one recording folds to, worked out from its raw lines. `payloads` are the JSON values in it."""

    payloads: int
    response_id: str
    text: str = ""
    reasoning: str = ""
    calls: tuple[ToolCallSnapshot, ...] = ()
    finish: str | None = "stop"
    raw_finish: str | None = "end_turn"
    usage: Usage | None = None
    choices: int = 1
    phase: Phase = Phase.COMPLETE
    end: str = "stop"
    error: StreamError | None = None
    model: str = "tiny"


def check_fold(recording: Recording, expected: Expected, dialect: str) -> None:
    """The recording as one read folds to what was written down for it."""
    state = folded([recording.raw], dialect=dialect)
    snapshot = state.snapshot()
    assert snapshot.phase is expected.phase
    assert snapshot.is_complete is (expected.phase is Phase.COMPLETE)
    assert (snapshot.model, snapshot.response_id) == (expected.model, expected.response_id)
    assert snapshot.usage == expected.usage
    assert snapshot.error == expected.error
    assert (snapshot.counts.payloads, snapshot.counts.undecodable, snapshot.counts.comments) == (
        expected.payloads,
        0,
        0,
    )
    assert snapshot.counts.bytes == len(recording.raw)
    assert snapshot.remarks == ()
    assert [replace(choice, logprobs=()) for choice in snapshot.choices] == [
        ChoiceSnapshot(
            index,
            text=expected.text,
            reasoning=expected.reasoning,
            tool_calls=expected.calls,
            finish_reason=expected.finish,  # type: ignore[arg-type]  # written down as a word
            finish_reason_raw=expected.raw_finish,
        )
        for index in range(expected.choices)
    ]
    assert ending(state) == expected.end


def check_cuts_into_reads(recording: Recording, dialect: str) -> None:
    """No way to cut the body into reads changes the result, the one of the real server included."""
    whole = timeless(folded([recording.raw], dialect=dialect).snapshot())
    for reads in _ways_to_read(recording):
        assert timeless(folded(reads, dialect=dialect).snapshot()) == whole


def check_ends(recording: Recording, expected: Expected, dialect: str, proof: int) -> None:
    """Cut after any event, the answer is complete only from byte `proof` on, and holds a beginning of the whole."""
    raw = recording.raw
    ends = [at + 2 for at in range(len(raw)) if raw.startswith(b"\n\n", at)]
    for end in ends:
        snapshot = folded([raw[:end]], dialect=dialect).snapshot()
        assert snapshot.is_complete is (expected.phase is Phase.COMPLETE and end >= proof), end
        _check_beginning(snapshot, expected)
    for start, end in list(pairwise(ends))[:: max(1, len(ends) // 12)]:
        before = folded([raw[:start]], dialect=dialect).snapshot()
        for at in (start + 1, start + 9, (start + end) // 2, end - 4):
            after = folded([raw[:at]], dialect=dialect).snapshot()
            assert (after.choices, after.usage, after.phase) == (before.choices, before.usage, before.phase)


def check_document(recording: Recording, dialect: str) -> None:
    """A whole document cut anywhere is no answer."""
    for end in range(1, len(recording.raw), 7):
        snapshot = folded([recording.raw[:end]], dialect=dialect).snapshot()
        assert snapshot.phase is Phase.INTERRUPTED
        assert snapshot.counts.undecodable == 1


def _ways_to_read(recording: Recording) -> Iterator[list[bytes]]:
    yield recording.http_chunks
    for size in SIZES:
        yield cut(recording.raw, size)
    for seed in range(3):
        yield cut_at_random(recording.raw, seed, 400)


def _check_beginning(snapshot: Snapshot, expected: Expected) -> None:
    for choice in snapshot.choices:
        assert expected.text.startswith(choice.text)
        assert expected.reasoning.startswith(choice.reasoning)
        for call, whole in zip(choice.tool_calls, expected.calls, strict=False):
            assert (call.id, call.name) == (whole.id, whole.name)
            assert whole.arguments.startswith(call.arguments)
