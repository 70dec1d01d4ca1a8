"""All running streams: one task group, one cancel scope each, one keeper of the time limits.

The screen calls `launch` and `cancel` from its handlers; they never wait. A stream's failure ends up in its state and
goes nowhere else; only a bug leaves this module as an exception. What carries a request is handed in as a factory:
loading an HTTP library takes longer than drawing the first screen.
"""

import logging
import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup, TaskStatus
from anyio.lowlevel import checkpoint

from tui.core.cost import estimated_input
from tui.core.deadlines import overrun
from tui.core.dialects import dialect_named
from tui.core.errors import RequestError
from tui.core.failure import StreamError
from tui.core.model_list import ModelListError
from tui.core.redact import Redactor, secrets_of
from tui.core.request import HttpRequest, Prompt
from tui.core.retries import seconds_words
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine.board import Board
from tui.engine.calibration import Calibration
from tui.engine.clock import Clock, time_asleep_ns
from tui.engine.loop_lag import LoopLag
from tui.engine.model_list import list_models

_log = logging.getLogger(__name__)

KEEPER_PERIOD_S = 0.25
"""How often the time limits are looked at; a limit is acted on within this time of passing."""
SLEEP_NS = 5_000_000_000
"""The shortest sleep of the machine that its streams are told of."""
CLOSE_S = 1.0
_NS = 1_000_000_000
"""How long the end of the program waits for connections to close."""


class Transport(Protocol):
    """Carries requests; `tui.engine.http.HttpTransport` is the real one."""

    async def attempt(self, state: StreamState, request: HttpRequest, changed: Callable[[], None]) -> None:
        """Run one try to its end, writing what happens into `state` and calling `changed` after each change."""

    async def fetch(self, target: Target, request: HttpRequest, limit: int, redactor: Redactor) -> bytes:
        """A whole body of at most `limit` bytes that is no stream. Raises `FetchError`."""

    async def aclose(self) -> None:
        """Close every connection."""


class TransportUnavailableError(Exception):
    """No transport could be made; the message says why."""


@dataclass(slots=True)
class _Running:
    state: StreamState
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Around the whole stream."""
    attempt: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Around the try under way."""


class Fleet:
    """Starts, watches and stops streams. `run` must be running for anything to move."""

    def __init__(
        self,
        make_transport: Callable[[], Transport],
        board: Board,
        clock: Clock,
        asleep: Callable[[], int] = time_asleep_ns,
        redactor: Redactor | None = None,
    ) -> None:
        """`asleep`: how long the machine has slept so far, ns. `redactor` hides the secrets of all targets in what any
        server says. None: each stream hides its own.
        """
        self.board = board
        self.loop_lag = LoopLag(clock, board)
        self._make_transport = make_transport
        self._transport: Transport | None = None
        self._transport_built: anyio.Event | None = None
        self._clock = clock
        self._redactor = redactor
        self._asleep = asleep
        self._asleep_ns = asleep()
        self._calibration = Calibration()
        self._running: dict[str, _Running] = {}
        self._tasks: TaskGroup | None = None
        self._one_ended = anyio.Event()

    def __repr__(self) -> str:
        return f"<Fleet {len(self._running)} running>"

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled. Streams that still run then are cancelled, and the client is closed."""
        try:
            async with anyio.create_task_group() as self._tasks:
                self._tasks.start_soon(self.loop_lag.run, name="loop lag")
                task_status.started()
                await self._keep_limits()
        finally:
            for stream_id in list(self._running):
                self.cancel(stream_id)
            if self._transport is not None:
                with anyio.CancelScope(shield=True, deadline=anyio.current_time() + CLOSE_S):
                    await self._transport.aclose()

    def warm_up(self) -> None:
        """Load the transport before the first prompt needs it; it takes a few tenths of a second, off the loop."""
        assert self._tasks is not None, "warm_up() before run()"
        self._tasks.start_soon(self._warm_up, name="warm up")

    def learn(self, target: Target) -> None:
        """Hide this target's secrets too, from now on: it was added to those the fleet was made for."""
        if self._redactor is not None:
            self._redactor.learn(secrets_of(target))

    def launch(self, target: Target, prompt: Prompt, due_ns: int | None = None) -> StreamState:
        """Start `target`'s stream, replacing (and cancelling) the one that ran under its name.

        `due_ns` is when it was wanted; now unless given.
        """
        self.cancel(target.name)
        due_ns = self._clock.now_ns() if due_ns is None else due_ns
        scale = self._calibration.scale_for(target)
        state = StreamState(
            target,
            due_ns,
            token_scale=scale,
            jitter=random.random(),
            redactor=self._redactor,
            schema=prompt.schema,
        )
        state.prompt_estimate = estimated_input(prompt)
        self.board.put(target.name, state)
        try:
            request = dialect_named(target.dialect).build_request(target, prompt)
        except RequestError as exc:
            state.fail(StreamError("protocol", str(exc)), self._clock.now_ns())
            return state
        state.request = request
        running = self._running[target.name] = _Running(state)
        assert self._tasks is not None, "launch() before run()"
        self._tasks.start_soon(self._stream, running, request, name=f"stream {target.name}")
        return state

    def launch_all(self, targets: Iterable[Target], prompt: Prompt) -> list[StreamState]:
        """Start one stream per target with the same prompt."""
        return self.launch_each((target, prompt) for target in targets)

    def launch_each(self, asked: Iterable[tuple[Target, Prompt]]) -> list[StreamState]:
        """Start one stream per target; all were wanted at this moment, however long the requests take to write."""
        due_ns = self._clock.now_ns()
        return [self.launch(target, prompt, due_ns) for target, prompt in asked]

    def cancel(self, stream_id: str) -> bool:
        """Stop one stream in whatever phase it is, keeping what it received. False when it was not running."""
        running = self._running.get(stream_id)
        if running is None or running.state.is_over:
            return False
        running.state.cancel(self._clock.now_ns())
        running.scope.cancel()
        self.board.mark(stream_id)
        return True

    def cancel_all(self) -> int:
        """Stop every stream; returns how many were running."""
        return sum(self.cancel(stream_id) for stream_id in list(self._running))

    async def models_of(self, endpoint: Target) -> list[str]:
        """The provider's own list of models, sorted. Raises `ModelListError`; the endpoint's model does not count."""
        try:
            transport = await self._shared_transport()
        except TransportUnavailableError as exc:
            raise ModelListError(str(exc)) from None
        return await list_models(transport, endpoint, self._redactor or Redactor.of_targets([endpoint]))

    async def wait_all(self) -> None:
        """Wait until no stream runs any more."""
        while self._running:
            await self._one_ended.wait()

    async def _stream(self, running: _Running, request: HttpRequest) -> None:
        state = running.state
        stream_id = state.target.name

        def changed() -> None:
            self.board.mark(stream_id)

        try:
            with running.scope:
                transport = await self._shared_transport()
                while True:
                    await checkpoint()  # whoever was cancelled until now goes no further
                    with anyio.CancelScope() as running.attempt:
                        await transport.attempt(state, request, changed)
                    if state.retry_at_ns is None:
                        break
                    await anyio.sleep(max(0, state.retry_at_ns - self._clock.now_ns()) / _NS)
        except TransportUnavailableError as exc:
            state.fail(StreamError("transport", str(exc)), self._clock.now_ns())
        finally:
            state.cancel(self._clock.now_ns())  # only the whole fleet's end leaves a stream without an end of its own
            self._calibration.learn(state)
            _log.info("%s ended: %s, HTTP %s, %d B", stream_id, state.phase, state.status, state.bytes_received)
            changed()
            if self._running.get(stream_id) is running:
                del self._running[stream_id]
            self._one_ended.set()
            self._one_ended = anyio.Event()

    async def _shared_transport(self) -> Transport:
        while self._transport is None:
            if self._transport_built is None:
                await self._build_transport()
            else:
                await self._transport_built.wait()
        return self._transport

    async def _build_transport(self) -> None:
        """Make the transport while others wait for the event; they go on all at once, which a lock would not let them.

        When it cannot be made, each of them tries for itself and learns why.
        """
        self._transport_built = anyio.Event()
        try:
            self._transport = await anyio.to_thread.run_sync(self._make_transport)
        except OSError as exc:
            raise TransportUnavailableError(
                f"TLS cannot be set up: {exc}; check SSL_CERT_FILE and SSL_CERT_DIR"
            ) from exc
        finally:
            self._transport_built.set()
            self._transport_built = None

    async def _warm_up(self) -> None:
        with suppress(TransportUnavailableError):  # the first stream says it, in its own pane
            await self._shared_transport()

    async def _keep_limits(self) -> None:
        while True:
            await anyio.sleep(KEEPER_PERIOD_S)
            now_ns = self._clock.now_ns()
            self._note_sleep()
            for stream_id, running in list(self._running.items()):
                state = running.state
                passed = overrun(state.timeline, state.phase, state.target.policy.timeouts, now_ns)
                if passed is not None:
                    state.expire(passed.as_error(), now_ns)
                    (running.scope if state.is_over else running.attempt).cancel()
                    self.board.mark(stream_id)

    def _note_sleep(self) -> None:
        """Tell the streams that ran while the machine slept: their servers went on without us, or gave up."""
        asleep_ns = self._asleep()
        slept_ns, self._asleep_ns = asleep_ns - self._asleep_ns, asleep_ns
        if slept_ns < SLEEP_NS:
            return
        for stream_id, running in self._running.items():
            if not running.state.is_over:
                running.state.remark(f"this computer slept for {seconds_words(slept_ns / _NS)} while the stream ran")
                self.board.mark(stream_id)
