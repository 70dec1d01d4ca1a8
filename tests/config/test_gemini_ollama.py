"""Gemini and Ollama as providers: their own APIs by default, the compatible ones when a target asks for those."""

import pytest

from tui.config.resolve import Overrides, resolve_targets
from tui.core.dialects import dialect_named
from tui.core.errors import ConfigError
from tui.core.request import Prompt
from tui.core.target import Target

GOOGLE = "https://generativelanguage.googleapis.com/v1beta"
LOCAL = "http://localhost:11434"
ENVIRONMENT = {"GEMINI_API_KEY": "g-key"}


def resolved(written: str, overrides: Overrides | None = None) -> Target:
    (target,) = resolve_targets([written], overrides or Overrides(), ENVIRONMENT)
    return target


def url(target: Target) -> str:
    return dialect_named(target.dialect).build_request(target, Prompt.of("x")).url


@pytest.mark.parametrize(
    ("written", "dialect", "auth", "address"),
    [
        ("gemini/g-3", "gemini", "x-goog-api-key", f"{GOOGLE}/models/g-3:streamGenerateContent?alt=sse"),
        ("gemini/g-3,dialect=gemini", "gemini", "x-goog-api-key", f"{GOOGLE}/models/g-3:streamGenerateContent?alt=sse"),
        ("gemini/g-3,dialect=chat", "chat", "bearer", f"{GOOGLE}/openai/chat/completions"),
        ("ollama/qwen3:8b", "ollama", "bearer", f"{LOCAL}/api/chat"),
        ("ollama/org/model", "ollama", "bearer", f"{LOCAL}/api/chat"),
        ("ollama/qwen3:8b,dialect=chat", "chat", "bearer", f"{LOCAL}/v1/chat/completions"),
        ("ollama/qwen3:8b,dialect=completions", "completions", "bearer", f"{LOCAL}/v1/completions"),
        ("ollama/qwen3:8b,dialect=anthropic", "anthropic", "x-api-key", f"{LOCAL}/v1/messages"),
    ],
)
def test_where_requests_go(written: str, dialect: str, auth: str, address: str) -> None:
    target = resolved(written)
    assert (target.dialect, target.auth, url(target)) == (dialect, auth, address)
    assert "dialect" not in target.options


def test_the_dialect_may_be_said_for_all_targets() -> None:
    target = resolved("gemini/g-3", Overrides(options={"dialect": "chat"}))
    assert url(target) == f"{GOOGLE}/openai/chat/completions"


def test_keys() -> None:
    key = resolved("gemini/g-3").key
    assert key is not None
    assert "g-key" not in repr(key)
    assert resolved("gemini/g-3,dialect=chat").key is not None
    assert resolved("ollama/x").key is None
    with pytest.raises(ConfigError, match="gemini needs a key: set the environment variable GEMINI_API_KEY"):
        resolve_targets(["gemini/g-3"], Overrides(), {})


def test_a_server_of_ones_own_may_speak_dialects_elsewhere() -> None:
    server = Overrides(base_url="http://host:9/v1", other_bases={"ollama": "http://host:9"})
    written = ["m,dialect=ollama", "m,dialect=anthropic"]
    addresses = [url(target) for target in resolve_targets(written, server, {})]
    assert addresses == ["http://host:9/api/chat", "http://host:9/v1/messages"]


@pytest.mark.parametrize(
    ("base", "dialect", "address"),
    [
        ("http://host:9", "ollama", "http://host:9/api/chat"),
        ("https://ollama.com/api/", "ollama", "https://ollama.com/api/chat"),
        ("http://host:9/v1beta", "gemini", "http://host:9/v1beta/models/m:streamGenerateContent?alt=sse"),
        ("http://host:9/v1", "chat", "http://host:9/v1/chat/completions"),
    ],
)
def test_a_server_of_ones_own_is_taken_at_its_word(base: str, dialect: str, address: str) -> None:
    target = resolved(f"m,dialect={dialect}", Overrides(base_url=base))
    assert (url(target), target.key) == (address, None)
