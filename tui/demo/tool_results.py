"""The answer after a tool has been run: it repeats what the tools returned, so a client can see that it got through."""

import json
from collections.abc import Iterator

from tui.demo.question import Question

_SHOWN = 12
_LONGEST = 160


def answer_from_results(question: Question, subject: str) -> str:
    """Text that uses every result since the assistant spoke last. Results may be JSON or anything else."""
    results: list[str] = []
    for turn in reversed(question.turns):
        if turn.role != "tool":
            break
        results.insert(0, turn.text)
    count = f"{len(results)} results" if len(results) > 1 else "the result"
    blocks = [_block(number, text, len(results)) for number, text in enumerate(results, start=1)]
    return (
        f"With {count} at hand, here is what the tools say about {subject}:\n\n" + "\n\n".join(blocks) + "\n\n"
        "That is all the tools returned; a simulated model adds nothing of its own to it."
    )


def _block(number: int, text: str, of: int) -> str:
    heading = f"**Result {number}**\n\n" if of > 1 else ""
    facts = list(_facts(text))
    lines = [f"- {fact}" for fact in facts[:_SHOWN]]
    if len(facts) > _SHOWN:
        lines.append(f"- and {len(facts) - _SHOWN} more values")
    return heading + "\n".join(lines)


def _facts(text: str) -> Iterator[str]:
    try:
        value: object = json.loads(text)
    except ValueError:
        value = text.strip() or "(empty)"
    yield from _leaves(value, "")


def _leaves(value: object, path: str) -> Iterator[str]:
    """Each scalar with the way to it, as in `weather.temperature`: 18."""
    match value:
        case dict() if value:
            for key, inner in value.items():
                yield from _leaves(inner, f"{path}.{key}" if path else str(key))
        case list() if value:
            for index, inner in enumerate(value, start=1):
                yield from _leaves(inner, f"{path} {index}".strip())
        case str():
            yield _named(path, " ".join(value.split()))
        case _:
            yield _named(path, json.dumps(value, ensure_ascii=False))


def _named(path: str, text: str) -> str:
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
    return f"`{path}`: {short}" if path else short
