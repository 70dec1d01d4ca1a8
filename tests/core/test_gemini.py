"""The Gemini dialect, rule by rule: docs/protocols.md, "Gemini". `fold` insists on one result for every split."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.core.replay import MS, SIZES, begun, cut, cut_at_random, recordings_of, timeless
from tests.core.replay import fold as fold_dialect
from tests.core.replay import folded as folded_dialect
from tui.core.bounds import Bounds
from tui.core.dialects import dialect_named
from tui.core.dialects.gemini import GeminiDecoder
from tui.core.endings import ending
from tui.core.errors import RequestError
from tui.core.events import Activity, StreamEvent, TokenLogprob, Usage
from tui.core.failure import http_error
from tui.core.phase import Phase
from tui.core.request import CallMade, Message, Prompt
from tui.core.snapshot import ChoiceSnapshot, Snapshot, ToolCallSnapshot
from tui.core.stream import StreamState
from tui.core.target import Target

RECORDINGS = recordings_of("gemini")


def fold(data: bytes) -> Snapshot:
    return fold_dialect(data, dialect="gemini")


def folded(reads: list[bytes]) -> StreamState:
    return folded_dialect(reads, dialect="gemini")


def sse(*payloads: Any, line_end: bytes = b"\r\n") -> bytes:
    """Data-only events as Google sends them, with CRLF."""
    datas = [p if isinstance(p, bytes) else json.dumps(p).encode() for p in payloads]
    return b"".join(b"data: %s%s%s" % (data, line_end, line_end) for data in datas)


def array(*payloads: Any) -> bytes:
    """The same as one array, with the separators Google uses."""
    return b"[" + b"\n,\r\n".join(json.dumps(p, indent=2).encode() for p in payloads) + b"\n]\n"


def chunk(*parts: Any, finish: str | None = None, index: int | None = None, **more: Any) -> dict[str, Any]:
    """One payload with one candidate; keys that are None are left out."""
    candidate: dict[str, Any] = {"content": {"parts": list(parts), "role": "model"}} if parts else {}
    candidate |= {key: value for key, value in (("finishReason", finish), ("index", index)) if value is not None}
    return {"candidates": [candidate], **more}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"text": words, **more}


def called(name: str | None = "f", **more: Any) -> dict[str, Any]:
    return {"functionCall": {**({"name": name} if name else {}), **more}}


def only(snapshot: Snapshot) -> ChoiceSnapshot:
    (choice,) = snapshot.choices
    return choice


def calls(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    return [(call.id, call.name, call.arguments) for call in only(snapshot).tool_calls]


def events_of(data: bytes) -> list[StreamEvent]:
    decoder = GeminiDecoder()
    return decoder.feed(data) + decoder.close(200)


# -- the stream ------------------------------------------------------------------------------------------------------

ANSWER = [
    chunk(text("Let me see. ", thought=True), modelVersion="gemini-3-pro", responseId="r-1", usageMetadata={}),
    chunk(text("Hel"), index=0, modelVersion="gemini-3-pro", responseId="r-1"),
    chunk(text("lo"), usageMetadata={"promptTokenCount": 9, "totalTokenCount": 9}),
    chunk(
        text("", thoughtSignature="c2ln"),
        finish="STOP",
        usageMetadata={"promptTokenCount": 9, "candidatesTokenCount": 2, "thoughtsTokenCount": 5},
    ),
]


@pytest.mark.parametrize("body", [sse(*ANSWER), sse(*ANSWER, line_end=b"\n"), array(*ANSWER)], ids=["crlf", "lf", "[]"])
def test_an_answer_as_events_and_as_one_array(body: bytes) -> None:
    snapshot = fold(body)
    assert (snapshot.model, snapshot.response_id) == ("gemini-3-pro", "r-1")
    assert (only(snapshot).text, only(snapshot).reasoning) == ("Hello", "Let me see. ")
    assert (only(snapshot).finish_reason, only(snapshot).finish_reason_raw) == ("stop", "STOP")
    assert snapshot.usage == Usage(prompt=9, completion=7, reasoning=5)
    assert (snapshot.counts.payloads, snapshot.counts.undecodable) == (4, 0)
    assert snapshot.is_complete


def test_array_elements_are_answers_as_they_come() -> None:
    state = begun(dialect="gemini")
    state.receive(b"[" + json.dumps(ANSWER[1]).encode(), 2_000 * MS)
    assert state.snapshot().choices[0].text == "Hel"
    state.receive(b"\n,\r\n" + json.dumps(ANSWER[2]).encode()[:-1], 2_001 * MS)
    assert state.snapshot().choices[0].text == "Hel"
    state.receive(b"}", 2_002 * MS)
    assert state.snapshot().choices[0].text == "Hello"
    assert state.metrics().time_to_first_token_ns == 1_000 * MS


def test_brackets_and_quotes_in_the_text_of_an_array() -> None:
    words = 'a ]}, [{ "quoted" \\ ]\\" \n\u2028 } ['
    assert only(fold(array(chunk(text(words)), chunk(text("]")), chunk(finish="STOP")))).text == words + "]"


def test_a_whole_response_where_a_stream_was_asked_for() -> None:
    body = json.dumps(chunk(text("Hello"), called(args={"a": 1}), finish="STOP"), indent=2).encode()
    snapshot = fold(body)
    assert only(snapshot).text == "Hello"
    assert (only(snapshot).finish_reason, snapshot.is_complete) == ("tool_calls", True)


@pytest.mark.parametrize(
    "bare",
    [
        {"candidates": [{"finishReason": "STOP"}]},
        {"candidates": [{"finishReason": "STOP", "content": None}]},
        {"candidates": [{"finishReason": "STOP", "content": {}}]},
        {"candidates": [{"finishReason": "STOP", "content": {"role": "model"}}]},
        {"candidates": [{"finishReason": "STOP", "content": {"parts": None}}]},
        {"candidates": [{"finishReason": "STOP", "content": {"parts": []}}]},
        {"candidates": [{"finishReason": "STOP", "content": {"parts": [None, {}, {"text": None}]}}]},
    ],
)
def test_content_and_parts_may_be_missing(bare: dict[str, Any]) -> None:
    snapshot = fold(sse(chunk(text("Hello")), bare))
    assert (only(snapshot).text, snapshot.is_complete) == ("Hello", True)


def test_candidates_are_kept_apart_by_index() -> None:
    both = {"candidates": [{"index": 1, **chunk(text("b"))["candidates"][0]}, chunk(text("a"))["candidates"][0]]}
    snapshot = fold(sse(both, chunk(text("B"), index=1, finish="MAX_TOKENS"), chunk(finish="STOP")))
    assert [(c.index, c.text, c.finish_reason) for c in snapshot.choices] == [(0, "a", "stop"), (1, "bB", "length")]
    assert snapshot.is_complete


def test_the_first_id_and_model_that_are_not_empty_win() -> None:
    first = chunk(text("x"), modelVersion="", responseId="")
    later = [chunk(text("y"), modelVersion="m"), chunk(finish="STOP", modelVersion="n", responseId="r")]
    snapshot = fold(sse(first, *later))
    assert (snapshot.model, snapshot.response_id) == ("m", "r")


def test_surrogates_cut_between_two_chunks() -> None:
    snapshot = fold(sse(b'{"candidates":[{"content":{"parts":[{"text":"\\ud83d"}]}}]}', chunk(text("\ude04 \ud83d"))))
    assert only(snapshot).text == "😄 �"


def test_lone_surrogates_are_replaced_everywhere() -> None:
    half = "\ud83d"
    payload = chunk(
        text("a", thoughtSignature=half),
        called(half, id=half, args={half: half}),
        {"inlineData": {"mimeType": half}},
        {"executableCode": {"language": half}},
        finish=half,
        modelVersion=half,
        responseId=half,
    )
    payload["candidates"][0] |= {
        "finishMessage": half,
        "logprobsResult": {"chosenCandidates": [{"token": half, "logProbability": -1}]},
    }
    snapshot = fold(sse(payload))
    repr(snapshot).encode()
    assert (snapshot.model, only(snapshot).finish_reason_raw) == ("�", "�")
    assert calls(snapshot) == [("�", "�", '{"�":"�"}')]
    assert only(snapshot).logprobs[0].token == "�"
    for event in events_of(sse(payload)):
        if isinstance(event, Activity):
            event.text.encode()


# -- thoughts --------------------------------------------------------------------------------------------------------


def test_thoughts_are_reasoning_and_signatures_are_nothing() -> None:
    snapshot = fold(
        sse(
            chunk(text("one ", thought=True), text("two", thought=True), text("three", thought=False)),
            chunk(text("", thought=True, thoughtSignature="YWJj"), text(" four", thoughtSignature="YWJj")),
            chunk({"thoughtSignature": "ZGVm"}, finish="STOP"),
        )
    )
    assert (only(snapshot).reasoning, only(snapshot).text) == ("one two", "three four")


def test_thoughts_and_text_in_one_chunk_keep_their_order_for_the_stopwatch() -> None:
    state = begun(dialect="gemini")
    state.receive(sse(chunk(text("thought", thought=True))), 1_200 * MS)
    was_thinking = state.is_thinking
    state.receive(sse(chunk(text("more", thought=True), text("word"))), 1_300 * MS)
    assert (was_thinking, state.is_thinking) == (True, False)
    assert state.metrics().time_to_first_token_ns == 200 * MS


# -- tool calls ------------------------------------------------------------------------------------------------------


def test_each_function_call_is_a_call_of_its_own() -> None:
    """Several in one chunk, in several chunks, with the same name, and with the same id."""
    snapshot = fold(
        sse(
            chunk(called(args={"a": 1}), called(args={"a": 2})),
            chunk(called("g", id="x", args={}), called("g", id="x", args={"b": [1, {"c": None}]})),
            chunk(finish="STOP"),
        )
    )
    assert calls(snapshot) == [
        ("", "f", '{"a":1}'),
        ("", "f", '{"a":2}'),
        ("x", "g", "{}"),
        ("x", "g", '{"b":[1,{"c":null}]}'),
    ]
    assert [call.validity for call in only(snapshot).tool_calls] == ["valid"] * 4
    assert (only(snapshot).finish_reason, only(snapshot).finish_reason_raw) == ("tool_calls", "STOP")


@pytest.mark.parametrize("args", [{}, {"args": None}, {"args": {}}])
def test_missing_arguments_are_an_empty_object(args: dict[str, Any]) -> None:
    state = folded([sse(chunk(called(**args)))])  # even when the answer breaks off after it
    assert state.phase is Phase.INTERRUPTED
    assert calls(state.snapshot()) == [("", "f", "{}")]


def test_arguments_are_written_compactly_and_in_their_own_letters() -> None:
    args = {"city": "Zażółć 😄", "n": 1.5, "list": [1, 2], "none": None, "big": 2**70}
    raw = json.dumps(chunk(called(args=args), finish="STOP"), indent=1).encode()
    ((_, _, arguments),) = calls(fold(raw))
    assert arguments == '{"city":"Zażółć 😄","n":1.5,"list":[1,2],"none":null,"big":1180591620717411303424}'


def test_calls_of_several_candidates() -> None:
    snapshot = fold(sse(chunk(called(), index=1, finish="STOP"), chunk(called(), called("g"), finish="STOP")))
    assert [[call.name for call in choice.tool_calls] for choice in snapshot.choices] == [["f", "g"], ["f"]]


def test_a_call_may_share_its_part_and_chunk_with_text() -> None:
    snapshot = fold(sse(chunk(text("I look. "), {"text": "Now.", **called(args={})}), chunk(finish="STOP")))
    assert (only(snapshot).text, len(only(snapshot).tool_calls)) == ("I look. Now.", 1)


def test_an_empty_function_call_is_no_call() -> None:
    assert calls(fold(sse(chunk({"functionCall": {}}), chunk(finish="STOP")))) == []


def test_too_many_calls_are_cut_off() -> None:
    state = folded([sse(*[chunk(called()) for _ in range(200)])])
    assert len(state.snapshot().choices[0].tool_calls) == 128
    assert ending(state).endswith("cut off: the number of tool calls is over the limit of 128")


PIECES = [
    called("light", id="c", willContinue=True),
    called(None, partialArgs=[{"jsonPath": "$.level", "numberValue": 50}], willContinue=True),
    called(None, partialArgs=[{"jsonPath": "$.hue", "stringValue": "wa", "willContinue": True}], willContinue=True),
    called(None, partialArgs=[{"jsonPath": "$.hue", "stringValue": "rm"}], willContinue=True),
    called(
        None,
        partialArgs=[
            {"jsonPath": "$.rooms[0]['the name']", "stringValue": "hall"},
            {"jsonPath": "$.rooms[1]", "nullValue": "NULL_VALUE"},
            {"jsonPath": "$.on", "boolValue": True},
        ],
        willContinue=True,
    ),
    {"functionCall": {}},
]
PUT_TOGETHER = '{"level":50,"hue":"warm","rooms":[{"the name":"hall"},null],"on":true}'


def test_arguments_in_pieces_are_one_call() -> None:
    snapshot = fold(sse(*[chunk(piece) for piece in PIECES], chunk(called("g", args={"a": 1})), chunk(finish="STOP")))
    assert calls(snapshot) == [("c", "light", PUT_TOGETHER), ("", "g", '{"a":1}')]


@pytest.mark.parametrize(
    "end",
    [
        [chunk(finish="STOP")],  # the finish reason
        [],  # the end of the body
        [chunk(called("g", args={}))],  # the next call
        [{"error": {"code": 500, "message": "x"}}],
    ],
)
def test_arguments_in_pieces_are_shown_however_the_call_ends(end: list[Any]) -> None:
    assert calls(fold(sse(*[chunk(piece) for piece in PIECES[:-1]], *end)))[0] == ("c", "light", PUT_TOGETHER)


@pytest.mark.parametrize(
    "piece",
    [
        None,
        7,
        {},
        {"jsonPath": 7, "stringValue": "x"},
        {"jsonPath": "", "stringValue": "x"},
        {"jsonPath": "$", "stringValue": "x"},
        {"jsonPath": "hue", "stringValue": "x"},
        {"jsonPath": "$.level.deeper", "stringValue": "x"},
        {"jsonPath": "$.level[0]", "stringValue": "x"},
        {"jsonPath": "$[0]", "stringValue": "x"},
        {"jsonPath": "$.hue..x", "stringValue": "x"},
        {"jsonPath": "$.x"},
        {"jsonPath": "$.x", "stringValue": {"a": 1}},
        {"jsonPath": "$.a" * 40, "stringValue": "x"},
    ],
)
def test_pieces_without_a_place_are_passed_over(piece: Any) -> None:
    body = sse(
        chunk(*PIECES[:4]),
        chunk(called(None, partialArgs=[piece], willContinue=True)),
        chunk(*PIECES[4:], finish="STOP"),
    )
    ((_, _, arguments),) = calls(fold(body))
    assert arguments == PUT_TOGETHER


def test_a_place_far_beyond_the_end_of_a_list_is_none() -> None:
    piece = called("f", partialArgs=[{"jsonPath": "$.a[9999]", "numberValue": 1}])
    assert calls(fold(sse(chunk(piece, finish="STOP")))) == [("", "f", '{"a":[]}')]


def test_a_call_that_was_left_open_is_not_continued_by_the_next() -> None:
    body = sse(chunk(*PIECES[:2]), chunk(called("g", args={"a": 1})), chunk(finish="STOP"))
    assert calls(fold(body)) == [("c", "light", '{"level":50}'), ("", "g", '{"a":1}')]


def test_arguments_in_pieces_are_bounded() -> None:
    many = {"functionCall": {"partialArgs": [{"jsonPath": f"$.k{n}", "stringValue": "x"} for n in range(500)]}}
    state = folded_dialect(
        [sse(chunk(called("f", willContinue=True)), chunk(many))], bounds=Bounds(answer_chars=1_000), dialect="gemini"
    )
    assert "arguments in pieces is over the limit of 1000 B" in ending(state)


# -- finish reasons --------------------------------------------------------------------------------------------------

WORDS = {
    "stop": ["STOP", "stop", " Stop "],
    "length": ["MAX_TOKENS"],
    "content_filter": [
        *("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY"),
        *("IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR"),
    ],
    "error": [
        *("MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"),
        "MISSING_THOUGHT_SIGNATURE",
    ],
    "pause": ["CONTINUATION"],
    "other": [
        *("OTHER", "IMAGE_OTHER", "NO_IMAGE", "ESCALATION", "PUP_LIMITED_DISABLED", "FINISH_REASON_UNSPECIFIED"),
        *("FUNCTION_CALL", "😶"),
    ],
}


@pytest.mark.parametrize(("reason", "raw"), [(reason, raw) for reason, raws in WORDS.items() for raw in raws])
def test_finish_words(reason: str, raw: str) -> None:
    snapshot = fold(sse(chunk(text("x")), chunk(finish=raw)))
    assert (only(snapshot).finish_reason, only(snapshot).finish_reason_raw) == (reason, raw)
    assert snapshot.is_complete


def test_only_a_stop_becomes_tool_calls() -> None:
    assert only(fold(sse(chunk(called(), finish="STOP")))).finish_reason == "tool_calls"
    assert only(fold(sse(chunk(called(), finish="MAX_TOKENS")))).finish_reason == "length"
    assert only(fold(sse(chunk(called(), finish="MALFORMED_FUNCTION_CALL")))).finish_reason == "error"


@pytest.mark.parametrize("raw", ["", " ", "null"])
def test_words_that_are_no_end(raw: str) -> None:
    assert not fold(sse(chunk(text("x"), finish=raw))).is_complete
    assert only(fold(sse(chunk(text("x"), finish="MAX_TOKENS"), chunk(finish=raw)))).finish_reason == "length"


def test_old_servers_repeat_stop_on_every_chunk() -> None:
    snapshot = fold(sse(*[chunk(text(word), finish="STOP", index=0) for word in ("a", "b", "c")]))
    assert (only(snapshot).text, snapshot.is_complete) == ("abc", True)


def test_the_words_that_come_with_a_finish_are_a_remark() -> None:
    payload = chunk(finish="MALFORMED_FUNCTION_CALL")
    payload["candidates"][0]["finishMessage"] = "Malformed function call: call:f{"
    snapshot = fold(sse(chunk(text("x")), payload, payload))
    assert snapshot.remarks == ("Malformed function call: call:f{",)


# -- completeness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "phase"),
    [
        (sse(chunk(text("x"), finish="STOP")), Phase.COMPLETE),
        (sse(chunk(text("x"))), Phase.INTERRUPTED),
        (sse(chunk(text("x")), {"usageMetadata": {"candidatesTokenCount": 1}}), Phase.INTERRUPTED),
        (sse(chunk(text("x"))) + b"data: [DONE]\r\n\r\n", Phase.INTERRUPTED),  # a gateway's word, not Google's
        (sse(chunk(text("x"), finish="STOP")) + b"data: [DONE]\r\n\r\n", Phase.COMPLETE),
        (b"data: [DONE]\r\n\r\n", Phase.INTERRUPTED),
        (sse(chunk(text("x"), finish="STOP"), chunk(text("y"), index=1)), Phase.INTERRUPTED),
        (sse(chunk(text("x"), finish="STOP"))[:-4], Phase.COMPLETE),  # the last event without its blank line
        (sse(chunk(text("x"), finish="STOP"))[:-6], Phase.INTERRUPTED),
        (array(chunk(text("x"), finish="STOP")), Phase.COMPLETE),
        (array(chunk(text("x"), finish="STOP"))[:-3], Phase.COMPLETE),  # the array itself proves nothing
        (array(chunk(text("x"))), Phase.INTERRUPTED),
        (b"[]", Phase.INTERRUPTED),
        (b"[", Phase.INTERRUPTED),
        (b"{}", Phase.FAILED),  # JSON, and no answer
        (b"", Phase.FAILED),
        (b"<!doctype html><title>No</title>", Phase.FAILED),
    ],
)
def test_complete_needs_proof(body: bytes, phase: Phase) -> None:
    assert fold(body).phase is phase


# -- blocked prompts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "NEW_WORD"])
@pytest.mark.parametrize("form", [sse, array])
def test_a_blocked_prompt_is_an_empty_and_whole_answer(form: Any, reason: str) -> None:
    feedback = {"blockReason": reason, "safetyRatings": [{"category": "HARM", "probability": "HIGH", "blocked": True}]}
    snapshot = fold(form({"promptFeedback": feedback, "usageMetadata": {"promptTokenCount": 7}}))
    assert snapshot.choices == (ChoiceSnapshot(0, finish_reason="content_filter", finish_reason_raw=reason),)
    assert snapshot.usage == Usage(prompt=7)
    assert (snapshot.is_complete, snapshot.error) == (True, None)


def test_why_a_prompt_was_blocked_is_a_remark() -> None:
    feedback = {"blockReason": "SAFETY", "blockReasonMessage": "The prompt could not be submitted."}
    assert fold(sse({"promptFeedback": feedback})).remarks == ("The prompt could not be submitted.",)


@pytest.mark.parametrize("feedback", [None, {}, {"safetyRatings": []}, {"blockReason": None}, {"blockReason": ""}, 7])
def test_feedback_without_a_reason_blocks_nothing(feedback: Any) -> None:
    snapshot = fold(sse(chunk(text("x"), promptFeedback=feedback)))
    assert (snapshot.is_complete, only(snapshot).finish_reason) == (False, None)
    assert not fold(sse({"promptFeedback": feedback})).choices


def test_a_block_in_the_middle_ends_what_was_open() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}}
    snapshot = fold(sse(chunk(text("x"), finish="STOP"), chunk(text("y"), index=1), blocked))
    assert [choice.finish_reason_raw for choice in snapshot.choices] == ["STOP", "SAFETY"]
    assert snapshot.is_complete


# -- usage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wire", "usage"),
    [
        ({"promptTokenCount": 9, "candidatesTokenCount": 2, "thoughtsTokenCount": 5}, Usage(9, 7, 5)),
        ({"promptTokenCount": 9, "candidatesTokenCount": 2}, Usage(9, 2)),
        ({"promptTokenCount": 9, "thoughtsTokenCount": 5}, Usage(9, 5, 5)),
        ({"promptTokenCount": 9, "totalTokenCount": 9}, Usage(9)),
        ({"promptTokenCount": 9, "cachedContentTokenCount": 4, "toolUsePromptTokenCount": 3}, Usage(9, cached=4)),
        ({"promptTokenCount": 9, "candidatesTokenCount": None}, Usage(9)),
        ({"promptTokenCount": -1, "candidatesTokenCount": 2**60, "thoughtsTokenCount": 1}, Usage(None, 1, 1)),
        ({"trafficType": "ON_DEMAND"}, None),
        ({}, None),
        (None, None),
        ("many", None),
    ],
)
def test_usage(wire: Any, usage: Usage | None) -> None:
    assert fold(sse(chunk(text("x"), finish="STOP", usageMetadata=wire))).usage == usage


def test_usage_is_cumulative_and_never_added_up() -> None:
    counts = [{"promptTokenCount": 9, "candidatesTokenCount": n} for n in (1, 1, 4, 8)]
    chunks = [chunk(text("x"), usageMetadata=count) for count in counts]
    assert fold(sse(*chunks, chunk(finish="STOP", usageMetadata=None), chunk(finish="STOP"))).usage == Usage(9, 8)


def test_usage_may_come_alone_after_the_finish() -> None:
    snapshot = fold(sse(chunk(text("x"), finish="STOP"), {"usageMetadata": {"candidatesTokenCount": 3}}))
    assert (snapshot.usage, snapshot.is_complete) == (Usage(None, 3), True)


# -- what is no text -------------------------------------------------------------------------------------------------


def activities(data: bytes) -> list[str]:
    return [event.text for event in events_of(data) if isinstance(event, Activity)]


def test_code_that_runs_at_the_server_is_activity() -> None:
    code = {"executableCode": {"language": "PYTHON", "code": "print(1)"}}
    result = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n"}}
    body = sse(chunk(text("I run it. "), code), chunk(result), chunk(text("It is 1."), text(" Done.")))
    assert activities(body) == ["running python code", "the code has run: ok", ""]
    assert only(fold(body)).text == "I run it. It is 1. Done."


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ({"codeExecutionResult": {"outcome": "OUTCOME_DEADLINE_EXCEEDED"}}, "the code has run: deadline exceeded"),
        ({"codeExecutionResult": {"outcome": 7}}, "the code has run: unknown"),
        ({"codeExecutionResult": "odd"}, "the code has run: unknown"),
        ({"executableCode": {"code": "x"}}, "running code"),
        ({"executableCode": [1]}, "running code"),
    ],
)
def test_odd_code_parts(part: Any, shown: str) -> None:
    assert activities(sse(chunk(part))) == [shown]
    assert activities(sse(chunk(part), chunk(finish="STOP"))) == [shown, ""]


def test_images_are_remarked_once() -> None:
    image = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
    snapshot = fold(sse(chunk(text("Here: "), image), chunk(image), chunk(finish="STOP")))
    assert snapshot.remarks == ("the answer holds data that is not shown (image/png)",)
    assert only(snapshot).text == "Here: "


def test_log_probabilities() -> None:
    payload = chunk(text("Hi"), finish="STOP")
    payload["candidates"][0]["logprobsResult"] = {
        "chosenCandidates": [{"token": "H", "tokenId": 1, "logProbability": -0.5}, {"token": "i"}],
        "topCandidates": [{"candidates": [{"token": "H", "logProbability": -0.5}, {"token": "Y"}]}],
    }
    assert only(fold(sse(payload))).logprobs == (TokenLogprob("H", -0.5, (("H", -0.5),)), TokenLogprob("i"))


# -- errors ----------------------------------------------------------------------------------------------------------

UNAVAILABLE = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
PRETTY = json.dumps(UNAVAILABLE, indent=2).encode()


@pytest.mark.parametrize(
    "tail",
    [
        sse(UNAVAILABLE),
        sse([UNAVAILABLE]),
        b"event: error\r\n" + sse(UNAVAILABLE),
        PRETTY,  # over many lines, without `data:`
        PRETTY + b"\r\n\r\n",
        PRETTY.replace(b"\n", b"\r\n"),
        b"[" + PRETTY + b"]\n",
        json.dumps(UNAVAILABLE).encode(),
        b"data: " + PRETTY.replace(b"\n", b"\ndata: ") + b"\n\n",
        b"error: " + json.dumps(UNAVAILABLE["error"]).encode() + b"\n\n",
    ],
)
def test_errors_in_the_middle_in_every_form(tail: bytes) -> None:
    snapshot = fold(sse(chunk(text("So ")), chunk(text("far"))) + tail)
    assert snapshot.phase is Phase.FAILED
    assert snapshot.error is not None
    assert (snapshot.error.kind, snapshot.error.message) == ("api", "The model is overloaded.")
    assert (snapshot.error.type, snapshot.error.code, snapshot.error.retryable) == ("UNAVAILABLE", "503", True)
    assert only(snapshot).text == "So far"


@pytest.mark.parametrize("lead", [b",", b"", b"\n,\r\n"])
def test_an_error_as_the_last_element_of_an_array(lead: bytes) -> None:
    body = array(chunk(text("So far")))[:-3] + lead + PRETTY
    for whole in (body, body + b"]", body + b"\n]\n"):
        snapshot = fold(whole)
        assert snapshot.error is not None
        assert (snapshot.error.message, only(snapshot).text) == ("The model is overloaded.", "So far")


@pytest.mark.parametrize("body", [PRETTY, b"[" + PRETTY + b"]", b"[[" + PRETTY + b"]]", sse(UNAVAILABLE)])
def test_an_error_instead_of_an_answer(body: bytes) -> None:
    snapshot = fold(body)
    assert snapshot.error is not None
    assert (snapshot.phase, snapshot.error.type, snapshot.choices) == (Phase.FAILED, "UNAVAILABLE", ())


def test_the_delay_google_asks_for() -> None:
    detail = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}
    help_ = {"@type": "type.googleapis.com/google.rpc.Help", "links": []}
    error = {"error": {"code": 429, "message": "Quota", "status": "RESOURCE_EXHAUSTED", "details": [help_, detail]}}
    found = fold(sse(chunk(text("x")), error)).error
    assert found is not None
    assert (found.type, found.retryable, found.retry_after_s) == ("RESOURCE_EXHAUSTED", True, 34.5)
    for body in (error, [error]):
        refused = http_error(429, {}, json.dumps(body).encode())
        assert (refused.message, refused.type, refused.retry_after_s) == ("Quota", "RESOURCE_EXHAUSTED", 34.5)
        assert refused.retryable


def test_a_payload_with_an_error_is_folded_before_the_error_counts() -> None:
    payload = chunk(text(" last"), finish="STOP", usageMetadata={"candidatesTokenCount": 3}) | UNAVAILABLE
    snapshot = fold(sse(chunk(text("The")), payload, chunk(text("never"))))
    assert (only(snapshot).text, snapshot.usage, snapshot.counts.payloads) == ("The last", Usage(None, 3), 2)
    assert snapshot.phase is Phase.FAILED


@pytest.mark.parametrize("error", [None, "", {}, [], False])
def test_an_empty_error_field_is_no_error(error: Any) -> None:
    assert fold(sse(chunk(text("x"), finish="STOP", error=error))).is_complete


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'event: error\ndata: {"message": "no", "status": "INTERNAL"}\n\n', "no"),
        (b"event: error\ndata: {}\n\n", "the server reported an error without saying which"),
        (sse({"detail": "Not Found"}), "Not Found"),
        (sse({"error": "text"}), "text"),
    ],
)
def test_what_gateways_call_errors(body: bytes, message: str) -> None:
    error = fold(sse(chunk(text("x"))) + body).error
    assert error is not None
    assert error.message == message


# -- odd types -------------------------------------------------------------------------------------------------------

ODD: list[Any] = [None, True, 0, -1, 1.5, 10**400, "", "x", "7", [], [[]], [None], {}, {"a": {"b": []}}, [{}], ["x"]]
PLACES: list[tuple[str | int, ...]] = [
    ("candidates",),
    ("usageMetadata",),
    ("usageMetadata", "candidatesTokenCount"),
    ("modelVersion",),
    ("responseId",),
    ("message",),
    ("candidates", 0),
    ("candidates", 0, "index"),
    ("candidates", 0, "content"),
    ("candidates", 0, "content", "parts"),
    ("candidates", 0, "content", "parts", 0),
    ("candidates", 0, "content", "parts", 0, "text"),
    ("candidates", 0, "content", "parts", 0, "thought"),
    ("candidates", 0, "content", "parts", 0, "thoughtSignature"),
    ("candidates", 0, "content", "parts", 0, "executableCode"),
    ("candidates", 0, "content", "parts", 0, "codeExecutionResult"),
    ("candidates", 0, "content", "parts", 0, "inlineData"),
    ("candidates", 0, "content", "parts", 1, "functionCall"),
    ("candidates", 0, "content", "parts", 1, "functionCall", "name"),
    ("candidates", 0, "content", "parts", 1, "functionCall", "id"),
    ("candidates", 0, "content", "parts", 1, "functionCall", "args"),
    ("candidates", 0, "content", "parts", 1, "functionCall", "partialArgs"),
    ("candidates", 0, "content", "parts", 1, "functionCall", "willContinue"),
    ("candidates", 0, "logprobsResult"),
    ("candidates", 0, "safetyRatings"),
    ("candidates", 0, "groundingMetadata"),
    ("candidates", 0, "finishMessage"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_odd_types_cost_their_field_and_nothing_else(place: tuple[str | int, ...]) -> None:
    for odd in ODD:
        if place[-1] == "index" and odd not in (None, 0, "") and isinstance(odd, int | str):
            continue  # another candidate, with no proof of its end
        payload: Any = json.loads(json.dumps(chunk(text("odd "), called(args={}), usageMetadata={"x": 1})))
        at = payload
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = odd
        state = folded([sse(chunk(text("before ")), payload, chunk(text("after"), finish="STOP"))])
        assert state.phase is Phase.COMPLETE, odd
        choice = state.snapshot().choices[0]
        assert choice.text.startswith("before "), odd
        assert choice.text.endswith("after") or choice.reasoning.endswith("after"), odd
        repr(state.snapshot()).encode()


@pytest.mark.parametrize("keep_alive", [b"data:\n\n", b": ping\n\n", b"data: null\n\n", b"data: {}\n\n", b"\r\n"])
def test_keep_alives(keep_alive: bytes) -> None:
    body = keep_alive + sse(chunk(text("x"))) + keep_alive + sse(chunk(finish="STOP")) + keep_alive
    snapshot = fold(body)
    assert (only(snapshot).text, snapshot.is_complete, snapshot.counts.undecodable) == ("x", True, 0)


def test_undecodable_payloads_are_counted_and_passed_over() -> None:
    snapshot = fold(sse(chunk(text("a")), b"{no", chunk(text("b"), finish="STOP")))
    assert (only(snapshot).text, snapshot.counts.undecodable) == ("ab", 1)
    snapshot = fold(
        b"[" + json.dumps(chunk(text("a"))).encode() + b",{no}," + json.dumps(chunk(finish="STOP")).encode()
    )
    assert (only(snapshot).text, snapshot.counts.undecodable, snapshot.is_complete) == ("a", 1, True)


# -- recordings ------------------------------------------------------------------------------------------------------

GREETING = "Hello! I am a mock. How can I help you today?"
GREETING_REASONS = "The user says hello. I will greet them back."
SHEEP_REASONS = (
    "Let me think step by step. First I count the sheep: one, two, three, four. "
    "Then I remember that two of them were goats, so I subtract."
)
WEATHER = (ToolCallSnapshot("", "function", "get_weather", '{"city":"Paris","unit":"celsius"}', "valid"),)
EXPECTED: dict[str, tuple[int, ChoiceSnapshot]] = {
    "litellm/gemini__mock": (
        24,
        ChoiceSnapshot(0, "Hello! This is LiteLLM's own mock response, streamed in small pieces."),
    ),
    "litellm/gemini__up-chat": (5, ChoiceSnapshot(0, GREETING)),
    "litellm/gemini__up-gemini": (8, ChoiceSnapshot(0, GREETING, GREETING_REASONS)),
    "litellm/gemini_think__up-gemini": (14, ChoiceSnapshot(0, "There are **two** sheep.", SHEEP_REASONS)),
    "litellm/gemini_tools__up-chat": (
        4,
        ChoiceSnapshot(0, "I will look that up.", tool_calls=WEATHER, finish_reason="tool_calls"),
    ),
    "litellm/gemini_tools__up-gemini": (  # the simulated server has a word of its own for it
        3,
        ChoiceSnapshot(
            0, "I will look that up.", tool_calls=WEATHER, finish_reason="other", finish_reason_raw="FUNCTION_CALL"
        ),
    ),
}
"""Payloads, and the one choice of each; where nothing else is said it ended with STOP."""


def test_every_recording_has_its_expectation() -> None:
    assert set(RECORDINGS) == set(EXPECTED)
    assert len(RECORDINGS) == 6


@pytest.mark.parametrize("name", EXPECTED)
def test_recordings_fold_to_what_was_sent(name: str) -> None:
    payloads, choice = EXPECTED[name]
    recording = RECORDINGS[name]
    snapshot = folded([recording.raw]).snapshot()
    ended = {"finish_reason": choice.finish_reason or "stop", "finish_reason_raw": choice.finish_reason_raw or "STOP"}
    assert only(snapshot) == replace(choice, **ended)  # type: ignore[arg-type]  # the words are the right ones
    assert (snapshot.phase, snapshot.error) == (Phase.COMPLETE, None)
    assert (snapshot.model, snapshot.response_id) == ("", "")
    assert snapshot.usage == Usage(prompt=0, completion=0)  # the proxy's word for unknown, sent as numbers
    assert (snapshot.counts.payloads, snapshot.counts.undecodable) == (payloads, 0)
    reads = [recording.http_chunks, *(cut(recording.raw, size) for size in SIZES), cut_at_random(recording.raw, 1, 300)]
    for others in reads:
        assert timeless(folded(others).snapshot()) == timeless(snapshot)


@pytest.mark.parametrize("name", EXPECTED)
def test_recordings_cut_before_their_proof_are_not_complete(name: str) -> None:
    """The finish reason is in the last event of each; without that event's last bracket nothing is proved."""
    raw = RECORDINGS[name].raw
    proof = raw.rstrip(b"\n")
    assert b"finishReason" in proof[proof.rfind(b"\n") :]
    for end in range(len(proof)):
        assert not folded([raw[:end]]).snapshot().is_complete
    assert folded([proof]).snapshot().is_complete


@pytest.mark.parametrize("name", EXPECTED)
def test_recordings_as_an_array_fold_to_the_same(name: str) -> None:
    raw = RECORDINGS[name].raw
    payloads = [line.removeprefix(b"data: ") for line in raw.split(b"\n") if line]
    snapshot, same = folded([raw]).snapshot(), fold(b"[" + b"\n,\r\n".join(payloads) + b"\n]")
    assert (same.choices, same.usage, same.phase) == (snapshot.choices, snapshot.usage, snapshot.phase)


# -- the request -----------------------------------------------------------------------------------------------------

BASE = "https://api.example/v1beta"
WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather",
        "strict": True,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": False},
    },
}


def target(options: dict[str, Any] | None = None, model: str = "gemini-3-pro", **more: Any) -> Target:
    return Target("t", "gemini", model, "gemini", BASE, options or {}, {"X-Team": "a"}, **more)


def request_body(prompt: Prompt, model: str = "gemini-3-pro", **options: Any) -> dict[str, Any]:
    request = dialect_named("gemini").build_request(target(options, model), prompt)
    assert request.url == f"{BASE}/models/{model}:streamGenerateContent?alt=sse"
    assert (request.method, dict(request.headers)) == ("POST", {"X-Team": "a"})
    body: dict[str, Any] = json.loads(request.body)
    return body


def config(**options: Any) -> Any:
    body = request_body(Prompt.of("x"), **options)
    assert set(body) == {"contents", "generationConfig"}
    return body["generationConfig"]


def test_the_request() -> None:
    turns = (Message("user", "1+1?"), Message("assistant", "2"), Message("user", "sure?"))
    assert request_body(Prompt(turns, system="Be brief.")) == {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "1+1?"}]},
            {"role": "model", "parts": [{"text": "2"}]},
            {"role": "user", "parts": [{"text": "sure?"}]},
        ],
    }
    assert request_body(Prompt.of("")) == {"contents": [{"role": "user", "parts": [{"text": ""}]}]}


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("gemini-2.5-flash", "models/gemini-2.5-flash"),
        ("models/gemini-2.5-flash", "models/gemini-2.5-flash"),
        ("tunedModels/mine", "tunedModels/mine"),
        ("org/model@1", "models/org/model@1"),
        ("a b?c#d:e", "models/a%20b%3Fc%23d%3Ae"),
    ],
)
def test_the_model_is_in_the_address_only(model: str, path: str) -> None:
    request = dialect_named("gemini").build_request(target(model=model, query={"v": "1"}), Prompt.of("x"))
    assert request.url == f"{BASE}/{path}:streamGenerateContent?alt=sse&v=1"
    assert "model" not in json.loads(request.body)


def test_the_key_goes_into_its_own_header() -> None:
    assert dialect_named("gemini").auth == "x-goog-api-key"


def test_common_options_under_googles_names() -> None:
    assert config(
        temperature=0,
        top_p=0.5,
        top_k=3,
        max_tokens=9,
        stop=["a", "b"],
        seed=1,
        n=2,
        presence_penalty=0.1,
        frequency_penalty=0.2,
        logprobs=True,
        top_logprobs=4,
    ) == {
        "temperature": 0,
        "topP": 0.5,
        "topK": 3,
        "maxOutputTokens": 9,
        "stopSequences": ["a", "b"],
        "seed": 1,
        "candidateCount": 2,
        "presencePenalty": 0.1,
        "frequencyPenalty": 0.2,
        "responseLogprobs": True,
        "logprobs": 4,
    }
    assert config(stop="a") == {"stopSequences": ["a"]}


def test_googles_own_names_and_unknown_ones() -> None:
    assert config(topK=3, responseModalities=["TEXT"], includeThoughts=True, thinkingBudget=5) == {
        "topK": 3,
        "responseModalities": ["TEXT"],
        "thinkingConfig": {"includeThoughts": True, "thinkingBudget": 5},
    }
    body = request_body(Prompt.of("x"), safetySettings=[{"category": "A"}], cachedContent="c", include_usage=False)
    assert (body["safetySettings"], body["cachedContent"]) == ([{"category": "A"}], "c")
    assert "include_usage" not in body


def test_objects_given_as_options_are_added_to_and_not_changed() -> None:
    given = {"generationConfig": {"topK": 1, "thinkingConfig": {"thinkingBudget": 1}}, "includeThoughts": True}
    before = json.dumps(given)
    wanted = {"topK": 1, "thinkingConfig": {"thinkingBudget": 1, "includeThoughts": True}, "temperature": 0}
    for order in (given, dict(reversed(given.items()))):
        assert config(temperature=0, **order) == wanted
    assert config(includeThoughts=True, thinkingConfig={"thinkingBudget": 1})["thinkingConfig"] == {
        "thinkingBudget": 1,
        "includeThoughts": True,
    }
    assert json.dumps(given) == before


@pytest.mark.parametrize(
    ("model", "effort", "thinking"),
    [
        ("gemini-3-pro", "high", {"includeThoughts": True, "thinkingLevel": "high"}),
        ("gemini-3-flash", "minimal", {"includeThoughts": True, "thinkingLevel": "minimal"}),
        ("gemini-3-flash", "none", {"thinkingBudget": 0}),
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0}),
        ("gemini-2.5-flash", "minimal", {"includeThoughts": True, "thinkingBudget": 1024}),
        ("gemini-2.5-flash", "low", {"includeThoughts": True, "thinkingBudget": 1024}),
        ("gemini-2.5-flash", "medium", {"includeThoughts": True, "thinkingBudget": 8192}),
        ("gemini-2.5-flash", "high", {"includeThoughts": True, "thinkingBudget": 24576}),
        ("gemini-2.5-flash", 77, {"includeThoughts": True, "thinkingBudget": 77}),
    ],
)
def test_reasoning_effort(model: str, effort: Any, thinking: dict[str, Any]) -> None:
    assert request_body(Prompt.of("x"), model, reasoning_effort=effort)["generationConfig"] == {
        "thinkingConfig": thinking
    }


def test_a_written_thinking_config_goes_before_the_effort() -> None:
    assert config(reasoning_effort="low", thinkingConfig={"includeThoughts": False})["thinkingConfig"] == {
        "includeThoughts": False,
        "thinkingLevel": "low",
    }


def test_tools_become_function_declarations() -> None:
    plain = {"type": "function", "function": {"name": "now", "parameters": {}}}
    own: dict[str, Any] = {"googleSearch": {}}
    body = request_body(Prompt.of("x", tools=(WEATHER_TOOL, own, plain)))
    assert body["tools"] == [
        {
            "functionDeclarations": [
                {
                    "name": "get_weather",
                    "description": "The weather",
                    "parametersJsonSchema": WEATHER_TOOL["function"]["parameters"],  # type: ignore[index]
                },
                {"name": "now"},
            ]
        },
        {"googleSearch": {}},
    ]
    assert request_body(Prompt.of("x", tools=(own,)))["tools"] == [own]


@pytest.mark.parametrize(
    ("choice", "calling"),
    [
        ("auto", {"mode": "AUTO"}),
        ("none", {"mode": "NONE"}),
        ("required", {"mode": "ANY"}),
        ("f", {"mode": "ANY", "allowedFunctionNames": ["f"]}),
        ({"type": "function", "function": {"name": "f"}}, {"mode": "ANY", "allowedFunctionNames": ["f"]}),
    ],
)
def test_tool_choice(choice: Any, calling: dict[str, Any]) -> None:
    assert request_body(Prompt.of("x"), tool_choice=choice)["toolConfig"] == {"functionCallingConfig": calling}


def test_a_schema_for_the_answer() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
    body = request_body(Prompt((Message("user", "x"),), schema=schema), temperature=0)
    assert body["generationConfig"] == {
        "responseMimeType": "application/json",
        "responseJsonSchema": schema,
        "temperature": 0,
    }


def test_calls_and_their_results() -> None:
    made = (CallMade("c1", "f", '{"a": 1}'), CallMade("", "g", ""))
    turns = (
        Message("user", "go"),
        Message("assistant", "I look.", made),
        Message("tool", "21 degrees", call_id="c1"),
        Message("tool", '{"ok": true}', tool_name="g"),
        Message("assistant", "", (CallMade("c2", "f", " "),)),
        Message("tool", "[1]", call_id="c2", tool_name="other"),
        Message("user", "and?"),
    )
    assert request_body(Prompt(turns))["contents"][1:] == [
        {
            "role": "model",
            "parts": [
                {"text": "I look."},
                {"functionCall": {"id": "c1", "name": "f", "args": {"a": 1}}},
                {"functionCall": {"name": "g", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "c1", "name": "f", "response": {"output": "21 degrees"}}},
                {"functionResponse": {"name": "g", "response": {"ok": True}}},
            ],
        },
        {"role": "model", "parts": [{"functionCall": {"id": "c2", "name": "f", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"id": "c2", "name": "other", "response": {"output": "[1]"}}}]},
        {"role": "user", "parts": [{"text": "and?"}]},
    ]


@pytest.mark.parametrize(
    ("prompt", "options", "words"),
    [
        (Prompt.of("x"), {"parallel_tool_calls": False}, "t: the gemini dialect has no parallel_tool_calls"),
        (Prompt.of("x"), {"seed": object()}, "t: an option cannot be written as JSON"),
        (Prompt.of("x"), {"generationConfig": 7}, "t: option 'generationConfig' is 7; expected an object"),
        (Prompt.of("x"), {"tool_choice": ["f"]}, r"t: tool_choice \['f'\] cannot be said in the gemini dialect"),
        (Prompt.of("x"), {"thinkingConfig": 7, "includeThoughts": True}, "does not fit beside thinkingConfig=7"),
        (Prompt((Message("user", "x"),), continues="r"), {}, "t: the gemini dialect cannot go on from a response"),
        (Prompt.of("x", tools=({"type": "custom", "custom": {}},)), {}, "t: the gemini dialect has no tools of type"),
        (Prompt((Message("tool", "x", call_id="c"),)), {}, "t: the gemini dialect needs the name of the tool"),
        *(
            (Prompt((Message("assistant", "", (CallMade("c", "f", bad, kind),)),)), {}, "t: the call of 'f' in an")
            for bad, kind in [("{", "function"), ("[1]", "function"), ('"x"', "function"), ("{}", "custom")]
        ),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(prompt: Prompt, options: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        request_body(prompt, **options)


def test_an_effort_unknown_to_a_model_is_refused() -> None:
    with pytest.raises(RequestError, match=r"t: reasoning_effort 'huge' means nothing to gemini-2\.5-pro; use none, "):
        request_body(Prompt.of("x"), "gemini-2.5-pro", reasoning_effort="huge")
