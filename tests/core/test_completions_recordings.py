"""Every recorded Completions stream folds to what was written down for it by reading its raw JSON lines."""

import pytest

from tests.core.recorded import Expected, check_cuts_into_reads, check_ends, check_fold
from tests.core.replay import folded, recordings_of
from tests.core.test_recordings import MOCK_PIECES
from tui.core.events import TokenLogprob, Usage
from tui.core.failure import StreamError, http_error

RECORDINGS = recordings_of("completions")
HAPPY = " there was a tiny server that answered every request with the same few words, and it was happy."
BEGINNING = " there was a tiny server that"


def stopped(response_id: str, cached: int) -> Expected:
    return Expected(34, response_id, HAPPY, raw_finish="stop", usage=Usage(8, 33, None, cached))


def cut_off(payloads: int, response_id: str, text: str = BEGINNING, tokens: int = 8, choices: int = 1) -> Expected:
    usage = Usage(8, tokens, None, 7)
    return Expected(
        payloads, response_id, text, finish="length", raw_finish="length", usage=usage, choices=choices, end="length"
    )


EXPECTED = {
    "llama-server/completions": stopped("chatcmpl-LqBG6k6JpgxU5VKcOoTBWFws8HEPBIPG", 0),
    "llama-server/completions__queued": stopped("chatcmpl-R2PffwXLYRriy6kEOsDSTtIKQ6eQCAha", 0),
    "llama-server/completions_usage": stopped("chatcmpl-tVS4ziyCRf6BGFhpXREZUhU45onmcxYn", 7),
    # asked to echo the prompt, this server does not
    "llama-server/completions_echo": cut_off(9, "chatcmpl-mSqezu3bpx48uWvGu0hiVNZA7xq8bEbM"),
    "llama-server/completions_length": cut_off(6, "chatcmpl-8IfWFR8SSQ0cSc1EwvYGvVETWYRnKsDW", " there was a ti", 5),
    "llama-server/completions_logprobs": cut_off(9, "chatcmpl-5I5bE4vXYV2g537iiJUrGWlKbv0Rm1Jw"),
    # 8 tokens and an end for each of the two, and each counts its own 8
    "llama-server/completions_n2": cut_off(18, "chatcmpl-xn4azyrmRQDeZzDgxoi0RQm7rR8gERMQ", choices=2),
    "litellm/completions_usage__mock": Expected(
        25,
        "chatcmpl-cdc11fc5-a2cc-48e0-a1a3-7f3aa3c8b289",
        MOCK_PIECES,
        raw_finish="stop",
        usage=Usage(11, 17, 0),
        model="mock",
    ),
}

REFUSED = {
    "litellm/completions__nomodel": StreamError(
        "http",
        "400: {'error': '/completions: Invalid model name passed in model=no-such. "
        "Call `/v1/models` to view available models for your key.'}",
        "None",
        "400",
        400,
    ),
    "litellm/completions__up-broken": StreamError(
        "http",
        "litellm.APIConnectionError: APIConnectionError: OpenAIException - Connection error.",
        None,
        "500",
        500,
        retryable=True,
    ),
}


def test_every_recording_has_its_expectation() -> None:
    assert set(RECORDINGS) == set(EXPECTED) | set(REFUSED)
    assert len(RECORDINGS) == 10


@pytest.mark.parametrize("name", EXPECTED)
def test_folds_to_what_was_sent(name: str) -> None:
    check_fold(RECORDINGS[name], EXPECTED[name], "completions")


@pytest.mark.parametrize("name", EXPECTED)
def test_no_cut_matters(name: str) -> None:
    check_cuts_into_reads(RECORDINGS[name], "completions")


@pytest.mark.parametrize("name", EXPECTED)
def test_a_cut_before_the_last_finish_reason_is_never_complete(name: str) -> None:
    raw = RECORDINGS[name].raw
    last = max(raw.rfind(b'"finish_reason":"%s"' % word) for word in (b"stop", b"length"))
    check_ends(RECORDINGS[name], EXPECTED[name], "completions", raw.find(b"\n\n", last) + 2)


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_explained_in_the_servers_words(name: str) -> None:
    recording = RECORDINGS[name]
    error = http_error(recording.status, recording.headers, recording.raw, "http://127.0.0.1/v1/completions")
    assert error == REFUSED[name]


def test_log_probabilities_are_kept_with_their_tokens() -> None:
    """llama.cpp uses the form of chat here. The first of 8 in the raw lines: ` the` -0.00005, then ` with` -11.4."""
    (choice,) = folded([RECORDINGS["llama-server/completions_logprobs"].raw], dialect="completions").snapshot().choices
    assert len(choice.logprobs) == 8
    assert choice.logprobs[0] == TokenLogprob(
        " the", -5.006915671401657e-05, ((" the", -5.006915671401657e-05), (" with", -11.400520324707031))
    )
    assert "".join(token.token for token in choice.logprobs) == BEGINNING
