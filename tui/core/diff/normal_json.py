"""JSON brought into one form, so that only what it says is compared and not how it was written."""

import json
from collections.abc import Iterator
from typing import Any, Final

_INDENT: Final = "  "


class _Number(str):
    """A number as it was written: 1.0 is not made 1, and no digit is lost."""

    __slots__ = ()


class _Object(list[tuple[str, Any]]):
    """The members of an object; a key may be there twice."""


def normal_json(text: str) -> str | None:
    """`text` with keys in order and one value a line; None if it is not JSON, or too deep to be read."""
    try:
        value = json.loads(
            text, parse_int=_Number, parse_float=_Number, parse_constant=_refused, object_pairs_hook=_Object
        )
        return "".join(_written(value, "\n"))
    except (ValueError, RecursionError):
        return None


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _written(value: Any, line_end: str) -> Iterator[str]:
    """`line_end` is a line feed and the indentation of the line the value begins on."""
    if isinstance(value, _Number):
        yield str(value)
    elif not value or not isinstance(value, list):
        yield "{}" if isinstance(value, _Object) else json.dumps(value, ensure_ascii=False)
    elif isinstance(value, _Object):
        members = sorted(value, key=lambda member: member[0])
        yield from _listed(
            "{}", [(f"{json.dumps(key, ensure_ascii=False)}: ", item) for key, item in members], line_end
        )
    else:
        yield from _listed("[]", [("", item) for item in value], line_end)


def _listed(brackets: str, members: list[tuple[str, Any]], line_end: str) -> Iterator[str]:
    inner = line_end + _INDENT
    yield brackets[0]
    for number, (name, item) in enumerate(members):
        yield f"{',' if number else ''}{inner}{name}"
        yield from _written(item, inner)
    yield line_end + brackets[1]
