"""The configuration file as JSON Schema (draft 7, which TOML language servers read), for editors to complete and check.

It accepts what the loader accepts of one file, value by value. What takes more than one value to see (a line-up that
names an unknown provider, a required key that another file has) only the loader can say.
"""

from typing import Any

from tui.config.description import ROOT, Entries, Field, Table
from tui.config.kinds import Kind, Schema


def json_schema() -> Schema:
    """The whole file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "sidestream configuration",
        "description": "config.toml of the user, or .sidestream.toml of a project",
        **_of_shape(ROOT),
    }


def _of_shape(shape: Table | Entries | Kind) -> Schema:
    match shape:
        case Table():
            properties = {field.name: _of_field(field) for field in shape.fields}
            return {"type": "object", "properties": properties, "additionalProperties": False}
        case Entries():
            entry = {f"^({shape.name.pattern})$": _of_shape(shape.of)}
            return {"type": "object", "patternProperties": entry, "additionalProperties": False}
        case _:
            return shape.schema()


def _of_field(field: Field) -> Schema:
    schema: dict[str, Any] = {"description": f"{field.meaning}.", **_of_shape(field.shape)}
    if field.default is not None:
        schema["default"] = field.default_as_written
    if field.example is not None:
        schema["examples"] = [field.example]
    return schema
