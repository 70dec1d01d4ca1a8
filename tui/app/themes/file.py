"""One theme file: read it, check all of it, and only then make a `textual.theme.Theme`.

Called by `catalogue.load_themes`, and by whoever checks a single file. The checks are strict because Textual's are
missing: it takes any string as a colour and raises much later, while painting.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.css.constants import VALID_STYLE_FLAGS
from textual.theme import Theme

from tui.app.themes.variables import VARIABLES, variables_for
from tui.core.errors import ConfigError

BASE_COLOURS = (
    "primary",
    "secondary",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "warning",
    "error",
    "success",
)
"""The colours every file must give; Textual computes its shades from them."""

_TEXTS = ("author", "license", "description")
_FRACTIONS = ("luminosity_spread", "text_alpha")
_REQUIRED = ("name", "dark", *BASE_COLOURS)
_KEYS = (*_REQUIRED, "boost", *_FRACTIONS, *_TEXTS, "variables")
_TEXTUAL_VARIABLES = frozenset(Theme("any", primary="#000000").to_color_system().generate()) - {
    *BASE_COLOURS,
    "boost",
}

_SIZE_LIMIT = 64 * 1024
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME_LENGTH = 40
_SHADE = re.compile(r".+-(lighten|darken)-[123]")
_PERCENT = re.compile(r"(100|[1-9]?[0-9])%")
_SHOWN = 60

_COLOUR = 'a colour such as "#6cb6ff"'
_OPAQUE = f"{_COLOUR}, without transparency"
_BLENDED = f'{_COLOUR}, "#6cb6ff 40%" or "auto 60%"'
_STYLE = 'words such as "bold underline" or "none"'


class ThemeFileError(ConfigError):
    """A theme file that cannot be used; `complaints` has one sentence for each thing wrong in it."""

    def __init__(self, path: Path, complaints: tuple[str, ...]) -> None:
        where = _printable(str(path))
        self.path = path
        self.complaints = tuple(f"{where}: {complaint}" for complaint in complaints)
        super().__init__("\n".join(self.complaints))


def load_theme_file(path: Path) -> Theme:
    """The theme a file describes, with every variable of `VARIABLES` present.

    Raises `ThemeFileError` for anything wrong with the file, naming all of it at once.
    """
    table = _read_table(path)
    complaints = tuple(_complaints(table))
    if complaints:
        raise ThemeFileError(path, complaints)
    return _theme(table)


def _read_table(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(_read_text(path))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ThemeFileError(path, (f"the file cannot be read: {reason}",)) from error
    except UnicodeDecodeError as error:
        raise ThemeFileError(path, (f"the file is not UTF-8 text (byte {error.start})",)) from error
    except tomllib.TOMLDecodeError as error:
        raise ThemeFileError(path, (f"the file is not TOML: {_printable(str(error))}",)) from error
    except (RecursionError, ValueError) as error:  # tomllib on deep nesting, and on a number of thousands of digits
        raise ThemeFileError(path, ("the file is not a theme: a value is nested too deep or too long",)) from error


def _read_text(path: Path) -> str:
    if path.exists() and not path.is_file():  # opening a named pipe would wait for ever
        raise ThemeFileError(path, ("expected a file, found something else",))
    with path.open("rb") as file:
        data = file.read(_SIZE_LIMIT + 1)
    if len(data) > _SIZE_LIMIT:
        raise ThemeFileError(path, (f"the file is larger than {_SIZE_LIMIT // 1024} kB, too large for a theme",))
    return data.decode("utf-8-sig")


def _complaints(table: Mapping[str, object]) -> list[str]:
    found = [_unknown("key", key, _KEYS) for key in table if key not in _KEYS]
    found += [f"`{key}` is missing: expected {_expectation(key)}" for key in _REQUIRED if key not in table]
    for key, value in table.items():
        if key == "variables":
            found += _variable_complaints(value)
        elif key in _KEYS and not _check(key)(value):
            found.append(_wrong(key, value, _expectation(key)))
    return found


def _variable_complaints(value: object) -> list[str]:
    if not isinstance(value, dict):
        return [_wrong("variables", value, "a table of colours")]
    found = []
    for name, colour in value.items():
        if name in BASE_COLOURS or name == "boost":
            found.append(f"`variables.{name}` belongs above the [variables] table, as `{name}`")
        elif name not in VARIABLES and name not in _TEXTUAL_VARIABLES:
            found.append(_unknown("variable", name, (*VARIABLES, *sorted(_TEXTUAL_VARIABLES))))
        elif not _variable_check(name)(colour):
            found.append(_wrong(f"variables.{name}", colour, _variable_expectation(name)))
    return found


def _check(key: str) -> Callable[[object], bool]:
    if key == "name":
        return _is_name
    if key == "dark":
        return lambda value: isinstance(value, bool)
    if key in _FRACTIONS:
        return _is_fraction
    if key in _TEXTS:
        return lambda value: isinstance(value, str)
    return _is_colour if key == "boost" else _is_opaque


def _expectation(key: str) -> str:
    if key == "name":
        return f'lower-case letters, digits and hyphens such as "my-theme", at most {_NAME_LENGTH}'
    if key == "dark":
        return "true or false"
    if key in _FRACTIONS:
        return "a number from 0 to 1"
    if key in _TEXTS:
        return "text"
    return _COLOUR if key == "boost" else _OPAQUE


def _variable_check(name: str) -> Callable[[object], bool]:
    if name in VARIABLES:
        return _is_opaque
    if _is_style_name(name):
        return _is_style
    return _is_colour if _SHADE.fullmatch(name) else _is_blended


def _variable_expectation(name: str) -> str:
    if name in VARIABLES:
        return _OPAQUE
    if _is_style_name(name):
        return _STYLE
    return _COLOUR if _SHADE.fullmatch(name) else _BLENDED


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _NAME_LENGTH and _NAME.fullmatch(value) is not None


def _is_fraction(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_colour(value: object) -> bool:
    return _colour(value) is not None


def _is_opaque(value: object) -> bool:
    colour = _colour(value)
    return colour is not None and colour.a == 1


def _is_blended(value: object) -> bool:
    """What a TCSS colour property takes: a colour or `auto`, perhaps with a percentage."""
    if not isinstance(value, str):
        return False
    words = value.rsplit(" ", 1) if value.endswith("%") else [value]
    colour, *percent = words
    return (colour == "auto" or _is_colour(colour)) and all(_PERCENT.fullmatch(part) for part in percent)


def _is_style_name(name: str) -> bool:
    return name.endswith("-style") or name == "link-style-hover"


def _is_style(value: object) -> bool:
    return isinstance(value, str) and bool(value.split()) and VALID_STYLE_FLAGS.issuperset(value.split())


def _colour(value: object) -> Color | None:
    """None for anything that is no colour, and for the terminal's own 16, which no contrast can be computed for."""
    if not isinstance(value, str) or not value.isprintable():
        return None
    try:
        colour = Color.parse(value)
    except (ColorParseError, ValueError):
        return None
    return None if colour.ansi is not None else colour.clamped


def _theme(table: Mapping[str, object]) -> Theme:
    """Only for a table without complaints."""
    fields = {key: value for key, value in table.items() if key not in (*_TEXTS, "variables")}
    fields |= {key: _normal(value) for key, value in fields.items() if key in (*BASE_COLOURS, "boost")}
    theme = Theme(**fields)  # type: ignore[arg-type] # every key and type was checked
    written = table.get("variables", {})
    assert isinstance(written, dict)
    theme.variables = variables_for(theme) | {name: str(_normal(value)) for name, value in written.items()}
    return theme


def _normal(value: object) -> object:
    """Colours as hexadecimal digits, so that readers of theme variables meet one spelling."""
    colour = _colour(value)
    return value if colour is None else colour.hex.lower()


def _wrong(key: str, value: object, expected: str) -> str:
    return f"`{key}` is {_shown(value)}, expected {expected}"


def _unknown(kind: str, key: str, valid: tuple[str, ...]) -> str:
    near = get_close_matches(key.lower().replace("_", "-"), valid, n=1) or get_close_matches(key, valid, n=1)
    hint = f", did you mean `{near[0]}`?" if near else ""
    return f"unknown {kind} `{_clipped(_printable(key))}`{hint}"


def _shown(value: object) -> str:
    match value:
        case str():
            return f'"{_clipped(_printable(value))}"'
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case int() if abs(value) > 10**_SHOWN:  # Python refuses to print the largest
            return "a very large number"
        case _:
            return _clipped(str(value))


def _clipped(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _printable(text: str) -> str:
    """Escape what a terminal would act on: file names and values are anybody's bytes."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
