"""The completions dialect, rule by rule: docs/protocols.md, "Completions".

What it shares with chat is tested in `test_chat`; here is each way in which an answer differs, and the request.
"""

import json
from typing import Any

import pytest

from tests.core import replay
from tests.core.replay import MS, begun, sse
from tui.core.dialects import dialect_named
from tui.core.errors import RequestError
from tui.core.events import TokenLogprob, Usage
from tui.core.phase import Phase
from tui.core.request import CallMade, Message, Prompt
from tui.core.snapshot import ChoiceSnapshot, Snapshot
from tui.core.target import Target


def fold(data: bytes) -> Snapshot:
    return replay.fold(data, dialect="completions")


def only(snapshot: Snapshot) -> ChoiceSnapshot:
    (choice,) = snapshot.choices
    return choice


def piece(text: Any = None, finish: Any = None, index: Any = 0, logprobs: Any = None, **more: Any) -> dict[str, Any]:
    """One chunk with one choice."""
    return {
        "id": "cmpl-1",
        "object": "text_completion",
        "model": "base",
        "choices": [{"index": index, "text": text, "logprobs": logprobs, "finish_reason": finish}],
        **more,
    }


# -- the answer ------------------------------------------------------------------------------------------------------


def test_the_documented_order() -> None:
    usage = {"id": "cmpl-1", "model": "base", "choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 2}}
    snapshot = fold(sse(piece(" there"), piece(" was", usage=None), piece("", "stop"), usage))
    assert only(snapshot) == ChoiceSnapshot(0, text=" there was", finish_reason="stop", finish_reason_raw="stop")
    assert (snapshot.response_id, snapshot.model, snapshot.usage) == ("cmpl-1", "base", Usage(4, 2))
    assert snapshot.counts.payloads == 4
    assert snapshot.is_complete


@pytest.mark.parametrize(
    "payloads",
    [
        [{"choices": [{"text": "ab", "finish_reason": "stop"}]}],  # neither id, model nor index
        [piece("a"), piece("b", "stop")],
        [piece("a", ""), piece(None, "null"), piece("b"), {"choices": [{"index": 0, "finish_reason": "stop"}]}],
        [piece("a", stop_reason=None, prompt_logprobs=None), piece("b", "stop", stop_reason="END")],  # vLLM
        [{"choices": [{"delta": {"content": "ab"}, "finish_reason": "stop"}]}],  # chat chunks
    ],
)
def test_nothing_of_that_order_is_relied_on(payloads: list[Any]) -> None:
    for done in (True, False):
        snapshot = fold(sse(*payloads, done=done))
        assert (only(snapshot).text, only(snapshot).finish_reason) == ("ab", "stop")
        assert snapshot.is_complete


def test_several_choices() -> None:
    stream = sse(piece("B", index=1), piece("A"), piece("", "stop"), piece("b", "length", 1), done=False)
    snapshot = fold(stream)
    assert [(c.index, c.text, c.finish_reason) for c in snapshot.choices] == [(0, "A", "stop"), (1, "Bb", "length")]
    assert snapshot.is_complete
    assert not fold(sse(piece("B", index=1), piece("A", "stop"), done=False)).is_complete


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "content_filter"), ("abort", "cancelled")],
)
def test_finish_words(raw: str, reason: str) -> None:
    choice = only(fold(sse(piece("x"), piece("", raw))))
    assert (choice.finish_reason, choice.finish_reason_raw) == (reason, raw)


@pytest.mark.parametrize(
    ("stream", "phase"),
    [
        (sse(piece("x")), Phase.COMPLETE),
        (sse(piece("x"), done=False), Phase.INTERRUPTED),
        (sse(piece("x", ""), done=False), Phase.INTERRUPTED),
        (sse(piece("data: [DONE]"), done=False), Phase.INTERRUPTED),
        (sse(), Phase.FAILED),
        (sse(piece("x"), {"error": {"message": "no"}}), Phase.FAILED),
        (sse(piece("x"), {"choices": [], "usage": {"completion_tokens": 1}}, done=False), Phase.INTERRUPTED),
    ],
)
def test_complete_needs_proof(stream: bytes, phase: Phase) -> None:
    assert fold(stream).phase is phase


def test_an_echoed_prompt_is_the_first_text() -> None:
    assert only(fold(sse(piece("Once"), piece(" upon", "stop")))).text == "Once upon"


def test_a_whole_completion() -> None:
    body = piece("Hello", "stop", usage={"prompt_tokens": 1, "completion_tokens": 2})
    for raw in (json.dumps(body).encode(), json.dumps(body).encode() + b"\n\ndata: [DONE]\n\n", sse(body)):
        snapshot = fold(raw)
        assert (only(snapshot).text, snapshot.usage, snapshot.is_complete) == ("Hello", Usage(1, 2), True)


def test_the_stopwatch_starts_at_the_first_text() -> None:
    state = begun(dialect="completions")
    state.receive(sse(piece(""), done=False), 1_200 * MS)
    assert state.metrics().time_to_first_token_ns is None
    state.receive(sse(piece("x", "stop")), 1_300 * MS)
    assert state.metrics().time_to_first_token_ns == 300 * MS


@pytest.mark.parametrize(
    ("wire", "tokens"),
    [
        (
            {
                "tokens": ["Once", " up"],
                "token_logprobs": [None, -0.5],
                "top_logprobs": [None, {" up": -0.5, " in": -2}],
                "text_offset": [0, 4],
            },
            (TokenLogprob("Once"), TokenLogprob(" up", -0.5, ((" up", -0.5), (" in", -2.0)))),
        ),
        ({"tokens": ["a", "b"], "token_logprobs": [-1]}, (TokenLogprob("a", -1.0), TokenLogprob("b"))),
        ({"tokens": ["a"], "token_logprobs": [-1, -2], "top_logprobs": [{}, {}]}, (TokenLogprob("a", -1.0),)),
        (
            {"tokens": ["a", None, 5], "token_logprobs": ["x", True, {}]},
            (TokenLogprob("a"), TokenLogprob(""), TokenLogprob("")),
        ),
        (
            {"tokens": ["\ud83d"], "top_logprobs": [{"\ud83d": -1, "b": None}]},
            (TokenLogprob("\ufffd", None, (("\ufffd", -1.0),)),),
        ),
        ({"tokens": ["a"], "token_logprobs": 7, "top_logprobs": "x"}, (TokenLogprob("a"),)),
        ({"content": [{"token": "a", "logprob": -1, "top_logprobs": []}]}, (TokenLogprob("a", -1.0),)),  # llama.cpp
        ({"tokens": [], "token_logprobs": []}, ()),
        (None, ()),
    ],
)
def test_log_probabilities_in_parallel_arrays(wire: object, tokens: tuple[TokenLogprob, ...]) -> None:
    assert only(fold(sse(piece("x", "stop", logprobs=wire)))).logprobs == tokens


def test_infinite_log_probabilities_are_unknown_ones() -> None:
    """Some servers write -Infinity, which is no JSON, or a number beyond all measure; neither may leave the program."""
    for text in ("-Infinity", "-1e999", str(-(10**30)) + "e300"):
        raw = sse(piece("x", "stop", logprobs={"tokens": ["a"], "token_logprobs": ["HERE"]})).replace(
            b'"HERE"', text.encode()
        )
        snapshot = fold(raw)
        assert only(snapshot).logprobs == (TokenLogprob("a"),)
        assert only(snapshot).text == "x"


def test_azures_filter_chunks() -> None:
    prompt_filter = {"id": "", "object": "", "created": 0, "model": "", "choices": [], "prompt_filter_results": [{}]}
    late = {"id": "", "model": "", "choices": [{"index": 0, "finish_reason": None, "content_filter_offsets": {}}]}
    snapshot = fold(sse(prompt_filter, piece("Hi", content_filter_results={}), late, piece("", "stop"), late))
    assert (only(snapshot).text, snapshot.model, snapshot.is_complete) == ("Hi", "base", True)


# -- the request -----------------------------------------------------------------------------------------------------


def body_of(prompt: Prompt, **options: Any) -> dict[str, Any]:
    target = Target("t", "openai", "base", "completions", "https://api.example/v1", options, {"X-Team": "a"})
    request = dialect_named("completions").build_request(target, prompt)
    assert request.url == "https://api.example/v1/completions"
    assert (request.method, dict(request.headers)) == ("POST", {"X-Team": "a"})
    body: dict[str, Any] = json.loads(request.body)
    return body


def test_the_request() -> None:
    assert body_of(Prompt.of("Once upon a time"), max_tokens=4, echo=True, suffix=" end", best_of=2, top_k=3) == {
        "model": "base",
        "prompt": "Once upon a time",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 4,
        "echo": True,
        "suffix": " end",
        "best_of": 2,
        "top_k": 3,
    }
    assert "stream_options" not in body_of(Prompt.of("x"), include_usage=False)


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        (Prompt.of("Once"), "Once"),
        (Prompt.of("Once", system="Be brief."), "Be brief.\n\nOnce"),
        (
            Prompt((Message("user", "1+1?"), Message("assistant", "2"), Message("user", "sure?")), "Be brief."),
            "Be brief.\n\nUser: 1+1?\n\nAssistant: 2\n\nUser: sure?\n\nAssistant:",
        ),
    ],
)
def test_the_prompt_is_one_text(prompt: Prompt, text: str) -> None:
    assert body_of(prompt)["prompt"] == text


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({"logprobs": 3}, 3),
        ({"logprobs": True}, 1),
        ({"logprobs": True, "top_logprobs": 4}, 4),
        ({"top_logprobs": 4}, 4),
        ({"logprobs": False}, None),
        ({"logprobs": False, "top_logprobs": 4}, None),
    ],
)
def test_log_probabilities_are_asked_for_by_number(options: dict[str, Any], sent: int | None) -> None:
    body = body_of(Prompt.of("x"), **options)
    assert body.get("logprobs") == sent
    assert "top_logprobs" not in body


@pytest.mark.parametrize("name", ["reasoning_effort", "tool_choice", "parallel_tool_calls"])
def test_options_this_api_has_not(name: str) -> None:
    with pytest.raises(RequestError, match=f"t: the completions dialect has no {name}"):
        body_of(Prompt.of("x"), **{name: "auto"})


@pytest.mark.parametrize(
    ("prompt", "what"),
    [
        (Prompt.of("x", tools=({"type": "function", "function": {"name": "f"}},)), "tools"),
        (Prompt((Message("assistant", "", (CallMade("a", "f", "{}"),)),)), "tools"),
        (Prompt((Message("tool", "x", call_id="a"),)), "tools"),
        (Prompt((Message("user", "x"),), schema={"type": "object"}), "answers by a schema"),
        (Prompt((Message("user", "x"),), continues="resp_1"), "responses kept at the server"),
    ],
)
def test_what_this_api_has_not_is_refused(prompt: Prompt, what: str) -> None:
    with pytest.raises(RequestError, match=f"t: the completions dialect has no {what}"):
        body_of(prompt)


def test_an_option_that_cannot_be_sent_is_named_before_anything_is() -> None:
    with pytest.raises(RequestError, match="t: "):
        body_of(Prompt.of("x"), seed=object())
