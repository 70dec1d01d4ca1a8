"""What a response body is (docs/protocols.md, "replies that are not streams"), seen through the chat dialect.

Every case goes through `fold`, which also checks that no way to cut the body changes the result.
"""

import json

import pytest

from tests.core.replay import START_NS, TARGET, begun, chunk, cut, fed, fold, folded, sse
from tui.core.body import BodyDecoder
from tui.core.bounds import Bounds
from tui.core.endings import ending
from tui.core.phase import Phase
from tui.core.sse import BOM
from tui.core.stream import StreamState

WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "tiny",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2},
}
PRETTY = json.dumps(WHOLE, indent=2).encode()


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(WHOLE).encode(),
        PRETTY,
        BOM + PRETTY,
        b"\r\n \t\n" + PRETTY + b"\r\n",
        json.dumps([WHOLE]).encode(),
        PRETTY + b"\n\ndata: [DONE]\n\n",
        PRETTY + b"\ndata: [DONE]",
        PRETTY + b"\r\n\r\ndata: [DONE]\r\n\r\n",
        sse(WHOLE),
        sse(WHOLE, done=False),
    ],
    ids=[
        "json",
        "pretty",
        "bom",
        "blanks",
        "array",
        "done-behind",
        "done-cut",
        "done-crlf",
        "in-sse",
        "in-sse-no-done",
    ],
)
def test_a_whole_answer_is_folded_however_it_is_wrapped(body: bytes) -> None:
    snapshot = fold(body)
    assert snapshot.phase is Phase.COMPLETE
    assert snapshot.choices[0].text == "Hi."
    assert snapshot.choices[0].finish_reason == "stop"
    assert (snapshot.response_id, snapshot.model) == ("chatcmpl-1", "tiny")
    assert snapshot.usage is not None
    assert (snapshot.usage.prompt, snapshot.usage.completion) == (3, 2)
    assert (snapshot.counts.payloads, snapshot.counts.undecodable) == (1, 0)


def test_a_whole_answer_with_tool_calls_and_reasoning() -> None:
    """Calls of a `message` have no index: each id is a call of its own."""
    message = {
        "content": None,
        "reasoning_content": "Look it up.",
        "refusal": None,
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}},
            {"id": "b", "type": "function", "function": {"name": "f", "arguments": "{}"}},
        ],
    }
    body = json.dumps({"choices": [{"message": message, "finish_reason": "tool_calls"}]}).encode()
    (choice,) = fold(body).choices
    assert choice.reasoning == "Look it up."
    assert [(call.id, call.name, call.arguments) for call in choice.tool_calls] == [
        ("a", "f", '{"x":1}'),
        ("b", "f", "{}"),
    ]


def test_json_lines_without_sse_are_decoded_one_after_another() -> None:
    body = b"\n".join(
        json.dumps(payload).encode() for payload in [chunk({"content": "a"}), chunk({"content": "b"}, "stop")]
    )
    snapshot = fold(body)
    assert snapshot.choices[0].text == "ab"
    assert snapshot.is_complete


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error":{"message":"no such model","type":"invalid_request_error"}}', "no such model"),
        (b'[{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}]', "bad"),
        (b'  {"error":"overloaded"}', "overloaded"),
        (b'{"detail":"Not authenticated"}', "Not authenticated"),
        (b'{"object":"error","message":"gone","type":"NotFoundError","code":404}', "gone"),
    ],
)
def test_an_error_object_instead_of_a_stream(body: bytes, message: str) -> None:
    snapshot = fold(body)
    assert snapshot.phase is Phase.FAILED
    assert snapshot.error is not None
    assert (snapshot.error.kind, snapshot.error.message) == ("api", message)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b"<!DOCTYPE html><html><head><title>\n 502  Bad\nGateway</title></head><body>x</body></html>",
            "502 Bad Gateway",
        ),
        (b"<html><body><h1>Sign in</h1><script>var a='<b>';</script><p>please</p></body></html>", "Sign in please"),
        (BOM + b" \n<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "AccessDenied"),
        (b"<TITLE lang='en'>Login</TITLE>", "Login"),
        (b"<style>p{}</style><p>Hello", "Hello"),
    ],
)
def test_a_web_page_is_not_the_api(body: bytes, words: str) -> None:
    snapshot = fold(body)
    assert snapshot.phase is Phase.FAILED
    assert snapshot.error is not None
    assert (snapshot.error.kind, snapshot.error.status) == ("protocol", 200)
    assert snapshot.error.message == (
        f"the server sent a web page, not an API answer; check the base URL (it says: {words})"
    )
    assert snapshot.choices == ()


def test_a_web_page_without_words_still_says_what_is_wrong() -> None:
    snapshot = fold(b"<html></html>")
    assert snapshot.error is not None
    assert snapshot.error.message.endswith("check the base URL")


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n\t", BOM, BOM + b"\n\n"])
def test_an_empty_body_is_no_success(body: bytes) -> None:
    state = folded([body] if body else [])
    assert state.phase is Phase.FAILED
    assert ending(state) == "error: the server answered with an empty body; check the base URL and the model's name"


def test_only_comments_is_an_interrupted_stream() -> None:
    snapshot = fold(b": hello\n\n: hello\n\n")
    assert (snapshot.phase, snapshot.counts.comments, snapshot.counts.payloads) == (Phase.INTERRUPTED, 2, 0)
    assert snapshot.error is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            b"upstream connect error or disconnect/reset before headers",
            "the server sent something that is no answer; check the base URL"
            " (it begins: upstream connect error or disconnect/reset before headers)",
        ),
        (
            b'{"status": "ok", "version": "1.2"}',
            "the server sent JSON that is no answer; check the base URL and the dialect"
            ' (it begins: {"status": "ok", "version": "1.2"})',
        ),
        (
            b'\xef\xbb\xbf{"object": "list",\n "data": []}',
            "the server sent JSON that is no answer; check the base URL and the dialect"
            ' (it begins: {"object": "list", "data": []})',
        ),
        (
            b"\x89PNG\r\n\x1a\n\x00" * 9,
            "the server sent something that is no answer; check the base URL (it begins: \ufffdPNG \x1a",
        ),
    ],
    ids=["text", "json", "json of another service", "picture"],
)
def test_a_body_that_is_no_answer_at_all_is_quoted_with_the_next_step(body: bytes, message: str) -> None:
    snapshot = fold(body)
    assert snapshot.phase is Phase.FAILED
    assert snapshot.error is not None
    assert (snapshot.error.kind, snapshot.error.status, snapshot.error.retryable) == ("protocol", 200, False)
    assert snapshot.error.message.startswith(message)


def test_the_content_type_of_a_body_that_is_no_answer_is_named() -> None:
    state = StreamState(TARGET, START_NS)
    state.start(START_NS)
    state.respond(200, {"content-type": "text/plain; charset=utf-8"}, START_NS)
    state.receive(b"hello\n", START_NS)
    state.end(START_NS)
    assert ending(state) == (
        "error: the server sent something that is no answer (text/plain); check the base URL (it begins: hello)"
    )


@pytest.mark.parametrize(
    "body", [b'{"id": "x", "choi', b"data: {", b"event: ping\n", b": hi\n", b"id: 1\n", b"retry: 5\n"]
)
def test_an_answer_that_broke_off_before_it_began_is_interrupted(body: bytes) -> None:
    state = folded([body])
    assert (state.phase, state.error) == (Phase.INTERRUPTED, None)
    assert ending(state) == f"interrupted before any text, after {len(body)} B"


def test_done_alone_is_a_failure_and_not_an_empty_answer() -> None:
    snapshot = fold(b"data: [DONE]\n\n")
    assert snapshot.phase is Phase.FAILED
    assert snapshot.error is not None
    assert snapshot.error.kind == "protocol"


def test_leading_blank_lines_are_keep_alives() -> None:
    """DeepSeek sends blank lines while a request waits; the body after them is what counts."""
    assert fold(b"\n" * 300 + sse(chunk({"content": "x"}, "stop"))).choices[0].text == "x"
    assert fold(b"\n" * 300 + PRETTY).choices[0].text == "Hi."


def test_endless_blanks_are_not_collected() -> None:
    body = BodyDecoder()
    for _ in range(100):
        body.feed(b"\n" * 4096)
    assert len(body._first) <= 64 * 1024 + 4096
    assert body.close() == []


def test_a_json_body_over_the_bound_is_cut_off_and_says_so() -> None:
    state = folded(cut(b'{"choices":[' + b'{"delta":{}},' * 200, 64), bounds=Bounds(event_bytes=1024))
    assert state.phase is Phase.FAILED
    assert ending(state) == "error: cut off: the JSON body is over the limit of 1 KiB"


def test_of_a_huge_page_only_the_beginning_is_kept() -> None:
    body = BodyDecoder()
    for _ in range(64):
        body.feed(b"<p>" + b"x" * 65533)
    assert sum(map(len, body._whole)) <= 64 * 1024


def test_an_event_over_the_bound_keeps_the_text_before_it() -> None:
    body = sse(chunk({"content": "kept"}), done=False) + b"data: " + b"x" * 2000
    for size in (1, 7, len(body)):
        state = folded(cut(body, size), bounds=Bounds(event_bytes=1024))
        assert state.snapshot().choices[0].text == "kept"
        assert state.phase is Phase.INTERRUPTED
        assert state.error is not None
        assert (state.error.kind, state.error.type) == ("protocol", "bound")
        assert "over the limit of 1 KiB" in ending(state)


def test_an_answer_over_the_bound_is_cut_off_with_what_came() -> None:
    body = sse(*[chunk({"content": "x" * 10}) for _ in range(20)])
    for size in (1, 50, len(body)):
        state = folded(cut(body, size), bounds=Bounds(answer_chars=100))
        assert state.phase is Phase.INTERRUPTED
        assert len(state.snapshot().choices[0].text) == 110  # the fragment that passed the bound is still shown
        assert "the answer is over the limit of 100 B" in ending(state)
        assert state.metrics().time_to_first_token_ns is not None


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning": "xxxxx"},
        {"refusal": "xxxxx"},
        {"tool_calls": [{"index": 0, "function": {"arguments": "xxxxx"}}]},
        {"tool_calls": [{"index": 0, "function": {"name": "xxxxx"}}]},
        {"function_call": {"arguments": "xxxxx"}},
        {"function_call": {"name": "xxxxx"}},
    ],
    ids=["reasoning", "refusal", "arguments", "name", "legacy arguments", "legacy name"],
)
def test_every_growing_thing_is_bounded(delta: dict[str, object]) -> None:
    """A name is replaced by a longer one and joined with another, so it can grow for ever as well."""
    state = fed([sse(chunk(delta), done=False)] * 30, bounds=Bounds(answer_chars=100))
    assert state.is_over
    assert "over the limit" in ending(state)


def test_too_many_calls_and_choices_are_cut_off() -> None:
    many_calls = sse(*[chunk({"tool_calls": [{"index": n, "id": str(n)}]}) for n in range(200)])
    state = folded([many_calls])
    assert len(state.snapshot().choices[0].tool_calls) == 128
    assert ending(state).endswith("cut off: the number of tool calls is over the limit of 128")
    many_choices = sse(*[chunk({"content": "x"}, index=n) for n in range(200)])
    state = folded([many_choices])
    assert len(state.snapshot().choices) == 128
    assert ending(state).endswith("cut off: the number of choices is over the limit of 128")


@pytest.mark.parametrize("index", [128, 2_000_000_000, -1, 10**30])
def test_a_tool_index_out_of_range_is_cut_off(index: int) -> None:
    state = folded([sse(chunk({"content": "x"}), chunk({"tool_calls": [{"index": index, "id": "a"}]}))])
    assert state.phase is Phase.INTERRUPTED
    assert state.snapshot().choices[0].tool_calls == ()


def test_nothing_is_taken_after_the_end() -> None:
    state = begun()
    state.receive(sse(chunk({"content": "x"}, "stop")), 2_000_000_000)
    before = state.snapshot()
    state.receive(sse(chunk({"content": "more"})), 2_000_000_001)
    state.end(2_000_000_002)
    state.cancel(2_000_000_003)
    assert state.snapshot() == before
