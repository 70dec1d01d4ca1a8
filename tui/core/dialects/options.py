"""Options under the names users write once, put where each dialect
wants them.

A dialect's table maps our name to its own, dotted when nested; None says that it has no such thing, which is told
before anything is sent. A name no table knows is passed through untouched, so that every option can be reached.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from tui.core.errors import RequestError
from tui.core.target import Target

COMMON_OPTIONS = (
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "stop",
    "seed",
    "n",
    "presence_penalty",
    "frequency_penalty",
    "reasoning_effort",
    "tool_choice",
    "parallel_tool_calls",
    "logprobs",
    "top_logprobs",
)
"""The names that are translated."""


def place_options(
    body: dict[str, Any], options: Mapping[str, Any], table: Mapping[str, str | None], target: Target
) -> None:
    """Put every option into `body`. Raises `RequestError` for one this dialect cannot express."""
    for name, value in options.items():
        path = table.get(name, name)
        if path is None:
            raise RequestError(
                f"{target.name}: the {target.dialect} dialect has no {name}; leave it out for this target"
            )
        put(body, path, value)


def put(body: dict[str, Any], path: str, value: object) -> None:
    """Set `body["a"]["b"]` for the path `a.b`, opening what is missing."""
    *parents, last = path.split(".")
    for parent in parents:
        inner = body.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise RequestError(f"option {path!r} does not fit beside {parent}={inner!r}")
        body = inner
    body[last] = value


def encoded(body: Mapping[str, Any], target: Target) -> bytes:
    """The request body. Raises `RequestError` when an option cannot be written as JSON."""
    try:
        return msgspec.json.encode(body)
    except (TypeError, ValueError, OverflowError) as exc:
        raise RequestError(f"{target.name}: an option cannot be written as JSON: {exc}") from exc
