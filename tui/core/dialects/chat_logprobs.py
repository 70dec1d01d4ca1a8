"""Log probabilities as legacy Completions sends them: parallel arrays, with null where nothing is known.

The first token of an echoed prompt has no probability, and arrays may be cut short; what is missing is None.
"""

from itertools import zip_longest
from typing import Any

from tui.core.dialects.chat_wire import WireLogprobs
from tui.core.events import TokenLogprob
from tui.core.text import paired

_MAX = 1e300
"""Beyond this a number stands for infinity, which cannot be written as JSON."""


def parallel_logprobs(wire: WireLogprobs) -> tuple[TokenLogprob, ...]:
    """One entry for each of `tokens`."""
    tokens = wire.tokens or []
    rows = zip_longest(tokens, (wire.token_logprobs or [])[: len(tokens)], (wire.top_logprobs or [])[: len(tokens)])
    return tuple(
        TokenLogprob(paired(token) if isinstance(token, str) else "", _logprob(value), _alternatives(top))
        for token, value, top in rows
    )


def _logprob(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, float | int) or not abs(value) < _MAX:
        return None
    return float(value)


def _alternatives(top: Any) -> tuple[tuple[str, float], ...]:
    if not isinstance(top, dict):
        return ()
    found = ((token, _logprob(value)) for token, value in top.items())
    return tuple((paired(token), value) for token, value in found if value is not None)
