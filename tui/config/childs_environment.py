"""The environment for programs we start: without the keys.

There are two, because a password manager signs in with tokens of its own, and nothing else we start needs any.
"""

from collections.abc import Collection, Mapping

from tui.config.providers import PROVIDERS
from tui.core.redact import Redactor

_KEY_ENDING = "_API_KEY"
_SECRET_ENDINGS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIALS")
_KEY_VARIABLES = frozenset(name for provider in PROVIDERS.values() for name in provider.key.variables)


def key_helpers_environment(environment: Mapping[str, str], variables: Collection[str] = ()) -> dict[str, str]:
    """For a command that fetches a key: without those of providers, with its own way to sign in, as `BW_SESSION`.

    `variables` are more names that hold keys.
    """
    return {
        name: value
        for name, value in environment.items()
        if name not in _KEY_VARIABLES and name not in variables and not name.upper().endswith(_KEY_ENDING)
    }


def childs_environment(
    environment: Mapping[str, str], variables: Collection[str] = (), redactor: Redactor | None = None
) -> dict[str, str]:
    """For every other program: without `variables`, and what is secret by its name, its look, or to `redactor`."""
    redactor = redactor or Redactor()
    return {
        name: value
        for name, value in key_helpers_environment(environment, variables).items()
        if not name.upper().endswith(_SECRET_ENDINGS) and redactor.text(value) == value
    }
