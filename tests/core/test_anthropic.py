"""The anthropic dialect, rule by rule: docs/protocols.md, "Anthropic Messages".

`fold` decodes each stream whole, byte by byte and at random splits, and insists on one result.
"""

import json
from typing import Any

import pytest

from tests.core import replay
from tests.core.replay import MS, begun, folded
from tui.core.bounds import Bounds
from tui.core.dialects.anthropic import AnthropicDecoder
from tui.core.endings import ending
from tui.core.events import Usage
from tui.core.failure import StreamError, http_error
from tui.core.phase import Phase
from tui.core.snapshot import ChoiceSnapshot, Snapshot


def fold(data: bytes) -> Snapshot:
    return replay.fold(data, dialect="anthropic")


def only(snapshot: Snapshot) -> ChoiceSnapshot:
    (choice,) = snapshot.choices
    return choice


def events(*payloads: Any, named: bool = True, end: bytes = b"\n\n") -> bytes:
    """Payloads (JSON values, or bytes as they are) as events named after their type, as the API sends them."""
    parts = []
    for payload in payloads:
        if isinstance(payload, bytes):
            parts.append(payload)
            continue
        line = end[: len(end) // 2]
        name = b"event: %s%s" % (payload["type"].encode(), line) if named else b""
        parts.append(name + b"data: " + json.dumps(payload).encode() + end)
    return b"".join(parts)


def start(usage: Any = None, **more: Any) -> dict[str, Any]:
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "claude",
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    return {"type": "message_start", "message": message | more}


def opened(index: int | None, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int | None, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": fields}


def said(text: str, index: int | None = 0) -> dict[str, Any]:
    return delta(index, type="text_delta", text=text)


def thought(text: str, index: int | None = 0) -> dict[str, Any]:
    return delta(index, type="thinking_delta", thinking=text)


def typed(json_text: Any, index: int | None = 0) -> dict[str, Any]:
    return delta(index, type="input_json_delta", partial_json=json_text)


def closed(index: int | None = 0) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def finished(reason: Any = "end_turn", usage: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None} | more, "usage": usage}


TEXT = opened(0, type="text", text="")
STOP = {"type": "message_stop"}
PING = {"type": "ping"}
HELLO = [start(), TEXT, said("Hel"), said("lo"), closed(), finished(), STOP]


def tool(index: int | None, id_: str = "toolu_1", name: str = "f", **more: Any) -> dict[str, Any]:
    return opened(index, type="tool_use", id=id_, name=name, **({"input": {}} | more))


def calls(*payloads: Any) -> list[tuple[str, str, str]]:
    """(id, name, arguments) of the calls of a whole answer with these payloads in it."""
    snapshot = fold(events(start(), *payloads, finished("tool_use"), STOP))
    assert snapshot.is_complete
    return [(call.id, call.name, call.arguments) for call in only(snapshot).tool_calls]


# -- the documented order, and what may not be relied on -------------------------------------------------------------


def test_the_documented_order() -> None:
    snapshot = fold(
        events(
            start({"input_tokens": 9, "output_tokens": 1}),
            opened(0, type="thinking", thinking="", signature=""),
            PING,
            thought("Hm"),
            thought("m."),
            delta(0, type="signature_delta", signature="c2ln"),
            closed(),
            opened(1, type="text", text=""),
            said("Hel", 1),
            said("lo", 1),
            closed(1),
            finished("end_turn", {"output_tokens": 4}),
            STOP,
        )
    )
    assert only(snapshot) == ChoiceSnapshot(
        0, text="Hello", reasoning="Hmm.", finish_reason="stop", finish_reason_raw="end_turn"
    )
    assert (snapshot.response_id, snapshot.model) == ("msg_1", "claude")
    assert snapshot.usage == Usage(9, 4)
    assert snapshot.counts.payloads == 13  # ping counts
    assert snapshot.is_complete


def untyped(payload: dict[str, Any]) -> bytes:
    """The payload without its `type`, under its event name."""
    rest = {key: value for key, value in payload.items() if key != "type"}
    return b"event: %s\ndata: %s\n\n" % (payload["type"].encode(), json.dumps(rest).encode())


def misnamed(payload: dict[str, Any]) -> bytes:
    return b"event: message\ndata: %s\n\n" % json.dumps(payload).encode()


@pytest.mark.parametrize(
    "stream",
    [
        events(*HELLO, named=False),
        events(*HELLO, end=b"\r\n\r\n"),
        events(*HELLO, end=b"\r\r"),
        b"".join(map(untyped, HELLO)),
        b"".join(map(misnamed, HELLO)),
        events(start(), said("Hel"), said("lo"), finished(), STOP),  # blocks that were never announced
        events(said("Hello"), STOP),
        events(start(), TEXT, said("Hel"), said("lo"), STOP, finished()),  # what comes after the end is ignored
        events(start(), opened(0, type="text", text="Hel"), said("lo"), closed(), finished(), STOP),
        events(start(), opened(None, type="text"), said("Hel", None), said("lo", None), closed(None), STOP),
        events(start(content=[{"type": "text", "text": "Hel"}]), said("lo"), finished(), STOP),
        events(start(), finished("end_turn"), said("Hello"), STOP),
        events(*HELLO, b"data: [DONE]\n\n"),
        events(start(), b": keep-alive\n\n", TEXT, b"data: [DONE]\n\n", said("Hello"), finished(), STOP),
        events(start(), TEXT, said("Hello"), closed(), finished(None), finished("end_turn"), finished(""), STOP),
        events(*HELLO[:-1]) + b'event: message_stop\ndata: {"type":"message_stop"}',  # no blank line behind it
    ],
)
def test_nothing_of_that_order_is_relied_on(stream: bytes) -> None:
    snapshot = fold(stream)
    assert only(snapshot).text == "Hello"
    assert snapshot.is_complete


@pytest.mark.parametrize("name", [b"", b"event: message\n", b"event: delta\n"])
def test_payloads_without_type_and_name_are_told_by_their_fields(name: bytes) -> None:
    bare = [{key: value for key, value in payload.items() if key != "type"} for payload in HELLO[:-1]]
    snapshot = fold(b"".join(name + b"data: %s\n\n" % json.dumps(payload).encode() for payload in bare) + events(STOP))
    assert (only(snapshot).text, only(snapshot).finish_reason, snapshot.response_id) == ("Hello", "stop", "msg_1")
    assert snapshot.is_complete


def test_new_event_block_and_delta_types_are_passed_over() -> None:
    snapshot = fold(
        events(
            start(),
            {"type": "weather_report", "delta": {"type": "text_delta", "text": "no"}, "content": "no"},
            opened(0, type="hologram", text="no", thinking="no"),
            delta(0, type="hologram_delta", text="no", partial_json="no"),
            closed(0),
            opened(1, type="container_upload", file_id="file_1"),
            opened(2, type="text", text=""),
            said("yes", 2),
            delta(2, type="citations_delta", citation={"type": "char_location", "cited_text": "no"}),
            finished(),
            STOP,
        )
    )
    assert (only(snapshot).text, only(snapshot).reasoning, only(snapshot).tool_calls) == ("yes", "", ())
    assert snapshot.counts.undecodable == 0


def test_text_blocks_are_one_text() -> None:
    """Cited answers come in many blocks, cut in the middle of sentences."""
    parts = [event for index, text in enumerate(["The sky", " is", " blue."]) for event in (said(text, index),)]
    assert only(fold(events(start(), *parts, finished(), STOP))).text == "The sky is blue."


def test_thinking_and_what_is_none_of_it() -> None:
    snapshot = fold(
        events(
            start(),
            opened(0, type="thinking", thinking="Let ", signature=""),
            thought("me."),
            delta(0, type="signature_delta", signature="c2lnbmF0dXJl"),
            closed(),
            opened(1, type="redacted_thinking", data="ZW5jcnlwdGVk"),
            closed(1),
            opened(2, type="thinking", thinking="", signature="c2ln"),  # display: omitted
            closed(2),
            opened(3, type="text", text=""),
            said("Hi", 3),
            finished(),
            STOP,
        )
    )
    assert (only(snapshot).reasoning, only(snapshot).text) == ("Let me.", "Hi")


# -- completeness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "phase"),
    [
        (events(*HELLO), Phase.COMPLETE),
        (events(start(), STOP), Phase.COMPLETE),  # an answer of nothing
        (events(*HELLO[:-1]), Phase.INTERRUPTED),  # a stop reason is no end here
        (events(*HELLO[:-1], b"data: [DONE]\n\n"), Phase.INTERRUPTED),  # nor is what gateways append
        (events(start()), Phase.INTERRUPTED),
        (events(start(), TEXT, said("x")), Phase.INTERRUPTED),
        (events(STOP), Phase.FAILED),
        (events(PING, PING), Phase.INTERRUPTED),
        (b"data: [DONE]\n\n", Phase.INTERRUPTED),
        (b"", Phase.FAILED),
        (events(start(), said("x"), {"type": "error", "error": {"type": "overloaded_error"}}, STOP), Phase.FAILED),
        (events(said("event: message_stop")), Phase.INTERRUPTED),
        (events(*HELLO[:-1]) + b'event: message_stop\ndata: {"type":"message_st', Phase.INTERRUPTED),
    ],
)
def test_complete_needs_message_stop(stream: bytes, phase: Phase) -> None:
    snapshot = fold(stream)
    assert snapshot.phase is phase
    assert snapshot.is_complete is (phase is Phase.COMPLETE)


def test_a_transport_failure_after_the_stop_reason_is_still_an_interruption() -> None:
    state = begun(dialect="anthropic")
    state.receive(events(*HELLO[:-1]), 2_000 * MS)
    state.fail(StreamError("transport", "gone"), 2_001 * MS)
    assert state.phase is Phase.INTERRUPTED
    assert only(state.snapshot()).text == "Hello"


# -- finish reasons --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("End_Turn", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("pause_turn", "pause"),
        ("compaction", "pause"),
        ("bored", "other"),
    ],
)
def test_stop_reasons(raw: str, reason: str) -> None:
    choice = only(fold(events(start(), said("x"), finished(raw), STOP)))
    assert (choice.finish_reason, choice.finish_reason_raw) == (reason, raw)


@pytest.mark.parametrize("raw", [None, "", "null", 7])
def test_stop_reasons_that_are_none_take_nothing_back(raw: object) -> None:
    assert only(fold(events(start(), said("x"), finished(raw), STOP))).finish_reason is None
    assert only(fold(events(start(), said("x"), finished("max_tokens"), finished(raw), STOP))).finish_reason == "length"


def test_end_turn_with_a_call_is_tool_calls() -> None:
    choice = only(fold(events(start(), tool(0), closed(), finished("end_turn"), STOP)))
    assert (choice.finish_reason, choice.finish_reason_raw) == ("tool_calls", "end_turn")


def test_pause_turn_is_told_in_words() -> None:
    state = folded([events(start(), said("x"), finished("pause_turn"), STOP)], dialect="anthropic")
    assert (state.phase, ending(state)) == (Phase.COMPLETE, "pause")


@pytest.mark.parametrize(
    ("details", "remarks"),
    [
        (
            {"type": "refusal", "category": "cyber", "explanation": "This may do harm."},
            ("the model refused (cyber): This may do harm.",),
        ),
        ({"type": "refusal", "category": None, "explanation": "No."}, ("the model refused: No.",)),
        ({"type": "refusal", "category": "bio", "explanation": None}, ("the model refused (bio)",)),
        ({"type": "refusal", "category": None, "explanation": None}, ()),
        ({"category": 3, "explanation": {"a": 1}}, ()),
        ("cyber", ()),
        (None, ()),
    ],
)
def test_a_refusal_says_why(details: object, remarks: tuple[str, ...]) -> None:
    refused = finished("refusal", stop_details=details)
    snapshot = fold(events(start(), said("I "), refused, refused, STOP))
    assert (only(snapshot).text, only(snapshot).finish_reason) == ("I ", "content_filter")
    assert snapshot.remarks == remarks


# -- tool calls ------------------------------------------------------------------------------------------------------


def test_a_call_in_pieces() -> None:
    assert calls(tool(0), typed(""), typed('{"x":'), typed(" 1}"), closed()) == [("toolu_1", "f", '{"x": 1}')]


def test_overlapping_blocks_are_told_by_their_index() -> None:
    assert calls(
        tool(1, "a", "f"), tool(2, "b", "g"), typed('{"x"', 1), typed("{}", 2), typed(":1}", 1), closed(2), closed(1)
    ) == [("a", "f", '{"x":1}'), ("b", "g", "{}")]


def test_a_call_without_json_text_was_called_with_the_input_of_its_start() -> None:
    assert calls(tool(0), typed(""), closed()) == [("toolu_1", "f", "{}")]
    assert calls(tool(0, input={"city": "Zürich"}), closed()) == [("toolu_1", "f", '{"city":"Zürich"}')]
    assert calls(tool(0, input={"city": "Zürich"})) == [("toolu_1", "f", '{"city":"Zürich"}')]  # never closed
    assert calls(tool(0, input=None), closed(), closed()) == [("toolu_1", "f", "{}")]
    assert calls(tool(0, input={"x": 1}), typed('{"x":1}'), closed()) == [("toolu_1", "f", '{"x":1}')]


def test_an_input_that_came_whole_survives_an_interruption() -> None:
    (call,) = only(fold(events(start(), tool(0, input={"x": 1})))).tool_calls
    assert call.arguments == '{"x":1}'
    (call,) = only(fold(events(start(), tool(0)))).tool_calls
    assert (call.arguments, call.validity) == ("", "empty")  # text may still have been to come
    (call,) = only(fold(events(start(), tool(0), closed()))).tool_calls
    assert call.arguments == "{}"


def test_one_index_for_several_blocks() -> None:
    """Compatible servers that count nothing: a block that begins is a block of its own."""
    assert calls(tool(0, "a"), typed("1"), closed(), tool(0, "b"), typed("2"), closed(), said("x")) == [
        ("a", "f", "1"),
        ("b", "f", "2"),
    ]
    assert calls(tool(None, "a"), typed("1", None), tool(None, "b"), typed("2", None)) == [
        ("a", "f", "1"),
        ("b", "f", "2"),
    ]


def test_a_block_announced_twice_is_one() -> None:
    assert calls(tool(0), tool(0), typed("{}"), closed()) == [("toolu_1", "f", "{}")]


def test_json_for_a_block_that_was_never_announced() -> None:
    assert calls(typed('{"x"', 3), typed(":1}", 3)) == [("", "", '{"x":1}')]


def test_arguments_as_a_value() -> None:
    assert calls(tool(0), typed({"x": "ü"})) == [("toolu_1", "f", '{"x":"ü"}')]
    assert calls(tool(0), typed(7)) == [("toolu_1", "f", "{}")]


def test_high_block_indexes_are_no_high_number_of_calls() -> None:
    """A long answer with many text blocks may have its call in block 900."""
    assert calls(tool(900), typed("{}", 900)) == [("toolu_1", "f", "{}")]
    assert calls(tool(10**30), typed("{}", 10**30)) == [("toolu_1", "f", "{}")]


def test_arguments_cut_by_the_limit_stay_partial() -> None:
    snapshot = fold(events(start(), tool(0), typed('{"x": "a'), closed(), finished("max_tokens"), STOP))
    (call,) = only(snapshot).tool_calls
    assert (call.arguments, call.validity) == ('{"x": "a', "partial")


def test_the_servers_own_tools_are_activity_and_no_calls() -> None:
    state = begun(dialect="anthropic")
    for at, payload in enumerate([start(), opened(0, type="text"), said("Let me look.")]):
        state.receive(events(payload), (2_000 + at) * MS)
    search = opened(1, type="server_tool_use", id="srvtoolu_1", name="web_search", input={})
    state.receive(events(search, typed('{"query":"sky"}', 1), closed(1)), 3_000 * MS)
    assert state.answer.activity == "searching the web"
    state.receive(events(opened(2, type="web_search_tool_result", tool_use_id="srvtoolu_1", content=[])), 3_001 * MS)
    assert state.answer.activity == ""
    state.receive(events(opened(3, type="text"), said("Blue.", 3), finished(), STOP), 3_002 * MS)
    assert state.phase is Phase.COMPLETE
    choice = only(state.snapshot())
    assert (choice.text, choice.tool_calls, choice.finish_reason) == ("Let me look.Blue.", (), "stop")


@pytest.mark.parametrize(
    ("name", "activity"),
    [("web_fetch", "reading a web page"), ("teleport", "using teleport"), (None, "using a tool"), (5, "using a tool")],
)
def test_activities(name: object, activity: str) -> None:
    for kind in ("server_tool_use", "mcp_tool_use"):
        state = begun(dialect="anthropic")
        state.receive(events(start(), opened(0, type=kind, name=name, input={"x": 1}), closed(0)), 2_000 * MS)
        assert state.answer.activity == activity
        state.receive(events(finished("pause_turn"), STOP), 2_001 * MS)
        assert state.answer.activity == ""
        assert only(state.snapshot()).tool_calls == ()


def test_a_great_many_tools_of_the_server_are_no_memory() -> None:
    """Only the latest are kept in mind; their input is still not ours."""
    decoder = AnthropicDecoder()
    for index in range(3_000):
        decoder.feed(events(opened(index, type="server_tool_use", name="web_search")))
    assert decoder.feed(events(typed("{}", 2_999))) == []
    assert len(decoder._blocks) == 1_024


def test_calls_have_the_common_bound() -> None:
    stream = events(start(), *[tool(index, f"id{index}") for index in range(4)], finished(), STOP)
    assert folded([stream], bounds=Bounds(tool_calls=4), dialect="anthropic").phase is Phase.COMPLETE
    assert folded([stream], bounds=Bounds(tool_calls=3), dialect="anthropic").phase is not Phase.COMPLETE


# -- usage -----------------------------------------------------------------------------------------------------------

CACHED = {"input_tokens": 3, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 100, "output_tokens": 1}


@pytest.mark.parametrize(
    ("begin", "ends", "usage"),
    [
        ({"input_tokens": 9, "output_tokens": 1}, [{"output_tokens": 4}], Usage(9, 4)),
        (CACHED, [{"output_tokens": 4}], Usage(123, 4, None, 100)),  # 3 + 20 + 100
        (
            CACHED,
            [{"output_tokens": 4, "input_tokens": None, "cache_read_input_tokens": None}],
            Usage(123, 4, cached=100),
        ),
        (CACHED, [{"output_tokens": 4}, {"output_tokens": 7, "input_tokens": 5}], Usage(125, 7, None, 100)),
        (None, [{"input_tokens": 9, "output_tokens": 4}], Usage(9, 4)),
        ({"input_tokens": 9, "output_tokens": 6}, [{}], Usage(9, 6)),  # a missing count keeps the earlier one
        ({"input_tokens": 9, "output_tokens": 6}, [None], Usage(9)),
        ({}, [{"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 5}}], Usage(None, 9, 5)),
        ({}, [{"output_tokens": "7"}], Usage(None, 7)),
        ({}, [{"output_tokens": -1}], None),
        ({}, [{"output_tokens": 10**40, "input_tokens": {}}], None),
        ({"cache_read_input_tokens": 4}, [{"output_tokens": 2}], Usage(None, 2, None, 4)),  # of an unknown prompt
        (None, [None], None),
        ("many", [7], None),
    ],
)
def test_usage_is_merged_field_by_field(begin: Any, ends: list[Any], usage: Usage | None) -> None:
    *early, last = ends
    stream = events(start(begin), said("x"), *[finished(None, u) for u in early], finished("end_turn", last), STOP)
    assert fold(stream).usage == usage


def test_the_start_value_of_the_output_is_no_count() -> None:
    """1, or 0 from compatible servers, beside a whole page of text: until the end only an estimate is honest."""
    stream = events(start({"input_tokens": 9, "output_tokens": 1}), said("x" * 400))
    snapshot = fold(stream)
    assert snapshot.usage == Usage(9, None)
    assert (snapshot.metrics.output_tokens, snapshot.phase) == (None, Phase.INTERRUPTED)
    state = folded([stream], dialect="anthropic")
    assert state.output_tokens == (100.0, True)


def test_the_final_count_is_no_token_of_its_own() -> None:
    state = begun(dialect="anthropic")
    state.receive(events(start({"input_tokens": 9, "output_tokens": 1}), said("Hello")), 1_200 * MS)
    state.receive(events(finished("end_turn", {"output_tokens": 4}), STOP), 1_900 * MS)
    assert state.output_tokens == (4.0, False)
    assert state.timeline.last_token_ns == 1_200 * MS


def test_the_stopwatch_starts_at_the_first_content() -> None:
    state = begun(dialect="anthropic")
    state.receive(events(start(), PING, opened(0, type="thinking", thinking="")), 1_200 * MS)
    assert state.metrics().time_to_first_token_ns is None
    state.receive(events(thought("Hm")), 1_300 * MS)
    state.receive(events(opened(1, type="text", text=""), said("", 1)), 1_400 * MS)
    state.receive(events(said("Hi", 1), finished(), STOP), 1_500 * MS)
    metrics = state.metrics()
    assert metrics.time_to_first_chunk_ns == 200 * MS
    assert metrics.time_to_first_token_ns == 300 * MS
    assert metrics.time_to_first_output_token_ns == 500 * MS


# -- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "message", "type_", "code"),
    [
        (
            b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},'
            b'"request_id":"req_1"}\n\n',
            "Overloaded",
            "overloaded_error",
            None,
        ),
        (
            b'data: {"type":"error","error":{"type":"rate_limit_error","message":"Spent",'
            b'"details":{"error_code":"enforced_spend_limit_reached"}}}\n\n',
            "Spent",
            "rate_limit_error",
            "enforced_spend_limit_reached",
        ),
        (b'data: {"error":{"message":"gateway"}}\n\n', "gateway", None, None),
        (b'data: {"error":"gateway"}\n\n', "gateway", None, None),
        (b'data: {"type":"error","message":"flat"}\n\n', "flat", None, None),
        (b'event: error\ndata: {"message":"flat","code":7}\n\n', "flat", None, "7"),
        (b"event: error\ndata: upstream is gone\n\n", "upstream is gone", None, None),
        (b'event: error\ndata: "upstream is gone"\n\n', "upstream is gone", None, None),
        (b'error: {"error":{"message":"field"}}\n\n', "field", None, None),
        (b'data: {"detail":"Not authenticated"}\n\n', "Not authenticated", None, None),
        (b'data: {"object":"error","message":"vllm","type":"BadRequestError"}\n\n', "vllm", "BadRequestError", None),
    ],
)
def test_errors_in_the_stream(event: bytes, message: str, type_: str | None, code: str | None) -> None:
    snapshot = fold(events(start(), said("x"), event, said("y"), STOP))
    assert snapshot.phase is Phase.FAILED
    assert snapshot.error is not None
    assert (snapshot.error.kind, snapshot.error.message) == ("api", message)
    assert (snapshot.error.type, snapshot.error.code) == (type_, code)
    assert only(snapshot).text == "x"


@pytest.mark.parametrize(
    ("type_", "code", "retryable"),
    [
        ("overloaded_error", None, True),
        ("api_error", None, True),
        ("invalid_request_error", None, False),
        ("authentication_error", None, False),
        ("rate_limit_error", "enforced_spend_limit_reached", False),
    ],
)
def test_which_errors_may_heal(type_: str, code: str | None, retryable: bool) -> None:
    error = {"type": type_, "message": "no", "details": {"error_code": code}}
    snapshot = fold(events(start(), {"type": "error", "error": error}))
    assert snapshot.error is not None
    assert snapshot.error.retryable is retryable


@pytest.mark.parametrize(
    ("status", "type_", "retryable"),
    [
        (400, "invalid_request_error", False),
        (401, "authentication_error", False),
        (402, "billing_error", False),
        (403, "permission_error", False),
        (404, "not_found_error", False),
        (413, "request_too_large", False),
        (429, "rate_limit_error", True),
        (500, "api_error", True),
        (504, "timeout_error", True),
        (529, "overloaded_error", True),
    ],
)
def test_http_errors(status: int, type_: str, retryable: bool) -> None:
    body = {"type": "error", "error": {"type": type_, "message": "The reason."}, "request_id": "req_1"}
    error = http_error(status, {"request-id": "req_1"}, json.dumps(body).encode())
    assert error.message.startswith("The reason.")
    assert (error.type, error.status, error.retryable) == (type_, status, retryable)


def test_the_rest_of_a_payload_is_folded_before_its_error() -> None:
    both = said("y") | {"error": {"message": "broke"}}
    snapshot = fold(events(start(), said("x"), both))
    assert (only(snapshot).text, snapshot.phase) == ("xy", Phase.FAILED)


def test_an_error_nested_in_a_tool_result_is_none_of_the_stream() -> None:
    failed = opened(
        0, type="web_search_tool_result", content={"type": "web_search_tool_result_error", "error_code": "unavailable"}
    )
    assert fold(events(start(), failed, closed(), said("x", 1), finished(), STOP)).is_complete


# -- bodies that are no stream ---------------------------------------------------------------------------------------

WHOLE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
        {"type": "text", "text": "Let me "},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
        {"type": "text", "text": "look."},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"x": 1}},
        {"type": "tool_use", "id": "toolu_2", "name": "g", "input": {}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 9, "output_tokens": 4},
}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(WHOLE).encode(),
        b"\xef\xbb\xbf\r\n" + json.dumps(WHOLE, indent=2).encode(),
        json.dumps(WHOLE).encode() + b"\n\ndata: [DONE]\n\n",
        events(WHOLE),
        events(WHOLE, named=False),
        events(WHOLE, STOP),
        json.dumps({key: value for key, value in WHOLE.items() if key != "type"}).encode(),
        events({"type": "message_start", "message": WHOLE}, STOP),
    ],
)
def test_a_whole_message_is_folded_however_it_is_wrapped(body: bytes) -> None:
    """Servers that ignore `stream` answer with one document."""
    snapshot = fold(body)
    choice = only(snapshot)
    assert (choice.reasoning, choice.text) == ("Hm.", "Let me look.")
    assert [(call.id, call.name, call.arguments) for call in choice.tool_calls] == [
        ("toolu_1", "f", '{"x":1}'),
        ("toolu_2", "g", "{}"),
    ]
    assert (choice.finish_reason, snapshot.usage) == ("tool_calls", Usage(9, 4))
    assert (snapshot.response_id, snapshot.model) == ("msg_1", "claude")
    assert snapshot.is_complete


def test_a_whole_message_without_a_stop_reason_proves_nothing() -> None:
    snapshot = fold(json.dumps(WHOLE | {"stop_reason": None}).encode())
    assert snapshot.phase is Phase.INTERRUPTED
    assert only(snapshot).text == "Let me look."


def test_a_whole_message_cut_anywhere_is_no_answer() -> None:
    raw = json.dumps(WHOLE).encode()
    for end in range(1, len(raw), 7):
        assert folded([raw[:end]], dialect="anthropic").phase is Phase.INTERRUPTED


def test_content_as_text() -> None:
    assert only(fold(json.dumps(WHOLE | {"content": "Hello"}).encode())).text == "Hello"


def test_json_lines_without_sse_are_decoded_one_after_another() -> None:
    snapshot = fold(b"\n".join(json.dumps(payload).encode() for payload in HELLO))
    assert (only(snapshot).text, snapshot.is_complete) == ("Hello", True)


def test_a_web_page_is_no_answer() -> None:
    snapshot = fold(b"<html><title>502 Bad Gateway</title></html>")
    assert snapshot.error is not None
    assert (snapshot.phase, snapshot.error.kind) == (Phase.FAILED, "protocol")


# -- what gateways and models do to the payloads ---------------------------------------------------------------------


def test_events_separated_by_one_line_end() -> None:
    stream = b"".join(b"data: %s\n" % json.dumps(payload).encode() for payload in HELLO)
    snapshot = fold(stream + b"\n")
    assert (only(snapshot).text, snapshot.is_complete) == ("Hello", True)


def test_several_objects_in_one_event() -> None:
    stream = b"data: " + b"".join(json.dumps(payload).encode() for payload in HELLO) + b"\n\n"
    snapshot = fold(stream)
    assert (only(snapshot).text, snapshot.is_complete, snapshot.counts.payloads) == ("Hello", True, 7)


@pytest.mark.parametrize("junk", ["data: : PING", "data: {", "data: null", "data: {}", "data:", "data: []", ": hi"])
def test_junk_between_events(junk: str) -> None:
    snapshot = fold(events(*HELLO[:3], junk.encode() + b"\n\n", *HELLO[3:]))
    assert (only(snapshot).text, snapshot.is_complete) == ("Hello", True)


def test_a_surrogate_pair_split_over_deltas_is_one_character() -> None:
    choice = only(
        fold(
            events(
                start(), said("\ud83d"), said("\ude04"), said("\ud83d"), thought("\ud83d"), thought("\ude04", 0), STOP
            )
        )
    )
    assert (choice.text, choice.reasoning) == ("😄\ufffd", "😄")


def test_lone_surrogates_reach_no_field() -> None:
    lone = "\ud83d"
    snapshot = fold(
        events(
            start(id=lone, model=lone),
            tool(0, lone, lone, input={lone: lone}),
            closed(),
            opened(1, type="server_tool_use", name=lone),
            finished(lone, stop_details={"category": lone, "explanation": lone}),
            STOP,
        )
    )
    repr(snapshot).encode()
    assert snapshot.model == "\ufffd"
    state = folded([events(start(), opened(1, type="server_tool_use", name=lone))], dialect="anthropic")
    assert state.answer.activity == "using \ufffd"


def test_invalid_utf_8_becomes_the_replacement_character() -> None:
    assert only(fold(events(*HELLO).replace(b"Hel", b"H\xffl"))).text == "H\ufffdllo"


PLACES: list[tuple[int, tuple[str, ...]]] = [
    (0, ("message",)),
    *[(0, ("message", key)) for key in ("id", "model", "content", "stop_reason", "usage")],
    (1, ("index",)),
    (1, ("content_block",)),
    *[(1, ("content_block", key)) for key in ("type", "text")],
    (2, ("index",)),
    (4, ("index",)),
    (5, ("delta", "stop_sequence")),
    (5, ("usage",)),
    (6, ("index",)),
]
ODD: list[Any] = [None, True, 3, 2.5, 10**40, "", "x", [], [1, [2]], {}, {"a": {"b": 1}}]


@pytest.mark.parametrize("place", PLACES)
def test_odd_types_cost_their_field_and_nothing_else(place: tuple[int, tuple[str, ...]]) -> None:
    number, (*parents, last) = place
    for odd in ODD:
        payloads = json.loads(json.dumps(HELLO))
        inner = payloads[number]
        for parent in parents:
            inner = inner[parent]
        if not isinstance(odd, str) or last not in ("text", "content"):
            inner[last] = odd
        snapshot = fold(events(*payloads))
        assert only(snapshot).text == "Hello"
        assert snapshot.is_complete


def test_input_nested_deeply_does_no_harm() -> None:
    for depth in (500, 990, 5_000):
        nested = "[" * depth + "]" * depth
        start_of_call = (
            f'data: {{"type":"content_block_start","index":0,"content_block":{{"type":"tool_use","input":{nested}}}}}'
        )
        snapshot = fold(events(start(), said("x", 1), start_of_call.encode() + b"\n\n", closed(), finished(), STOP))
        assert only(snapshot).text == "x"
