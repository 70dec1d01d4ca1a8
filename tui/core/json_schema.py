"""Holding an answer against the JSON schema it was asked for: what is wrong in it, and where.

jsonschema does the judging, because it finds all mistakes and knows every draft. It is imported when a schema is there,
for it takes longer than anything else in core. Nothing is fetched: a schema that refers to another file is refused.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from tui.core.bounds import size_text
from tui.core.errors import UsageError
from tui.core.figures import grouped
from tui.core.validity import validity_of

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

MAX_ERRORS: Final = 20
"""Mistakes that are named; an answer of another shape altogether has thousands."""
MAX_CHARS: Final = 512 * 1024
"""A longer answer is not judged: it would hold up the streams that still run."""
_SHOWN_CHARS: Final = 60
_EXAMPLE: Final = '{"type": "object", "properties": {…}}'

_BOUNDS: Final = {
    "minimum": ("at least", ""), "maximum": ("at most", ""),
    "exclusiveMinimum": ("more than", ""), "exclusiveMaximum": ("less than", ""),
    "minLength": ("at least", " characters"), "maxLength": ("at most", " characters"),
    "minItems": ("at least", " items"), "maxItems": ("at most", " items"),
    "minProperties": ("at least", " properties"), "maxProperties": ("at most", " properties"),
    "multipleOf": ("a multiple of", ""),
}  # fmt: skip


def checked_schema(value: object, source: str) -> Mapping[str, Any]:
    """`value` when it is a JSON schema this program can hold answers against.

    Raises `UsageError` with a sentence that begins with `source` and says where the mistake is.
    """
    if not isinstance(value, dict):
        raise UsageError(f"{source}: expected a JSON schema, an object such as {_EXAMPLE}, found {kind_of(value)}")
    for problem in schema_problems(value):
        raise UsageError(f"{source}: {problem}")
    return value


def schema_problems(schema: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a schema, each with its place: `$.properties.age.type: …`."""
    from jsonschema.exceptions import SchemaError

    if outside := next(_outside_references(schema), None):
        yield f"it refers to {outside!r}, and only references within the file (#/…) are followed"
        return
    try:
        _class_for(schema).check_schema(dict(schema))
    except SchemaError as exc:
        yield f"{path_words(exc.absolute_path)}: {_sentence(exc)}"
    except RecursionError:
        yield "it is nested too deeply"


def failures(schema: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """What of `text` does not follow `schema`, each with its path: `$.items[2].price: expected number, found string`.

    Empty when it is valid. Of many mistakes the first `MAX_ERRORS` are given.
    """
    from referencing.exceptions import Unresolvable

    if len(text) > MAX_CHARS:
        return (f"$: not checked, for it is longer than {size_text(MAX_CHARS)}",)
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        found = list(islice(_validator(schema).iter_errors(value), MAX_ERRORS))
    except json.JSONDecodeError as exc:
        return (_no_json(text, exc),)
    except Unresolvable as exc:
        return (f"$: not checked, for the schema has no {exc.ref!r}",)
    except RecursionError:
        return ("$: not checked, for it is nested too deeply",)
    except ValueError as exc:
        return (f"$: no JSON: {exc}",)
    return tuple(dict.fromkeys(f"{path_words(error.absolute_path)}: {_sentence(error)}" for error in found))


def path_words(path: Iterable[str | int]) -> str:
    """A place in a JSON value: `$.items[2].price`, `$["a b"]`."""
    parts = ["$"]
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            parts.append(f".{step}" if step.isidentifier() else f"[{_shown(step)}]")
    return "".join(parts)


def kind_of(value: object) -> str:
    """What a JSON value is, as schemas call it."""
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case None:
            return "null"
        case list():
            return "array"
        case _:
            return "object"


def _class_for(schema: Mapping[str, Any]) -> "type[Validator]":
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    found: type[Validator] = validator_for(dict(schema), default=Draft202012Validator)
    return found


def _validator(schema: Mapping[str, Any]) -> "Validator":
    from referencing import Registry

    return _class_for(schema)(
        dict(schema), registry=Registry()
    )  # a registry of ours, or it would fetch what is missing


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _outside_references(value: object) -> Iterator[str]:
    match value:
        case dict():
            reference = value.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield reference
            for inner in value.values():
                yield from _outside_references(inner)
        case list():
            for inner in value:
                yield from _outside_references(inner)


def _no_json(text: str, exc: json.JSONDecodeError) -> str:
    if not text.strip():
        return "$: expected JSON, found no text"
    if validity_of(text) == "partial":
        return f"$: no JSON: it breaks off after {grouped(len(text))} characters"
    return f"$: no JSON: line {exc.lineno}, column {exc.colno}: {exc.msg[:1].lower()}{exc.msg[1:]}"


def _sentence(error: "ValidationError | Any") -> str:
    """One mistake, without its place."""
    wanted, found = error.validator_value, error.instance
    match error.validator:
        case "type":
            types = [wanted] if isinstance(wanted, str) else wanted
            return f"expected {' or '.join(map(str, types))}, found {kind_of(found)}"
        case "required":
            missing = [name for name in wanted if name not in found]
            return f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        case "additionalProperties" if wanted is False:
            extra = list(_additional(found, error.schema))
            return f"{_listed(extra)} {'is' if len(extra) == 1 else 'are'} not allowed"
        case "enum":
            return f"expected one of {_listed(wanted)}, found {_shown(found)}"
        case "const":
            return f"expected {_shown(wanted)}, found {_shown(found)}"
        case "anyOf" | "oneOf" if isinstance(found, str | int | float | bool | None):
            return f"{_shown(found)} fits none of {len(wanted)} alternatives"
        case str(keyword) if keyword in _BOUNDS:
            words, unit = _BOUNDS[keyword]
            size = found if not unit else len(found)
            return f"expected {words} {_shown(wanted)}{unit}, found {_shown(size)}"
        case "pattern":
            return f"{_shown(found)} does not match {_shown(wanted)}"
        case _:
            return _cut(error.message)


def _additional(found: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    patterns = schema.get("patternProperties", {})
    for name in found:
        if name not in schema.get("properties", {}) and not any(re.search(pattern, name) for pattern in patterns):
            yield name


def _listed(values: Iterable[object]) -> str:
    return _cut(", ".join(_shown(value) for value in values))


def _shown(value: object) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"
