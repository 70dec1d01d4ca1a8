"""`SIDESTREAM_SECTION__KEY` variables as a document, of the shape a file has.

Variables know no case, dots or hyphens, so a part that names something the user named (`WORK` in
`SIDESTREAM_PROVIDERS__WORK__BASE_URL`) is matched with what the files call it, and lower-cased when they do not.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.config.description import ROOT, Entries, Table
from tui.config.kinds import Kind
from tui.config.layers import KeyPath, Rank, Source
from tui.config.problems import Origin, Problem, nearest

_PREFIX = "SIDESTREAM_"
_NOT_IN_VARIABLES = re.compile(r"[^a-z0-9]")


@dataclass
class Variables:
    """All our variables of one environment."""

    document: dict[str, Any] = field(default_factory=dict)
    names: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """For origins."""
        return Source(Rank.ENVIRONMENT, "the environment", names=self.names)


def variables_of(environment: Mapping[str, str], known: Collection[KeyPath]) -> Variables:
    """Read them; `known` are the paths of everything that has a name from elsewhere."""
    found = Variables()
    for variable in sorted(environment):
        rest = variable.removeprefix(_PREFIX)
        parts = rest.lower().split("__")
        if rest == variable or (len(parts) == 1 and not _is_key(parts[0])):
            continue  # not ours, or ours and no setting
        try:
            path, kind = _path(parts, known)
        except _Unknown as unknown:
            found.problems.append(Problem(Origin(variable), (), str(unknown)))
            continue
        _put(found.document, path, kind.from_text(environment[variable]))
        found.names[path] = variable
    return found


class _Unknown(Exception):  # noqa: N818 - a fact about a name, caught where it happens
    """No setting has this name; the text says what there is."""


def _is_key(name: str) -> bool:
    found = ROOT.field(name)
    return found is not None and isinstance(found.shape, Kind)


def _path(parts: list[str], known: Collection[KeyPath]) -> tuple[KeyPath, Kind]:
    shape: Table | Entries | Kind = ROOT
    path: KeyPath = ()
    for part in parts:
        if isinstance(shape, Kind):
            raise _Unknown(f"{path[-1]} is a value with nothing below it; found {part!r} there")
        if isinstance(shape, Table):
            shape, name = _field_of(shape, part, path)
        else:
            name = _named(part, path, shape, known)
            shape = shape.of
        path = (*path, name)
    if not isinstance(shape, Kind):
        raise _Unknown(f"{'.'.join(path)} is a table, expected one of its keys after another __")
    return path, shape


def _field_of(table: Table, part: str, path: KeyPath) -> tuple[Table | Entries | Kind, str]:
    if (found := table.field(part)) is None:
        names = [found.name for found in table.fields]
        what = f"key {part!r} in {'.'.join(path)}" if path else f"section {part!r}"
        raise _Unknown(f"unknown {what}; {nearest(part, names)}")
    return found.shape, found.name


def _named(part: str, path: KeyPath, entries: Entries, known: Collection[KeyPath]) -> str:
    for other in known:
        if other[: len(path)] == path and len(other) > len(path) and _plain(other[len(path)]) == part:
            return other[len(path)]
    return part.replace("_", "-") if entries.is_header else part


def _plain(name: str) -> str:
    return _NOT_IN_VARIABLES.sub("_", name.lower())


def _put(document: dict[str, Any], path: KeyPath, value: object) -> None:
    for part in path[:-1]:
        document = document.setdefault(part, {})
    document[path[-1]] = value
