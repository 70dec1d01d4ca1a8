"""One source of settings (a file, the environment, the options of a command) checked against the description.

A layer is flat: one `Leaf` for each value, by its path. Layers are then laid over each other key by key, and only when
none of them had a problem is anything made of the result.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from tui.config.description import ROOT, Entries, Field, Table
from tui.config.kinds import Kind, Mismatch, found
from tui.config.problems import Origin, Problem, nearest
from tui.config.toml_lines import lines_of_keys
from tui.config.variables import VariableError, expanded, names_variable

KeyPath = tuple[str, ...]

Guard = Callable[[KeyPath, Field, object], str | None]
"""Why this source may not set this key to this value; None when it may."""


class Rank(IntEnum):
    """Which source wins: the higher one."""

    BUILT_IN = 0
    USER = 1
    PROJECT = 2
    ENVIRONMENT = 3
    FLAG = 4

    @property
    def is_for_this_run(self) -> bool:
        """Whether it was said for one run, rather than written down."""
        return self >= Rank.ENVIRONMENT


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value that was set."""

    value: Any
    """As the program wants it."""
    written: object
    """As it was written: with its references to variables, so that showing it shows nothing of theirs."""
    origin: Origin
    rank: Rank


@dataclass
class Layer:
    """What one source says."""

    leaves: dict[KeyPath, Leaf] = field(default_factory=dict)
    tables: dict[KeyPath, Origin] = field(default_factory=dict)
    """Tables the user named, such as a provider; also those with nothing in them."""
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """Where a document comes from."""

    rank: Rank
    name: str
    file: Path | None = None
    text: str = ""
    """The file's, for its lines."""
    names: Mapping[KeyPath, str] = field(default_factory=dict)
    """What each key was called by, when that is no file: a variable, an option."""

    def origin(self, path: KeyPath) -> Origin:
        """Where `path`, or the innermost table around it that is written somewhere, stands."""
        if self.file is None:
            return Origin(self.names.get(path, self.name))
        line = next((self._lines[part] for part in _outwards(path) if part in self._lines), None)
        return Origin(self.name, self.file, line)

    @cached_property
    def _lines(self) -> Mapping[KeyPath, int]:
        return lines_of_keys(self.text)


def read_layer(
    document: Mapping[str, Any], source: Source, variables: Mapping[str, str] | None, guard: Guard | None = None
) -> Layer:
    """Check all of a document. References are replaced from `variables`; None leaves text as it is."""
    reader = _Reader(source, variables, guard)
    reader.table(ROOT, document, ())
    return reader.layer


def field_at(path: KeyPath) -> Field | None:
    """The description of the innermost named key of `path`."""
    shape: Table | Entries | Kind = ROOT
    innermost = None
    for name in path:
        if isinstance(shape, Table):
            innermost = shape.field(name)
            if innermost is None:
                return None
            shape = innermost.shape
        elif isinstance(shape, Entries):
            shape = shape.of
    return innermost


class _Reader:
    def __init__(self, source: Source, variables: Mapping[str, str] | None, guard: Guard | None) -> None:
        self.layer = Layer()
        self._source = source
        self._variables = variables
        self._guard = guard

    def table(self, table: Table, document: Mapping[str, Any], path: KeyPath) -> None:
        for name, value in document.items():
            if (known := table.field(name)) is None:
                names = [known.name for known in table.fields]
                self._complain((*path, name), f"unknown key; {nearest(name, names)}")
            else:
                self._field(known, known.shape, value, (*path, name))

    def _field(self, owner: Field, shape: Table | Entries | Kind, value: Any, path: KeyPath) -> None:
        if isinstance(shape, Kind):
            self._leaf(owner, shape, value, path)
        elif not isinstance(value, Mapping):
            self._complain(path, f"found {found(value)}, expected a table")
        elif isinstance(shape, Table):
            self.table(shape, value, path)
        else:
            self._entries(owner, shape, value, path)

    def _entries(self, owner: Field, entries: Entries, value: Mapping[str, Any], path: KeyPath) -> None:
        for name, inner in value.items():
            inner_path = (*path, name)
            if not re.fullmatch(entries.name.pattern, name):
                self._complain(inner_path, f"found this name, expected {entries.name.expected}")
                continue
            if isinstance(entries.of, Table):
                self.layer.tables[inner_path] = self._source.origin(inner_path)
            self._field(owner, entries.of, inner, inner_path)

    def _leaf(self, owner: Field, kind: Kind, written: object, path: KeyPath) -> None:
        if self._guard is not None and (refusal := self._guard(path, owner, written)):
            self._complain(path, refusal)
            return
        is_reference = not kind.is_secret and names_variable(written)  # a key is looked for when it is needed
        try:
            value = written
            if self._variables is not None and not kind.is_secret:
                value = expanded(written, self._variables)
            read = kind.read(value)
        except VariableError as problem:
            self._complain(path, str(problem))
        except Mismatch as mismatch:
            # What a variable holds may be a secret that was put in the wrong place.
            complaint = f"found {kind.found(written)} with its variables replaced, expected {kind.expected}"
            self._complain(path, complaint if is_reference else str(mismatch))
        else:
            self.layer.leaves[path] = Leaf(read, written, self._source.origin(path), self._source.rank)

    def _complain(self, path: KeyPath, message: str) -> None:
        self.layer.problems.append(Problem(self._source.origin(path), path, message))


def overlaid(layers: Collection[Layer]) -> Layer:
    """All layers as one, the later ones over the earlier ones, key by key."""
    whole = Layer()
    for layer in layers:
        whole.leaves |= layer.leaves
        whole.tables = layer.tables | whole.tables
        whole.problems += layer.problems
    return whole


def _outwards(path: KeyPath) -> Iterator[KeyPath]:
    for length in range(len(path), 0, -1):
        yield path[:length]
