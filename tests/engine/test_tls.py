"""Whose certificates are believed, and what is said of those that are not."""

import socket
import ssl
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import anyio.to_thread
import certifi
import pytest

from tests.engine.certificates import authority, ca_file, expired, server_context
from tests.engine.harness import flying, text_of
from tests.engine.server import good, serving
from tui.core.failure import StreamError
from tui.core.network import Network
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.engine import trust
from tui.engine.client import build_client
from tui.engine.clock import MonotonicClock
from tui.engine.http import HttpTransport
from tui.engine.trust import key_log_notice, tls_context

pytestmark = pytest.mark.anyio


async def asked(tls: ssl.SSLContext, network: Network, host: str = "localhost") -> StreamState:
    """The stream of one request to a server that uses `tls`."""
    async with serving(good, tls=tls) as server, flying(server) as engine:
        state = engine.launch("m", base_url=server.url.replace("127.0.0.1", host), network=network)
        await engine.ends(state)
        return state


async def refused(tls: ssl.SSLContext, network: Network, host: str = "localhost") -> StreamError:
    state = await asked(tls, network, host)
    assert state.phase is Phase.FAILED
    assert state.error is not None
    assert (state.error.kind, state.error.retryable) == ("transport", False)
    return state.error


def too_old() -> ssl.SSLContext:
    """A server that stopped at TLS 1.1."""
    context = server_context("localhost")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@pytest.mark.parametrize("http2", [False, True])
async def test_the_providers_own_authority_is_believed(http2: bool, tmp_path: Path) -> None:
    state = await asked(server_context("localhost"), Network(ca_file=ca_file(tmp_path), http2=http2))
    assert (state.phase, text_of(state)) == (Phase.COMPLETE, "one two three")
    assert state.connection is not None
    assert state.connection.tls_version == "TLSv1.3"


async def test_an_authority_of_one_provider_is_none_of_the_others(tmp_path: Path) -> None:
    async with serving(good, tls=server_context("localhost")) as server, flying(server) as engine:
        url = server.url.replace("127.0.0.1", "localhost")
        own = engine.launch("m", "own", base_url=url, network=Network(ca_file=ca_file(tmp_path)))
        other = engine.launch("m", "other", base_url=url)
        await engine.ends(own, other)
        assert (own.phase, other.phase) == (Phase.COMPLETE, Phase.FAILED)


@pytest.mark.parametrize("http2", [False, True])
async def test_a_certificate_that_ran_out(http2: bool, tmp_path: Path) -> None:
    error = await refused(expired(), Network(ca_file=ca_file(tmp_path), http2=http2))
    assert "is not trusted: certificate has expired; its owner has to renew it, unless this" in error.message


async def test_a_certificate_of_another_host(tmp_path: Path) -> None:
    error = await refused(server_context("other.invalid"), Network(ca_file=ca_file(tmp_path)))
    assert "is not trusted: Hostname mismatch" in error.message
    assert error.message.endswith("; check the host name in the base URL")


async def test_a_certificate_of_an_unknown_authority() -> None:
    error = await refused(server_context("localhost"), Network(ca_file=certifi.where()))
    assert "name its authority's file as ca_file of this provider or in SSL_CERT_FILE" in error.message


async def test_a_server_whose_tls_is_too_old(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:  # in a thread: asyncio's servers end such a handshake without a word
            client, _ = listener.accept()
            with client, suppress(ssl.SSLError):
                too_old().wrap_socket(client, server_side=True)

        url = f"https://localhost:{listener.getsockname()[1]}/v1"
        async with serving(good) as server, flying(server) as engine, anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, refuse)
            state = engine.launch("m", base_url=url, network=Network(ca_file=ca_file(tmp_path)))
            await engine.ends(state)
            assert state.error is not None
            assert state.error.message == (
                f"{url} speaks no version of TLS that is still safe; it has to offer TLS 1.2 or newer"
            )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "ca_file {} cannot be read: No such file or directory"),
        (b"", "ca_file {} holds no certificates in PEM form"),
        (b"\x30\x82 not PEM", "ca_file {} holds no certificates in PEM form"),
        (
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "ca_file {} holds no certificates in PEM form",
        ),
    ],
)
async def test_a_ca_file_that_cannot_be_used_fails_its_own_panes(
    content: bytes | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    async with serving(good) as server, flying(server) as engine:
        states = [engine.launch("m", str(number), network=Network(ca_file=str(path))) for number in range(3)]
        other = engine.launch("m", "other")
        await engine.ends(*states, other)
        assert other.phase is Phase.COMPLETE
        assert [state.error.message if state.error else "" for state in states] == [message.format(path)] * 3


async def test_clients_are_made_once_for_each_way_and_all_closed(tmp_path: Path) -> None:
    made: list[Any] = []

    def making(network: Network) -> Any:
        made.append(build_client(network=network))
        return made[-1]

    clock, path = MonotonicClock(), ca_file(tmp_path)
    usual = build_client(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    async with (
        serving(good) as server,
        flying(server, make_transport=lambda: HttpTransport(usual, clock, making)) as engine,
    ):
        ways = [Network(), Network(ca_file=path), Network(ca_file=path, proxy=""), Network(allow_http=True)] * 3
        states = [engine.launch("m", str(number), network=network) for number, network in enumerate(ways)]
        await engine.ends(*states)
        assert len(made) == 1
        sessions = [client._transport.session for client in (usual, *made)]
        assert not any(session.closed for session in sessions)
    assert all(session.closed for session in sessions)


async def test_the_environment_names_whom_to_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ca_file(tmp_path))
    assert trusted(tls_context()) == trusted(ssl.create_default_context(cafile=ca_file(tmp_path)))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    async with serving(good) as server, flying(server) as engine:
        network = Network(http2=True)
        state = engine.launch("m", network=network)
        await engine.ends(state)
        assert state.error is not None
        assert state.error.message.endswith("No such file or directory; check SSL_CERT_FILE and SSL_CERT_DIR")


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="their stores are no files")
def test_the_systems_certificates_come_before_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    nothing = SimpleNamespace(cafile=None, capath=None)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nothing)
    monkeypatch.setattr(trust, "_SYSTEM_BUNDLES", (str(tmp_path / "missing"), ca_file(tmp_path)))
    assert trusted(tls_context()) == trusted(ssl.create_default_context(cafile=ca_file(tmp_path)))
    monkeypatch.setattr(trust, "_SYSTEM_BUNDLES", ())
    assert trusted(tls_context()) == trusted(ssl.create_default_context(cafile=certifi.where()))


def test_checking_is_always_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    for context in (tls_context(), tls_context(ca_file(tmp_path))):
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_keys_written_down_are_not_kept_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_log_notice() is None
    monkeypatch.setenv("SSLKEYLOGFILE", "/tmp/keys.log")
    assert key_log_notice() == "SSLKEYLOGFILE is set: the keys of every TLS connection are written to /tmp/keys.log"


def trusted(context: ssl.SSLContext) -> list[bytes]:
    return context.get_ca_certs(binary_form=True)


def test_the_authority_is_a_real_one() -> None:
    """Tests above would pass for the wrong reason if nothing were loaded."""
    context = ssl.create_default_context(cadata=authority().cert_pem.bytes().decode())
    assert len(trusted(context)) == 1
