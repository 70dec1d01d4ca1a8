"""Small matters of notation all dialects share: JSON as servers write it, ids and instants that repeat."""

import json
import string
from datetime import UTC, datetime
from random import Random

from tui.demo.question import Question

_FIRST_CREATED = 1_767_225_600
"""2026-01-01. Creation times derive from the question, since equal questions must get equal bytes."""
_CREATED_SPAN_S = 180 * 24 * 3600
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Made once: `json.dumps` would make one for each call."""
_ALPHANUMERIC = string.ascii_letters + string.digits


def compact_json(value: object) -> str:
    """JSON without spaces and as raw UTF-8, so that characters do get cut by network reads."""
    return _ENCODER.encode(value)


def created_at(question: Question) -> int:
    """When the answer says it was made, seconds since 1970."""
    return _FIRST_CREATED + question.dice("created").randrange(_CREATED_SPAN_S)


def letters(dice: Random, count: int) -> str:
    """A random id of letters and digits."""
    return "".join(dice.choices(_ALPHANUMERIC, k=count))


def rfc3339(instant_s: float, nanoseconds: int | None = None) -> str:
    """An instant as Go writes it in UTC; with nine places when `nanoseconds` are given."""
    text = datetime.fromtimestamp(instant_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}Z" if nanoseconds is None else f"{text}.{nanoseconds:09d}Z"
