"""One closed piece of Markdown as rows: paragraphs, headings, lists, quotes, code, tables.

Written instead of using rich's Markdown: rows with roles need no new rendering when the theme changes, lists can be cut
at their items, and wide tables, long words and deep nesting stay cheap.
"""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tui.app.text.code import code_rows
from tui.app.text.inline import inline_lines
from tui.app.text.rows import BLANK, RULE, PlainRows, Row, Span, indented, wrapped
from tui.app.text.table import Cell, table_rows

MAX_COLUMNS: Final = 64
MAX_CELLS: Final = 2_000
"""Beyond either a table is not parsed as one: the parser fills up every row to the width of the head."""
_MIN_INNER: Final = 8
"""Cells; what is nested too deeply for a narrow pane is not indented any further."""

Env = MutableMapping[str, Any]
"""markdown-it's own: holds the link definitions seen so far under "references"."""


@dataclass(slots=True)
class _Node:
    token: Token
    children: list["_Node"] = field(default_factory=list)


def parse_blocks(source: str) -> list[Token]:
    """The block tokens of `source` without their inline content: enough to find where blocks begin."""
    return _parser(has_small_tables(source), inline=False).parse(source)


def has_small_tables(source: str) -> bool:
    """Whether each table in `source`, if there are any, is small enough to be parsed as one."""
    if source.count("|") <= MAX_COLUMNS:
        return True
    columns = lines = 0
    for line in source.split("\n"):
        if line.isspace() or not line:
            columns = lines = 0
            continue
        columns, lines = max(columns, line.count("|")), lines + 1
        if columns > MAX_COLUMNS or columns * lines > MAX_CELLS:
            return False
    return True


def collect_definitions(source: str, references: dict[str, Any]) -> None:
    """Adds the link definitions in `source` to `references`; of two for one name the first one counts."""
    if "]:" in source:
        _parser(True, inline=False).parse(source, {"references": references})


def block_rows(source: str, width: int, env: Env, number: int | None = None) -> list[Row]:
    """The rows of a piece of Markdown, without blank rows around it. `number` is where its first list begins."""
    tables = has_small_tables(source)
    nodes = _tree(_parser(tables, inline=True).parse(source, env))
    return _Renderer(source.split("\n"), number, tables).stacked(nodes, width, "", gap=1)


def plain_rows(source: str, width: int) -> PlainRows:
    """`source` as it is, without the blank lines around it."""
    rows = PlainRows(width)
    rows.append(source.strip("\n"))
    return rows


@cache
def _parser(tables: bool, *, inline: bool) -> MarkdownIt:
    # html=False makes HTML ordinary text. Smart quotes and link guessing are off: what is shown is what was sent.
    parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
    if tables:
        parser.enable("table")
    return parser if inline else parser.disable(["inline", "text_join"])


def _tree(tokens: Sequence[Token]) -> list[_Node]:
    roots: list[_Node] = []
    level = [roots]
    for token in tokens:
        if token.nesting < 0:
            level.pop()
            continue
        node = _Node(token)
        level[-1].append(node)
        if token.nesting > 0:
            level.append(node.children)
    return roots


class _Renderer:
    """Turns nodes into rows; holds what is the same for all nodes of one piece."""

    def __init__(self, lines: list[str], number: int | None, tables: bool) -> None:
        self._lines = lines
        self._number = number
        self._tables = tables

    def stacked(self, nodes: Sequence[_Node], width: int, roles: str, gap: int) -> list[Row]:
        """Blocks one below the other with `gap` blank rows between them."""
        rows: list[Row] = []
        for node in nodes:
            rows += [BLANK] * (gap if rows else 0)
            rows += self._rows(node, width, roles)
        return rows

    def _rows(self, node: _Node, width: int, roles: str) -> list[Row]:
        token = node.token
        match token.type:
            case "paragraph_open" if not self._tables and token.level == 0:
                return self._plain(token, width)
            case "paragraph_open":
                return self._inline(node, width, roles)
            case "heading_open":
                return self._inline(node, width, f"{roles} {token.tag}".strip())
            case "fence":
                return code_rows(token.content, token.info.strip().partition(" ")[0], width)
            case "code_block":
                return code_rows(token.content, "", width)
            case "bullet_list_open" | "ordered_list_open":
                return self._list(node, width, roles)
            case "blockquote_open":
                inner = self.stacked(node.children, _inner(width, 2), f"{roles} quote".strip(), gap=1)
                return indented(inner, ("▎ ", "bar"), ("▎ ", "bar"))
            case "hr":
                return [Row((("─" * width, RULE),), copied="---\n")]
            case "table_open":
                return self._table(node, width, roles)
            case _:
                return wrapped([(token.content.replace("\n", " "), roles)], width)

    def _inline(self, node: _Node, width: int, roles: str) -> list[Row]:
        lines = inline_lines(_inline_tokens(node), roles)
        return [row for line in lines for row in wrapped(line, width)]

    def _list(self, node: _Node, width: int, roles: str) -> list[Row]:
        ordered = node.token.type == "ordered_list_open"
        number = int(node.token.attrs.get("start", 1))
        if self._number is not None and node.token.level == 0:
            number, self._number = self._number, None
        rows: list[Row] = []
        for place, item in enumerate(node.children):
            mark = f"{number + place}. " if ordered else "• "
            inner = self._item(item, _inner(width, len(mark)), roles) or [BLANK]
            rows += indented(inner, (mark, "bullet"), (" " * len(mark), ""), copied=True)
        return rows

    def _item(self, item: _Node, width: int, roles: str) -> list[Row]:
        # A blank row only between two paragraphs: whether a list is loose is known at its end, too late for a stream.
        rows: list[Row] = []
        before = ""
        for node in item.children:
            if before == node.token.type == "paragraph_open":
                rows.append(BLANK)
            rows += self._rows(node, width, roles)
            before = node.token.type
        return rows

    def _table(self, node: _Node, width: int, roles: str) -> list[Row]:
        lines = [[_cell(cell, roles) for cell in row.children] for part in node.children for row in part.children]
        rows = table_rows(lines[0], lines[1:], width)
        return self._plain(node.token, width) if rows is None else rows

    def _plain(self, token: Token, width: int) -> list[Row]:
        first, last = token.map or (0, len(self._lines))
        rows = plain_rows("\n".join(self._lines[first:last]), width)
        return [rows.row(index) for index in range(len(rows))]


def _inner(width: int, prefix: int) -> int:
    return max(_MIN_INNER, width - prefix)


def _inline_tokens(node: _Node) -> Sequence[Token]:
    return [token for child in node.children for token in child.token.children or ()]


def _cell(node: _Node, roles: str) -> Cell:
    align = str(node.token.attrs.get("style", "")).removeprefix("text-align:") or "left"
    spans: list[Span] = [span for line in inline_lines(_inline_tokens(node), roles) for span in line]
    return Cell(spans, align)
