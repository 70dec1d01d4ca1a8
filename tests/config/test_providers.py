"""From a written target to its address, dialect, credentials and header: Azure, Anthropic, and servers of one's own."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tui.config.resolve import Overrides, resolve_targets
from tui.core.dialects import dialect_named
from tui.core.errors import ConfigError
from tui.core.failure import http_error
from tui.core.request import Prompt
from tui.core.target import Target

AZURE = {"AZURE_OPENAI_ENDPOINT": "https://east.openai.azure.com", "AZURE_OPENAI_API_KEY": "secret"}
DATED = {**AZURE, "AZURE_OPENAI_API_VERSION": "2024-10-21"}


def resolved(written: str, environment: Mapping[str, str], **overrides: Any) -> Target:
    (target,) = resolve_targets([written], Overrides(**overrides), environment)
    return target


def url_of(target: Target) -> str:
    return dialect_named(target.dialect).build_request(target, Prompt.of("x")).url


# -- Azure -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "environment", "url"),
    [
        ("azure/gpt", AZURE, "https://east.openai.azure.com/openai/v1/chat/completions"),
        ("azure/gpt,dialect=completions", AZURE, "https://east.openai.azure.com/openai/v1/completions"),
        (
            "azure/gpt",
            DATED,
            "https://east.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
        ),
        (
            "azure/gpt,dialect=completions",
            DATED,
            "https://east.openai.azure.com/openai/deployments/gpt/completions?api-version=2024-10-21",
        ),
        (
            "azure/my team/gpt?4",
            DATED,
            "https://east.openai.azure.com/openai/deployments/my%20team%2Fgpt%3F4/chat/completions?api-version=2024-10-21",
        ),
    ],
)
def test_azures_two_forms_of_address(written: str, environment: dict[str, str], url: str) -> None:
    target = resolved(written, environment)
    assert url_of(target) == url
    assert (target.provider, target.auth) == ("azure", "api-key")
    assert target.key is not None
    assert target.key.reveal() == "secret"


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (AZURE, "https://east.openai.azure.com/openai/v1/responses"),
        (DATED, "https://east.openai.azure.com/openai/responses?api-version=2024-10-21"),
    ],
)
def test_azures_responses_name_the_deployment_as_the_model(environment: dict[str, str], url: str) -> None:
    target = resolved("azure/gpt,dialect=responses", environment)
    assert (target.url("responses"), target.model) == (url, "gpt")


def test_the_deployment_is_the_model() -> None:
    target = resolved("azure/gpt", AZURE)
    assert json.loads(dialect_named("chat").build_request(target, Prompt.of("x")).body)["model"] == "gpt"


@pytest.mark.parametrize("path", ["/", "/openai", "/openai/", "/openai/v1", "/openai/v1/"])
def test_paths_copied_along_with_the_endpoint_do_no_harm(path: str) -> None:
    environment = {**AZURE, "AZURE_OPENAI_ENDPOINT": f" https://east.openai.azure.com{path} "}
    assert resolved("azure/gpt", environment).base_url == "https://east.openai.azure.com/openai/v1"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"AZURE_OPENAI_API_KEY": "secret"}, "set AZURE_OPENAI_ENDPOINT, such as https://RESOURCE.openai.azure.com"),
        ({**AZURE, "AZURE_OPENAI_ENDPOINT": "east"}, "'east/openai/v1' is no base URL"),
        (
            {"AZURE_OPENAI_ENDPOINT": "https://e"},
            "azure needs a key: set the environment variable AZURE_OPENAI_API_KEY",
        ),
    ],
)
def test_what_azure_needs_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resolved("azure/gpt", environment)


def test_what_azure_does_not_speak_is_refused() -> None:
    with pytest.raises(ConfigError, match="azure speaks chat, completions, responses, not anthropic"):
        resolved("azure/gpt,dialect=anthropic", AZURE)


def test_a_blocked_prompt_names_the_filters() -> None:
    found = {
        "hate": {"filtered": True, "severity": "high"},
        "jailbreak": {"detected": True, "filtered": True},
        "violence": {"filtered": False, "severity": "safe"},
        "custom_blocklists": [],
    }
    body: dict[str, Any] = {
        "error": {
            "message": "The response was filtered.",
            "type": None,
            "param": "prompt",
            "code": "content_filter",
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": found},
        }
    }
    error = http_error(400, {}, json.dumps(body).encode())
    assert error.message == "The response was filtered. (filtered: hate, jailbreak)"
    assert (error.type, error.code, error.retryable) == (None, "content_filter", False)
    for inner in (None, "x", {}, {"content_filter_result": None}, {"content_filter_result": {"hate": True}}):
        body["error"]["innererror"] = inner
        assert http_error(400, {}, json.dumps(body).encode()).message == "The response was filtered."


# -- Anthropic, and the way a key is sent ----------------------------------------------------------------------------


def test_anthropic() -> None:
    target = resolved("anthropic/claude-opus-5", {"ANTHROPIC_API_KEY": "secret"})
    assert url_of(target) == "https://api.anthropic.com/v1/messages"
    assert (target.dialect, target.auth, dict(target.query)) == ("anthropic", "x-api-key", {})
    with pytest.raises(ConfigError, match="ANTHROPIC_API_KEY"):
        resolved("anthropic/claude-opus-5", {"OPENAI_API_KEY": "secret"})


@pytest.mark.parametrize(
    ("written", "auth"),
    [
        ("m", "bearer"),
        ("m,dialect=chat", "bearer"),
        ("m,dialect=completions", "bearer"),
        ("m,dialect=anthropic", "x-api-key"),
    ],
)
def test_a_server_of_ones_own_is_asked_the_way_of_its_dialect(written: str, auth: str) -> None:
    target = resolved(written, {"MINE": "secret"}, base_url="http://127.0.0.1:8080/v1", api_key_env="MINE")
    assert (target.auth, target.base_url) == (auth, "http://127.0.0.1:8080/v1")
    assert target.key is not None


def test_a_known_provider_in_another_dialect() -> None:
    target = resolved("llamacpp/tiny,dialect=anthropic", {})
    assert (url_of(target), target.auth) == ("http://localhost:8080/v1/messages", "x-api-key")


def test_the_common_providers_send_bearer_keys() -> None:
    target = resolved("openai/gpt", {"OPENAI_API_KEY": "secret"})
    assert (target.auth, target.dialect) == ("bearer", "chat")
