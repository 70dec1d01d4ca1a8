"""Configured values as they may be shown: places of keys as written, keys themselves never."""

import re

from tui.config.key_source import KEYRING
from tui.config.kinds import VARIABLE, Kind
from tui.config.layers import KeyPath, Leaf, field_at
from tui.core.redact import HIDDEN, Redactor, is_secret_name

_ONLY_REFERENCES = re.compile(rf"(Bearer )?({VARIABLE})+")
_FREE_NAMES = ("headers", "query", "options")
"""Tables whose names the user chooses, so that a secret is known by its name alone."""


def shown(path: KeyPath, leaf: Leaf) -> object:
    """The value as it was written, without what is a key, or may be one by its name or its look."""
    if not isinstance(leaf.written, str):
        return HIDDEN if _may_be_secret(path) else leaf.written
    if _names_a_place(leaf.written):
        return leaf.written
    if path[-1] == "api_key_command":
        program, space, _ = leaf.written.partition(" ")
        return f"{program} {HIDDEN}" if space else program  # its arguments may be secret
    return HIDDEN if _may_be_secret(path) else Redactor().text(leaf.written)


def _may_be_secret(path: KeyPath) -> bool:
    owner = field_at(path)
    if owner is None:
        return False
    if isinstance(owner.shape, Kind):
        return owner.shape.is_secret
    return owner.name in _FREE_NAMES and is_secret_name(path[-1])


def _names_a_place(written: str) -> bool:
    return _ONLY_REFERENCES.fullmatch(written) is not None or written.startswith(KEYRING)
