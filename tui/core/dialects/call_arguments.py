"""Arguments of past tool calls for the dialects that take them as an object, where our own form is text."""

from typing import Any

import msgspec

from tui.core.errors import RequestError
from tui.core.request import CallMade
from tui.core.target import Target


def arguments_object(call: CallMade, target: Target) -> dict[str, Any]:
    """The arguments of `call` as an object; none at all are `{}`.

    Raises `RequestError` for text that is no JSON object: to repair it would put words into the model's mouth.
    """
    try:
        value = msgspec.json.decode(call.arguments.strip() or "{}") if call.type == "function" else None
    except (msgspec.DecodeError, ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise RequestError(
            f"{target.name}: the call of {call.name!r} in an earlier turn has no JSON object for its arguments, "
            f"which the {target.dialect} dialect needs"
        )
    return value
