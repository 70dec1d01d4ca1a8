"""Runs the program that answers a call of a tool: no shell, a time limit, a bounded output, and nothing left behind.

The call's arguments come on its standard input. It leads a process group of its own, so that ending it ends what it
started; only what leaves the group by itself escapes. The caller has asked the user before.
"""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio
from anyio.abc import ByteReceiveStream, Process

from tui.core.bounds import size_text

ERROR_BYTES: Final = 4 * 1024
"""What is kept of standard error: its end, where the reason stands."""
_LOOK_S: Final = 0.02
_LAST_WORDS_S: Final = 0.5
"""How long what it started may go on writing after the program itself has ended."""
_CLOSE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """What became of it."""

    output: str = ""
    """Standard output, which is the result; bytes that are no UTF-8 became U+FFFD."""
    errors: str = ""
    """The end of standard error."""
    status: int | None = None
    """The exit status, negative for a signal. None when it was never started or was stopped by us."""
    problem: str = ""
    """A sentence when something went wrong; empty after status 0."""


async def run_tool_command(
    command: Sequence[str],
    arguments: str,
    environment: Mapping[str, str],
    *,
    timeout_s: float,
    output_bytes: int,
) -> CommandOutcome:
    """Run `command` with `arguments` as its input. Cancelling stops it with everything it started.

    `environment` is all it sees. Output over `output_bytes` is cut off, and the program stopped.
    """
    program = Path(command[0]).name
    try:
        process = await anyio.open_process(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except OSError as exc:
        return CommandOutcome(problem=f"{program} cannot be started: {(exc.strerror or str(exc)).lower()}.")
    except ValueError:
        return CommandOutcome(problem=f"{program} cannot be started: there is a NUL in its arguments.")
    run = _Run(process, output_bytes)
    try:
        with anyio.move_on_after(timeout_s):
            await run.to_its_end(arguments)
    finally:
        _kill(process)
        with anyio.CancelScope(shield=True), anyio.move_on_after(_CLOSE_S):
            await process.aclose()
    return run.outcome(program, timeout_s)


class _Run:
    """One program while it runs."""

    def __init__(self, process: Process, output_bytes: int) -> None:
        self._process = process
        self._limit = output_bytes
        self._output = bytearray()
        self._errors = bytearray()
        self._status: int | None = None
        self._is_cut = False

    async def to_its_end(self, arguments: str) -> None:
        """Until it has ended and all it wrote is here, or it wrote too much."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._write, arguments)
            tasks.start_soon(self._wait)
            async with anyio.create_task_group() as readers:
                readers.start_soon(self._read_output)
                readers.start_soon(self._read_errors)
                self._readers = readers
            if not self._is_cut:
                await self._ended()
            tasks.cancel_scope.cancel()

    async def _wait(self) -> None:
        """Once it has ended, whoever else still holds its pipes has little time left."""
        await self._ended()
        await anyio.sleep(_LAST_WORDS_S)
        self._readers.cancel_scope.cancel()

    async def _ended(self) -> None:
        # Looked at instead of waited for: in some versions of asyncio waiting lasts until all pipes are closed too.
        while self._process.returncode is None:  # noqa: ASYNC110
            await anyio.sleep(_LOOK_S)
        self._status = self._process.returncode

    async def _write(self, arguments: str) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            await stdin.send(arguments.encode("utf-8", "replace"))
            await stdin.aclose()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            return  # it does not read its input, which is its own affair

    async def _read_output(self) -> None:
        async for data in _pieces(self._process.stdout):
            self._output += data
            if len(self._output) > self._limit:
                del self._output[self._limit :]
                self._is_cut = True
                self._readers.cancel_scope.cancel()

    async def _read_errors(self) -> None:
        async for data in _pieces(self._process.stderr):
            self._errors += data
            del self._errors[:-ERROR_BYTES]

    def outcome(self, program: str, timeout_s: float) -> CommandOutcome:
        """What became of it, after it was stopped if it had to be."""
        if self._is_cut:
            status, problem = (
                None,
                f"{program} wrote more than {size_text(self._limit)} and was stopped; the rest is cut off.",
            )
        elif self._status is None:
            status, problem = None, f"{program} did not finish within {timeout_s:g} s and was stopped."
        else:
            status, problem = self._status, _status_words(program, self._status)
        output, errors = (bytes(data).decode("utf-8", "replace") for data in (self._output, self._errors))
        return CommandOutcome(output, errors, status, problem)


async def _pieces(stream: ByteReceiveStream | None) -> AsyncIterator[bytes]:
    assert stream is not None
    try:
        while True:
            yield await stream.receive()
    except (anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError):
        return


def _kill(process: Process) -> None:
    """End it with its group, in one step that no cancellation can come between."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # nobody is left; macOS says the latter of zombies
        return


def _status_words(program: str, status: int) -> str:
    if status < 0:
        return f"{program} was ended by signal {-status}."
    return f"{program} ended with status {status}." if status else ""
