"""`sidestream run`: the engine without a screen. Data goes to stdout, notes to stderr."""

import json
import sys
import uuid
from datetime import UTC, datetime
from functools import partial

import anyio

from tui.cli.crash import crashes_reported
from tui.cli.leaving import Leaving
from tui.cli.log import kept_log
from tui.cli.outcome import status_of
from tui.cli.printing import for_stdout, note, write
from tui.core.clean import Clean, clean, escaped_json
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
    with crashes_reported(board, redactor.text), kept_log(redactor):
        interrupted = anyio.run(partial(_stream_all, board, targets, prompt, redactor))
        streams = list(board)
        asked = redactor.known(prompt.text)
        write(_as_json(asked, started_at, streams) if output == "json" else for_stdout(_as_text(streams)))
        for stream in streams:
            if stream.phase is not Phase.COMPLETE or stream.schema_errors:
                note(clean(f"{stream.target.name}: {ending(stream)}"))
    return interrupted or status_of(streams)


async def _stream_all(board: Board, targets: list[Target], prompt: Prompt, redactor: Redactor) -> int:
    """Run the engine until all streams have ended; the status of the signal that cut it short, or 0."""
    clock = MonotonicClock()
    fleet = Fleet(partial(http_transport, clock), board, clock, redactor=redactor)

    async with anyio.create_task_group() as tasks:
        await tasks.start(fleet.run)
        with Leaving(fleet.cancel_all) as leaving:
            fleet.launch_all(targets, prompt)
            await fleet.wait_all()
        tasks.cancel_scope.cancel()
    return leaving.status


def _as_json(prompt: str, started_at: str, streams: list[StreamState]) -> Clean:
    """One object. What a terminal could act on is escaped in it, which changes no value."""
    found = run_object(uuid.uuid4().hex, prompt, started_at, streams)
    return escaped_json(json.dumps(found, ensure_ascii=False, indent=2))


def _as_text(streams: list[StreamState]) -> str:
    """The answers; each under its name when there are several."""
    bodies = [_answer_text(stream) for stream in streams]
    if len(streams) > 1:
        bodies = [f"## {stream.target.name}\n\n{body}" for stream, body in zip(streams, bodies, strict=True)]
    return "\n\n".join(bodies)


def _answer_text(stream: StreamState) -> str:
    """Text, refusal and calls of every choice. Reasoning stays out: it is no part of the answer (see the JSON)."""
    parts = []
    for choice in stream.snapshot().choices:
        parts += [choice.text, choice.refusal]
        parts += [f"{call.name}({call.arguments})" for call in choice.tool_calls]
        if choice.function_call:
            parts.append(f"{choice.function_call.name}({choice.function_call.arguments})")
    return "\n\n".join(part for part in parts if part)
