"""The environment for programs we start: without the keys.

Two of them, because a password manager signs in with tokens of its own, and nothing else we start needs any.
"""

from collections.abc import Mapping

from tui.config.providers import PROVIDERS

_KEY_ENDING = "_API_KEY"
_SECRET_ENDINGS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIALS")
_KEY_VARIABLES = frozenset(provider.key_variable for provider in PROVIDERS.values())


def key_helpers_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """For a command that fetches a key: without the keys of providers, with its own way to sign in, as `BW_SESSION`."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _KEY_VARIABLES and not name.upper().endswith(_KEY_ENDING)
    }


def childs_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """For every other program: without anything whose name says that it is secret."""
    return {
        name: value
        for name, value in key_helpers_environment(environment).items()
        if not name.upper().endswith(_SECRET_ENDINGS)
    }
