"""Every recorded answer, read by the vendor's own client and by ours: both must take the same from it.

Where they differ although the answer is good, the entry of `DIFFERENT` says what the vendor's client does and why that
is its mistake; an entry that no longer holds fails with a message, so that the list stays true.
"""

from collections.abc import Iterator

import pytest

from tests.core.replay import STREAMS, recordings_of
from tests.sdk.readers import (
    CHAT,
    COMPLETIONS,
    GEMINI,
    GENERATE,
    MESSAGES,
    OLLAMA,
    RESPONSES,
    RESPONSES_EVENTS,
    Vendor,
    agree,
)
from tui.core.failure import http_error

pytestmark = [
    pytest.mark.filterwarnings("ignore:Pydantic serializer warnings"),
    pytest.mark.filterwarnings("ignore:.*is not a valid FinishReason"),
]

RECORDED = (CHAT, COMPLETIONS, RESPONSES, RESPONSES_EVENTS, MESSAGES, GEMINI)

_NO_INDEX = "the server names no output_index, which the helper takes for one item sent again and again"
_NOT_STREAMED = "a whole document in the place of a stream is not recognised"
_LENGTH = "the helper raises for an answer cut by its limit instead of returning it"
_THINKING = "the helper wants an index in every list, and the thinking blocks have none"

DIFFERENT: dict[tuple[Vendor, str], tuple[str | None, str]] = {
    (CHAT, "litellm/chat_think__up-claude"): ("RuntimeError", _THINKING),
    (CHAT, "litellm/chat_usage__up-claude"): ("RuntimeError", _THINKING),
    (CHAT, "llama-server/chat_length"): ("LengthFinishReasonError", _LENGTH),
    (CHAT, "llama-server/chat_logprobs"): ("LengthFinishReasonError", _LENGTH),
    (CHAT, "llama-server/chat_tools_required"): ("LengthFinishReasonError", _LENGTH),
    (CHAT, "llama-server/chat_n2"): ("IndexError", "the helper wants the choices to begin in the order of their index"),
    (CHAT, "llama-server/chat_nonstream"): ("AssertionError", _NOT_STREAMED),
    **{
        (RESPONSES, f"llama-server/{name}"): ("RuntimeError", _NO_INDEX)
        for name in (
            *("responses", "responses__queued", "responses_think", "responses_tools", "responses_tools_required"),
            "responses_tools_two",
        )
    },
    **{
        (RESPONSES, f"llama-server/{name}"): ("TypeError", _NO_INDEX)
        for name in ("responses_length", "responses_story", "responses_unicode")
    },
    (RESPONSES, "llama-server/responses_nonstream"): ("RuntimeError", _NOT_STREAMED),
    (RESPONSES_EVENTS, "llama-server/responses_nonstream"): (None, _NOT_STREAMED + ": no event, and no error"),
    (MESSAGES, "litellm/messages__mock"): ("AssertionError", _NOT_STREAMED),
    (MESSAGES, "llama-server/messages_nonstream"): ("AssertionError", _NOT_STREAMED),
    (OLLAMA, "by-hand/chat_tools"): (None, "the client drops the ids of calls"),
    (OLLAMA, "by-hand/chat_unicode"): ("JSONDecodeError", "the client breaks lines at U+0085, inside of a string"),
}
"""What the vendor's client raises (None: nothing, but it took something else), and why ours is right."""

BROKEN: dict[tuple[Vendor, str], tuple[str, str | None]] = {
    (CHAT, "litellm/chat_disconnect__up-chat"): ("failed", "APIError"),
    (CHAT, "litellm/chat_truncated__up-chat"): ("failed", "APIError"),
    (CHAT, "litellm/chat_unicode__up-chat"): ("failed", "APIError"),
    (CHAT, "llama-server/chat_forever__killed"): ("interrupted", None),
    (RESPONSES, "litellm/responses_disconnect__up-chat"): ("failed", "RuntimeError"),
    (RESPONSES, "litellm/responses_truncated__up-chat"): ("failed", "RuntimeError"),
    (RESPONSES, "llama-server/responses_forever__killed"): ("interrupted", "TypeError"),
    (RESPONSES_EVENTS, "litellm/responses_disconnect__up-chat"): ("failed", None),
    (RESPONSES_EVENTS, "litellm/responses_truncated__up-chat"): ("failed", None),
    (RESPONSES_EVENTS, "llama-server/responses_forever__killed"): ("interrupted", None),
    (MESSAGES, "litellm/messages_disconnect__up-chat"): ("failed", "APIStatusError"),
    (MESSAGES, "litellm/messages_truncated__up-chat"): ("failed", "APIStatusError"),
    (MESSAGES, "llama-server/messages_forever__killed"): ("interrupted", None),
    (OLLAMA, "by-hand/chat_error"): ("failed", "ResponseError"),
    (OLLAMA, "by-hand/chat_killed"): ("interrupted", "JSONDecodeError"),
}
"""Answers that are not whole: how ours ended, and what the vendor's client raises (None: it notices nothing)."""


def bodies() -> Iterator[tuple[Vendor, str, bytes, str]]:
    """Who reads what: the name of the recording, its body and its content type."""
    for vendor in RECORDED:
        for name, recording in recordings_of(vendor.dialect).items():
            if recording.status == 200:
                yield vendor, name, recording.raw, recording.headers.get("content-type", "")
    for path in sorted((STREAMS / "ollama").glob("*/*.ndjson")):
        vendor = GENERATE if path.stem == "generate" else OLLAMA
        yield vendor, f"{path.parent.name}/{path.stem}", path.read_bytes(), vendor.content_type


BODIES = {(vendor, name): (body, content_type) for vendor, name, body, content_type in bodies()}
GOOD = [key for key in BODIES if key not in DIFFERENT and key not in BROKEN]


def label(value: object) -> str:
    """How a parameter is called in the test's name."""
    return value.name.replace(" ", "-") if isinstance(value, Vendor) else str(value)


def test_every_exception_is_one_of_a_recording_there_is() -> None:
    assert {*DIFFERENT, *BROKEN} <= set(BODIES)
    assert not set(DIFFERENT) & set(BROKEN)
    assert len(GOOD) > 60


@pytest.mark.parametrize(("vendor", "name"), GOOD, ids=label)
def test_both_take_the_same_from_a_good_answer(vendor: Vendor, name: str) -> None:
    body, content_type = BODIES[vendor, name]
    ours = vendor.ours(body)
    theirs = vendor.reading(body, content_type=content_type)
    assert (ours.verdict, ours.failure) == ("complete", None)
    assert (theirs.verdict, theirs.failure) == ("returned", None), theirs.words
    assert ours.choices == theirs.choices
    assert ours.usage == theirs.usage


@pytest.mark.parametrize(("vendor", "name"), DIFFERENT, ids=label)
def test_a_difference_is_still_the_vendors(vendor: Vendor, name: str) -> None:
    body, content_type = BODIES[vendor, name]
    failure, why = DIFFERENT[vendor, name]
    ours = vendor.ours(body)
    theirs = vendor.reading(body, content_type=content_type)
    assert ours.verdict == "complete"
    if agree(ours, theirs):
        pytest.fail(f"{vendor.version} now reads {name} as we do; take its entry ({why}) out of DIFFERENT")
    assert theirs.failure == failure, f"{vendor.version} differs in another way than {why!r}: {theirs}"


@pytest.mark.parametrize(("vendor", "name"), BROKEN, ids=label)
def test_a_broken_answer_is_never_complete(vendor: Vendor, name: str) -> None:
    body, content_type = BODIES[vendor, name]
    verdict, failure = BROKEN[vendor, name]
    assert vendor.ours(body).verdict == verdict
    theirs = vendor.reading(body, content_type=content_type)
    assert theirs.failure == failure, f"{vendor.version} now tells of the broken {name} in another way: {theirs}"


REFUSED = [
    (vendor, name)
    for vendor in RECORDED
    for name, found in recordings_of(vendor.dialect).items()
    if found.status >= 400
]
REFUSALS = {400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"}
"""What the vendors' clients raise for a status; the last one for all above it too."""


@pytest.mark.parametrize(("vendor", "name"), REFUSED, ids=label)
def test_both_take_a_refusal_for_one(vendor: Vendor, name: str) -> None:
    recording = recordings_of(vendor.dialect)[name]
    theirs = vendor.reading(
        recording.raw, status=recording.status, content_type=recording.headers.get("content-type", "")
    )
    assert (theirs.verdict, theirs.failure) == ("raised", REFUSALS[min(recording.status, 500)])
    error = http_error(recording.status, recording.headers, recording.raw)
    assert (error.kind, error.status) == ("http", recording.status)
    assert error.message.strip()
