"""A server for the cases the demo's models do not make: an answer that stops in the middle until the client leaves."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
CHUNK = b'data: {"id":"r1","model":"m","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
PING = b": ping\n\n" * 512
TAKEN_BYTES = 24 * 1024 * 1024
"""More than the kernel holds between two programs: once this much has been sent, what came before was read."""


@dataclass
class Stalling:
    """Where the server is, what it was asked, and when its first words have surely been read."""

    base_url: str = ""
    requests: list[bytes] = field(default_factory=list)
    was_read: threading.Event = field(default_factory=threading.Event)


@contextmanager
def stalling_server(words: bytes) -> Iterator[Stalling]:
    """Answers one request with `words`, then with comments alone, until the client is gone."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Stalling(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        thread = threading.Thread(target=_serve, args=(listener, words, found), daemon=True)
        thread.start()
        yield found
    thread.join(10)


def _serve(listener: socket.socket, words: bytes, found: Stalling) -> None:
    try:
        connection, _ = listener.accept()
    except OSError:  # closed by a test that failed before it asked
        return
    with connection:
        found.requests.append(connection.recv(65536))
        connection.sendall(HEAD + CHUNK % words)
        try:
            for _ in range(TAKEN_BYTES // len(PING)):
                connection.sendall(PING)
            found.was_read.set()
            connection.recv(65536)  # waits until the client closes
        except OSError:
            return
