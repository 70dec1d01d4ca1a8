"""Random configuration documents with one value each, right or nearly so.

One, because a document with a single mistake is wrong whatever else is in it, and would hide what the judges think of
the rest.
"""

from typing import Any

from hypothesis import strategies as st

from tui.config.description import ROOT, Entries, Field, Table
from tui.config.kinds import Choice, Flag, Keys, Kind, Number, Size, Text, Texts, Whole

_WORDS = st.text("abcXYZ019 ._-/:,+", min_size=0, max_size=12)
_URLS = st.sampled_from(
    [
        "https://a.example/v1",
        "http://[::1]:80/",
        "http://h:65536/",
        "http://h:65535",
        "ftp://h",
        "http://",
        "https://a b",
    ]
)
JUNK: st.SearchStrategy[Any] = st.one_of(
    _WORDS,
    _URLS,
    st.integers(-3, 20_000_000),
    st.floats(-2, 20, allow_nan=False),
    st.booleans(),
    st.lists(_WORDS, max_size=3),
    st.dictionaries(_WORDS, st.integers(0, 3), max_size=2),
)


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Whole files."""
    return _table(ROOT)


def _table(table: Table) -> st.SearchStrategy[dict[str, Any]]:
    known = st.one_of(*(_under(field.name, _value(field)) for field in table.fields))
    return st.one_of(known, known, known, known, st.dictionaries(_WORDS, JUNK, max_size=1))


def _under(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return values.map(lambda value: {name: value})


def _value(field: Field) -> st.SearchStrategy[Any]:
    right: st.SearchStrategy[Any]
    match field.shape:
        case Table() as table:
            right = _table(table)
        case Entries() as entries:
            inner = _table(entries.of) if isinstance(entries.of, Table) else right_value(entries.of)
            names = st.one_of(st.sampled_from(["work", "my-gate", "pane.zoom", "X-Team", "a b"]), _WORDS)
            right = st.dictionaries(names, inner, max_size=1)
        case Kind() as kind:
            right = right_value(kind)
    return st.one_of(right, right, right, right, JUNK)


def right_value(kind: Kind) -> st.SearchStrategy[Any]:
    """Values that are right for a kind, or at the edge of it."""
    match kind:
        case Flag():
            return st.booleans()
        case Choice():
            return st.sampled_from(kind.words)
        case Number():
            return st.one_of(st.sampled_from([kind.least, kind.most]), st.floats(0.1, 100), st.integers(0, 100))
        case Whole():
            return st.one_of(st.integers(kind.least - 1, kind.least + 9), st.sampled_from([kind.most, 2.0, 2.5]))
        case Size():
            return st.one_of(
                st.sampled_from(["16 MiB", "1KiB", "0 B", "9999 MB", "10000 B", "1.5 MiB"]), st.integers(0, 9)
            )
        case Texts():
            return st.one_of(
                st.just([]), st.lists(st.one_of(right_value(kind.of), _WORDS), max_size=(kind.most or 3) + 1)
            )
        case Keys():
            keys = st.sampled_from(["x", "ctrl+e", "page down", "x, escape", ",", " ", ""])
            return st.one_of(keys, st.lists(keys, max_size=2))
        case Text():
            return st.one_of(_WORDS, _URLS, st.just("${HOME_SWEET}"))
        case _:
            return JUNK
