"""What is wrong with the configuration, one value per mistake, so that all of them can be told at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from tui.config.dotted import dotted
from tui.core.clean import clean_line
from tui.core.errors import ConfigError

_MOST_NAMES = 8
"""Beyond this many, a list of everything valid says less than where to look it up."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: a file, a variable of the environment, an option, or nowhere (built in)."""

    name: str
    file: Path | None = None
    line: int | None = None
    """Counted from 1. None for what is no file, and where the line is not known."""

    def __str__(self) -> str:
        return self.name if self.line is None else f"{self.name}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake."""

    origin: Origin
    path: tuple[str, ...]
    """The key, from the outermost table inwards. Empty for a whole file."""
    message: str
    """What was found and what was expected."""

    def __str__(self) -> str:
        where = f"{self.origin}: {dotted(self.path)}" if self.path else str(self.origin)
        return clean_line(f"{where}: {self.message}")


class SettingsError(ConfigError):
    """A configuration that cannot be used; nothing of it was applied."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in problems]
        if len(lines) > 1:
            head = f"{len(lines)} problems in the configuration, so nothing of it was used:"
            lines = [head, *(f"  {line}" for line in lines)]
        super().__init__("\n".join(lines))


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown `name`: the valid one it looks like, or those there are."""
    names = sorted(known)
    if near := get_close_matches(name.lower(), names, n=1):
        return f"did you mean {near[0]}?"
    if not names:
        return "there are none"
    shown = ", ".join(names[:_MOST_NAMES])
    return f"known are: {shown}, …" if len(names) > _MOST_NAMES else f"known are: {shown}"
