"""Every recorded chat stream folds to what was written down for it by reading its raw JSON lines.

The long texts repeat what the recording's own model was asked for, so they can be checked against the raw bytes by eye.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from tests.core.replay import (
    RECORDINGS,
    SIZES,
    Recording,
    begun,
    cut,
    cut_at_random,
    folded,
    timeless,
)
from tui.core.endings import ending
from tui.core.events import Usage
from tui.core.failure import StreamError, http_error
from tui.core.phase import Phase
from tui.core.snapshot import ChoiceSnapshot, Snapshot, ToolCallSnapshot

GREETING = "Hello! I am a very small model, made on this machine a moment ago. How can I help you today?"
GREETING_REASONS = "The user says hello. I will greet them back.\n"
MOCK_GREETING = "Hello! I am a mock. How can I help you today?"
MOCK_REASONS = "The user says hello. I will greet them back."
MOCK_SHEEP_REASONS = (
    "Let me think step by step. First I count the sheep: one, two, three, four. "
    "Then I remember that two of them were goats, so I subtract."
)
SHEEP_REASONS = (
    MOCK_SHEEP_REASONS + " Four minus two is two.\n\nWait, is a goat a sheep? No. So the answer stays at two."
    " Let me check it once more: sheep, sheep, goat, goat. Yes.\n"
)
SHEEP = "There are **two** sheep."
CODE_START = "Here is a function:\n\n```python\ndef fib(n: int) -> int:\n    a, b ="
CODE = (
    CODE_START + " 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a\n\n\n"
    "print([fib(i) for i in range(10)])\n```\n\n"
    "It prints `[0, 1, 1, 2, 3, 5, 8, 13, 21, 34]`. The cost is O(n)."
)
STORY = (
    "# The Lantern\n\nOnce upon a time a lighthouse keeper found a **blue lantern** on the shore. It burned without "
    "oil, and every night it whispered the names of ships that would never come home.\n\n"
    "The keeper wrote each name in a book:\n\n1. The Amber Gull\n2. The Quiet Widow\n3. The Seventh Bell\n\n"
    "On the last night of winter the lantern whispered *his own* name. He closed the book, smiled, and walked out "
    "along the pier until the fog folded over him.\n\n> Some lights are not meant to guide.\n\n---\n\nThe end."
)
TABLE = (
    "| server | tokens/s | ttft (ms) |\n|:-------|---------:|----------:|\n| alpha | 41.5 | 120 |\n"
    "| beta | 38.0 | 95 |\n| gamma | 102.7 | 310 |\n\n- [x] measured\n- [ ] repeated\n"
)
UNICODE = (
    "Zażółć gęślą jaźń. Привет, мир! 你好，世界。こんにちは 🌍 👩\u200d👩\u200d👧\u200d👦 🇵🇱 🏳️\u200d🌈 "
    "مرحبا بالعالم שלום नमस्ते e\u0301 n\u0303 \u200bzero\xa0width … “quotes” — ∑∞≠√ ½ ①②③ 𝒳𝒴𝒵 𠜎 end."
)
BABBLE = (
    GREETING
    + " Lantern\n\nOnce unt agode on this machinus two.\n\nWaźźł sheep. 🇵иииииसииииир! 世界世界に。 book:\n\n```pyth "
)
MOCK_PIECES = "Hello! This is LiteLLM's own mock response, streamed in small pieces."
CUT_UPSTREAM = (
    "litellm.APIConnectionError: APIConnectionError: OpenAIException - Response payload is not completed: "
    "<TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>"
)
NOTHING = Usage(prompt=0, completion=0)
NOTHING_REASONED = Usage(prompt=0, completion=0, reasoning=0)
NOTHING_CACHED = Usage(prompt=0, completion=0, reasoning=0, cached=0)


def call(id_: str, arguments: str) -> ToolCallSnapshot:
    return ToolCallSnapshot(id_, "function", "get_weather", arguments, "valid")


@dataclass(frozen=True)
class Expected:
    """What one recording folds to. `payloads` are the JSON values in it, counted by hand."""

    payloads: int
    response_id: str
    text: str = ""
    reasoning: str = ""
    calls: tuple[ToolCallSnapshot, ...] = ()
    finish: str | None = "stop"
    usage: Usage | None = None
    comments: int = 0
    choices: int = 1
    phase: Phase = Phase.COMPLETE
    end: str = "stop"
    error: StreamError | None = None
    model: str = "tiny"


EXPECTED = {
    "llama-server/chat": Expected(61, "chatcmpl-cIhC3vbM8YL1PtybL3H9x3WL750Ol19S", GREETING, GREETING_REASONS),
    "llama-server/chat_code": Expected(
        141, "chatcmpl-VGuZQxIpIUfTEp0d10iRwoNyWgYZmj8t", CODE, usage=Usage(23, 139, None, 4)
    ),
    "llama-server/chat_error_model": Expected(
        61, "chatcmpl-hT9o7KdDl1N9orBcaY8HEmNllTZeVpT4", GREETING, GREETING_REASONS
    ),
    "llama-server/chat_forever__killed": Expected(
        325,
        "chatcmpl-1T4Heirsc79idkpHLwrucz7r1okIR1UR",
        # 325 chunks: a role, the first "tick" in two pieces, and 322 words more; together 161 pairs and a "tick".
        "tick tock " * 161 + "tick",
        finish=None,
        phase=Phase.INTERRUPTED,
        end="interrupted after 76.1 kB",  # 76 060 bytes
    ),
    "llama-server/chat_json": Expected(
        57,
        "chatcmpl-8PFlvotuWDXoesvKZuEAGT7b7k2g2x7a",
        '{"name": "tiny", "tags": ["a", "b", "c"], "score": 0.75, "nested": {"ok": true, "none": null}}',
        usage=Usage(26, 55, None, 4),
    ),
    "llama-server/chat_length": Expected(
        15,
        "chatcmpl-9DXnfGGomtGBv5pBx5ETFWLl9ezVs0f8",
        "tick tock tick tock tick tock tick tock tick tock tick",
        finish="length",
        usage=Usage(19, 12, None, 4),
        end="length",
    ),
    "llama-server/chat_logprobs": Expected(
        29,
        "chatcmpl-nyIq8binTGOLCHkaZpiNOkcArqQG36iS",
        "Hello! I a",
        GREETING_REASONS,
        finish="length",
        usage=Usage(22, 30, None, 21),
        end="length",
    ),
    "llama-server/chat_n2": Expected(
        66,
        "chatcmpl-OEfNAgMQuc54zQJgS0Qu0TdrVc2qZ3p0",
        CODE_START,
        finish="length",
        usage=Usage(23, 30, None, 4),
        choices=2,
        end="length",
    ),
    "llama-server/chat_nonstream": Expected(
        1, "chatcmpl-jRxrQfIiXYUxVfiY6nntyizDsyyhCMRG", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/chat_random": Expected(
        62, "chatcmpl-2RGxZFRDcmSZTeU1TDjW3efkuWgYUhK3", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/chat_stop": Expected(
        28,
        "chatcmpl-4qoOnBeXdemex4zJVFDp9xc07DR1Q5uR",
        "# The Lantern\n\nOnce upon a time a lighthouse keeper found a **",
        usage=Usage(24, 28, None, 4),
    ),
    "llama-server/chat_story": Expected(
        208, "chatcmpl-0jwb2f1kHd0B8Iw9Ca6uH6zEFiSEEuCx", STORY, usage=Usage(24, 206, None, 4)
    ),
    "llama-server/chat_table": Expected(
        105, "chatcmpl-YUbCCshql5eVsibT3G0UATspSHyTnDwN", TABLE, usage=Usage(21, 103, None, 4)
    ),
    "llama-server/chat_think": Expected(
        125, "chatcmpl-Hj4FQ5JbkxiuAv7WtNY4PnLc8Vfutmux", SHEEP, SHEEP_REASONS, usage=Usage(24, 127, None, 4)
    ),
    "llama-server/chat_tool_result": Expected(
        31,
        "chatcmpl-HbO4no6NYIojiLu1EYWZcNzK7OTC0uvT",
        "It is 21 degrees and sunny in Paris. Enjoy your day!",
        usage=Usage(276, 29, None, 205),
    ),
    "llama-server/chat_tools": Expected(
        28,
        "chatcmpl-cu18pcxtQwtY4Pyqx5hIWN7gWYDVYsCx",
        "",
        "I need the weather, so I call the tool.\n",
        (call("0PtQCN6WLX7tyrkiObMYxIpLs3AiSZTi", '{"city": "Paris", "unit": "celsius"}'),),
        finish="tool_calls",
        usage=Usage(219, 42, None, 0),
        end="tool calls",
    ),
    "llama-server/chat_tools_named": Expected(
        62, "chatcmpl-tIl6Ki2IsL6Nk16bqvht3Fbfj1EUPjB3", GREETING, GREETING_REASONS, usage=Usage(223, 64, None, 222)
    ),
    "llama-server/chat_tools_required": Expected(
        117,
        "chatcmpl-pJC8Cfe32D8FIiLpBLoARQnRugdjlvjm",
        BABBLE,
        GREETING_REASONS,
        finish="length",
        usage=Usage(223, 150, None, 205),
        end="length",
    ),
    "llama-server/chat_tools_two": Expected(
        35,
        "chatcmpl-NNBrhFXoLQwgYn1UnvHWL9BOx1KP2sZ7",
        calls=(
            call("rzJYtAu3lksOzE92C6phOhjXa0GMGsL2", '{"city": "Berlin", "unit": "celsius"}'),
            call("pSc0uZZrPSJlz8VosWwQSK5HAUglhLOE", '{"city": "Tokyo", "unit": "celsius"}'),
        ),
        finish="tool_calls",
        usage=Usage(225, 58, None, 206),
        end="tool calls",
    ),
    "llama-server/chat_unicode": Expected(
        134, "chatcmpl-zFzuVT3kTqhlKVQHnYrTrNASUchUnJMo", UNICODE, usage=Usage(26, 277, None, 4)
    ),
    "llama-server/chat_usage": Expected(
        62, "chatcmpl-xlqvKIlfZTXc5UUIiDm7PqWgko3sCXtL", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/chat_usage__queued": Expected(
        62,
        "chatcmpl-54Nedi5rKzgIieyiqo3G1uOkPtiLsmcW",
        GREETING,
        GREETING_REASONS,
        usage=Usage(22, 64, None, 4),
        comments=2,  # one before the role, one after it, while three others had the only slot
    ),
    "llama-server/chat_usage_continuous": Expected(
        62, "chatcmpl-p6baziNbVAYrDcNyEHtCfQ2OQdAMfbpB", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "litellm/chat__mock": Expected(24, "chatcmpl-ceeed3dc-0c37-4da5-b009-51c85979c56b", MOCK_PIECES, model="mock"),
    "litellm/chat__up-chat": Expected(9, "chatcmpl-GnNpi6Gdh7_iHN4-", MOCK_GREETING, MOCK_REASONS, model="up-chat"),
    "litellm/chat_disconnect__up-chat": Expected(
        4,
        "chatcmpl-g44NJ2-jpxAw0FyB",
        "This answer takes long a",
        finish=None,
        phase=Phase.FAILED,
        end=f"error: {CUT_UPSTREAM}",
        error=StreamError("api", CUT_UPSTREAM, code="500", retryable=True),
        model="up-chat",
    ),
    "litellm/chat_error_type__up-chat": Expected(
        9, "chatcmpl-WY39Xi6dvZC2sYE_", MOCK_GREETING, MOCK_REASONS, model="up-chat"
    ),
    "litellm/chat_think__up-chat": Expected(
        16, "chatcmpl-HVen6T3pFrhRrb4t", SHEEP, MOCK_SHEEP_REASONS, usage=Usage(6, 6, 6), model="up-chat"
    ),
    "litellm/chat_think__up-claude": Expected(
        17,
        "chatcmpl-98331154-e0fb-4e57-abe4-e17cd787e3b6",
        SHEEP,
        MOCK_SHEEP_REASONS,
        usage=NOTHING_CACHED,
        model="up-claude",
    ),
    "litellm/chat_think__up-gemini": Expected(
        16,
        "",  # a new id for each chunk: checked against the first chunk below
        SHEEP,
        MOCK_SHEEP_REASONS,
        usage=NOTHING_REASONED,
        model="up-gemini",
    ),
    "litellm/chat_think__up-resp": Expected(
        17, "resp-IW6wJXIucE0elZ78", SHEEP, MOCK_SHEEP_REASONS, usage=NOTHING_REASONED, model="up-resp"
    ),
    "litellm/chat_tools__up-chat": Expected(
        9,
        "chatcmpl-sr0NDDNFlLogCSfN",
        "I will look that up.",
        calls=(call("call_Vqq77VWhE_StncC1", '{"city":"Paris","unit":"celsius"}'),),
        finish="tool_calls",
        usage=Usage(5, 16),
        end="tool calls",
        model="up-chat",
    ),
    "litellm/chat_tools__up-claude": Expected(
        8,
        "chatcmpl-3f5cd49d-c6d4-4861-9eb6-4bedd5f21705",
        "I will look that up.",
        calls=(call("toolu_Mmhfn3tFzeYphEms", '{"city":"Paris","unit":"celsius"}'),),
        finish="tool_calls",
        usage=NOTHING_CACHED,
        end="tool calls",
        model="up-claude",
    ),
    "litellm/chat_tools__up-gemini": Expected(
        5,
        "",
        "I will look that up.",
        calls=(call("call_92439d4fd11b4391acb19776a866", '{"city": "Paris", "unit": "celsius"}'),),
        finish="tool_calls",
        usage=NOTHING,
        end="tool calls",
        model="up-gemini",
    ),
    "litellm/chat_tools__up-ollama": Expected(
        5,
        "",
        "I will look that up.",
        calls=(call("e8eaaeed-4bde-4b72-b69f-5577856df236", '{"city": "Paris", "unit": "celsius"}'),),
        finish="tool_calls",
        usage=NOTHING,
        end="tool calls",
        model="up-ollama",
    ),
    "litellm/chat_tools__up-resp": Expected(
        8,
        "resp-hL_zBQgRhFCFzdjH",
        "I will look that up.",
        calls=(call("call_yTYW-gaSYlyovBCV", '{"city":"Paris","unit":"celsius"}'),),
        finish="tool_calls",
        usage=NOTHING,
        end="tool calls",
        model="up-resp",
    ),
    "litellm/chat_tools_two__up-chat": Expected(
        11,
        "chatcmpl-I59sJt7_H-ct3MhL",
        calls=(
            call("call_ULX3gPn8IG6vQ-Ny", '{"city":"Berlin","unit":"celsius"}'),
            call("call_k4v1vJjrJYWdIc_V", '{"city":"Tokyo","unit":"celsius"}'),
        ),
        finish="tool_calls",
        usage=Usage(8, 23),
        end="tool calls",
        model="up-chat",
    ),
    "litellm/chat_tools_two__up-claude": Expected(
        10,
        "chatcmpl-ccd99c77-b26c-48ab-ba93-e478cfb05e77",
        calls=(
            call("toolu_J87pQl42T5ylVWbg", '{"city":"Berlin","unit":"celsius"}'),
            call("toolu_yrbxu_BONwqlU0L_", '{"city":"Tokyo","unit":"celsius"}'),
        ),
        finish="tool_calls",
        usage=NOTHING_CACHED,
        end="tool calls",
        model="up-claude",
    ),
    "litellm/chat_truncated__up-chat": Expected(
        3,
        "chatcmpl-_bsYrBAI_nRUr-jv",
        "This answer ",
        finish=None,
        phase=Phase.FAILED,
        end=f"error: {CUT_UPSTREAM}",
        error=StreamError("api", CUT_UPSTREAM, code="500", retryable=True),
        model="up-chat",
    ),
    "litellm/chat_unicode__up-chat": Expected(
        5,
        "chatcmpl-zi6KetuynfoDPYix",
        "Zażółć gęślą jaźń. Привет, мир! 你好，世",
        finish=None,
        phase=Phase.FAILED,
        end="error: str is not valid UTF-8: surrogates not allowed",
        error=StreamError(
            "api", "str is not valid UTF-8: surrogates not allowed", type="None", code="500", retryable=True
        ),
        model="up-chat",
    ),
    "litellm/chat_usage__mock": Expected(
        25, "chatcmpl-07e96d14-499a-474c-983f-f25d6e8913b6", MOCK_PIECES, usage=Usage(11, 17, 0), model="mock"
    ),
    "litellm/chat_usage__up-chat": Expected(
        10, "chatcmpl-C-jYdOt8vIpf0HmA", MOCK_GREETING, MOCK_REASONS, usage=Usage(5, 12, 11), model="up-chat"
    ),
    "litellm/chat_usage__up-claude": Expected(
        11,
        "chatcmpl-a8dde651-627e-4d49-9c73-0fba6b130ea3",
        MOCK_GREETING,
        MOCK_REASONS,
        usage=NOTHING_CACHED,
        model="up-claude",
    ),
    "litellm/chat_usage__up-gemini": Expected(
        10, "", MOCK_GREETING, MOCK_REASONS, usage=NOTHING_REASONED, model="up-gemini"
    ),
    "litellm/chat_usage__up-ollama": Expected(6, "", MOCK_GREETING, usage=NOTHING_REASONED, model="up-ollama"),
    "litellm/chat_usage__up-resp": Expected(
        11, "resp-X0SvjHPU4K05uuom", MOCK_GREETING, MOCK_REASONS, usage=NOTHING_REASONED, model="up-resp"
    ),
}

FIRST_IDS = {
    "litellm/chat_think__up-gemini": "chatcmpl-",
    "litellm/chat_tools__up-gemini": "chatcmpl-",
    "litellm/chat_tools__up-ollama": "c0e77da4-44a2-4b5e-9289-3852818f42e1",
    "litellm/chat_usage__up-gemini": "chatcmpl-",
    "litellm/chat_usage__up-ollama": "4ea0268f-9717-4a15-a907-2837c14ac726",
}
"""Where each chunk has another id: what the one of the first chunk begins with."""

REFUSED = {
    "litellm/chat_error_json__up-chat": StreamError(
        "http",
        "Invalid JSON payload: unexpected character, expected a JSON value: line 1 column 15 (char 14)",
        type="invalid_request_error",
        code="400",
        status=400,
    ),
    "litellm/chat_overloaded__up-chat": StreamError(
        "http",
        "litellm.APIError: APIError: OpenAIException - Overloaded\n\n"
        "LiteLLM: model group 'up-chat' failed with the error above. No fallback was attempted.",
        type="internal_server_error",
        code="529",
        status=529,
        retryable=True,
    ),
    "litellm/chat_ratelimit__up-chat": StreamError(
        "http",
        "litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached. Please retry after 2 seconds."
        "\n\nLiteLLM: model group 'up-chat' failed with the error above. No fallback was attempted.",
        type="throttling_error",
        code="429",
        status=429,
        retryable=True,
    ),
    "litellm/chat_usage__badkey": StreamError(
        "http", "No connected db.", type="no_db_connection", code="400", status=400
    ),
    "litellm/chat_usage__nomodel": StreamError(
        "http",
        "/chat/completions: Invalid model name passed in model=no-such. "
        "Call `/v1/models` to view available models for your key.",
        type="invalid_request_error",
        code="400",
        status=400,
    ),
    "litellm/chat_usage__up-broken": StreamError(
        "http",
        "litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.\n\n"
        "LiteLLM: model group 'up-broken' failed with the error above. No fallback was attempted.",
        type="internal_server_error",
        code="500",
        status=500,
        retryable=True,
    ),
    "llama-server/chat_error_context": StreamError(
        "http",
        "request (90012 tokens) exceeds the available context size (2048 tokens), try increasing it",
        type="exceed_context_size_error",
        code="400",
        status=400,
    ),
    "llama-server/chat_error_json": StreamError(
        "http",
        "[json.exception.parse_error.101] parse error at line 1, column 15: syntax error while parsing value - "
        "unexpected ','; expected '[', '{', or a literal",
        type="invalid_request_error",
        code="400",
        status=400,
    ),
    "llama-server/chat_error_type": StreamError(
        "http",
        "Field 'max_tokens': [json.exception.type_error.302] type must be number, but is string",
        type="invalid_request_error",
        code="400",
        status=400,
    ),
    "llama-server/chat_usage__badkey": StreamError(
        "http",
        "Invalid API Key (check the key of this provider)",
        type="authentication_error",
        code="401",
        status=401,
    ),
}


def test_every_recording_has_its_expectation() -> None:
    assert set(RECORDINGS) == set(EXPECTED) | set(REFUSED)
    assert len(RECORDINGS) == 56


def check(snapshot: Snapshot, expected: Expected, name: str) -> None:
    assert snapshot.phase is expected.phase
    assert snapshot.is_complete is (expected.phase is Phase.COMPLETE)
    assert snapshot.model == expected.model
    if name in FIRST_IDS:
        assert snapshot.response_id.startswith(FIRST_IDS[name])
    else:
        assert snapshot.response_id == expected.response_id
    assert snapshot.usage == expected.usage
    assert snapshot.error == expected.error
    assert (snapshot.counts.payloads, snapshot.counts.undecodable, snapshot.counts.comments) == (
        expected.payloads,
        0,
        expected.comments,
    )
    assert snapshot.counts.bytes == len(RECORDINGS[name].raw)
    assert snapshot.counts.attempts == 1
    assert [choice.index for choice in snapshot.choices] == list(range(expected.choices))
    for choice in snapshot.choices:
        assert replace(choice, logprobs=()) == ChoiceSnapshot(
            choice.index,
            text=expected.text,
            reasoning=expected.reasoning,
            tool_calls=expected.calls,
            finish_reason=expected.finish,  # type: ignore[arg-type]  # the words are the same in these recordings
            finish_reason_raw=expected.finish,
        )


@pytest.mark.parametrize("name", EXPECTED)
def test_folds_to_what_was_sent(name: str) -> None:
    state = folded([RECORDINGS[name].raw])
    check(state.snapshot(), EXPECTED[name], name)
    assert ending(state) == EXPECTED[name].end


def reads_of(recording: Recording) -> Iterator[list[bytes]]:
    yield recording.http_chunks
    for size in SIZES:
        yield cut(recording.raw, size)
    for seed in range(3):
        yield cut_at_random(recording.raw, seed, 400)


@pytest.mark.parametrize("name", EXPECTED)
def test_no_cut_matters(name: str) -> None:
    recording = RECORDINGS[name]
    whole = timeless(folded([recording.raw]).snapshot())
    for reads in reads_of(recording):
        assert timeless(folded(reads).snapshot()) == whole


def proof_ends_at(raw: bytes) -> int:
    """The length of the shortest beginning that proves the answer whole: up to the blank line after the last choice's
    finish reason (two in `chat_n2`), or the whole body where there is none."""
    marks = [raw.find(b'"finish_reason":"%s"' % word) for word in (b"stop", b"length", b"tool_calls")]
    last = max(raw.rfind(b'"finish_reason":"%s"' % word) for word in (b"stop", b"length", b"tool_calls"))
    assert last >= 0 or all(mark < 0 for mark in marks)
    end = raw.find(b"\n\n", last)
    return end + 1 if last >= 0 and end >= 0 else len(raw)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_cut_after_any_event_is_complete_only_with_proof(name: str) -> None:
    raw, expected = RECORDINGS[name].raw, EXPECTED[name]
    proof = proof_ends_at(raw)
    ends = [at + 2 for at in range(len(raw)) if raw.startswith(b"\n\n", at)]
    for end in ends:
        snapshot = folded([raw[:end]]).snapshot()
        if expected.phase is Phase.COMPLETE:
            assert snapshot.is_complete is (end >= proof), end
        else:
            assert not snapshot.is_complete
        for choice in snapshot.choices:
            assert expected.text.startswith(choice.text)
            assert expected.reasoning.startswith(choice.reasoning)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "nonstream" not in name])
def test_a_cut_inside_of_an_event_adds_nothing(name: str) -> None:
    """Half an event is thrown away: the answer is that of the whole events before it."""
    raw = RECORDINGS[name].raw
    ends = [at + 2 for at in range(len(raw)) if raw.startswith(b"\n\n", at)]
    for start, end in list(pairwise(ends))[:: max(1, len(ends) // 12)]:
        before = folded([raw[:start]]).snapshot()
        for at in (start + 1, start + 9, (start + end) // 2, end - 4):
            after = folded([raw[:at]]).snapshot()
            assert (after.choices, after.usage, after.phase) == (before.choices, before.usage, before.phase)


def test_a_whole_document_cut_anywhere_is_no_answer() -> None:
    raw = RECORDINGS["llama-server/chat_nonstream"].raw
    for end in range(1, len(raw), 7):
        snapshot = folded([raw[:end]]).snapshot()
        assert snapshot.phase is Phase.INTERRUPTED
        assert snapshot.counts.undecodable == 1


def test_a_killed_server_leaves_the_text_and_the_reason() -> None:
    """The transport reports what the body alone cannot: the connection broke."""
    state = begun()
    state.receive(RECORDINGS["llama-server/chat_forever__killed"].raw, 2_000_000_000)
    state.fail(StreamError("transport", "the server closed the connection in the middle"), 2_000_000_001)
    snapshot = state.snapshot()
    assert snapshot.phase is Phase.INTERRUPTED
    assert len(snapshot.choices[0].text) == 1614  # 161 * len("tick tock ") + len("tick")
    assert ending(state) == "interrupted after 76.1 kB: the server closed the connection in the middle"


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_explained_in_the_servers_words(name: str) -> None:
    recording = RECORDINGS[name]
    error = http_error(recording.status, recording.headers, recording.raw, "http://127.0.0.1/v1/chat/completions")
    assert error == REFUSED[name]  # the proxy hides its upstream's `retry-after` under a name of its own


def test_log_probabilities_are_kept_with_their_tokens() -> None:
    """The first of 30 tokens in the raw lines: `<think>` -0.00778, then `Z` -5.338; the word it hid is not text."""
    (choice,) = folded([RECORDINGS["llama-server/chat_logprobs"].raw]).snapshot().choices
    first = choice.logprobs[0]
    assert first.token == "<think>"
    assert first.logprob == -0.007782624568790197
    assert first.top == (("<think>", -0.007782624568790197), ("Z", -5.338098049163818))
    assert all(token.logprob is not None and token.logprob <= 0 for token in choice.logprobs)
    assert "".join(token.token for token in choice.logprobs).endswith("Hello! I a")
