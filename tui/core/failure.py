"""Why a stream failed, as a value: from an HTTP error response, an error inside a stream, or a broken connection.

Every provider words its errors differently; `message_of` finds the sentence in all of the shapes seen in the wild.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from tui.core.text import paired
from tui.core.web_page import words_of_page

FailureKind = Literal["http", "api", "transport", "protocol"]

SHOWN_CHARS = 2000
_SHOWN_URL_CHARS = 300
_WORDLESS = "the server reported an error without saying which"
_QUOTED_CHARS = 120
"""How much of a body that is no answer is repeated."""
_EVENT_STREAM = re.compile(rb"(?:data|event|id|retry|error)?:")
_NESTING_READ = 8
"""How deep inside of one another error values are looked into."""
RETRYABLE_STATUS = frozenset({408, 409, 429, *range(500, 600)})
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


def http_error(
    status: int, headers: Mapping[str, str], body: bytes, url: str = "", hide: Callable[[str], str] = str
) -> StreamError:
    """The error an HTTP error response (or a redirect, which is never followed) stands for.

    `hide` takes known secrets out of the body before it is cut to what is shown, since half a key is one too.
    """
    value = _json_or_text(body, hide)
    found = api_error(value) or _unlabelled(value)
    error = StreamError(
        "http",
        found.message if found else _status_sentence(status),
        type=found.type if found else None,
        code=found.code if found else None,
        status=status,
        retry_after_s=_first_known(_retry_after_s(headers), found.retry_after_s if found else None),
    )
    return replace(error, message=_with_advice(error, headers, url), retryable=_is_retryable(error, headers))


def without_secrets(error: StreamError, hide: Callable[[str], str]) -> StreamError:
    """`error` as it may be kept and shown: servers repeat the key they were sent."""
    return replace(
        error,
        message=hide(error.message),
        type=hide(error.type) if error.type else error.type,
        code=hide(error.code) if error.code else error.code,
    )


def api_error(payload: object) -> StreamError | None:
    """The error a decoded JSON payload reports, or None when it reports none. Shapes: docs/protocols.md, errors."""
    if isinstance(payload, list):
        return next((found for item in payload if isinstance(item, dict) and (found := api_error(item))), None)
    if not isinstance(payload, dict):
        return None
    error = payload.get("error")
    if error:
        detail = error if isinstance(error, dict) else {}
        message = (message_of(error) or _WORDLESS) + _filters_named(detail.get("innererror"))
        found = _api(message, detail.get("type") or _status_word(detail), _code_of(detail))
        return replace(found, retry_after_s=_retry_delay_s(detail.get("details")))
    if payload.get("object") == "error" or payload.get("type") == "error":
        return _api(message_of(payload) or _WORDLESS, payload.get("type"), payload.get("code"))
    if payload.get("detail"):
        return _api(message_of(payload["detail"]) or _WORDLESS, None, None)
    return None


def not_an_answer(
    beginning: bytes, content_type: str, *, is_readable: bool, hide: Callable[[str], str] = str
) -> StreamError | None:
    """The error for a whole 200 body in which no dialect's answer began. None for an event stream, which may have.

    `beginning` is the first of the body; `is_readable` whether all of its JSON could be read. `hide` takes
    known secrets out of it before it is cut.
    """
    body = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body or _EVENT_STREAM.match(body):
        return None
    if body[:1] in (b"{", b"["):
        if not is_readable:
            return None  # cut off, as an event stream would be
        what, next_step = "JSON that is no answer", "check the base URL and the dialect"
    else:
        kind = f" ({content_type.partition(';')[0].strip()[:50]})" if content_type else ""
        what, next_step = f"something that is no answer{kind}", "check the base URL"
    said = " ".join(hide(body.decode("utf-8", "replace")).split())[:_QUOTED_CHARS]
    return StreamError("protocol", f"the server sent {what}; {next_step} (it begins: {said})")


def message_of(error: object) -> str:
    """The sentence in an error value of any known shape, at most `SHOWN_CHARS` long; empty when there is none."""
    return paired(_sentence(error, _NESTING_READ).strip()[:SHOWN_CHARS])


def _sentence(error: object, depth: int) -> str:
    match error:
        case _ if depth == 0:
            return ""
        case str():
            return error
        case {"message": str(message)} if message.strip():
            return message
        case {"msg": str(message), "loc": [*parts]}:  # FastAPI's validation errors: loc says where
            return f"{'.'.join(str(part) for part in parts[:10])}: {message}"
        case [*items]:
            return "; ".join(text for item in items[:5] if (text := _sentence(item, depth - 1)))
        case {"error": inner} | {"detail": inner} if inner:
            return _sentence(inner, depth - 1)
        case dict() if any(error.values()):
            return _as_json(error)
        case _:
            return ""


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):
        return ""


def _unlabelled(value: object) -> StreamError | None:
    """What an error response says in plain text, or in JSON that does not call itself an error: `{"message": ...}`."""
    message = message_of(value)
    fields = value if isinstance(value, dict) else {}
    return _api(message, fields.get("type"), fields.get("code")) if message else None


def _filters_named(inner: object) -> str:
    """Which of Azure's filters refused a prompt, as an addition to the message; empty when none is named."""
    results = inner.get("content_filter_result") if isinstance(inner, dict) else None
    if not isinstance(results, dict):
        return ""
    names = [name for name, found in results.items() if isinstance(found, dict) and found.get("filtered") is True]
    return paired(f" (filtered: {', '.join(names[:10])})"[:300]) if names else ""


def _status_word(error: Mapping[str, object]) -> object:
    """Google's word for the status; Azure repeats the number there, which says nothing new."""
    status = error.get("status")
    return status if isinstance(status, str) else None


def _code_of(error: Mapping[str, object]) -> object:
    """The code, or Anthropic's more exact one in `details`."""
    details = error.get("details")
    return error.get("code") or (details.get("error_code") if isinstance(details, dict) else None)


def _retry_delay_s(details: object) -> float | None:
    """Google's hint inside of the error, `{"@type": "...RetryInfo", "retryDelay": "34.5s"}`; they send no header."""
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, dict) else None
        if isinstance(delay, str) and delay.endswith("s"):
            return _seconds(delay[:-1])
    return None


def _api(message: str, type_: object, code: object) -> StreamError:
    error = StreamError("api", message, type=_word(type_), code=_word(code))
    known = {error.type, error.code}
    transient = bool(known & _RETRYABLE_WORDS) or (error.code or "") in {"429", "500", "502", "503", "529"}
    return replace(error, retryable=transient and not known & _EXHAUSTED)


def _word(value: object) -> str | None:
    """Codes arrive as words, ints or null."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    return paired(str(value)[:200]) or None


def _json_or_text(body: bytes, hide: Callable[[str], str]) -> Any:
    text = hide(body.decode("utf-8", "replace").removeprefix("\ufeff").strip())
    try:
        return json.loads(_first_event(text) or text)
    except (ValueError, RecursionError):
        return _plain_text(text)


def _first_event(text: str) -> str:
    """The data of the first event where a refusal comes as an event stream; empty when it does not."""
    found = re.match(r"(?:event:[^\r\n]*[\r\n]+)?data:([^\r\n]*)", text)
    return found[1] if found else ""


def _plain_text(text: str) -> str:
    if "<" in text[:200]:  # a gateway's page: its title says more than its markup
        text = words_of_page(text)
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
        return _redirect_sentence(headers.get("location", "").strip(), url)
    if error.status == 401:
        return f"{message} (check the key of this provider)"
    if error.status == 407:  # of a proxy, when a request without TLS goes through one
        return (
            f"{message} (the proxy asks for a user name and password; write its URL as http://USER:PASSWORD@HOST:PORT)"
        )
    if error.status in (400, 404) and _misses_model(error):
        return message if "pull" in message else f"{message} (check the model's name)"
    if error.status == 404:
        return f"{message} (tried {url}{_advice_on_path(url)})" if url else message
    if error.status == 400 and "stream_options" in message:
        return f"{message} (turn it off with -o include_usage=false)"
    return message


def _advice_on_path(url: str) -> str:
    """What is probably wrong with an address where no API is."""
    if url.endswith("/v1/api/chat"):
        return "; the base URL of Ollama's own API has no /v1"
    return "" if "/v1" in url or url.endswith("/api/chat") else "; the base URL may lack /v1"


def _misses_model(error: StreamError) -> bool:
    """Whether the server speaks this API and only does not have the model."""
    said = error.message.lower()
    is_missing = error.status == 404 or any(words in said for words in ("not found", "not exist", "no such", "unknown"))
    return error.code == "model_not_found" or ("model" in said and is_missing)


def _redirect_sentence(location: str, url: str) -> str:
    """Where a redirect points, and whether that is another host: the prompt and the key would have gone there."""
    if not location:
        return "the server redirects without saying where to; check the base URL"
    try:
        there = urljoin(url, location)
        is_elsewhere = bool(url) and urlsplit(there)[:2] != urlsplit(url)[:2]
    except ValueError:  # brackets that enclose no address
        there, is_elsewhere = location, True
    shown = there.partition("?")[0][:_SHOWN_URL_CHARS]
    if is_elsewhere:
        return f"the server redirects to another host, {shown}; redirects are not followed, point the base URL there"
    return f"the server redirects to {shown}; redirects are not followed, change the base URL to match"


def _is_retryable(error: StreamError, headers: Mapping[str, str]) -> bool:
    if {error.type, error.code} & _EXHAUSTED:
        return False
    asked = headers.get("x-should-retry", "").lower()
    if asked in {"true", "false"}:
        return asked == "true"
    return error.status in RETRYABLE_STATUS


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """`retry-after-ms`, then `retry-after` in seconds or as a date.

    A date is held against the server's own `date`, so no wall clock is needed and a wrong one does no harm.
    """
    milliseconds = _seconds(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    after = headers.get("retry-after", "")
    return _first_known(_seconds(after), _seconds_between(headers.get("date", ""), after))


def _seconds(text: str) -> float | None:
    """A written duration; None for what is no number, negative or absurd."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 10**7 else None


def _seconds_between(date: str, later: str) -> float | None:
    """From one HTTP date to another, 0 when the second is not the later one. None when either is no date."""
    try:
        first, second = (datetime.strptime(text.strip(), "%a, %d %b %Y %H:%M:%S GMT") for text in (date, later))
    except ValueError:
        return None
    return max(0.0, (second - first).total_seconds())


def _first_known(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
