"""HTTP/2 where a provider asks for it: many streams on one connection, each with an end of its own."""

import asyncio
import builtins
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.engine.certificates import HOST, ca_file, server_context
from tests.engine.connect_proxy import proxying, refusing
from tests.engine.harness import KEY, Engine, flying, tasks_of_client, text_of
from tests.engine.http2_server import Http2Exchange, Listening, Script2, good2, serving_http2
from tests.engine.server import good, serving
from tui.core.network import Network
from tui.core.phase import Phase
from tui.core.request import Prompt
from tui.core.stream import StreamState
from tui.engine import launch_gate

pytestmark = pytest.mark.anyio


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests start in the same turn of the loop, where the gate would let them out one after another."""
    monkeypatch.setattr(launch_gate, "LONGEST_S", 0)


class Over2:
    """A running fleet in front of an HTTP/2 server."""

    def __init__(self, engine: Engine, server: Listening, network: Network) -> None:
        self.engine, self.server, self.network = engine, server, network

    def launch(self, model: str, name: str | None = None, **fields: Any) -> StreamState:
        fields = {"base_url": self.server.url, "network": self.network, **fields}
        return self.engine.launch(model, name, **fields)

    async def asked(self, model: str, name: str | None = None, **fields: Any) -> StreamState:
        state = self.launch(model, name, **fields)
        await self.engine.ends(state)
        return state

    async def started(self, model: str) -> StreamState:
        """One stream that has begun to write."""
        state = self.launch(model)
        await self.engine.reaches(state, Phase.STREAMING)
        return state


@asynccontextmanager
async def over2(
    tmp_path: Path, script: Script2 = good2, *, most_streams: int | None = None, **scripts: Script2
) -> AsyncIterator[Over2]:
    context = server_context(alpn=("h2", "http/1.1"))
    async with (
        serving_http2(script, tls=context, most_streams=most_streams, **scripts) as server,
        serving(good) as other,
        flying(other) as engine,
    ):
        server.noticed = engine.board.wake
        yield Over2(engine, server, Network(http2=True, ca_file=ca_file(tmp_path)))


async def begun(exchange: Http2Exchange) -> None:
    await exchange.begin(content_type="text/event-stream")
    await exchange.text("kept ")


async def hanging(exchange: Http2Exchange) -> None:
    await begun(exchange)
    await exchange.hang()


class Held:
    """An answer that stops half-way until it is let on."""

    def __init__(self) -> None:
        self.go = anyio.Event()

    async def __call__(self, exchange: Http2Exchange) -> None:
        await begun(exchange)
        await self.go.wait()
        await exchange.text("whole")
        await exchange.finish()


async def test_an_answer_over_http2(tmp_path: Path) -> None:
    async with over2(tmp_path) as run:
        state = await run.asked("m", key=KEY, headers={"X-Note": "a note"})
        assert (state.phase, text_of(state), state.status) == (Phase.COMPLETE, "one two three", 200)
        facts = state.connection
        assert facts is not None
        assert (facts.http_version, facts.reused, facts.http2_declined) == ("HTTP/2", False, False)
        assert facts.tls_version == "TLSv1.3"
        assert facts.cipher
        assert min(facts.dns_ns or 0, facts.tcp_ns or 0, facts.tls_ns or 0) > 0
        (exchange,) = run.server.exchanges
        assert exchange.headers.pop("user-agent").startswith("sidestream/")
        assert exchange.headers == {
            ":method": "POST",
            ":scheme": "https",
            ":authority": run.server.url.split("/")[2],
            ":path": "/v1/chat/completions",
            "accept": "text/event-stream, application/json",
            "accept-encoding": "identity",
            "content-type": "application/json",
            "content-length": str(len(exchange.body)),
            "authorization": f"Bearer {KEY}",
            "x-note": "a note",
        }


async def test_streams_opened_together_share_one_connection(together: None, tmp_path: Path) -> None:
    async with over2(tmp_path) as run:
        states = [run.launch("m", str(number)) for number in range(16)]
        await run.engine.ends(*states)
        assert [text_of(state) for state in states] == ["one two three"] * 16
        assert len(run.server.connections) == 1
        assert not [state for state in states if state.timeline.is_reused], "all of them waited for the connection"
        later = await run.asked("m", "later")
        assert later.timeline.is_reused is True
        assert later.connection is not None
        assert later.connection.tls_ns is None


async def test_a_server_that_takes_few_streams_gets_several_connections(tmp_path: Path) -> None:
    async with over2(tmp_path, hanging, most_streams=2) as run:
        await run.started("first")
        states = [run.launch("m", str(number)) for number in range(4)]
        await run.engine.board.until(lambda: all(text_of(state) for state in states))
        assert sum(len(connection.exchanges) for connection in run.server.connections) == 5
        assert max(len(connection.exchanges) for connection in run.server.connections) <= 2


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (2, "the server broke off this answer: it has an internal error (RST_STREAM)"),
        (7, "the server broke off this answer: it did not begin to work on it (RST_STREAM)"),
        (11, "the server broke off this answer: it gets too many requests from here (RST_STREAM)"),
        (13, "the server wants HTTP/1.1 for this request; turn http2 off for this provider"),
        (77, "the server broke off this answer: error code 77 (RST_STREAM)"),
    ],
)
async def test_a_reset_ends_its_own_stream_only(code: int, words: str, tmp_path: Path) -> None:
    async def resetting(exchange: Http2Exchange) -> None:
        await begun(exchange)
        exchange.rst(code)

    held = Held()
    async with over2(tmp_path, held=held, resetting=resetting) as run:
        other = await run.started("held")
        state = await run.asked("resetting")
        assert (state.phase, text_of(state)) == (Phase.INTERRUPTED, "kept ")
        assert state.error is not None
        assert state.error.message == words
        held.go.set()
        await run.engine.ends(other)
        assert (other.phase, text_of(other)) == (Phase.COMPLETE, "kept whole")
        assert len(run.server.connections) == 1


async def test_a_reset_before_the_answer(tmp_path: Path) -> None:
    async def refusing(exchange: Http2Exchange) -> None:
        exchange.rst(7)

    async with over2(tmp_path, refusing) as run:
        state = await run.asked("m")
        assert state.phase is Phase.FAILED
        assert state.error is not None
        assert state.error.retryable


async def test_a_goaway_lets_the_streams_it_serves_finish(tmp_path: Path) -> None:
    held = Held()
    async with over2(tmp_path, held=held) as run:
        old = await run.started("held")
        (connection,) = run.server.connections
        connection.goaway(0, last=1)
        new = await run.asked("m")
        assert new.phase is Phase.COMPLETE
        assert len(run.server.connections) == 2, "the old connection takes no more streams"
        held.go.set()
        await run.engine.ends(old)
        assert (old.phase, text_of(old)) == (Phase.COMPLETE, "kept whole")
        await connection.closed.wait()


async def test_a_goaway_names_its_reason_in_the_panes_it_ends(tmp_path: Path) -> None:
    async with over2(tmp_path, hanging) as run:
        first, second = await run.started("first"), await run.started("second")
        (connection,) = run.server.connections
        connection.goaway(11, last=1, reason=b"too_many\x1b pings")
        await run.engine.ends(second)
        assert (second.phase, text_of(second)) == (Phase.INTERRUPTED, "kept ")
        assert second.error is not None
        assert second.error.message == (
            "the server is closing the connection: it gets too many requests from here: too_many␛ pings (GOAWAY)"
        )
        assert not first.is_over
        connection.transport.abort()
        await run.engine.ends(first)
        assert first.error is not None
        assert first.error.message.endswith("(GOAWAY)"), "the reason is remembered when the connection ends"


async def test_the_end_of_the_stream_proves_nothing(tmp_path: Path) -> None:
    async def ending(exchange: Http2Exchange) -> None:
        await begun(exchange)
        await exchange.send(b"", ends=True)

    async with over2(tmp_path, ending) as run:
        state = await run.asked("m")
        assert (state.phase, text_of(state), state.error) == (Phase.INTERRUPTED, "kept ", None)


async def test_cancelling_resets_the_stream_and_keeps_the_connection(tmp_path: Path) -> None:
    async with over2(tmp_path, hanging=hanging) as run:
        state = await run.started("hanging")
        assert run.engine.fleet.cancel("hanging")
        (exchange,) = run.server.exchanges
        await exchange.reset.wait()
        assert exchange.reset_code == 8
        assert (state.phase, text_of(state)) == (Phase.CANCELLED, "kept ")
        after = await run.asked("m")
        assert after.phase is Phase.COMPLETE
        assert len(run.server.connections) == 1


async def test_cancelling_while_the_connection_opens_leaves_the_others_their_turn(tmp_path: Path) -> None:
    async with over2(tmp_path) as run:
        first, second = run.launch("m", "first"), run.launch("m", "second")
        await run.engine.board.until(lambda: first.phase is Phase.CONNECTING)
        run.engine.fleet.cancel("first")
        await run.engine.ends(second)
        assert (first.phase, second.phase) == (Phase.CANCELLED, Phase.COMPLETE)


async def test_a_lost_connection_ends_all_its_streams(tmp_path: Path) -> None:
    async with over2(tmp_path, hanging) as run:
        states = [await run.started(name) for name in ("first", "second")]
        run.server.connections[0].transport.abort()
        await run.engine.ends(*states)
        assert [state.phase for state in states] == [Phase.INTERRUPTED] * 2
        assert {state.error.message for state in states if state.error} <= {
            "the connection broke off in the middle of the answer",
            "the server reset the connection",
        }


async def test_a_server_that_breaks_the_rules(tmp_path: Path) -> None:
    async def raving(exchange: Http2Exchange) -> None:
        await begun(exchange)
        exchange.connection.transport.write(b"\x00\x00\x00\x06\x00\x00\x00\x00\x00" + b"garbage" * 9)

    async with over2(tmp_path, raving) as run:
        state = await run.asked("m")
        assert (state.phase, text_of(state)) == (Phase.INTERRUPTED, "kept ")
        assert state.error is not None
        assert state.error.kind == "protocol"
        assert state.error.message.startswith("the server broke the rules of HTTP/2: ")


async def test_a_long_answer_passes_the_window(tmp_path: Path) -> None:
    async def long(exchange: Http2Exchange) -> None:
        await exchange.begin()
        for _ in range(400):
            await exchange.text("0123456789" * 1000)
        await exchange.finish()

    async with over2(tmp_path, long) as run:
        state = await run.asked("m")
        assert state.phase is Phase.COMPLETE
        assert len(text_of(state)) == 4_000_000


async def test_a_long_prompt_passes_the_servers_window(tmp_path: Path) -> None:
    async with over2(tmp_path) as run:
        target = run.engine.target("m", base_url=run.server.url, network=run.network)
        state = run.engine.fleet.launch(target, Prompt.of("x" * 1_000_000))
        await run.engine.ends(state)
        assert state.phase is Phase.COMPLETE
        assert len(run.server.exchanges[0].body) > 1_000_000


async def test_an_answer_before_the_prompt_was_read(tmp_path: Path) -> None:
    """The server refuses a long prompt without taking more of it than its window."""
    async with over2(tmp_path) as run:
        target = run.engine.target("m", base_url=run.server.url, network=run.network)

        def early() -> None:
            for exchange in run.server.exchanges:
                if not exchange.reset.is_set() and ":refused" not in exchange.headers:
                    exchange.headers[":refused"] = "yes"
                    exchange.connection.h2.send_headers(exchange.stream_id, [(":status", "413")], end_stream=True)
                    exchange.connection.flush()

        state = run.engine.fleet.launch(target, Prompt.of("x" * 10_000_000))
        await run.engine.board.until(lambda: bool(run.server.exchanges) or state.is_over)
        early()
        await run.engine.ends(state)
        assert state.error is not None
        assert state.error.status == 413
        after = await run.asked("m", "after")
        assert after.phase is Phase.COMPLETE


async def test_a_text_never_waits_for_another_streams(tmp_path: Path) -> None:
    """Each piece is read as it comes, also while all other streams are silent."""

    async def ticking(exchange: Http2Exchange) -> None:
        await begun(exchange)
        for text in ("a", "b", "c"):
            await exchange.text(text)
            await asyncio.sleep(0)
        await exchange.hang()

    async with over2(tmp_path, hanging, ticking=ticking) as run:
        for number in range(8):
            await run.started(str(number))
        state = await run.started("ticking")
        await run.engine.board.until(lambda: text_of(state) == "kept abc")


async def test_a_server_without_http2_is_spoken_to_without(tmp_path: Path) -> None:
    async with serving(good, tls=server_context(alpn=("http/1.1",))) as server, flying(server) as engine:
        network = Network(http2=True, ca_file=ca_file(tmp_path))
        states = [engine.launch("m", str(number), network=network) for number in range(3)]
        await engine.ends(*states)
        assert [text_of(state) for state in states] == ["one two three"] * 3
        assert {
            (state.connection.http_version, state.connection.http2_declined) for state in states if state.connection
        } == {("HTTP/1.1", True)}
        assert len(server.connections) <= 3, "the connection that asked is used"


async def test_http2_through_a_proxy(tmp_path: Path) -> None:
    async with over2(tmp_path) as run, proxying(run.server.url) as proxy:
        network = Network(proxy=proxy.url, http2=True, ca_file=ca_file(tmp_path))
        state = await run.asked("m", base_url=f"https://{HOST}/v1", network=network)
        assert state.phase is Phase.COMPLETE
        assert state.connection is not None
        assert (state.connection.http_version, state.connection.proxy) == ("HTTP/2", proxy.shown)


async def test_those_who_wait_for_a_connection_share_its_failure(together: None, tmp_path: Path) -> None:
    async with over2(tmp_path) as run, proxying(run.server.url, refusing("502 Bad Gateway")) as proxy:
        network = Network(proxy=proxy.url, http2=True, ca_file=ca_file(tmp_path))
        states = [run.launch("m", str(n), base_url=f"https://{HOST}/v1", network=network) for n in range(5)]
        await run.engine.ends(*states)
        assert len({state.error for state in states}) == 1
        assert len(proxy.asked) == 1, "one of them asked"


async def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_h2(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == "h2":
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real_import(name, *args, **kwargs)

    for name in [name for name in sys.modules if name.startswith("tui.engine.http2")]:
        if name != "tui.engine.http2_errors":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without_h2)
    async with serving(good) as server, flying(server) as engine:
        state = engine.launch("m", network=Network(http2=True))
        await engine.ends(state)
        assert state.error is not None
        assert state.error.message == "HTTP/2 is not installed; get it with pip install 'sidestream[http2]'"
        await engine.ends(after := engine.launch("m", "after"))
        assert after.phase is Phase.COMPLETE


async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = tasks_of_client()
    async with over2(tmp_path, hanging) as run:
        states = [await run.started(str(number)) for number in range(4)]
        run.engine.fleet.cancel("1")
        await run.engine.ends(states[1])
    assert tasks_of_client() == before
    for connection in run.server.connections:
        await connection.closed.wait()


@pytest.mark.parametrize("fails", [False, True])
async def test_cancelled_after_any_number_of_steps_nothing_is_left(together: None, fails: bool, tmp_path: Path) -> None:
    """Cancelled, or cut off by the server, at the k-th turn of the loop, for every k up to a whole answer."""
    async with over2(tmp_path) as run:
        phases = set[Phase]()
        for step in range(60):
            state = run.launch("m", f"{step}")
            for _ in range(step):
                await asyncio.sleep(0)
            if fails:
                for connection in run.server.connections:
                    connection.transport.abort()
            else:
                run.engine.fleet.cancel(f"{step}")
            await run.engine.ends(state)
            phases.add(state.phase)
        after = await run.asked("m", "after")
        assert after.phase is Phase.COMPLETE
        assert len(phases) > 1, "the steps reached different phases"
        transport: Any = run.engine.fleet._transport
        (http2,) = [c._transport for way, c in transport._clients._clients.items() if way.http2]
        live = [shared for sharing in http2._shared.values() for shared in sharing]
        assert len(live) == 1
        assert not live[0].http2._streams
        assert len(http2.session.connector._acquired) == 1
        assert not http2._attempts
