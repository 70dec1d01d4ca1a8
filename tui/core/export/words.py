"""What the written-out formats say of a run: the same words in Markdown and in HTML."""

from collections.abc import Iterator
from typing import Any

from tui.core.figures import cost_text, count_text, duration_text, rate_text

FIGURES = ("target", "model", "first token", "tokens/s", "tokens", "time", "cost", "ended")
"""Headings of the table of figures: those a pane shows, by docs/metrics.md; cost is in US dollars."""
_TITLE_CHARS = 80
_BEGUN = "still running"
_WHO = {"user": "you", "assistant": "assistant"}


def title(run: dict[str, Any]) -> str:
    """The beginning of the prompt."""
    line = " ".join(run["prompt"].split())
    return (line if len(line) <= _TITLE_CHARS else f"{line[: _TITLE_CHARS - 1]}…") or "A run without a prompt"


def figures(target: dict[str, Any]) -> list[str]:
    """A target's row in the table; an en dash where there is no figure."""
    metrics = target.get("metrics") or {}
    cost = target.get("cost") or {}
    is_estimated = metrics.get("output_tokens_source") == "estimated"
    return [
        target["name"],
        target.get("model") or target.get("model_requested") or "–",
        duration_text(_ns(metrics.get("time_to_first_token_ms")), at_most=bool(metrics.get("ttft_may_be_late"))),
        rate_text(metrics.get("average_tokens_per_second")),
        count_text(metrics.get("output_tokens"), estimated=is_estimated),
        duration_text(_ns(metrics.get("operation_duration_ms"))),
        cost_text(cost.get("total"), estimated=cost.get("tokens_source") == "estimated"),
        target.get("end") or _BEGUN,
    ]


def turns(target: dict[str, Any]) -> list[dict[str, Any]]:
    """All of a target's turns in order; the last one is the target itself."""
    return [*target["turns"], target]


def asked(turn: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Who said what before the answer: `you` and a text, or the tool and its result."""
    for message in turn["asked"]:
        who = f"result of {message.get('tool') or 'a call'}" if message["role"] == "tool" else _WHO[message["role"]]
        yield who, message["text"]


def choices(turn: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The choices with a heading for each; none where there is only one."""
    found = turn["choices"]
    return [(f"choice {choice['index'] + 1}" if len(found) > 1 else "", choice) for choice in found]


def calls(choice: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and arguments of every call of a choice."""
    legacy = [choice["function_call"]] if choice.get("function_call") else []
    return [(call["name"], call["arguments"]) for call in (*choice.get("tool_calls", ()), *legacy)]


def closing(turn: dict[str, Any]) -> str:
    """Why the turn ended, where that is more than that the model stopped; empty otherwise."""
    end = turn.get("end")
    words = _BEGUN if end == "" else "" if end in (None, "stop") else end
    return f"{words} · answer of {turn['answer_of']}".lstrip(" ·") if turn.get("answer_of") else words


def _ns(duration_ms: float | None) -> float | None:
    return None if duration_ms is None else duration_ms * 1e6
