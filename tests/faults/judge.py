"""Whether a stream ended as the table of faults says it should, and as docs promise for all of them."""

import json
import math
from collections.abc import Iterator

from tests.engine.harness import KEY
from tests.faults.harness import Result
from tui.core.endings import ending
from tui.core.phase import Phase
from tui.core.report import target_object
from tui.core.stream import StreamState
from tui.demo.faults.fault import Outcome
from tui.demo.faults.stage import answer_text, beginning_of

PHASES = {
    Outcome.COMPLETES: Phase.COMPLETE,
    Outcome.RETRIED: Phase.COMPLETE,
    Outcome.ERROR: Phase.FAILED,
    Outcome.CUT: Phase.INTERRUPTED,
}
RETRIED_REQUESTS = {"flaky": 3}
"""Requests until a fault is over, where that is not 2."""
ALL_REQUESTS = 3


def complaints(result: Result) -> Iterator[str]:
    """What is wrong with one result, in words; nothing when all is as it should be."""
    fault, state = result.case.fault, result.state
    for complaint in (*_phase(result), *_text(result), *_words(result), *_requests(result), *_everywhere(result)):
        yield f"{result.case}: {complaint}   (should: {fault.should}; is: {state.phase}: {ending(state)!r})"


def _phase(result: Result) -> Iterator[str]:
    if result.state.phase is not PHASES[result.case.fault.outcome]:
        yield f"ended as {result.state.phase}"


def _text(result: Result) -> Iterator[str]:
    """What came is kept, no more and no less."""
    fault = result.case.fault
    whole = answer_text(fault.name)
    beginning = beginning_of(whole)
    text = text_of(result.state)
    match fault.arriving:
        case "nothing":
            good = text == ""
        case "beginning" if fault.outcome is Outcome.CUT:
            good = text.startswith(beginning)
        case "beginning":
            good = text == beginning
        case "whole":
            good = text == whole
        case "other":
            good = text.startswith(beginning) and text.endswith(whole[len(beginning) :]) and len(text) > len(whole)
    if not good:
        yield f"kept {text[:200]!r}"


def _words(result: Result) -> Iterator[str]:
    shown = ending(result.state)
    for word in result.case.fault.says:
        if word.lower() not in shown.lower():
            yield f"does not say {word!r}"


def _requests(result: Result) -> Iterator[str]:
    """A request that may cost money is never sent again in secret, and one that may be sent again is."""
    fault, seen = result.case.fault, result.requests
    expected = {
        "once": range(1, 2),
        "either": range(1, ALL_REQUESTS + 1),
        "again": range(ALL_REQUESTS, ALL_REQUESTS + 1),
    }[fault.tries]
    if fault.outcome is Outcome.RETRIED:
        times = RETRIED_REQUESTS.get(fault.name, 2)
        expected = range(times, times + 1)
    if seen not in expected:
        yield f"the server saw {seen} requests"
    if seen != result.state.counts.attempts:
        past = [attempt.error.message for attempt in result.state.attempts if attempt.error]
        yield f"the server saw {seen} requests, and {result.state.counts.attempts} are shown: {past}"


def _everywhere(result: Result) -> Iterator[str]:
    """What holds for every stream, whatever happened to it."""
    whole = target_object(result.state)
    text = json.dumps(whole)
    if KEY in text and not repeats_key(result):
        yield "the key is in the result"
    for name, value in whole["metrics"].items():
        if isinstance(value, float | int) and not (math.isfinite(value) and 0 <= value < 1e12):
            yield f"{name} is {value}"
    if any(count is not None and not 0 <= count < 10**12 for count in whole["usage"].values()):
        yield f"usage is {whole['usage']}"


def repeats_key(result: Result) -> bool:
    """Whether the server sends the key back; a test of its own looks at those."""
    return result.case.fault.name in ("key-wrong", "key-forbidden")


def text_of(state: StreamState) -> str:
    """The answer of the first choice."""
    return state.answer.choices[0].text.text() if 0 in state.answer.choices else ""
