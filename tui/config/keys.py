"""Where a provider's key comes from, and reading it from there.

Called when targets are resolved, so only for providers that are asked something. A source is kept by its name, never
by its value: configuration may be shown, copied and printed. Every error is a `ConfigError` that names the provider
and the source and holds nothing of the key.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tui.config.childs_environment import key_helpers_environment
from tui.config.key_command import key_from_command
from tui.config.key_file import key_from_file, readers_of
from tui.config.key_ring import key_from_keyring
from tui.config.key_source import KEYRING, VARIABLE, KeySource
from tui.core.errors import ConfigError
from tui.core.secret import Secret

__all__ = ["KeySource", "read_key", "warning_about"]


def read_key(
    source: KeySource, provider: str, environment: Mapping[str, str], others: Iterable[KeySource] = ()
) -> Secret | None:
    """The provider's key. None when it needs none, or has none and that is normal.

    `others` are the sources of all providers: a command does not see their variables. Raises `ConfigError` when the
    key is missing, cannot be read, or cannot be sent in a header.
    """
    _check_only_one(source, provider)
    if source.api_key:
        value, place = _written(source, source.api_key, provider, environment)
    elif source.api_key_command:
        place = _place("api_key_command", source, provider)
        hidden = {name for other in (source, *others) for name in other.named_variables}
        value = key_from_command(source.api_key_command, place, key_helpers_environment(environment, hidden))
    elif source.api_key_file:
        place = _place("api_key_file", source, provider)
        value = key_from_file(_path(source.api_key_file, source.written_in), place)
    else:
        value, place = _from_variables(source, provider, environment)
    key = Secret.checked(value, place)
    if key is None and not source.is_optional and place:
        raise ConfigError(_missing(source, provider, place))
    return key


def warning_about(source: KeySource, provider: str) -> str | None:
    """What is unsafe about a source that still is used: a key written in a file that others may read. Usually None."""
    if not source.is_literal or source.written_in is None:
        return None
    others = readers_of(source.written_in)
    if others is None:
        return None
    return (
        f"{source.written_in} holds the key of {provider} and can be read by {others}; "
        f'run chmod 600 on it, or write api_key = "${{VARIABLE}}" instead'
    )


def _check_only_one(source: KeySource, provider: str) -> None:
    given = [name for name in ("api_key", "api_key_command", "api_key_file") if getattr(source, name)]
    if len(given) > 1:
        raise ConfigError(f"{provider}{_in(source)} has {' and '.join(given)}; keep one of them")


def _written(source: KeySource, written: str, provider: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """The value `api_key` stands for, and how to call the place it came from."""
    place = _place("api_key", source, provider)
    if written.startswith(KEYRING):
        return key_from_keyring(written.removeprefix(KEYRING).strip(), place), place
    names = VARIABLE.findall(written)
    if "${" in VARIABLE.sub("", written):
        raise ConfigError(f"{place} holds a ${{ that begins no variable; write it as ${{NAME}}")
    unset = [name for name in names if not environment.get(name, "").strip()]
    if unset and source.is_optional:
        return "", place
    if unset:
        raise ConfigError(f"{provider} needs a key: {place} asks for the environment variable {unset[0]}; set it")
    return VARIABLE.sub(lambda found: environment[found[1]].strip(), written), place


def _from_variables(source: KeySource, provider: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """The first that is set; with nothing to look at, no value and no place."""
    for name in source.variables:
        if environment.get(name, "").strip():
            return environment[name], f"${name}, for {provider},"
    return "", " or ".join(source.variables)


def _missing(source: KeySource, provider: str, place: str) -> str:
    if source.api_key or source.api_key_command or source.api_key_file:
        return f"{provider} needs a key, and {place} gave none"
    return f"{provider} needs a key: set the environment variable {place}"


def _place(name: str, source: KeySource, provider: str) -> str:
    return f"{name} of {provider}{_in(source)}"


def _in(source: KeySource) -> str:
    return f" in {source.written_in}" if source.written_in else ""


def _path(written: str, written_in: Path | None) -> Path:
    try:
        path = Path(written).expanduser()
    except RuntimeError:  # `~somebody` who is not known here
        path = Path(written)
    return path if written_in is None else written_in.parent / path
