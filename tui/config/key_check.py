"""Which keys are there, for the providers somebody may mean to use; nothing is run and no keyring is opened for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.config.build import is_elsewhere
from tui.config.keys import read_key, warning_about
from tui.config.load import Loaded
from tui.config.providers import PROVIDERS, Provider
from tui.core.errors import ConfigError
from tui.core.target import parse_target


@dataclass(frozen=True, slots=True)
class KeyState:
    """What there is to say about one provider's key."""

    provider: str
    sentence: str
    is_missing: bool = False


def key_states(loaded: Loaded, environment: Mapping[str, str]) -> list[KeyState]:
    """For each provider that is configured, in a line-up, or has its key in the environment; sorted by name."""
    providers = loaded.settings.providers
    mentioned = {path[1] for path in loaded.leaves if path[0] == "providers"}
    mentioned |= {
        parse_target(target).path.partition("/")[0]
        for lineup in loaded.settings.lineups.values()
        for target in lineup.targets
    }
    mentioned |= {name for name, provider in PROVIDERS.items() if _is_set(provider, environment)}
    return [_state(providers[name], environment) for name in sorted(mentioned)]


def _is_set(provider: Provider, environment: Mapping[str, str]) -> bool:
    return any(environment.get(name, "").strip() for name in provider.key.variables)


def _state(provider: Provider, environment: Mapping[str, str]) -> KeyState:
    source = provider.key
    if source.api_key_command:
        return KeyState(provider.name, "the key comes from a command, which was not run")
    if source.api_key and source.is_in_keyring:
        return KeyState(provider.name, "the key comes from the keyring, which was not opened")
    try:
        key = read_key(source, provider.name, environment)
    except ConfigError as problem:
        return KeyState(provider.name, f"key missing: {problem}", is_missing=True)
    if key is None:
        return KeyState(provider.name, _why_none(provider))
    warning = warning_about(source, provider.name)
    return KeyState(provider.name, f"key found; but {warning}" if warning else "key found")


def _why_none(provider: Provider) -> str:
    built_in = PROVIDERS.get(provider.name)
    if built_in is not None and built_in.key.variables and is_elsewhere(built_in, provider.base_url):
        variable = built_in.key.variables[0]
        return (
            f"no key is sent: it was moved to {provider.base_url}, and ${variable} belongs to the usual host; "
            f'add api_key = "${{{variable}}}" if it is meant for this one'
        )
    return "needs no key" if not provider.key.variables else "has no key, which is normal for it"
