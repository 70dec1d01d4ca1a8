"""Rate limits, and what a server can say in `Retry-After`. Each but the last two is over at the second request."""

from email.utils import formatdate
from time import time

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage
from tui.demo.script import HttpError

_WAIT_S = 1
_NOTHING = "Nothing: the wait is counted down in the pane, and `x` ends it."
_PHRASE = "Too Many Requests"

faults = FaultList(Moment.BEFORE)


async def _limited_once(stage: Stage, **headers: str) -> None:
    if stage.request.attempt > 1:
        await stage.begin_and_say()
        await stage.go_on()
        return
    error = HttpError(429, "Rate limit reached. Please slow down.", "requests", "rate_limit_exceeded")
    await stage.refuse(error, _PHRASE, **headers)


@faults.add(
    "limit-seconds", "Answers 429 once and asks to wait for a second (`Retry-After: 1`).", Outcome.RETRIED, _NOTHING
)
async def limit_seconds(stage: Stage) -> None:
    await _limited_once(stage, retry_after=str(_WAIT_S))


@faults.add("limit-date", "Answers 429 once and asks to wait until an HTTP date.", Outcome.RETRIED, _NOTHING)
async def limit_date(stage: Stage) -> None:
    now = time()
    dates = {"date": formatdate(now, usegmt=True), "retry_after": formatdate(now + _WAIT_S, usegmt=True)}
    await _limited_once(stage, **dates)


@faults.add(
    "limit-milliseconds", "Answers 429 once and asks to wait for `retry-after-ms: 300`.", Outcome.RETRIED, _NOTHING
)
async def limit_milliseconds(stage: Stage) -> None:
    await _limited_once(stage, retry_after_ms="300", retry_after="3600")


@faults.add(
    "limit-garbage",
    "Answers 429 once with a `Retry-After` that is neither a number nor a date.",
    Outcome.RETRIED,
    "Nothing: the client's own pause is used.",
)
async def limit_garbage(stage: Stage) -> None:
    await _limited_once(stage, retry_after="soon, -5")


@faults.add(
    "limit-without-hint",
    "Answers 429 once and does not say how long to wait.",
    Outcome.RETRIED,
    "Nothing: the client's own pause is used.",
)
async def limit_without_hint(stage: Stage) -> None:
    await _limited_once(stage)


@faults.add(
    "limit-absurd",
    "Answers 429 and asks to wait for a day.",
    Outcome.ERROR,
    "Come back at the time that is named, or use another key.",
    says=("429", "24 h"),
)
async def limit_absurd(stage: Stage) -> None:
    error = HttpError(429, "Daily limit reached.", "requests", "rate_limit_exceeded")
    await stage.refuse(error, _PHRASE, retry_after="86400")


@faults.add(
    "limit-always",
    "Answers 429 each time, without a hint.",
    Outcome.ERROR,
    "Too much is asked with this key: wait, or send to fewer targets at once.",
    says=("429", "Rate limit reached"),
    tries="again",
)
async def limit_always(stage: Stage) -> None:
    error = HttpError(429, "Rate limit reached. Please slow down.", "requests", "rate_limit_exceeded")
    await stage.refuse(error, _PHRASE)


@faults.add(
    "quota-exhausted",
    "Answers 429 because the quota is used up, which waiting does not change.",
    Outcome.ERROR,
    "Raise the limit or top up the account at the provider; it was not tried again on purpose.",
    says=("429", "exceeded your current quota"),
    dialects=("chat", "responses", "completions"),
)
async def quota_exhausted(stage: Stage) -> None:
    message = "You exceeded your current quota, please check your plan and billing details."
    await stage.refuse(HttpError(429, message, "insufficient_quota", "insufficient_quota"), _PHRASE, retry_after="1")
