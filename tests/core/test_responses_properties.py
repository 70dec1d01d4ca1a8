"""What holds for every Responses stream: cuts do not matter, nothing raises, and nothing is complete without proof."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.core.replay import folded, recordings_of, timeless
from tests.core.test_properties import DAMAGES, JUNK, MODERATE, SHARES, SMALL, TEXTS, check, cuts, damaged, record
from tui.core.dialects.responses import _ACTIVITIES, _HANDLERS, ResponsesDecoder
from tui.core.events import ChoiceRestated
from tui.core.fold import Answer
from tui.core.stream import StreamState

RECORDINGS = recordings_of("responses")
NAMES = sorted(name for name, found in RECORDINGS.items() if found.status == 200 and len(found.raw) < 16_000)

IDS = st.sampled_from(["", "a", "b", "c"])
INDEXES = st.one_of(st.none(), st.integers(0, 3))
PART = record(
    type=st.sampled_from(["output_text", "refusal", "reasoning_text", "summary_text"]), text=TEXTS, refusal=TEXTS
)
ITEM = record(
    type=st.sampled_from(["message", "reasoning", "function_call", "custom_tool_call", "web_search_call"]),
    id=IDS,
    call_id=IDS,
    name=TEXTS,
    arguments=TEXTS,
    input=TEXTS,
    content=st.lists(PART, max_size=3),
    summary=st.lists(PART, max_size=2),
)
STATUS = st.sampled_from(["in_progress", "queued", "completed", "incomplete", "failed", "cancelled", None])
RESPONSE = record(
    id=TEXTS,
    model=TEXTS,
    status=STATUS,
    output=st.lists(ITEM, max_size=3),
    usage=record(input_tokens=st.integers(0, 9), output_tokens=st.integers(0, 9)),
    error=st.one_of(st.none(), record(code=TEXTS, message=TEXTS)),
    incomplete_details=record(reason=TEXTS),
)
ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")
TYPES = st.sampled_from(
    [
        *[name for name in _HANDLERS if name not in ENDS] * 3,
        *(f"response.{name}.in_progress" for name in _ACTIVITIES),
        *ENDS,
        "error",
        "response.new",
    ]
)
EVENT = st.fixed_dictionaries(
    {"type": TYPES},
    optional={
        "item_id": IDS,
        "output_index": INDEXES,
        "content_index": INDEXES,
        "summary_index": INDEXES,
        "sequence_number": st.integers(0, 9),
        "delta": st.one_of(TEXTS, JUNK),
        "text": st.one_of(TEXTS, JUNK),
        "refusal": TEXTS,
        "arguments": TEXTS,
        "input": TEXTS,
        "name": TEXTS,
        "item": st.one_of(ITEM, JUNK),
        "part": PART,
        "response": st.one_of(RESPONSE, JUNK),
        "message": TEXTS,
    },
)


def as_sse(payload: Any) -> str:
    return f"data: {json.dumps(payload)}\n\n"


STREAMS = st.lists(
    st.one_of(*[EVENT.map(as_sse)] * 8, RESPONSE.map(as_sse), JUNK.map(as_sse), st.just("data: [DONE]\n\n")),
    max_size=14,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))


def both(whole: bytes, reads: list[bytes], **how: Any) -> tuple[StreamState, StreamState]:
    states = folded([whole], dialect="responses", **how), folded(reads, dialect="responses", **how)
    for state in states:
        check(state)
    return states


@MODERATE
@given(st.data(), STREAMS)
def test_no_cut_of_any_stream_matters(data: st.DataObject, stream: bytes) -> None:
    for reads in (data.draw(cuts(stream)), [stream[at : at + 1] for at in range(len(stream))]):
        whole, other = both(stream, reads)
        assert timeless(other.snapshot()) == timeless(whole.snapshot())


@MODERATE
@given(st.data(), STREAMS)
def test_bounds_do_not_depend_on_the_cuts(data: st.DataObject, stream: bytes) -> None:
    whole, other = both(stream, data.draw(cuts(stream)), bounds=SMALL)
    assert (whole.phase, whole.error) == (other.phase, other.error)
    assert whole.snapshot().choices == other.snapshot().choices


@MODERATE
@given(STREAMS)
def test_what_was_told_is_what_was_built(stream: bytes) -> None:
    """A final restatement of everything, put at the end of any stream, changes nothing."""
    decoder = ResponsesDecoder()
    answer, again = Answer(needs_end_marker=True), Answer(needs_end_marker=True)
    for event in [*decoder.feed(stream), *decoder.close()]:
        answer.apply(event)
        again.apply(event)
    built = decoder._output._built()
    again.apply(ChoiceRestated(0, built.text, built.reasoning, built.refusal, built.calls))
    if 0 not in answer.choices:
        assert not again.has_output
        return
    told, restated = answer.choices[0], again.choices[0]
    if answer.has_end_marker or told.finish is not None:
        return  # the final list was told, and the events' own account no longer matters
    assert told.text.text() == restated.text.text()
    assert told.reasoning.text() == restated.reasoning.text()
    assert told.refusal.text() == restated.refusal.text()
    assert [(c.id, c.type, c.name, c.arguments_text()) for c in told.calls] == [
        (c.id, c.type, c.name, c.arguments_text()) for c in restated.calls
    ]


@MODERATE
@given(STREAMS, st.lists(ITEM, min_size=1, max_size=3))
def test_the_final_output_says_it_all(stream: bytes, output: list[Any]) -> None:
    """Whatever came before, an end that holds anything leads to the same answer as that end alone."""
    if b'"error"' in stream or any(end.encode() in stream for end in ENDS) or b'"status"' in stream:
        return
    last = as_sse({"type": "response.completed", "response": {"status": "completed", "output": output}}).encode()
    alone = folded([last], dialect="responses").snapshot()
    (choice,) = alone.choices
    if not (choice.text or choice.reasoning or choice.refusal or choice.tool_calls):
        return
    after = folded([stream + last], dialect="responses").snapshot()
    if after.is_complete:
        found = after.choices[0]
        assert (found.text, found.reasoning, found.refusal) == (choice.text, choice.reasoning, choice.refusal)
        assert found.tool_calls == choice.tool_calls


@MODERATE
@given(st.sampled_from(NAMES), DAMAGES, st.sampled_from([7, 64, 1_000_000]))
def test_damaged_recordings_raise_nothing(name: str, damages: list[tuple[str, float, float, bytes]], size: int) -> None:
    raw = damaged(RECORDINGS[name].raw, damages)
    whole, other = both(raw, [raw[at : at + size] for at in range(0, len(raw), size)])
    assert (whole.phase, whole.error) == (other.phase, other.error)
    assert whole.snapshot().choices == other.snapshot().choices


@MODERATE
@given(st.sampled_from(NAMES), SHARES)
def test_a_recording_cut_before_its_proof_is_never_complete(name: str, share: float) -> None:
    raw = RECORDINGS[name].raw
    last = raw.rfind(b'{"type":"response.completed"')
    proof = len(raw) if last < 0 else raw.find(b"\n", last)
    state = folded([raw[: int(share * (proof - 1))]], dialect="responses")
    check(state)
    assert not state.snapshot().is_complete


def test_a_stream_that_never_ends_costs_time_in_proportion() -> None:
    """Ten times the corrections are ten times the events told, not a hundred times."""

    def told(count: int) -> int:
        payloads = [
            {"type": "response.output_text.delta", "output_index": 0, "delta": "x" * 50},
            {"type": "response.output_text.done", "output_index": 0, "text": "y"},
        ] * count
        decoder = ResponsesDecoder()
        events = decoder.feed("".join(map(as_sse, payloads)).encode()) + decoder.close()
        return sum(len(event.text) for event in events if isinstance(event, ChoiceRestated))

    assert told(1_000) <= told(100) <= 17
