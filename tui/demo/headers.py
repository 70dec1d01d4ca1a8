"""The response headers a real provider adds: request id, processing time, rate limits."""

from tui.demo.question import Question

_REQUESTS_PER_MIN = 500
_TOKENS_PER_MIN = 200_000


def answer_headers(question: Question, processing_ms: int) -> dict[str, str]:
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
