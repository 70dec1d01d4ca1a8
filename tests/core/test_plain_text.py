"""The short way for reads of plain text: taken where it should be, it folds to what the ordinary way folds to."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.replay import cut, cut_at_random, folded, recordings_of, timeless
from tests.fuzz import mutations
from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.dialects import DIALECTS, payload_decoder
from tui.core.dialects.plain_text import LINE, Frame
from tui.core.events import TextRun
from tui.core.snapshot import Snapshot

SMALL = Bounds(event_bytes=400, answer_chars=60)

CHAT = (
    b'{"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"%s"},'
    b'"logprobs":null,"finish_reason":null}]}'
)
COMPLETIONS = (
    b'{"id":"c","object":"text_completion","model":"m",'
    b'"choices":[{"index":0,"text":"%s","logprobs":null,"finish_reason":null}]}'
)
RESPONSES = (
    b'{"type":"response.output_text.delta","item_id":"i","output_index":0,"content_index":0,"delta":"%s","logprobs":[]}'
)
ANTHROPIC = b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}}'
GEMINI = (
    b'{"candidates":[{"content":{"parts":[{"text":"%s"}],"role":"model"},"index":0}],"usageMetadata":'
    b'{"promptTokenCount":7,"candidatesTokenCount":9},"modelVersion":"m","responseId":"r"}'
)
OLLAMA = b'{"model":"m","created_at":"t","message":{"role":"assistant","content":"%s"},"done":false}'
PLAIN = {
    "chat": b"data: " + CHAT + b"\n\n",
    "completions": b"data: " + COMPLETIONS + b"\n\n",
    "responses": b"event: response.output_text.delta\ndata: " + RESPONSES + b"\n\n",
    "anthropic": b"event: content_block_delta\ndata: " + ANTHROPIC + b"\n\n",
    "gemini": b"data: " + GEMINI + b"\r\n\r\n",
    "ollama": OLLAMA + b"\n",
}


def both_ways(reads: Sequence[bytes], dialect: str, bounds: Bounds = DEFAULT_BOUNDS) -> tuple[Snapshot, Snapshot]:
    """The fold with the short way, and without it."""
    short = folded(reads, dialect=dialect, bounds=bounds).snapshot()
    with patch.object(payload_decoder, "_MISSES", 0):
        return short, folded(reads, dialect=dialect, bounds=bounds).snapshot()


@pytest.mark.parametrize("dialect", PLAIN)
def test_a_read_of_plain_text_is_one_run(dialect: str) -> None:
    event = PLAIN[dialect]
    decoder: Any = DIALECTS[dialect].new_decoder()
    decoder.feed(event % b"The ")
    assert decoder.feed(event % b"sky " + event % b"is " + event % b"blue")[-1] == TextRun(0, ["sky ", "is ", "blue"])
    assert decoder.payloads == 4


@pytest.mark.parametrize("dialect", PLAIN)
@pytest.mark.parametrize("size", [1, 7, 100, 250, 1000, 100_000])
def test_runs_fold_to_what_single_deltas_fold_to(dialect: str, size: int) -> None:
    body = b"".join(PLAIN[dialect] % b"word%d " % number for number in range(100))
    short, ordinary = both_ways(cut(body, size), dialect)
    assert short == ordinary
    assert short.choices[0].text == "".join(f"word{number} " for number in range(100))
    assert short.counts.payloads == 100


@pytest.mark.parametrize("dialect", PLAIN)
def test_a_run_stops_at_the_very_delta_that_is_too_much(dialect: str) -> None:
    body = b"".join(PLAIN[dialect] % b"0123456789" for _ in range(10))
    short, ordinary = both_ways([body], dialect, Bounds(answer_chars=45))
    assert timeless(short) == timeless(ordinary)
    assert short.choices[0].text == "0123456789" * 5


def odd(event: bytes) -> list[bytes]:
    """Neighbours of plain text that are not: framing, JSON and meaning are each off by a little."""
    good = event % b"text"
    head, brace, payload = good.partition(b"{")
    payload = brace + payload.rstrip()
    tail = good[len(head) + len(payload) :]
    return [
        head + payload + b" " + payload + tail,
        head + payload + b"," + payload + tail,
        head + payload[:-1] + b"," + tail + head + b'"x":1}' + tail,
        head + payload.replace(b"text", b"te\nxt") + tail,
        head + payload.replace(b"text", b"te\ndata: xt") + tail,
        head + payload.replace(b",", b",\n", 1) + tail,
        head + payload.replace(b",", b",\r", 1) + tail,
        head + payload.replace(b",", b"\ndata: ,", 1) + tail,
        head + payload.replace(b"text", rb"\ud83d") + tail + head + payload.replace(b"text", rb"\ude04") + tail,
        head + payload.replace(b"text", b"\xff") + tail,
        head + payload.replace(b"text", b"") + tail,
        head + payload.replace(b'"text"', b"null") + tail,
        head + payload.replace(b'"text"', b"7") + tail,
        head + payload.replace(b"{", b'{"error":{"message":"no"},', 1) + tail,
        head + payload.replace(b"{", b'{"usage":{"completion_tokens":9},', 1) + tail,
        head + payload.replace(b'"index":0', b'"index":1') + tail,
        head + payload.replace(b'"done":false', b'"done":true') + tail,
        head + payload.replace(b'"finish_reason":null', b'"finish_reason":"stop"') + tail,
        head + payload.replace(b"{", b'{"sequence_number":9,', 1) + tail,
        b": ping\n\n" + good,
        b"id: 7\n" + good,
        b"event: error\n" + good,
        good + b"data: [DONE]\n\n",
        good.replace(b"\n", b"\r\n"),
        good.replace(b"\n", b"\r"),
        b"\n" + good,
        payload + tail,
    ]


@pytest.mark.parametrize("dialect", PLAIN)
@pytest.mark.parametrize("number", range(27))
def test_what_is_nearly_plain_goes_the_ordinary_way(dialect: str, number: int) -> None:
    event = PLAIN[dialect]
    middle = odd(event)[number]
    start, end = event % b"one ", event % b"two "
    ways = [start, middle + end], [start, end + middle + end, end], [start + end + middle, end], [start, middle]
    for reads in ways:
        short, ordinary = both_ways(reads, dialect)
        assert short == ordinary


@pytest.mark.parametrize("dialect", PLAIN)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_and_no_cut_tells_the_two_ways_apart(dialect: str, data: st.DataObject) -> None:
    source = Random(data.draw(st.integers(0, 2**32)))
    recordings = [recording.raw for recording in recordings_of(dialect).values()]
    plain = b"".join(PLAIN[dialect] % word for word in (b"a", b"b ", b"c", b"d", rb"\u00fc", b"f"))
    body = source.choice([*recordings, plain * 4, plain * 4])[:20_000]
    if data.draw(st.booleans()):
        body = mutations.mutated(source, body)
    bounds = data.draw(st.sampled_from([DEFAULT_BOUNDS, SMALL]))
    short, ordinary = both_ways(cut_at_random(body, source.randrange(99), 900), dialect, bounds)
    assert timeless(short) == timeless(ordinary)


@pytest.mark.parametrize(
    ("frame", "data", "payloads"),
    [
        (Frame(), b"data: {}\n\n", [b"{}"]),
        (Frame(), b"data: {}\n\ndata: 1\n\n", [b"{}", b"1"]),
        (Frame(), b"data: {}\n", None),
        (Frame(), b"data: {}\n\n\n", None),
        (Frame(), b"data: {}\n\n: ping\n\n", None),
        (Frame(), b"data: {}\r\n\r\n", None),
        (Frame(), b"data:{}\n\n", None),
        (Frame(after=b"\r\n\r\n"), b"data: {}\r\n\r\ndata: 1\r\n\r\n", [b"{}", b"1"]),
        (Frame(after=b"\r\n\r\n"), b"data: {\r}\r\n\r\n", None),
        (Frame(b"event: a\ndata: "), b"event: a\ndata: {}\n\nevent: a\ndata: 1\n\n", [b"{}", b"1"]),
        (Frame(b"event: a\ndata: "), b"event: a\ndata: {}\n\nevent: b\ndata: 1\n\n", None),
        (LINE, b"{}\n1\n", [b"{}", b"1"]),
        (LINE, b"{}", None),
    ],
)
def test_frames(frame: Frame, data: bytes, payloads: list[bytes] | None) -> None:
    assert frame.payloads(data) == payloads


def test_a_stream_that_is_never_plain_is_left_alone() -> None:
    """After some reads in a row that were not, nobody tries any more."""
    chunk = json.dumps({"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"reasoning": "hm"}}]}).encode()
    decoder: Any = DIALECTS["chat"].new_decoder()
    with patch.object(Frame, "payloads", return_value=None) as payloads:
        for _ in range(100):
            decoder.feed(b"data: " + chunk + b"\n\n")
    assert payloads.call_count == payload_decoder._MISSES
