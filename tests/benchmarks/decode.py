"""What decoding costs without a network: bytes of a response body to a folded answer with its stamps, per dialect.

    python tests/benchmarks/decode.py

Prints three Markdown tables in under a minute. A typical delta of each dialect goes through `StreamState.receive`, with
one event per read and in reads of 16 KiB; beside it msgspec alone, decoding the same payloads into the same structs,
and the vendor's SDK (where the `bench` and `sdk` extras are installed), reading the same bytes from a transport inside
of this process. The last tables show that time grows with the bytes: one long event in many reads, and a long answer.

Times are CPU time of this thread, the best of several rounds, so that other work on the machine matters little. Ours is
measured before any SDK is imported.
"""

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tui.core.dialects import anthropic, chat, completions, gemini, ollama, responses
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.core.target import Target

READ = 16 * 1024
DELTAS = 4_000
SDK_DELTAS = 1_500
ROUNDS = 7
SDK_ROUNDS = 3
WORD = b" word"
LONG_EVENT = 8_000_000
LONG_READ = 2_000
LONG_ROUNDS = 40
LONG_ANSWER = 10_000_000
PIECE = b" some words of an answer, forty in total"
URL = "http://in.process"


@dataclass(frozen=True)
class Wire:
    """How one dialect sends an answer. `{}` in `delta` is the text; `prefix` stands before each JSON payload."""

    shape: type[msgspec.Struct]
    head: bytes
    delta: bytes
    tail: bytes
    prefix: bytes = b"data: "
    line_end: bytes = b"\n\n"
    content_type: str = "text/event-stream"

    def event(self, text: bytes) -> bytes:
        """One delta as it is sent."""
        return self.prefix + self.payload(text) + self.line_end

    def payload(self, text: bytes) -> bytes:
        """The JSON of one delta."""
        return self.delta.replace(b"{}", text)

    def reads(self, count: int, text: bytes = WORD) -> list[bytes]:
        """A whole body of `count` deltas, one event per read."""
        return (
            [self.head, *([self.event(text)] * count), self.tail]
            if self.head
            else [self.event(text)] * count + [self.tail]
        )


CHAT_DELTA = (
    b'{"id":"chatcmpl-CdEfGhIjKlMnOpQrStUvWxYz","object":"chat.completion.chunk","created":1763700000,'
    b'"model":"gpt-5.2","service_tier":"default","choices":[{"index":0,"delta":{"content":"{}"},"logprobs":null,'
    b'"finish_reason":null}]}'
)
COMPLETIONS_DELTA = (
    b'{"id":"cmpl-CdEfGhIjKlMnOpQrStUvWxYz","object":"text_completion","created":1763700000,'
    b'"model":"gpt-3.5-turbo-instruct","choices":[{"text":"{}","index":0,"logprobs":null,"finish_reason":null}]}'
)
RESPONSE = (
    b'"response":{"id":"resp_1","object":"response","created_at":1763700000,"model":"gpt-5.2","output":[],"status":'
)
GEMINI_DELTA = (
    b'{"candidates":[{"content":{"parts":[{"text":"{}"}],"role":"model"},"index":0}],"usageMetadata":'
    b'{"promptTokenCount":7,"candidatesTokenCount":9,"totalTokenCount":16},"modelVersion":"gemini-3-flash",'
    b'"responseId":"mAQfaYzKJ4eQxs0P"}'
)
OLLAMA_DELTA = (
    b'{"model":"llama3.2","created_at":"2026-11-20T12:00:00.001456789Z","message":{"role":"assistant","content":"{}"},'
    b'"done":false}'
)
CHAT_END = CHAT_DELTA.replace(b"{}", b"").replace(b'"finish_reason":null', b'"finish_reason":"stop"')
COMPLETIONS_END = COMPLETIONS_DELTA.replace(b"{}", b"").replace(b'"finish_reason":null', b'"finish_reason":"stop"')
WIRES = {
    "chat": Wire(
        chat.ChatDecoder.shape,
        b"",
        CHAT_DELTA,
        b"data: " + CHAT_END + b"\n\ndata: [DONE]\n\n",
    ),
    "completions": Wire(
        completions.CompletionsDecoder.shape,
        b"",
        COMPLETIONS_DELTA,
        b"data: " + COMPLETIONS_END + b"\n\ndata: [DONE]\n\n",
    ),
    "responses": Wire(
        responses.ResponsesDecoder.shape,
        b'event: response.created\ndata: {"type":"response.created","sequence_number":0,'
        + RESPONSE
        + b'"in_progress"}}\n\n',
        b'{"type":"response.output_text.delta","item_id":"msg_68f1c2a4b0c48190a2","output_index":0,"content_index":0,'
        b'"delta":"{}","logprobs":[],"obfuscation":"aZ3kQ9x"}',
        b'event: response.completed\ndata: {"type":"response.completed",' + RESPONSE + b'"completed"}}\n\n',
        b"event: response.output_text.delta\ndata: ",
    ),
    "anthropic": Wire(
        anthropic.AnthropicDecoder.shape,
        b'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message",'
        b'"role":"assistant","content":[],"model":"claude-sonnet-4-5","stop_reason":null,"usage":{"input_tokens":7,"output_tokens":1}}}\n\n'
        b'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text",'
        b'"text":""}}\n\n',
        b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{}"}}',
        b'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
        b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},'
        b'"usage":{"output_tokens":9}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
        b"event: content_block_delta\ndata: ",
    ),
    "gemini": Wire(
        gemini.GeminiDecoder.shape,
        b"",
        GEMINI_DELTA,
        b'data: {"candidates":[{"finishReason":"STOP","index":0}]}\r\n\r\n',
        line_end=b"\r\n\r\n",
    ),
    "ollama": Wire(
        ollama.OllamaDecoder.shape,
        b"",
        OLLAMA_DELTA,
        OLLAMA_DELTA.replace(b"{}", b"").replace(b'"done":false', b'"done":true,"done_reason":"stop"') + b"\n",
        b"",
        b"\n",
        "application/x-ndjson",
    ),
}


# -- ours --------------------------------------------------------------------------------------------------------------


def receive(dialect: str, reads: list[bytes], chars: int) -> float:
    """Seconds for one whole answer of `chars` characters, from the first read to the end."""
    state = StreamState(Target("a", "a", "a", dialect, URL), 0)
    state.start(0)
    state.connected(1, reused=False)
    state.respond(200, {}, 2)
    at_ns = 1_000_000
    begin = time.thread_time()
    for data in reads:
        at_ns += 1_000_000
        state.receive(data, at_ns)
    state.end(at_ns)
    seconds = time.thread_time() - begin
    snapshot = state.snapshot()
    assert snapshot.phase is Phase.COMPLETE, snapshot.error
    assert len(snapshot.choices[0].text) == chars
    return seconds


def decode_alone(wire: Wire, count: int) -> float:
    """Seconds for msgspec to decode `count` deltas into the structs of the dialect, and nothing else."""
    decode = msgspec.json.Decoder(wire.shape).decode
    payloads = [wire.payload(WORD)] * count
    begin = time.thread_time()
    for payload in payloads:
        decode(payload)
    return time.thread_time() - begin


def cut(data: bytes, size: int) -> list[bytes]:
    """`data` in reads of `size` bytes."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def best(rounds: int, measure: Callable[[], float]) -> float:
    """The shortest of several rounds: what it costs when nothing disturbs it."""
    return min(measure() for _ in range(rounds))


# -- the vendors' SDKs -------------------------------------------------------------------------------------------------

Content = Iterator[bytes]
Ask = Callable[[Any], int]
"""Streams one answer with a client whose transport is given, and returns its characters."""


def mock(library: Any, wire: Wire, reads: list[bytes]) -> Any:
    """A transport of `library` (httpx, or its continuation) that answers from memory."""

    class Body(library.SyncByteStream):  # type: ignore[misc]  # the library is only known at run time
        def __iter__(self) -> Content:
            yield from reads

    headers = {"content-type": wire.content_type}
    return library.MockTransport(lambda request: library.Response(200, headers=headers, stream=Body()))


def ask_chat(transport: Any) -> int:
    stream = _openai(transport).chat.completions.create(
        model="a", messages=[{"role": "user", "content": "a"}], stream=True
    )
    return sum(len(chunk.choices[0].delta.content or "") for chunk in stream)


def ask_completions(transport: Any) -> int:
    stream = _openai(transport).completions.create(model="a", prompt="a", stream=True)
    return sum(len(chunk.choices[0].text) for chunk in stream)


def ask_responses(transport: Any) -> int:
    stream = _openai(transport).responses.create(model="a", input="a", stream=True)
    return sum(len(event.delta) for event in stream if event.type == "response.output_text.delta")


def ask_anthropic(transport: Any) -> int:
    http = _module("httpx2").Client(transport=transport)
    client = _module("anthropic").Anthropic(base_url=URL, api_key="none", max_retries=0, http_client=http)
    stream = client.messages.create(model="a", max_tokens=9, messages=[{"role": "user", "content": "a"}], stream=True)
    return sum(len(event.delta.text) for event in stream if event.type == "content_block_delta")


def ask_gemini(transport: Any) -> int:
    options = {"base_url": URL, "httpx_client": _module("httpx2").Client(transport=transport)}
    client = _module("google.genai").Client(api_key="none", http_options=options)
    return sum(len(chunk.text or "") for chunk in client.models.generate_content_stream(model="a", contents="a"))


def ask_ollama(transport: Any) -> int:
    client = _module("ollama").Client(URL, transport=transport)
    stream = client.chat(model="a", messages=[{"role": "user", "content": "a"}], stream=True)
    return sum(len(chunk.message.content or "") for chunk in stream)


def _openai(transport: Any) -> Any:
    http = _module("httpx2").Client(transport=transport)
    return _module("openai").OpenAI(base_url=URL, api_key="none", max_retries=0, http_client=http)


def _module(name: str) -> Any:
    """Only imported when its turn comes, so that ours is measured in a small heap."""
    return importlib.import_module(name)


SDKS: dict[str, tuple[Ask, str]] = {
    "chat": (ask_chat, "httpx2"),
    "completions": (ask_completions, "httpx2"),
    "responses": (ask_responses, "httpx2"),
    "anthropic": (ask_anthropic, "httpx2"),
    "gemini": (ask_gemini, "httpx2"),
    "ollama": (ask_ollama, "httpx"),
}


def ask(dialect: str, reads: list[bytes], chars: int) -> float:
    """Seconds for the vendor's SDK to stream one answer, building its client and sending the request included."""
    asked, library = SDKS[dialect]
    transport = mock(_module(library), WIRES[dialect], reads)
    begin = time.thread_time()
    found = asked(transport)
    seconds = time.thread_time() - begin
    assert found == chars, (dialect, found)
    return seconds


def sdk_costs(dialect: str) -> tuple[float, float] | None:
    """µs per delta of the vendor's SDK, one event per read and in 16 KiB; None when it is not installed.

    What an answer costs besides its deltas (a client, a request) is taken off: an answer of one delta is measured too.
    """
    wire = WIRES[dialect]
    reads, chars = wire.reads(SDK_DELTAS), SDK_DELTAS * len(WORD)
    try:
        ask(dialect, wire.reads(1), len(WORD))  # imports, and caches of types
    except ImportError:
        return None
    bare = best(SDK_ROUNDS, partial(ask, dialect, wire.reads(1), len(WORD)))
    split = best(SDK_ROUNDS, partial(ask, dialect, reads, chars))
    joined = best(SDK_ROUNDS, partial(ask, dialect, cut(b"".join(reads), READ), chars))
    return tuple(max(0.0, seconds - bare) / (SDK_DELTAS - 1) * 1e6 for seconds in (split, joined))  # type: ignore[return-value]


# -- tables ------------------------------------------------------------------------------------------------------------


def costs_table() -> str:
    """µs per delta in every dialect."""
    rows = []
    for dialect, wire in WIRES.items():
        reads, chars = wire.reads(DELTAS), DELTAS * len(WORD)
        split = best(ROUNDS, partial(receive, dialect, reads, chars)) / DELTAS * 1e6
        joined = best(ROUNDS, partial(receive, dialect, cut(b"".join(reads), READ), chars)) / DELTAS * 1e6
        alone = best(ROUNDS, partial(decode_alone, wire, DELTAS)) / DELTAS * 1e6
        rows.append((dialect, len(wire.event(WORD)), split, joined, alone))
    lines = [
        "| µs per delta | bytes | ours, one event per read | × msgspec | ours, reads of 16 KiB | × msgspec "
        "| msgspec alone | SDK, one event per read | SDK, 16 KiB |",
        "|---|" + "---:|" * 8,
    ]
    for dialect, size, split, joined, alone in rows:  # every SDK after all of ours: they fill the heap
        sdk = sdk_costs(dialect)
        theirs = f"{sdk[0]:.0f} | {sdk[1]:.0f}" if sdk else "– | –"
        lines.append(
            f"| {dialect} | {size} | {split:.2f} | {split / alone:.1f} | {joined:.2f} | {joined / alone:.1f} "
            f"| {alone:.2f} | {theirs} |"
        )
    return "\n".join(lines)


def long_event_table() -> str:
    """One event of 8 MB in thousands of reads, against a tenth of it."""
    rows = []
    for dialect, wire in WIRES.items():
        sizes = (LONG_EVENT // 10, LONG_EVENT)
        bodies = [cut(b"".join(wire.reads(1, b"x" * size)), LONG_READ) for size in sizes]
        rounds = [  # in turns, so that a busy moment of the machine does not hit one size alone
            [receive(dialect, reads, size) / size * 1e9 for reads, size in zip(bodies, sizes, strict=True)]
            for _ in range(LONG_ROUNDS)
        ]
        small, large = (min(figures) for figures in zip(*rounds, strict=True))
        rows.append(growth_row(dialect, small, large))
    return growth_table(f"one event in reads of {LONG_READ} bytes, ns per byte", "0.8 MB", "8 MB", rows)


def long_answer_table() -> str:
    """An answer of 10 MB in deltas of 40 characters, against a tenth of it."""
    rows = []
    for dialect, wire in WIRES.items():
        nanoseconds = []
        for size, rounds in ((LONG_ANSWER // 10, 5), (LONG_ANSWER, 2)):
            body = b"".join(wire.reads(size // len(PIECE), PIECE))
            nanoseconds.append(best(rounds, partial(receive, dialect, cut(body, READ), size)) / len(body) * 1e9)
        rows.append(growth_row(dialect, *nanoseconds))
    return growth_table("text in deltas of 40 characters, ns per byte received", "1 MB", "10 MB", rows)


def growth_row(dialect: str, small: float, large: float) -> str:
    """One line of a table about growth."""
    return f"| {dialect} | {small:.2f} | {large:.2f} | {large / small:.2f} |"


def growth_table(title: str, small: str, large: str, rows: list[str]) -> str:
    """A table whose last column should say 1.00."""
    return "\n".join([f"| {title} | {small} | {large} | × |", "|---|---:|---:|---:|", *rows])


def main() -> None:
    """Print the tables; those of ours alone first, while no SDK fills the heap."""
    events, answers = long_event_table(), long_answer_table()
    print(costs_table(), events, answers, sep="\n\n")


if __name__ == "__main__":
    assert len(PIECE) == 40
    main()
