"""What a project's file may not say, because it comes with whatever repository one stands in.

Hosts, keys and programs come from the user alone. Otherwise a cloned repository could have the user's key, prompt or
environment sent to a server of its choice, or a program started. A project may still name line-ups, options, limits,
prices and looks, and add providers on this machine. The user lifts all of it for a folder with `trusted_projects`.
"""

from collections.abc import Collection, Iterable
from pathlib import Path

from tui.config.addresses import is_local
from tui.config.description import Field
from tui.config.layers import Guard, KeyPath
from tui.config.variables import names_variable


def project_guard(file: Path, users_providers: Collection[str]) -> Guard:
    """Refuses for `file`; `users_providers` are the built-in ones and those of the user's own file and environment."""
    remedy = f'if you trust it, add "{file.parent}" to trusted_projects in your own file'

    def refuse(path: KeyPath, owner: Field, value: object) -> str | None:
        if owner.trust == "user":
            return f"a project's file may not set {owner.name}; {remedy}"
        if names_variable(value):
            return f"a project's file may not read your environment; {remedy}"
        if owner.trust == "own provider":
            return _refusal_for_provider(path[1], owner, value, users_providers, remedy)
        return None

    return refuse


def is_trusted(file: Path, folders: Iterable[str]) -> bool:
    """Whether the user trusts what is in the folder of `file`."""
    return any(_same(file.parent, folder) for folder in folders)


def _refusal_for_provider(
    provider: str, owner: Field, value: object, users_providers: Collection[str], remedy: str
) -> str | None:
    if provider in users_providers:
        return f"a project's file may not set {owner.name} of {provider}, which is not its own; {remedy}"
    if owner.name == "base_url" and isinstance(value, str) and not is_local(value):
        return f"a project's file may only add providers on this machine; {remedy}"
    return None


def _same(folder: Path, written: str) -> bool:
    try:
        return Path(written).expanduser().resolve() == folder.resolve()
    except (OSError, RuntimeError):  # a loop of links, `~somebody` who is not known here
        return False
