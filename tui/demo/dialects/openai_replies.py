"""What the OpenAI dialects have in common beside their answers: errors and response headers."""

from tui.demo.dialects.notation import compact_json
from tui.demo.exchange import BadRequestError, ErrorReply
from tui.demo.question import Question
from tui.demo.script import HttpError

_REQUESTS_PER_MIN = 500
_TOKENS_PER_MIN = 200_000


def openai_headers(question: Question, processing_ms: int) -> dict[str, str]:
    """Headers of an answer. All but the processing time derive from the question, so they repeat with it."""
    dice = question.dice("headers")
    requests_left = dice.randrange(_REQUESTS_PER_MIN // 2, _REQUESTS_PER_MIN)
    tokens_left = dice.randrange(_TOKENS_PER_MIN // 2, _TOKENS_PER_MIN)
    return {
        "cache-control": "no-cache",
        "openai-organization": "sidestream-demo",
        "openai-processing-ms": str(processing_ms),
        "openai-version": "2020-10-01",
        "x-request-id": f"req_{dice.getrandbits(128):032x}",
        "x-ratelimit-limit-requests": str(_REQUESTS_PER_MIN),
        "x-ratelimit-limit-tokens": str(_TOKENS_PER_MIN),
        "x-ratelimit-remaining-requests": str(requests_left),
        "x-ratelimit-remaining-tokens": str(tokens_left),
        "x-ratelimit-reset-requests": f"{(_REQUESTS_PER_MIN - requests_left) * 120}ms",
        "x-ratelimit-reset-tokens": f"{(_TOKENS_PER_MIN - tokens_left) * 60 / _TOKENS_PER_MIN:.3f}s",
    }


def openai_error(error: HttpError) -> ErrorReply:
    """The reply of a model that turns a request down."""
    headers = {"content-type": "application/json"}
    if error.retry_after_s is not None:
        headers |= {"retry-after": str(error.retry_after_s), "x-ratelimit-remaining-requests": "0"}
    return ErrorReply(error.status, _error_body(error.message, error.kind, None, error.code), headers)


def openai_stream_error(error: HttpError) -> bytes:
    """The event of an error in mid-stream."""
    return b"data: %b\n\n" % _error_body(error.message, error.kind, None, error.code)


def openai_bad_request(error: BadRequestError) -> ErrorReply:
    """The reply to a request that could not be read."""
    body = _error_body(error.message, "invalid_request_error", error.param, error.code)
    return ErrorReply(error.status, body, {"content-type": "application/json"})


def _error_body(message: str, kind: str, param: str | None, code: str | None) -> bytes:
    return compact_json({"error": {"message": message, "type": kind, "param": param, "code": code}}).encode()
