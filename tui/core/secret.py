"""A key that cannot be printed by accident.

Its value leaves through two doors. `reveal` is for sending it, in `tui.engine.credentials` and nowhere else; `forms`
is for finding it in texts, in `tui.core.redact` and nowhere else; a test sees to both. repr, str, format, pickle, copy
and `asdict` give stars, so tracebacks, logs and dataclass reprs may hold it.
"""

import html
import json
from base64 import b64encode
from urllib.parse import quote

from tui.core.errors import ConfigError

MIN_FOUND_CHARS = 8
"""A shorter key is not looked for in texts: it is a word, such as "none" or "EMPTY", that a local server is given."""
_MASK = "***"
_ESCAPED_BY_SOME = "<>&'\"+/\\`"
"""What JSON writers of other languages escape though they need not."""


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

    def forms(self) -> frozenset[str]:
        """Every way it may stand in a text: as it is, quoted for a URL, escaped for JSON or HTML, in base64.

        Empty for a key too short to be looked for.
        """
        value = self._value
        if len(value) < MIN_FOUND_CHARS:
            return frozenset()
        return frozenset({value, *_quoted(value), *_escaped(value), *_in_base64(value)})

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


def _quoted(value: str) -> set[str]:
    """For a URL, with the slash or without, in capitals or not."""
    found = {quote(value, safe=""), quote(value)}
    return found | {_lower_escapes(text, "%", 2) for text in found}


def _escaped(value: str) -> set[str]:
    """For JSON as needed, with `\\/`, and with code points for what some writers escape too; for HTML."""
    needed = json.dumps(value)[1:-1]
    eager = "".join(f"\\u{ord(char):04X}" if char in _ESCAPED_BY_SOME else char for char in value)
    go = "".join(f"\\u{ord(char):04x}" if char in "<>&" else json.dumps(char)[1:-1] for char in value)
    twice = json.dumps(needed)[1:-1]
    return {needed, twice, needed.replace("/", "\\/"), eager, _lower_escapes(eager, "\\u", 4), go, html.escape(value)}


def _in_base64(value: str) -> set[str]:
    """In the three ways it can lie in the groups of three bytes, without the characters it shares with a neighbour."""
    found = set()
    for before in range(3):
        text = b64encode(b"\0" * before + value.encode("utf-8", "surrogatepass")).decode()
        whole = (before + len(value.encode("utf-8", "surrogatepass"))) * 8 // 6
        found.add(text[(0, 2, 3)[before] : whole])
    return found | {text.replace("+", "-").replace("/", "_") for text in found}


def _lower_escapes(text: str, mark: str, digits: int) -> str:
    first, *rest = text.split(mark)
    return first + "".join(mark + part[:digits].lower() + part[digits:] for part in rest)
