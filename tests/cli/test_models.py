"""`sidestream models`: every dialect's list from the demo, and servers that give none."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat

import pytest

from tests.cli.command import sidestream, within
from tui.cli.models import in_columns
from tui.demo.process import DemoProcess

KEY = "sk-never-to-be-seen-0123456789"


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoProcess]:
    with DemoProcess(seed=7, speed=0) as process:
        yield process


@contextmanager
def server(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Gives each connection the next of these answers, those after them the last, and closes it; and what was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answer in chain(answers, repeat(answers[-1])):
                try:
                    connection, _ = listener.accept()
                except OSError:  # the test is over
                    return
                with connection:
                    asked.append(connection.recv(65536))
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1", asked


def reply(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    ("dialect", "path", "ending"),
    [
        ("chat", "/v1", ""),
        ("responses", "/v1", ""),
        ("completions", "/v1", ""),
        ("anthropic", "/v1", ""),
        ("gemini", "/v1beta", ""),
        ("ollama", "", ":latest"),
    ],
)
def test_the_list_comes_in_every_dialect(demo: DemoProcess, dialect: str, path: str, ending: str) -> None:
    done = within("models", "--base-url", demo.root_url + path, "--dialect", dialect)
    assert (done.status, done.err) == (0, "")
    names = done.out.splitlines()
    assert f"swift{ending}" in names
    assert names == sorted(names)


def test_azure_lists_at_its_resource(demo: DemoProcess) -> None:
    done = within("models", "azure", AZURE_OPENAI_ENDPOINT=demo.root_url, AZURE_OPENAI_API_KEY=KEY)
    assert done.status == 0, done.err
    assert "azure/swift" in done.out.splitlines()


def test_json_has_every_provider_with_its_list_or_null(demo: DemoProcess) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = probe.getsockname()[1]
    done = sidestream(
        "models",
        "--format",
        "json",
        OPENAI_API_KEY=KEY,
        SIDESTREAM_PROVIDERS__OPENAI__BASE_URL=demo.base_url,
        SIDESTREAM_PROVIDERS__OPENAI__API_KEY=KEY,
        SIDESTREAM_PROVIDERS__LMSTUDIO__BASE_URL=f"http://127.0.0.1:{closed}/v1",
    )
    assert done.status == 1
    found = {entry["name"]: entry["models"] for entry in json.loads(done.out)["providers"]}
    assert set(found) == {"openai", "lmstudio"}
    assert "swift" in found["openai"]
    assert found["lmstudio"] is None
    assert "lmstudio gave no list of models: nothing is listening" in done.err


def test_pages_are_asked_for_until_the_last() -> None:
    pages = (
        reply(b'{"data":[{"id":"b"}],"has_more":true,"last_id":"b"}'),
        reply(b'{"data":[{"id":"a"}],"has_more":false}'),
    )
    with server(*pages) as (url, asked):
        done = within("models", "--base-url", url, "--dialect", "anthropic")
    assert done.out == "a\nb\n"
    assert b"after_id=b" in asked[1].splitlines()[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(b'{"error":{"message":"bad key ' + KEY.encode() + b'"}}', "401 Unauthorized"), "check the key"),
        (reply(b"<html><title>Login</title></html>"), "is not JSON; check the base URL"),
        (reply(b'{"status":"ok"}'), "no list of models"),
        (reply(b"", "302 Found\r\nLocation: https://elsewhere.example/"), "redirects to another host"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "the connection broke off"),
        (b"", "closed the connection without answering"),
        (reply(b" " * (8 * 1024 * 1024 + 1)), "longer than"),
    ],
    ids=["refused", "page", "other-json", "redirect", "cut", "nothing", "flood"],
)
def test_a_server_that_gives_none_is_a_sentence_and_a_status(answer: bytes, words: str) -> None:
    with server(answer) as (url, _asked):
        done = within("models", "--base-url", url, "--api-key-env", "MINE", MINE=KEY)
    assert (done.status, done.out) == (3, "")
    assert words in done.err
    assert "Traceback" not in done.err
    assert KEY not in done.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("models", "opnai"), "did you mean openai"),
        (("models", "openai"), "set the environment variable OPENAI_API_KEY"),
        (("models",), "sidestream models PROVIDER"),
        (("models", "openai", "--base-url", "http://127.0.0.1:9"), "name one of them"),
        (("models", "openai", "--dialect", "chat"), "add it"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_sent(words: tuple[str, ...], sentence: str) -> None:
    done = within(*words)
    assert done.status == 2
    assert sentence in done.err


def test_columns_go_down_and_fit() -> None:
    assert in_columns(["a", "bb", "c", "d", "e"], 9) == "a   d\nbb  e\nc"
    assert in_columns(["long-name"], 3) == "long-name"
    assert in_columns([], 80) == ""
