"""Where, in a recorded body, the proof stands that the answer is whole: judged from the bytes, not by our decoders."""

import re

_FINISH = rb'"finish_reason"\s*:\s*"|\[DONE\]'
_MARKS = {
    "chat": _FINISH,
    "completions": _FINISH,
    "anthropic": rb"message_stop",
    "responses": rb"response\.(?:completed|incomplete)",
    "gemini": rb'"finish_?[rR]eason"\s*:\s*"|"block_?[rR]eason"\s*:\s*"',
    "ollama": rb'"done"\s*:\s*true',
}
_LINES = frozenset({"ollama"})
"""Dialects whose bodies begin with `{` without being one document."""


def proof_starts_at(dialect: str, raw: bytes) -> int:
    """The first byte that belongs to the proof; what ends before it is not complete. `len(raw)` where there is none."""
    if _is_document(dialect, raw):
        return max(0, raw.rfind(b"}"))  # a document proves itself with its last bracket
    found = re.search(_MARKS[dialect], raw)
    return found.start() if found else len(raw)


def holds_proof(dialect: str, raw: bytes) -> bool:
    """Whether damaged bytes may prove something after all: by a mark, or as a document closed by a lucky flip."""
    return _is_document(dialect, raw) or re.search(_MARKS[dialect], raw) is not None


def _is_document(dialect: str, raw: bytes) -> bool:
    return raw.lstrip()[:1] == b"{" and dialect not in _LINES
