"""Every way a server or the network can fail: what the pane says, and what is kept of the answer."""

import gzip
import socket
import ssl
import zlib
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from tests.engine.harness import KEY, Engine, flying, text_of, tls_of_client, tls_of_server
from tests.engine.server import (
    DONE,
    LAST_CHUNK,
    Exchange,
    Script,
    answering,
    answering_json,
    event,
    framed,
    good,
    head,
    serving,
)
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.engine import http

pytestmark = pytest.mark.anyio


async def ended(script: Script) -> StreamState:
    """The stream of one answer by `script`; the next one by the same client is as good as ever."""
    async with serving(script, good=good) as server, flying(server) as engine:
        state = engine.launch("m", key=KEY)
        await engine.ends(state)
        after = engine.launch("good")
        await engine.ends(after)
        assert (after.phase, text_of(after)) == (Phase.COMPLETE, "one two three")
        assert not engine.connector._acquired
        return state


def then(step: Callable[[Exchange], None], *parts: bytes) -> Script:
    """Send `parts`, then do `step` to the connection once the client has seen them."""

    async def script(exchange: Exchange) -> None:
        for part in parts:
            await exchange.send(part)
        step(exchange)

    return script


def closing(*parts: bytes) -> Script:
    return then(lambda exchange: exchange.connection.close(), *parts)


def resetting(*parts: bytes) -> Script:
    return then(lambda exchange: exchange.connection.reset(), *parts)


HEAD = head(Content_Type="text/event-stream")
SOME = framed(event("some "))
ENDED = framed(event("text", "stop"))
PAGE = b"<!doctype html><title>Welcome to nginx!</title>"


@pytest.mark.parametrize(
    ("script", "kind", "message"),
    [
        pytest.param(closing(), "transport", "the server closed the connection without answering", id="closed"),
        pytest.param(resetting(), "transport", "the server reset the connection", id="reset"),
        pytest.param(closing(b"HTTP/1.1 200 O"), "transport", "without answering", id="half a head"),
        pytest.param(closing(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), "protocol", "does not answer in HTTP", id="garbage"),
        pytest.param(closing(b"HTTP/1.1 abc OK\r\n\r\n"), "protocol", "does not answer in HTTP", id="no status"),
        pytest.param(
            closing(head("200 OK", X_Long="x" * 200_000)), "protocol", "does not answer in HTTP", id="endless header"
        ),
        pytest.param(
            answering(head(Content_Length="0")), "protocol", "the server answered with an empty body", id="nothing"
        ),
        pytest.param(
            answering(head("204 No Content", Content_Length="0")),
            "protocol",
            "the server answered with an empty body (status 204); check the base URL and the model's name",
            id="no content",
        ),
        pytest.param(
            answering(head(Content_Type="text/html", Content_Length=str(len(PAGE))) + PAGE),
            "protocol",
            "the server sent a web page, not an API answer; check the base URL (it says: Welcome to nginx!)",
            id="web page",
        ),
        pytest.param(
            answering(head(Content_Encoding="br") + framed(b"\x8b\x02\x80abc\x03") + LAST_CHUNK),
            "protocol",
            "the server compressed its answer (br), although it was asked not to",
            id="unknown coding",
        ),
        pytest.param(
            answering(head(Content_Encoding="gzip") + framed(b"not gzip at all") + LAST_CHUNK),
            "protocol",
            "the server's compression is broken",
            id="broken gzip",
        ),
    ],
)
async def test_no_answer_came(script: Script, kind: str, message: str) -> None:
    state = await ended(script)
    assert state.phase is Phase.FAILED
    assert state.error is not None
    assert state.error.kind == kind
    assert message in state.error.message
    assert KEY not in repr(state.error)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param(resetting(HEAD, SOME), "the connection broke off before the end of the answer", id="reset"),
        pytest.param(closing(HEAD, SOME), "the connection broke off before the end of the answer", id="no last chunk"),
        pytest.param(
            closing(HEAD, SOME, b"not a length\r\n"),
            "the connection broke off before the end of the answer",
            id="garbled chunk",
        ),
        pytest.param(
            closing(head(Content_Length="9999"), event("some ")),
            "the connection broke off before the end of the answer",
            id="short length",
        ),
        pytest.param(closing(head(Connection="close"), event("some ")), None, id="no length"),
        pytest.param(answering(HEAD + SOME + LAST_CHUNK), None, id="no end marker"),
    ],
)
async def test_what_came_before_the_break_is_kept(script: Script, message: str | None) -> None:
    state = await ended(script)
    assert (state.phase, text_of(state)) == (Phase.INTERRUPTED, "some ")
    assert (state.error.message if state.error else None) == message


@pytest.mark.parametrize("size", [100_000, 1_000_000])
async def test_text_that_came_faster_than_it_was_read_is_kept(size: int) -> None:
    text = "0123456789" * (size // 1000)
    state = await ended(closing(HEAD, framed(event(text) * 100)))
    assert state.phase is Phase.INTERRUPTED
    assert text_of(state) == text * 100


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(resetting(HEAD, SOME, ENDED), id="reset"),
        pytest.param(closing(HEAD, SOME, ENDED), id="no last chunk"),
        pytest.param(closing(head(Connection="close"), event("some ") + event("text", "stop")), id="no length"),
        pytest.param(answering(HEAD + SOME + ENDED + LAST_CHUNK), id="no end marker"),
    ],
)
async def test_an_answer_that_proved_whole_stays_complete(script: Script) -> None:
    state = await ended(script)
    assert (state.phase, text_of(state), state.error) == (Phase.COMPLETE, "some text", None)


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_an_answer_compressed_unasked_is_read(coding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(event("some ") + event("text", "stop") + DONE)
    chunks = b"".join(framed(packed[at : at + 7]) for at in range(0, len(packed), 7))
    state = await ended(answering(head(Content_Encoding=coding) + chunks + LAST_CHUNK))
    assert (state.phase, text_of(state)) == (Phase.COMPLETE, "some text")


async def test_a_compressed_bomb_is_cut_off_at_the_bound() -> None:
    bomb = gzip.compress(b"data: " + b"x" * 40_000_000, 1)
    state = await ended(answering(head(Content_Encoding="gzip") + framed(bomb) + LAST_CHUNK))
    assert state.error is not None
    assert state.error.message == "cut off: a line of the event stream is over the limit of 16 MiB"
    assert state.bytes_received < 17 * 1024 * 1024


async def test_a_header_longer_than_usual_is_taken() -> None:
    state = await ended(answering(head(Content_Security_Policy="x" * 30_000) + ENDED + framed(DONE) + LAST_CHUNK))
    assert state.phase is Phase.COMPLETE
    assert len(state.headers["content-security-policy"]) == 30_000


async def test_a_rate_limit_says_when_to_come_back() -> None:
    body = {"error": {"message": "slow down", "type": "rate_limit_exceeded", "code": None}}
    state = await ended(answering_json("429 Too Many Requests", body, Retry_After="7"))
    assert state.phase is Phase.FAILED
    assert state.error is not None
    assert (state.error.kind, state.error.status, state.error.message) == ("http", 429, "slow down")
    assert (state.error.retry_after_s, state.error.retryable) == (7.0, True)


async def test_an_error_keeps_its_status_when_its_body_breaks_off() -> None:
    state = await ended(closing(head("503 Busy", Content_Length="999") + b"all slots are ta"))
    assert state.error is not None
    assert (state.error.kind, state.error.status, state.error.message) == ("http", 503, "all slots are ta")


async def test_an_error_keeps_its_status_when_its_body_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ERROR_BODY_S", 0.01)

    async def stalling(exchange: Exchange) -> None:
        await exchange.send(head("401 No", Content_Length="999"))
        await exchange.hang()

    state = await ended(stalling)
    assert state.error is not None
    assert (state.error.kind, state.error.status) == ("http", 401)


async def test_a_compressed_error_is_read() -> None:
    packed = gzip.compress(b'{"error": {"message": "no such model"}}')
    state = await ended(answering(head("404 Not Found", Content_Encoding="gzip") + framed(packed) + LAST_CHUNK))
    assert state.error is not None
    assert (state.error.status, state.error.message) == (
        404,
        "no such model (check the model's name)",
    )


async def told(engine: Engine, **fields: Any) -> tuple[str, str]:
    """Kind and message of the error of one request."""
    state = engine.launch("m", **fields)
    await engine.ends(state)
    assert state.phase is Phase.FAILED
    assert state.error is not None
    assert KEY not in repr(state.error)
    return state.error.kind, state.error.message


async def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    async with serving(good) as server, flying(server) as engine:
        said = await told(engine, base_url=url)
        assert said == ("transport", f"nothing is listening at {url} (connection refused)")


async def test_no_such_host() -> None:
    url = "http://nowhere.invalid/v1"
    async with serving(good) as server, flying(server) as engine:
        said = await told(engine, base_url=url)
        assert said == ("transport", f"there is no host of the name in {url}; check the base URL and the network")


@pytest.mark.parametrize(
    "url",
    [
        f"http://{'a' * 64}.invalid/v1",
        "http://a..invalid/v1",
        "http://[::1/v1",
        "http://127.0.0.1:99999999/v1",
        "http://127.1/v1",
        "http:///v1",
        "ftp://127.0.0.1/v1",
        "http://\x00/v1",
        "",
    ],
)
async def test_an_address_nobody_can_reach_is_an_error_of_its_own_pane(url: str) -> None:
    async with serving(good) as server, flying(server) as engine:
        assert await told(engine, base_url=url)
        await engine.ends(after := engine.launch("good"))
        assert after.phase is Phase.COMPLETE


@pytest.mark.parametrize("value", ["two\nlines", "two\r\nX-More: lines", "nul\x00", "snow \u2603"])
async def test_a_header_nobody_can_send_is_an_error_of_its_own_pane(value: str) -> None:
    async with serving(good) as server, flying(server) as engine:
        kind, message = await told(engine, headers={"X-Note": value})
        assert kind == "protocol"
        assert message.startswith(f"a request to {server.url} cannot be sent: ")
        assert not [request for request in server.requests if "x-more" in request.headers]


async def test_a_certificate_that_is_not_trusted() -> None:
    async with serving(good, tls=tls_of_server()) as server, flying(server) as engine:
        url = server.url.replace("127.0.0.1", "localhost")
        kind, message = await told(engine, base_url=url)
        assert kind == "transport"
        assert message.startswith(f"the certificate of {url} is not trusted: self-signed certificate; if it is your")


async def test_a_certificate_of_another_host() -> None:
    async with serving(good, tls=tls_of_server()) as server, flying(server, tls=tls_of_client()) as engine:
        kind, message = await told(engine)
        assert kind == "transport"
        assert message.startswith(f"the certificate of {server.url} is not trusted: IP address mismatch")


async def test_tls_works_when_the_certificate_is_right() -> None:
    async with serving(good, tls=tls_of_server()) as server, flying(server, tls=tls_of_client()) as engine:
        state = engine.launch("m", base_url=server.url.replace("127.0.0.1", "localhost"))
        await engine.ends(state)
        assert (state.phase, text_of(state)) == (Phase.COMPLETE, "one two three")


async def test_tls_spoken_to_a_plain_port() -> None:
    async def refuse(client: SocketStream) -> None:
        async with client:
            await client.receive()
            await client.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with (
        serving(good) as server,
        flying(server) as engine,
        await anyio.create_tcp_listener(local_host="127.0.0.1") as plain,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(plain.serve, refuse)
        url = f"https://127.0.0.1:{plain.extra(SocketAttribute.local_port)}/v1"
        kind, message = await told(engine, base_url=url)
        assert kind == "transport"
        assert message == f"{url} does not speak TLS; try http:// instead of https://"
        tasks.cancel_scope.cancel()


async def test_plain_http_spoken_to_a_tls_port() -> None:
    async with serving(good, tls=tls_of_server()) as server, flying(server) as engine:
        kind, message = await told(engine, base_url=server.url.replace("https", "http"))
        assert (kind, message) == ("transport", "the server closed the connection without answering")


async def test_certificates_that_cannot_be_loaded_fail_the_streams_and_nothing_else() -> None:
    def broken() -> http.HttpTransport:
        ssl.create_default_context(cafile="/nonexistent/roots.pem")
        raise AssertionError("loaded")

    async with serving(good) as server, flying(server, make_transport=broken) as engine:
        engine.fleet.warm_up()
        kind, message = await told(engine)
        assert kind == "transport"
        assert message.startswith("TLS cannot be set up: ")
        assert message.endswith("check SSL_CERT_FILE and SSL_CERT_DIR")


async def test_a_password_in_the_address_is_not_repeated() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with serving(good) as server, flying(server) as engine:
        _, message = await told(engine, base_url=f"http://me:hunter2@127.0.0.1:{port}/v1")
        assert message == f"nothing is listening at http://127.0.0.1:{port}/v1 (connection refused)"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(b"X-Pad: " + b"x" * 10_000_000 + b"\r\n", id="one header of 10 MB"),
        pytest.param(
            b"".join(b"X-%d: %s\r\n" % (number, b"x" * 100) for number in range(100_000)), id="100 000 headers"
        ),
    ],
)
async def test_headers_are_bounded(headers: bytes) -> None:
    state = await ended(answering(b"HTTP/1.1 200 OK\r\n" + headers + b"Content-Length: 0\r\n\r\n"))
    assert state.phase is Phase.FAILED
    assert state.error is not None
    assert state.error.kind == "protocol"


async def test_an_error_body_without_an_end_is_read_to_its_bound() -> None:
    sent = 0

    async def endless(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.send(head("500 Oh No"))
        while True:
            await exchange.send(framed(b"x" * 10_000))
            sent += 10_000

    state = await ended(endless)
    assert state.error is not None
    assert (state.error.status, len(state.error.message) <= 2000) == (500, True)
    assert sent < 50_000_000
