"""Providers, and those sidestream knows without configuration: where they are, what they speak, which key they want."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tui.config.key_source import KeySource
from tui.core.network import DIRECT, Network
from tui.core.policy import Policy
from tui.core.target import AuthScheme


@dataclass(frozen=True, slots=True)
class Provider:
    """One endpoint."""

    name: str
    base_url: str
    """Empty for Azure, where everybody has an address of their own; see `tui.config.azure`."""
    dialect: str = "chat"
    key: KeySource = field(default_factory=KeySource)
    """Where its key is found. An empty source for a server that needs none."""
    auth: AuthScheme | None = None
    """How the key is sent. None for the dialect's own way."""
    other_bases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where the same server speaks other dialects, by their names; the rest are looked for at `base_url`."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Added to every URL."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Request options for all its models."""
    network: Network = DIRECT
    policy: Policy = field(default_factory=Policy)

    def base_url_for(self, dialect: str) -> str:
        """Where this endpoint speaks `dialect`."""
        return self.other_bases.get(dialect, self.base_url)


PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider("openai", "https://api.openai.com/v1", key=KeySource(("OPENAI_API_KEY",))),
        Provider("openrouter", "https://openrouter.ai/api/v1", key=KeySource(("OPENROUTER_API_KEY",))),
        Provider("groq", "https://api.groq.com/openai/v1", key=KeySource(("GROQ_API_KEY",))),
        Provider("mistral", "https://api.mistral.ai/v1", key=KeySource(("MISTRAL_API_KEY",))),
        Provider("deepseek", "https://api.deepseek.com/v1", key=KeySource(("DEEPSEEK_API_KEY",))),
        Provider("xai", "https://api.x.ai/v1", key=KeySource(("XAI_API_KEY",))),
        Provider("together", "https://api.together.xyz/v1", key=KeySource(("TOGETHER_API_KEY",))),
        Provider("fireworks", "https://api.fireworks.ai/inference/v1", key=KeySource(("FIREWORKS_API_KEY",))),
        Provider("cerebras", "https://api.cerebras.ai/v1", key=KeySource(("CEREBRAS_API_KEY",))),
        Provider(
            "anthropic", "https://api.anthropic.com/v1", dialect="anthropic", key=KeySource(("ANTHROPIC_API_KEY",))
        ),
        Provider("azure", "", key=KeySource(("AZURE_OPENAI_API_KEY",)), auth="api-key"),
        Provider(
            "gemini",
            "https://generativelanguage.googleapis.com/v1beta",
            dialect="gemini",
            key=KeySource(("GEMINI_API_KEY",)),
            other_bases={"chat": "https://generativelanguage.googleapis.com/v1beta/openai"},
        ),
        Provider(
            "ollama",
            "http://localhost:11434",
            dialect="ollama",
            other_bases=dict.fromkeys(("chat", "completions", "responses", "anthropic"), "http://localhost:11434/v1"),
        ),
        Provider("lmstudio", "http://localhost:1234/v1"),
        Provider("llamacpp", "http://localhost:8080/v1"),
        Provider("vllm", "http://localhost:8000/v1", key=KeySource(("VLLM_API_KEY",), is_optional=True)),
    )
}
