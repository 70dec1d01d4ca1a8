"""JSON that fits a schema: arguments for the tools a client offers, and structured answers."""

from collections.abc import Mapping
from random import Random

from tui.demo.prompt import Prompt

_DEEPEST = 6
"""Levels to fill in before optional parts are left out, so that a recursive schema comes to an end."""


def instance_of(schema: Mapping[str, object], prompt: Prompt, dice: Random, name: str = "", depth: int = 0) -> object:
    """A value that fits `schema`, filled with the words of the prompt.

    Reads the keywords models are usually given (type, properties, required, items, enum, const, anyOf, oneOf, bounds);
    others, `$ref` among them, are ignored. `name` is the property's name, which hints at what a string should say.
    """
    if "const" in schema:
        return schema["const"]
    match schema.get("enum"):
        case [_, *_] as values:
            return dice.choice(values)
    match schema.get("anyOf") or schema.get("oneOf"):
        case [dict() as first, *_]:
            return instance_of(first, prompt, dice, name, depth)
    return _of_type(schema, prompt, dice, name, depth)


def _of_type(schema: Mapping[str, object], prompt: Prompt, dice: Random, name: str, depth: int) -> object:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "object":
            return _object(schema, prompt, dice, depth)
        case "array":
            return _array(schema, prompt, dice, name, depth)
        case "integer":
            return dice.randint(*_bounds(schema, 1, 20))
        case "number":
            low, high = _bounds(schema, 1, 20)
            return round(dice.uniform(low, high), 2)
        case "boolean":
            return dice.random() < 0.6
        case "null":
            return None
        case _:
            return _string(schema, prompt, dice, name)


def _object(schema: Mapping[str, object], prompt: Prompt, dice: Random, depth: int) -> dict[str, object]:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict):
        return {"subject": prompt.subject, "key_words": list(prompt.key_words[:4])} if depth == 0 else {}
    must = required if isinstance(required, list) else []
    return {
        name: instance_of(inner, prompt, dice, name, depth + 1)
        for name, inner in properties.items()
        if isinstance(inner, dict) and (depth < _DEEPEST or name in must)
    }


def _array(schema: Mapping[str, object], prompt: Prompt, dice: Random, name: str, depth: int) -> list[object]:
    inner = schema.get("items")
    least, most = (schema.get(key) for key in ("minItems", "maxItems"))
    count = max(least if isinstance(least, int) else 0, 0 if depth >= _DEEPEST else 3)
    count = min(count, most) if isinstance(most, int) else count
    item_schema = inner if isinstance(inner, dict) else {"type": "string"}
    return [instance_of(item_schema, prompt, dice, name, depth + 1) for _ in range(count)]


def _string(schema: Mapping[str, object], prompt: Prompt, dice: Random, name: str) -> str:
    fixed = {"date": "2026-05-14", "date-time": "2026-05-14T09:30:00Z", "email": "ada@example.org"}
    if isinstance(known := schema.get("format"), str) and known in fixed:
        return fixed[known]
    if any(hint in name.lower() for hint in ("title", "subject", "topic", "query", "question", "name", "summary")):
        return prompt.subject
    return dice.choice(prompt.key_words)


def _bounds(schema: Mapping[str, object], low: int, high: int) -> tuple[int, int]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, int | float):
        low, high = int(least), max(high, int(least) + 10)
    if isinstance(most, int | float):
        high = int(most)
        low = min(low, high)
    return low, high
