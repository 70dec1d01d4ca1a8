"""A run as a Markdown document: figures in a table, then each target's conversation under its name.

An answer stands in it as the model wrote it, its own headings included, so that nothing of it is lost or escaped.
"""

import re
from collections.abc import Iterator
from typing import Any

from tui.core.export import words

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_TICKS = re.compile(r"`+")


def markdown(run: dict[str, Any]) -> str:
    """The document. `run` is what `exported_run` makes."""
    return "\n\n".join(_blocks(run)).rstrip() + "\n"


def _blocks(run: dict[str, Any]) -> Iterator[str]:
    yield f"# {_plain(words.title(run))}"
    yield f"{run['started_at']} · sidestream"
    if run["system"]:
        yield f"System prompt:\n\n{_quoted(run['system'])}"
    yield _table([list(words.FIGURES), *(words.figures(target) for target in run["targets"])])
    for target in run["targets"]:
        yield f"## {_plain(target['name'])}"
        for turn in words.turns(target):
            yield from _turn(turn)


def _turn(turn: dict[str, Any]) -> Iterator[str]:
    for who, text in words.asked(turn):
        yield f"**{_plain(who)}**\n\n{_quoted(text)}"
    for heading, choice in words.choices(turn):
        if heading:
            yield f"### {heading}"
        yield from _choice(choice)
    if closing := words.closing(turn):
        yield f"*{_plain(closing)}*"


def _choice(choice: dict[str, Any]) -> Iterator[str]:
    if choice.get("reasoning"):
        yield f"<details><summary>Reasoning</summary>\n\n{_fenced(choice['reasoning'], 'text')}\n\n</details>"
    if choice["text"]:
        yield choice["text"].strip("\n")
    if choice.get("refusal"):
        yield f"**Refusal**\n\n{choice['refusal']}"
    for name, arguments in words.calls(choice):
        yield f"**Call of {_plain(name)}**\n\n{_fenced(arguments, 'json')}"


def _table(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(_plain(cell) for cell in row)} |" for row in rows]
    numbers = ["---", "---", *["---:"] * 5, "---"]
    return "\n".join([lines[0], f"|{'|'.join(numbers)}|", *lines[1:]])


def _plain(text: str) -> str:
    """On one line, with nothing in it that Markdown would act on."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _fenced(text: str, language: str) -> str:
    """A code block that no run of backticks in `text` can end."""
    longest = max((len(found[0]) for found in _TICKS.finditer(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
