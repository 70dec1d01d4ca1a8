"""Whether a request that failed is sent again, and after how long. Only decides; `tui.engine` waits and sends.

A request may cost money each time it is sent, so it is repeated only where nothing of the answer came and the failure
is one that passes by itself.
"""

from dataclasses import dataclass

from tui.core.failure import RETRYABLE_STATUS, StreamError

_JITTER = 0.25


@dataclass(frozen=True, slots=True)
class Retries:
    """The rules of one provider; durations in seconds."""

    attempts: int = 2
    """Tries after the first one. 0 sends every request once."""
    first_wait: float = 0.5
    """Before the first retry; doubled for each one after it."""
    longest_wait: float = 8.0
    """Where doubling stops."""
    longest_retry_after: float = 60.0
    """The longest wait a server may ask for. When it asks for more the stream fails at once and names the time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows a failed attempt."""

    wait_s: float | None
    """How long to wait before the next one. None when there is none."""
    reason: str = ""
    """Why there is none, where the user would have expected one."""


def decide(rules: Retries, error: StreamError, tried: int, jitter: float) -> Verdict:
    """What follows after `tried` attempts of which the last ended in `error`, before anything of an answer came.

    `jitter` is a random number from 0 to 1: it takes up to a quarter off the wait, so that streams refused together do
    not come back together. A wait the server asked for is kept to the letter.
    """
    passes = error.retryable and (error.kind != "http" or error.status in RETRYABLE_STATUS)  # whatever the server says
    if not passes or tried > rules.attempts:
        return Verdict(None)
    if error.retry_after_s is None or error.retry_after_s <= 0:
        return Verdict(_back_off_s(rules, tried) * (1 - _JITTER * jitter))
    if error.retry_after_s > rules.longest_retry_after:
        asked, longest = seconds_words(error.retry_after_s), seconds_words(rules.longest_retry_after)
        return Verdict(None, f"the server asks to wait {asked}, longer than the {longest} that are waited for")
    return Verdict(error.retry_after_s)


def seconds_words(seconds: float) -> str:
    """A wait for people: `2.5 s`, `45 s`, `12 min`, `3 h`."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _back_off_s(rules: Retries, tried: int) -> float:
    doublings = min(tried - 1, 32)  # far beyond any limit, and no overflow
    return float(min(rules.first_wait * 2**doublings, rules.longest_wait))
