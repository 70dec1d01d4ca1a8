"""A server that repeats the key it was sent in every place an answer has: the mistake this project must survive.

The model's name chooses the place. It knows nothing of the keys beforehand: what it repeats is what it was sent.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

PIECE = 3
"""Characters of one delta, so that every key is cut many times."""


def spellings(secret: str) -> list[str]:
    """A secret as it is and as others write it."""
    in_json = json.dumps(secret)[1:-1]
    in_base64 = [base64.b64encode(b"x" * before + secret.encode()).decode() for before in range(3)]
    return [secret, quote(secret, safe=""), in_json, in_json.replace("/", "\\/"), *in_base64]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        PLACES[asked["model"]](self, _secrets_in(self.headers.items()))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Not to the test's own output."""

    def begin(self, secrets: list[str], status: int = 200, **headers: str) -> None:
        """The head, which repeats the secrets too."""
        self.send_response(status)
        for number, secret in enumerate(secrets):
            self.send_header(f"X-Echo-{number}", secret)
        self.send_header("Set-Cookie", f"id={secrets[0]}")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()

    def stream(self, secrets: list[str], *chunks: Mapping[str, object]) -> None:
        """An event stream of `chunks`."""
        self.begin(secrets, Content_Type="text/event-stream")
        for chunk in chunks:
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            self.wfile.flush()

    def refuse(self, secrets: list[str], status: int, body: str, **headers: str) -> None:
        """An error response."""
        self.begin(secrets, status, Content_Length=str(len(body.encode())), **headers)
        self.wfile.write(body.encode())


def _secrets_in(headers: list[tuple[str, str]]) -> list[str]:
    names = {"authorization", "x-api-key"}
    return [value.split()[-1] for name, value in headers if name.lower() in names]


def _words(secrets: list[str]) -> str:
    return " ".join(f"You sent {text} to me." for secret in secrets for text in spellings(secret))


def _deltas(field: Callable[[str], dict[str, object]], text: str, model: str = "m") -> list[dict[str, object]]:
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    return [{"id": "r", "model": model, "choices": [{"index": 0, "delta": field(piece)}]} for piece in pieces]


def _end(reason: str) -> dict[str, object]:
    return {"id": "r", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


def _text(server: _Handler, secrets: list[str]) -> None:
    server.stream(secrets, *_deltas(lambda piece: {"content": piece}, _words(secrets)), _end("stop"))


def _reasoning(server: _Handler, secrets: list[str]) -> None:
    thoughts = _deltas(lambda piece: {"reasoning_content": piece}, _words(secrets))
    server.stream(secrets, *thoughts, *_deltas(lambda piece: {"content": piece}, "Done."), _end("stop"))


def _tool(server: _Handler, secrets: list[str]) -> None:
    def call(**function: str) -> dict[str, object]:
        return {"tool_calls": [{"index": 0, "id": secrets[0], "type": "function", "function": function}]}

    arguments = json.dumps({"value": secrets[0], "more": _words(secrets)})
    opened = _deltas(lambda piece: call(name=f"use_{secrets[0]}", arguments=""), "x")
    server.stream(secrets, *opened, *_deltas(lambda piece: call(arguments=piece), arguments), _end("tool_calls"))


def _named(server: _Handler, secrets: list[str]) -> None:
    model = f"model-{secrets[0]}"
    first = {"id": f"id-{secrets[0]}", "model": model, "choices": [{"index": 0, "delta": {"content": "Hello."}}]}
    last = {"id": "r", "choices": [{"index": 0, "delta": {}, "finish_reason": f"because_{secrets[0]}"}]}
    server.stream(secrets, first, last)


def _cut(server: _Handler, secrets: list[str]) -> None:
    server.stream(secrets, *_deltas(lambda piece: {"content": piece}, f"It is {secrets[0][:-1]}"))


def _midway(server: _Handler, secrets: list[str]) -> None:
    error = {"error": {"message": _words(secrets), "type": secrets[0], "code": f"code_{secrets[0]}"}}
    server.stream(secrets, *_deltas(lambda piece: {"content": piece}, _words(secrets)), error)


def _unauthorized(server: _Handler, secrets: list[str]) -> None:
    error = {"error": {"message": f"Incorrect key: {_words(secrets)}", "type": secrets[0], "code": secrets[0]}}
    server.refuse(secrets, 401, json.dumps(error))


def _long(server: _Handler, secrets: list[str]) -> None:
    server.refuse(secrets, 401, json.dumps({"error": {"message": "x" * (2000 - len(secrets[0]) + 1) + secrets[0]}}))


def _page(server: _Handler, secrets: list[str]) -> None:
    server.refuse(secrets, 502, f"<html><title>Bad {secrets[0]}</title>{_words(secrets)}</html>")


def _foreign(server: _Handler, secrets: list[str]) -> None:
    server.refuse(secrets, 200, f"Hello! {_words(secrets)}", Content_Type=f"text/{secrets[0]}")


def _foreign_json(server: _Handler, secrets: list[str]) -> None:
    server.refuse(secrets, 200, json.dumps({"note": _words(secrets)}))


def _redirect(server: _Handler, secrets: list[str]) -> None:
    server.refuse(secrets, 307, "", Location=f"http://127.0.0.1:1/?next={quote(secrets[0], safe='')}&key=x")


PLACES: dict[str, Callable[[_Handler, list[str]], None]] = {
    "text": _text,
    "reasoning": _reasoning,
    "tool": _tool,
    "named": _named,
    "cut": _cut,
    "midway": _midway,
    "unauthorized": _unauthorized,
    "long": _long,
    "page": _page,
    "foreign": _foreign,
    "foreign-json": _foreign_json,
    "redirect": _redirect,
}
"""Model names, and where each repeats what it was sent."""


@contextmanager
def echo_server() -> Iterator[str]:
    """The address of one such server, without scheme and path."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
