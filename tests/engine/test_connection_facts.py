"""What is known of a stream's connection: how it came about and what was waited for."""

import asyncio
import socket

import anyio
import pytest

from tests.engine.harness import StillClock, flying, tls_of_client, tls_of_server
from tests.engine.server import Exchange, good, serving
from tui.core.connection import ConnectionFacts
from tui.core.phase import Phase
from tui.core.report import target_object
from tui.engine import http1, launch_gate
from tui.engine.client import build_client
from tui.engine.clock import MonotonicClock
from tui.engine.connections import StampedConnection
from tui.engine.http import HttpTransport
from tui.engine.http1 import AiohttpTransport
from tui.engine.journey import Journey

pytestmark = pytest.mark.anyio


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests start in the same turn of the loop, where the gate would let them out one after another."""
    monkeypatch.setattr(launch_gate, "LONGEST_S", 0)


MS = 1_000_000


async def test_a_plain_connection_to_a_written_address() -> None:
    async with serving(good) as server, flying(server) as engine:
        await engine.ends(first := engine.launch("m", "first"))
        await engine.ends(second := engine.launch("m", "second"))
        facts = first.connection
        assert facts is not None
        assert (facts.http_version, facts.reused, facts.proxy, facts.http2_declined) == ("HTTP/1.1", False, None, False)
        assert facts.peer == server.url.split("/")[2]
        assert (facts.tls_version, facts.cipher, facts.tls_ns, facts.dns_ns, facts.slot_wait_ns) == (None,) * 5
        assert 0 < (facts.tcp_ns or 0) < (first.timeline.end_ns or 0) - (first.timeline.start_ns or 0)
        again = second.connection
        assert again is not None
        assert (again.reused, again.peer, again.tcp_ns) == (True, facts.peer, None)
        assert first.snapshot().connection is facts


async def test_a_name_and_tls_take_times_of_their_own(together: None) -> None:
    async with serving(good, tls=tls_of_server()) as server, flying(server, tls=tls_of_client()) as engine:
        url = server.url.replace("127.0.0.1", "localhost")
        states = [engine.launch("m", str(number), base_url=url) for number in range(3)]
        await engine.ends(*states)
        for state in states:
            facts = state.connection
            assert facts is not None
            assert facts.tls_version == "TLSv1.3"
            assert facts.cipher
            assert facts.cipher.startswith("TLS_")
            parts = [facts.dns_ns, facts.tcp_ns, facts.tls_ns]
            assert all(part is not None and part > 0 for part in parts), "those who wait for another's lookup wait too"
            assert state.timeline.connected_ns is not None
            assert sum(part or 0 for part in parts) <= state.timeline.connected_ns - (state.timeline.start_ns or 0)


async def test_waiting_for_a_place_in_the_pool_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http1, "MAX_CONNECTIONS", 1)
    go = anyio.Event()

    async def held(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.text("a")
        await go.wait()
        await exchange.finish()

    async with serving(good, held=held) as server, flying(server) as engine:
        first = engine.launch("held")
        await engine.reaches(first, Phase.STREAMING)
        second = engine.launch("m")
        await engine.board.until(lambda: second.phase is Phase.CONNECTING)
        await anyio.wait_all_tasks_blocked()
        go.set()
        await engine.ends(first, second)
        assert second.connection is not None
        assert (second.connection.slot_wait_ns or 0) > 0
        assert second.connection.reused is True


def test_the_parts_of_a_way() -> None:
    """Begun at 0; looked up from 1 to 4 ms; the socket stood at 9, TLS at 21 ms."""
    clock = StillClock()
    heard: list[ConnectionFacts] = []
    journey = Journey(heard.append, clock, "proxy.example:3128")
    loop = asyncio.new_event_loop()

    def at(ms: int) -> None:
        clock.at_ns = ms * MS

    journey.create()
    at(1)
    journey.look_up()
    at(4)
    journey.found()
    at(9)
    connection = StampedConnection(loop, clock)
    connection.ready_ns = 21 * MS
    journey.arrive(connection)
    journey.arrive(connection)
    loop.close()
    (facts,) = heard
    assert (facts.dns_ns, facts.tcp_ns, facts.tls_ns) == (3 * MS, 6 * MS, None), "no TLS was spoken"
    assert (facts.proxy, facts.peer, facts.reused) == ("proxy.example:3128", None, False)


async def test_the_json_tells_of_the_connection() -> None:
    async with serving(good) as server, flying(server) as engine:
        await engine.ends(state := engine.launch("m"))
        found = target_object(state)["connection"]
        assert found.pop("tcp_ms") > 0
        assert found == {
            "http_version": "HTTP/1.1",
            "http2_declined": False,
            "reused": False,
            "peer": server.url.split("/")[2],
            "proxy": None,
            "tls_version": None,
            "cipher": None,
            "slot_wait_ms": None,
            "dns_ms": None,
            "tls_ms": None,
        }


async def test_without_a_connection_there_are_no_facts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    async with serving(good) as server, flying(server) as engine:
        await engine.ends(state := engine.launch("m", base_url=url))
        assert state.connection is None
        assert target_object(state)["connection"] is None


async def test_a_journey_that_breaks_gives_its_connection_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in our own bookkeeping must not cost the pool a place."""

    def broken(self: Journey, *_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    async with serving(good) as server:
        client = build_client()
        monkeypatch.setattr(Journey, "arrive", broken)
        transport = HttpTransport(client, MonotonicClock())
        request = client.build_request("POST", server.url, content=b"{}", extensions={"connected": print})
        with pytest.raises(RuntimeError):
            await client.send(request)
        wire = client._transport
        assert isinstance(wire, AiohttpTransport)
        assert wire.session is not None
        assert not wire.session.connector._acquired  # type: ignore[union-attr]
        await transport.aclose()
