"""All effective settings as TOML, each line with where its value came from. Called by `sidestream config show`."""

from collections.abc import Iterator

from tui.config.description import ROOT, Entries, Table
from tui.config.dotted import dotted, toml_value
from tui.config.kinds import Kind
from tui.config.layers import KeyPath
from tui.config.load import Loaded
from tui.config.redaction import shown

_BUILT_IN = "built in"
_COMMENT_COLUMN = 44


def overview(loaded: Loaded) -> str:
    """Everything that is set or has a default. A built-in provider appears when something of it was changed."""
    return "\n".join(_lines(loaded, ROOT, ())).strip()


def _lines(loaded: Loaded, table: Table, path: KeyPath) -> Iterator[str]:
    """Values first, then tables: TOML wants it so."""
    values = [
        _value_line(loaded, (*path, field.name), field.default_as_written)
        for field in table.fields
        if _is_value(field.shape)
    ]
    if lines := [line for line in values if line is not None]:
        if path:
            yield f"\n[{dotted(path)}]"
        yield from lines
    for field in table.fields:
        if isinstance(field.shape, Table):
            yield from _lines(loaded, field.shape, (*path, field.name))
        elif isinstance(field.shape, Entries):
            yield from _entries(loaded, field.shape, (*path, field.name))


def _entries(loaded: Loaded, entries: Entries, path: KeyPath) -> Iterator[str]:
    names = dict.fromkeys(found[len(path)] for found in loaded.leaves if found[: len(path)] == path)
    if isinstance(entries.of, Table):
        for name in names:
            yield from _lines(loaded, entries.of, (*path, name))
    elif names:
        yield f"\n[{dotted(path)}]"
        yield from (line for name in names if (line := _value_line(loaded, (*path, name), None)))


def _value_line(loaded: Loaded, path: KeyPath, default: object) -> str | None:
    """A default stands only where nothing else could: what a provider does not say, the general settings do."""
    leaf = loaded.leaves.get(path)
    if leaf is None and (default is None or len(path) > 2):
        return None
    value = default if leaf is None else shown(path, leaf)
    origin = _BUILT_IN if leaf is None else str(leaf.origin)
    pair = f"{dotted(path[-1:])} = {toml_value(value)}"
    return f"{pair:<{_COMMENT_COLUMN}} # {origin}"


def _is_value(shape: object) -> bool:
    return isinstance(shape, Kind)
