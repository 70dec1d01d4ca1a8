"""Where an Azure OpenAI deployment is: two URL forms, told apart by whether an API version is set.

Azure is no dialect of its own. It speaks Chat Completions, Responses and Completions at addresses made of a resource,
in the dated form also of a deployment and a version, and wants its key in a header of another name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote

from tui.core.errors import ConfigError

AZURE = "azure"
"""The provider's name."""
ENDPOINT_VARIABLE = "AZURE_OPENAI_ENDPOINT"
VERSION_VARIABLE = "AZURE_OPENAI_API_VERSION"
_VERSION = "api-version"

_BY_DEPLOYMENT = frozenset({"chat", "completions"})
"""Dialects whose dated URL names the deployment; Responses names it as the model."""
_SPOKEN = _BY_DEPLOYMENT | {"responses"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where requests go."""

    base_url: str
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Added to every URL."""


def azure_address(
    deployment: str, dialect: str, environment: Mapping[str, str], base_url: str, query: Mapping[str, str]
) -> Address:
    """The address of `deployment`: the dated form with an API version set, the v1 form without one.

    `base_url` and the `api-version` of `query` are what is configured; without them the environment is asked.
    Raises `ConfigError` without an endpoint, and for a dialect Azure does not speak there.
    """
    if dialect not in _SPOKEN:
        raise ConfigError(f"{AZURE} speaks {', '.join(sorted(_SPOKEN))}, not {dialect}")
    endpoint = _resource(base_url or environment.get(ENDPOINT_VARIABLE, ""))
    if not endpoint:
        raise ConfigError(
            f"{AZURE} needs the address of your resource: set {ENDPOINT_VARIABLE}, "
            "such as https://RESOURCE.openai.azure.com"
        )
    version = query.get(_VERSION) or environment.get(VERSION_VARIABLE, "").strip()
    if not version:
        return Address(f"{endpoint}/openai/v1")
    query = MappingProxyType({_VERSION: version})
    if dialect in _BY_DEPLOYMENT:
        return Address(f"{endpoint}/openai/deployments/{quote(deployment, safe='')}", query)
    return Address(f"{endpoint}/openai", query)


def _resource(endpoint: str) -> str:
    """The endpoint without the paths people copy along with it."""
    endpoint = endpoint.strip().rstrip("/")
    for path in ("/openai/v1", "/openai"):
        endpoint = endpoint.removesuffix(path).rstrip("/")
    return endpoint
