"""What happens after a bug: a report file for whoever mends it, one sentence for the user, exit status 70.

The report must be safe to send to strangers. So it holds where the program was and never what was in its variables; of
what an error says, only messages the interpreter words itself, since others may quote a prompt, an answer or a key; of
streams their phase and their counts. All of it passes the redactor once more before it is written.

faulthandler stays off: what it writes would land in the alternate screen and vanish with it, and whoever hunts a crash
inside a C library can set PYTHONFAULTHANDLER=1 and redirect standard error.
"""

import locale
import os
import platform
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui import __version__
from tui.cli.outcome import CRASHED
from tui.core.clean import clean, clean_line
from tui.core.errors import SidestreamError

if TYPE_CHECKING:
    from tui.core.stream import StreamState

Redactor = Callable[[str], str]

_WORDED_BY_PYTHON = (AttributeError, ImportError, IndexError, NameError, RecursionError, TypeError, ZeroDivisionError)
_LONGEST_MESSAGE = 300
_MOST_FRAMES = 40
_DEEPEST = 10
"""How many errors behind an error, or beside it in a group, are told."""
_LIBRARIES = ("textual", "rich", "httpx", "aiohttp", "anyio", "msgspec", "click", "markdown-it-py")
_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "TMUX", "LANG", "LC_ALL", "NO_COLOR")


@contextmanager
def crashes_reported(streams: "Iterable[StreamState]" = (), redact: Redactor = str) -> Iterator[None]:
    """Make a report, a sentence and exit status 70 of a bug inside; `streams` are told of as they are then."""
    try:
        yield
    except (SidestreamError, click.exceptions.ClickException, click.exceptions.Abort, click.exceptions.Exit):
        raise
    except Exception as error:
        from tui.cli.leaving import LEAVE_S, force_exit_after

        force_exit_after(LEAVE_S, CRASHED)  # what the bug left behind may not come to an end
        _say(_sentence(error, report_text(error, streams, redact)))
        raise SystemExit(CRASHED) from None


def report_text(error: BaseException, streams: "Iterable[StreamState]" = (), redact: Redactor = str) -> str:
    """The whole report. Holds no variables, no texts of prompts or answers, and no secret the redactor knows."""
    lines = [
        f"sidestream {__version__} ended by an internal error at {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC.",
        "This report holds no variables, no prompt, no answer and no key.",
        "",
        *_error_lines(error, set()),
        "",
        *_stream_lines(streams),
        "",
        *_system_lines(),
    ]
    return clean(redact("\n".join(lines))) + "\n"


def _sentence(error: BaseException, report: str) -> str:
    """What the user reads; the report itself when there is nowhere to write it."""
    name = _innermost(error).__class__.__name__
    from tui.config.places import user_state_directory

    directory = user_state_directory()
    try:
        path = _write(directory, report)
    except OSError as exc:
        return (
            f"sidestream: internal error ({name}); no report could be written to {directory}: {exc.strerror}\n{report}"
        )
    return f"sidestream: internal error ({name}); a report without keys, prompts and answers is in {path}"


def _write(directory: Path, report: str) -> Path:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(report)
    return path


def _say(sentence: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):
            print(clean(sentence), file=sys.stderr, flush=True)


def _innermost(error: BaseException) -> BaseException:
    """The one error in groups of one, which is what task groups make of it."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _error_lines(error: BaseException, told: set[int], because: str = "") -> list[str]:
    """The error, where it happened, and the errors behind it or inside it."""
    if id(error) in told or len(told) >= _DEEPEST:
        return []
    told.add(id(error))
    lines = [f"{because}{_name(error)}", *(f"  {frame}" for frame in _frames(error))]
    inside = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for one in inside:
        lines += _error_lines(one, told, "In the group: ")
    if error.__cause__ is not None:
        lines += _error_lines(error.__cause__, told, "Caused by: ")
    elif error.__context__ is not None and not error.__suppress_context__:
        lines += _error_lines(error.__context__, told, "While handling: ")
    return lines


def _name(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if kind in _WORDED_BY_PYTHON:
        return f"{name}: {clean_line(str(error))[:_LONGEST_MESSAGE]}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: {os.strerror(error.errno)}"
    return name


def _frames(error: BaseException) -> list[str]:
    """Where it happened, outermost first; of an endless recursion both ends."""
    frames = [
        f"{_short(frame.filename)}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    if len(frames) <= _MOST_FRAMES:
        return frames
    half = _MOST_FRAMES // 2
    return [*frames[:half], f"… {len(frames) - _MOST_FRAMES} more", *frames[-half:]]


def _short(filename: str) -> str:
    """A file's place on the import path, without the directories that tell whose machine this is."""
    roots = [entry for entry in sys.path if entry and filename.startswith(entry + os.sep)]
    return filename[len(max(roots, key=len)) + 1 :] if roots else Path(filename).name


def _stream_lines(streams: "Iterable[StreamState]") -> list[str]:
    lines = [
        f"  {stream.target.dialect}, {stream.phase}, {stream.bytes_received} bytes in {stream.reads} reads, "
        f"attempt {len(stream.attempts)}"
        for stream in streams
    ]
    return ["Streams:", *lines] if lines else ["Streams: none"]


def _system_lines() -> list[str]:
    size = shutil.get_terminal_size()
    streams = (("stdin", sys.stdin), ("stdout", sys.stdout), ("stderr", sys.stderr))
    terminals = [name for name, stream in streams if stream is not None and stream.isatty()]
    return [
        f"Python {platform.python_version()} ({platform.python_implementation()}), {platform.platform()}",
        ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
        f"Terminal: {size.columns}×{size.lines}, {', '.join(terminals) or 'no stream'} on it",
        f"Encoding: {locale.getpreferredencoding(False)}",
        *(f"{name}={os.environ[name]}" for name in _VARIABLES if name in os.environ),
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
