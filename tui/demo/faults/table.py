"""All faults by name, and the ways to look one up."""

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


def fault_of_model(model: str) -> Fault | None:
    """The fault a model's name asks for; None when it is the name of another model."""
    return FAULTS.get(model.removeprefix(PREFIX)) if model.startswith(PREFIX) else None


def unknown_fault(name: str) -> str:
    """What to say to somebody who asked for a fault that does not exist."""
    near = get_close_matches(name.removeprefix(PREFIX), FAULTS, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"there is no fault {name!r}; {hint}`sidestream serve --list-faults` lists all {len(FAULTS)}"


def listing() -> str:
    """All faults, one a line, aligned: name, what should happen, what the server does."""
    name_width = max(len(name) for name in FAULTS)
    should_width = max(len(fault.should) for fault in FAULTS.values())
    return "\n".join(
        f"{fault.name:<{name_width}}  {fault.should:<{should_width}}  {fault.does}" for fault in FAULTS.values()
    )
