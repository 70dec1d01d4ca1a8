"""Why a stream ended, in words: the pane's subtitle and the `end` of the JSON output."""

from tui.core.failure import StreamError
from tui.core.phase import Phase
from tui.core.stream import StreamState

_FINISH_WORDS = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool calls",
    "content_filter": "content filter",
    "error": "error",
    "cancelled": "cancelled by the server",
    "pause": "pause",
}

_STATUS_WORDS = {
    408: "request timeout",
    409: "conflict",
    429: "rate limited",
    500: "server error",
    502: "bad gateway",
    503: "unavailable",
    504: "gateway timeout",
    529: "overloaded",
}
_CAUSE_CHARS = 60


def ending(state: StreamState) -> str:
    """One phrase; empty while the stream runs."""
    match state.phase:
        case Phase.COMPLETE:
            return "; ".join(part for part in (_finish_words(state), schema_words(state)) if part)
        case Phase.CANCELLED:
            return "cancelled"
        case Phase.INTERRUPTED:
            after = _interrupted_words(state)
            return f"{after}: {state.error.message}" if state.error else after
        case Phase.FAILED:
            return f"error: {_error_words(state)}"
        case _:
            return ""


def short_ending(state: StreamState) -> str:
    """The same without the server's message, for a place beside one that shows it."""
    match state.phase:
        case Phase.INTERRUPTED:
            return _interrupted_words(state)
        case Phase.FAILED:
            return f"error {state.error.status}" if state.error and state.error.kind == "http" else "error"
        case Phase.COMPLETE:
            return _finish_words(state)
        case _:
            return ending(state)


def schema_words(state: StreamState) -> str:
    """Whether the answer follows the schema it was asked to; empty when there was nothing to judge."""
    errors = state.schema_errors
    if not errors:
        return "" if errors is None else "follows the schema"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"does not follow the schema: {errors[0]}{more}"


def schema_mark(state: StreamState) -> str:
    """The same in short: a mark, and the first path that fails; empty when there was nothing to judge."""
    errors = state.schema_errors
    if not errors:
        return "" if errors is None else "✓ schema"
    return f"✗ schema {errors[0].partition(': ')[0]}"


def cause_words(error: StreamError) -> str:
    """Why an attempt failed, in a few words: `429 rate limited`, or the beginning of what is known."""
    if error.kind == "http" and error.status is not None:
        return f"{error.status} {_STATUS_WORDS.get(error.status, '')}".rstrip()
    return error.message if len(error.message) <= _CAUSE_CHARS else f"{error.message[: _CAUSE_CHARS - 1]}…"


def size_words(size: int) -> str:
    """A byte count for people: `812 B`, `4.1 kB`, `2.3 MB`."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1e3:.1f} kB" if size < 999_950 else f"{size / 1e6:.1f} MB"


def _interrupted_words(state: StreamState) -> str:
    size = size_words(state.bytes_received)
    return f"interrupted after {size}" if state.answer.has_output else f"interrupted before any text, after {size}"


def _finish_words(state: StreamState) -> str:
    choices = state.answer.ordered_choices()
    words = dict.fromkeys(_choice_words(choice.finish_reason, choice.finish_reason_raw) for choice in choices)
    if any(choice.refusal for choice in choices):
        words = {"refusal": None, **words}
    return ", ".join(words)


def _choice_words(reason: str | None, raw: str | None) -> str:
    if reason is None:
        return "done"
    return _FINISH_WORDS.get(reason) or (raw or "other").replace("_", " ").lower()


def _error_words(state: StreamState) -> str:
    error = state.error
    if error is None:
        return "unknown"
    words = f"{error.status} {error.message}" if error.kind == "http" and error.status else error.message
    tries = len(state.attempts)
    return f"{words} (after {tries} attempts)" if tries > 1 else words
