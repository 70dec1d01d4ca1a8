"""Settled sections: they look as any others, cost nothing, and can be taken away again."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.app.text.document import Document, Place
from tui.core.clean import clean

OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["text", "markdown"]), st.integers(0, 2), st.booleans()),
        st.tuples(
            st.just("append"), st.integers(0, 9), st.sampled_from(["a word or two ", "line\n\n", "- item\n", ""])
        ),
        st.tuples(st.just("settle")),
        st.tuples(st.just("flush")),
        st.tuples(st.just("show"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("resize"), st.sampled_from([8, 20])),
        st.tuples(st.just("rendered"), st.booleans()),
        st.tuples(st.just("cut"), st.integers(0, 3)),
    ),
    max_size=25,
)


class Pair:
    """A document that is settled now and then, and one that never is, of the same sections."""

    def __init__(self) -> None:
        self.made, self.plain = Document(lambda: 0), Document(lambda: 0)
        self.width = 12
        self.layers: list[int] = []
        self.count = 0

    def both(self, method: str, key: str | None, *arguments: Any) -> None:
        for document in (self.made, self.plain):
            target = document if key is None else _section(document, key)
            getattr(target, method)(*arguments)

    def do(self, name: str, *arguments: Any) -> None:
        keys = [section.key for section in self.plain.sections]
        growing = keys[self.layers[-1] if self.layers else 0 :]
        match name, arguments:
            case "add", (kind, gap, visible):
                self.count += 1
                for document in (self.made, self.plain):
                    document.add(f"k{self.count}", kind, "", 0, gap, visible, None)
            case "append", (number, text) if growing:
                self.both("append", growing[number % len(growing)], clean(text))
            case "settle", ():
                self.made.settle("x")
                self.layers.append(len(keys))
            case "flush", ():
                self.both("flush", None, self.width)
            case "show", (number, visible) if keys:
                key = keys[number % len(keys)]
                _section(self.plain, key).visible = visible
                self.made.show(_section(self.made, key).key, visible)
            case "resize", (width,):
                self.width = width
                self.both("resize", None, width)
            case "rendered", (rendered,):
                self.both("set_rendered", None, rendered)
            case "cut", (layers,):
                del self.layers[layers:]
                self.made.cut(layers)
                keep = self.layers[-1] if self.layers else 0
                for section in self.plain.sections[keep:]:
                    del self.plain._by_key[section.key]
                del self.plain.sections[keep:]

    def rows(self, document: Document) -> list[str]:
        places = [document.locate(number) for number in range(len(document) + 1)]
        return ["" if place is None else document.row(place).text for place in places]


def _section(document: Document, key: str) -> Any:
    return next(section for section in document.sections if section.key.lstrip("x") == key)


def _flushed(document: Document, width: int) -> None:
    for _ in range(50):
        document.flush(width, final=True)
        if not document.is_busy:
            return
    raise AssertionError("it never comes to rest")


@given(OPERATIONS)
@settings(max_examples=300, deadline=None)
def test_a_settled_document_shows_what_any_other_shows(operations: list[Any]) -> None:
    pair = Pair()
    for name, *arguments in operations:
        if name == "flush":
            pair.made.flush(pair.width, final=False)
            pair.plain.flush(pair.width, final=False)
        else:
            pair.do(name, *arguments)
    _flushed(pair.made, pair.width)
    _flushed(pair.plain, pair.width)
    assert pair.rows(pair.made) == pair.rows(pair.plain)
    assert list(pair.made._extents()) == list(pair.plain._extents())
    for number in range(len(pair.plain) + 1):
        mark = pair.made.mark(number)
        assert (mark is None) == (pair.plain.mark(number) is None)
        assert mark is None or pair.made.row_of(mark) is not None
    assert [n for n, _, _ in pair.made.numbered_rows(3)] == [n for n, _, _ in pair.plain.numbered_rows(3)]


def test_a_settled_section_is_not_looked_at_again() -> None:
    made = Document(lambda: 0)
    made.add("a", "text", "", 0, 0, True, None)
    made["a"].append("above")
    made.settle("1 ")
    made.flush(20, final=False)
    made.add("a", "text", "", 0, 1, True, None)
    made["1 a"].flush = None  # type: ignore[method-assign, assignment]
    made["a"].append("below")
    assert made.flush(20, final=False) == 1, "the blank row above it is new as well"
    assert len(made) == 3
    assert not made.is_busy


@pytest.mark.parametrize("change", ["resize", "show", "cut", "rendered"])
def test_a_change_above_is_seen_below(change: str) -> None:
    made = Document(lambda: 0)
    for number in range(2):
        made.add("a", "markdown", "", 0, 0, True, None)
        made["a"].append("**four** words in here")
        made.settle(f"{number} ")
    made.add("a", "text", "", 0, 0, True, None)
    made["a"].append("below")
    _flushed(made, 30)
    assert [made.row(Place(place, 0)).text for place, _, _ in made._extents()] == [*["four words in here"] * 2, "below"]
    match change:
        case "resize":
            made.resize(10)
            _flushed(made, 10)
            expected = [(0, 0, 2), (1, 2, 4), (2, 4, 5)]
        case "show":
            made.show("0 a", visible=False)
            _flushed(made, 30)
            expected = [(1, 0, 1), (2, 1, 2)]
        case "cut":
            made.cut(1)
            expected = [(0, 0, 1)]
        case _:
            made.set_rendered(False)
            _flushed(made, 20)
            expected = [(0, 0, 2), (1, 2, 4), (2, 4, 5)]
    assert list(made._extents()) == expected
    assert len(made) == expected[-1][2]
