"""Targets as users write them: `[NAME=]PROVIDER/MODEL[,key=value...]`."""

from typing import Any

import pytest

from tui.core.errors import TargetError
from tui.core.target import Target, parse_option, parse_target


@pytest.mark.parametrize(
    ("text", "name", "path", "options"),
    [
        ("openai/gpt-5.2", "openai/gpt-5.2", "openai/gpt-5.2", {}),
        ("cold=openai/gpt-5.2,temperature=0", "cold", "openai/gpt-5.2", {"temperature": 0}),
        ("ollama/qwen3,dialect=chat", "ollama/qwen3", "ollama/qwen3", {"dialect": "chat"}),
        ("gpt-4o", "gpt-4o", "gpt-4o", {}),
        ("a=b", "a", "b", {}),
        (" a = openai/x , top_p = 0.5 ", "a", "openai/x", {"top_p": 0.5}),
        ("openrouter/meta/llama-3:free", "openrouter/meta/llama-3:free", "openrouter/meta/llama-3:free", {}),
        ("hf/org/m=1", "hf/org/m=1", "hf/org/m=1", {}),  # an equals sign behind a slash belongs to the model
        ("=openai/x", "openai/x", "openai/x", {}),
        ("/models/tiny.gguf", "/models/tiny.gguf", "/models/tiny.gguf", {}),
        ("p/m,stop=[\"a\",\"b\"],n=2", "p/m", "p/m", {"stop": ["a", "b"], "n": 2}),
        ('p/m,response_format={"type":"json_schema","x":[1,{"y":2}]},n=2', "p/m", "p/m",
         {"response_format": {"type": "json_schema", "x": [1, {"y": 2}]}, "n": 2}),
        ('p/m,stop=["a,b","]"],seed=7', "p/m", "p/m", {"stop": ["a,b", "]"], "seed": 7}),
        ("p/m,a=1,a=2", "p/m", "p/m", {"a": 2}),
        ("p/m,a=b=c", "p/m", "p/m", {"a": "b=c"}),
        ("p/m,a=", "p/m", "p/m", {"a": ""}),
        ("ü=p/ñ", "ü", "p/ñ", {}),
    ],
)  # fmt: skip
def test_targets(text: str, name: str, path: str, options: dict[str, Any]) -> None:
    spec = parse_target(text)
    assert (spec.name, spec.path, dict(spec.options)) == (name, path, options)


@pytest.mark.parametrize(
    "text", ["", " ", "/", "a=", "=", "a=/", ",n=1", "a=,n=1", "openai/", "a=openai/ ", "openai//"]
)
def test_no_model(text: str) -> None:
    with pytest.raises(TargetError, match="names no model"):
        parse_target(text)


@pytest.mark.parametrize("text", ["p/m,", "p/m,n", "p/m,=1", "p/m,n=1,,", "p/m, =1"])
def test_no_option(text: str) -> None:
    with pytest.raises(TargetError, match="is not an option; write it as key=value"):
        parse_target(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("k=0", 0),
        ("k=0.7", 0.7),
        ("k=true", True),
        ("k=null", None),
        ("k=high", "high"),
        ('k="0"', "0"),
        ("k=[1,", "[1,"),
        ("k={a:1}", "{a:1}"),
        ("k=NaN", "NaN"),
        ("k=-Infinity", "-Infinity"),
        ("k=True", "True"),
        ("k=01", "01"),
        ("k=a b", "a b"),
        ("k= x ", "x"),
        ("k=" + "[" * 100_000, "[" * 100_000),
    ],
)
def test_values_are_json_where_they_read_as_json(text: str, value: object) -> None:
    key, found = parse_option(text)
    assert key == "k"
    assert found == value
    assert type(found) is type(value)


def test_a_target_says_where_it_goes() -> None:
    def target(name: str) -> str:
        return str(Target(name, "openai", "gpt", "chat", "https://api.example/v1"))

    assert target("cold") == "cold (openai/gpt)"
    assert target("gpt") == "openai/gpt"
