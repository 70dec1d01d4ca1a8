"""Targets: which model, at which endpoint, in which dialect, with which options, and how a user writes one.

[NAME=]PROVIDER/MODEL[,key=value...]      cold=openai/gpt-5.2,temperature=0
MODEL[,key=value...]                      with a base URL given beside it
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlencode

from tui.core.errors import TargetError
from tui.core.network import DIRECT, Network
from tui.core.policy import Policy
from tui.core.secret import Secret

AuthScheme = Literal["bearer", "x-api-key", "api-key", "x-goog-api-key"]
"""`Authorization: Bearer`, or the key alone in a header of this name."""


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """A target as written, before its provider is looked up."""

    name: str
    """The name shown; the written one, or the model's."""
    path: str
    """`PROVIDER/MODEL`, or the model alone."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Target:
    """Everything needed to send one request."""

    name: str
    provider: str
    model: str
    dialect: str
    base_url: str
    """Without a trailing slash; requests go to `{base_url}/chat/completions` and the like."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Request options, sent as they are unless the dialect gives a name a meaning of its own."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Added to every URL, such as Azure's `api-version`."""
    auth: AuthScheme = "bearer"
    """How the key is sent."""
    key: Secret | None = None
    """Sent only to the origin of `base_url`. None for servers that need none."""
    key_variable: str = ""
    """The environment variable the key is usually in, for commands to copy. Empty when it has none."""
    network: Network = DIRECT
    policy: Policy = field(default_factory=Policy)

    def url(self, path: str) -> str:
        """The address of `path` below the base URL, with this target's query."""
        address = f"{self.base_url}/{path}"
        if not self.query:
            return address
        return f"{address}{'&' if '?' in path else '?'}{urlencode(self.query)}"

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.provider}/{self.model})"
            if self.name != self.model
            else f"{self.provider}/{self.model}"
        )


def parse_target(text: str) -> TargetSpec:
    """Read one `-m` value. Raises `TargetError` saying what is missing."""
    head, *pairs = text.strip().split(",")
    name, equals, path = head.partition("=")
    if not equals or "/" in name:  # an equals sign may also stand inside of a model's id
        name, path = "", head
    if not path.strip("/ ") or path.rstrip().endswith("/"):
        raise TargetError(f"{text!r} names no model; write it as [NAME=]PROVIDER/MODEL[,key=value]")
    options = dict(parse_option(pair) for pair in _rejoined(pairs))
    return TargetSpec(name.strip() or path.strip(), path.strip(), MappingProxyType(options))


def parse_option(text: str) -> tuple[str, Any]:
    """`key=value`; the value is JSON when it reads as JSON (`0`, `true`, `["a"]`), text otherwise."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise TargetError(f"{text!r} is not an option; write it as key=value")
    return key.strip(), option_value(value.strip())


def option_value(value: str) -> Any:
    """A written value as JSON when it is JSON, as text otherwise; `NaN` and `Infinity` too, which no server takes."""
    try:
        return json.loads(value, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        return value


def _rejoined(pairs: list[str]) -> list[str]:
    """Give back to a value the commas that belong to it: `stop=["a","b"]` was split inside its brackets."""
    whole: list[str] = []
    for pair in pairs:
        if whole and _is_open(whole[-1]):
            whole[-1] += "," + pair
        else:
            whole.append(pair)
    return whole


def _is_open(text: str) -> bool:
    value = text.partition("=")[2].strip()
    return value[:1] in ("[", "{") and isinstance(option_value(value), str)
