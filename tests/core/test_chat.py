"""The chat dialect, rule by rule: docs/protocols.md, "Chat Completions" and "compatible servers at a glance".

`fold` decodes each stream whole, byte by byte and at random splits, and insists on one result.
"""

import json
from typing import Any

import pytest

from tests.core.replay import MS, begun, chunk, fold, folded, sse
from tui.core.dialects import dialect_named
from tui.core.endings import ending
from tui.core.errors import RequestError, TargetError
from tui.core.events import Usage
from tui.core.phase import Phase
from tui.core.request import Message, Prompt
from tui.core.snapshot import ChoiceSnapshot, Snapshot
from tui.core.target import Target


def only(snapshot: Snapshot) -> ChoiceSnapshot:
    (choice,) = snapshot.choices
    return choice


# -- the documented order, and what may not be relied on -------------------------------------------------------------


def test_the_documented_order() -> None:
    snapshot = fold(
        sse(
            chunk({"role": "assistant", "content": "", "refusal": None}, usage=None, obfuscation="xyz"),
            chunk({"content": "Hel"}, usage=None),
            chunk({"content": "lo"}, usage=None),
            chunk({}, "stop", usage=None),
            {"id": "chatcmpl-1", "model": "tiny", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}},
        )
    )
    assert only(snapshot).text == "Hello"
    assert only(snapshot).finish_reason_raw == "stop"
    assert snapshot.usage == Usage(9, 2)
    assert snapshot.counts.payloads == 5
    assert snapshot.is_complete


@pytest.mark.parametrize(
    "chunks",
    [
        [chunk({"role": "assistant", "content": "Hel"}), chunk({"role": "assistant", "content": "lo"}, "stop")],
        [chunk({"content": None}), chunk({"content": "Hello"}, ""), chunk(None, "stop")],
        [chunk({"content": "Hel"}, "stop"), chunk({"content": "lo"}, None)],  # goes on after its finish reason
        [{"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}],  # neither id, model nor index
        [{"choices": [{"text": "Hel"}]}, {"choices": [{"text": "lo", "finish_reason": "stop"}]}],
        [{"choices": [{"delta": {"content": "Hello"}}]}, {"choices": [{"finish_reason": "stop"}]}],  # no delta
        [chunk({"content": "Hello"}), chunk({"audio": {"id": "a", "data": "AAAA"}}, "stop"), chunk({"audio": {}})],
        [chunk({"content": [{"type": "text", "text": "Hel"}, "lo"]}, "stop")],
    ],
)
def test_nothing_of_that_order_is_relied_on(chunks: list[Any]) -> None:
    snapshot = fold(sse(*chunks))
    assert only(snapshot).text == "Hello"
    assert only(snapshot).finish_reason == "stop"
    assert snapshot.is_complete


def test_the_first_id_and_model_that_are_not_empty_win() -> None:
    snapshot = fold(
        sse(
            chunk({}, id="", model=""),
            chunk({"content": "x"}, id="", model="one"),
            chunk({"content": "y"}, id="first", model="two"),
            chunk({}, "stop", id="second", model=""),
        )
    )
    assert (snapshot.response_id, snapshot.model) == ("first", "one")


def test_choices_in_any_order_and_several_in_one_chunk() -> None:
    both = {"choices": [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]}
    snapshot = fold(sse(chunk({"content": "B"}, index=1), both, chunk({}, "stop", 0), chunk({}, "length", 1)))
    assert [(c.index, c.text, c.finish_reason) for c in snapshot.choices] == [(0, "a", "stop"), (1, "Bb", "length")]
    assert snapshot.is_complete


# -- completeness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "phase"),
    [
        (sse(chunk({"content": "x"})), Phase.COMPLETE),  # [DONE]
        (sse(chunk({"content": "x"}), chunk({}, "stop"), done=False), Phase.COMPLETE),  # the finish reason
        (sse(chunk({"content": "x"}), done=False), Phase.INTERRUPTED),
        (sse(chunk({"content": "x"}, ""), chunk({"content": "x"}, "null"), done=False), Phase.INTERRUPTED),
        (sse(chunk({"content": "x"}, "stop"), chunk({"content": "y"}, index=1), done=False), Phase.INTERRUPTED),
        (
            sse(chunk({"content": "x"}), {"choices": [], "usage": {"completion_tokens": 1}}, done=False),
            Phase.INTERRUPTED,
        ),
        (sse({"choices": [], "usage": {"completion_tokens": 1}}, done=False), Phase.INTERRUPTED),
        (sse({"choices": [], "usage": {"completion_tokens": 1}}), Phase.FAILED),
        (sse(), Phase.FAILED),
        (sse({}, "null"), Phase.FAILED),
        (sse(chunk({"content": "x"}, "stop"), {"error": {"message": "no"}}), Phase.FAILED),
        (sse(chunk({"content": "x"}), done=False) + b"data: [DONE]", Phase.COMPLETE),
        (sse(chunk({"content": "x"}), done=False) + b"data:  [DONE] \n\n", Phase.COMPLETE),
        (sse(chunk({"content": "x"}), "[DONE]bye", done=False), Phase.COMPLETE),
        (sse(chunk({"content": "data: [DONE]"}), done=False), Phase.INTERRUPTED),
        # Ollama's /v1 after a failure in the middle: an empty chunk, and the end
        (sse(chunk({"content": "x"}), chunk({"content": ""}), done=False), Phase.INTERRUPTED),
    ],
)
def test_complete_needs_proof(stream: bytes, phase: Phase) -> None:
    snapshot = fold(stream)
    assert snapshot.phase is phase
    assert snapshot.is_complete is (phase is Phase.COMPLETE)


def test_what_comes_after_done_is_ignored() -> None:
    snapshot = fold(sse(chunk({"content": "x"}, "stop")) + sse(chunk({"content": "y"}), {"error": "no"}))
    assert only(snapshot).text == "x"
    assert snapshot.counts.payloads == 1
    assert snapshot.is_complete


def test_a_finish_reason_does_not_end_the_reading() -> None:
    """Usage comes after it, and old Gemini servers repeat STOP in every chunk."""
    snapshot = fold(
        sse(chunk({"content": "a"}, "stop"), chunk({"content": "b"}, "stop", usage={"completion_tokens": 2}))
    )
    assert only(snapshot).text == "ab"
    assert snapshot.usage == Usage(None, 2)


# -- finish reasons --------------------------------------------------------------------------------------------------

WORDS = {
    "stop": ["stop", "eos", "eos_token", "stop_sequence", "end_turn", "complete", "STOP", " Stop "],
    "length": ["length", "max_tokens", "model_length", "LENGTH"],
    "tool_calls": ["tool_calls", "function_call", "tool_use"],
    "content_filter": ["content_filter"],
    "error": ["error", "insufficient_system_resource"],
    "cancelled": ["abort", "cancelled"],
    "other": ["recitation", "load", "😶"],
}


@pytest.mark.parametrize(("reason", "raw"), [(reason, raw) for reason, raws in WORDS.items() for raw in raws])
def test_finish_words(reason: str, raw: str) -> None:
    choice = only(fold(sse(chunk({"content": "x"}), chunk({}, raw))))
    assert (choice.finish_reason, choice.finish_reason_raw) == (reason, raw)


@pytest.mark.parametrize("raw", [None, "", " ", "null", "NULL"])
def test_words_that_are_no_end(raw: str | None) -> None:
    """SGLang and GenieX send "" with every chunk, KoboldCpp "null"; neither ends a choice nor takes back an end."""
    snapshot = fold(sse(chunk({"content": "x"}, raw), done=False))
    assert (only(snapshot).finish_reason, only(snapshot).finish_reason_raw) == (None, None)
    assert not snapshot.is_complete
    assert only(fold(sse(chunk({"content": "x"}, "length"), chunk({}, raw)))).finish_reason == "length"


def test_stop_with_a_tool_call_is_tool_calls() -> None:
    call = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}]}
    choice = only(fold(sse(chunk(call), chunk({}, "stop"))))
    assert (choice.finish_reason, choice.finish_reason_raw) == ("tool_calls", "stop")
    assert only(fold(sse(chunk(call), chunk({}, "length")))).finish_reason == "length"


# -- tool calls ------------------------------------------------------------------------------------------------------


def tool(
    index: int | None = None, id_: str | None = None, name: str | None = None, arguments: Any = None
) -> dict[str, Any]:
    """One element of `tool_calls` with the keys that are not None."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    element = {"index": index, "id": id_, "function": function or None}
    return {key: value for key, value in element.items() if value is not None}


def calls(*chunks: list[dict[str, Any]], finish: str = "tool_calls") -> list[tuple[str, str, str]]:
    """(id, name, arguments) of the calls these `tool_calls` arrays fold to."""
    payloads = [chunk({"tool_calls": elements}) for elements in chunks]
    return [(c.id, c.name, c.arguments) for c in only(fold(sse(*payloads, chunk({}, finish)))).tool_calls]


def test_openai_parallel_calls_by_index() -> None:
    assert calls(
        [tool(0, "a", "f", "")],
        [tool(0, arguments='{"x":')],
        [tool(0, arguments="1}")],
        [tool(1, "b", "g", "")],
        [tool(1, arguments="{}"), tool(0, arguments=" ")],
    ) == [("a", "f", '{"x":1} '), ("b", "g", "{}")]


def test_ollama_gives_index_0_to_all_parallel_calls() -> None:
    """One chunk or several; the ids tell them apart, and a known id finds its call again."""
    assert calls([tool(0, "a", "f", '{"x":1}'), tool(0, "b", "f", '{"x":2}')], [tool(0, "c", "f", "{}")]) == [
        ("a", "f", '{"x":1}'),
        ("b", "f", '{"x":2}'),
        ("c", "f", "{}"),
    ]
    assert calls(
        [tool(0, "a", "f", "1")], [tool(0, "b", "g", "2")], [tool(0, "a", None, "3")], [tool(0, None, None, "4")]
    ) == [
        ("a", "f", "13"),
        ("b", "g", "24"),  # without an id: the newest call of this index
    ]


def test_geminis_compatible_endpoint_sends_whole_calls_without_index() -> None:
    assert calls(
        [tool(None, None, "f", '{"x":1}'), tool(None, None, "f", '{"x":2}')], [tool(None, None, "g", "{}")]
    ) == [
        ("", "f", '{"x":1}'),
        ("", "f", '{"x":2}'),
        ("", "g", "{}"),
    ]
    assert calls([tool(None, "a", "f", "{}"), tool(None, "b", "f", "{}")]) == [("a", "f", "{}"), ("b", "f", "{}")]


def test_without_index_an_id_decides_and_then_the_newest_call() -> None:
    assert calls(
        [tool(None, "a", "f")],
        [tool(None, "b", "g")],
        [tool(None, "a", None, '{"x":')],
        [tool(None, None, None, "{}")],  # no id: the newest
        [tool(None, "a", None, "1}")],
    ) == [("a", "f", '{"x":1}'), ("b", "g", "{}")]


def test_a_name_without_index_and_id_goes_on_while_the_arguments_are_not_whole() -> None:
    assert calls([tool(None, None, "f", '{"x":')], [tool(None, None, "f", "1}")], [tool(None, None, "f", "{}")]) == [
        ("", "f", '{"x":1}'),
        ("", "f", "{}"),
    ]


def test_names_repeated_in_every_delta() -> None:
    """MiniMax and NVIDIA NIM."""
    assert calls([tool(0, "a", "f", '{"x"')], [tool(0, "a", "f", ":1")], [tool(0, "a", "f", "}")]) == [
        ("a", "f", '{"x":1}')
    ]


def test_names_in_pieces() -> None:
    """Gemini proxies and Mistral: the next piece, or the whole name so far."""
    assert calls([tool(0, "a", "get_")], [tool(0, None, "weather", "{}")]) == [("a", "get_weather", "{}")]
    assert calls([tool(0, "a", "get_")], [tool(0, None, "get_weather", "{}")]) == [("a", "get_weather", "{}")]


def test_id_and_name_may_come_late_and_empty_fields_take_nothing_back() -> None:
    assert calls(
        [tool(0, "", "", "{")],
        [tool(0, "a")],
        [tool(0, "", "f", "}")],
        [tool(0, "", "", "")],
    ) == [("a", "f", "{}")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"city": "Zürich", "n": 1}, '{"city":"Zürich","n":1}'),
        ([1, [2]], "[1,[2]]"),
        ({}, "{}"),
        ({"n": 10**30}, '{"n":1000000000000000000000000000000}'),
        (7, "{}"),  # no text and no object: nothing was received
        (True, "{}"),
        (None, "{}"),
        ("", "{}"),
    ],
)
def test_arguments_as_a_value(value: object, text: str) -> None:
    """llama.cpp for a time, and Mistral's types: serialised compactly, letters as they are."""
    assert calls([tool(0, "a", "f", value)]) == [("a", "f", text)]


def test_lone_surrogates_in_argument_objects_are_replaced() -> None:
    assert calls([tool(0, "a", "f", {"x": "\ud83d"})]) == [("a", "f", '{"x":"\ufffd"}')]


def test_arguments_nested_deeply_do_no_harm() -> None:
    for depth in (500, 990, 5000):
        nested = "[" * depth + "]" * depth
        snapshot = fold(
            sse(
                chunk({"content": "x"}),
                '{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f",'
                f'"arguments":{nested}}}}}]}},"finish_reason":"tool_calls"}}]}}',
            )
        )
        assert only(snapshot).text == "x"


def test_calls_keep_the_order_of_their_first_appearance() -> None:
    assert [name for _, name, _ in calls([tool(5, "a", "f")], [tool(1, "b", "g")], [tool(3, "c", "h")])] == [
        "f",
        "g",
        "h",
    ]


def test_no_arguments_become_an_empty_object_at_the_end_only() -> None:
    start = sse(chunk({"tool_calls": [tool(0, "a", "f", "")]}), done=False)
    running = begun()
    running.receive(start, 2_000 * MS)
    (open_call,) = running.snapshot().choices[0].tool_calls
    assert (open_call.arguments, open_call.validity) == ("", "empty")
    for end in (sse(chunk({}, "tool_calls"), done=False), b"data: [DONE]\n\n"):
        (call,) = only(fold(start + end)).tool_calls
        assert (call.arguments, call.validity) == ("{}", "valid")
    (cut_call,) = only(fold(start)).tool_calls
    assert cut_call.arguments == ""


@pytest.mark.parametrize(
    ("text", "validity"), [('{"a":1}', "valid"), ('{"a":', "partial"), ("{a: 1}", "invalid"), ('{"a":1}}', "invalid")]
)
def test_arguments_are_judged_and_never_repaired(text: str, validity: str) -> None:
    (call,) = only(fold(sse(chunk({"tool_calls": [tool(0, "a", "f", text)]}), chunk({}, "length")))).tool_calls
    assert (call.arguments, call.validity) == (text, validity)


def test_custom_tools_have_free_text() -> None:
    first = {"index": 0, "id": "a", "type": "custom", "custom": {"name": "run", "input": "ls "}}
    snapshot = fold(
        sse(
            chunk({"tool_calls": [first]}),
            chunk({"tool_calls": [{"index": 0, "custom": {"input": "-l"}}]}, "tool_calls"),
        )
    )
    (call,) = only(snapshot).tool_calls
    assert (call.type, call.name, call.arguments, call.validity) == ("custom", "run", "ls -l", "text")
    unnamed_type = {"index": 0, "id": "a", "custom": {"name": "run", "input": None}}
    (call,) = only(fold(sse(chunk({"tool_calls": [unnamed_type]}, "tool_calls")))).tool_calls
    assert (call.type, call.arguments) == ("custom", "")


def test_the_type_is_set_and_not_joined() -> None:
    elements = [
        {"index": 0, "id": "a", "type": "function", "function": {"name": "f"}},
        {"index": 0, "type": "function"},
    ]
    (call,) = only(fold(sse(*[chunk({"tool_calls": [e]}) for e in elements], chunk({}, "stop")))).tool_calls
    assert call.type == "function"


def test_the_legacy_function_call() -> None:
    snapshot = fold(
        sse(
            chunk({"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": ""}}),
            chunk({"function_call": {"arguments": '{"x":'}}),
            chunk({"function_call": {"arguments": "1}"}}),
            chunk({}, "function_call"),
        )
    )
    choice = only(snapshot)
    assert choice.function_call is not None
    assert (choice.function_call.name, choice.function_call.arguments) == ("f", '{"x":1}')
    assert (choice.tool_calls, choice.finish_reason) == ((), "tool_calls")


@pytest.mark.parametrize("empty", [None, {}, {"name": None, "arguments": None}, {"name": "", "arguments": ""}])
def test_an_empty_legacy_call_is_no_call(empty: object) -> None:
    assert only(fold(sse(chunk({"content": "x", "function_call": empty}, "stop")))).function_call is None


# -- reasoning, refusal, log probabilities ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delta", "reasoning"),
    [
        ({"reasoning_content": "a"}, "a"),
        ({"reasoning": "a"}, "a"),
        ({"reasoning_content": "a", "reasoning": "a"}, "a"),
        ({"reasoning_content": "", "reasoning": "a"}, "a"),
        ({"reasoning_content": None, "reasoning": None, "reasoning_details": None}, ""),
        ({"reasoning": "a", "reasoning_details": [{"type": "reasoning.text", "text": "a"}]}, "a"),
        ({"reasoning_details": [{"type": "reasoning.text", "text": "a", "signature": "s"}]}, "a"),
        ({"reasoning_details": [{"type": "reasoning.summary", "summary": "a", "format": "x", "index": 0}]}, "a"),
        ({"reasoning_details": [{"type": "reasoning.encrypted", "data": "zzz"}]}, ""),
        ({"reasoning_details": [None, 3, {"text": 5}, {"type": "reasoning.text", "text": "a"}]}, "a"),
        ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "a"}], "closed": True}]}, "a"),
        ({"content": [{"type": "thinking", "thinking": "a"}]}, "a"),
    ],
)
def test_reasoning_by_any_name_and_never_twice(delta: dict[str, Any], reasoning: str) -> None:
    choice = only(fold(sse(chunk(delta), chunk({"content": "t"}, "stop"))))
    assert (choice.reasoning, choice.text) == (reasoning, "t")


def test_mistrals_list_content_mixed_with_strings() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}, {"type": "reference", "reference_ids": [1]}]},
        {"type": "reference", "reference_ids": [1]},
        {"type": "text", "text": "Yes"},
        {"type": "text", "text": ""},
        {"type": "unknown", "text": "no"},
        None,
    ]
    choice = only(fold(sse(chunk({"content": parts}), chunk({"content": "!"}), chunk({"content": []}, "stop"))))
    assert (choice.reasoning, choice.text) == ("hm", "Yes!")


def test_think_tags_stay_text() -> None:
    assert only(fold(sse(chunk({"content": "<think>a</think>b"}, "stop")))).text == "<think>a</think>b"


def test_refusal() -> None:
    stream = sse(chunk({"refusal": "I "}), chunk({"refusal": "cannot."}), chunk({}, "stop"))
    choice = only(fold(stream))
    assert (choice.refusal, choice.text, choice.finish_reason) == ("I cannot.", "", "stop")
    assert ending(folded([stream])) == "refusal, stop"


def test_logprobs() -> None:
    logprobs = {
        "content": [
            {
                "token": "H",
                "bytes": [72],
                "logprob": -0.5,
                "top_logprobs": [{"token": "H", "logprob": -0.5}, {"token": "J"}],
            },
            {"token": "\ud83d", "bytes": None, "logprob": None},
        ],
        "refusal": [{"token": "No", "logprob": -1}],
    }
    payload = {"choices": [{"delta": {"content": "H"}, "logprobs": logprobs, "finish_reason": "stop"}]}
    choice = only(fold(sse(payload, {"choices": [{"delta": {}, "logprobs": {"content": None}}]})))
    assert [(t.token, t.logprob, t.top) for t in choice.logprobs] == [
        ("H", -0.5, (("H", -0.5),)),
        ("\ufffd", None, ()),
        ("No", -1.0, ()),
    ]


# -- text ------------------------------------------------------------------------------------------------------------


def test_a_surrogate_pair_split_over_deltas_is_one_character() -> None:
    stream = sse(
        r'{"choices":[{"delta":{"content":"a\ud83d"}}]}',
        r'{"choices":[{"delta":{"content":"\ude04b"}}]}',
        r'{"choices":[{"delta":{"content":"\ud83d"}}]}',
        r'{"choices":[{"delta":{"content":"c\ude04","reasoning":"\ud83d"},"finish_reason":"stop"}]}',
    )
    choice = only(fold(stream))
    assert choice.text == "a😄b\ufffdc\ufffd"
    assert choice.reasoning == "\ufffd"


def test_a_surrogate_pair_split_over_argument_deltas() -> None:
    stream = sse(
        r'{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"\"\ud83d"}}]}}]}',
        r'{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\ude04\""}}]},"finish_reason":"stop"}]}',
    )
    assert only(fold(stream)).tool_calls[0].arguments == '"😄"'


def test_a_lone_surrogate_reaches_no_field() -> None:
    """Any of them would fail later, at the database or the terminal, which take UTF-8."""
    payload = (
        r'{"id":"i\ud83d","model":"m\ud83d","choices":[{"delta":{"content":"x","tool_calls":[{"index":0,"id":"t\ud83d",'
        r'"type":"y\ud83d","function":{"name":"n\ud83d"}}],"function_call":{"name":"l\ud83d"}},"finish_reason":"f\ud83d"}]}'
    )
    snapshot = fold(sse(payload, r'{"error":{"message":"e\ud83d","type":"t\ud83d","code":"c\ud83d"}}'))
    repr(snapshot).encode()
    choice = only(snapshot)
    assert (snapshot.response_id, snapshot.model, choice.finish_reason_raw) == ("i\ufffd", "m\ufffd", "f\ufffd")
    assert choice.function_call is not None
    texts = [choice.tool_calls[0].id, choice.tool_calls[0].type, choice.tool_calls[0].name, choice.function_call.name]
    assert texts == ["t\ufffd", "y\ufffd", "n\ufffd", "l\ufffd"]
    assert snapshot.error is not None
    assert (snapshot.error.message, snapshot.error.type, snapshot.error.code) == ("e\ufffd", "t\ufffd", "c\ufffd")


def test_invalid_utf_8_becomes_the_replacement_character() -> None:
    stream = b'data: {"choices":[{"delta":{"content":"a\xffb\xc3"},"finish_reason":"stop"}]}\n\n'
    snapshot = fold(stream)
    assert only(snapshot).text == "a\ufffdb\ufffd"
    assert (snapshot.is_complete, snapshot.counts.undecodable) == (True, 0)


# -- usage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wire", "usage"),
    [
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 20,
                "total_tokens": 30,
                "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 5},
            },
            Usage(10, 20, 5, 4),
        ),
        ({"prompt_tokens": 10, "completion_tokens": 20}, Usage(10, 20)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage(0, 0)),
        ({"prompt_tokens": 10, "prompt_cache_hit_tokens": 7, "prompt_cache_miss_tokens": 3}, Usage(10, cached=7)),
        ({"prompt_tokens_details": {"cached_tokens": 1}, "prompt_cache_hit_tokens": 7}, Usage(cached=1)),
        ({"prompt_tokens_details": {"cached_tokens": None}, "prompt_cache_hit_tokens": 7}, Usage(cached=7)),
        ({"prompt_tokens": 10, "prompt_tokens_details": None, "completion_tokens_details": []}, Usage(10)),
        ({"prompt_tokens": "10", "completion_tokens": 20.0}, Usage(10, 20)),
        ({"prompt_tokens": -1, "completion_tokens": 20}, Usage(None, 20)),
        ({"prompt_tokens": 10**400, "completion_tokens": 20}, Usage(None, 20)),
        ({"prompt_tokens": 2**60, "completion_tokens": 20}, Usage(None, 20)),
        ({"prompt_tokens": True, "completion_tokens": {"n": 1}, "cost": 0.1}, None),
        ({"prompt_tokens": "many", "completion_tokens": 1.5}, None),
        ({}, None),
        ([], None),
        ("10", None),
        (None, None),
    ],
)
def test_usage(wire: object, usage: Usage | None) -> None:
    assert fold(sse(chunk({"content": "x"}, "stop"), {"choices": [], "usage": wire})).usage == usage


def test_usage_replaces_and_null_erases_nothing() -> None:
    """Counts are cumulative (vLLM, SGLang, Gemini): adding them up would inflate the total."""
    counted = [chunk({"content": "x"}, usage={"prompt_tokens": 5, "completion_tokens": n}) for n in (1, 2, 3)]
    assert fold(sse(*counted, chunk({}, "stop", usage=None))).usage == Usage(5, 3)
    assert fold(sse(*counted, chunk({}, "stop", usage={}))).usage == Usage(5, 3)
    assert fold(sse(*counted, {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 7}})).usage == Usage(
        5, 7
    )


def test_groqs_usage_may_be_only_in_its_own_field() -> None:
    assert fold(sse(chunk({}, "stop", x_groq={"id": "r", "usage": {"completion_tokens": 4}}))).usage == Usage(None, 4)
    both = chunk({}, "stop", usage={"completion_tokens": 5}, x_groq={"usage": {"completion_tokens": 4}})
    assert fold(sse(both)).usage == Usage(None, 5)


# -- errors inside the stream ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "message", "type_", "code"),
    [
        (b'data: {"error":{"message":"no","type":"server_error","param":null,"code":"x"}}', "no", "server_error", "x"),
        (b'data: {"error":{"message":"no","code":502,"metadata":{"provider_name":"p"}}}', "no", None, "502"),
        (b'data: {"error":{"message":"no","type":null,"code":null}}', "no", None, None),
        (b'data: {"error":"no"}', "no", None, None),
        (
            b'data: {"object":"error","message":"no","type":"BadRequestError","param":null,"code":400}',
            "no",
            "BadRequestError",
            "400",
        ),
        (b'event: error\ndata: {"error":{"message":"no"}}', "no", None, None),
        (b'event: error\ndata: {"message":"no","type":"t","code":1}', "no", "t", "1"),
        (b'event: error\ndata: {"detail":"no"}', "no", None, None),
        (b'event: error\ndata: "no"', "no", None, None),
        (b"event: error\ndata: no", "no", None, None),
        (b'data: {"type":"error","error":{"type":"overloaded_error","message":"no"}}', "no", "overloaded_error", None),
        (b'{"error":{"message":"no"}}', "no", None, None),
        (b'{\n  "error": {\n    "message": "no",\n    "code": 429\n  }\n}', "no", None, "429"),
        (b'error: {"code":500,"message":"no","type":"server_error"}', "no", "server_error", "500"),
        (b'error: {"error":{"message":"no"}}', "no", None, None),
        (b'data: {"id":"x","choices":[],"x_groq":{"id":"r","error":"no"}}', "no", None, None),
        (b'data: [{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}]', "no", "INVALID_ARGUMENT", "400"),
        (b'data: {"detail":[{"loc":["body","n"],"msg":"no","type":"int"}]}', "body.n: no", None, None),
    ],
)
@pytest.mark.parametrize("done", [True, False])
def test_errors_after_text(event: bytes, message: str, type_: str | None, code: str | None, done: bool) -> None:
    end = b"data: [DONE]\n\n" if done else b""
    snapshot = fold(sse(chunk({"content": "kept"}), done=False) + event + b"\n\n" + end)
    assert snapshot.phase is Phase.FAILED
    assert only(snapshot).text == "kept"
    assert snapshot.error is not None
    assert (snapshot.error.kind, snapshot.error.message) == ("api", message)
    assert (snapshot.error.type, snapshot.error.code) == (type_, code)


def test_the_rest_of_a_payload_is_folded_before_its_error() -> None:
    """OpenRouter sends both."""
    payload = chunk(
        {"content": "last words"}, "error", error={"code": 502, "message": "gone"}, usage={"completion_tokens": 3}
    )
    snapshot = fold(sse(chunk({"content": "The "}), payload, chunk({"content": "never folded"})))
    assert only(snapshot).text == "The last words"
    assert only(snapshot).finish_reason == "error"
    assert snapshot.usage == Usage(None, 3)
    assert snapshot.counts.payloads == 2
    assert snapshot.error is not None
    assert snapshot.error.retryable


@pytest.mark.parametrize("error", [None, "", {}, False, []])
def test_an_empty_error_field_is_no_error(error: object) -> None:
    assert fold(sse(chunk({"content": "x"}, "stop", error=error))).is_complete


def test_an_error_without_words_still_has_some() -> None:
    snapshot = fold(sse(chunk({"content": "x"}), {"error": True}))
    assert snapshot.error is not None
    assert snapshot.error.message == "the server reported an error without saying which"
    snapshot = fold(sse(chunk({"content": "x"}), done=False) + b"event: error\ndata: {}\n\n")
    assert snapshot.error is not None
    assert snapshot.error.message == "the server reported an error without saying which"


def test_nested_errors_of_filters_and_moderation_are_no_stream_error() -> None:
    payload = {
        "choices": [
            {
                "index": 0,
                "delta": {"content": "x"},
                "finish_reason": "stop",
                "content_filter_results": {"error": {"code": "content_filter_error", "message": "timeout"}},
            }
        ],
        "moderation": {"error": {"message": "skipped"}},
        "prompt_filter_results": [{"content_filter_results": {"error": {"message": "skipped"}}}],
    }
    assert fold(sse(payload)).is_complete


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        ({"message": "x", "code": "rate_limit_exceeded"}, True),
        ({"message": "x", "type": "overloaded_error"}, True),
        ({"message": "x", "code": 529}, True),
        ({"message": "x", "code": "server_is_overloaded"}, True),
        ({"message": "x", "code": "slow_down"}, True),
        ({"message": "x", "type": "rate_limit_exceeded", "code": "insufficient_quota"}, False),
        ({"message": "x", "code": 429, "type": "insufficient_quota"}, False),
        ({"message": "x", "code": "context_length_exceeded"}, False),
        ({"message": "x"}, False),
    ],
)
def test_which_errors_may_heal(error: dict[str, Any], retryable: bool) -> None:
    found = fold(sse({"error": error})).error
    assert found is not None
    assert found.retryable is retryable


# -- Azure -----------------------------------------------------------------------------------------------------------


def test_azures_filter_chunks_before_and_after_the_answer() -> None:
    prompt_filter = {
        "choices": [],
        "created": 0,
        "id": "",
        "model": "",
        "object": "",
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False}}}],
    }
    offsets = {
        "id": "",
        "model": "",
        "created": 0,
        "object": "",
        "choices": [
            {
                "index": 0,
                "finish_reason": None,
                "content_filter_results": {},
                "content_filter_offsets": {"check_offset": 44, "start_offset": 44, "end_offset": 198},
            }
        ],
    }
    snapshot = fold(
        sse(prompt_filter, chunk({"content": "Hi"}, id="a", model="gpt"), offsets, chunk({}, "stop"), offsets)
    )
    assert (snapshot.response_id, snapshot.model) == ("a", "gpt")
    assert (only(snapshot).text, only(snapshot).finish_reason) == ("Hi", "stop")
    assert snapshot.is_complete
    assert snapshot.counts.payloads == 5


def test_azures_prompt_filter_is_the_first_chunk_of_the_stopwatch() -> None:
    state = begun()
    state.receive(sse({"choices": [], "id": "", "model": "", "prompt_annotations": []}, done=False), 1_200 * MS)
    state.receive(sse(chunk({"content": "x"}, "stop")), 1_300 * MS)
    metrics = state.metrics()
    assert metrics.time_to_first_chunk_ns == 200 * MS
    assert metrics.time_to_first_token_ns == 300 * MS


def test_azures_filtered_answer_may_have_no_delta() -> None:
    filtered = {"choices": [{"index": 0, "finish_reason": "content_filter", "content_filter_results": {}}]}
    snapshot = fold(sse(chunk({"content": "Hi"}), filtered))
    assert only(snapshot).finish_reason == "content_filter"
    assert snapshot.is_complete


# -- what gateways do to the stream ----------------------------------------------------------------------------------


def test_comments_and_wrapped_comments() -> None:
    stream = (
        b": OPENROUTER PROCESSING\n\n: keep-alive\n\ndata: : OPENROUTER PROCESSING\n\n"
        + sse(chunk({"content": "x"}), done=False)
        + b": ping\n\n"
        + sse(chunk({}, "stop"))
    )
    snapshot = fold(stream)
    assert (only(snapshot).text, snapshot.is_complete) == ("x", True)
    assert (snapshot.counts.comments, snapshot.counts.undecodable, snapshot.counts.payloads) == (3, 1, 2)


@pytest.mark.parametrize(
    "keep_alive", [b"data:\n\n", b"data: \n\n", b"data\n\n", b"data: null\n\n", b"data: {}\n\n", b"data: []\n\n"]
)
def test_empty_keep_alives(keep_alive: bytes) -> None:
    stream = (
        keep_alive
        + sse(chunk({"content": "x"}), done=False)
        + keep_alive
        + sse(chunk({}, "stop"), done=False)
        + keep_alive
    )
    snapshot = fold(stream)
    assert (only(snapshot).text, snapshot.is_complete, snapshot.counts.undecodable) == ("x", True, 0)


def test_several_objects_in_one_event() -> None:
    objects = "".join(
        json.dumps(chunk({"content": text}, finish)) for text, finish in [("a", None), ("b", None), ("c", "stop")]
    )
    snapshot = fold(sse(objects))
    assert only(snapshot).text == "abc"
    assert snapshot.counts.payloads == 3


def test_single_line_ends_between_events() -> None:
    stream = (
        b"".join(b"data: %s\n" % json.dumps(chunk({"content": text})).encode() for text in "abc") + b"data: [DONE]\n"
    )
    snapshot = fold(stream)
    assert (only(snapshot).text, snapshot.is_complete) == ("abc", True)


@pytest.mark.parametrize("name", [b"message", b"chat.completion.chunk", b"completion", b"data"])
def test_event_names_mean_nothing_here(name: bytes) -> None:
    stream = b"event: %s\n" % name + sse(chunk({"content": "x"}, "stop"), done=False)
    assert fold(stream).is_complete


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_other_line_ends(line_end: bytes) -> None:
    stream = sse(chunk({"content": "a\u2028b\u0085c"}), chunk({}, "stop")).replace(b"\n", line_end)
    assert only(fold(stream)).text == "a\u2028b\u0085c"


def test_raw_unicode_line_ends_are_text() -> None:
    stream = 'data: {"choices":[{"delta":{"content":"a\u2028b\u2029c\u0085d"},"finish_reason":"stop"}]}\n\n'.encode()
    assert only(fold(stream)).text == "a\u2028b\u2029c\u0085d"


@pytest.mark.parametrize(
    "junk", ["{", '{"choices":[{"delta":{"content":"x', "<html>", "keep-alive", "{}}", "nul", "\x00"]
)
def test_undecodable_payloads_are_counted_and_passed_over(junk: str) -> None:
    snapshot = fold(sse(chunk({"content": "a"}), junk, chunk({"content": "b"}, "stop")))
    assert only(snapshot).text == "ab"
    assert snapshot.counts.undecodable == 1
    assert snapshot.is_complete


def test_a_usage_chunk_with_null_choices() -> None:
    assert fold(
        sse(chunk({"content": "x"}, "stop"), {"choices": None, "usage": {"completion_tokens": 1}})
    ).usage == Usage(None, 1)


def test_fields_of_compatible_servers_are_passed_over() -> None:
    payload = chunk(
        {"content": "x"},
        "stop",
        provider="p",
        prompt_progress={"total": 9},
        timings={"predicted_n": 1},
        system_fingerprint=None,
        service_tier="default",
        created="yesterday",
    )
    payload["choices"][0] |= {
        "matched_stop": 2,
        "stop_reason": None,
        "native_finish_reason": "STOP",
        "extra_content": {},
    }
    assert only(fold(sse(payload))).text == "x"


# -- odd types -------------------------------------------------------------------------------------------------------

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**400,
    "",
    "x",
    "7",
    [],
    [[]],
    [None],
    {},
    {"a": {"b": []}},
    [{}],
    ["x"],
    1e308,
]
PLACES = [
    ("id",),
    ("model",),
    ("choices",),
    ("usage",),
    ("usage", "completion_tokens"),
    ("usage", "prompt_tokens_details"),
    ("x_groq",),
    ("object",),
    ("type",),
    ("code",),
    ("message",),
    ("choices", 0),
    ("choices", 0, "index"),
    ("choices", 0, "delta"),
    ("choices", 0, "message"),
    ("choices", 0, "text"),
    ("choices", 0, "finish_reason"),
    ("choices", 0, "logprobs"),
    ("choices", 0, "delta", "role"),
    ("choices", 0, "delta", "content"),
    ("choices", 0, "delta", "reasoning"),
    ("choices", 0, "delta", "reasoning_content"),
    ("choices", 0, "delta", "reasoning_details"),
    ("choices", 0, "delta", "refusal"),
    ("choices", 0, "delta", "function_call"),
    ("choices", 0, "delta", "tool_calls"),
    ("choices", 0, "delta", "tool_calls", 0),
    ("choices", 0, "delta", "tool_calls", 0, "id"),
    ("choices", 0, "delta", "tool_calls", 0, "type"),
    ("choices", 0, "delta", "tool_calls", 0, "function"),
    ("choices", 0, "delta", "tool_calls", 0, "function", "name"),
    ("choices", 0, "delta", "tool_calls", 0, "custom"),
]


def with_odd(place: tuple[str | int, ...], odd: Any) -> bytes:
    """A rich chunk with `odd` put at `place`."""
    payload: Any = json.loads(
        json.dumps(
            chunk(
                {
                    "content": "odd ",
                    "tool_calls": [
                        {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                    ],
                },
                usage={"completion_tokens": 1},
            )
        )
    )
    at = payload
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = odd
    return json.dumps(payload).encode()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_odd_types_cost_their_field_and_nothing_else(place: tuple[str | int, ...]) -> None:
    """What came before and after is folded, and the answer stays writable as UTF-8."""
    for odd in ODD:
        if place == ("choices", 0, "index") and isinstance(odd, int) and not isinstance(odd, bool) and odd != 0:
            continue  # another choice, with no proof of its end
        stream = sse(
            chunk({"content": "before "}), with_odd(place, odd), chunk({"content": "after"}), chunk({}, "stop")
        )
        state = folded([stream])
        assert state.phase is Phase.COMPLETE, odd
        text = state.snapshot().choices[0].text
        assert text.startswith("before "), odd
        assert text.endswith("after"), odd
        repr(state.snapshot()).encode()


def test_numbers_written_as_text_are_numbers() -> None:
    payload = {"choices": [{"index": "1", "delta": {"content": "x"}, "finish_reason": "stop"}]}
    assert fold(sse(payload)).choices[0].index == 1


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ('"n":' + "9" * 100_000, "before xafter"),
        ('"usage":{"completion_tokens":' + "9" * 100_000 + "}", "before xafter"),  # no count: that field is lost
        ('"n":' + "[" * 100_000 + "]" * 100_000, "before after"),  # too deep for any decoder: the payload is lost
        ('"n":1,"n":2,"id":"a","id":"b"', "before xafter"),
        ('"n":NaN,"m":-Infinity', "before xafter"),
        ('"n":1e999,"usage":{"completion_tokens":1e999}', "before xafter"),
    ],
    ids=["digits", "digits of a count", "nesting", "duplicates", "nan", "overflow"],
)
def test_hostile_json(extra: str, text: str) -> None:
    payload = '{"choices":[{"delta":{"content":"x"}}],' + extra + "}"
    state = folded([sse(chunk({"content": "before "}), payload, chunk({"content": "after"}))])
    assert state.phase is Phase.COMPLETE
    assert state.snapshot().choices[0].text == text


def test_an_error_nested_without_end() -> None:
    for depth in (400, 990, 50_000):
        state = folded([sse(chunk({"content": "x"}), '{"error":' * depth + '"no"' + "}" * depth)])
        assert state.is_over
        repr(state.snapshot()).encode()


# -- the request -----------------------------------------------------------------------------------------------------


def request_body(prompt: Prompt, **options: Any) -> dict[str, Any]:
    target = Target("t", "openai", "gpt", "chat", "https://api.example/v1", options, {"X-Team": "a"})
    request = dialect_named("chat").build_request(target, prompt)
    assert request.url == "https://api.example/v1/chat/completions"
    assert (request.method, dict(request.headers)) == ("POST", {"X-Team": "a"})
    body: dict[str, Any] = json.loads(request.body)
    return body


def test_the_request() -> None:
    turns = (Message("user", "1+1?"), Message("assistant", "2"), Message("user", "sure?"))
    assert request_body(Prompt(turns, system="Be brief."), temperature=0, stop=["a", "b"]) == {
        "model": "gpt",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "1+1?"},
            {"role": "assistant", "content": "2"},
            {"role": "user", "content": "sure?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "stop": ["a", "b"],
    }


def test_stream_options_can_be_turned_off_or_replaced() -> None:
    assert "stream_options" not in request_body(Prompt.of("x"), include_usage=False)
    assert request_body(Prompt.of("x"), stream_options={"include_obfuscation": False})["stream_options"] == {
        "include_obfuscation": False
    }
    assert "include_usage" not in request_body(Prompt.of("x"), include_usage=True)


def test_tools_are_sent_as_they_are() -> None:
    tools = ({"type": "function", "function": {"name": "f", "parameters": {}}},)
    assert request_body(Prompt.of("x", tools=tools))["tools"] == list(tools)


@pytest.mark.parametrize("value", [object(), int, "\ud83d"])
def test_an_option_that_cannot_be_sent_is_named_before_anything_is(value: object) -> None:
    with pytest.raises(RequestError, match="t: "):
        request_body(Prompt.of("x"), seed=value)


def test_unknown_dialects_are_named_with_the_known_ones() -> None:
    with pytest.raises(TargetError, match=r"unknown dialect 'soap'; this version speaks: .*chat"):
        dialect_named("soap")
