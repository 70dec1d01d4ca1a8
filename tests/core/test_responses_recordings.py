"""Every recorded Responses stream folds to what was written down for it by reading its raw JSON lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest

from tests.core.replay import SIZES, Recording, cut, cut_at_random, folded, recordings_of, timeless
from tests.core.test_recordings import (
    BABBLE,
    GREETING,
    GREETING_REASONS,
    MOCK_GREETING,
    MOCK_REASONS,
    MOCK_SHEEP_REASONS,
    SHEEP,
    SHEEP_REASONS,
    STORY,
    UNICODE,
    call,
)
from tui.core.endings import ending
from tui.core.events import Usage
from tui.core.failure import StreamError, http_error
from tui.core.phase import Phase
from tui.core.snapshot import ChoiceSnapshot, ToolCallSnapshot
from tui.core.stream import StreamState

RECORDINGS = recordings_of("responses")
CUT_UPSTREAM = (
    "Response payload is not completed: "
    "<TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>"
)
WEATHER = '{"city":"Paris","unit":"celsius"}'
NOTHING = Usage(prompt=0, completion=0)
NOTHING_KNOWN = Usage(prompt=0, completion=0, reasoning=0, cached=0)


@dataclass(frozen=True)
class Expected:
    """What one recording folds to. `payloads` are the JSON values in it; ids of litellm go on for 400 letters."""

    payloads: int
    response_id: str
    text: str = ""
    reasoning: str = ""
    calls: tuple[ToolCallSnapshot, ...] = ()
    finish: str | None = "stop"
    raw: str | None = "completed"
    usage: Usage | None = None
    phase: Phase = Phase.COMPLETE
    end: str = "stop"
    error: StreamError | None = None
    model: str = "tiny"


EXPECTED = {
    "llama-server/responses": Expected(
        69, "resp_XkpvUqCLfY0zckqUyylShPJMhAWrob7s", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/responses__queued": Expected(
        69, "resp_fcROXI4Umj2qcwcj9a3ECnzaATBan77Y", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/responses_forever__killed": Expected(
        728,
        "resp_6hyuXh9XvgeBethjKKTuKTiAs6zvaxuM",
        # 728 events: four that begin, the first "tick" in two pieces, and 722 words more; 361 pairs and a "tick".
        "tick tock " * 361 + "tick",
        finish=None,
        raw=None,
        phase=Phase.INTERRUPTED,
        end="interrupted after 105.0 kB",  # 104 952 bytes
        model="",  # said at the end only
    ),
    "llama-server/responses_length": Expected(
        24,
        "resp_OPgxeqYl8D43rLq1ywVkZnuGMDiYzhnv",
        "tick tock tick tock tick tock tick tock tick tock tick tock tick tock tick",
        usage=Usage(19, 16, None, 18),  # cut by max_output_tokens 16, and yet `completed`
    ),
    "llama-server/responses_nonstream": Expected(
        1, "resp_4mBIlGz4pjf0Tct4esd1UjbaDCjuhRGD", GREETING, GREETING_REASONS, usage=Usage(22, 64, None, 21)
    ),
    "llama-server/responses_story": Expected(
        213, "resp_2A3BxORgi0peNtvJFSo7JMEAKd5VZQCF", STORY, usage=Usage(24, 206, None, 4)
    ),
    "llama-server/responses_think": Expected(
        132, "resp_drhAVD1qx0Rjip3h9oYHPljIdy1a4X0f", SHEEP, SHEEP_REASONS, usage=Usage(24, 127, None, 4)
    ),
    "llama-server/responses_tools": Expected(
        32,
        "resp_GOMXmzxZlUfFp9OL2zPaQtTscPAfrc7r",
        "",
        "I need the weather, so I call the tool.\n",
        (call("call_b3e8tp2NOysODvVCaa31SiOAUAKBs0Yi", '{"city": "Paris", "unit": "celsius"}'),),
        finish="tool_calls",
        usage=Usage(219, 42, None, 205),
        end="tool calls",
    ),
    "llama-server/responses_tools_required": Expected(
        124,
        "resp_TTpqv122oXZFYFjavNHczUkucjPz8T0X",
        BABBLE,
        GREETING_REASONS,
        usage=Usage(223, 150, None, 205),
    ),
    "llama-server/responses_tools_two": Expected(
        39,
        "resp_5e3MrSU6uKTwj2Nu",
        calls=(
            call("call_tjpTmGBV4yeWb2FNJxQfDhi8GcvnbaBW", '{"city": "Berlin", "unit": "celsius"}'),
            call("call_v0pT1qPdAu5exeUIxzVOILskiCIDecyR", '{"city": "Tokyo", "unit": "celsius"}'),
        ),
        finish="tool_calls",
        usage=Usage(225, 58, None, 206),
        end="tool calls",
    ),
    "llama-server/responses_unicode": Expected(139, "resp_5dCR6fR3iK9GKNbZ", UNICODE, usage=Usage(26, 277, None, 4)),
    "litellm/responses__up-chat": Expected(21, "resp_jasbfu5S-j8oOuHw", MOCK_GREETING, MOCK_REASONS, usage=NOTHING),
    "litellm/responses__up-claude": Expected(
        20,
        "resp_g7t0oTu1U_xRmiJM",
        MOCK_GREETING,
        MOCK_REASONS,
        usage=NOTHING_KNOWN,
        model="claude-sonnet-4-5",
    ),
    "litellm/responses__up-resp": Expected(21, "resp_vczCzwDYaRKqzLrj", MOCK_GREETING, MOCK_REASONS, usage=NOTHING),
    "litellm/responses_disconnect__up-chat": Expected(
        4,
        "resp_z1Xeu_qirFphZebS",
        finish="error",
        raw="failed",
        phase=Phase.FAILED,
        end=f"error: {CUT_UPSTREAM}",
        error=StreamError("api", CUT_UPSTREAM, code="server_error", retryable=True),
    ),
    "litellm/responses_length__up-chat": Expected(
        12,
        "resp_IPWQOnDtt21FE1p2",
        "tick tock tick tock tick tock tick tock",
        finish="other",  # `incomplete` without a reason, in an event called `response.completed`
        raw="incomplete",
        usage=NOTHING,
        end="incomplete",
    ),
    "litellm/responses_think__up-chat": Expected(27, "resp_h0SGIAuQOT-DfovQ", SHEEP, MOCK_SHEEP_REASONS, usage=NOTHING),
    "litellm/responses_think__up-claude": Expected(
        26,
        "resp_eR6sI5A2yeZ3jZ1N",
        SHEEP,
        MOCK_SHEEP_REASONS,
        usage=NOTHING_KNOWN,
        model="claude-sonnet-4-5",
    ),
    "litellm/responses_think__up-gemini": Expected(
        26,
        "resp_AemJujbmxGSTNvhq",
        SHEEP,
        MOCK_SHEEP_REASONS,
        usage=NOTHING_KNOWN,
        model="gemini-2.5-flash",
    ),
    "litellm/responses_think__up-resp": Expected(27, "resp_mUOqC_saQdKmmEld", SHEEP, MOCK_SHEEP_REASONS, usage=NOTHING),
    "litellm/responses_tools__up-chat": Expected(
        16,
        "resp_Dv41b3QwVwyo_TNq",
        "I will look that up.",
        calls=(call("call_faMZ6oaePji2IrgA", WEATHER),),
        finish="tool_calls",
        usage=NOTHING,
        end="tool calls",
    ),
    "litellm/responses_tools__up-claude": Expected(
        18,
        "resp_MY1NPDhc9hyYyykK",
        "I will look that up.",
        calls=(call("toolu_KITfXmOxKeHiMrS1", WEATHER),),
        finish="tool_calls",
        usage=NOTHING_KNOWN,
        end="tool calls",
        model="claude-sonnet-4-5",
    ),
    "litellm/responses_tools__up-resp": Expected(
        16,
        "resp_ukiGLKVYAQErmhsS",
        "I will look that up.",
        calls=(call("call_gLmVkcSW9jcITydv", WEATHER),),
        finish="tool_calls",
        usage=NOTHING,
        end="tool calls",
    ),
    "litellm/responses_tools_two__up-chat": Expected(
        15,
        "resp_cd_tfDDWZLZweAJN",
        calls=(
            call("call_7BFdcC_kBv5TE2zv", '{"city":"Berlin","unit":"celsius"}'),
            call("call_9WZtbY_-gTuiQ_TW", '{"city":"Tokyo","unit":"celsius"}'),
        ),
        finish="tool_calls",
        usage=NOTHING,
        end="tool calls",
    ),
    "litellm/responses_truncated__up-chat": Expected(
        3,
        "resp_0N3sHaFWmp0Kuhdp",
        finish="error",
        raw="failed",
        phase=Phase.FAILED,
        end=f"error: {CUT_UPSTREAM}",
        error=StreamError("api", CUT_UPSTREAM, code="server_error", retryable=True),
    ),
}

REFUSED = {
    "litellm/responses__mock": ("Error processing stream start", "internal_server_error", "500", 500, True),
    "litellm/responses__badkey": ("No connected db.", "no_db_connection", "400", 400, False),
    "litellm/responses__nomodel": (
        "/responses: Invalid model name passed in model=no-such. "
        "Call `/v1/models` to view available models for your key.",
        "invalid_request_error",
        "400",
        400,
        False,
    ),
    "litellm/responses_error_input__up-chat": (
        "/responses: Missing required parameter: 'input'.",
        "invalid_request_error",
        "400",
        400,
        False,
    ),
    "llama-server/responses_error_input": ("'input' is required", "invalid_request_error", "400", 400, False),
}
"""Message, type, code, status and whether a retry may help."""

REFUSED_AT_LENGTH = {
    "litellm/responses__up-broken": ("litellm.InternalServerError: InternalServerError: OpenAIException", 500, True),
    "litellm/responses_ratelimit__up-chat": ("litellm.RateLimitError: RateLimitError: OpenAIException", 429, True),
}
"""Something the message says, the status, and whether a retry may help."""


def stream_of(name: str) -> StreamState:
    return folded([RECORDINGS[name].raw], dialect="responses")


def test_every_recording_has_its_expectation() -> None:
    assert set(RECORDINGS) == set(EXPECTED) | set(REFUSED) | set(REFUSED_AT_LENGTH)
    assert len(RECORDINGS) == 32


@pytest.mark.parametrize("name", EXPECTED)
def test_folds_to_what_was_sent(name: str) -> None:
    state, expected = stream_of(name), EXPECTED[name]
    snapshot = state.snapshot()
    assert snapshot.phase is expected.phase
    assert snapshot.is_complete is (expected.phase is Phase.COMPLETE)
    assert snapshot.model == expected.model
    assert snapshot.response_id.startswith(expected.response_id)
    assert snapshot.usage == expected.usage
    assert snapshot.error == expected.error
    counts = snapshot.counts
    assert (counts.payloads, counts.undecodable, counts.comments) == (expected.payloads, 0, 0)
    assert snapshot.choices == (
        ChoiceSnapshot(
            0,
            text=expected.text,
            reasoning=expected.reasoning,
            tool_calls=expected.calls,
            finish_reason=expected.finish,  # type: ignore[arg-type]  # spelled out in the table above
            finish_reason_raw=expected.raw,
        ),
    )
    assert ending(state) == expected.end


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_is_said_twice_or_taken_back(name: str) -> None:
    """These servers' later words agree with their deltas; and litellm's odd numbers are not taken for lost events."""
    state = stream_of(name)
    assert state.answer.choices[0].restatements == 0
    assert state.snapshot().remarks == ()


def reads_of(recording: Recording) -> Iterator[list[bytes]]:
    yield recording.http_chunks
    for size in SIZES:
        yield cut(recording.raw, size)
    for seed in range(3):
        yield cut_at_random(recording.raw, seed, 400)


@pytest.mark.parametrize("name", EXPECTED)
def test_no_cut_matters(name: str) -> None:
    whole = timeless(stream_of(name).snapshot())
    for reads in reads_of(RECORDINGS[name]):
        assert timeless(folded(reads, dialect="responses").snapshot()) == whole


@pytest.mark.parametrize("name", [name for name in EXPECTED if "nonstream" not in name])
def test_a_cut_after_any_event_is_complete_only_with_proof(name: str) -> None:
    """The proof is the event that ends the response; the text grows until then, and never changes."""
    raw, expected = RECORDINGS[name].raw, EXPECTED[name]
    last = raw.rfind(b'data: {"type":"response.completed"')
    proof = raw.find(b"\n\n", last) + 1 if expected.phase is Phase.COMPLETE else len(raw) + 1
    for end in [at + 2 for at in range(len(raw)) if raw.startswith(b"\n\n", at)]:
        snapshot = folded([raw[:end]], dialect="responses").snapshot()
        assert snapshot.is_complete is (end >= proof), end
        for choice in snapshot.choices:
            assert expected.text.startswith(choice.text)
            assert expected.reasoning.startswith(choice.reasoning)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "nonstream" not in name])
def test_a_cut_inside_of_an_event_adds_nothing(name: str) -> None:
    """Half an event is thrown away: the answer is that of the whole events before it."""
    raw = RECORDINGS[name].raw
    ends = [at + 2 for at in range(len(raw)) if raw.startswith(b"\n\n", at)]
    for start, end in [*list(pairwise(ends))[:: max(1, len(ends) // 12)], *list(pairwise(ends))[-2:]]:
        before = folded([raw[:start]], dialect="responses").snapshot()
        for at in (start + 1, start + 5, (start + end) // 2, end - 4):
            if raw[start:at].count(b"\n") < 2 and b"[DONE]" not in raw[start:at]:
                after = folded([raw[:at]], dialect="responses").snapshot()
                assert (after.choices, after.usage, after.phase) == (before.choices, before.usage, before.phase)


def test_a_whole_response_cut_anywhere_is_no_answer() -> None:
    raw = RECORDINGS["llama-server/responses_nonstream"].raw
    for end in range(1, len(raw), 7):
        snapshot = folded([raw[:end]], dialect="responses").snapshot()
        assert snapshot.phase is Phase.INTERRUPTED
        assert snapshot.counts.undecodable == 1


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_explained_in_the_servers_words(name: str) -> None:
    recording = RECORDINGS[name]
    message, type_, code, status, retryable = REFUSED[name]
    error = http_error(recording.status, recording.headers, recording.raw, "http://127.0.0.1/v1/responses")
    assert error == StreamError("http", message, type_, code, status, retryable)


@pytest.mark.parametrize("name", REFUSED_AT_LENGTH)
def test_long_refusals_too(name: str) -> None:
    recording = RECORDINGS[name]
    words, status, retryable = REFUSED_AT_LENGTH[name]
    error = http_error(recording.status, recording.headers, recording.raw, "http://127.0.0.1/v1/responses")
    assert words in error.message
    assert (error.status, error.retryable) == (status, retryable)
