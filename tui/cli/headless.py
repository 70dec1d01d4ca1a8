"""`sidestream run`: the engine without a screen. Data goes to stdout, notes to stderr."""

import json
import os
import signal
import sys
import uuid
from datetime import UTC, datetime
from functools import partial

import anyio

from tui.cli.log import kept_log
from tui.cli.outcome import CLOSED_PIPE, INTERRUPTED, status_of
from tui.core.clean import clean
from tui.core.endings import ending
from tui.core.phase import Phase
from tui.core.redact import Redactor
from tui.core.report import run_object
from tui.core.request import Prompt
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.engine.board import Board
from tui.engine.clock import MonotonicClock
from tui.engine.fleet import Fleet
from tui.engine.http import http_transport
from tui.engine.trust import key_log_notice


def run(targets: list[Target], prompt: Prompt, output: str) -> int:
    """Stream every target to its end, print the answers, and return the exit status."""
    started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
    if (notice := key_log_notice()) and sys.stderr is not None:
        print(f"sidestream: {clean(notice)}", file=sys.stderr)
    board = Board()
    redactor = Redactor.of_targets(targets)
    with kept_log(redactor):
        interrupted = anyio.run(partial(_stream_all, board, targets, prompt, redactor))
    streams = list(board)
    if output == "json":
        run_ = run_object(uuid.uuid4().hex, redactor.known(prompt.text), started_at, streams)
        _write(json.dumps(run_, ensure_ascii=False, indent=2))
    else:
        _write(_as_text(streams, terminal=sys.stdout is not None and sys.stdout.isatty()))
    for stream in streams:
        if stream.phase is not Phase.COMPLETE and sys.stderr is not None:  # print would take stdout instead
            print(f"{stream.target.name}: {clean(ending(stream))}", file=sys.stderr)
    return INTERRUPTED if interrupted else status_of(streams)


async def _stream_all(board: Board, targets: list[Target], prompt: Prompt, redactor: Redactor) -> bool:
    """Run the engine until all streams have ended; True when SIGINT or SIGTERM cut it short."""
    clock = MonotonicClock()
    fleet = Fleet(partial(http_transport, clock), board, clock, redactor=redactor)
    interrupted = False

    async def cancel_on_signal() -> None:
        nonlocal interrupted
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                interrupted = True
                fleet.cancel_all()

    async with anyio.create_task_group() as tasks:
        await tasks.start(fleet.run)
        if sys.platform != "win32":  # there, an interrupt raises KeyboardInterrupt as usual
            tasks.start_soon(cancel_on_signal)
        fleet.launch_all(targets, prompt)
        await fleet.wait_all()
        tasks.cancel_scope.cancel()
    return interrupted


def _as_text(streams: list[StreamState], *, terminal: bool) -> str:
    """The answers; each under its name when there are several. Control characters never reach a terminal."""
    parts = []
    for stream in streams:
        body = _answer_text(stream)
        body = clean(body) if terminal else body
        parts.append(f"## {stream.target.name}\n\n{body}" if len(streams) > 1 else body)
    return "\n\n".join(parts)


def _answer_text(stream: StreamState) -> str:
    """Text, refusal and calls of every choice. Reasoning stays out: it is no part of the answer (see the JSON)."""
    parts = []
    for choice in stream.snapshot().choices:
        parts += [choice.text, choice.refusal]
        parts += [f"{call.name}({call.arguments})" for call in choice.tool_calls]
        if choice.function_call:
            parts.append(f"{choice.function_call.name}({choice.function_call.arguments})")
    return "\n\n".join(part for part in parts if part)


def _write(text: str) -> None:
    """To stdout as UTF-8, whatever the locale; a reader that went away ends the program quietly."""
    if sys.stdout is None:  # closed by the shell
        return
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes it again at exit
        raise SystemExit(CLOSED_PIPE) from None
