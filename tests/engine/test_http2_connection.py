"""The HTTP/2 connection without a network: a server's frames go in by hand, and what it writes is looked at."""

import asyncio

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import Event, RequestReceived
from hypothesis import given
from hypothesis import strategies as st

from tui.engine import http2_connection
from tui.engine.http2_connection import Http2Connection
from tui.engine.http2_errors import Http2ConnectionLost, Http2StreamReset, Http2Violation

pytestmark = pytest.mark.anyio

HEAD = [(b":method", b"POST"), (b":scheme", b"https"), (b":authority", b"h"), (b":path", b"/")]


class Wire(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.is_cut = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.is_cut

    def abort(self) -> None:
        self.is_cut = True


class Pair:
    """A client's connection and a server's state machine, with nothing between them but these methods."""

    def __init__(self) -> None:
        self.settled, self.closed = 0, 0
        self.client = Http2Connection(self._settle, self._close, idle_s=60)
        self.wire = Wire()
        self.server = H2Connection(H2Configuration(client_side=False))
        self.client.begin(self.wire, b"")

    def to_server(self) -> list[Event]:
        """Deliver what the client wrote."""
        data = bytes(self.wire.written)
        self.wire.written.clear()
        return self.server.receive_data(data)

    def to_client(self) -> None:
        """Deliver what the server wrote."""
        self.client.data_received(self.server.data_to_send())

    def introduced(self) -> "Pair":
        """Both sides know the other's settings."""
        self.server.initiate_connection()
        self.to_server()
        self.to_client()
        return self

    def _settle(self) -> None:
        self.settled += 1

    def _close(self, _: Http2Connection) -> None:
        self.closed += 1


async def test_no_second_stream_before_the_server_has_said_how_many_it_takes() -> None:
    pair = Pair()
    pair.client.open_stream(HEAD, has_body=False)
    assert any(isinstance(event, RequestReceived) for event in pair.to_server()), "the first one goes at once"
    takes = [pair.client.takes_streams]
    pair.introduced()
    takes.append(pair.client.takes_streams)
    assert takes == [False, True]
    assert pair.settled == 1


async def test_what_nobody_read_is_given_back_to_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http2_connection, "_CONNECTION_WINDOW_BYTES", 1)
    pair = Pair().introduced()
    for _ in range(20):
        stream = pair.client.open_stream(HEAD, has_body=False)
        pair.to_server()
        pair.server.send_headers(stream.id, [(":status", "200")])
        for _ in range(4):
            pair.server.send_data(stream.id, b"x" * 10_000)
        pair.to_client()
        stream.close()
        pair.to_server()
    assert pair.server.outbound_flow_control_window > 20_000


async def test_text_before_a_fault_in_the_same_read_is_kept() -> None:
    pair = Pair().introduced()
    stream = pair.client.open_stream(HEAD, has_body=False)
    pair.to_server()
    pair.server.send_headers(stream.id, [(":status", "200")])
    pair.server.send_data(stream.id, b"kept")
    garbage = b"\x00\x00\x01\x06\x00\x00\x00\x00\x00?"  # a PING of one byte
    pair.client.data_received(pair.server.data_to_send() + garbage)
    assert await stream.read() == b"kept"
    with pytest.raises(Http2Violation):
        await stream.read()
    assert (pair.wire.is_cut, pair.closed) == (True, 1)
    stream.close()


async def test_a_reset_after_the_end_changes_nothing() -> None:
    pair = Pair().introduced()
    stream = pair.client.open_stream(HEAD, has_body=True)
    pair.to_server()
    pair.server.send_headers(stream.id, [(":status", "200")])
    pair.server.send_data(stream.id, b"all", end_stream=True)
    pair.server.reset_stream(stream.id, 0)
    pair.to_client()
    assert [await stream.read(), await stream.read()] == [b"all", b""]
    stream.close()
    stream.close()
    assert not pair.closed


async def test_the_end_of_the_connection_reaches_those_who_wait() -> None:
    pair = Pair()
    stream = pair.client.open_stream(HEAD, has_body=False)
    waiting = asyncio.ensure_future(stream.response())
    await asyncio.sleep(0)
    pair.client.connection_lost(None)
    with pytest.raises(Http2ConnectionLost):
        await waiting
    assert (pair.settled, pair.closed) == (1, 1), "whoever waited for its settings goes on too"


async def test_an_idle_connection_is_closed_after_a_while() -> None:
    pair = Pair().introduced()
    pair.client._idle_s = 0
    pair.client.open_stream(HEAD, has_body=False).close()
    for _ in range(3):
        await asyncio.sleep(0)
    assert pair.wire.is_cut
    assert pair.closed == 1


@given(st.binary(max_size=200), st.lists(st.integers(1, 60), max_size=8))
def test_no_bytes_come_out_as_an_exception(noise: bytes, cuts: list[int]) -> None:
    """Whatever a server sends, in whatever pieces, ends in the streams and nowhere else."""

    async def receive() -> None:
        pair = Pair().introduced()
        stream = pair.client.open_stream(HEAD, has_body=False)
        rest = noise
        for cut in (*cuts, 200):
            if not pair.wire.is_cut:
                pair.client.data_received(rest[:cut])
            rest = rest[cut:]
        pair.client.connection_lost(None)
        with pytest.raises((Http2Violation, Http2ConnectionLost, Http2StreamReset)):
            await stream.response()
        stream.close()

    asyncio.run(receive())
