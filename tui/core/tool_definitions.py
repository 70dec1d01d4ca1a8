"""Definitions of tools as people have them in files, checked and brought into the Chat form that prompts carry.

Three forms are common: Chat's with a `function` inside, that of Responses with everything on one level, and Anthropic's
with an `input_schema`. What belongs to one server only, such as its web search, stays as it is.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from tui.core.errors import UsageError
from tui.core.json_schema import kind_of, schema_problems

_NAME: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_EXPECTED: Final = '{"type": "function", "function": {"name": …, "parameters": {…}}}'
_SHOWN_CHARS: Final = 60


def tools_of(value: object, source: str) -> tuple[Mapping[str, Any], ...]:
    """The tools in `value`: one, a list of them, or an object with such a list under `tools`.

    Raises `UsageError` with a sentence that begins with `source` and says which tool is meant.
    """
    if isinstance(value, dict) and isinstance(value.get("tools"), list):
        value = value["tools"]
    found: list[Any] = value if isinstance(value, list) else [value]
    tools = tuple(_tool(tool, f"{source}: tool {number}") for number, tool in enumerate(found, 1))
    names = Counter(tool_name(tool) for tool in tools)
    if twice := next((name for name, count in names.items() if name and count > 1), None):
        raise UsageError(f"{source}: {names[twice]} tools are called {twice!r}; a call could not say which it means")
    return tools


def tool_name(tool: Mapping[str, Any]) -> str:
    """What a model calls it by; empty for a tool of the server's own."""
    inner = tool.get("function") or tool.get("custom")
    return str(inner.get("name", "")) if isinstance(inner, Mapping) else ""


def tools_words(count: int) -> str:
    """`1 tool`, `3 tools`."""
    return f"{count} tool{'' if count == 1 else 's'}"


def _tool(tool: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(tool, dict):
        raise UsageError(f"{place} is {_shown(tool)}; expected {_EXPECTED}")
    match tool:
        case {"type": "function", "function": dict() as function}:
            return {**tool, "function": _function(function, place, "parameters")}
        case {"type": "custom", "custom": dict() as custom}:
            _check_name(custom, place)
            return tool
        case {"input_schema": _}:
            return {"type": "function", "function": _function(_from_anthropic(tool), place, "input_schema")}
        case {"type": "function"}:
            flat = {key: inner for key, inner in tool.items() if key != "type"}
            return {"type": "function", "function": _function(flat, place, "parameters")}
        case {"type": "custom", "name": _}:
            _check_name(tool, place)
            return {"type": "custom", "custom": {key: inner for key, inner in tool.items() if key != "type"}}
        case {"type": str()} | {"functionDeclarations": list()} | {"googleSearch": dict()}:
            return tool
        case _:
            raise UsageError(f"{place} is {_shown(tool)}; expected {_EXPECTED}")


def _from_anthropic(tool: Mapping[str, Any]) -> dict[str, Any]:
    named = {key: tool[key] for key in ("name", "description", "strict") if key in tool}
    return {**named, "parameters": tool["input_schema"]}


def _function(function: dict[str, Any], place: str, parameters_word: str) -> dict[str, Any]:
    name = _check_name(function, place)
    description = function.get("description", "")
    if not isinstance(description, str):
        raise UsageError(f"{place} ({name}): expected text as its description, found {kind_of(description)}")
    parameters = function.get("parameters")
    if parameters is not None:
        _check_parameters(parameters, f"{place} ({name}), {parameters_word}")
    return function


def _check_name(named: Mapping[str, Any], place: str) -> str:
    name = named.get("name")
    if not isinstance(name, str) or not name:
        raise UsageError(f"{place} has no name; expected {_EXPECTED}")
    if not _NAME.fullmatch(name):
        raise UsageError(f"{place} is called {_shown(name)}; a name has up to 128 letters, digits, and any of _ - . :")
    return name


def _check_parameters(parameters: object, place: str) -> None:
    if not isinstance(parameters, dict):
        raise UsageError(f"{place}: expected a JSON schema of an object, found {kind_of(parameters)}")
    if parameters.get("type", "object") != "object":
        raise UsageError(f'{place}: expected the type "object", found {_shown(parameters["type"])}')
    for problem in schema_problems(parameters):
        raise UsageError(f"{place}: {problem}")


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:_SHOWN_CHARS]
