"""All faults by name, and the ways to look one up."""

from collections.abc import Iterable
from difflib import get_close_matches

from tui.demo.faults import (
    after_the_end,
    breaks,
    compression,
    figures,
    flaky,
    floods,
    framing,
    heads,
    hostile,
    json_values,
    limits,
    not_the_api,
    refusals,
    silence,
    stream_errors,
    tool_calls,
)
from tui.demo.faults.fault import PREFIX, Fault

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        *heads.faults,
        *refusals.faults,
        *limits.faults,
        *flaky.faults,
        *not_the_api.faults,
        *silence.faults,
        *breaks.faults,
        *stream_errors.faults,
        *framing.faults,
        *json_values.faults,
        *floods.faults,
        *tool_calls.faults,
        *compression.faults,
        *figures.faults,
        *hostile.faults,
        *after_the_end.faults,
    )
}
"""In the order in which a stream meets them."""


class UnknownFaultError(ValueError):
    """There is no fault of that name; the message names the nearest."""


def fault_of_model(model: str) -> Fault | None:
    """The fault a model's name asks for; None when it is the name of another model."""
    return FAULTS.get(model.removeprefix(PREFIX)) if model.startswith(PREFIX) else None


def faults_named(names: Iterable[str]) -> list[Fault]:
    """The faults of these names, with or without the prefix. Raises UnknownFaultError for the first that is none."""
    return [_fault_named(name.removeprefix(PREFIX)) for name in names]


def _fault_named(name: str) -> Fault:
    if name not in FAULTS:
        hint = f"did you mean {near}? " if (near := nearest(name)) else ""
        raise UnknownFaultError(f"there is no fault {name!r}; {hint}--list-faults names all {len(FAULTS)}")
    return FAULTS[name]


def nearest(name: str) -> str | None:
    """The fault whose name looks most like this; None when none does."""
    return next(iter(get_close_matches(name, FAULTS, n=1, cutoff=0.4)), None)


def listing() -> str:
    """All faults, one a line, aligned: name, what should happen, what the server does."""
    name_width = max(len(name) for name in FAULTS)
    should_width = max(len(fault.should) for fault in FAULTS.values())
    return "\n".join(
        f"{fault.name:<{name_width}}  {fault.should:<{should_width}}  {fault.does}" for fault in FAULTS.values()
    )
