"""A key that cannot be printed by accident.

Its value leaves only through `reveal`, which one module calls (`tui.engine.credentials`). repr, str, format and pickle
give stars, so tracebacks, logs and dataclass reprs may hold it.
"""

from tui.core.errors import ConfigError

_MASK = "***"


class Secret:
    """An API key."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def checked(cls, value: str, source: str) -> "Secret | None":
        """The key in `value`, stripped; None when it is blank. Raises `ConfigError` for what no header can carry.

        `source` says where it came from, such as an environment variable; the message names it and never the value,
        which an HTTP library would print in full.
        """
        value = value.strip()
        if not value:
            return None
        if not value.isascii() or not value.isprintable() or " " in value:
            raise ConfigError(f"the key in {source} holds spaces, line ends or non-ASCII characters; copy it again")
        return cls(value)

    def reveal(self) -> str:
        """The key itself."""
        return self._value

    def __repr__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return _MASK

    def __reduce__(self) -> tuple[type["Secret"], tuple[str]]:
        return (Secret, (_MASK,))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))
