"""The Ollama dialect, rule by rule: docs/protocols.md, "Ollama". `fold` insists on one result for every split."""

import json
from typing import Any

import pytest

from tests.core.replay import MS, STREAMS, begun
from tests.core.replay import fold as fold_dialect
from tests.core.replay import folded as folded_dialect
from tui.core.bounds import Bounds
from tui.core.dialects import dialect_named
from tui.core.endings import ending
from tui.core.errors import RequestError
from tui.core.events import ServerTimings, TokenLogprob, Usage
from tui.core.failure import http_error
from tui.core.phase import Phase
from tui.core.request import CallMade, Message, Prompt
from tui.core.snapshot import ChoiceSnapshot, Snapshot, ToolCallSnapshot
from tui.core.stream import StreamState
from tui.core.target import Target

BY_HAND = {path.stem: path.read_bytes() for path in sorted((STREAMS / "ollama" / "by-hand").glob("*.ndjson"))}


def fold(data: bytes) -> Snapshot:
    return fold_dialect(data, dialect="ollama")


def folded(reads: list[bytes]) -> StreamState:
    return folded_dialect(reads, dialect="ollama")


def lines(*values: Any, line_end: bytes = b"\n") -> bytes:
    return b"".join((v if isinstance(v, bytes) else json.dumps(v).encode()) + line_end for v in values)


def said(content: str = "", **more: Any) -> dict[str, Any]:
    """One chat line; `more` goes into the message."""
    message = {"role": "assistant", "content": content, **more}
    return {"model": "tiny", "created_at": "2026-11-20T12:00:00Z", "message": message, "done": False}


def done(reason: str | None = "stop", content: str = "", **more: Any) -> dict[str, Any]:
    ended = {} if reason is None else {"done_reason": reason}
    return {**said(content), "done": True, **ended, **more}


def only(snapshot: Snapshot) -> ChoiceSnapshot:
    (choice,) = snapshot.choices
    return choice


def calls(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    return [(call.id, call.name, call.arguments) for call in only(snapshot).tool_calls]


# -- the streams written by hand -------------------------------------------------------------------------------------

FIGURES = ServerTimings(1_883_022_500, 1_120_000_000, 130_079_000, 259_480_000, 9)


def timings(tokens: int) -> ServerTimings:
    return ServerTimings(1_883_022_500, 1_120_000_000, 130_079_000, 259_480_000, tokens)


def call(id_: str, name: str, arguments: str) -> ToolCallSnapshot:
    return ToolCallSnapshot(id_, "function", name, arguments, "valid")


CALLS = (
    call("call_a", "get_weather", '{"city":"Berlin","unit":"celsius"}'),
    call("", "get_weather", '{"city":"Zażółć"}'),
    call("", "now", "{}"),
)
STOPPED: dict[str, Any] = {"finish_reason": "stop", "finish_reason_raw": "stop"}
WHOLE = {
    "chat": (9, ChoiceSnapshot(0, "Hello <b>world</b> & more.", **STOPPED), Usage(26, 9), timings(9)),
    "chat_think": (6, ChoiceSnapshot(0, "Two sheep.", "Let me think.", **STOPPED), Usage(26, 14), timings(14)),
    "chat_tools": (
        4,
        ChoiceSnapshot(
            0, reasoning="I call it.", tool_calls=CALLS, finish_reason="tool_calls", finish_reason_raw="stop"
        ),
        Usage(26, 58),
        timings(58),
    ),
    "chat_length_cached": (
        2,
        ChoiceSnapshot(0, "tick tock", finish_reason="length", finish_reason_raw="length"),
        Usage(None, 2),
        ServerTimings(1_883_022_500, None, 130_079_000, 259_480_000, 2),
    ),
    "chat_unicode": (
        6,
        ChoiceSnapshot(0, "Zażółć 你好\u0085😄 👩\u200d👩\u200d👧 a\u2028b", **STOPPED),
        Usage(26, 9),
        timings(9),
    ),
    "chat_load": (1, ChoiceSnapshot(0, finish_reason="other", finish_reason_raw="load"), None, None),
    "generate": (4, ChoiceSnapshot(0, "Hello", "Hm. ", **STOPPED), Usage(26, 9), timings(9)),
}
"""Payloads, the choice, usage and timings of the streams that are whole."""


def test_every_stream_has_its_expectation() -> None:
    assert set(BY_HAND) == {*WHOLE, "chat_error", "chat_killed"}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_streams(name: str) -> None:
    payloads, choice, usage, figures = WHOLE[name]
    snapshot = fold(BY_HAND[name])
    assert snapshot.choices == (choice,)
    assert (snapshot.usage, snapshot.timings) == (usage, figures)
    assert (snapshot.model, snapshot.response_id) == ("tiny:latest", "")
    assert (snapshot.counts.payloads, snapshot.counts.undecodable) == (payloads, 0)
    assert (snapshot.phase, snapshot.error) == (Phase.COMPLETE, None)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_streams_cut_anywhere_before_their_end_are_not_complete(name: str) -> None:
    raw = BY_HAND[name]
    for end in range(len(raw) - 1):
        assert not folded([raw[:end]]).snapshot().is_complete
    assert folded([raw[:-1]]).snapshot().is_complete  # the last line feed is no part of the proof


@pytest.mark.parametrize("name", WHOLE)
def test_whole_streams_as_events_of_a_gateway(name: str) -> None:
    """Some put the lines into SSE, with `[DONE]` behind them."""
    events = b"".join(b"data: %s\n\n" % line for line in BY_HAND[name].split(b"\n") if line) + b"data: [DONE]\n\n"
    assert fold(events).choices == (WHOLE[name][1],)


def test_an_error_in_the_middle_keeps_the_text() -> None:
    snapshot = fold(BY_HAND["chat_error"])
    assert snapshot.error is not None
    assert (snapshot.error.kind, snapshot.error.status) == ("api", None)
    assert snapshot.error.message == "an error was encountered while running the model: unexpected EOF"
    assert (snapshot.phase, only(snapshot).text, snapshot.counts.payloads) == (Phase.FAILED, "So far", 3)


def test_a_killed_server_leaves_the_whole_lines() -> None:
    snapshot = fold(BY_HAND["chat_killed"])
    assert (snapshot.phase, snapshot.error, only(snapshot).text) == (Phase.INTERRUPTED, None, "So far")
    assert (only(snapshot).finish_reason, snapshot.usage) == (None, None)


# -- completeness and finish reasons ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "phase"),
    [
        (lines(said("x"), done()), Phase.COMPLETE),
        (lines(said("x"), done(None)), Phase.COMPLETE),
        (lines(said("x"), {"done": True}), Phase.COMPLETE),
        (lines({"done": True}), Phase.COMPLETE),
        (lines(said("x")), Phase.INTERRUPTED),
        (lines({**said("x"), "done_reason": "stop"}), Phase.INTERRUPTED),  # a reason is no proof here
        (lines(said("x"), {"eval_count": 3}), Phase.INTERRUPTED),
        (lines(said("x"), b"data: [DONE]"), Phase.INTERRUPTED),
        (lines(said("x"), done())[:-1], Phase.COMPLETE),
        (lines(said("x"), done())[:-2], Phase.INTERRUPTED),
        (b"data: " + lines(said("x")) + b"\ndata: [DONE]\n\n", Phase.INTERRUPTED),
        (lines({}), Phase.FAILED),  # JSON, and no answer
        (b"", Phase.FAILED),
        (b"\n \n", Phase.FAILED),
        (b"<html><title>Proxy</title></html>", Phase.FAILED),
    ],
)
def test_complete_needs_done(body: bytes, phase: Phase) -> None:
    assert fold(body).phase is phase


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("stop", "stop"), ("STOP", "stop"), ("length", "length"), ("load", "other"), ("unload", "other"), ("x", "other")],
)
def test_finish_words(raw: str, reason: str) -> None:
    choice = only(fold(lines(said("x"), done(raw))))
    assert (choice.finish_reason, choice.finish_reason_raw) == (reason, raw)


@pytest.mark.parametrize("raw", [None, "", "null"])
def test_done_without_a_reason(raw: str | None) -> None:
    snapshot = fold(lines(said("x"), done(raw)))
    assert (only(snapshot).finish_reason, only(snapshot).finish_reason_raw) == (None, None)
    assert snapshot.is_complete


def test_the_stream_is_over_with_done() -> None:
    state = begun(dialect="ollama")
    state.receive(lines(said("x"), done()), 2_000 * MS)
    assert state.is_over
    assert ending(state) == "stop"


def test_what_comes_after_done_is_ignored() -> None:
    snapshot = fold(lines(said("x"), done(), said("y"), {"error": "late"}, b"data: [DONE]"))
    assert (only(snapshot).text, snapshot.is_complete, snapshot.counts.payloads) == ("x", True, 2)


# -- framing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\n\n", b"\n \n"])
@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf", b"\r\n"])
def test_lines(line_end: bytes, head: bytes) -> None:
    snapshot = fold(head + lines(said("a"), said("b"), done(), line_end=line_end))
    assert (only(snapshot).text, snapshot.is_complete, snapshot.counts.undecodable) == ("ab", True, 0)


def test_each_line_is_taken_as_it_comes() -> None:
    state = begun(dialect="ollama")
    state.receive(lines(said("a")) + lines(said("b"))[:-1], 1_200 * MS)
    assert state.snapshot().choices[0].text == "a"
    state.receive(b"\n", 1_300 * MS)
    assert state.snapshot().choices[0].text == "ab"
    assert state.metrics().time_to_first_token_ns == 200 * MS


@pytest.mark.parametrize("indent", [None, 2])
def test_a_whole_answer_where_a_stream_was_asked_for(indent: int | None) -> None:
    value = done(content="Hello", eval_count=3)
    value["message"]["tool_calls"] = [{"function": {"name": "f", "arguments": {"a": [{"b": 1}]}}}]
    snapshot = fold(json.dumps(value, indent=indent).encode())
    assert (only(snapshot).text, snapshot.usage, snapshot.is_complete) == ("Hello", Usage(None, 3), True)
    assert calls(snapshot) == [("", "f", '{"a":[{"b":1}]}')]


def test_undecodable_lines_are_counted_and_passed_over() -> None:
    snapshot = fold(lines(said("a"), b"{no", b"keep-alive", said("b"), done()))
    assert (only(snapshot).text, snapshot.counts.undecodable, snapshot.is_complete) == ("ab", 2, True)


def test_a_line_over_the_bound_is_cut_off_whole_or_in_pieces() -> None:
    body = lines(said("a"), said("x" * 500), done())
    for reads in ([body], [body[at : at + 7] for at in range(0, len(body), 7)]):
        state = folded_dialect(reads, bounds=Bounds(event_bytes=300), dialect="ollama")
        assert ending(state).endswith("cut off: a line of the answer is over the limit of 300 B")
        assert state.snapshot().choices[0].text == "a"


# -- thinking and tool calls -----------------------------------------------------------------------------------------


def test_thinking_is_reasoning() -> None:
    state = begun(dialect="ollama")
    state.receive(lines(said(thinking="Hm.")), 1_200 * MS)
    was_thinking = state.is_thinking
    state.receive(lines(said("x", thinking=" So."), done()), 1_300 * MS)
    assert (was_thinking, state.is_thinking) == (True, False)
    assert (only(state.snapshot()).reasoning, only(state.snapshot()).text) == ("Hm. So.", "x")


def test_calls_are_never_merged_by_their_index() -> None:
    """Models without a parser of their own give index 0 to all of them."""
    function = {"index": 0, "name": "f", "arguments": {"n": 1}}
    snapshot = fold(
        lines(
            said(tool_calls=[{"function": function}, {"function": {**function, "arguments": {"n": 2}}}]),
            said(tool_calls=[{"id": "a", "function": function}]),
            said(tool_calls=[{"id": "a", "function": {"index": 1, "name": "g"}}]),
            done(),
        )
    )
    assert calls(snapshot) == [("", "f", '{"n":1}'), ("", "f", '{"n":2}'), ("a", "f", '{"n":1}'), ("a", "g", "{}")]
    assert (only(snapshot).finish_reason, only(snapshot).finish_reason_raw) == ("tool_calls", "stop")


def test_a_call_in_the_last_line_and_beside_text() -> None:
    last = done(content="I call. ")
    last["message"]["tool_calls"] = [{"function": {"name": "f", "arguments": None}}]
    snapshot = fold(lines(last))
    assert (only(snapshot).text, calls(snapshot)) == ("I call. ", [("", "f", "{}")])


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({"b": "ż😄", "a": [1.5, None]}, '{"b":"ż😄","a":[1.5,null]}'),
        ('{"a": 1}', '{"a": 1}'),  # text, from servers that imitate the others
        ([1, 2], "[1,2]"),
        (None, "{}"),
        ("", "{}"),
        (7, "{}"),
    ],
)
def test_arguments(arguments: Any, shown: str) -> None:
    body = lines(said(tool_calls=[{"function": {"name": "f", "arguments": arguments}}]))
    assert calls(folded([body]).snapshot()) == [("", "f", shown)]  # whole at once, though the answer breaks off


def test_generate_with_calls_and_a_null_response() -> None:
    snapshot = fold(
        lines({"response": None, "thinking": "a"}, {"response": "b", "tool_calls": [{"function": {"name": "f"}}]})
    )
    assert (only(snapshot).reasoning, only(snapshot).text, calls(snapshot)) == ("a", "b", [("", "f", "{}")])


# -- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "usage"),
    [
        ({"prompt_eval_count": 7, "eval_count": 3}, Usage(7, 3)),
        ({"eval_count": 3}, Usage(None, 3)),
        ({"prompt_eval_count": 7}, Usage(7, None)),
        ({"prompt_eval_count": None, "eval_count": 0}, Usage(None, 0)),
        ({"prompt_eval_count": -1, "eval_count": 2**60}, None),
        ({"prompt_eval_count": "7", "eval_count": 3.0}, Usage(7, 3)),
        ({"prompt_eval_count": [], "eval_count": True}, None),
        ({}, None),
    ],
)
def test_usage_is_null_where_it_is_missing(figures: dict[str, Any], usage: Usage | None) -> None:
    assert fold(lines(said("x"), done(**figures))).usage == usage


@pytest.mark.parametrize(
    ("figures", "timing"),
    [
        ({"total_duration": 5, "load_duration": 1}, ServerTimings(5, 1)),
        ({"prompt_eval_duration": 2, "eval_duration": 3}, ServerTimings(None, None, 2, 3)),
        ({"total_duration": -5, "eval_duration": 2**70}, None),
        ({"total_duration": None}, None),
        ({}, None),
    ],
)
def test_timings(figures: dict[str, Any], timing: ServerTimings | None) -> None:
    assert fold(lines(said("x"), done(**figures))).timings == timing


def test_counts_in_every_line_replace_one_another() -> None:
    body = lines({**said("a"), "eval_count": 1}, {**said("b"), "eval_count": 2}, done(eval_count=3))
    assert fold(body).usage == Usage(None, 3)


def test_log_probabilities() -> None:
    wire = [{"token": "H", "logprob": -0.5, "bytes": [72], "top_logprobs": [{"token": "Y", "logprob": -2.5}, {}]}, {}]
    snapshot = fold(lines({**said("H"), "logprobs": wire}, done()))
    assert only(snapshot).logprobs == (TokenLogprob("H", -0.5, (("Y", -2.5),)), TokenLogprob(""))


# -- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (lines({"error": "model runner has unexpectedly stopped"}), "model runner has unexpectedly stopped"),
        (lines({"error": {"message": "no", "code": 500}}), "no"),
        (b"error: " + lines({"message": "no"}) + b"\n", "no"),
        (b"event: error\ndata: {}\n\n", "the server reported an error without saying which"),
        (b'[{"error": "no"}]', "no"),
        (b'{\n  "error": "no"\n}\n', "no"),
        (lines({"detail": "Not Found"}), "Not Found"),
        (lines(done(), {"error": "late"})[len(lines(done())) :], "late"),
    ],
)
def test_errors(body: bytes, message: str) -> None:
    snapshot = fold(body)
    assert snapshot.error is not None
    assert (snapshot.phase, snapshot.error.message) == (Phase.FAILED, message)


def test_an_error_beside_done_is_an_error() -> None:
    snapshot = fold(lines(said("x"), {**done(content="y", eval_count=2), "error": "no"}))
    assert (snapshot.phase, only(snapshot).text, snapshot.usage) == (Phase.FAILED, "xy", Usage(None, 2))


@pytest.mark.parametrize("error", [None, "", {}, [], False])
def test_an_empty_error_field_is_no_error(error: Any) -> None:
    assert fold(lines(said("x"), {**done(), "error": error})).is_complete


@pytest.mark.parametrize("status", [400, 404, 503])
def test_refusals(status: int) -> None:
    error = http_error(status, {}, b'{"error":"model \'x\' not found"}', "http://localhost:11434/api/chat")
    advice = "" if status == 503 else " (check the model's name)"
    assert (error.message, error.status, error.retryable) == (f"model 'x' not found{advice}", status, status == 503)


def test_a_wrong_address_is_not_told_to_have_a_version() -> None:
    error = http_error(404, {}, b"404 page not found", "http://localhost:9/api/chat")
    assert error.message == "404 page not found (tried http://localhost:9/api/chat)"


# -- odd types -------------------------------------------------------------------------------------------------------

ODD: list[Any] = [None, True, 0, -1, 1.5, 10**400, "", "x", [], [[]], [None], {}, {"a": {"b": []}}, [{}], ["x"]]
PLACES: list[tuple[str | int, ...]] = [
    ("model",),
    ("created_at",),
    ("message",),
    ("message", "content"),
    ("message", "thinking"),
    ("message", "tool_calls"),
    ("message", "tool_calls", 0),
    ("message", "tool_calls", 0, "id"),
    ("message", "tool_calls", 0, "function"),
    ("message", "tool_calls", 0, "function", "name"),
    ("message", "tool_calls", 0, "function", "arguments"),
    ("response",),
    ("thinking",),
    ("tool_calls",),
    ("logprobs",),
    ("done_reason",),
    ("eval_count",),
    ("total_duration",),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_odd_types_cost_their_field_and_nothing_else(place: tuple[str | int, ...]) -> None:
    for odd in ODD:
        payload: Any = said("odd ", tool_calls=[{"id": "a", "function": {"name": "f", "arguments": {}}}])
        at = payload
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = odd
        state = folded([lines(said("before "), payload, done(content="after"))])
        assert state.phase is Phase.COMPLETE, odd
        choice = state.snapshot().choices[0]
        assert choice.text.startswith("before "), odd
        assert choice.text.endswith("after"), odd
        repr(state.snapshot()).encode()


@pytest.mark.parametrize("odd", [None, 0, 1, "true", [], {}])
def test_done_is_true_or_nothing(odd: Any) -> None:
    assert not fold(lines(said("x"), {**said("y"), "done": odd})).is_complete


def test_surrogates() -> None:
    """Halves are joined over two lines and replaced when they stay alone, wherever they stand."""
    half = "\ud83d"
    bad = said("\ude04", tool_calls=[{"id": half, "function": {"name": half, "arguments": {half: half}}}])
    snapshot = fold(lines({**said(half), "model": half}, bad, {**done(half), "logprobs": [{"token": half}]}))
    repr(snapshot).encode()
    assert (only(snapshot).text, snapshot.model, only(snapshot).finish_reason_raw) == ("😄", "�", "�")
    assert calls(snapshot) == [("�", "�", '{"�":"�"}')]


# -- the request -----------------------------------------------------------------------------------------------------


def request_body(prompt: Prompt, base: str = "http://localhost:11434", **options: Any) -> dict[str, Any]:
    target = Target("t", "ollama", "qwen3:8b", "ollama", base, options, {"X-Team": "a"})
    request = dialect_named("ollama").build_request(target, prompt)
    assert request.url == f"{base.removesuffix('/api')}/api/chat"
    assert (request.method, dict(request.headers)) == ("POST", {"X-Team": "a"})
    body: dict[str, Any] = json.loads(request.body)
    assert (body.pop("model"), body.pop("stream")) == ("qwen3:8b", True)
    return body


def options_in(**options: Any) -> dict[str, Any]:
    body = request_body(Prompt.of("x"), **options)
    del body["messages"]
    return body


def test_the_request() -> None:
    turns = (Message("user", "1+1?"), Message("assistant", "2"), Message("user", "sure?"))
    assert request_body(Prompt(turns, system="Be brief.")) == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "1+1?"},
            {"role": "assistant", "content": "2"},
            {"role": "user", "content": "sure?"},
        ],
    }


def test_the_base_url_may_end_with_api() -> None:
    request_body(Prompt.of("x"), base="https://ollama.com/api")


def test_the_key_is_a_bearer_token_and_done_is_the_end() -> None:
    dialect = dialect_named("ollama")
    assert (dialect.auth, dialect.needs_end_marker) == ("bearer", True)


def test_common_options_are_the_runners() -> None:
    assert options_in(
        temperature=0, top_p=0.5, top_k=3, max_tokens=9, stop="a", seed=1, presence_penalty=0.1, frequency_penalty=0.2
    ) == {
        "options": {
            "temperature": 0,
            "top_p": 0.5,
            "top_k": 3,
            "num_predict": 9,
            "stop": ["a"],
            "seed": 1,
            "presence_penalty": 0.1,
            "frequency_penalty": 0.2,
        }
    }
    assert options_in(stop=["a", "b"]) == {"options": {"stop": ["a", "b"]}}
    assert options_in(logprobs=True, top_logprobs=3) == {"logprobs": True, "top_logprobs": 3}


def test_its_own_options() -> None:
    assert options_in(num_ctx=4096, min_p=0.1, keep_alive="5m", think="high", format="json") == {
        "options": {"num_ctx": 4096, "min_p": 0.1},
        "keep_alive": "5m",
        "think": "high",
        "format": "json",
    }
    assert options_in(**{"options.new_thing": 1, "unheard_of": 2}) == {"options": {"new_thing": 1}, "unheard_of": 2}


def test_a_written_options_object_is_added_to_and_not_changed() -> None:
    given = {"num_ctx": 1}
    for options in ({"options": given, "temperature": 0}, {"temperature": 0, "options": given}):
        assert options_in(**options) == {"options": {"num_ctx": 1, "temperature": 0}}
    assert given == {"num_ctx": 1}


@pytest.mark.parametrize(
    ("effort", "think"), [("none", False), ("low", "low"), ("medium", "medium"), ("high", "high"), ("max", "max")]
)
def test_reasoning_effort(effort: str, think: Any) -> None:
    assert options_in(reasoning_effort=effort) == {"think": think}


def test_what_other_dialects_need_is_left_out() -> None:
    assert options_in(include_usage=True, tool_choice="auto") == {}


def test_tools_are_sent_as_they_are() -> None:
    tools = ({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}},)
    assert request_body(Prompt.of("x", tools=tools))["tools"] == list(tools)


def test_a_schema_is_the_format() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert request_body(Prompt((Message("user", "x"),), schema=schema))["format"] == schema


def test_calls_and_their_results() -> None:
    made = (CallMade("c1", "f", '{"a": 1}'), CallMade("", "g", ""))
    turns = (
        Message("assistant", "I look.", made),
        Message("tool", "21 degrees", call_id="c1"),
        Message("tool", "now", tool_name="g"),
        Message("tool", "?", call_id="unknown"),
    )
    assert request_body(Prompt(turns))["messages"] == [
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [
                {"id": "c1", "function": {"name": "f", "arguments": {"a": 1}}},
                {"function": {"name": "g", "arguments": {}}},
            ],
        },
        {"role": "tool", "content": "21 degrees", "tool_name": "f", "tool_call_id": "c1"},
        {"role": "tool", "content": "now", "tool_name": "g"},
        {"role": "tool", "content": "?", "tool_call_id": "unknown"},
    ]


@pytest.mark.parametrize(
    ("prompt", "options", "words"),
    [
        (Prompt.of("x"), {"n": 2}, "t: the ollama dialect has no n"),
        (Prompt.of("x"), {"tool_choice": "required"}, "t: the ollama dialect has no tool_choice"),
        (Prompt.of("x"), {"parallel_tool_calls": True}, "t: the ollama dialect has no parallel_tool_calls"),
        (Prompt.of("x"), {"options": [1]}, r"t: option 'options' is \[1\]; expected an object"),
        (Prompt.of("x"), {"seed": object()}, "t: an option cannot be written as JSON"),
        (Prompt((Message("user", "x"),), continues="r"), {}, "t: the ollama dialect cannot go on from a response"),
        (Prompt((Message("assistant", "", (CallMade("c", "f", "{"),)),)), {}, "t: the call of 'f' in an earlier turn"),
        (Prompt((Message("assistant", "", (CallMade("c", "f", "[]"),)),)), {}, "the ollama dialect needs"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(prompt: Prompt, options: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        request_body(prompt, **options)
