"""Opening the dashboard: engine and app on one event loop, signals that restore the terminal, the demo beside it."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio

from tui.cli.collector import collect_at_rest, collect_seldom, spare_what_is_loaded
from tui.cli.crash import crashes_reported
from tui.cli.leaving import (
    LEAVE_S,
    Leaving,
    ScreenGuard,
    end_when_terminal_closes,
    force_exit_after,
    terminal_is_gone,
)
from tui.cli.log import kept_log
from tui.cli.options import Asked
from tui.cli.outcome import HUNG_UP
from tui.config.childs_environment import childs_environment
from tui.config.lineup_file import SavedLineups, lineup_file
from tui.config.places import user_state_directory
from tui.config.prices import tariff_for
from tui.config.resolve import Overrides, resolve_targets
from tui.core.errors import SidestreamError, UsageError
from tui.core.redact import Redactor
from tui.core.target import Target
from tui.storage.last_lineup import LastLineup

if TYPE_CHECKING:
    from tui.app.lineup.lineups import Lineups
    from tui.demo.process import DemoProcess
    from tui.engine.board import Board
    from tui.engine.clock import Clock
    from tui.engine.fleet import Transport

DEMO = "demo"
"""What the demo's targets have as their provider."""
DEMO_MODELS = ("swift", "scribe", "thinker", "caller", "polyglot", "deep")
"""Six that show, between them, everything a pane can."""


class DemoError(SidestreamError):
    """The demo provider could not be started."""


def open_dashboard(asked: Asked, theme: str | None, notice: str | None = None) -> int:
    """Run the dashboard until the user leaves; returns the exit status."""
    _check_terminal()
    _prepare()
    from tui.engine.board import Board

    board = Board()
    redactor = Redactor.of_targets(asked.targets)
    guard = nullcontext() if sys.platform == "win32" else ScreenGuard()
    with crashes_reported(board, redactor.text), kept_log(redactor), guard:
        return anyio.run(partial(_main, board, asked, theme, notice, redactor))


def open_demo(
    asked: Asked,
    theme: str | None,
    *,
    models: tuple[str, ...] = (),
    seed: int = 7,
    speed: float = 1.0,
    notice: str | None = None,
) -> int:
    """The dashboard on the embedded demo provider, a process of its own that never takes the stopwatch's time."""
    from tui.demo.process import DemoProcess, DemoStartError

    _check_terminal()
    _prepare()
    process = DemoProcess(seed=seed, speed=speed, environment=_without_keys(asked))
    try:
        process.launch()
        import tui.app.app  # noqa: F401 - loads while the demo starts in its own process

        process.wait_ready()
        server = _demo_server(process, asked)
        targets = _demo_targets(models or DEMO_MODELS, server, asked)
        return open_dashboard(replace(asked, targets=targets, overrides=server), theme, notice)
    except DemoStartError as exc:
        raise DemoError(str(exc)) from exc
    finally:
        process.stop()


def _demo_server(process: "DemoProcess", asked: Asked) -> Overrides:
    """The demo's models at the addresses of their dialects. It wants no key, so it is given none."""
    root = process.root_url
    other_bases = {"gemini": f"{root}/v1beta", "ollama": root}
    return replace(asked.overrides, base_url=process.base_url, other_bases=other_bases, api_key_env=None)


def _demo_targets(models: tuple[str, ...], server: Overrides, asked: Asked) -> list[Target]:
    prices = asked.settings.prices
    return [
        replace(target, provider=DEMO, tariff=tariff_for(DEMO, target.model, target.options, prices))
        for target in resolve_targets(models, server, {}, asked.settings)
    ]


def last_lineup() -> LastLineup:
    """Which targets the last dashboard asked."""
    return LastLineup(user_state_directory() / "lineup.json")


def _lineups(asked: Asked) -> "Lineups":
    """Line-ups can be saved and are remembered, unless this run's configuration is not the user's usual one."""
    from tui.app.lineup.lineups import Lineups, OwnServer

    own = OwnServer(asked.targets[0].provider, asked.overrides) if asked.overrides.base_url else None
    lineups = Lineups(
        asked.settings,
        os.environ,
        asked.targets,
        overrides=asked.overrides,
        own=own,
        saved=None if asked.is_config_named else SavedLineups(lineup_file()),
        last=None if asked.is_config_named else last_lineup(),
        name=asked.lineup,
    )
    lineups.remember(asked.targets, asked.system)
    return lineups


def _without_keys(asked: Asked, redactor: Redactor | None = None) -> dict[str, str]:
    """What the demo's process, and the programs of tools, may see of our environment: they need no key."""
    named = {name for provider in asked.settings.providers.values() for name in provider.key.named_variables}
    if asked.overrides.api_key_env:
        named.add(asked.overrides.api_key_env)
    return childs_environment(os.environ, named, redactor)


def _prepare() -> None:
    """What has to be said before Textual is imported. Harmless to say twice."""
    # Keys are drawn sooner, and an idle screen costs nothing more.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    collect_seldom()


async def _main(board: "Board", asked: Asked, theme: str | None, notice: str | None, redactor: Redactor) -> int:
    from tui.app.app import SidestreamApp
    from tui.app.blind.ballots import Ballots
    from tui.app.blind.blind import Blind
    from tui.app.calls.programs import Programs
    from tui.app.looks import Looks
    from tui.app.panes.tiling import Shape
    from tui.app.run import Question
    from tui.app.terminal.clipboard import system_clipboard
    from tui.app.terminal.pasting import guard_pastes
    from tui.config.settings import user_data_directory, user_theme_directory
    from tui.engine.clock import MonotonicClock
    from tui.engine.fleet import Fleet
    from tui.engine.trust import key_log_notice
    from tui.storage.database import FILE_NAME, Database
    from tui.storage.prompt_history import PromptHistory
    from tui.storage.votes import VoteStore

    ui = asked.settings.ui
    environment = _without_keys(asked, redactor)
    clock = MonotonicClock()
    fleet = Fleet(partial(_load_transport, clock), board, clock, redactor=redactor)
    app = SidestreamApp(
        fleet,
        clock,
        asked.targets,
        Question(asked.prompt() if asked.text else None, asked.system, asked.tools, asked.schema),
        theme=theme,
        keys=asked.settings.keys,
        theme_directories=[user_theme_directory()],
        history=PromptHistory(user_data_directory() / "prompts.jsonl"),
        looks=Looks(Shape(ui.layout), ui.markdown, ui.mouse, ui.reduced_motion, ui.bell),
        lineups=_lineups(asked),
        notice=notice or key_log_notice(),
        blind=Blind(is_on=ui.blind),
        ballots=Ballots(VoteStore(Database(user_data_directory() / FILE_NAME))),
        programs=Programs(asked.settings.tools, environment),
        clipboard=system_clipboard(environment),
    )

    async with anyio.create_task_group() as tasks:
        await tasks.start(fleet.run)
        tasks.start_soon(collect_at_rest, lambda: board.is_busy)
        if sys.platform != "win32":
            guard_pastes()
            end_when_terminal_closes()
        with Leaving(app.exit) as leaving, _thread_crashes(app.fail):
            await app.run_async(mouse=ui.mouse)
        tasks.cancel_scope.cancel()
    if leaving.status:
        force_exit_after(LEAVE_S, leaving.status)  # the demo, or a thread, may take its time
        return leaving.status
    if app.crash is not None:
        if sys.platform != "win32" and terminal_is_gone():
            return HUNG_UP
        raise app.crash
    return app.return_code or 0


@contextmanager
def _thread_crashes(fail: Callable[[Exception], None]) -> Iterator[None]:
    """Tell `fail`, on this event loop, of an error that ends a thread; by default it would vanish behind the screen."""
    loop, before = asyncio.get_running_loop(), threading.excepthook

    def hook(crash: threading.ExceptHookArgs) -> None:
        if isinstance(crash.exc_value, Exception):
            loop.call_soon_threadsafe(fail, crash.exc_value)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


def _load_transport(clock: "Clock") -> "Transport":
    """Imports the HTTP libraries; called off the event loop, after the first screen."""
    from tui.engine.http import http_transport

    transport = http_transport(clock)
    spare_what_is_loaded()
    return transport


def _check_terminal() -> None:
    streams = (sys.stdin, sys.stdout, sys.stderr)  # it draws on the last one
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise UsageError("the dashboard needs a terminal; use `sidestream run` in scripts and pipes")
    if os.environ.get("TERM") == "dumb":
        raise UsageError("this terminal cannot place text (TERM=dumb); use `sidestream run`")
