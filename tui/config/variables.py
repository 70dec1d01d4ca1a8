"""`${VAR}` inside of configured text, replaced from the environment."""

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$(?:\$(?=\{)|\{([^}]*)\})")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class VariableError(Exception):
    """A reference that cannot be replaced; the text says why."""


def expanded(value: object, environment: Mapping[str, str]) -> object:
    """`value` with the references in its texts replaced, also inside lists and tables. `$${` stands for `${`.

    Raises `VariableError` for a variable that is not set, and for what is no variable's name.
    """
    match value:
        case str():
            return _REFERENCE.sub(lambda found: _replaced(found, environment), value) if "$" in value else value
        case list():
            return [expanded(item, environment) for item in value]
        case dict():
            return {name: expanded(item, environment) for name, item in value.items()}
        case _:
            return value


def names_variable(value: object) -> bool:
    """Whether `expanded` would look into the environment."""
    match value:
        case str():
            return any(found[0] != "$" for found in _REFERENCE.finditer(value))
        case list():
            return any(map(names_variable, value))
        case dict():
            return any(map(names_variable, value.values()))
        case _:
            return False


def _replaced(found: re.Match[str], environment: Mapping[str, str]) -> str:
    name = found[1]
    if name is None:
        return "$"
    if not _NAME.fullmatch(name):
        raise VariableError(f"found ${{{name[:40]}}}, expected the name of an environment variable, as in ${{NAME}}")
    if name not in environment:
        raise VariableError(f"asks for the environment variable {name}, which is not set")
    return environment[name]
