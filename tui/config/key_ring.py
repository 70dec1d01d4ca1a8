"""Keys in the operating system's keyring, through the optional library `keyring`. Imported when one is asked for."""

from tui.core.errors import ConfigError

SERVICE = "sidestream"
"""The service our entries are under: `keyring set sidestream NAME` stores one."""


def key_from_keyring(name: str, place: str) -> str:
    """The entry `name`. Raises `ConfigError` when there is no library, no keyring or no such entry.

    `place` says who asks, such as "api_key of work in config.toml".
    """
    if not name:
        raise ConfigError(f"{place} names no entry of the keyring; write it as keyring:NAME")
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ConfigError(
            f"{place} is in the system's keyring, which needs one more package: pip install 'sidestream[keyring]'"
        ) from None
    try:
        value: str | None = keyring.get_password(SERVICE, name)
    except keyring.errors.NoKeyringError:
        raise ConfigError(f"{place} is in the system's keyring, and this system has none that can be used") from None
    except keyring.errors.KeyringError as exc:
        reason = type(exc).__name__  # its text is the backend's and may quote anything
        raise ConfigError(f"{place} could not be read from the system's keyring ({reason}); is it locked?") from None
    if not value:
        raise ConfigError(f"{place} is not in the system's keyring; store it with: keyring set {SERVICE} {name}")
    return value
