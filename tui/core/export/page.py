"""A run as one HTML file, which needs nothing else: answers side by side under a table of figures.

Whatever a model wrote is text in it. HTML in an answer is shown, not run; a link goes only where Markdown's own rules
let it (http, https, mailto); and the page's policy forbids scripts, and fetching anything, even a picture.
"""

import html
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt

from tui.core.export import words

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #8888; --lift: #8881; }
body { font: 15px/1.55 system-ui, sans-serif; margin: 2rem auto; padding: 0 1.5rem; max-width: 110rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; margin: 0 0 .6rem; }
.quiet, .end { color: color-mix(in srgb, currentColor 62%, transparent); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; }
.figures { overflow-x: auto; } .figures td:nth-child(n+3):nth-child(-n+7), .figures th:nth-child(n+3):nth-child(-n+7)
{ text-align: right; white-space: nowrap; }
.panes { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; margin-top: 1.5rem; }
.panes > section { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; min-width: 0; }
pre { overflow-x: auto; background: var(--lift); padding: .7rem; border-radius: .3rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; }
blockquote { margin: .6rem 0; padding: .1rem .8rem; border-left: 3px solid var(--line); }
.asked { white-space: pre-wrap; overflow-wrap: anywhere; } .answer { overflow-wrap: anywhere; }
"""


def page(run: dict[str, Any]) -> str:
    """The file's text. `run` is what `exported_run` makes."""
    return "".join(f"{line}\n" for line in _lines(run))


def _lines(run: dict[str, Any]) -> Iterator[str]:
    title = _escaped(words.title(run))
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    yield f'<h1>{title}</h1><p class="quiet">{_escaped(run["started_at"])} · sidestream</p>'
    if run["system"]:
        yield f'<p class="quiet">System prompt</p>{_quoted(run["system"])}'
    yield '<div class="figures"><table>'
    yield _row("th", words.FIGURES)
    yield from (_row("td", words.figures(target)) for target in run["targets"])
    yield '</table></div><div class="panes">'
    rendered = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    for target in run["targets"]:
        yield f"<section><h2>{_escaped(target['name'])}</h2>"
        for turn in words.turns(target):
            yield from _turn(turn, rendered)
        yield "</section>"
    yield "</div></body></html>"


def _turn(turn: dict[str, Any], rendered: MarkdownIt) -> Iterator[str]:
    for who, text in words.asked(turn):
        yield f'<p class="quiet">{_escaped(who)}</p>{_quoted(text)}'
    for heading, choice in words.choices(turn):
        if heading:
            yield f"<h3>{_escaped(heading)}</h3>"
        yield from _choice(choice, rendered)
    if closing := words.closing(turn):
        yield f'<p class="end">{_escaped(closing)}</p>'


def _choice(choice: dict[str, Any], rendered: MarkdownIt) -> Iterator[str]:
    if choice.get("reasoning"):
        yield f"<details><summary>Reasoning</summary>{_quoted(choice['reasoning'])}</details>"
    if choice["text"]:
        yield f'<div class="answer">{rendered.render(choice["text"])}</div>'
    if choice.get("refusal"):
        yield f'<p class="quiet">refusal</p>{_quoted(choice["refusal"])}'
    for name, arguments in words.calls(choice):
        yield f'<p class="quiet">call of {_escaped(name)}</p><pre><code>{_escaped(arguments)}</code></pre>'


def _row(tag: str, cells: tuple[str, ...] | list[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_escaped(cell)}</{tag}>' for cell in cells)}</tr>"


def _quoted(text: str) -> str:
    return f'<blockquote class="asked">{_escaped(text)}</blockquote>'


def _escaped(text: str) -> str:
    return html.escape(text)
