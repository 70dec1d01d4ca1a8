"""What a response's headers say about limits: how much is allowed, how much is left, when it is full again.

Providers use one scheme in many spellings: a prefix, what is counted, and one of limit, remaining, reset, in any order.

    x-ratelimit-remaining-tokens: 149984        openai, azure, groq, mistral, fireworks, xai, ...
    anthropic-ratelimit-input-tokens-reset: 2025-06-01T12:00:30Z
    x-ratelimit-limit-requests-day: 14400       cerebras
    x-ratelimit-reset: 1748779230000            openrouter
    ratelimit-remaining: 57                     the draft standard

Times until a reset count from the response's own `date`: no clock is asked here, and servers' clocks differ from ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_NAME: Final = re.compile(r"(?:^|-)(?:ratelimit|rate-limit|tokenlimit|ratelimitbysize)(?:-|$)")
_FACTS: Final = ("limit", "remaining", "reset")
_PREFIXES: Final = ("x", "anthropic", "ratelimit", "rate", "ms", "azureml")
_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_HTTP_DATE: Final = re.compile(r"\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNIX_S: Final = 1_000_000_000
_UNIX_MS: Final = 1_000_000_000_000
_MANY_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One limit; amounts as the server wrote them."""

    subject: str
    """What is counted: `requests`, `input tokens`; `requests` when the headers do not say."""
    limit: str | None = None
    remaining: str | None = None
    reset_s: float | None = None
    """Seconds from the response until it is full again. None when that was not said, or not so that it can be read."""
    reset: str | None = None
    """The same as it was written."""


def is_rate_limit(name: str) -> bool:
    """Whether a header speaks of limits."""
    name = name.lower()
    return _NAME.search(name) is not None or name.startswith("retry-after")


def rate_limits(headers: Mapping[str, str]) -> list[RateLimit]:
    """The limits in these headers, in the order they first appear. `retry-after` is none: see `retry_after_s`."""
    found: dict[str, dict[str, str]] = {}
    for name, value in headers.items():
        named = _parts(name.lower())
        if named is not None:
            subject, fact = named
            found.setdefault(subject, {}).setdefault(fact, value.strip())
    date = _date(headers)
    return [
        RateLimit(
            subject,
            facts.get("limit"),
            facts.get("remaining"),
            _seconds(facts["reset"], date) if "reset" in facts else None,
            facts.get("reset"),
        )
        for subject, facts in found.items()
    ]


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long the server asks to wait. None when it does not."""
    by_name = {name.lower(): value for name, value in headers.items()}
    if "retry-after-ms" in by_name and (ms := _number(by_name["retry-after-ms"])) is not None:
        return ms / 1000
    written = by_name.get("retry-after")
    return _seconds(written, _date(headers)) if written is not None else None


def _parts(name: str) -> tuple[str, str] | None:
    """What is counted, and which fact of it."""
    if not _NAME.search(name):
        return None
    is_tokens = "tokenlimit" in name
    words = re.sub(r"rate-?limit(?:bysize)?|tokenlimit", "", name).split("-")
    fact = next((fact for fact in _FACTS if fact in words), None)
    if fact is None:
        return None
    subject = [word for word in words if word and word != fact and word not in _PREFIXES]
    return " ".join(subject) or ("tokens" if is_tokens else "requests"), fact


def _seconds(written: str, date: datetime | None) -> float | None:
    """A duration (`6m0s`, `250ms`, `12`), a Unix time, or a date, as seconds from the response."""
    number = _number(written)
    if number is not None:
        if number < _UNIX_S:
            return number
        at = number / 1000 if number >= _UNIX_MS else number
        return max(0.0, at - date.timestamp()) if date else None
    matched = _DURATION.fullmatch(written.strip())
    if matched and any(matched.groups()) and len(written) <= _MANY_DIGITS:
        return sum(
            float(part or 0) * unit for part, unit in zip(matched.groups(), (86400, 3600, 60, 1, 0.001), strict=True)
        )
    at_date = _moment(written)
    return max(0.0, (at_date - date).total_seconds()) if at_date and date else None


def _number(written: str) -> float | None:
    written = written.strip()
    return float(written) if len(written) <= _MANY_DIGITS and re.fullmatch(r"\d+(?:\.\d+)?", written, re.A) else None


def _date(headers: Mapping[str, str]) -> datetime | None:
    """When the server says it answered."""
    written = next((value for name, value in headers.items() if name.lower() == "date"), "")
    return _moment(written)


def _moment(written: str) -> datetime | None:
    """A date as APIs write it, or as HTTP does. None for anything else."""
    written = written.strip()
    try:
        if http := _HTTP_DATE.fullmatch(written):
            day, month, *rest = http.groups()
            year, hour, minute, second = map(int, rest)
            return datetime(year, _MONTHS.index(month) + 1, int(day), hour, minute, min(second, 59), tzinfo=UTC)
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
