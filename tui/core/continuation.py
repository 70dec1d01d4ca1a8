"""How an answer that broke off can be continued, which differs between dialects, servers and models.

Where the answer so far can be sent back for the model to write on in, that is the honest way: the whole is one answer.
Elsewhere servers refuse such a request or answer anew, and a user's turn asks to go on.
"""

import re

from tui.core.phase import Phase
from tui.core.request import Message
from tui.core.snapshot import Snapshot
from tui.core.target import Target
from tui.core.turns import WayOn

_ENDED_EARLY = (Phase.INTERRUPTED, Phase.CANCELLED, Phase.FAILED)
_PREFILLED_CHAT = frozenset({"llamacpp", "mistral", "vllm"})
"""Providers of the chat dialect that write on in the last message; elsewhere it is history like any other."""
_KEEPERS = frozenset({"azure", "demo", "openai"})
_CLAUDE = re.compile(r"claude-(?:(\d)\b|instant|[a-z]+-(\d+)(?:-(\d{1,2})\b)?)")
_LAST_PREFILLED_CLAUDE = (4, 5)


def way_on(target: Target, snapshot: Snapshot, choice_index: int, answer: Message) -> WayOn | None:
    """How the answer in `snapshot`, sent back as `answer`, goes on. None when it is whole, or waits for results."""
    choice = next((choice for choice in snapshot.choices if choice.index == choice_index), None)
    reason = choice.finish_reason if choice else None
    if reason == "pause":
        return None if answer.calls else "resume"
    if reason != "length" and snapshot.phase not in _ENDED_EARLY:
        return None
    return "prefill" if answer.text.strip() and not answer.calls and writes_on(target) else "ask"


def keeps_responses(target: Target) -> bool:
    """Whether a server that says it keeps responses is believed: many repeat `store: true` and keep nothing."""
    return target.dialect == "responses" and (target.provider in _KEEPERS or target.options.get("store") is True)


def writes_on(target: Target) -> bool:
    """Whether the server writes on in an assistant's message that comes last."""
    match target.dialect:
        case "completions" | "ollama":
            return True
        case "chat":
            return target.provider in _PREFILLED_CHAT
        case "anthropic":
            return _is_prefilled_claude(target.model) and "thinking" not in target.options
        case _:
            return False


def _is_prefilled_claude(model: str) -> bool:
    """Claude refuses it from version 4.6 on; other models behind this dialect take it."""
    found = _CLAUDE.search(model)
    if found is None:
        return "claude" not in model
    old, major, minor = found.groups()
    return major is None or old is not None or (int(major), int(minor or 0)) <= _LAST_PREFILLED_CLAUDE
