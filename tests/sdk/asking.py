"""What the tests ask for, and what they know about the answers."""

from collections.abc import Iterable
from typing import Any

RAINBOW = "Explain how a rainbow forms, briefly."
CALLED = ["search_knowledge_base", "create_report"]
"""What `caller` calls when the client offers nothing."""

CITY: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
RESULT = '{"temperature": 18}'


def check_calls(calls: list[tuple[str, Any]]) -> None:
    """The two calls of `caller` are whole: names and parsed arguments."""
    assert [name for name, _ in calls] == CALLED
    assert calls[0][1]["query"]["text"] == "how rainbows form"
    assert len(calls[1][1]["sections"]) == 4
    assert calls[1][1]["output"]["overwrite"] is False


def until_it_breaks(stream: Iterable[Any]) -> tuple[list[Any], BaseException | None]:
    """What a client reads of a stream, and what it raises when the connection dies; None when it notices nothing."""
    found: list[Any] = []
    try:
        for item in stream:
            found.append(item)  # noqa: PERF402 - what came before the failure is wanted
    except Exception as error:
        return found, error
    return found, None
