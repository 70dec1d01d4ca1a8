"""Where a provider's key comes from, by name. `tui.config.keys` reads it from there."""

import re
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""A variable of the environment inside `api_key`."""
KEYRING = "keyring:"
"""Begins an `api_key` that names an entry of the system's keyring."""


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where one provider's key is found: in what was configured, else in the first of `variables` that is set."""

    variables: tuple[str, ...] = ()
    """Environment variables to look at, in order."""
    api_key: str | None = field(default=None, repr=False)
    """As written: `${VAR}`, also inside text, `keyring:NAME`, or the key itself. The last is why repr leaves it out."""
    api_key_command: str | None = None
    """A command whose first line of output is the key. Split like a shell would, but run without one."""
    api_key_file: str | None = None
    """A file whose first line is the key; `~` is the home directory, and a relative path begins at `written_in`."""
    written_in: Path | None = None
    """The file that says so, for messages and its own mode. None when no file does."""
    is_optional: bool = False
    """Whether doing without a key is normal, as with a server started without one."""

    @property
    def is_literal(self) -> bool:
        """Whether `api_key` is the key itself rather than the name of a place."""
        written = self.api_key or ""
        return bool(written) and not written.startswith(KEYRING) and "${" not in written

    @property
    def named_variables(self) -> tuple[str, ...]:
        """Every environment variable that this source may take a key from."""
        return (*self.variables, *VARIABLE.findall(self.api_key or ""))

    @property
    def is_in_keyring(self) -> bool:
        """Whether `api_key` names an entry of the system's keyring."""
        return (self.api_key or "").startswith(KEYRING)
