"""Which calls ask for the same thing, so that one result can answer several models."""

import json
from collections.abc import Iterable, Mapping, Sequence

from tui.core.request import CallMade


def same_ask(call: CallMade) -> tuple[str, str]:
    """What a call asks for: equal for calls that differ only in how their JSON is written. Its id does not count."""
    return call.name, _normalised(call.arguments)


def ask_the_same(these: Sequence[CallMade], those: Sequence[CallMade]) -> bool:
    """Whether results for `these` answer all of `those`."""
    known = {same_ask(call) for call in these}
    return bool(those) and all(same_ask(call) in known for call in those)


def passed_on(these: Iterable[CallMade], results: Mapping[str, str], those: Iterable[CallMade]) -> dict[str, str]:
    """`results` by the ids of `those` calls, which ask the same; calls that got none get none.

    A model may call the same twice: then its first call gets the first result, and so on as far as there are any.
    """
    waiting: dict[tuple[str, str], list[str]] = {}
    for call in these:
        if call.id in results:
            waiting.setdefault(same_ask(call), []).append(results[call.id])
    passed: dict[str, str] = {}
    for call in those:
        found = waiting.get(same_ask(call))
        if found:
            passed[call.id] = found.pop(0) if len(found) > 1 else found[0]
    return passed


def _normalised(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments.strip()
