"""An engine without a network: the test says what arrives and what time it is, and calls the frames itself."""

import json
from collections.abc import Iterable
from typing import Any

from tui.app.app import SidestreamApp
from tui.app.dashboard import Question
from tui.core.failure import StreamError
from tui.core.request import Prompt
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine.board import Board

MS = 1_000_000


class ManualClock:
    """Moves when told to."""

    def __init__(self) -> None:
        self.at_ns = 1_000_000_000

    def now_ns(self) -> int:
        return self.at_ns

    def advance(self, ms: float) -> None:
        self.at_ns += round(ms * MS)


class ScriptedEngine:
    """Records what the dashboard asks for; feeds its streams real Chat Completions bytes."""

    def __init__(self, clock: ManualClock) -> None:
        self.board = Board()
        self.clock = clock
        self.launched: list[tuple[str, Prompt]] = []
        self.cancelled: list[str] = []

    def warm_up(self) -> None:
        """Nothing to load."""

    def launch(self, target: Target, prompt: Prompt) -> StreamState:
        self.launched.append((target.name, prompt))
        state = StreamState(target, self.clock.now_ns())
        self.board.put(target.name, state)
        return state

    def launch_all(self, targets: Iterable[Target], prompt: Prompt) -> list[StreamState]:
        return [self.launch(target, prompt) for target in targets]

    def cancel(self, stream_id: str) -> bool:
        state = self.board.get(stream_id)
        if state is None or state.is_over:
            return False
        self.cancelled.append(stream_id)
        state.cancel(self.clock.now_ns())
        self.board.mark(stream_id)
        return True

    def cancel_all(self) -> int:
        return sum(self.cancel(state.target.name) for state in self.board)

    # -- what the test makes happen ---------------------------------------------------------------------------------

    def state(self, name: str) -> StreamState:
        found = self.board.get(name)
        assert found is not None, f"{name} was never launched"
        return found

    def connect(self, name: str, *, after_ms: float = 3) -> None:
        """The request is on its way and the head has come back."""
        state = self.state(name)
        state.start(self.clock.now_ns())
        self.clock.advance(after_ms)
        state.connected(self.clock.now_ns(), reused=False)
        state.respond(200, {"content-type": "text/event-stream"}, self.clock.now_ns())
        self.board.mark(name)

    def receive(self, name: str, *deltas: dict[str, Any], finish: str | None = None, choice: int = 0) -> None:
        """One network read holding one chunk per delta; the last may carry a finish reason."""
        chunks = []
        for number, delta in enumerate(deltas, 1):
            last = finish if number == len(deltas) else None
            chunks.append({"id": "r1", "choices": [{"index": choice, "delta": delta, "finish_reason": last}]})
        self.send(name, *chunks)

    def send(self, name: str, *payloads: dict[str, Any]) -> None:
        """One network read of whole payloads."""
        data = b"".join(b"data: " + json.dumps(payload).encode() + b"\n\n" for payload in payloads)
        self.raw(name, data)

    def raw(self, name: str, data: bytes) -> None:
        """One network read."""
        self.state(name).receive(data, self.clock.now_ns())
        self.board.mark(name)

    def done(self, name: str) -> None:
        """The end marker."""
        self.raw(name, b"data: [DONE]\n\n")

    def fail(self, name: str, error: StreamError) -> None:
        self.state(name).fail(error, self.clock.now_ns())
        self.board.mark(name)

    def end(self, name: str) -> None:
        """The body ends without saying so."""
        self.state(name).end(self.clock.now_ns())
        self.board.mark(name)


def target(name: str, **options: Any) -> Target:
    return Target(name, "custom", f"{name}-model", "chat", "http://127.0.0.1:9/v1", options)


def make_app(*names: str, theme: str | None = None, prompt: str | None = None) -> tuple[SidestreamApp, ScriptedEngine]:
    """A dashboard whose frames the test calls."""
    clock = ManualClock()
    engine = ScriptedEngine(clock)
    question = Question(Prompt.of(prompt) if prompt else None)
    app = SidestreamApp(engine, clock, [target(name) for name in names], question, theme=theme, ticking=False)
    app.animation_level = "none"
    return app, engine


def draw(app: SidestreamApp) -> None:
    """One frame and the figures, whatever the frame count says."""
    app.dashboard.tick()
    app.dashboard.show_figures()
