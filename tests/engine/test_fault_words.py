"""Whatever a library raises on the way becomes a sentence: nothing comes out raw, and nothing foreign is repeated."""

import errno
import inspect
import socket
import ssl
from contextlib import suppress
from itertools import pairwise
from types import ModuleType

import aiohttp
import h2.exceptions
import httpcore
import httpx
import pytest
from aiohttp import http_exceptions
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.harness import KEY
from tui.core.failure import StreamError
from tui.core.secret import Secret
from tui.core.target import Target
from tui.engine import http2_errors
from tui.engine.connections import ProxyFault
from tui.engine.faults import NETWORK_FAULTS, stream_error
from tui.engine.http2_errors import Http2ConnectionLost, Http2GoneAway, Http2StreamReset, Http2Violation

TARGET = Target("t", "p", "m", "chat", "https://me:hunter2@api.invalid/v1", key=Secret(KEY))
PLACE = ConnectionKey("api.invalid", 443, True, True, None, None, None, None)


def exceptions_of(module: ModuleType) -> list[type[Exception]]:
    found = {value for _, value in inspect.getmembers(module, inspect.isclass) if issubclass(value, Exception)}
    return sorted((kind for kind in found if "WebSocket" not in kind.__name__), key=lambda kind: kind.__name__)


KINDS = [
    *exceptions_of(httpx),
    *exceptions_of(httpcore),
    *exceptions_of(aiohttp),
    *exceptions_of(http_exceptions),
    *exceptions_of(h2.exceptions),
    *exceptions_of(http2_errors),
    *exceptions_of(ssl),
    *exceptions_of(socket),
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    TimeoutError,
    OSError,
]


def made(kind: type[Exception], words: str, number: int) -> Exception:
    """One of its kind; something else where its constructor wants what only its library has."""
    match kind.__name__:
        case "Http2StreamReset":
            return Http2StreamReset(number)
        case "Http2GoneAway":
            return Http2GoneAway(number, words.encode("utf-8", "surrogatepass"))
        case "Http2ConnectionLost":
            return Http2ConnectionLost(answered=bool(number % 2))
    if issubclass(kind, aiohttp.ClientResponseError):
        return kind(None, (), status=number, message=words)  # type: ignore[arg-type]
    if issubclass(kind, aiohttp.ClientConnectorError):
        return kind(PLACE, OSError(number, words))
    if issubclass(kind, OSError):
        return kind(number, words)
    for arguments in ((words,), (number, number), (words, words)):
        with suppress(TypeError):
            return kind(*arguments)
    return RuntimeError(words)


FAULTS = st.builds(made, st.sampled_from(KINDS), st.text(max_size=300), st.integers(0, 2**31))


@given(st.lists(FAULTS, min_size=1, max_size=4), st.booleans())
def test_every_exception_becomes_a_sentence(chain: list[Exception], through_proxy: bool) -> None:
    for outer, inner in pairwise(chain):
        outer.__cause__ = inner
    outermost: BaseException = chain[0]
    if through_proxy:
        fault = ProxyFault("proxy.example:3128", had_password=False)
        fault.__cause__ = outermost
        outermost = fault
    error = stream_error(outermost, TARGET)
    assert isinstance(error, StreamError)
    assert error.message.strip()
    assert "hunter2" not in error.message
    assert KEY not in error.message
    if through_proxy:
        assert "proxy.example:3128" in error.message


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if issubclass(kind, httpx.TransportError | aiohttp.ClientError)]
)
def test_every_fault_of_the_transports_is_caught(kind: type[Exception]) -> None:
    assert issubclass(kind, NETWORK_FAULTS)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (OSError(errno.ENETUNREACH, "x"), "cannot reach https://api.invalid/v1: the network is unreachable"),
        (Http2Violation("bad frame\x1b[2J"), "the server broke the rules of HTTP/2: bad frame␛[2J"),
        (Http2GoneAway(0, b""), "the server is closing the connection: without an error (GOAWAY)"),
        (Http2ConnectionLost(answered=False), "the server closed the connection without answering"),
        (ssl.SSLError(1, "x"), "TLS with https://api.invalid/v1 failed: "),
    ],
)
def test_the_words_of_some(fault: Exception, message: str) -> None:
    assert stream_error(fault, TARGET).message.startswith(message)
