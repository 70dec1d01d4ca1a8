"""`sidestream` with a bug: `python -m tests.cli.broken PLACE WORDS…` breaks one place and runs the words.

The bugs hold a key and a prompt in their message and in their variables, as real ones would.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn
from unittest import mock

KEY = "sk-never-to-be-seen-0123456789abcdef"
PROMPT = "a prompt nobody else may read"
SPACE, CTRL_J = " ", "\n"


class DrawableError(Exception):
    """An error which Textual would print itself."""

    def __rich__(self) -> str:
        return f"{KEY} {PROMPT}"


def broken(*_arguments: Any, **_options: Any) -> NoReturn:
    headers = {"Authorization": f"Bearer {KEY}", "prompt": PROMPT}
    raise RuntimeError(f"{headers}")


def _replace(place: object, name: str, by: object) -> None:
    mock.patch.object(place, name, by).start()


def _in_a_handler() -> None:
    from tui.app.prompt.prompt_box import PromptBox

    _replace(PromptBox, "action_newline", broken)


def _that_draws_itself() -> None:
    from tui.app.prompt.prompt_box import PromptBox

    def fail(_self: object) -> NoReturn:
        raise DrawableError(KEY, PROMPT)

    _replace(PromptBox, "action_newline", fail)


def _in_a_frame() -> None:
    from tui.app.panes.pane import Pane

    _replace(Pane, "show", broken)


def _in_the_engine() -> None:
    from tui.core.stream import StreamState

    _replace(StreamState, "receive", broken)


def _in_a_worker_thread() -> None:
    import tui.engine.http

    _replace(tui.engine.http, "http_transport", broken)


def _in_a_thread() -> None:
    from tui.app.prompt.prompt_box import PromptBox

    _replace(PromptBox, "action_newline", lambda _self: threading.Thread(target=broken).start())


def _at_the_keyboard() -> None:
    from textual._xterm_parser import XTermParser

    whole = XTermParser.feed

    def feed(self: XTermParser, data: str) -> Any:
        return broken() if CTRL_J in data else whole(self, data)

    _replace(XTermParser, "feed", feed)


def _at_the_start() -> None:
    import tui.cli.options

    _replace(tui.cli.options, "resolve_targets", broken)


def _before_the_screen() -> None:
    from tui.app.dashboard import Dashboard

    _replace(Dashboard, "compose", broken)


def _deaf() -> None:
    """No bug that raises: an app which does not leave when it is told to."""
    from tui.app.app import SidestreamApp
    from tui.cli import leaving

    leaving.LEAVE_S = 600
    _replace(SidestreamApp, "exit", lambda *_arguments, **_options: None)


def _stuck() -> None:
    """A loop that hangs, and with it the app."""
    from tui.app.prompt.prompt_box import PromptBox

    _replace(PromptBox, "action_newline", lambda _self: time.sleep(600))


PLACES: dict[str, Callable[[], None]] = {
    "in a handler": _in_a_handler,
    "that draws itself": _that_draws_itself,
    "in a frame": _in_a_frame,
    "in the engine": _in_the_engine,
    "in a worker thread": _in_a_worker_thread,
    "in a thread": _in_a_thread,
    "at the keyboard": _at_the_keyboard,
    "at the start": _at_the_start,
    "before the screen": _before_the_screen,
    "deaf": _deaf,
    "stuck": _stuck,
}

if __name__ == "__main__":
    os.environ["BROKEN_KEY"] = KEY
    PLACES[sys.argv[1]]()
    sys.argv[1:] = sys.argv[2:]
    from tui.__main__ import main

    main()
