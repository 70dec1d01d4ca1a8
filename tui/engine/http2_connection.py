"""One HTTP/2 connection and its streams: h2's state machine between asyncio's transport and whoever reads.

Whatever arrives is sorted into its stream at once, whoever is reading: a stream never waits for another one's turn.
What a server may send ahead of the reader is bounded by the window. Nothing suspends but waiting for the server.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import cast

from h2.config import H2Configuration
from h2.connection import ConnectionState, H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import H2Error, NoAvailableStreamIDError
from h2.settings import SettingCodes, Settings
from hyperframe.frame import Frame, GoAwayFrame

from tui.engine.http2_errors import Http2ConnectionLost, Http2GoneAway, Http2StreamReset, Http2Violation

WINDOW_BYTES = 1024 * 1024
"""What one stream may have sent that nobody has read yet."""
_CONNECTION_WINDOW_BYTES = 64 * WINDOW_BYTES
_HEADER_BYTES = 64 * 1024
_MOST_STREAMS = 100
"""How many streams share a connection, of those that allow more."""

Headers = list[tuple[bytes, bytes]]


class Http2Stream:
    """One request and its response."""

    def __init__(self, connection: "Http2Connection", stream_id: int) -> None:
        self.id = stream_id
        self._connection = connection
        self._headers: Headers | None = None
        self._data = bytearray()
        self.unread_bytes = 0
        """What the data took of the window."""
        self._is_ended = False
        self._is_sent = False
        self._failure: Exception | None = None
        self._changed: asyncio.Future[None] | None = None

    async def send(self, body: bytes) -> None:
        """Send the body, as fast as the server takes it; stops early when it answers or resets before that."""
        at = 0
        while at < len(body) and self._headers is None and self._failure is None:
            room = self._connection.room(self.id)
            if room == 0:
                await self._change()
                continue
            self._connection.send_data(self.id, body[at : at + room], ends=at + room >= len(body))
            at += room
        self._is_sent = at >= len(body)

    async def response(self) -> Headers:
        """Wait for the head, with its pseudo header `:status`."""
        while self._headers is None:
            if self._failure is not None:
                raise self._failure
            await self._change()
        return self._headers

    async def read(self) -> bytes:
        """What has arrived since the last call, waiting for something; empty at the end of the body.

        A fault is raised after everything that came before it.
        """
        while not self._data:
            if self._is_ended:
                return b""
            if self._failure is not None:
                raise self._failure
            await self._change()
        data = bytes(self._data)
        self._data.clear()
        self._connection.acknowledge(self.id, self.unread_bytes)
        self.unread_bytes = 0
        return data

    def close(self) -> None:
        """Done with it: a stream that has not ended is reset, and the connection stays. Never suspends."""
        self._connection.leave(self, finished=self._failure is not None or (self._is_ended and self._is_sent))

    # -- called by the connection -----------------------------------------------------------------------------------

    def take_headers(self, headers: Headers) -> None:
        """The head arrived."""
        self._headers = headers
        self.wake()

    def take_data(self, data: bytes, counted: int) -> None:
        """A piece of the body; `counted` is what it took of the window, padding included."""
        self._data += data
        self.unread_bytes += counted
        self.wake()

    def end(self) -> None:
        """The body is whole, as HTTP/2 sees it."""
        self._is_ended = True
        self.wake()

    def fail(self, failure: Exception) -> None:
        """No more will come. A body that had ended is left alone."""
        if not self._is_ended and self._failure is None:
            self._failure = failure
            self.wake()

    def wake(self) -> None:
        """Let the one who waits look again."""
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    @property
    def has_answered(self) -> bool:
        """Whether the response has begun."""
        return self._headers is not None

    async def _change(self) -> None:
        self._changed = asyncio.get_running_loop().create_future()
        await self._changed


class _StateMachine(H2Connection):
    """h2, with two habits changed."""

    def __init__(self) -> None:
        super().__init__(H2Configuration(client_side=True, header_encoding=None, validate_inbound_headers=False))
        self._found: list[Event] = []

    def take_events(self) -> list[Event]:
        """What was received since the last call, also before a fault, which h2 would raise instead."""
        found, self._found = self._found, []
        return found

    def _receive_frame(self, frame: Frame) -> list[Event]:
        events = super()._receive_frame(frame)
        self._found += events
        return events

    def _receive_goaway_frame(self, frame: GoAwayFrame) -> tuple[list[Frame], list[Event]]:
        frames, events = super()._receive_goaway_frame(frame)
        # h2 would refuse from here on what still comes for the streams that the server goes on with.
        self.state_machine.state = ConnectionState.CLIENT_OPEN
        return frames, events


class Http2Connection(asyncio.Protocol):
    """One connection. Each callback is called once: `settled` when the server has said how many streams it takes (or
    never will), `closed` when the connection is of no more use to anybody."""

    def __init__(self, settled: Callable[[], None], closed: Callable[["Http2Connection"], None], idle_s: float) -> None:
        self._settled: Callable[[], None] | None = settled
        self._closed: Callable[[Http2Connection], None] | None = closed
        self._idle_s = idle_s
        self._h2 = _StateMachine()
        self._streams: dict[int, Http2Stream] = {}
        self._transport = cast(asyncio.Transport, None)
        self._is_writable = True
        self._is_leaving = False
        self._farewell: Http2GoneAway | None = None
        self._idle_timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Http2Connection {len(self._streams)} streams{', leaving' if self._is_leaving else ''}>"

    def begin(self, transport: asyncio.Transport, early: bytes) -> None:
        """Speak. `early` has arrived already."""
        self._transport = transport
        self._h2.local_settings = Settings(
            client=True,
            initial_values={
                SettingCodes.ENABLE_PUSH: 0,
                SettingCodes.INITIAL_WINDOW_SIZE: WINDOW_BYTES,
                SettingCodes.MAX_HEADER_LIST_SIZE: _HEADER_BYTES,
            },
        )
        del self._h2.local_settings[SettingCodes.ENABLE_CONNECT_PROTOCOL]  # younger than some servers
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(_CONNECTION_WINDOW_BYTES)
        self._flush()
        if early:
            self.data_received(early)

    @property
    def takes_streams(self) -> bool:
        """Whether one more stream can be opened now. The first one need not ask."""
        if self._settled is not None or self._is_leaving or self._transport.is_closing():
            return False
        return len(self._streams) < min(self._h2.remote_settings.max_concurrent_streams, _MOST_STREAMS)

    def open_stream(self, headers: Headers, *, has_body: bool) -> Http2Stream:
        """Send a request's head. Raises `Http2GoneAway` when a connection has used up its stream numbers."""
        try:
            stream = Http2Stream(self, self._h2.get_next_available_stream_id())
        except NoAvailableStreamIDError as exc:
            self._is_leaving = True
            raise Http2GoneAway(ErrorCodes.NO_ERROR, b"") from exc
        with _violations():
            self._h2.send_headers(stream.id, headers, end_stream=not has_body)
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        self._streams[stream.id] = stream
        self._flush()
        return stream

    def room(self, stream_id: int) -> int:
        """How many bytes of a body may be sent now."""
        if not self._is_writable:
            return 0
        with _violations():
            return max(0, min(self._h2.local_flow_control_window(stream_id), self._h2.max_outbound_frame_size))

    def send_data(self, stream_id: int, data: bytes, *, ends: bool) -> None:
        """A piece of a body, no more than there is room for."""
        with _violations():
            self._h2.send_data(stream_id, data, end_stream=ends)
        self._flush()

    def acknowledge(self, stream_id: int, counted: int) -> None:
        """So much was read; the server may send as much again."""
        if counted and not self._transport.is_closing():
            self._h2.acknowledge_received_data(counted, stream_id)
            self._flush()

    def leave(self, stream: Http2Stream, *, finished: bool) -> None:
        """Forget a stream, and tell the server when it was not `finished`."""
        if self._streams.pop(stream.id, None) is None or self._transport.is_closing():
            return
        with suppress(H2Error):  # the server was quicker in closing it
            if not finished:
                self._h2.reset_stream(stream.id, ErrorCodes.CANCEL)
        self.acknowledge(stream.id, stream.unread_bytes)  # or they would fill the connection's window for good
        self._flush()
        if not self._streams:
            self._rest()

    def close(self) -> None:
        """Say goodbye and cut it; waiting for the other side's goodbye could take for ever."""
        if not self._transport.is_closing():
            self._h2.close_connection()
            self._flush()
            self._transport.abort()
        self._end(Http2ConnectionLost(answered=False))

    # -- asyncio's protocol -----------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Sort what came into the streams."""
        violation: Exception | None = None
        try:
            self._h2.receive_data(data)
        except (H2Error, ValueError, LookupError) as exc:  # h2's own, and what its parsers let through
            violation = exc
        for event in self._h2.take_events():
            self._take(event)
        self._flush()  # a violation too: h2 has written the GOAWAY that names it
        if violation is not None:
            self._transport.abort()
            self._end(Http2Violation(str(violation)))
        elif self._is_leaving and not self._streams:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing comes any more."""
        self._end(exc)

    def pause_writing(self) -> None:
        """The server reads too slowly."""
        self._is_writable = False

    def resume_writing(self) -> None:
        """It has caught up."""
        self._is_writable = True
        self._wake_all()

    # -- what the server did ----------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        if isinstance(event, RemoteSettingsChanged):
            self._settle()
        elif isinstance(event, ConnectionTerminated):
            self._go_away(event)
        elif isinstance(event, WindowUpdated) and not event.stream_id:
            self._wake_all()
        stream = self._streams.get(getattr(event, "stream_id", 0) or 0)
        if stream is None:
            return
        match event:
            case ResponseReceived():
                stream.take_headers(event.headers)
            case DataReceived():
                stream.take_data(event.data, event.flow_controlled_length)
            case StreamEnded():
                stream.end()
            case StreamReset():
                stream.fail(Http2StreamReset(event.error_code))
            case WindowUpdated():
                stream.wake()

    def _go_away(self, event: ConnectionTerminated) -> None:
        self._is_leaving = True
        self._farewell = Http2GoneAway(event.error_code or ErrorCodes.NO_ERROR, event.additional_data or b"")
        for stream in self._all_streams():
            if stream.id > (event.last_stream_id or 0):
                stream.fail(self._farewell)

    def _settle(self) -> None:
        if self._settled is not None:
            settled, self._settled = self._settled, None
            settled()

    def _wake_all(self) -> None:
        for stream in self._all_streams():
            stream.wake()

    def _all_streams(self) -> Iterable[Http2Stream]:
        return list(self._streams.values())

    def _rest(self) -> None:
        """No streams left: close now when the server wants it, or when nobody comes for a while."""
        if self._is_leaving:
            self.close()
            return
        self._idle_timer = asyncio.get_running_loop().call_later(self._idle_s, self.close)

    def _end(self, failure: Exception | None) -> None:
        self._is_leaving = True
        self._settle()
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        for stream in self._all_streams():
            stream.fail(self._farewell or failure or Http2ConnectionLost(answered=stream.has_answered))
        if self._closed is not None:
            closed, self._closed = self._closed, None
            closed(self)

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)


@contextmanager
def _violations() -> Iterator[None]:
    """What h2 refuses to do belongs to the stream that wanted it."""
    try:
        yield
    except H2Error as exc:
        raise Http2Violation(str(exc)) from exc
