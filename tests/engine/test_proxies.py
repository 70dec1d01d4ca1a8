"""Proxies: which one is used, what it sees, and whose fault it was."""

import base64
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.engine.certificates import HOST, ca_file, server_context
from tests.engine.connect_proxy import ConnectProxy, proxying, refusing
from tests.engine.harness import KEY, Engine, flying, text_of
from tests.engine.server import Exchange, good, serving
from tui.core.errors import ConfigError
from tui.core.network import DIRECT, Network
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.engine.proxies import Proxy, proxy_for, proxy_words

pytestmark = pytest.mark.anyio

URL = f"https://{HOST}/v1"


@asynccontextmanager
async def behind_proxy(tmp_path: Path, refusal: bytes | None = None) -> AsyncIterator[tuple[Engine, ConnectProxy]]:
    """A server with TLS that only the proxy leads to."""
    async with (
        serving(good, tls=server_context()) as server,
        proxying(server.url, refusal) as proxy,
        flying(server) as engine,
    ):
        yield engine, proxy


async def asked(engine: Engine, tmp_path: Path, proxy: str | None, name: str = "m", **fields: Any) -> StreamState:
    network = Network(proxy=proxy, ca_file=ca_file(tmp_path))
    state = engine.launch("m", name, base_url=URL, key=KEY, network=network, **fields)
    await engine.ends(state)
    return state


async def test_a_request_goes_through_the_providers_proxy(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (engine, proxy):
        state = await asked(engine, tmp_path, proxy.url)
        assert (state.phase, text_of(state)) == (Phase.COMPLETE, "one two three")
        (head,) = proxy.asked
        assert head.startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n")
        assert KEY not in head, "what is in the tunnel is the server's"
        (request,) = engine.server.requests
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert "proxy-authorization" not in request.headers
        facts = state.connection
        assert facts is not None
        assert (facts.proxy, facts.peer, facts.reused) == (proxy.shown, proxy.shown, False)
        assert (facts.tcp_ns or 0) > 0
        assert (facts.tls_ns or 0) > 0


async def test_a_tunnel_is_used_again(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (engine, proxy):
        await asked(engine, tmp_path, f"http://me:pass@{proxy.shown}", "first")
        second = await asked(engine, tmp_path, f"http://me:pass@{proxy.shown}", "second")
        assert len(proxy.asked) == 1
        assert second.connection is not None
        assert (second.connection.reused, second.connection.tcp_ns) == (True, None)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
async def test_the_environments_proxy_is_used(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with behind_proxy(tmp_path) as (engine, proxy):
        monkeypatch.setenv(name, proxy.url)
        state = await asked(engine, tmp_path, None)
        assert state.phase is Phase.COMPLETE
        assert len(proxy.asked) == 1


async def test_a_name_and_password_go_to_the_proxy_and_nowhere_else(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path) as (engine, proxy):
        state = await asked(engine, tmp_path, f"http://me:hunter%32@{proxy.shown}")
        expected = base64.b64encode(b"me:hunter2").decode()
        assert f"Proxy-Authorization: Basic {expected}" in proxy.asked[0]
        shown = repr([state, state.connection, state.snapshot(), proxy_for(URL, state.target.network)])
        assert "hunter" not in shown.replace(state.target.network.proxy or "", "")
        assert expected not in shown


async def test_cancelling_closes_the_tunnel(tmp_path: Path) -> None:
    async def hanging(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.text("kept")
        await exchange.hang()

    async with (
        serving(hanging, tls=server_context()) as server,
        proxying(server.url) as proxy,
        flying(server) as engine,
    ):
        network = Network(proxy=proxy.url, ca_file=ca_file(tmp_path))
        state = engine.launch("m", base_url=URL, network=network)
        await engine.reaches(state, Phase.STREAMING)
        engine.fleet.cancel("m")
        await server.connections[0].closed.wait()
        assert text_of(state) == "kept"


REFUSALS = [
    (refusing("407 Authentication Required"), "the proxy {} asks for a user name and password", False),
    (refusing("403 Forbidden", "<h1>no</h1>"), "the proxy {} does not let us connect to " + URL + " (403 Forb", False),
    (refusing("502 Bad Gateway"), "the proxy {} cannot reach " + URL + " (502 Bad Gateway)", True),
    (refusing("503 \x1b[31mBusy"), "the proxy {} cannot reach " + URL + " (503", True),
    (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "the proxy {} does not answer as an HTTP proxy; check its address", False),
    (b"", "the proxy {} closed the connection instead of connecting to " + URL, True),
]


@pytest.mark.parametrize(("refusal", "message", "retryable"), REFUSALS)
async def test_what_a_proxy_refuses_is_said_to_be_its_fault(
    refusal: bytes, message: str, retryable: bool, tmp_path: Path
) -> None:
    async with behind_proxy(tmp_path, refusal) as (engine, proxy):
        state = await asked(engine, tmp_path, proxy.url)
        assert state.phase is Phase.FAILED
        assert state.error is not None
        assert (state.error.kind, state.error.retryable) == ("transport", retryable)
        assert state.error.message.startswith(message.format(proxy.shown))
        assert state.error.message.isprintable()
        assert not engine.server.connections


async def test_a_wrong_password_is_told_from_a_missing_one(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path, refusing("407 No")) as (engine, proxy):
        state = await asked(engine, tmp_path, f"http://me:hunter2@{proxy.shown}")
        assert state.error is not None
        assert state.error.message == f"the proxy {proxy.shown} refuses the user name and password in its URL"


async def test_a_proxy_that_is_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        shown = f"127.0.0.1:{free.getsockname()[1]}"
    async with behind_proxy(tmp_path) as (engine, _):
        state = await asked(engine, tmp_path, f"http://me:hunter2@{shown}")
        assert state.error is not None
        assert state.error.message.startswith(f"the proxy {shown} cannot be reached: connection refused; check HTTPS_")
        state = await asked(engine, tmp_path, "http://proxy.invalid:3128", "name")
        assert state.error is not None
        assert state.error.message.startswith("the proxy proxy.invalid:3128 cannot be found: there is no host of this")


async def test_a_bad_certificate_in_the_tunnel_is_the_servers_fault(tmp_path: Path) -> None:
    async with (
        serving(good, tls=server_context("other.invalid")) as server,
        proxying(server.url) as proxy,
        flying(server) as engine,
    ):
        state = await asked(engine, tmp_path, proxy.url)
        assert state.error is not None
        assert state.error.message.startswith(f"the certificate of {URL} is not trusted: Hostname mismatch")


async def test_a_proxy_with_tls_of_its_own(tmp_path: Path) -> None:
    async with (
        serving(good, tls=server_context()) as server,
        proxying(server.url, tls=server_context("127.0.0.1")) as right,
        proxying(server.url, tls=server_context("other.invalid")) as wrong,
        flying(server) as engine,
    ):
        state = await asked(engine, tmp_path, f"https://{right.shown}")
        assert (state.phase, text_of(state)) == (Phase.COMPLETE, "one two three")
        state = await asked(engine, tmp_path, f"https://{wrong.shown}", "wrong")
        assert state.error is not None
        assert state.error.message.startswith(f"the certificate of the proxy {wrong.shown} is not trusted: IP address")


async def test_loopback_is_never_reached_through_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(good) as server, proxying(server.url) as proxy, flying(server) as engine:
        for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        states = [engine.launch("m", "env", key=KEY), engine.launch("m", "own", network=Network(proxy=proxy.url))]
        await engine.ends(*states)
        assert [state.phase for state in states] == [Phase.COMPLETE] * 2
        assert not proxy.asked
        assert states[1].connection is not None
        assert states[1].connection.proxy is None


async def test_a_key_does_not_go_through_a_proxy_in_clear(tmp_path: Path) -> None:
    async with serving(good) as server, proxying(server.url) as proxy, flying(server) as engine:
        url = f"http://{HOST}/v1"
        refused = engine.launch("m", "no", base_url=url, key=KEY, network=Network(proxy=proxy.url))
        await engine.ends(refused)
        assert refused.phase is Phase.FAILED
        assert refused.error is not None
        assert refused.error.message.startswith(f"the key would go to {HOST} unencrypted")
        assert not proxy.asked
        network = Network(proxy=f"http://me:pass@{proxy.shown}", allow_http=True)
        allowed = engine.launch("m", "yes", base_url=url, key=KEY, network=network)
        await engine.ends(allowed)
        assert allowed.phase is Phase.COMPLETE
        assert proxy.asked[0].startswith(f"POST {url}/chat/completions HTTP/1.1\r\n")
        assert "Proxy-Authorization: Basic bWU6cGFzcw==" in proxy.asked[0]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("http://proxy.example:3128", "proxy.example:3128"),
        ("proxy.example:3128", "proxy.example:3128"),
        ("http://me:secret@proxy.example", "proxy.example:80"),
        ("https://proxy.example", "proxy.example:443"),
        ("http://[::1]:3128", "[::1]:3128"),
    ],
)
def test_how_a_proxy_may_be_written(written: str, shown: str) -> None:
    proxy = proxy_for("https://api.example/v1", Network(proxy=written))
    assert proxy is not None
    assert proxy.shown == shown
    assert "secret" not in repr(proxy)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("socks5://proxy.example:1080", "the provider's proxy names a SOCKS proxy, which is not supported"),
        ("ftp://proxy.example", "the provider's proxy is no address of a proxy"),
        ("http://", "the provider's proxy is no address of a proxy"),
        ("http://me:secret@[::1", "the provider's proxy is no address of a proxy"),
        ("http://proxy.example:99999", "the provider's proxy is no address of a proxy"),
    ],
)
async def test_what_is_no_proxy_is_said_in_the_pane(written: str, message: str) -> None:
    async with serving(good) as server, flying(server) as engine:
        state = engine.launch("m", base_url=URL, network=Network(proxy=written))
        await engine.ends(state)
        assert state.error is not None
        assert state.error.message.startswith(message)
        assert "secret" not in state.error.message
        assert proxy_words(state.target) == state.error.message


def test_the_variable_that_names_no_proxy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5h://127.0.0.1:9050")
    with pytest.raises(ConfigError, match="ALL_PROXY names a SOCKS proxy"):
        proxy_for("https://api.example/v1", DIRECT)


@pytest.mark.parametrize(
    ("url", "no_proxy", "is_direct"),
    [
        ("https://api.example/v1", "", False),
        ("https://api.example/v1", "*", True),
        ("https://api.example/v1", "other.example, *", True),
        ("https://api.example/v1", "api.example", True),
        ("https://API.example/v1", ".EXAMPLE", True),
        ("https://api.example/v1", "example", True),
        ("https://notexample/v1", "example", False),
        ("https://api.example/v1", "api.example:443", True),
        ("https://api.example:8443/v1", "api.example:443", False),
        ("https://10.1.2.3/v1", "10.0.0.0/8", True),
        ("https://11.1.2.3/v1", "10.0.0.0/8,nonsense/99", False),
        ("https://[fd00::1]/v1", "fd00::/8", True),
        ("https://localhost/v1", "", True),
        ("https://127.0.0.2/v1", "", True),
    ],
)
def test_what_no_proxy_excepts(url: str, no_proxy: str, is_direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    proxy = proxy_for(url, DIRECT)
    assert proxy == (None if is_direct else Proxy("http://proxy.example:3128", "proxy.example:3128"))


def test_what_the_provider_says_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "*")
    own = proxy_for("https://api.example/v1", Network(proxy="http://own.example:1"))
    assert own is not None
    assert own.shown == "own.example:1"
    monkeypatch.delenv("NO_PROXY")
    assert proxy_for("https://api.example/v1", Network(proxy="")) is None
