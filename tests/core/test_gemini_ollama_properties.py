"""What holds for every Gemini and Ollama stream: cuts do not matter, nothing raises, nothing is complete unproved."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.replay import STREAMS, folded, recordings_of
from tests.core.test_properties import DAMAGES, JUNK, SMALL, TEXTS, check, cuts, damaged, mostly, record
from tui.core.bounds import DEFAULT_BOUNDS, Bounds

MODERATE = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])

CALL = record(
    name=TEXTS,
    id=st.sampled_from(["", "a", "b"]),
    args=JUNK,
    willContinue=st.booleans(),
    partialArgs=st.lists(
        record(
            jsonPath=st.sampled_from(["$.a", "$.b[0]", "$.b[1].c", "$", "$.a.b", "$['x y']", "a", "$.b[7]"]),
            stringValue=TEXTS,
            numberValue=st.integers(),
            nullValue=TEXTS,
            willContinue=st.booleans(),
        ),
        max_size=3,
    ),
)
PART = record(
    text=TEXTS,
    thought=st.booleans(),
    thoughtSignature=TEXTS,
    functionCall=CALL,
    executableCode=record(language=TEXTS),
    codeExecutionResult=record(outcome=TEXTS),
    inlineData=record(mimeType=TEXTS),
)
CANDIDATE = record(
    index=st.integers(0, 3),
    content=record(parts=st.lists(PART, max_size=3)),
    finishReason=st.sampled_from([None, "", "STOP", "MAX_TOKENS", "SAFETY", "😶"]),
    finishMessage=TEXTS,
    logprobsResult=record(
        chosenCandidates=st.lists(record(token=TEXTS, logProbability=st.floats(-9, 0)), max_size=2),
        topCandidates=st.lists(record(candidates=st.lists(record(token=TEXTS), max_size=2)), max_size=2),
    ),
)
GEMINI = record(
    candidates=st.lists(CANDIDATE, max_size=3),
    usageMetadata=record(candidatesTokenCount=st.integers(0, 99), thoughtsTokenCount=st.integers(0, 99)),
    modelVersion=TEXTS,
    responseId=TEXTS,
    promptFeedback=record(blockReason=st.sampled_from(["", "SAFETY"]), blockReasonMessage=TEXTS),
)
TOOL_CALLS = st.lists(record(id=TEXTS, function=record(name=TEXTS, arguments=JUNK)), max_size=3)
OLLAMA = record(
    model=TEXTS,
    message=record(content=TEXTS, thinking=TEXTS, tool_calls=TOOL_CALLS),
    response=TEXTS,
    thinking=TEXTS,
    done_reason=st.sampled_from([None, "", "stop", "length"]),
    eval_count=st.integers(-1, 99),
    total_duration=st.integers(-1, 10**12),
)
ERROR = st.fixed_dictionaries({"error": mostly(TEXTS)})
PAYLOADS = {
    "gemini": st.one_of(*[GEMINI] * 6, ERROR, JUNK),
    "ollama": st.one_of(*[OLLAMA] * 6, st.just({"done": True}), ERROR, JUNK),
}
FORMS = ("array", "lines", "events", "bare", "printed")


def written(payloads: list[Any], form: str) -> bytes:
    """The payloads as a body of some form."""
    texts = [json.dumps(payload, indent=2 if form == "printed" else None) for payload in payloads]
    match form:
        case "array":
            body = "[" + "\n,\r\n".join(texts) + "]"
        case "events":
            body = "".join(f"data: {text}\r\n\r\n" for text in texts) + "data: [DONE]\n\n"
        case "bare":
            body = "".join(texts)
        case _:
            body = "\n".join(texts)
    return body.encode("utf-8", "surrogatepass")


def agree(data: st.DataObject, dialect: str, body: bytes, bounds: Bounds = DEFAULT_BOUNDS) -> None:
    """Whole, in single bytes and in some other reads the same comes out, and it is fit to be shown."""
    whole = folded([body], dialect=dialect, bounds=bounds)
    check_ended(dialect, whole)
    for reads in (data.draw(cuts(body)), [body[at : at + 1] for at in range(len(body))]):
        other = folded(reads, dialect=dialect, bounds=bounds)
        check_ended(dialect, other)
        assert (other.phase, other.error) == (whole.phase, whole.error)
        one, two = other.snapshot(), whole.snapshot()
        assert (one.choices, one.usage, one.timings, one.remarks) == (two.choices, two.usage, two.timings, two.remarks)


def check_ended(dialect: str, state: Any) -> None:
    check(state)
    state.answer.activity.encode()
    "".join(state.answer.remarks).encode()
    if state.snapshot().is_complete:
        ended = all(choice.finish_reason_raw for choice in state.snapshot().choices)
        assert state.answer.has_end_marker if dialect == "ollama" else ended


@pytest.mark.parametrize("dialect", ["gemini", "ollama"])
@MODERATE
@given(st.data(), st.sampled_from(FORMS), st.sampled_from([DEFAULT_BOUNDS, SMALL]))
def test_no_cut_of_any_stream_matters(dialect: str, data: st.DataObject, form: str, bounds: Bounds) -> None:
    agree(data, dialect, written(data.draw(st.lists(PAYLOADS[dialect], max_size=6)), form), bounds)


TOKENS = st.sampled_from(
    [
        *(b"data:", b"data: ", b"event: error\n", b"error: ", b"\n", b"\r", b"\r\n", b"\n\n", b"{", b"}", b"[", b"]"),
        *(
            b'"',
            b":",
            b",",
            b"\\",
            b"[DONE]",
            b"<html>",
            b"null",
            b"1e999",
            b"\xef\xbb\xbf",
            b"\xff",
            b"\\ud83d",
            b"\0",
        ),
        *(b'{"candidates":[{"content":{"parts":[{"text":"x"}]}}]}', b'{"candidates":[{"finishReason":"STOP"}]}'),
        *(b'{"message":{"content":"x"}}', b'{"done":true}', b'{"error":"x"}', b'{"a":"]}'),
    ]
)


@pytest.mark.parametrize("dialect", ["gemini", "ollama"])
@MODERATE
@given(st.data(), st.sampled_from([b"", b"[", b"{", b"data: "]), st.lists(TOKENS, max_size=20).map(b"".join))
def test_no_soup_of_syntax_raises_or_depends_on_its_cuts(
    dialect: str, data: st.DataObject, head: bytes, soup: bytes
) -> None:
    agree(data, dialect, head + soup)


BODIES = {
    "gemini": [recording.raw for recording in recordings_of("gemini").values()],
    "ollama": [path.read_bytes() for path in sorted((STREAMS / "ollama").glob("*/*.ndjson"))],
}
BODIES["gemini"] += [
    b"[" + b",\r\n".join(line[6:] for line in raw.split(b"\n") if line) + b"]" for raw in BODIES["gemini"]
]


@pytest.mark.parametrize("dialect", ["gemini", "ollama"])
@MODERATE
@given(st.data(), DAMAGES)
def test_damaged_streams_raise_nothing(
    dialect: str, data: st.DataObject, damages: list[tuple[str, float, float, bytes]]
) -> None:
    agree(data, dialect, damaged(data.draw(st.sampled_from(BODIES[dialect])), damages))
