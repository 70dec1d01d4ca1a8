"""Lists of models in each provider's form: what is asked for, what is read, and what is none."""

import json
from typing import Any

import pytest

from tui.core.model_list import ModelListError, in_order, list_request, page_of
from tui.core.target import Target


def endpoint(dialect: str, **fields: Any) -> Target:
    return Target("", "work", "", dialect, "http://127.0.0.1:9/v1", **fields)


@pytest.mark.parametrize(
    ("dialect", "after", "url"),
    [
        ("chat", None, "http://127.0.0.1:9/v1/models"),
        ("responses", None, "http://127.0.0.1:9/v1/models"),
        ("ollama", None, "http://127.0.0.1:9/v1/api/tags"),
        ("anthropic", None, "http://127.0.0.1:9/v1/models?limit=1000"),
        ("anthropic", "a/b", "http://127.0.0.1:9/v1/models?limit=1000&after_id=a%2Fb"),
        ("gemini", "t&k", "http://127.0.0.1:9/v1/models?pageSize=1000&pageToken=t%26k"),
    ],
)
def test_each_dialect_is_asked_in_its_form(dialect: str, after: str | None, url: str) -> None:
    request = list_request(endpoint(dialect), after)
    assert (request.method, request.url) == ("GET", url)
    assert ("anthropic-version" in request.headers) == (dialect == "anthropic")


def test_query_and_headers_of_the_provider_go_along() -> None:
    request = list_request(endpoint("anthropic", query={"v": "1"}, headers={"Anthropic-Version": "2030-01-01"}))
    assert request.url.endswith("/models?limit=1000&v=1")
    assert dict(request.headers) == {"Anthropic-Version": "2030-01-01"}


@pytest.mark.parametrize(
    ("dialect", "value", "models", "after"),
    [
        ("chat", {"object": "list", "data": [{"id": "b"}, {"id": "a"}]}, ("b", "a"), None),
        ("chat", [{"id": "bare"}], ("bare",), None),
        ("chat", {"data": []}, (), None),
        ("anthropic", {"data": [{"id": "x"}], "has_more": True, "last_id": "x"}, ("x",), "x"),
        ("anthropic", {"data": [{"id": "x"}], "has_more": False, "last_id": "x"}, ("x",), None),
        ("gemini", {"models": [{"name": "models/g"}], "nextPageToken": "n"}, ("g",), "n"),
        ("gemini", {"models": [{"name": "models/e", "supportedGenerationMethods": ["embedContent"]}]}, (), None),
        ("ollama", {"models": [{"name": "q:4b", "model": "q:4b"}]}, ("q:4b",), None),
        ("chat", {"data": [{"id": 7}, None, {"id": ""}, {"id": "bad\x1b[2J"}, {"id": "x" * 400}, {"id": "ok"}]},
         ("ok",), None),
    ],
)  # fmt: skip
def test_a_page_is_read(dialect: str, value: object, models: tuple[str, ...], after: str | None) -> None:
    page = page_of(endpoint(dialect), json.dumps(value).encode())
    assert (page.models, page.after) == (models, after)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"data": 3}', b"3", b'{"error": "no"}']
)
def test_what_is_no_list_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ModelListError, match="work sent"):
        page_of(endpoint("chat"), body)


def test_names_are_sorted_whatever_their_case_and_each_is_there_once() -> None:
    assert in_order(["b", "A", "b", "a"]) == ["A", "a", "b"]
