"""The Responses dialect, rule by rule: docs/protocols.md, "Responses" and the tables common to all dialects.

`read` decodes each stream whole, byte by byte and at random splits, and insists on one result.
"""

import json
from typing import Any

import pytest

from tests.core.replay import MS, begun, fold, folded
from tui.core.bounds import Bounds
from tui.core.dialects.responses import ResponsesDecoder
from tui.core.endings import ending
from tui.core.events import Activity, ChoiceRestated, StreamEvent, TokenLogprob, Usage
from tui.core.phase import Phase
from tui.core.snapshot import ChoiceSnapshot, Snapshot

Payload = dict[str, Any]
ID, MODEL = "resp_1", "gpt"


def event(type_: str, **fields: Any) -> Payload:
    """One event; `response.` goes without saying."""
    return {"type": type_ if type_ == "error" else f"response.{type_}", **fields}


def stream(*payloads: Payload | str | bytes, named: bool = True, numbered: bool = False) -> bytes:
    """Events as OpenAI sends them, named; text and bytes are sent as they are."""
    parts = []
    for number, payload in enumerate(payloads):
        if isinstance(payload, dict):
            payload = {**payload, "sequence_number": number} if numbered else payload
            name = f"event: {payload['type']}\n" if named and "type" in payload else ""
            payload = f"{name}data: {json.dumps(payload)}\n\n"
        parts.append(payload if isinstance(payload, bytes) else payload.encode())
    return b"".join(parts)


def response(status: str = "completed", output: Any = None, **fields: Any) -> Payload:
    return {"id": ID, "object": "response", "model": MODEL, "status": status, "output": output, **fields}


def end(output: Any = None, status: str = "completed", **fields: Any) -> Payload:
    return event(status, response=response(status, output, **fields))


def message(*texts: str, id_: str = "msg_1") -> Payload:
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {"type": "message", "id": id_, "role": "assistant", "status": "completed", "content": content}


def reasoning(*summary: str, content: tuple[str, ...] = (), id_: str = "rs_1") -> Payload:
    return {
        "type": "reasoning",
        "id": id_,
        "summary": [{"type": "summary_text", "text": text} for text in summary],
        "content": [{"type": "reasoning_text", "text": text} for text in content],
    }


def function(call_id: str, name: str, arguments: Any, id_: str = "fc_1") -> Payload:
    return {"type": "function_call", "id": id_, "call_id": call_id, "name": name, "arguments": arguments}


def added(item: Any, index: int | None = 0) -> Payload:
    return event("output_item.added", output_index=index, item=item)


def done(item: Any, index: int | None = 0) -> Payload:
    return event("output_item.done", output_index=index, item=item)


def text(delta: Any, index: int | None = 0, part: int | None = 0, id_: str | None = "msg_1", **more: Any) -> Payload:
    return event(
        "output_text.delta", item_id=id_, output_index=index, content_index=part, delta=delta, logprobs=[], **more
    )


def text_done(whole: Any, index: int | None = 0, part: int | None = 0, id_: str | None = "msg_1") -> Payload:
    return event("output_text.done", item_id=id_, output_index=index, content_index=part, text=whole)


def arguments(delta: Any, index: int | None = 0, id_: str | None = "fc_1") -> Payload:
    return event("function_call_arguments.delta", item_id=id_, output_index=index, delta=delta)


CREATED = event("created", response=response("in_progress", [], usage=None, error=None))


def read(*payloads: Payload | str | bytes, **how: Any) -> Snapshot:
    return fold(stream(*payloads, **how), dialect="responses")


def only(snapshot: Snapshot) -> ChoiceSnapshot:
    (choice,) = snapshot.choices
    return choice


def events_of(*payloads: Payload | str | bytes, **how: Any) -> list[StreamEvent]:
    decoder = ResponsesDecoder()
    return decoder.feed(stream(*payloads, **how)) + decoder.close()


def restatements(*payloads: Payload | str | bytes) -> int:
    return sum(isinstance(found, ChoiceRestated) for found in events_of(*payloads))


def calls(*payloads: Payload | str | bytes) -> list[tuple[str, str, str, str]]:
    return [(c.id, c.type, c.name, c.arguments) for c in only(read(*payloads)).tool_calls]


# -- the documented order --------------------------------------------------------------------------------------------

DOCUMENTED = [
    CREATED,
    event("in_progress", response=response("in_progress", [])),
    added({"type": "reasoning", "id": "rs_1", "summary": []}, 0),
    event("reasoning_summary_part.added", item_id="rs_1", output_index=0, summary_index=0, part={"text": ""}),
    event("reasoning_summary_text.delta", item_id="rs_1", output_index=0, summary_index=0, delta="Think"),
    event("reasoning_summary_text.delta", item_id="rs_1", output_index=0, summary_index=0, delta="ing."),
    event("reasoning_summary_text.done", item_id="rs_1", output_index=0, summary_index=0, text="Thinking."),
    event(
        "reasoning_summary_part.done",
        item_id="rs_1",
        output_index=0,
        summary_index=0,
        part={"type": "summary_text", "text": "Thinking."},
    ),
    done(reasoning("Thinking."), 0),
    added({"type": "message", "id": "msg_1", "content": [], "status": "in_progress", "role": "assistant"}, 1),
    event("content_part.added", item_id="msg_1", output_index=1, content_index=0, part={"type": "output_text"}),
    text("Hel", 1, obfuscation="xY12"),
    text("lo", 1, obfuscation=""),
    text_done("Hello", 1),
    event(
        "content_part.done",
        item_id="msg_1",
        output_index=1,
        content_index=0,
        part={"type": "output_text", "text": "Hello"},
    ),
    done(message("Hello"), 1),
    end(
        [reasoning("Thinking."), message("Hello")],
        usage={
            "input_tokens": 9,
            "input_tokens_details": {"cached_tokens": 4},
            "output_tokens": 7,
            "output_tokens_details": {"reasoning_tokens": 5},
            "total_tokens": 16,
        },
    ),
]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("numbered", [True, False])
def test_the_documented_order(named: bool, numbered: bool) -> None:
    snapshot = read(*DOCUMENTED, named=named, numbered=numbered)
    assert only(snapshot) == ChoiceSnapshot(
        0, text="Hello", reasoning="Thinking.", finish_reason="stop", finish_reason_raw="completed"
    )
    assert (snapshot.response_id, snapshot.model, snapshot.usage) == (ID, MODEL, Usage(9, 7, 5, 4))
    assert snapshot.counts.payloads == len(DOCUMENTED)
    assert snapshot.is_complete
    assert snapshot.remarks == ()
    assert restatements(*DOCUMENTED) == 0


def test_the_type_may_be_only_in_the_name_of_the_event() -> None:
    unnamed = [{key: value for key, value in payload.items() if key != "type"} for payload in DOCUMENTED]
    raw = "".join(
        f"event: {payload['type']}\ndata: {json.dumps(bare)}\n\n"
        for payload, bare in zip(DOCUMENTED, unnamed, strict=True)
    )
    assert only(read(raw)).text == "Hello"


def test_the_type_counts_more_than_the_name() -> None:
    raw = "".join(f"event: message\ndata: {json.dumps(payload)}\n\n" for payload in DOCUMENTED)
    assert read(raw).is_complete


def test_times_count_from_the_first_text_and_not_from_created() -> None:
    state = begun(dialect="responses")
    state.receive(stream(*DOCUMENTED[:4]), 1_200 * MS)
    state.receive(stream(DOCUMENTED[4]), 1_300 * MS)
    state.receive(stream(*DOCUMENTED[5:10]), 1_400 * MS)
    state.receive(stream(*DOCUMENTED[10:]), 1_500 * MS)
    metrics = state.metrics()
    assert metrics.time_to_first_chunk_ns == 200 * MS
    assert metrics.time_to_first_token_ns == 300 * MS
    assert metrics.time_to_first_output_token_ns == 500 * MS
    assert state.phase is Phase.COMPLETE


# -- completeness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payloads", "phase"),
    [
        ([CREATED, text("x"), end()], Phase.COMPLETE),
        ([CREATED, end([message("x")])], Phase.COMPLETE),
        ([end([])], Phase.COMPLETE),
        ([event("completed")], Phase.COMPLETE),
        ([text("x"), end(status="incomplete")], Phase.COMPLETE),
        ([CREATED, text("x")], Phase.INTERRUPTED),
        ([CREATED, text("x"), text_done("x"), done(message("x"))], Phase.INTERRUPTED),
        ([CREATED, text("x"), b"data: [DONE]\n\n"], Phase.INTERRUPTED),  # a gateway's: no proof of anything
        ([CREATED], Phase.INTERRUPTED),
        ([b"data: [DONE]\n\n"], Phase.INTERRUPTED),
        ([CREATED, text("x"), end(status="failed")], Phase.FAILED),
        ([CREATED, text("x"), end(status="cancelled")], Phase.FAILED),
        ([CREATED, text("x"), event("error", message="no")], Phase.FAILED),
        ([event("queued", response=response("completed"))], Phase.INTERRUPTED),
        ([event("created", response=response("completed"))], Phase.INTERRUPTED),
    ],
)
def test_complete_needs_the_end_of_the_response(payloads: list[Payload], phase: Phase) -> None:
    snapshot = read(*payloads)
    assert snapshot.phase is phase
    assert snapshot.is_complete is (phase is Phase.COMPLETE)


def test_the_status_of_created_is_not_the_final_one() -> None:
    snapshot = read(CREATED, text("x"))
    assert (only(snapshot).finish_reason, only(snapshot).finish_reason_raw) == (None, None)


def test_the_end_without_its_blank_line_counts() -> None:
    assert read(stream(text("x"), end())[:-2]).is_complete


def test_what_comes_after_the_end_is_ignored() -> None:
    snapshot = read(text("x"), end(), text("y"), event("error", message="no"), b"data: [DONE]\n\n")
    assert (only(snapshot).text, snapshot.is_complete, snapshot.counts.payloads) == ("x", True, 2)


def test_a_gateways_done_before_the_end_ends_nothing() -> None:
    assert only(read(text("x"), b"data: [DONE]\n\n", text("y"), end())).text == "xy"


# -- finish reasons --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "normalised"),
    [
        ("max_output_tokens", "length"),
        ("max_messages", "length"),
        ("content_filter", "content_filter"),
        ("steered", "cancelled"),
        ("something_new", "other"),
    ],
)
def test_why_a_response_is_incomplete(reason: str, normalised: str) -> None:
    choice = only(read(text("x"), end(status="incomplete", incomplete_details={"reason": reason})))
    assert (choice.finish_reason, choice.finish_reason_raw) == (normalised, reason)


@pytest.mark.parametrize("details", [None, {}, {"reason": None}, {"reason": ""}, [], "why"])
def test_incomplete_without_a_reason(details: object) -> None:
    choice = only(read(text("x"), end(status="incomplete", incomplete_details=details)))
    assert (choice.finish_reason, choice.finish_reason_raw) == ("other", "incomplete")


def test_completed_with_calls_is_tool_calls() -> None:
    for item in (function("c", "f", "{}"), {"type": "custom_tool_call", "call_id": "c", "name": "f", "input": "x"}):
        choice = only(read(end([item])))
        assert (choice.finish_reason, choice.finish_reason_raw) == ("tool_calls", "completed")


def test_hosted_tools_are_no_tool_calls() -> None:
    hosted = [
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "x"}},
        {"type": "mcp_call", "id": "mcp_1", "name": "f", "arguments": "{}", "output": "y", "server_label": "s"},
        {"type": "code_interpreter_call", "id": "ci_1", "code": "1+1"},
        {"type": "computer_call", "id": "cu_1", "call_id": "c", "action": {}},
    ]
    payloads = [payload for index, item in enumerate(hosted) for payload in (added(item, index), done(item, index))]
    choice = only(read(*payloads, text("x", 4), end([*hosted, message("x")])))
    assert (choice.tool_calls, choice.finish_reason, choice.text) == ((), "stop", "x")


@pytest.mark.parametrize(
    ("name", "status", "raw"),
    [
        ("completed", "incomplete", "incomplete"),  # litellm
        ("completed", "failed", "failed"),
        ("incomplete", "completed", "incomplete"),
        ("completed", "in_progress", "completed"),
        ("completed", None, "completed"),
        ("completed", "COMPLETED", "completed"),
        ("failed", "completed", "failed"),
    ],
)
def test_where_event_and_status_disagree_the_worse_is_believed(name: str, status: str | None, raw: str) -> None:
    choice = only(read(text("x"), event(name, response={"status": status, "output": []})))
    assert choice.finish_reason_raw == raw


def test_a_cancelled_response_is_not_whole() -> None:
    state = folded([stream(text("x"), end(status="cancelled"))], dialect="responses")
    choice = only(state.snapshot())
    assert (choice.text, choice.finish_reason, choice.finish_reason_raw) == ("x", "cancelled", "cancelled")
    assert ending(state) == "error: the server cancelled the response"


# -- id, model, usage ------------------------------------------------------------------------------------------------


def test_queued_before_created() -> None:
    queued = event("queued", response=response("queued", []))
    for order in ([queued, CREATED], [CREATED, queued], [queued, queued, CREATED, CREATED], [CREATED]):
        snapshot = read(*order, event("in_progress", response=response("in_progress")), text("x"), end())
        assert (only(snapshot).text, snapshot.response_id, snapshot.model) == ("x", ID, MODEL)


def test_the_first_id_and_model_that_are_not_empty_win() -> None:
    snapshot = read(
        event("created", response={"id": "", "model": None}),
        event("in_progress", response={"id": "a"}),
        event("completed", response={"id": "b", "model": "m", "status": "completed"}),
    )
    assert (snapshot.response_id, snapshot.model) == ("a", "m")


@pytest.mark.parametrize(
    ("wire", "usage"),
    [
        ({"input_tokens": 5, "output_tokens": 6}, Usage(5, 6)),
        ({"input_tokens": 0, "output_tokens": 0}, Usage(0, 0)),
        ({"input_tokens": "5", "output_tokens": 6.0, "output_tokens_details": None}, Usage(5, 6)),
        ({"output_tokens": -1, "input_tokens": 10**30}, None),
        ({"output_tokens_details": {"reasoning_tokens": 3}}, Usage(reasoning=3)),
        ({"prompt_tokens": 5}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_usage(wire: object, usage: Usage | None) -> None:
    assert read(text("x"), end(usage=wire)).usage == usage


def test_usage_replaces_and_null_erases_nothing() -> None:
    early = event("in_progress", response={"usage": {"input_tokens": 3, "output_tokens": 1}})
    assert read(early, end(usage={"input_tokens": 3, "output_tokens": 9})).usage == Usage(3, 9)
    assert read(early, end(usage=None)).usage == Usage(3, 1)


# -- precedence: the end of the response > of the item > of the part > deltas ----------------------------------------


def test_deltas_alone_are_enough() -> None:
    assert only(read(text("a"), text("b"), end([]))).text == "ab"
    assert only(read(text("a"), text("b"), event("completed", response={"status": "completed"}))).text == "ab"


def test_done_replaces_the_deltas() -> None:
    payloads = [CREATED, text("wrong"), text_done("right")]
    assert only(read(*payloads)).text == "right"  # also when the stream breaks off
    assert only(read(*payloads, end([]))).text == "right"
    assert restatements(*payloads, end([])) == 1


def test_the_end_of_an_item_overrules_done() -> None:
    payloads = [text("one"), text_done("two"), done(message("three"))]
    assert only(read(*payloads, end([]))).text == "three"


def test_the_final_output_overrules_everything() -> None:
    payloads = [text("one"), text_done("two"), done(message("three")), end([message("four")])]
    assert only(read(*payloads)).text == "four"


def test_the_final_output_forgets_what_it_does_not_hold() -> None:
    """It is not merged by position: indexes may have gaps."""
    choice = only(
        read(
            text("a", 3, id_="m3"),
            added(function("c", "f", ""), 7),
            arguments("{}", 7),
            text("b", 9, id_="m9"),
            end([message("b")]),
        )
    )
    assert (choice.text, choice.tool_calls) == ("b", ())


@pytest.mark.parametrize(
    "output",
    [None, [], [None], ["x"], {}, "x", [[]], [{"type": "message"}], [{"type": "message", "content": []}], [{}]],
)
def test_a_final_output_that_holds_nothing_keeps_what_the_events_built(output: object) -> None:
    choice = only(read(text("kept"), added(function("c", "f", "{}", "fc_2"), 1), end(output)))
    assert (choice.text, [call.name for call in choice.tool_calls]) == ("kept", ["f"])


def test_an_empty_last_word_takes_nothing_back() -> None:
    for word in (text_done(""), text_done(None), done(None), done({}), done(message()), done(message(""))):
        assert only(read(text("kept"), word, end())).text == "kept"
    call = [added(function("c", "f", "")), arguments('{"a":1}')]
    for word in (done(function("", "", "")), event("function_call_arguments.done", item_id="fc_1", arguments=None)):
        assert calls(*call, word, end()) == [("c", "function", "f", '{"a":1}')]


def test_a_last_word_which_goes_on_from_the_deltas_is_told_as_a_delta() -> None:
    payloads = [text("Hel"), text_done("Hello"), done(message("Hello, wor")), end([message("Hello, world")])]
    assert only(read(*payloads)).text == "Hello, world"
    assert restatements(*payloads) == 0


def test_streams_without_any_delta() -> None:
    """The text comes with the first word that holds it, and starts the stopwatch."""
    whole = [reasoning("R"), message("Hello"), function("c", "f", "{}")]
    for payloads in (
        [CREATED, end(whole)],
        [CREATED, *(done(item, index) for index, item in enumerate(whole)), end(whole)],
        [CREATED, *(added(item, index) for index, item in enumerate(whole)), end()],
        [CREATED, done(reasoning("R")), text_done("Hello", 1), done(function("c", "f", "{}"), 2), end()],
    ):
        choice = only(read(*payloads))
        assert (choice.text, choice.reasoning) == ("Hello", "R")
        assert [(call.id, call.name, call.arguments) for call in choice.tool_calls] == [("c", "f", "{}")]
        assert restatements(*payloads) == 0
        state = folded([stream(*payloads)], dialect="responses")
        assert state.metrics().time_to_first_token_ns is not None


def test_a_restatement_comes_only_when_something_differs() -> None:
    same = [text("a"), text_done("a"), done(message("a")), end([message("a")])]
    assert restatements(*same) == 0
    assert restatements(text("a"), end([message("b")])) == 1
    cut_elsewhere = [text("ab", part=None), done(message("a", "b")), end([message("", "ab")])]
    assert restatements(*cut_elsewhere) == 0
    halves = [text("\ud83d"), text("\ude04"), text_done("😄"), end([message("😄")])]
    assert restatements(*halves) == 0
    assert only(read(*halves)).text == "😄"


def test_after_a_restatement_deltas_go_on() -> None:
    payloads = [text("x", 0, 0), text_done("first", 0, 0), text(" second", 0, 1), end()]
    assert only(read(*payloads)).text == "first second"
    assert restatements(*payloads) == 1


def test_lone_surrogates_in_last_words_are_replaced() -> None:
    choice = only(read(end([message("a\ud83d"), reasoning("\ude04"), function("\ud83d", "\ud83d", "\ud83d")])))
    assert (choice.text, choice.reasoning) == ("a\ufffd", "\ufffd")
    (call,) = choice.tool_calls
    assert (call.id, call.name, call.arguments) == ("\ufffd", "\ufffd", "\ufffd")


def test_many_corrections_are_told_at_once_and_the_rest_at_the_end() -> None:
    """Each is as long as the answer: to show all of them would take quadratic time."""
    payloads = [payload for n in range(50) for payload in (text("x", n, id_=f"m{n}"), text_done("y", n, id_=f"m{n}"))]
    assert restatements(*payloads) == 17
    assert only(read(*payloads)).text == "y" * 50


# -- items and parts -------------------------------------------------------------------------------------------------


def test_text_of_all_messages_in_output_order_without_separator() -> None:
    first, second = {**message("a", "b", id_="m1"), "phase": "commentary"}, message("c", id_="m2")
    built = [text("a", 0, 0, "m1"), text("b", 0, 1, "m1"), text("c", 2, 0, "m2")]
    assert only(read(*built, end())).text == "abc"
    assert only(read(end([first, reasoning("r"), second]))).text == "abc"


def test_interleaved_messages_are_put_in_order_at_their_end() -> None:
    mixed = [text("a", 0, 0, "m1"), text("C", 1, 0, "m2"), text("b", 0, 0, "m1"), text("D", 1, 0, "m2")]
    assert only(read(*mixed, end())).text == "abCD"
    assert only(read(*mixed)).text == "abCD"
    assert only(read(*mixed, text_done("ab", 0, 0, "m1"), text("E", 1, 0, "m2"), end())).text == "abCDE"


def test_deltas_of_items_that_were_never_announced() -> None:
    choice = only(
        read(
            event("reasoning_text.delta", item_id="r", output_index=0, content_index=0, delta="R"),
            text("T", 1),
            arguments('{"a"', 2),
            arguments(":1}", 2),
            done(function("c", "f", '{"a":1}'), 2),
            end(),
        )
    )
    assert (choice.text, choice.reasoning) == ("T", "R")
    assert [(call.id, call.name, call.arguments) for call in choice.tool_calls] == [("c", "f", '{"a":1}')]


def test_a_call_that_is_only_deltas_has_neither_id_nor_name() -> None:
    assert calls(arguments("{}", None, None), end()) == [("", "function", "", "{}")]


def test_items_by_id_alone() -> None:
    """llama-server sends no `output_index`, and ends all items after the last delta."""
    assert calls(
        added(function("a", "f", "", "fc_a"), None),
        arguments("[1", None, "fc_a"),
        added(function("b", "g", "", "fc_b"), None),
        arguments("[2", None, "fc_b"),
        arguments("]", None, "fc_a"),
        arguments("]", None, "fc_b"),
        done(function("a", "f", "[1]", "fc_a"), None),
        done(function("b", "g", "[2]", "fc_b"), None),
        end(),
    ) == [("a", "function", "f", "[1]"), ("b", "function", "g", "[2]")]


def test_items_by_index_when_every_event_has_another_id() -> None:
    """Gateways which encrypt ids make up a new one for every event."""
    payloads = [added(message(id_="x0"), 0), text("a", 0, 0, "x1"), text("b", 0, 0, "x2"), text_done("ab", 0, 0, "x3")]
    assert only(read(*payloads, done(message("ab", id_="x4"), 0), end([message("ab", id_="x5")]))).text == "ab"
    assert restatements(*payloads, done(message("ab", id_="x4"), 0), end([message("ab", id_="x5")])) == 0


def test_items_all_under_index_0() -> None:
    assert calls(
        added(function("a", "f", "", "fc_a"), 0),
        arguments("1", 0, "fc_a"),
        added(function("b", "g", "", "fc_b"), 0),
        arguments("2", 0, "fc_b"),
        arguments("3", 0, "fc_a"),
        end(),
    ) == [("a", "function", "f", "13"), ("b", "function", "g", "2")]


def test_events_that_name_no_item_speak_of_the_newest() -> None:
    choice = only(
        read(
            added(message(id_=""), None),
            text("a", None, None, None),
            added(function("c", "f", "", ""), None),
            arguments("1", None, None),
            added(message(id_=""), None),
            text("b", None, None, None),
            added(function("d", "g", "", ""), None),
            arguments("2", None, None),
            end(),
        )
    )
    assert choice.text == "ab"
    assert [(call.id, call.arguments) for call in choice.tool_calls] == [("c", "1"), ("d", "2")]


def test_last_words_that_name_no_item_speak_of_the_newest_too() -> None:
    first = [added(message(id_=""), None), text("a", None, None, None), text_done("a", None, None, None)]
    second = [added(message(id_=""), None), text("b", None, None, None), text_done("b!", None, None, None)]
    assert only(read(*first, *second, end())).text == "ab!"


def test_an_item_announced_again_takes_nothing_back() -> None:
    once_more = [added(function("a", "f", "")), arguments('{"x":1}'), added(function("a", "f", '{"x"'))]
    assert calls(*once_more, end()) == [("a", "function", "f", '{"x":1}')]
    assert only(read(text("ab"), added(message("a")), text("c"), end())).text == "abc"


def test_an_item_announced_twice_is_one_item() -> None:
    assert calls(added(function("a", "f", "")), added(function("a", "f", "")), arguments("{}"), end()) == [
        ("a", "function", "f", "{}")
    ]


@pytest.mark.parametrize("item", [None, {}, [], "x", {"type": None}, {"type": "message"}, {"type": "never heard of"}])
def test_announcements_without_an_item(item: object) -> None:
    assert only(read(added(item), text("x"), end())).text == "x"


def test_an_endless_row_of_items_is_cut_off() -> None:
    raw = stream(text("x"), *(text("y", n, id_=f"m{n}") for n in range(1, 3_000)))
    for reads in ([raw], [raw[at : at + 999] for at in range(0, len(raw), 999)]):
        snapshot = folded(reads, dialect="responses").snapshot()
        assert snapshot.error is not None
        assert snapshot.error.message == "cut off: the number of output items is over the limit of 2000"
        assert only(snapshot).text.startswith("xyy")


# -- reasoning and refusal -------------------------------------------------------------------------------------------


def summary(delta: str, part: int | None = 0, index: int | None = 0, id_: str | None = "rs_1") -> Payload:
    return event("reasoning_summary_text.delta", item_id=id_, output_index=index, summary_index=part, delta=delta)


def test_reasoning_parts_are_joined_by_a_blank_line() -> None:
    payloads = [summary("On"), summary("e"), summary("", 1), summary("Two", 1), summary("Three", 0, 2, "rs_2")]
    assert only(read(*payloads)).reasoning == "One\n\nTwo\n\nThree"
    final = [reasoning("One", "Two"), reasoning("Three", id_="rs_2"), message("x")]
    assert only(read(*payloads, text("x", 3), end(final))).reasoning == "One\n\nTwo\n\nThree"
    assert restatements(*payloads, text("x", 3), end(final)) == 0
    assert only(read(end(final))).reasoning == "One\n\nTwo\n\nThree"


def test_summaries_and_reasoning_text() -> None:
    payloads = [summary("S"), event("reasoning_text.delta", item_id="rs_1", output_index=0, content_index=0, delta="R")]
    assert only(read(*payloads, end())).reasoning == "S\n\nR"
    assert restatements(*payloads, done(reasoning("S", content=("R",))), end([reasoning("S", content=("R",))])) == 0


@pytest.mark.parametrize(
    "word",
    [
        event("reasoning_summary_text.done", item_id="rs_1", output_index=0, summary_index=0, text="new"),
        event(
            "reasoning_summary_part.done",
            item_id="rs_1",
            output_index=0,
            summary_index=0,
            part={"type": "summary_text", "text": "new"},
        ),
        done(reasoning("new")),
        end([reasoning("new")]),
    ],
)
def test_the_last_words_on_a_summary(word: Payload) -> None:
    assert only(read(summary("old"), word)).reasoning == "new"


@pytest.mark.parametrize(
    "word",
    [
        event("reasoning_text.done", item_id="rs_1", output_index=0, content_index=0, text="new"),
        event(
            "content_part.done",
            item_id="rs_1",
            output_index=0,
            content_index=0,
            part={"type": "reasoning_text", "text": "new"},
        ),
        done(reasoning(content=("new",))),
        end([reasoning(content=("new",))]),
    ],
)
def test_the_last_words_on_reasoning_text(word: Payload) -> None:
    delta = event("reasoning_text.delta", item_id="rs_1", output_index=0, content_index=0, delta="old")
    assert only(read(delta, word)).reasoning == "new"


def test_reasoning_whose_text_is_called_output_text() -> None:
    """litellm, in the final list."""
    item = {**message("thought", id_="rs_1"), "type": "reasoning"}
    choice = only(read(summary("thought", None), text("x", 1), end([item, message("x")])))
    assert (choice.reasoning, choice.text) == ("thought", "x")
    assert restatements(summary("thought", None), text("x", 1), end([item, message("x")])) == 0


def test_refusals() -> None:
    refusal = {"type": "refusal", "refusal": "I can't."}
    item = {"type": "message", "id": "msg_1", "content": [refusal]}
    deltas = [
        event("refusal.delta", item_id="msg_1", output_index=0, content_index=0, delta=piece)
        for piece in ("I ", "can't.")
    ]
    words = [
        event("refusal.done", item_id="msg_1", output_index=0, content_index=0, refusal="I can't."),
        event("content_part.done", item_id="msg_1", output_index=0, content_index=0, part=refusal),
        done(item),
        end([item]),
    ]
    for payloads in ([*deltas, end()], [*deltas, *words], [words[0], end()], [words[1], end()], [words[2], words[3]]):
        state = folded([stream(*payloads)], dialect="responses")
        choice = only(state.snapshot())
        assert (choice.refusal, choice.text, choice.finish_reason) == ("I can't.", "", "stop")
        assert ending(state) == "refusal, stop"
        assert restatements(*payloads) == 0


# -- calls -----------------------------------------------------------------------------------------------------------


def test_the_id_of_a_call_is_its_call_id() -> None:
    announced = [added(function("call_1", "f", "", "fc_1")), arguments("{}"), end()]
    assert calls(*announced) == [("call_1", "function", "f", "{}")]
    assert calls(done(function("call_1", "f", "{}")), end()) == [("call_1", "function", "f", "{}")]
    assert calls(end([function("call_1", "f", "{}")])) == [("call_1", "function", "f", "{}")]


def test_without_a_call_id_the_items_id_is_better_than_none() -> None:
    item = {"type": "function_call", "id": "fc_1", "name": "f", "arguments": "{}"}
    for output in ([], [item]):
        assert calls(added({**item, "arguments": ""}), arguments("{}"), done(item), end(output)) == [
            ("fc_1", "function", "f", "{}")
        ]


def test_parallel_calls() -> None:
    assert calls(
        added(function("a", "f", "", "fc_a"), 0),
        added(function("b", "f", "", "fc_b"), 1),
        arguments("[1", 0, "fc_a"),
        arguments("[2", 1, "fc_b"),
        arguments("]", 0, "fc_a"),
        arguments("]", 1, "fc_b"),
        end(),
    ) == [("a", "function", "f", "[1]"), ("b", "function", "f", "[2]")]


def test_two_calls_with_the_same_call_id_stay_two() -> None:
    items = [function("a", "f", "[1]", "fc_a"), function("a", "f", "[2]", "fc_b")]
    assert [found[3] for found in calls(end(items))] == ["[1]", "[2]"]
    assert [found[3] for found in calls(done(items[0], 0), done(items[1], 1), end())] == ["[1]", "[2]"]


def test_calls_are_in_output_order() -> None:
    announced = [added(function("b", "g", "", "fc_b"), 1), added(function("a", "f", "", "fc_a"), 0)]
    deltas = [arguments("1", 0, "fc_a"), arguments("2", 1, "fc_b")]
    expected = [("a", "function", "f", "1"), ("b", "function", "g", "2")]
    assert calls(*announced, *deltas, end()) == expected
    assert calls(*announced, done(function("a", "f", "1", "fc_a"), 0), deltas[1], end()) == expected


def test_custom_calls_have_free_text() -> None:
    item = {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c", "name": "run", "input": ""}
    delta = event("custom_tool_call_input.delta", item_id="ctc_1", output_index=0, delta="ls -")
    last = event("custom_tool_call_input.done", item_id="ctc_1", output_index=0, input="ls -l")
    for payloads in (
        [added(item), delta, last, end()],
        [added(item), delta, done({**item, "input": "ls -l"}), end()],
        [end([{**item, "input": "ls -l"}])],
    ):
        assert calls(*payloads) == [("c", "custom", "run", "ls -l")]
    (call,) = only(read(added(item), last)).tool_calls
    assert call.validity == "text"


def test_arguments_done_may_bring_the_name() -> None:
    last = event("function_call_arguments.done", item_id="fc_1", output_index=0, name="f", arguments="{}")
    assert calls(arguments("{"), last, end()) == [("", "function", "f", "{}")]


@pytest.mark.parametrize("value", [{"city": "Zürich"}, '{"city":"Zürich"}'])
def test_arguments_as_a_value(value: object) -> None:
    expected = [("c", "function", "f", '{"city":"Zürich"}')]
    assert calls(done(function("c", "f", value)), end()) == expected
    assert calls(end([function("c", "f", value)])) == expected
    assert calls(added(function("c", "f", "")), arguments(value), end()) == expected


def test_a_call_contradicted_by_its_end_is_told_anew() -> None:
    begun_call = [added(function("a", "f", "")), arguments('{"x":')]
    for last in (function("b", "f", '{"x":1}'), function("a", "g", '{"x":1}'), function("a", "f", '{"y":1}')):
        expected = [(last["call_id"], "function", last["name"], last["arguments"])]
        assert calls(*begun_call, done(last), end()) == expected
        assert calls(*begun_call, done(last), end([last])) == expected
        assert calls(*begun_call, end([last])) == expected
        assert restatements(*begun_call, done(last), end([last])) == 1


def test_no_arguments_are_an_empty_object_at_the_end() -> None:
    assert calls(added(function("a", "f", "")), end()) == [("a", "function", "f", "{}")]
    assert calls(added(function("a", "f", "")), end([function("a", "f", "")])) == [("a", "function", "f", "{}")]
    assert calls(added(function("a", "f", ""))) == [("a", "function", "f", "")]


def test_the_name_of_a_call_is_the_first_token() -> None:
    state = begun(dialect="responses")
    state.receive(stream(CREATED), 1_200 * MS)
    state.receive(stream(added(function("a", "f", ""))), 1_300 * MS)
    assert state.metrics().time_to_first_token_ns == 300 * MS


# -- what the server does besides writing ----------------------------------------------------------------------------


def activities(*payloads: Payload) -> list[str]:
    return [found.text for found in events_of(*payloads) if isinstance(found, Activity)]


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        ("web_search_call.in_progress", "searching the web"),
        ("web_search_call.searching", "searching the web"),
        ("file_search_call.searching", "searching files"),
        ("code_interpreter_call.interpreting", "running code"),
        ("code_interpreter_call_code.delta", "writing code"),
        ("image_generation_call.generating", "drawing an image"),
        ("image_generation_call.partial_image", "drawing an image"),
        ("mcp_call.in_progress", "calling a remote tool"),
        ("mcp_call_arguments.delta", "calling a remote tool"),
        ("mcp_list_tools.in_progress", "listing remote tools"),
        ("shell_call_command.delta", "running a command"),
        ("shell_call_output_content.delta", "running a command"),
        ("compaction.compacting", "compacting the conversation"),
    ],
)
def test_hosted_tools_are_shown_until_text_goes_on(type_: str, words: str) -> None:
    hosted = event(type_, item_id="x", output_index=0, delta="1", partial_image_b64="A" * 100)
    assert activities(hosted, hosted, text("x", 1), text("y", 1)) == [words, ""]
    assert activities(hosted, summary("x", 0, 1)) == [words, ""]
    assert activities(hosted, arguments("x", 1)) == [words, ""]
    assert activities(hosted, end()) == [words, ""]
    assert only(read(hosted, text("x", 1), end())).text == "x"


@pytest.mark.parametrize("last", ["completed", "failed"])
def test_a_hosted_tool_that_ended_is_shown_no_longer(last: str) -> None:
    assert activities(event("mcp_call.in_progress"), event(f"mcp_call.{last}")) == ["calling a remote tool", ""]
    item = {"type": "web_search_call", "id": "ws_1", "status": "in_progress"}
    assert activities(added(item), done({**item, "status": last})) == ["searching the web", ""]


def test_waiting_in_the_queue_is_shown() -> None:
    queued = event("queued", response=response("queued"))
    assert activities(queued, event("in_progress")) == ["waiting in the server's queue", ""]
    assert activities(queued, CREATED, text("x")) == ["waiting in the server's queue", ""]


@pytest.mark.parametrize(
    "type_",
    [
        "audio.delta",
        "audio.transcript.delta",
        "output_text.annotation.added",
        "steer.accepted",
        "never.heard.of",
        "never",
        "",
        "web_search_call",
        "reasoning_summary_part.added",
        "content_part.added",
    ],
)
def test_events_without_meaning_for_the_text(type_: str) -> None:
    odd = event(type_, item_id="msg_1", output_index=0, content_index=0, delta="AAAA", annotation={"type": "x"})
    snapshot = read(text("a"), odd, text("b"), end())
    assert (only(snapshot).text, snapshot.counts.payloads, snapshot.counts.undecodable) == ("ab", 4, 0)


def test_log_probabilities() -> None:
    logprobs = [{"token": "x", "logprob": -0.5, "bytes": [120], "top_logprobs": [{"token": "y", "logprob": -1}]}]
    snapshot = read({**text("x"), "logprobs": logprobs}, end([message("x")]))
    assert only(snapshot).logprobs == (TokenLogprob("x", -0.5, (("y", -1.0),)),)


# -- lost events -----------------------------------------------------------------------------------------------------


def numbered(*numbers: int | None) -> list[Payload]:
    """`created`, deltas, and the end, with these numbers."""
    plain = [CREATED, *(text("x") for _ in numbers[2:]), end()]
    return [
        payload if number is None else {**payload, "sequence_number": number}
        for payload, number in zip(plain, numbers, strict=True)
    ]


@pytest.mark.parametrize(
    ("numbers", "remarks"),
    [
        ((0, 1, 2, 3), ()),
        ((5, 6, 7, 8), ()),  # a server that counts from elsewhere
        ((0, 2, 3, 4), ("1 event was lost on the way",)),
        ((0, 1, 2, 6), ("3 events were lost on the way",)),
        ((0, 3, 4, 8), ("5 events were lost on the way",)),
        ((0, 2, 1, 3), ()),  # late, not lost
        ((0, 1, 1, 9), ()),  # not numbered one by one: no proof of any loss
        ((0, None, 2, 9), ()),  # litellm numbers some events only
        ((0, 1, 2, 10**9), ()),
        ((0, 1, 2, -4), ()),
    ],
)
def test_gaps_in_the_numbers_are_lost_events(numbers: tuple[int | None, ...], remarks: tuple[str, ...]) -> None:
    snapshot = read(*numbered(*numbers))
    assert snapshot.remarks == remarks
    assert snapshot.is_complete


def test_a_lost_beginning() -> None:
    assert read({**text("x"), "sequence_number": 4}, {**end(), "sequence_number": 5}).remarks == (
        "4 events were lost on the way",
    )


def test_lost_events_are_told_however_the_stream_ends() -> None:
    lost = [{**CREATED, "sequence_number": 0}, {**text("x"), "sequence_number": 3}]
    remarks = ("2 events were lost on the way",)
    assert read(*lost).remarks == remarks
    assert read(*lost, event("error", message="no", sequence_number=4)).remarks == remarks
    assert read(*lost, {**end(status="failed"), "sequence_number": 4}).remarks == remarks


def test_pings_have_no_number_and_break_nothing() -> None:
    ping: Payload = {"type": "ping"}
    payloads = [{**CREATED, "sequence_number": 0}, ping, {**text("x"), "sequence_number": 2}, ping]
    assert read(*payloads, {**end(), "sequence_number": 3}).remarks == ("1 event was lost on the way",)


def test_lost_deltas_come_back_with_the_last_word() -> None:
    snapshot = read(
        {**CREATED, "sequence_number": 0}, {**text("Hello "), "sequence_number": 1}, {**text("!"), "sequence_number": 3}
    )
    assert (only(snapshot).text, snapshot.remarks) == ("Hello !", ("1 event was lost on the way",))
    whole = read(
        {**CREATED, "sequence_number": 0},
        {**text("Hello "), "sequence_number": 1},
        {**text("!"), "sequence_number": 3},
        {**text_done("Hello world!"), "sequence_number": 4},
        {**end(), "sequence_number": 5},
    )
    assert (only(whole).text, whole.remarks) == ("Hello world!", ("1 event was lost on the way",))


# -- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "message_", "type_", "code"),
    [
        (event("error", code="server_error", message="no", param=None), "no", None, "server_error"),
        (event("error", code=None, message="no", sequence_number=9), "no", None, None),
        (
            event("error", error={"type": "invalid_request_error", "code": "x", "message": "no", "headers": {}}),
            "no",
            "invalid_request_error",
            "x",
        ),
        (event("error", error="no"), "no", None, None),
        (event("error"), "the server reported an error without saying which", None, None),
        ({"error": {"message": "no", "type": "server_error", "code": 500}}, "no", "server_error", "500"),
        ({"error": "no"}, "no", None, None),
        ({"detail": "no"}, "no", None, None),
        ({"object": "error", "message": "no", "code": 400}, "no", None, "400"),
        (b'event: error\ndata: {"message": "no", "code": "c"}\n\n', "no", None, "c"),
        (b'event: error\ndata: {"error": {"message": "no"}}\n\n', "no", None, None),
        (b'event: error\ndata: "no"\n\n', "no", None, None),
        (b"event: error\ndata: no\n\n", "no", None, None),
        (b'error: {"code":500,"message":"no","type":"server_error"}\n\n', "no", "server_error", "500"),
    ],
)
def test_errors_after_text(payload: Payload | bytes, message_: str, type_: str | None, code: str | None) -> None:
    for last in ([], [b"data: [DONE]\n\n"], [end([message("never folded")])]):
        snapshot = read(CREATED, text("kept"), payload, *last)
        assert snapshot.phase is Phase.FAILED
        assert only(snapshot).text == "kept"
        assert snapshot.error is not None
        assert (snapshot.error.kind, snapshot.error.message) == ("api", message_)
        assert (snapshot.error.type, snapshot.error.code) == (type_, code)


@pytest.mark.parametrize(
    ("error", "message_", "code", "retryable"),
    [
        ({"code": "server_error", "message": "no"}, "no", "server_error", True),
        ({"code": "rate_limit_exceeded", "message": "no"}, "no", "rate_limit_exceeded", True),
        ({"code": "invalid_prompt", "message": "no"}, "no", "invalid_prompt", False),
        ("no", "no", None, False),
        (None, "the server says that the response failed", None, False),
        ({}, "the server says that the response failed", None, False),
        ({"code": "x"}, '{"code": "x"}', "x", False),
    ],
)
def test_failed_responses(error: object, message_: str, code: str | None, retryable: bool) -> None:
    snapshot = read(text("kept"), end(status="failed", error=error, usage={"output_tokens": 3}))
    assert snapshot.phase is Phase.FAILED
    assert snapshot.usage == Usage(None, 3)
    assert (only(snapshot).text, only(snapshot).finish_reason, only(snapshot).finish_reason_raw) == (
        "kept",
        "error",
        "failed",
    )
    assert snapshot.error is not None
    assert (snapshot.error.message, snapshot.error.code, snapshot.error.retryable) == (message_, code, retryable)


def test_a_failed_response_may_bring_its_text_along() -> None:
    snapshot = read(text("a"), end([message("all of it")], "failed", error={"message": "no"}))
    assert only(snapshot).text == "all of it"


@pytest.mark.parametrize("error", [None, "", {}, [], False])
def test_an_empty_error_field_is_no_error(error: object) -> None:
    assert read({**text("x"), "error": error}, end(error=error)).is_complete


def test_an_error_sets_right_what_was_built() -> None:
    mixed = [text("a", 0, 0, "m1"), text("c", 1, 0, "m2"), text("b", 0, 0, "m1")]
    assert only(read(*mixed, event("error", message="no"))).text == "abc"


# -- whole responses, and other things than streams ------------------------------------------------------------------

WHOLE = response("completed", [reasoning("R"), message("Hello")], usage={"input_tokens": 1, "output_tokens": 2})


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps(WHOLE),
        json.dumps(WHOLE, indent=2),
        "\ufeff \n" + json.dumps(WHOLE),
        json.dumps(WHOLE) + "\n\ndata: [DONE]\n\n",
        f"data: {json.dumps(WHOLE)}\n\ndata: [DONE]\n\n",
        f"event: response.completed\ndata: {json.dumps(WHOLE)}\n\n",
        f"data: {json.dumps({key: value for key, value in WHOLE.items() if key != 'object'})}\n\n",
        json.dumps([end([reasoning("R"), message("Hello")], usage=WHOLE["usage"])]),
    ],
)
def test_a_whole_response_when_the_server_ignored_stream(raw: str) -> None:
    snapshot = read(raw)
    assert (only(snapshot).text, only(snapshot).reasoning, snapshot.is_complete) == ("Hello", "R", True)
    assert (snapshot.response_id, snapshot.model, snapshot.usage) == (ID, MODEL, Usage(1, 2))
    assert only(snapshot).finish_reason_raw == "completed"


@pytest.mark.parametrize(
    ("status", "phase", "remarks"),
    [
        ("incomplete", Phase.COMPLETE, ()),
        ("failed", Phase.FAILED, ()),
        ("cancelled", Phase.FAILED, ()),
        ("in_progress", Phase.INTERRUPTED, ("the server answered with a response that is still in progress",)),
        ("queued", Phase.INTERRUPTED, ("the server answered with a response that is still queued",)),
        (None, Phase.INTERRUPTED, ()),
        ("new", Phase.INTERRUPTED, ()),
    ],
)
def test_the_status_of_a_whole_response(status: str, phase: Phase, remarks: tuple[str, ...]) -> None:
    snapshot = read(json.dumps({**WHOLE, "status": status}))
    assert (snapshot.phase, snapshot.remarks, only(snapshot).text) == (phase, remarks, "Hello")


def test_a_whole_response_that_failed() -> None:
    snapshot = read(json.dumps(response("failed", [], error={"code": "server_error", "message": "no"})))
    assert snapshot.error is not None
    assert (snapshot.error.message, snapshot.error.code) == ("no", "server_error")


@pytest.mark.parametrize("raw", ["", " \r\n", "<html><title>502</title></html>"])
def test_bodies_that_are_no_answer(raw: str) -> None:
    snapshot = read(raw)
    assert snapshot.phase is Phase.FAILED
    assert snapshot.error is not None
    assert snapshot.error.kind == "protocol"


def test_a_chat_stream_is_no_answer_of_this_api() -> None:
    raw = 'data: {"id":"c","object":"chat.completion.chunk","choices":[{"delta":{"content":"x"}}]}\n\ndata: [DONE]\n\n'
    assert read(raw).phase is Phase.INTERRUPTED


# -- what gateways do to the stream ----------------------------------------------------------------------------------


@pytest.mark.parametrize("keep_alive", [": ping\n\n", "data:\n\n", "data: null\n\n", "data: {}\n\n", "data: []\n\n"])
def test_keep_alives(keep_alive: str) -> None:
    snapshot = read(keep_alive, CREATED, keep_alive, text("x"), keep_alive, end())
    assert (only(snapshot).text, snapshot.is_complete, snapshot.counts.undecodable) == ("x", True, 0)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_other_line_ends(line_end: bytes) -> None:
    raw = stream(text("a\u2028b\u0085c"), end()).replace(b"\n", line_end)
    assert only(read(raw)).text == "a\u2028b\u0085c"


def test_several_objects_in_one_event() -> None:
    raw = "data: " + "".join(json.dumps(payload) for payload in (CREATED, text("a"), text("b"), end())) + "\n\n"
    assert only(read(raw)).text == "ab"


def test_single_line_ends_between_events() -> None:
    raw = "".join(f"data: {json.dumps(payload)}\n" for payload in (CREATED, text("a"), text("b"), end()))
    assert (only(read(raw)).text, read(raw).is_complete) == ("ab", True)


@pytest.mark.parametrize("junk", ["{", '{"type":"response.output_text.delta","delta":"x', "keep-alive", "\x00"])
def test_undecodable_payloads_are_counted_and_passed_over(junk: str) -> None:
    snapshot = read(text("a"), f"data: {junk}\n\n", text("b"), end())
    assert (only(snapshot).text, snapshot.counts.undecodable, snapshot.is_complete) == ("ab", 1, True)


def test_bounds_hold_here_too() -> None:
    bounds = Bounds(answer_chars=10, tool_calls=2)
    long = stream(*(text("xxxx") for _ in range(4)))
    assert folded([long], bounds=bounds, dialect="responses").phase is Phase.INTERRUPTED
    many = stream(*(added(function(f"c{n}", "f", "", f"fc_{n}"), n) for n in range(4)))
    assert folded([many], bounds=bounds, dialect="responses").error is not None
    final = stream(end([message("x" * 100)]))
    assert not folded([final], bounds=bounds, dialect="responses").snapshot().is_complete


# -- odd types -------------------------------------------------------------------------------------------------------

ODD: list[Any] = [None, True, 0, -1, 1.5, 10**400, "", "x", "7", [], [[]], [None], {}, {"a": {"b": []}}, [{}], ["x"]]
RICH: dict[str, Payload] = {
    "delta": {**text("odd "), "logprobs": [{"token": "x", "logprob": -1, "top_logprobs": []}]},
    "added": added({**message("odd "), "id": "msg_0"}, 0),
    "call": added(function("c", "f", "{}"), 3),
    "arguments": arguments("{}", 3),
    "done": text_done("before ", 1),
    "item": done(message("before "), 1),
    "summary": summary("odd", 0, 5),
    "custom": done({"type": "custom_tool_call", "id": "i", "call_id": "c", "name": "n", "input": "x"}, 6),
    "part": event(
        "content_part.done",
        item_id="msg_1",
        output_index=1,
        content_index=0,
        part={"type": "output_text", "text": "before ", "refusal": "x"},
    ),
    "facts": event("in_progress", response=response("in_progress", [], usage={"input_tokens": 1})),
}


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place inside of `value` but the type of the event."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [
        place
        for key, inner in pairs
        if (*path, key) != ("type",)
        for place in [(*path, key), *places(inner, (*path, key))]
    ]


LAST_WORDS = [("text",), ("part", "text"), ("item", "content"), ("item", "content", 0, "text")]
"""Where another text rightly replaces the one before."""
PLACES = [(name, place) for name, payload in RICH.items() for place in places(payload)]


@pytest.mark.parametrize(("name", "place"), PLACES, ids=lambda part: part if isinstance(part, str) else repr(part))
def test_odd_types_cost_their_field_and_nothing_else(name: str, place: tuple[str | int, ...]) -> None:
    """What came before and after is folded, and the answer stays writable as UTF-8."""
    for odd in ODD:
        payload = json.loads(json.dumps(RICH[name]))
        at = payload
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = odd
        raw = stream(text("before ", 1), payload, text("after", 2, id_="msg_2"), end())
        state = folded([raw], dialect="responses")
        assert state.phase is Phase.COMPLETE, odd
        found = state.snapshot().choices[0].text
        assert "after" in found if place == ("output_index",) else found.endswith("after"), odd
        assert "before " in found or place in LAST_WORDS, odd
        repr(state.snapshot()).encode()


@pytest.mark.parametrize("place", places(end([message("x"), function("c", "f", "{}")], usage={"output_tokens": 1})))
def test_odd_types_in_the_end(place: tuple[str | int, ...]) -> None:
    for odd in ODD:
        payload = json.loads(json.dumps(end([message("x"), function("c", "f", "{}")], usage={"output_tokens": 1})))
        at = payload
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = odd
        state = folded([stream(text("x"), payload)], dialect="responses")
        assert state.phase is Phase.COMPLETE, odd
        repr(state.snapshot()).encode()


def test_numbers_written_as_text_are_numbers() -> None:
    payloads = [
        {**text("b"), "output_index": "1", "item_id": None},
        {**text("a"), "output_index": "0", "item_id": None},
    ]
    assert only(read(*payloads, end())).text == "ab"
