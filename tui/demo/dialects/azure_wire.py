"""What Azure changes about OpenAI's answers: content filter results, headers and its own errors."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tui.demo.dialects.notation import compact_json
from tui.demo.dialects.openai_replies import openai_bad_request
from tui.demo.exchange import AnswerWriter, BadRequestError, ErrorReply
from tui.demo.question import Question
from tui.demo.script import HttpError, Step

_SAFE = {"filtered": False, "severity": "safe"}
_CATEGORIES = ("hate", "self_harm", "sexual", "violence")
_PROMPT_FILTER = [
    {
        "prompt_index": 0,
        "content_filter_results": dict.fromkeys(_CATEGORIES, _SAFE)
        | {"jailbreak": {"filtered": False, "detected": False}},
    }
]
_EVENT = b"data: "


class AzureWriter:
    """Writes what another OpenAI writer writes, as Azure passes it on. See `AnswerWriter` for the methods."""

    def __init__(self, inner: AnswerWriter, question: Question) -> None:
        self.stream_media_type = inner.stream_media_type
        self.whole_media_type = inner.whole_media_type
        self._inner = inner
        self._question = question
        self._has_begun = False

    def headers(self, processing_ms: int) -> dict[str, str]:
        dice = self._question.dice("headers")
        requests_left, tokens_left = dice.randrange(200, 250), dice.randrange(125_000, 250_000)
        return {
            "apim-request-id": str(UUID(int=dice.getrandbits(128), version=4)),
            "x-request-id": str(UUID(int=dice.getrandbits(128), version=4)),
            "x-ms-region": "Loopback",
            "x-envoy-upstream-service-time": str(processing_ms),
            "azureml-model-session": "v20260101-1",
            "x-ratelimit-limit-requests": "250",
            "x-ratelimit-limit-tokens": "250000",
            "x-ratelimit-remaining-requests": str(requests_left),
            "x-ratelimit-remaining-tokens": str(tokens_left),
            "x-ratelimit-reset-requests": str(250 - requests_left),
            "x-ratelimit-reset-tokens": str((250_000 - tokens_left) * 60 // 250_000),
        }

    def write(self, step: Step) -> bytes:
        """The event with filter results; before the first one comes a chunk that is about the prompt alone."""
        event = self._inner.write(step)
        if not event.startswith(_EVENT):
            return event
        before = b"" if self._has_begun else _prompt_chunk()
        self._has_begun = True
        return before + _EVENT + _filtered(json.loads(event.removeprefix(_EVENT))) + b"\n\n"

    def ending(self) -> Iterable[bytes]:
        return self._inner.ending()

    def whole(self, steps: Iterable[Step]) -> bytes:
        body = json.loads(self._inner.whole(steps))
        return _filtered(body | {"prompt_filter_results": _PROMPT_FILTER} if "choices" in body else body)

    def error(self, error: HttpError) -> ErrorReply:
        headers = {"content-type": "application/json"}
        if error.retry_after_s is not None:
            headers |= {"retry-after": str(error.retry_after_s), "x-ratelimit-remaining-requests": "0"}
        body = {"error": {"code": str(error.status), "message": error.message}}
        return ErrorReply(error.status, compact_json(body).encode(), headers)

    def stream_error(self, error: HttpError) -> bytes:
        return self._inner.stream_error(error)


def azure_bad_request(error: BadRequestError) -> ErrorReply:
    """What the gateway says itself has a code and a message only; the rest is OpenAI's."""
    if error.status != 404:
        return openai_bad_request(error)
    body = {"error": {"code": error.code or "404", "message": error.message}}
    return ErrorReply(404, compact_json(body).encode(), {"content-type": "application/json"})


def _prompt_chunk() -> bytes:
    chunk = {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": _PROMPT_FILTER}
    return f"data: {compact_json(chunk)}\n\n".encode()


def _filtered(body: dict[str, Any]) -> bytes:
    """The JSON, with results for each choice that says something."""
    for choice in body.get("choices", []):
        says = choice.get("text") or (choice.get("delta") or choice.get("message") or {}).get("content")
        choice["content_filter_results"] = dict.fromkeys(_CATEGORIES, _SAFE) if says else {}
    return compact_json(body).encode()
