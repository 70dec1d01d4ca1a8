"""Rows of a code block: a quiet background and syntax colours by role, so that they follow the theme."""

from functools import lru_cache
from typing import Final

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import Token, _TokenType  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from tui.app.text.rows import Row, Span, indented, wrapped

COLOUR_LIMIT: Final = 8_000
"""Characters; longer code stays in one colour, because a lexer runs on the screen's loop and cannot be interrupted."""

_ROLES: Final[dict[_TokenType, str]] = {
    Token.Comment: "comment",
    Token.Keyword: "keyword",
    Token.Operator.Word: "keyword",
    Token.Name.Function: "function",
    Token.Name.Class: "function",
    Token.Name.Decorator: "function",
    Token.Name.Builtin: "builtin",
    Token.Name.Tag: "keyword",
    Token.Name.Attribute: "builtin",
    Token.Literal.String: "string",
    Token.Literal.Number: "number",
    Token.Keyword.Constant: "number",
    Token.Generic.Inserted: "string",
    Token.Generic.Deleted: "number",
    Token.Generic.Heading: "keyword",
    Token.Generic.Subheading: "keyword",
}


def code_rows(code: str, language: str, width: int) -> list[Row]:
    """The rows of `code` in a block; a broken line is one line again when it is copied."""
    lines = _coloured(code, language) if language and len(code) <= COLOUR_LIMIT else _uncoloured(code)
    rows: list[Row] = []
    for line in lines:
        broken = wrapped(line, width - 2, by_words=False, fill="block")
        rows += indented(broken, (" ", "block"), (" ", "block"))
    return rows


def _uncoloured(code: str) -> list[list[Span]]:
    return [[(line, "block")] for line in code.removesuffix("\n").split("\n")]


def _coloured(code: str, language: str) -> list[list[Span]]:
    lexer = _lexer(language.lower())
    if lexer is None:
        return _uncoloured(code)
    lines: list[list[Span]] = [[]]
    for kind, value in lexer.get_tokens(code.removesuffix("\n")):
        role = _role(kind)
        first, *more = value.split("\n")
        _join(lines[-1], first, role)
        lines += [[(part, role)] for part in more]
    return [[span for span in line if span[0]] for line in lines]


def _join(line: list[Span], text: str, role: str) -> None:
    """Adds to a line; neighbours of one colour become one span, and spaces have none."""
    if line and (line[-1][1] == role or text.isspace()):
        line[-1] = (line[-1][0] + text, line[-1][1])
    else:
        line.append((text, role))


@lru_cache(64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(1024)
def _role(kind: _TokenType) -> str:
    found: _TokenType | None = kind
    while found is not None:
        if found in _ROLES:
            return f"block {_ROLES[found]}"
        found = found.parent
    return "block"
