"""Every recorded Messages stream folds to what was written down for it by reading its raw JSON lines.

The long texts repeat what the recording's own model was asked for, so they can be checked against the raw bytes by eye.
"""

import pytest

from tests.core.recorded import Expected, check_cuts_into_reads, check_document, check_ends, check_fold
from tests.core.replay import begun, recordings_of
from tests.core.test_recordings import (
    GREETING,
    GREETING_REASONS,
    MOCK_GREETING,
    MOCK_PIECES,
    MOCK_REASONS,
    MOCK_SHEEP_REASONS,
    SHEEP,
    SHEEP_REASONS,
    STORY,
    UNICODE,
)
from tui.core.endings import ending
from tui.core.events import Usage
from tui.core.failure import StreamError, http_error
from tui.core.phase import Phase
from tui.core.snapshot import ToolCallSnapshot

RECORDINGS = recordings_of("anthropic")
CUT_UPSTREAM = StreamError(
    "api",
    "Response payload is not completed: "
    "<TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>",
    type="api_error",
    retryable=True,
)
LOOKING = "I will look that up."
PARIS = '{"city":"Paris","unit":"celsius"}'
NOTHING = Usage(prompt=0, completion=0)
NOTHING_CACHED = Usage(prompt=0, completion=0, cached=0)
"""litellm's simulated upstreams count nothing; from those of another protocol it makes a cache count too."""


def call(id_: str, arguments: str) -> ToolCallSnapshot:
    return ToolCallSnapshot(id_, "function", "get_weather", arguments, "valid")


EXPECTED = {
    # 21 of the 22 prompt tokens came from the cache: 1 input + 21 cached
    "llama-server/messages": Expected(
        67, "chatcmpl-q9ILt0INHkFisGan6ZGDp6p2YWrIzodj", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/messages__queued": Expected(
        67, "chatcmpl-f14m7014sjQNIQ4BZUuOwLHoKOk9dxHE", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/messages_error": Expected(
        24,
        "chatcmpl-mzrtnJvoWL1Xse8htPlZYft6DSiknPCT",
        # an empty conversation makes the tiny model babble
        "-s/\ndegeses.\n</think>\n\n<tool_call>\ndegreeson\n",
        usage=Usage(5, 20, None, 1),
    ),
    "llama-server/messages_forever__killed": Expected(
        462,
        "chatcmpl-mfakhIavvEteUgOOzU8kkX2GkyolmGHa",
        # 2 294 characters: 229 pairs of 10 and a "tick"
        "tick tock " * 229 + "tick",
        finish=None,
        raw_finish=None,
        usage=Usage(19, None, None, 0),  # the 0 output tokens of its start are no count
        phase=Phase.INTERRUPTED,
        end="interrupted after 55.6 kB",  # 55 603 bytes
    ),
    "llama-server/messages_length": Expected(
        17,
        "chatcmpl-oboNpetyQToNvK2lTMqKtI5gg7FCc1St",
        "tick tock " * 5 + "tick",
        finish="length",
        raw_finish="max_tokens",
        usage=Usage(19, 12, None, 18),
        end="length",
    ),
    "llama-server/messages_nonstream": Expected(
        1, "chatcmpl-2siJuBwdXZnP3n45m67hwWFyGFpvJhZw", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/messages_story": Expected(
        210, "chatcmpl-51kj8Tys2QxkIg0HYHIhZzOZZ2KaaVoZ", STORY, usage=Usage(24, 206, None, 4)
    ),
    "llama-server/messages_think": Expected(
        130, "chatcmpl-QtN23RTKVajp3IMMP6LGPkqBQfmhk9uZ", SHEEP, SHEEP_REASONS, usage=Usage(24, 127, None, 4)
    ),
    "llama-server/messages_tools": Expected(
        33,
        "chatcmpl-1IYJ7Oka710yGYRTRuQVaRHXSBd0x4qt",
        reasoning="I need the weather, so I call the tool.\n",
        calls=(call("gyi6yo7g5KzINvJ1fNLlfGxNschExHTo", '{"city": "Paris", "unit": "celsius"}'),),
        finish="tool_calls",
        raw_finish="tool_use",
        usage=Usage(219, 42, None, 205),  # 14 + 205
        end="tool calls",
    ),
    "llama-server/messages_tools_required": Expected(
        154,
        "chatcmpl-mN2UUgv08l5jiEXowUTCmF7LHrXqMKD6",
        GREETING + " Lantern\n\nOnce upeated oil.5.5, and every night it whispered the sheep: one, and every night it "
        "whispered the lantern** sheep. I reme the lantern whispered the lantern** sheep:-------\n\n"
        "There are **two** sheep.\n |\n|---------:|\n21.5 | 4] me think step b = b = b = b",
        GREETING_REASONS,
        finish="length",
        raw_finish="max_tokens",
        usage=Usage(223, 150, None, 205),  # 18 + 205
        end="length",
    ),
    "llama-server/messages_tools_two": Expected(
        39,
        "chatcmpl-fGhQfo3MpZxbj07jKH18S9a6d37Ly8wf",
        calls=(
            call("swv6XIvsTQPD7w9UlHoB0tpla5rgYu7T", '{"city": "Berlin", "unit": "celsius"}'),
            call("rp87r06dTJscOhuggPABQ37BvweXio3d", '{"city": "Tokyo", "unit": "celsius"}'),
        ),
        finish="tool_calls",
        raw_finish="tool_use",
        usage=Usage(225, 58, None, 206),  # 19 + 206
        end="tool calls",
    ),
    "llama-server/messages_unicode": Expected(
        136, "chatcmpl-M4PsJSIS7pUbin0WTNdWMU3CeUJwwNN8", UNICODE, usage=Usage(26, 277, None, 4)
    ),
    "litellm/messages__mock": Expected(
        1, "msg_013Zva2CMHLNnXjNJJKqJ2EF", MOCK_PIECES, usage=Usage(2095, 503), model="mock"
    ),
    "litellm/messages__up-chat": Expected(
        16,
        "msg_ad3fb9b1-9a4d-4a9b-ac8a-3c10475a535d",
        MOCK_GREETING,
        MOCK_REASONS,
        usage=NOTHING_CACHED,
        model="up-chat",
    ),
    "litellm/messages__up-claude": Expected(
        16, "msg_JO0wx_D58HylafZQ", MOCK_GREETING, MOCK_REASONS, usage=NOTHING, model="up-claude"
    ),
    "litellm/messages_disconnect__up-chat": Expected(
        2,
        "msg_dd95937f-1032-4b16-8cc5-b9c50fae40fc",
        finish=None,
        raw_finish=None,
        usage=Usage(0, None, None, 0),
        model="up-chat",
        phase=Phase.FAILED,
        error=CUT_UPSTREAM,
        end=f"error: {CUT_UPSTREAM.message}",
    ),
    "litellm/messages_length__up-chat": Expected(
        11,
        "msg_e8162375-e71e-45e5-b96b-d048a4a5e110",
        "tick tock tick tock tick tock tick tock",
        finish="length",
        raw_finish="max_tokens",
        usage=NOTHING_CACHED,
        model="up-chat",
        end="length",
    ),
    "litellm/messages_think__up-chat": Expected(
        22,
        "msg_b2d4343c-6113-429c-b9a2-2f58b93f36ae",
        SHEEP,
        MOCK_SHEEP_REASONS,
        usage=NOTHING_CACHED,
        model="up-chat",
    ),
    "litellm/messages_think__up-claude": Expected(
        22, "msg_4qEnUwti75thfMsW", SHEEP, MOCK_SHEEP_REASONS, usage=NOTHING, model="up-claude"
    ),
    "litellm/messages_think__up-gemini": Expected(
        21,
        "msg_008d4194-22d8-42c3-a252-2daa7110ac6f",
        SHEEP,
        MOCK_SHEEP_REASONS,
        usage=NOTHING_CACHED,
        model="up-gemini",
    ),
    "litellm/messages_tools__up-chat": Expected(
        14,
        "msg_8ec3b29f-19e5-414e-aab2-5bf100e49550",
        LOOKING,
        calls=(call("call_XFXO_f9jIinb0tAN", PARIS),),
        finish="tool_calls",
        raw_finish="tool_use",
        usage=NOTHING_CACHED,
        model="up-chat",
        end="tool calls",
    ),
    "litellm/messages_tools__up-claude": Expected(
        12,
        "msg_WSUdoqhDSMB1bndp",
        LOOKING,
        calls=(call("toolu_c7NFNejO1jyAP2SQ", PARIS),),
        finish="tool_calls",
        raw_finish="tool_use",
        usage=NOTHING,
        model="up-claude",
        end="tool calls",
    ),
    "litellm/messages_tools_two__up-chat": Expected(
        15,
        "msg_4a8df6ab-a279-41c8-beaf-89b5dc507254",
        calls=(
            call("call_qpQChqoaIUmrV_wM", '{"city":"Berlin","unit":"celsius"}'),
            call("call_jgM8oxH0Iij7A0p5", '{"city":"Tokyo","unit":"celsius"}'),
        ),
        finish="tool_calls",
        raw_finish="tool_use",
        usage=NOTHING_CACHED,
        model="up-chat",
        end="tool calls",
    ),
    "litellm/messages_truncated__up-chat": Expected(
        2,
        "msg_c85fe4b6-4064-41af-ac4c-fd426c2b9ebc",
        finish=None,
        raw_finish=None,
        usage=Usage(0, None, None, 0),
        model="up-chat",
        phase=Phase.FAILED,
        error=CUT_UPSTREAM,
        end=f"error: {CUT_UPSTREAM.message}",
    ),
}

REFUSED = {
    "litellm/messages__badkey": StreamError("http", "No connected db.", "no_db_connection", "400", 400),
    "litellm/messages__nomodel": StreamError(
        "http",
        "anthropic_messages: Invalid model name passed in model=no-such. "
        "Call `/v1/models` to view available models for your key.",
        "invalid_request_error",
        status=400,
    ),
    "litellm/messages__up-broken": StreamError(
        "http",
        "litellm.InternalServerError: InternalServerError: OpenAIException - Cannot connect to host 127.0.0.1:9 "
        "ssl:<ssl.SSLContext object at 0x7fe2827d3410> [Connect call failed ('127.0.0.1', 9)]\n\n"
        "LiteLLM: model group 'up-broken' failed with the error above. No fallback was attempted.",
        "api_error",
        status=500,
        retryable=True,
    ),
    "litellm/messages_error__up-chat": StreamError(
        "http", "anthropic_messages: Missing required parameter: 'max_tokens'.", "invalid_request_error", status=400
    ),
    "litellm/messages_ratelimit__up-chat": StreamError(
        "http",
        'litellm.RateLimitError: RateLimitError: OpenAIException - {"error":{"message":"Rate limit reached. Please '
        'retry after 2 seconds.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}\n\n'
        "LiteLLM: model group 'up-chat' failed with the error above. No fallback was attempted.",
        "rate_limit_error",
        status=429,
        retryable=True,
    ),
    "llama-server/messages__badkey": StreamError(
        "http", "Invalid API Key (check the key of this provider)", "authentication_error", "401", 401
    ),
}

DOCUMENTS = ["litellm/messages__mock", "llama-server/messages_nonstream"]
"""Answers that came as one JSON document."""


def test_every_recording_has_its_expectation() -> None:
    assert set(RECORDINGS) == set(EXPECTED) | set(REFUSED)
    assert len(RECORDINGS) == 30


@pytest.mark.parametrize("name", EXPECTED)
def test_folds_to_what_was_sent(name: str) -> None:
    check_fold(RECORDINGS[name], EXPECTED[name], "anthropic")


@pytest.mark.parametrize("name", EXPECTED)
def test_no_cut_matters(name: str) -> None:
    check_cuts_into_reads(RECORDINGS[name], "anthropic")


@pytest.mark.parametrize("name", [name for name in EXPECTED if name not in DOCUMENTS])
def test_a_cut_before_message_stop_is_never_complete(name: str) -> None:
    raw = RECORDINGS[name].raw
    stop = raw.find(b"event: message_stop")
    proof = raw.find(b"\n\n", stop) + 2 if stop >= 0 else len(raw)
    check_ends(RECORDINGS[name], EXPECTED[name], "anthropic", proof)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_whole_document_cut_anywhere_is_no_answer(name: str) -> None:
    check_document(RECORDINGS[name], "anthropic")


def test_a_killed_server_leaves_the_text_and_the_reason() -> None:
    """The transport reports what the body alone cannot: the connection broke."""
    state = begun(dialect="anthropic")
    state.receive(RECORDINGS["llama-server/messages_forever__killed"].raw, 2_000_000_000)
    state.fail(StreamError("transport", "the server closed the connection in the middle"), 2_000_000_001)
    assert state.phase is Phase.INTERRUPTED
    assert len(state.snapshot().choices[0].text) == 2294
    assert state.output_tokens == (573.5, True)  # 2294 characters at 4 a token
    assert ending(state) == "interrupted after 55.6 kB: the server closed the connection in the middle"


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_explained_in_the_servers_words(name: str) -> None:
    recording = RECORDINGS[name]
    error = http_error(recording.status, recording.headers, recording.raw, "http://127.0.0.1/v1/messages")
    assert error == REFUSED[name]
