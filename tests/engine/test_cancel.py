"""Sixteen streams at once: what happens to one of them never touches another, and nothing is left behind."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.engine.harness import GUARD_S, PROMPT, Engine, flying, tasks_of_client, text_of, tls_of_client, tls_of_server
from tests.engine.server import Connection, Exchange, Script, event, framed, good, head, serving
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.engine.client import build_client
from tui.engine.clock import MonotonicClock
from tui.engine.http import HttpTransport

pytestmark = pytest.mark.anyio

CLOSED_WITHIN_TURNS = 100
"""Turns of the loop from a cancellation to the server's seeing its connection closed; measured 3 to 8."""


async def before_head(exchange: Exchange) -> None:
    await exchange.hang()


async def before_first_byte(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.hang()


async def after_one_word(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.text("kept ")
    await exchange.hang()


async def inside_an_event(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.text("kept ")
    await exchange.send(framed(event("never seen")[:40]))
    await exchange.hang()


async def dying(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.text("last words")
    exchange.connection.reset()


class Halved:
    """Good answers that stop half-way until they are let on, so that they run while others are cancelled."""

    def __init__(self) -> None:
        self.go = anyio.Event()

    async def __call__(self, exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.text("first half, ")
        await self.go.wait()
        await exchange.text("second half")
        await exchange.finish()


@contextmanager
def full_backlog() -> Iterator[str]:
    """The URL of a listener that lets nobody in any more: connecting to it hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            for sock in waiting:
                sock.close()


async def cancelled_and_closed(engine: Engine, state: StreamState) -> None:
    """Cancel `state` and see its socket closed in time on the other side."""
    connection = engine.server.connection_of(state.target.model)
    assert engine.fleet.cancel(state.target.name)
    assert state.phase is Phase.CANCELLED
    await closed_soon(connection)


async def closed_soon(*connections: Connection) -> None:
    """See these connections closed within a few turns of the loop, which is what promptness is without a clock."""
    for _ in range(CLOSED_WITHIN_TURNS):
        if all(connection.closed.is_set() for connection in connections):
            return
        await anyio.lowlevel.checkpoint()
    raise AssertionError(f"still open after {CLOSED_WITHIN_TURNS} turns")


async def test_sixteen_streams_with_one_trouble_of_each_kind() -> None:
    halved = Halved()
    async with (
        serving(
            good=halved,
            dying=dying,
            hanging=before_head,
            head=before_head,
            byte=before_first_byte,
            streaming=after_one_word,
            stalled=inside_an_event,
        ) as server,
        flying(server) as engine,
    ):
        with full_backlog() as nowhere:
            goods = [engine.launch("good", f"good {number}") for number in range(8)]
            hanging = engine.launch("hanging")
            await engine.board.until(lambda: all(state.answer.choices for state in goods))
            tasks_before = tasks_of_client()

            queued = engine.launch("good", "queued")
            assert str(queued.phase) == "queued"
            assert engine.fleet.cancel("queued")
            assert str(queued.phase) == "cancelled"

            connecting = engine.launch("good", "connecting", base_url=nowhere)
            at_head, at_byte = engine.launch("head"), engine.launch("byte")
            streaming, stalled, dead = engine.launch("streaming"), engine.launch("stalled"), engine.launch("dying")
            await engine.board.until(
                lambda: (
                    connecting.phase is Phase.CONNECTING
                    and at_head.phase is Phase.WAITING
                    and at_byte.timeline.headers_ns is not None
                    and text_of(streaming) == "kept "
                    and stalled.reads == 2
                    and dead.is_over
                )
            )
            assert engine.fleet.cancel("connecting")
            for state in (at_head, at_byte, streaming, stalled):
                await cancelled_and_closed(engine, state)
            await engine.ends(queued, connecting, at_head, at_byte, streaming, stalled, dead)
            assert tasks_of_client() == tasks_before

        halved.go.set()
        await engine.ends(*goods)
        assert [text_of(state) for state in goods] == ["first half, second half"] * 8
        assert {state.phase for state in goods} == {Phase.COMPLETE}
        assert (dead.phase, text_of(dead)) == (Phase.INTERRUPTED, "last words")
        assert {state.phase for state in (queued, connecting, at_head, at_byte)} == {Phase.CANCELLED}
        assert (text_of(streaming), text_of(stalled)) == ("kept ", "kept ")
        assert queued.attempts == ()

        assert hanging.phase is Phase.WAITING
        assert len(engine.connector._acquired) == 1, "the hanging stream's own"
        opened = len(server.connections)
        again = engine.fleet.launch_all([engine.target("good", f"again {number}") for number in range(8)], PROMPT)
        await engine.ends(*again)
        assert {state.phase for state in again} == {Phase.COMPLETE}
        assert len(server.connections) == opened, "every good stream left its connection in the pool"
        await cancelled_and_closed(engine, hanging)
        await engine.ends(hanging)
        assert not engine.connector._acquired


@pytest.mark.parametrize(
    ("script", "reads"), [(before_head, 0), (before_first_byte, 0), (after_one_word, 1), (inside_an_event, 2)]
)
async def test_sixteen_cancelled_at_once_close_their_sockets(script: Script, reads: int) -> None:
    async with serving(script) as server, flying(server) as engine:
        states = engine.fleet.launch_all([engine.target("m", f"pane {number}") for number in range(16)], PROMPT)
        headed = script is not before_head
        await engine.board.until(
            lambda: (
                len(server.requests) == 16
                and all(s.reads == reads and (s.timeline.headers_ns is not None) is headed for s in states)
            )
        )
        assert engine.fleet.cancel_all() == 16
        assert {state.phase for state in states} == {Phase.CANCELLED}
        await closed_soon(*server.connections)
        await engine.fleet.wait_all()
        assert not engine.connector._acquired
        assert engine.fleet.cancel_all() == 0


async def test_a_request_can_be_cancelled_while_it_is_sent() -> None:
    async with serving() as server, flying(server) as engine:
        tasks_before = tasks_of_client()
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            url = f"http://127.0.0.1:{deaf.getsockname()[1]}/v1"
            state = engine.launch("m", base_url=url, options={"padding": "x" * 20_000_000})
            await engine.reaches(state, Phase.WAITING)
            assert engine.fleet.cancel("m")
            await engine.ends(state)
        assert not engine.connector._acquired
        assert tasks_of_client() == tasks_before


async def test_a_prompt_of_megabytes_arrives_whole() -> None:
    async with serving(good) as server, flying(server) as engine:
        state = engine.launch("m", options={"padding": "x" * 20_000_000})
        await engine.ends(state)
        assert state.phase is Phase.COMPLETE
        assert len(server.requests[0].body) > 20_000_000


def ends_on_the_wire(listener: socket.socket, heard: threading.Event) -> bool:
    """Take one TLS request, never say another word, and see the connection's end below TLS."""
    accepted, _ = listener.accept()
    hanging = tls_of_server().wrap_socket(accepted, server_side=True)
    hanging.recv(65536)
    heard.set()
    with socket.socket(fileno=hanging.detach()) as raw:
        raw.settimeout(GUARD_S / 2)
        while raw.recv(65536):
            continue
        return True


async def test_a_tls_server_that_hangs_is_not_waited_for() -> None:
    """TLS ends with a goodbye from both sides; one that never comes must not keep the socket open."""
    heard, ended = threading.Event(), []
    async with serving() as server, flying(server, tls=tls_of_client()) as engine:
        with socket.create_server(("127.0.0.1", 0)) as listener:

            async def listen() -> None:
                ended.append(await anyio.to_thread.run_sync(ends_on_the_wire, listener, heard))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(listen, name="server that hangs")
                state = engine.launch("m", base_url=f"https://localhost:{listener.getsockname()[1]}/v1")
                await anyio.to_thread.run_sync(heard.wait)
                assert engine.fleet.cancel("m")
                await engine.ends(state)
    assert ended == [True]


class Lookups:
    """Name lookups that hang until they are answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = threading.Event()
        self.answered = threading.Event()
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host: str, *rest: Any, **more: Any) -> Any:
        if host.endswith(".invalid"):
            self.asked.set()
            assert self.answered.wait(2 * GUARD_S)
            host = "127.0.0.1"
        return self._real(host, *rest, **more)


async def test_one_name_lookup_serves_two_streams_and_survives_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups = Lookups(monkeypatch)
    async with serving(good) as server, flying(server) as engine:
        tasks_before = tasks_of_client()
        named = server.url.replace("127.0.0.1", "slow.invalid")
        first = engine.launch("m", "first", base_url=named)
        await anyio.to_thread.run_sync(lookups.asked.wait)
        second = engine.launch("m", "second", base_url=named)
        await engine.reaches(second, Phase.CONNECTING)
        assert engine.fleet.cancel("first")
        await engine.ends(first)
        lookups.answered.set()
        await engine.ends(second)
        assert (first.phase, second.phase) == (Phase.CANCELLED, Phase.COMPLETE)
        assert tasks_of_client() == tasks_before


async def test_lookups_that_hang_hold_up_neither_other_streams_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups = Lookups(monkeypatch)
    try:
        async with serving(good) as server:
            tasks_before = tasks_of_client()
            async with flying(server) as engine:
                hanging = [engine.launch("m", str(n), base_url=f"http://host{n}.invalid/v1") for n in range(64)]
                await engine.board.until(lambda: all(state.phase is Phase.CONNECTING for state in hanging))
                await engine.ends(other := engine.launch("m", base_url=server.url.replace("127.0.0.1", "localhost")))
                assert other.phase is Phase.COMPLETE
            assert {state.phase for state in hanging} == {Phase.CANCELLED}
            assert tasks_of_client() == tasks_before
        still = [thread for thread in threading.enumerate() if thread.name.startswith("look up")]
        assert all(thread.daemon for thread in still), "the program's end would wait for these"
    finally:
        lookups.answered.set()


async def test_cancelling_while_the_client_is_built_costs_only_that_stream() -> None:
    building, built, clock = threading.Event(), threading.Event(), MonotonicClock()
    made: list[HttpTransport] = []

    def slowly() -> HttpTransport:
        building.set()
        assert built.wait(20)
        made.append(HttpTransport(build_client(), clock))
        return made[-1]

    async with serving(good) as server, flying(server, make_transport=slowly) as engine:
        first, second = engine.launch("m", "first"), engine.launch("m", "second")
        await anyio.to_thread.run_sync(building.wait)
        assert engine.fleet.cancel("first")
        built.set()
        await engine.ends(first, second)
        assert (first.phase, second.phase) == (Phase.CANCELLED, Phase.COMPLETE)
        assert len(made) == 1


async def test_cancelling_one_name_twice_or_an_unknown_one_says_no() -> None:
    async with serving(after_one_word) as server, flying(server) as engine:
        state = engine.launch("m")
        await engine.reaches(state, Phase.STREAMING)
        assert engine.fleet.cancel("m")
        assert not engine.fleet.cancel("m")
        assert not engine.fleet.cancel("nobody")
        await engine.ends(state)
        assert not engine.fleet.cancel("m")


async def test_a_second_launch_replaces_the_first() -> None:
    async with serving(slow=after_one_word, good=good) as server, flying(server) as engine:
        first = engine.launch("slow", "pane")
        await engine.reaches(first, Phase.STREAMING)
        second = engine.launch("good", "pane")
        assert engine.board.get("pane") is second
        assert (first.phase, text_of(first)) == (Phase.CANCELLED, "kept ")
        await engine.ends(second)
        assert text_of(second) == "one two three"
        await server.connection_of("slow").closed.wait()
        assert engine.fleet.cancel("pane") is False


async def test_the_end_of_the_fleet_ends_everything() -> None:
    async with serving(slow=after_one_word, good=good, head=before_head) as server:
        async with flying(server) as engine:
            done, slow, waiting = engine.launch("good"), engine.launch("slow"), engine.launch("head")
            await engine.reaches(slow, Phase.STREAMING)
            await engine.reaches(waiting, Phase.WAITING)
            await engine.ends(done)
            unborn = engine.launch("good", "unborn")
            connector = engine.connector
        assert {slow.phase, waiting.phase, unborn.phase} == {Phase.CANCELLED}
        assert text_of(slow) == "kept "
        assert connector.closed
        for connection in server.connections:
            await connection.closed.wait()
        with anyio.fail_after(1):
            await engine.fleet.wait_all()


async def test_a_bug_in_a_stream_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    async with serving(good, slow=after_one_word) as server:
        with pytest.RaisesGroup(ZeroDivisionError, flatten_subgroups=True):
            async with flying(server) as engine:
                other = engine.launch("slow")
                await engine.reaches(other, Phase.STREAMING)
                monkeypatch.setattr(StreamState, "receive", broken)
                connector = engine.connector
                engine.launch("m")
                await anyio.sleep_forever()
        assert other.phase is Phase.CANCELLED
        assert connector.closed
        for connection in server.connections:
            await connection.closed.wait()


async def test_error_pages_that_never_end_leave_nothing_behind() -> None:
    """Their body is read up to a bound; the rest is not waited for, and neither a task nor the connection stays."""

    async def endless(exchange: Exchange) -> None:
        await exchange.send(head("500 Oops", Content_Type="text/plain"))
        while True:
            await exchange.send(framed(b"no " * 4000))
            await anyio.lowlevel.checkpoint()

    async with serving(endless, good=good) as server, flying(server) as engine:
        await engine.ends(engine.launch("good"))
        tasks_before = tasks_of_client()
        state = engine.launch("m")
        await engine.ends(state)
        assert tasks_of_client() == tasks_before
        assert state.error is not None
        assert state.error.status == 500
        await server.connection_of("m").closed.wait()
        assert not engine.connector._acquired
