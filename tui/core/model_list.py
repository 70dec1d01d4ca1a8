"""A provider's own list of models: the request for a page of it, and the names on a page, in each dialect's form.

The engine asks, page by page; nothing here waits. What a page must not do is bounded here too, for a list is foreign
text like an answer.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tui.core.dialects.anthropic_request import VERSION as ANTHROPIC_VERSION
from tui.core.errors import SidestreamError
from tui.core.request import HttpRequest
from tui.core.target import Target

MAX_BYTES = 8 * 1024 * 1024
"""Of all pages together. The longest list known has about 1 MiB."""
MAX_PAGES = 50
MAX_MODELS = 20_000
_NAME_CHARS = 300
_PAGE = "1000"
"""Models asked for in one page, where that can be said: what Anthropic and Google give at most."""


class ModelListError(SidestreamError):
    """A provider's list could not be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    models: tuple[str, ...]
    after: str | None
    """What the next page is asked for with. None when this is the last one."""


def list_request(endpoint: Target, after: str | None = None) -> HttpRequest:
    """The request for the first page, or for the one `after` another. The endpoint's model does not count."""
    headers = dict(endpoint.headers)
    match endpoint.dialect:
        case "ollama":
            path = "api/tags"
        case "gemini":
            path = _with_query("models", {"pageSize": _PAGE, "pageToken": after})
        case "anthropic":
            path = _with_query("models", {"limit": _PAGE, "after_id": after})
            if not any(name.lower() == "anthropic-version" for name in headers):
                headers["anthropic-version"] = ANTHROPIC_VERSION
        case _:
            path = "models"
    return HttpRequest(endpoint.url(path), b"", headers, method="GET")


def page_of(endpoint: Target, body: bytes) -> Page:
    """What a whole response body lists. Raises `ModelListError` for what is no list of models."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ModelListError(
            f"what {endpoint.provider} sent for its list of models is not JSON; check the base URL"
        ) from None
    entries = _entries(value)
    if entries is None:
        raise ModelListError(f"{endpoint.provider} sent JSON that is no list of models; check the base URL and dialect")
    return Page(tuple(_names(entries)), _after(endpoint.dialect, value))


def in_order(models: Iterable[str]) -> list[str]:
    """Each once, as people look for them: by name, whatever its case."""
    return sorted(dict.fromkeys(models), key=lambda name: (name.casefold(), name))


def _with_query(path: str, query: Mapping[str, str | None]) -> str:
    return f"{path}?{urlencode({name: value for name, value in query.items() if value})}"


def _entries(value: Any) -> list[Any] | None:
    """OpenAI and Anthropic have them in `data`, Google and Ollama in `models`, Together in nothing at all."""
    if isinstance(value, dict):
        value = next((value[name] for name in ("data", "models") if isinstance(value.get(name), list)), None)
    return value if isinstance(value, list) else None


def _names(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, dict) and _can_answer(entry):
            entry = next((entry[key] for key in ("id", "name", "model") if isinstance(entry.get(key), str)), None)
        name = entry.removeprefix("models/").strip() if isinstance(entry, str) else ""
        if name.isprintable() and 0 < len(name) <= _NAME_CHARS:
            yield name


def _can_answer(entry: Mapping[str, Any]) -> bool:
    """Google also lists what makes embeddings and images, and says so."""
    methods = entry.get("supportedGenerationMethods")
    return not isinstance(methods, list) or "generateContent" in methods


def _after(dialect: str, value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    match dialect, value:
        case "gemini", {"nextPageToken": str(token)} if token:
            return token
        case "anthropic", {"has_more": True, "last_id": str(last)} if last:
            return last
        case _:
            return None
