"""The providers sidestream knows without configuration: where they are, what they speak, which variable has the key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tui.core.target import AuthScheme


@dataclass(frozen=True, slots=True)
class Provider:
    """One endpoint."""

    name: str
    base_url: str
    """Empty for Azure, where everybody has an address of their own; see `tui.config.azure`."""
    dialect: str = "chat"
    key_variable: str | None = None
    """The environment variable that holds the key. None when the server needs none."""
    auth: AuthScheme | None = None
    """How the key is sent. None for the dialect's own way."""
    other_bases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where the same server speaks other dialects, by their names; the rest are looked for at `base_url`."""

    def base_url_for(self, dialect: str) -> str:
        """Where this endpoint speaks `dialect`."""
        return self.other_bases.get(dialect, self.base_url)


PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider("openai", "https://api.openai.com/v1", key_variable="OPENAI_API_KEY"),
        Provider("openrouter", "https://openrouter.ai/api/v1", key_variable="OPENROUTER_API_KEY"),
        Provider("groq", "https://api.groq.com/openai/v1", key_variable="GROQ_API_KEY"),
        Provider("mistral", "https://api.mistral.ai/v1", key_variable="MISTRAL_API_KEY"),
        Provider("deepseek", "https://api.deepseek.com/v1", key_variable="DEEPSEEK_API_KEY"),
        Provider("xai", "https://api.x.ai/v1", key_variable="XAI_API_KEY"),
        Provider("together", "https://api.together.xyz/v1", key_variable="TOGETHER_API_KEY"),
        Provider("fireworks", "https://api.fireworks.ai/inference/v1", key_variable="FIREWORKS_API_KEY"),
        Provider("cerebras", "https://api.cerebras.ai/v1", key_variable="CEREBRAS_API_KEY"),
        Provider("anthropic", "https://api.anthropic.com/v1", dialect="anthropic", key_variable="ANTHROPIC_API_KEY"),
        Provider("azure", "", key_variable="AZURE_OPENAI_API_KEY", auth="api-key"),
        Provider(
            "gemini",
            "https://generativelanguage.googleapis.com/v1beta",
            dialect="gemini",
            key_variable="GEMINI_API_KEY",
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
        Provider("vllm", "http://localhost:8000/v1", key_variable="VLLM_API_KEY"),
    )
}

OPTIONAL_KEYS = frozenset({"VLLM_API_KEY"})
"""Variables whose absence is normal: the server was started without a key."""
