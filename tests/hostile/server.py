"""A server that answers every request with the next hostile text, in every place an answer has.

The model asked for says how: `whole` puts one text everywhere in an answer; `split` does it a character per delta;
`error` reports it as an error inside the stream; `http` answers with an error status, a hostile reason and headers. A
number behind the dash tells apart models which go through different parts of the corpus.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KINDS = ("whole", "split", "error", "http")
PER_KIND = 2
MODELS = tuple(f"{kind}-{number}" for kind in KINDS for number in range(PER_KIND))
_SPLITS = 200
"""Deltas at most that one text is split into."""
_LONGEST_ID = 1000
"""Ids are never shown, and a much longer one rightly ends the answer."""


class HostileServer:
    """Where it is and how far each model has come."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.base_url = ""
        self._texts = texts
        self._served = dict.fromkeys(MODELS, 0)
        self._progress = threading.Condition()

    def next_text(self, model: str) -> str:
        """The text `model` answers with now: its share of the corpus, over and over."""
        kind, number = model.split("-")
        with self._progress:
            turn = self._served[model]
            self._served[model] += 1
            self._progress.notify_all()
        share = self._texts[int(number) :: PER_KIND]
        assert kind in KINDS
        return share[turn % len(share)]

    @property
    def least(self) -> int:
        """How many requests the model with the fewest has had."""
        return min(self._served.values())

    @property
    def is_done(self) -> bool:
        """Whether every model has sent its whole share."""
        return self.least >= -(-len(self._texts) // PER_KIND)

    def wait_for_more(self, than: int, seconds: float) -> bool:
        """Wait until every model has had more than `than` requests; False when the time is over."""
        with self._progress:
            return self._progress.wait_for(lambda: self.least > than, seconds)


@contextmanager
def hostile_server(texts: Sequence[str]) -> Iterator[HostileServer]:
    """Serve on a loopback port until left."""
    hostile = HostileServer(texts)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model = body["model"]
            text = hostile.next_text(model)
            self.wfile.write(_http_error(text) if model.startswith("http") else _stream(model, text))
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hostile.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield hostile
        finally:
            server.shutdown()
            thread.join()


def _stream(model: str, text: str) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    if model.startswith("error"):
        payloads = [_chunk(text, {"content": "begun"}), {"error": {"message": text, "type": text, "code": text}}]
    else:
        payloads = list(_answer(text, _cut(text) if model.startswith("split") else [text]))
    return head + b"".join(b"data: " + json.dumps(payload).encode() + b"\n\n" for payload in payloads)


def _cut(text: str) -> list[str]:
    size = max(1, len(text) // _SPLITS)
    return [text[at : at + size] for at in range(0, len(text), size)]


def _answer(text: str, pieces: list[str]) -> Iterator[dict[str, Any]]:
    for key in ("reasoning_content", "content", "refusal"):
        for piece in pieces:
            yield _chunk(text, {key: piece})
    id_ = text[:_LONGEST_ID]
    yield _chunk(text, {"tool_calls": [{"index": 0, "id": id_, "function": {"name": text, "arguments": ""}}]})
    for piece in pieces:
        yield _chunk(text, {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    yield _chunk(text, {}, finish=text)


def _chunk(text: str, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": text, "model": text or "m", "system_fingerprint": text, "choices": [choice]}


def _http_error(text: str) -> bytes:
    body = json.dumps({"error": {"message": text, "type": text, "code": text}}, ensure_ascii=False)
    data = body.encode("utf-8", "surrogatepass")
    value = "".join(char for char in text if char >= " " and char != "\x7f").encode("utf-8", "replace")[:2_000]
    lines = (
        b"HTTP/1.1 429 " + value[:60],
        b"Content-Type: " + value,
        b"Retry-After: " + value,
        b"Location: https://x/" + value,
        b"X-Request-Id: " + value,
        b"Server: " + value,
        b"Content-Length: %d" % len(data),
        b"Connection: close",
    )
    return b"\r\n".join(lines) + b"\r\n\r\n" + data
