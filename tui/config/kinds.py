"""The kinds of values a setting can have: each checks one, says what it expects, and describes itself as JSON Schema.

Used by `tui.config.description` alone. What a kind accepts and what its schema accepts are the same, so a check that a
schema cannot express (whether a line-up's provider exists) does not belong here but in `tui.config.build`.
"""

import json
import math
import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tui.core.bounds import size_text
from tui.core.redact import HIDDEN
from tui.core.target import option_value

Schema = dict[str, Any]

VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
"""A reference to the environment inside of a text."""

_SHOWN = 60
_USERINFO = re.compile(r"(?<=://)[^/@\s]*(?=@)")
_UNITS = {"B": 1, "kB": 1000, "KiB": 1024, "MB": 1000**2, "MiB": 1024**2}
_SIZE = re.compile(rf"([1-9][0-9]{{0,3}}) ?({'|'.join(_UNITS)})")
_LARGEST_SIZE = 9999 * 1024**2
_PORT = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
_HOST = rf"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:{_PORT})?"
_URL = rf"https?://{_HOST}(/[^\s?#]*)?"
_PROXY = rf"https?://([^\s/@]+@)?{_HOST}/?"
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


class Mismatch(Exception):  # noqa: N818 - a fact about a value; the reader of the layer turns it into a problem
    """A value of another kind; the text says what was found and what was expected."""


class Kind(ABC):
    """What one setting takes."""

    expected: str
    """What a valid value is, to be read after "expected"."""
    is_secret: bool = False
    """Whether it is the place of a key, or a key: never shown, and looked into only when the key is needed."""
    is_hidden: bool = False
    """Whether values may be secrets, and are kept out of sentences."""

    @abstractmethod
    def read(self, value: object) -> Any:
        """The value as the program wants it. Raises `Mismatch`."""

    @abstractmethod
    def schema(self) -> Schema:
        """JSON Schema (draft 7) of the same values."""

    def from_text(self, text: str) -> object:
        """What a variable of the environment says, as a file would have it; still to be checked by `read`."""
        return text

    def as_written(self, value: Any) -> object:
        """A value of the program's, as a file would have it."""
        return value

    def found(self, value: object) -> str:
        """What `value` is, for a sentence."""
        return found(value, hidden=self.is_secret or self.is_hidden)

    def mismatch(self, value: object) -> Mismatch:
        """The complaint about `value`."""
        return Mismatch(f"found {self.found(value)}, expected {self.expected}")


@dataclass(frozen=True)
class Text(Kind):
    """Text, perhaps of a certain form."""

    expected: str = "text"
    pattern: str = r"(?=\s*\S)[\s\S]*"
    """A regular expression in the part of the language that Python and ECMAScript share. Not blank, unless said."""
    is_secret: bool = False
    is_hidden: bool = False

    def read(self, value: object) -> str:
        """The text as it is."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise self.mismatch(value)
        return value

    def schema(self) -> Schema:
        """The pattern, or any text with a variable in it: what that holds, an editor cannot know."""
        return _or_variable({"type": "string", "pattern": f"^({self.pattern})$"})


TEXT = Text()
URL = Text('an address such as "https://gateway.example/v1" (no user, query or fragment in it)', _URL)
PROXY = Text('a proxy such as "http://proxy.example:3128", or "" to use none', f"({_PROXY})?")
HEADER_VALUE = Text("printable ASCII", r"[\x20-\x7e]*", is_hidden=True)
FILE_PATH = Text('the path of a file; relative ones start at the folder of this file, "~" is your home')


@dataclass(frozen=True)
class Choice(Kind):
    """One of some words."""

    words: tuple[str, ...]

    @property
    def expected(self) -> str:  # type: ignore[override]
        """The words."""
        return f"one of {', '.join(json.dumps(word) for word in self.words)}"

    def read(self, value: object) -> str:
        """The word."""
        if not isinstance(value, str):
            raise self.mismatch(value)
        if value not in self.words:
            near = get_close_matches(value.lower(), self.words, n=1)
            raise Mismatch(f"{self.mismatch(value)}{f'; did you mean {json.dumps(near[0])}?' if near else ''}")
        return value

    def schema(self) -> Schema:
        """The words, or a variable."""
        return _or_variable({"type": "string", "enum": list(self.words)})


@dataclass(frozen=True)
class Flag(Kind):
    """Yes or no."""

    expected: str = "true or false"

    def read(self, value: object) -> bool:
        """True or False; numbers are neither."""
        if not isinstance(value, bool):
            raise self.mismatch(value)
        return value

    def from_text(self, text: str) -> object:
        """The words people use for it."""
        word = text.strip().lower()
        return True if word in _TRUE else False if word in _FALSE else text

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Number(Kind):
    """A number within bounds, which nan and inf never are."""

    expected: str
    least: float = 0
    most: float = 10**7
    """Below this one."""
    is_least_valid: bool = False

    def read(self, value: object) -> float:
        """As a float."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.mismatch(value)
        if not self.least <= value < self.most or (value == self.least and not self.is_least_valid):
            raise self.mismatch(value)
        return float(value)

    def from_text(self, text: str) -> object:
        """The number, or the text when it is none."""
        try:
            return float(text)
        except ValueError:
            return text

    def schema(self) -> Schema:
        """A number between the bounds."""
        least = "minimum" if self.is_least_valid else "exclusiveMinimum"
        return {"type": "number", least: self.least, "exclusiveMaximum": self.most}


SECONDS = Number("a number of seconds above 0")
SECONDS_OR_NONE = Number("a number of seconds, 0 or more", is_least_valid=True)
DOLLARS = Number("US dollars per million tokens, 0 or more", is_least_valid=True)


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number within bounds, both valid."""

    least: int
    most: int

    @property
    def expected(self) -> str:  # type: ignore[override]
        """The bounds."""
        return f"a whole number from {self.least} to {self.most}"

    def read(self, value: object) -> int:
        """As an int; `2.0` is whole, for JSON Schema too."""
        number = _whole(value)
        if number is None or not self.least <= number <= self.most:
            raise self.mismatch(value)
        return number

    def from_text(self, text: str) -> object:
        """The number, or the text when it is none."""
        return _whole_or_text(text)

    def schema(self) -> Schema:
        """An integer between the bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Size(Kind):
    """A number of bytes, or text with a unit."""

    expected: str = 'a number of bytes, or a size such as "512 KiB" or "16 MiB"'

    def read(self, value: object) -> int:
        """In bytes."""
        number = _whole(value)
        if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
            number = int(match[1]) * _UNITS[match[2]]
        if number is None or not 1 <= number <= _LARGEST_SIZE:
            raise self.mismatch(value)
        return number

    def as_written(self, value: Any) -> object:
        """With a unit."""
        return size_text(value)

    def from_text(self, text: str) -> object:
        """The number, or the text with its unit."""
        return _whole_or_text(text)

    def schema(self) -> Schema:
        """Either form."""
        return {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": _LARGEST_SIZE},
                _or_variable({"type": "string", "pattern": f"^{_SIZE.pattern}$"}),
            ]
        }


@dataclass(frozen=True)
class Texts(Kind):
    """A list of texts."""

    expected: str
    least: int = 1
    most: int | None = None
    of: Text = TEXT

    def read(self, value: object) -> tuple[str, ...]:
        """All of them."""
        if not isinstance(value, list) or len(value) < self.least or (self.most and len(value) > self.most):
            raise self.mismatch(value)
        return tuple(self._item(number, item) for number, item in enumerate(value, 1))

    def _item(self, number: int, item: object) -> str:
        try:
            return self.of.read(item)
        except Mismatch as mismatch:
            raise Mismatch(f"item {number}: {mismatch}") from None

    def from_text(self, text: str) -> object:
        """A TOML list, or words with spaces between them."""
        return _list_or_words(text)

    def schema(self) -> Schema:
        """An array of such texts."""
        length = {"minItems": self.least} | ({"maxItems": self.most} if self.most else {})
        return {"type": "array", "items": self.of.schema(), **length}


@dataclass(frozen=True)
class Keys(Kind):
    """The keys of one action. Only their form is checked here: which keys there are, the app knows."""

    expected: str = 'a key such as "ctrl+e" or "x, escape", or a list of such; [] for no key'

    def read(self, value: object) -> str | tuple[str, ...]:
        """As written, as the app's keymap takes it."""
        if isinstance(value, list) and not all(isinstance(key, str) and key.strip() for key in value):
            raise self.mismatch(value)
        if isinstance(value, list):
            return tuple(value)
        return Text(self.expected).read(value)

    def from_text(self, text: str) -> object:
        """Keys joined by commas, or a TOML list."""
        return _list_or_words(text) if text.startswith("[") else text

    def schema(self) -> Schema:
        """Either form."""
        return {"anyOf": [TEXT.schema(), {"type": "array", "items": TEXT.schema()}]}


@dataclass(frozen=True)
class Anything(Kind):
    """What can be sent in a JSON request."""

    expected: str = "a value that JSON has (no date, inf or nan)"

    def read(self, value: object) -> Any:
        """As it is."""
        if not _is_json(value):
            raise self.mismatch(value)
        return value

    def from_text(self, text: str) -> object:
        """JSON when it reads as JSON, as on the command line."""
        return option_value(text)

    def schema(self) -> Schema:
        """All values."""
        return {}


def found(value: object, *, hidden: bool = False) -> str:
    """What a value is, for a sentence; short, without passwords, and without its content when `hidden`."""
    match value:
        case str() if hidden:
            return "text" if value.strip() else "blank text"
        case str():
            text = without_password(value)
            return json.dumps(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…", ensure_ascii=False)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number" if hidden else _short_number(value)
        case list():
            return "a list" if value else "an empty list"
        case Mapping():
            return "a table"
        case _:
            return "a date or a time"


def without_password(text: str) -> str:
    """Text with the user and password of an address in it hidden."""
    return _USERINFO.sub(HIDDEN, text)


def _short_number(value: float) -> str:
    if isinstance(value, int):  # not `str` first: it refuses integers of thousands of digits
        return str(value) if abs(value) < 10**_SHOWN else "a huge number"
    return f"{value:g}"


def _or_variable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "string", "pattern": VARIABLE}]}


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value


def _whole_or_text(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        return text


def _list_or_words(text: str) -> object:
    if not text.lstrip().startswith("["):
        return text.split()
    try:
        return tomllib.loads(f"list = {text}")["list"]
    except (ValueError, RecursionError):  # TOMLDecodeError is a ValueError
        return text


def _is_json(value: object) -> bool:
    match value:
        case bool() | int() | str():
            return True
        case float():
            return math.isfinite(value)
        case list():
            return all(map(_is_json, value))
        case Mapping():
            return all(map(_is_json, value.values()))
        case _:
            return False
