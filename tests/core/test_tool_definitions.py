"""Tool definitions in every form people have them in, and the sentences about those that are none."""

from typing import Any

import pytest

from tui.core.errors import UsageError
from tui.core.tool_definitions import tool_name, tools_of

PARAMETERS: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION = {"name": "get_weather", "description": "Weather.", "parameters": PARAMETERS}
CHAT = {"type": "function", "function": FUNCTION}


@pytest.mark.parametrize(
    "written",
    [
        CHAT,
        {"type": "function", **FUNCTION},
        {"name": "get_weather", "description": "Weather.", "input_schema": PARAMETERS},
        {"type": "custom", "name": "get_weather", "description": "Weather.", "input_schema": PARAMETERS},
        [CHAT],
        {"tools": [CHAT]},
    ],
)
def test_every_form_becomes_the_same(written: object) -> None:
    assert tools_of(written, "tools.json") == (CHAT,)


def test_free_text_tools_and_those_of_the_server_are_kept() -> None:
    custom = {"type": "custom", "custom": {"name": "sql", "format": {"type": "text"}}}
    assert tools_of({"type": "custom", "name": "sql", "format": {"type": "text"}}, "t") == (custom,)
    hosted = [custom, {"type": "web_search_20250305", "name": "web_search", "max_uses": 3}, {"googleSearch": {}}]
    assert list(tools_of(hosted, "t")) == hosted
    assert [tool_name(tool) for tool in tools_of(hosted, "t")] == ["sql", "", ""]


def named(**changes: object) -> dict[str, object]:
    return {"type": "function", "function": {**FUNCTION, **changes}}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("x", 'tools.json: tool 1 is "x"; expected {"type": "function"'),
        ([CHAT, 3], "tools.json: tool 2 is 3;"),
        ([{}], "tools.json: tool 1 is {};"),
        (named(name=""), "tools.json: tool 1 has no name"),
        (named(name=None), "has no name"),
        (named(name="a b"), 'tool 1 is called "a b"; a name has up to 128 letters'),
        (named(name="x" * 129), "a name has up to 128 letters"),
        (named(description=["x"]), "tool 1 (get_weather): expected text as its description, found array"),
        (named(parameters=[]), "(get_weather), parameters: expected a JSON schema of an object, found array"),
        (named(parameters={"type": "string"}), '(get_weather), parameters: expected the type "object", found "string"'),
        (named(parameters={"properties": {"a": {"type": "strng"}}}), "parameters: $.properties.a.type: "),
        ({"name": "f", "input_schema": 1}, "(f), input_schema: expected a JSON schema of an object, found integer"),
        ([CHAT, {"type": "function", **FUNCTION}], "2 tools are called 'get_weather'"),
    ],
)  # fmt: skip
def test_what_is_no_tool_is_said_with_its_place(written: object, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        tools_of(written, "tools.json")
    assert sentence in str(caught.value)
