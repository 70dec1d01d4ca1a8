"""An engine without a network: the test says what arrives and what time it is, and calls the frames itself."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.content import Content
from textual.widget import Widget

from tui.app.actions.keymap import Wanted
from tui.app.app import SidestreamApp
from tui.app.blind.ballots import Ballots
from tui.app.blind.blind import Blind
from tui.app.calls.programs import Programs
from tui.app.lineup.lineups import Lineups
from tui.app.looks import Looks
from tui.app.run import Question
from tui.app.terminal.clipboard import Clipboard
from tui.core.dialects import dialect_named
from tui.core.failure import StreamError
from tui.core.model_list import ModelListError
from tui.core.request import Prompt
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine.board import Board
from tui.storage.prompt_history import PromptHistory

MS = 1_000_000
SECOND = 1_000_000_000


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
        self.learnt: list[str] = []
        self.lists: dict[str, list[str] | str] = {}
        """What each provider lists, or why it does not."""
        self.cancelled: list[str] = []
        self.drawn_ns = 0
        """The views' own clock, which spaces out their work on Markdown; a frame is due whenever a test draws one."""

    def warm_up(self) -> None:
        """Nothing to load."""

    def learn(self, target: Target) -> None:
        self.learnt.append(target.model)

    async def models_of(self, endpoint: Target) -> list[str]:
        found = self.lists.get(endpoint.provider, "nothing is listening")
        if isinstance(found, str):
            raise ModelListError(found)
        return found

    def launch(self, target: Target, prompt: Prompt) -> StreamState:
        self.launched.append((target.name, prompt))
        state = StreamState(target, self.clock.now_ns(), schema=prompt.schema)
        state.request = dialect_named(target.dialect).build_request(target, prompt)
        self.board.put(target.name, state)
        return state

    def launch_each(self, asked: Iterable[tuple[Target, Prompt]]) -> list[StreamState]:
        return [self.launch(target, prompt) for target, prompt in asked]

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

    def answer(self, name: str, text: str, *, finish: str = "stop") -> None:
        """A whole answer: connection, one read of text, 100 ms, the end."""
        self.connect(name)
        self.clock.advance(200)
        self.receive(name, {"content": text})
        self.clock.advance(100)
        self.receive(name, {}, finish=finish)
        self.done(name)

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


class WatchedApp(SidestreamApp):
    """Keeps what was said to the user and what was copied."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.said: list[str] = []
        self.copied: list[str] = []

    def notify(self, message: str, **options: Any) -> None:
        self.said.append(message)
        super().notify(message, **options)

    def copy_to_clipboard(self, text: str) -> None:
        super().copy_to_clipboard(text)
        self.copied.append(text)


def target(name: str, **options: Any) -> Target:
    return Target(name, "custom", f"{name}-model", "chat", "http://127.0.0.1:9/v1", options)


def make_app(
    *names: str,
    theme: str | None = None,
    prompt: str | None = None,
    targets: Iterable[Target] = (),
    keys: Wanted | None = None,
    history: PromptHistory | None = None,
    looks: Looks | None = None,
    lineups: Lineups | None = None,
    theme_directories: Iterable[Path] = (),
    schema: Mapping[str, Any] | None = None,
    programs: Programs | None = None,
    blind: Blind | None = None,
    ballots: Ballots | None = None,
    clipboard: Clipboard | None = None,
) -> tuple[WatchedApp, ScriptedEngine]:
    """A dashboard whose frames the test calls, for `targets` or for plain ones with these names."""
    clock = ManualClock()
    engine = ScriptedEngine(clock)
    question = Question(replace(Prompt.of(prompt), schema=schema) if prompt else None, schema=schema)
    lineup = [*targets, *(target(name) for name in names)]
    app = WatchedApp(
        engine,
        clock,
        lineup,
        question,
        theme=theme,
        keys=keys,
        history=history,
        looks=looks,
        lineups=lineups,
        theme_directories=theme_directories,
        programs=programs,
        blind=blind,
        ballots=ballots,
        clipboard=clipboard,
        ticking=False,
    )
    app.animation_level = "none"
    app.dashboard.prompt_box.cursor_blink = False
    for pane in app.dashboard.panes.values():
        pane.answer._document._clock = lambda: engine.drawn_ns
    return app, engine


def draw(app: SidestreamApp) -> None:
    """One frame and the figures, whatever the frame count says."""
    engine = app.dashboard.run.engine
    assert isinstance(engine, ScriptedEngine)
    engine.drawn_ns += SECOND
    app.dashboard.tick()
    app.dashboard.show_figures()


# -- what a user sees -----------------------------------------------------------------------------------------------


def screen_rows(app: SidestreamApp) -> list[str]:
    """Every row of the screen as it would be written, all widgets together."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def screen_text(app: SidestreamApp) -> str:
    return "\n".join(screen_rows(app))


def answer_rows(app: SidestreamApp, name: str) -> list[str]:
    """The rows of a pane's answer that are in view, without the blanks at their ends."""
    view = app.dashboard.panes[name].answer
    return [strip.text.rstrip() for strip in view.render_lines(view.size.region)]


def answer_shown(app: SidestreamApp, name: str) -> str:
    return "\n".join(answer_rows(app, name)).strip("\n")


def panel_rows(app: SidestreamApp, name: str) -> list[str]:
    """The rows of a pane's live panel, also those it gets room for with the next layout."""
    panel = app.dashboard.panes[name]._panel
    return [panel.render_line(y).text.rstrip() for y in range(len(panel._lines))]


def title(app: SidestreamApp, name: str) -> str:
    """A pane's border title, without the blanks Textual adds."""
    return _plain(app.dashboard.panes[name]._border_title)


def subtitle(app: SidestreamApp, name: str) -> str:
    return _plain(app.dashboard.panes[name]._border_subtitle)


def _plain(content: Content | None) -> str:
    return content.plain if content is not None else ""


def focused(app: SidestreamApp) -> Widget | None:
    """What has the focus; a function, for a property would be taken to stay what it was compared with once."""
    return app.focused
