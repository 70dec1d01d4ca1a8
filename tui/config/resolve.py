"""From a target as written to one that can be sent: its provider's address, dialect and key.

Called by the command line with the settings and the environment it was started in. A key is bound to its provider here:
with a base URL of the user's own, no provider's key is taken, only one named for it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from tui.config.azure import AZURE, Address, azure_address
from tui.config.key_source import KeySource
from tui.config.keys import read_key
from tui.config.prices import tariff_for
from tui.config.provider_names import provider_and_model
from tui.config.providers import Provider
from tui.config.settings import Lineup, Settings
from tui.core.dialects import dialect_named
from tui.core.errors import ConfigError
from tui.core.secret import Secret
from tui.core.target import Target, TargetSpec, parse_target

CUSTOM = "custom"
"""The provider name of a server given by its base URL."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says for all targets at once."""

    base_url: str | None = None
    other_bases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where that server speaks other dialects, by their names; the rest are looked for at `base_url`."""
    api_key_env: str | None = None
    """The variable that holds the key for `base_url`."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def resolve_targets(
    written: Iterable[str],
    overrides: Overrides,
    environment: Mapping[str, str],
    settings: Settings | None = None,
    lineup: Lineup | None = None,
) -> list[Target]:
    """The targets of a line-up and then those that are written beside it, with distinct names.

    Only the keys of their providers are looked for. Raises `TargetError` or `ConfigError`.
    """
    return Resolver(overrides, environment, settings or Settings()).targets(written, lineup)


def resolve_endpoint(
    provider: str, environment: Mapping[str, str], settings: Settings, overrides: Overrides | None = None
) -> Target:
    """A target without a model, for what is asked of a provider as a whole. Raises `TargetError` or `ConfigError`.

    With a base URL in `overrides` the server there is meant, whatever the provider's name.
    """
    return Resolver(overrides or Overrides(), environment, settings).endpoint(provider)


class Resolver:
    """Makes targets for as long as it is kept; it looks for each provider's key once."""

    def __init__(self, overrides: Overrides, environment: Mapping[str, str], settings: Settings) -> None:
        self._overrides = overrides
        self._environment = environment
        self._settings = settings
        self._sources = [provider.key for provider in settings.providers.values()]
        self._keys: dict[str, Secret | None] = {}
        """Each provider's key is looked for once: its command may take a second, or ask the user something."""

    def learn(self, targets: Iterable[Target]) -> None:
        """Take over the keys of targets that are there already."""
        self._keys |= {target.provider: target.key for target in targets}

    def is_key_known(self, provider: str) -> bool:
        """Whether no key has to be looked for any more."""
        return provider in self._keys

    def targets(self, written: Iterable[str], lineup: Lineup | None = None) -> list[Target]:
        """The targets of a line-up and those written beside it, with distinct names."""
        targets = [self.target(parse_target(text), lineup.options) for text in lineup.targets] if lineup else []
        targets += [self.target(parse_target(text), {}) for text in written]
        return _distinctly_named(targets)

    def target(self, spec: TargetSpec, lineup_options: Mapping[str, Any]) -> Target:
        provider, model = self._provider(spec)
        options = {**provider.options, **lineup_options, **self._overrides.options, **spec.options}
        dialect = str(options.pop("dialect", provider.dialect))
        auth = provider.auth or dialect_named(dialect).auth
        address = self._address(provider, model, dialect)
        return Target(
            name=spec.name.removeprefix(f"{provider.name}/"),
            provider=provider.name,
            model=model,
            dialect=dialect,
            base_url=_checked_url(address.base_url),
            options=MappingProxyType(options),
            headers=_headers(provider.headers, self._overrides.headers),
            query=MappingProxyType({**provider.query, **address.query}),
            auth=auth,
            key=self._key(provider),
            key_variable=next(iter(provider.key.named_variables), ""),
            network=provider.network,
            policy=provider.policy,
            tariff=tariff_for(provider.name, model, options, self._settings.prices),
        )

    def endpoint(self, name: str) -> Target:
        """The provider itself. Azure lists models where Responses are had: that address names no deployment."""
        if self._overrides.base_url:
            return self.target(TargetSpec("", "", self._overrides.options), {})
        provider_and_model(f"{name}/model", self._settings.providers)
        options = {"dialect": "responses"} if name == AZURE else {}
        return replace(self.target(TargetSpec("", f"{name}/model", options), {}), model="")

    def _provider(self, spec: TargetSpec) -> tuple[Provider, str]:
        """With a base URL the whole path is the model: `org/model` ids are common on servers of one's own."""
        if self._overrides.base_url:
            return self._custom(self._overrides.base_url), spec.path
        name, model = provider_and_model(spec.path, self._settings.providers)
        return self._settings.providers[name], model

    def _custom(self, base_url: str) -> Provider:
        variable = self._overrides.api_key_env
        return Provider(
            CUSTOM,
            base_url,
            key=KeySource((variable,)) if variable else KeySource(),
            other_bases=self._overrides.other_bases,
            policy=self._settings.policy,
        )

    def _address(self, provider: Provider, model: str, dialect: str) -> Address:
        if provider.name != AZURE:
            return Address(provider.base_url_for(dialect))
        return azure_address(model, dialect, self._environment, provider.base_url, provider.query)

    def _key(self, provider: Provider) -> Secret | None:
        if provider.name not in self._keys:
            self._keys[provider.name] = read_key(provider.key, provider.name, self._environment, self._sources)
        return self._keys[provider.name]


def _headers(configured: Mapping[str, str], said: Mapping[str, str]) -> Mapping[str, str]:
    """Both; the case of a name tells no headers apart."""
    replaced = {name.lower() for name in said}
    kept = {name: value for name, value in configured.items() if name.lower() not in replaced}
    return MappingProxyType({**kept, **said})


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{url!r} is no base URL; expected something like http://127.0.0.1:8080/v1")
    return url.rstrip("/")


def _distinctly_named(targets: list[Target]) -> list[Target]:
    """The same model may stand in a line-up twice; its panes are then told apart by a number."""
    total = Counter(target.name for target in targets)
    taken = set(total)
    seen: Counter[str] = Counter()
    named = []
    for target in targets:
        seen[target.name] += 1
        name = target.name
        if total[target.name] > 1:
            number = seen[target.name]
            name = f"{target.name}#{number}"
            while name in taken:
                number += 1
                name = f"{target.name}#{number}"
            taken.add(name)
        named.append(replace(target, name=name))
    return named
