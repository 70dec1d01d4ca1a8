"""What holds for every Messages and Completions stream: cuts do not matter, and nothing raises or loops.

Streams are made of what servers send (and of what they should not), and recorded ones are damaged.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.replay import folded, recordings_of
from tests.core.test_properties import DAMAGES, JUNK, LINE_ENDS, MODERATE, TEXTS, check, cuts, damaged, record
from tui.core.phase import Phase

KINDS = ["text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "web_search_tool_result", "new", None]
BLOCK = record(
    type=st.sampled_from(KINDS),
    text=TEXTS,
    thinking=TEXTS,
    id=st.sampled_from(["", "a", "b"]),
    name=TEXTS,
    input=st.one_of(st.just({}), JUNK),
)
DELTA = record(
    type=st.sampled_from(["text_delta", "thinking_delta", "input_json_delta", "signature_delta", "new", None]),
    text=TEXTS,
    thinking=TEXTS,
    partial_json=st.sampled_from(["", "{}", '{"a":', "1}"]),
    stop_reason=st.sampled_from([None, "", "end_turn", "tool_use", "refusal"]),
    stop_details=JUNK,
)
USAGE = record(
    input_tokens=st.integers(0, 99), cache_read_input_tokens=st.integers(0, 99), output_tokens=st.integers(0, 99)
)
MESSAGE = record(
    id=TEXTS,
    model=TEXTS,
    content=st.lists(BLOCK, max_size=2),
    stop_reason=st.sampled_from([None, "end_turn"]),
    usage=USAGE,
)
EVENT = record(
    type=st.sampled_from(
        [
            *("message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta"),
            *("content_block_start", "content_block_delta", "ping", "new", "message", "error", None),
        ]
    ),
    index=st.integers(0, 3),
    message=MESSAGE,
    content_block=BLOCK,
    delta=DELTA,
    usage=USAGE,
)
NAMES = ["", "event: message\n", "event: content_block_delta\n", "event: error\n"]
EVENTS = st.one_of(
    st.builds("{}data: {}{}".format, st.sampled_from(NAMES[:3]), EVENT.map(json.dumps), LINE_ENDS),
    st.builds("{}data: {}{}".format, st.sampled_from(NAMES), JUNK.map(json.dumps), LINE_ENDS),
    st.sampled_from(['data: {"type":"message_stop"}\n\n', "data: [DONE]\n\n", ": ping\n\n", "\n"]),
)
STREAMS = st.lists(EVENTS, max_size=12).map(lambda events: "".join(events).encode("utf-8", "surrogatepass"))


def agree(reads: list[bytes], dialect: str) -> Phase:
    """Fold `reads` and the same bytes at once; both are sound and the same."""
    whole, other = folded([b"".join(reads)], dialect=dialect), folded(reads, dialect=dialect)
    for state in (whole, other):
        check(state)
    assert (whole.phase, whole.error, whole.answer.usage) == (other.phase, other.error, other.answer.usage)
    assert whole.snapshot().choices == other.snapshot().choices
    assert (whole.answer.activity, whole.answer.remarks) == (other.answer.activity, other.answer.remarks)
    return whole.phase


@MODERATE
@given(st.data(), STREAMS)
def test_no_cut_of_any_stream_matters(data: st.DataObject, stream: bytes) -> None:
    phase = agree(data.draw(cuts(stream)), "anthropic")
    assert agree([stream[at : at + 1] for at in range(len(stream))], "anthropic") is phase
    if b'"message_stop"' not in stream and b'"content"' not in stream:
        assert phase is not Phase.COMPLETE


RECORDED: list[tuple[str, Any]] = [
    (dialect, recording.raw)
    for dialect in ("anthropic", "completions")
    for recording in recordings_of(dialect).values()
    if recording.status == 200 and len(recording.raw) < 16_000
]


@MODERATE
@given(st.sampled_from(RECORDED), DAMAGES, st.sampled_from([7, 64, 1_000]))
def test_damaged_recordings_raise_nothing(
    recorded: tuple[str, bytes], damages: list[tuple[str, float, float, bytes]], size: int
) -> None:
    dialect, raw = recorded[0], damaged(recorded[1], damages)
    agree([raw[at : at + size] for at in range(0, len(raw), size)], dialect)


@pytest.mark.parametrize("dialect", ["anthropic", "completions"])
@MODERATE
@given(reads=st.lists(st.binary(max_size=60), max_size=10))
def test_no_bytes_raise(dialect: str, reads: list[bytes]) -> None:
    agree(reads, dialect)
