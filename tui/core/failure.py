"""Why a stream failed, as a value: from an HTTP error response, an error inside a stream, or a broken connection.

Every provider words its errors differently; `message_of` finds the sentence in all of the shapes seen in the wild.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Literal

FailureKind = Literal["http", "api", "transport", "protocol"]

SHOWN_CHARS = 2000
_RETRYABLE_STATUS = frozenset({408, 409, 429, *range(500, 600)})
_RETRYABLE_WORDS = frozenset(
    {
        "rate_limit_exceeded",
        "slow_down",
        "server_is_overloaded",
        "overloaded_error",
        "server_error",
        "api_error",
    }
)
_EXHAUSTED = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "enforced_spend_limit_reached",
    }
)
"""Quotas that waiting does not refill: a retry would only be refused again."""


@dataclass(frozen=True, slots=True)
class StreamError:
    """What went wrong with one stream, in the server's words where it had any."""

    kind: FailureKind
    """http: an error status; api: an error inside a 200 answer; transport: the connection or a deadline;
    protocol: the other side does not speak this API."""
    message: str
    type: str | None = None
    code: str | None = None
    status: int | None = None
    retryable: bool = False
    retry_after_s: float | None = None
    """What the server asked to wait, s. None when it said nothing."""


def http_error(status: int, headers: Mapping[str, str], body: bytes, url: str = "") -> StreamError:
    """The error an HTTP error response (or a redirect, which is never followed) stands for."""
    value = _json_or_none(body)
    found = api_error(value) if value is not None else None
    message = found.message if found else _plain_text(body)
    error = StreamError(
        "http",
        message or _status_sentence(status),
        type=found.type if found else None,
        code=found.code if found else None,
        status=status,
        retry_after_s=_retry_after_s(headers),
    )
    return replace(error, message=_with_advice(error, headers, url), retryable=_is_retryable(error, headers))


def api_error(payload: object) -> StreamError | None:
    """The error a decoded JSON payload reports, or None when it reports none. Shapes: docs/protocols.md, errors."""
    if isinstance(payload, list):
        return next((found for item in payload if (found := api_error(item))), None)
    if not isinstance(payload, dict):
        return None
    error = payload.get("error")
    if error:
        detail = error if isinstance(error, dict) else {}
        message = message_of(error) or "the server reported an error without saying which"
        return _api(message, detail.get("type") or detail.get("status"), detail.get("code"))
    if payload.get("object") == "error" or payload.get("type") == "error":
        return _api(message_of(payload) or "the server reported an error", payload.get("type"), payload.get("code"))
    if payload.get("detail"):
        return _api(message_of(payload["detail"]), None, None)
    return None


def message_of(error: object) -> str:
    """The sentence in an error value of any known shape; empty when there is none."""
    match error:
        case str():
            return error.strip()[:SHOWN_CHARS]
        case {"message": str(message)} if message.strip():
            return message.strip()[:SHOWN_CHARS]
        case {"msg": str(message), "loc": [*parts]}:  # FastAPI's validation errors: loc says where
            return f"{'.'.join(str(part) for part in parts)}: {message}"
        case [*items]:
            return "; ".join(text for item in items[:5] if (text := message_of(item)))
        case {"error": inner}:
            return message_of(inner)
        case {"detail": inner}:
            return message_of(inner)
        case dict():
            return json.dumps(error, ensure_ascii=False, default=str)[:SHOWN_CHARS]
        case _:
            return ""


def _api(message: str, type_: object, code: object) -> StreamError:
    error = StreamError("api", message, type=_word(type_), code=_word(code))
    known = {error.type, error.code}
    transient = bool(known & _RETRYABLE_WORDS) or (error.code or "") in {"429", "500", "502", "503", "529"}
    return replace(error, retryable=transient and not known & _EXHAUSTED)


def _word(value: object) -> str | None:
    """Codes arrive as words, ints or null."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    return str(value)[:200] or None


def _json_or_none(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _plain_text(body: bytes) -> str:
    text = body.decode("utf-8", "replace").strip()
    if "<" in text[:200]:  # a gateway's page: its title says more than its markup
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        text = title.group(1) if title else re.sub(r"<[^>]*>", " ", text)
    return " ".join(text.split())[:300]


def _status_sentence(status: int) -> str:
    try:
        return f"the server answered {status} {HTTPStatus(status).phrase} without an explanation"
    except ValueError:
        return f"the server answered {status} without an explanation"


def _with_advice(error: StreamError, headers: Mapping[str, str], url: str) -> str:
    """The server's words, and the next step where the status tells what it is."""
    message = error.message
    if error.status is not None and 300 <= error.status < 400:
        there = headers.get("location", "another place")
        return f"the server redirects to {there}; redirects are not followed, point the base URL there"
    if error.status == 401:
        return f"{message} (check the key of this provider)"
    if error.status == 404 and "model" not in message.lower():
        missing = "" if "/v1/" in url else "; the base URL may lack /v1"
        return f"{message} (tried {url}{missing})" if url else message
    if error.status == 400 and "stream_options" in message:
        return f"{message} (turn it off with -o include_usage=false)"
    return message


def _is_retryable(error: StreamError, headers: Mapping[str, str]) -> bool:
    asked = headers.get("x-should-retry", "").lower()
    if asked in {"true", "false"}:
        return asked == "true"
    return error.status in _RETRYABLE_STATUS and not {error.type, error.code} & _EXHAUSTED


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """`retry-after-ms`, then `retry-after` in seconds. The date form needs a wall clock, which this layer has not."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if 0 <= seconds < 10**7:
            return seconds
    return None
