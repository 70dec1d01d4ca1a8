"""The inline part of Markdown: emphasis, code, links and images as styled spans.

A link always shows where it leads, because its text may name another place. Nothing becomes a terminal hyperlink.
"""

from collections.abc import Sequence

from markdown_it.token import Token

from tui.app.text.rows import Span
from tui.core.clean import clean_line

_OPENS = {"strong_open": "strong", "em_open": "em", "s_open": "strike"}
_CLOSES = {"strong_close", "em_close", "s_close"}


def inline_lines(children: Sequence[Token], roles: str = "") -> list[list[Span]]:
    """The lines of an inline token's children; more than one only after hard line breaks.

    Texts pass the gate again, since entities such as `&#x202e;` are decoded by the parser.
    """
    lines: list[list[Span]] = [[]]
    stack = [roles]
    links: list[tuple[str, int]] = []
    for token in children:
        line = lines[-1]
        match token.type:
            case "text" | "html_inline":
                line.append((clean_line(token.content), stack[-1]))
            case "code_inline":
                line.append((clean_line(token.content), _with(stack[-1], "code")))
            case "softbreak":
                line.append((" ", stack[-1]))
            case "hardbreak":
                lines.append([])
            case "image":
                line.append((f"▣ {clean_line(token.content) or 'image'}", _with(stack[-1], "image")))
                line.append((_address(str(token.attrs.get("src", "")), ""), _with(stack[-1], "address")))
            case "link_open":
                stack.append(_with(stack[-1], "link"))
                links.append((str(token.attrs.get("href", "")), len(lines[-1])))
            case "link_close":
                stack.pop()
                href, start = links.pop()
                shown = "".join([text for text, _roles in line[start:]])
                line.append((_address(href, shown), _with(stack[-1], "address")))
            case kind if kind in _OPENS:
                stack.append(_with(stack[-1], _OPENS[kind]))
            case kind if kind in _CLOSES:
                stack.pop()
            case _:
                line.append((clean_line(token.content), stack[-1]))
    return [[span for span in line if span[0]] for line in lines]


def _with(roles: str, role: str) -> str:
    return f"{roles} {role}" if roles else role


def _address(href: str, shown: str) -> str:
    if not href or href in (shown, f"mailto:{shown}"):
        return ""
    return f" ({clean_line(href)})"
