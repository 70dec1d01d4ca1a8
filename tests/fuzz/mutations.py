"""Ways to damage a recorded body, from single bits to whole events and the values inside of their JSON.

Each takes the random source and returns new bytes; none knows a dialect. The same source gives the same damage.
"""

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

MOST_BYTES = 96 * 1024
"""Longer results are cut, or repeating and splicing would make each input slower than the one before."""

TOKENS = (
    *(b"data:", b"data: ", b"event: error\n", b"event: message_stop\n", b"error: ", b": ping\n\n", b"id: 1\n"),
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\r\r", b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\0", b" "),
    *(b"[DONE]", b"<html>", b"null", b"{}", b"[]", b"1e999", b"NaN", b"-0", b"\xef\xbb\xbf", b"\xff", b"\xc3"),
    *(b"\\ud83d", b"\\ude04", b"\xe2\x80\xa8", b"\x1b[2J", b'{"error":"x"}', b'{"error":{"message":"x"}}\n\n'),
)
_MOST_EVENTS = 60
"""Of a longer recording a beginning and an end are taken: the middle only repeats itself."""

Mutation = Callable[[Random, bytes], bytes]


def flip(source: Random, raw: bytes) -> bytes:
    """Turn a few bits around."""
    damaged = bytearray(raw)
    for _ in range(source.choice((1, 1, 1, 2, 4, 16))):
        if damaged:
            damaged[source.randrange(len(damaged))] ^= 1 << source.randrange(8)
    return bytes(damaged)


def cut(source: Random, raw: bytes) -> bytes:
    """Leave a piece out."""
    start = source.randint(0, len(raw))
    return raw[:start] + raw[start + source.choice((1, 1, 2, 5, 20, 200, 5_000)) :]


def truncate(source: Random, raw: bytes) -> bytes:
    """End early."""
    return raw[: source.randint(0, len(raw))]


def repeat(source: Random, raw: bytes) -> bytes:
    """Send a piece once more, or many times."""
    start = source.randint(0, len(raw))
    end = min(len(raw), start + source.choice((1, 4, 30, 300, 3_000)))
    return raw[:end] + raw[start:end] * source.choice((1, 1, 1, 2, 8)) + raw[end:]


def insert(source: Random, raw: bytes) -> bytes:
    """Put syntax or noise somewhere."""
    at = source.randint(0, len(raw))
    noise = source.randbytes(source.randint(1, 12))
    new = b"".join(source.choices(TOKENS, k=source.randint(1, 4))) if source.random() < 0.8 else noise
    return raw[:at] + new + raw[at:]


def duplicate_events(source: Random, raw: bytes) -> bytes:
    """Send some events twice, which proxies do when they reconnect."""
    return b"".join(event * source.choice((1, 1, 1, 1, 2, 3)) for event in events_of(raw))


def drop_events(source: Random, raw: bytes) -> bytes:
    """Lose some events."""
    return b"".join(event for event in events_of(raw) if source.random() < 0.85)


def shuffle_events(source: Random, raw: bytes) -> bytes:
    """Let two events change places, or all of them."""
    events = events_of(raw)
    if source.random() < 0.2:
        source.shuffle(events)
    elif len(events) > 1:
        one, other = source.sample(range(len(events)), 2)
        events[one], events[other] = events[other], events[one]
    return b"".join(events)


def other_line_ends(source: Random, raw: bytes) -> bytes:
    """End lines another way everywhere."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", source.choice((b"\r\n", b"\r", b"\n\n")))


def change_value(source: Random, raw: bytes) -> bytes:
    """Change one value inside of a JSON object, at any depth."""
    text = raw.decode("utf-8", "surrogateescape")
    start = text.find("{", source.randint(0, len(text)))
    start = text.find("{") if start < 0 else start
    if start < 0:
        return raw
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return raw
    try:
        changed = _as_json(_changed(source, value), ascii_only=source.random() < 0.5)
    except RecursionError:  # an earlier damage nested it deeper than Python writes
        return raw
    return (text[:start] + changed + text[end:]).encode("utf-8", "surrogateescape")


def _changed(source: Random, value: dict[str, Any]) -> Any:
    """`value` with one of the values in it replaced, removed, wrapped or exchanged."""
    places = [(value, key) for key in value]
    for container, key in places:  # grows while it is walked: every place at every depth
        places.extend(_places_in(container[key]))
    if not places:
        return source.choice(_ODD)
    container, key = source.choice(places)
    match source.randrange(6):
        case 0:
            del container[key]
        case 1:
            container[key] = [container[key]]
        case 2:
            other, other_key = source.choice(places)
            container[key] = json.loads(json.dumps(other[other_key]))  # a copy: values must not hold themselves
        case _:
            container[key] = source.choice(_ODD)
    return value


def _places_in(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return [(value, key) for key in value]
    return [(value, index) for index in range(len(value))] if isinstance(value, list) else []


_LITERALS = {
    "@huge-int@": "9" * 60,
    "@wide-int@": "9" * 5_000,
    "@huge-float@": "1e999",
    "@nan@": "NaN",
    "@deep@": "[" * 3_000 + "]" * 3_000,
    "@deep-object@": '{"a":' * 990 + "1" + "}" * 990,
}
"""What Python's encoder cannot write, by the text that stands for it."""
_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 127, 128, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 0.5, -0.0, 1e300),
    *("", " ", "x", "null", "0", "7", "stop", "[DONE]", "\ud83d", "\ude04", "😄", "\x00", "\x1b[31m", "a\u2028b", "{}"),
    *("x" * 5_000, [], [None], [[]], [1, "a"], {}, {"": ""}, {"type": "text", "text": "t"}, {"message": "m"}),
    *_LITERALS,
)


def _as_json(value: Any, *, ascii_only: bool) -> str:
    text = json.dumps(value, ensure_ascii=ascii_only)
    for name, literal in _LITERALS.items():
        text = text.replace(f'"{name}"', literal)
    return text if ascii_only else re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", text)


MUTATIONS: tuple[Mutation, ...] = (
    *(flip, cut, truncate, repeat, insert, duplicate_events, drop_events, shuffle_events, other_line_ends),
    *(change_value, change_value, change_value, change_value),
)
HARMLESS: tuple[Mutation, ...] = (flip, cut, truncate, repeat, duplicate_events, drop_events, shuffle_events)
"""Those that add nothing new, so that what was cut away cannot come back."""


def mutated(source: Random, raw: bytes, mutations: Sequence[Mutation] = MUTATIONS) -> bytes:
    """`raw` after one to five damages."""
    for _ in range(source.choice((1, 1, 1, 2, 2, 3, 5))):
        raw = source.choice(mutations)(source, raw)[:MOST_BYTES]
    return raw


def spliced(source: Random, one: bytes, other: bytes) -> bytes:
    """The beginning of one recording and the end of another, at event borders or anywhere."""
    if source.random() < 0.5:
        left, right = events_of(one), events_of(other)
        return b"".join([*left[: source.randint(0, len(left))], *right[source.randint(0, len(right)) :]])
    return one[: source.randint(0, len(one))] + other[source.randint(0, len(other)) :]


def shortened(source: Random, raw: bytes) -> bytes:
    """A long recording without most of its middle."""
    events = events_of(raw)
    if len(events) <= _MOST_EVENTS:
        return raw[:MOST_BYTES]
    head = source.randint(1, _MOST_EVENTS - 1)
    return b"".join([*events[:head], *events[head - _MOST_EVENTS :]])


def events_of(raw: bytes) -> list[bytes]:
    """The body at its blank lines, or at its line ends when it has none; nothing is lost."""
    separator = next((mark for mark in (b"\r\n\r\n", b"\n\n", b"\n") if mark in raw), None)
    if separator is None:
        return [raw]
    *events, rest = raw.split(separator)
    return [*(event + separator for event in events), *([rest] if rest else [])]


def reads_of(source: Random, raw: bytes) -> list[bytes]:
    """`raw` as some network might deliver it."""
    if len(raw) < 2_000 and source.random() < 0.2:
        return [raw[at : at + 1] for at in range(len(raw))]
    if source.random() < 0.3:
        size = source.choice((2, 3, 7, 64, 1_000)) if len(raw) < 10_000 else 1_000
        return [raw[at : at + size] for at in range(0, len(raw), size)]
    places = sorted(source.randint(0, len(raw)) for _ in range(source.randint(1, 30)))
    return [raw[start:end] for start, end in zip([0, *places], [*places, len(raw)], strict=True)]
