"""From a target as written to one that can be sent: its provider's address, dialect and key.

Called by the command line with the environment it was started in. A key is bound to its provider here: with a base URL
of the user's own, no provider's key is taken, only one named for it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from tui.config.azure import AZURE, Address, azure_address
from tui.config.providers import OPTIONAL_KEYS, PROVIDERS, Provider
from tui.core.dialects import dialect_named
from tui.core.errors import ConfigError, TargetError
from tui.core.policy import Policy
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
    policy: Policy = field(default_factory=Policy)


def resolve_targets(written: Iterable[str], overrides: Overrides, environment: Mapping[str, str]) -> list[Target]:
    """All targets of a line-up, with distinct names. Raises `TargetError` or `ConfigError`."""
    targets = [_resolve(parse_target(text), overrides, environment) for text in written]
    return _distinctly_named(targets)


def _resolve(spec: TargetSpec, overrides: Overrides, environment: Mapping[str, str]) -> Target:
    options = {**overrides.options, **spec.options}
    provider, model = _custom(spec, overrides) if overrides.base_url else _known(spec)
    dialect = str(options.pop("dialect", provider.dialect))
    auth = provider.auth or dialect_named(dialect).auth
    address = _address(provider, model, dialect, environment)
    return Target(
        name=spec.name.removeprefix(f"{provider.name}/"),
        provider=provider.name,
        model=model,
        dialect=dialect,
        base_url=_checked_url(address.base_url),
        options=MappingProxyType(options),
        headers=overrides.headers,
        query=address.query,
        auth=auth,
        key=_key(provider, environment),
        policy=overrides.policy,
    )


def _address(provider: Provider, model: str, dialect: str, environment: Mapping[str, str]) -> Address:
    if provider.name == AZURE:
        return azure_address(model, dialect, environment)
    return Address(provider.base_url_for(dialect))


def _custom(spec: TargetSpec, overrides: Overrides) -> tuple[Provider, str]:
    """With a base URL the whole path is the model: `org/model` ids are common on servers of one's own."""
    server = Provider(
        CUSTOM,
        overrides.base_url or "",
        key_variable=overrides.api_key_env,
        other_bases=overrides.other_bases,
    )
    return server, spec.path


def _known(spec: TargetSpec) -> tuple[Provider, str]:
    name, slash, model = spec.path.partition("/")
    if not slash or not model:
        raise TargetError(
            f"{spec.path!r} names no provider; write PROVIDER/MODEL, or give the server with --base-url. "
            f"Known providers: {', '.join(sorted(PROVIDERS))}"
        )
    provider = PROVIDERS.get(name)
    if provider is None:
        near = get_close_matches(name, PROVIDERS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(PROVIDERS))}"
        raise TargetError(f"unknown provider {name!r} in {spec.path!r}; {hint}")
    return provider, model


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{url!r} is no base URL; expected something like http://127.0.0.1:8080/v1")
    return url.rstrip("/")


def _key(provider: Provider, environment: Mapping[str, str]) -> Secret | None:
    variable = provider.key_variable
    if variable is None:
        return None
    key = Secret.checked(environment.get(variable, ""), f"${variable}")
    if key is None and variable not in OPTIONAL_KEYS:
        raise ConfigError(f"{provider.name} needs a key: set the environment variable {variable}")
    return key


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
