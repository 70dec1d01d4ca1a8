"""Limits in response headers, in the spellings of the providers."""

import pytest

from tui.core.rate_limits import RateLimit, is_rate_limit, rate_limits, retry_after_s

DATE = {"date": "Sun, 01 Jun 2025 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(
            {
                "x-ratelimit-limit-requests": "60",
                "x-ratelimit-limit-tokens": "150000",
                "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-remaining-tokens": "149984",
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-reset-tokens": "6m0.5s",
            },
            [RateLimit("requests", "60", "59", 1.0, "1s"), RateLimit("tokens", "150000", "149984", 360.5, "6m0.5s")],
            id="openai",
        ),
        pytest.param(
            {
                "anthropic-ratelimit-input-tokens-limit": "40000",
                "anthropic-ratelimit-input-tokens-remaining": "39000",
                "anthropic-ratelimit-input-tokens-reset": "2025-06-01T12:00:30Z",
            },
            [RateLimit("input tokens", "40000", "39000", 30.0, "2025-06-01T12:00:30Z")],
            id="anthropic",
        ),
        pytest.param(
            {"X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1748779230000"},
            [RateLimit("requests", "20", "0", 30.0, "1748779230000")],
            id="openrouter",
        ),
        pytest.param(
            {"x-ratelimit-limit-requests-day": "14400", "x-ratelimit-reset-requests-day": "33011.38"},
            [RateLimit("requests day", "14400", None, 33011.38, "33011.38")],
            id="cerebras",
        ),
        pytest.param(
            {"x-tokenlimit-limit": "9000", "x-ratelimit-remaining": "5"},
            [RateLimit("tokens", "9000"), RateLimit("requests", None, "5")],
            id="together",
        ),
        pytest.param({"ratelimit-remaining": "57"}, [RateLimit("requests", None, "57")], id="draft standard"),
        pytest.param({"x-ratelimit-reset-tokens": "soon"}, [RateLimit("tokens", None, None, None, "soon")], id="odd"),
        pytest.param({"x-ratelimit-reset": "9" * 400}, [RateLimit("requests", reset="9" * 400)], id="long"),
        pytest.param({"content-type": "x", "x-limit": "5", "x-ratelimit-policy": "default"}, [], id="none"),
    ],
)
def test_limits_are_found_in_every_spelling(headers: dict[str, str], expected: list[RateLimit]) -> None:
    assert rate_limits({**headers, **DATE}) == expected


def test_a_date_says_nothing_without_the_servers_own_clock() -> None:
    (limit,) = rate_limits({"anthropic-ratelimit-tokens-reset": "2025-06-01T12:00:30Z"})
    assert (limit.reset_s, limit.reset) == (None, "2025-06-01T12:00:30Z")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20.0),
        ({"Retry-After-Ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Sun, 01 Jun 2025 12:01:00 GMT"}, 60.0),
        ({"retry-after": "never"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s({**headers, **DATE}) == seconds


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("X-RateLimit-Limit", True), ("retry-after-ms", True), ("x-request-id", False), ("accelerate-limits", False)],
)
def test_which_headers_speak_of_limits(name: str, is_one: bool) -> None:
    assert is_rate_limit(name) is is_one
