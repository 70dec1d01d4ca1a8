"""Live Markdown: what is rendered while it arrives is what the whole would give, and nothing in it is dangerous."""

import time
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.app.text.blocks import Env, block_rows
from tui.app.text.markdown import BLOCK_LIMIT, MIN_INTERVAL_NS, MarkdownRows
from tui.app.text.rows import BLANK, Row
from tui.core.clean import clean

WIDTH = 30
SECOND = 1_000_000_000


class Ticks:
    """A clock that is moved by hand, and by a step with each look."""

    def __init__(self, step_ns: int = 0) -> None:
        self.now_ns = 0
        self.step_ns = step_ns

    def __call__(self) -> int:
        self.now_ns += self.step_ns
        return self.now_ns


def rendered(pieces: Iterable[str], width: int = WIDTH, step_ns: int = 3_000_000) -> MarkdownRows:
    """Each piece is rendered on its own; with a step near the budget, closed blocks wait for their turn."""
    clock = Ticks(step_ns)
    rows = MarkdownRows(width, clock)
    for piece in pieces:
        rows.append(piece)
        clock.now_ns += SECOND
        rows.update()
    rows.update(final=True)
    while rows.is_busy:
        rows.update()
    return rows


def whole(text: str, width: int = WIDTH) -> MarkdownRows:
    return rendered([text], width, step_ns=0)


def texts(rows: MarkdownRows) -> list[str]:
    return [rows.row(index).text.rstrip() for index in range(len(rows))]


def roles(rows: MarkdownRows, text: str) -> set[str]:
    """The roles under `text`."""
    spans = [span for index in range(len(rows)) for span in rows.row(index).spans]
    return {role for part, role in spans if text in part}


LINES = st.sampled_from(
    [
        "# Head",
        "## A *second* one",
        "plain words that are a little longer than a row",
        "with **bold**, `code` and [text](http://x.org)",
        "- item",
        "- item with **bold**",
        "  - nested",
        "* star",
        "1. one",
        "1. again",
        "7. seven",
        "  continued",
        "> quote",
        ">> nested",
        "```",
        "```python",
        "~~~",
        "def f(x): return 'a' # b",
        "| a | b |",
        "|---|--:|",
        "| 1 | 中文 |",
        "---",
        "===",
        "",
        "",
        "",
        "    indented",
        "<b>html</b>",
        "![alt](src)",
        "***",
        "1) other",
        "`````",
        " - shifted",
    ]
)
documents = st.lists(LINES, max_size=14).map("\n".join)


@settings(max_examples=300)
@given(documents, st.data())
def test_any_split_gives_the_rows_of_the_whole(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    live, complete = rendered(pieces), whole(text)
    assert [live.row(index) for index in range(len(live))] == [complete.row(index) for index in range(len(complete))]
    assert live.source() == text


@given(documents)
def test_one_character_at_a_time_gives_the_rows_of_the_whole(text: str) -> None:
    assert texts(rendered(text)) == texts(whole(text))


@pytest.mark.parametrize(
    "text", ["1. one\n\n\n1. two", "- a\n\n-\n\n- b", "a\n\n- - -\n", "x\n\n```py\ny\n```", "- a\n* b"]
)
def test_half_a_line_decides_nothing(text: str) -> None:
    assert texts(rendered(text)) == texts(whole(text))


@given(documents, st.integers(4, 40), st.integers(4, 40))
def test_a_resize_gives_what_the_other_width_gives(text: str, width: int, other: int) -> None:
    rows = whole(text, width)
    rows.resize(other)
    assert texts(rows) == texts(whole(text, other))
    for row in range(len(rows)):
        # A blank row between blocks leads to the block below it.
        assert rows.row_at(rows.offset_of(row)) in (row, row + 1 if rows.row(row) == BLANK else row)


@given(st.lists(LINES, max_size=10), st.integers(1, 40))
def test_only_the_told_rows_change(lines: list[str], size: int) -> None:
    text = "\n".join(lines)
    clock = Ticks()
    rows = MarkdownRows(WIDTH, clock)
    for start in range(0, len(text), size):
        clock.now_ns += SECOND
        before = [rows.row(index) for index in range(len(rows))]
        rows.append(text[start : start + size])
        first = rows.update()
        after = [rows.row(index) for index in range(len(rows))]
        stable = len(before) if first is None else first
        assert after[:stable] == before[:stable]


@given(documents)
def test_rows_fit_unless_the_pane_is_narrower_than_its_bars(text: str) -> None:
    assert all(cell_len(row) <= WIDTH for row in texts(whole(text)))


def test_a_quiet_look() -> None:
    source = """# Title
Some **bold** text with a [link](https://x.org/a).

- one
  - two
3. three

> said

```python
x = 1  # one
```

| a | long |
|--:|:-----|
| 1 | 2 |
"""
    rows = whole(source, 40)
    assert texts(rows) == [
        "Title",
        "",
        "Some bold text with a link",
        "(https://x.org/a).",
        "",
        "• one",
        "  • two",
        "",
        "3. three",
        "",
        "▎ said",
        "",
        " x = 1  # one",
        "",
        "a │ long",
        "──┼─────",
        "1 │ 2",
    ]
    assert roles(rows, "Title") == {"h1"}
    assert roles(rows, "bold") == {"strong"}
    assert roles(rows, "# one") == {"block comment"}
    assert {rows.row(12).fill, rows.row(13).fill} == {"block", ""}


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[https://good.example](https://evil.example)", "https://good.example (https://evil.example)"),
        ("<https://x.org>", "https://x.org"),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ("![a cat](https://x.org/c.png)", "▣ a cat (https://x.org/c.png)"),
        ("<script>x</script>", "<script>x</script>"),
        ("a &#x202e;b&#x200b;c&#x9b;d &amp; &#27;", "a \ufffdb\ufffdc\ufffdd & \ufffd"),
        ("[/] [@click=app.quit]x[/]", "[/] [@click=app.quit]x[/]"),
        ("~~gone~~ *so*", "gone so"),
        ("two  \nlines", "two\nlines"),
        ("soft\nbreak", "soft break"),
    ],
)
def test_what_is_shown_of(source: str, shown: str) -> None:
    assert "\n".join(texts(whole(clean(source), 80))) == shown


def test_an_open_fence_is_plain_and_coloured_once_closed() -> None:
    rows = MarkdownRows(WIDTH, lambda: 0)
    rows.append("```python\nreturn 1\n")
    rows.update()
    assert roles(rows, "return") == {"block"}
    rows.append("```\n")
    rows.update()
    assert roles(rows, "return") == {"block keyword"}
    assert texts(rows) == [" return 1"]


def test_closed_blocks_are_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def counted(source: str, width: int, env: Env, number: int | None = None) -> list[Row]:
        seen.append(source)
        return block_rows(source, width, env, number)

    monkeypatch.setattr("tui.app.text.markdown.block_rows", counted)
    clock = Ticks()
    rows = MarkdownRows(WIDTH, clock)
    for _ in range(50):
        clock.now_ns += SECOND
        rows.append("A paragraph.\n\n- an item\n")
        rows.update()
    assert max(map(len, seen)) < 60
    assert 100 <= len(seen) < 200


def test_the_tail_waits_ten_times_its_cost_and_a_fence_does_not() -> None:
    clock = Ticks(0)
    rows = MarkdownRows(WIDTH, clock)

    def changed(text: str, at_ns: int) -> bool:
        rows.append(text)
        clock.now_ns = at_ns
        return rows.update() is not None

    assert changed("one ", 0)
    assert not changed("two", MIN_INTERVAL_NS - 1)
    assert changed("", MIN_INTERVAL_NS)
    assert texts(rows) == ["one two"]
    assert changed("\n```\nx", 200_000_000)
    assert changed("y", 200_000_000)
    assert texts(rows)[-1] == " xy"


def test_a_long_text_is_rendered_in_parts_and_is_complete_meanwhile() -> None:
    clock = Ticks(3_000_000)
    rows = MarkdownRows(WIDTH, clock)
    rows.append("A **bold** word.\n\n" * 40)
    rows.update(final=True)
    assert len(rows) == 79
    assert "A **bold** word." in texts(rows)
    while rows.is_busy:
        rows.update()
    assert set(texts(rows)) == {"A bold word.", ""}


def test_link_definitions_act_on_what_follows() -> None:
    rows = rendered(["[a]: https://x.org\n\nfirst\n\n", "see [a]\n\nend\n"])
    assert texts(rows) == ["first", "", "see a (https://x.org)", "", "end"]


def test_an_overlong_block_is_plain_until_a_blank_line() -> None:
    rows = rendered(["**a** " * BLOCK_LIMIT, "\n\nthen **b**"])
    assert texts(rows)[0].startswith("**a** **a**")
    assert texts(rows)[-1] == "then b"


HOSTILE = {
    "table with 2000 columns": "|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n" + ("|" + "x|" * 2000 + "\n") * 20,
    "short rows under a wide head": "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n" + "|x\n" * 5000,
    "empty lines": "\n" * 50_000,
    "word": "x" * 200_000,
    "brackets": "[" * 20_000,
    "images": "![" * 10_000,
    "quotes": "> " * 20_000 + "x",
    "nested lists": "".join("  " * depth + "- x\n" for depth in range(300)),
    "stars": "*a _b " * 4_000,
    "fence": "```python\n" + "x = 'a'\n" * 20_000,
    "definitions": "[a]: x\n" * 5_000,
    "joiners": "a\u200d" * 50_000,
    "ticks": "".join("a" + "`" * count for count in range(200)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_sizes_stay_bounded(text: str) -> None:
    rows = MarkdownRows(60, lambda: time.perf_counter_ns())
    longest = 0.0
    for start in range(0, len(text), 20_000):
        begin = time.process_time()
        rows.append(text[start : start + 20_000])
        rows.update(final=start + 20_000 >= len(text))
        longest = max(longest, time.process_time() - begin)
    # A stock widget needs 7 s for the table; 0.02 to 0.2 s is usual here, the rest is for a busy machine.
    assert longest < 1.5
    assert rows.source() == text
