"""Keys from a command, such as `pass show gateway`: run without a shell, for a limited time, with a limited output.

The command stays in our process group: password managers ask their question on the terminal, and a group of its own
would be stopped for reading there.
"""

import shlex
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from tui.config.key_file import first_line
from tui.core.clean import clean_line
from tui.core.errors import ConfigError
from tui.core.redact import Redactor
from tui.core.secret import Secret

LIMIT_S = 60.0
"""How long a command may take; a person may have to type a passphrase meanwhile."""
_OUTPUT_BYTES = 64 * 1024
_SHOWN_CHARS = 300


def key_from_command(command: str, place: str, environment: Mapping[str, str], limit_s: float = LIMIT_S) -> str:
    """The first line the command writes. Raises `ConfigError` when it cannot be run, fails or takes too long.

    `environment` is all it sees. `place` says who asks, such as "api_key_command of work in config.toml". Of the
    command only the program is ever named: its arguments may be secret too.
    """
    arguments = _arguments(command, place)
    program = Path(arguments[0]).name
    process = _started(arguments, place, environment)
    output = _Reader(process.stdout)
    errors = _Reader(process.stderr)
    try:
        output.join(limit_s)
        process.wait(0 if output.is_alive() else limit_s)
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{place}: {program} did not finish within {limit_s:g} s") from None
    finally:
        process.kill()  # also when ctrl+c interrupts the wait; does nothing once it has ended
        process.wait()
    errors.join(limit_s)
    if len(output.data) > _OUTPUT_BYTES:
        raise ConfigError(f"{place}: {program} wrote more than {_OUTPUT_BYTES // 1024} KiB, which is no key")
    if process.returncode:
        said = _last_words(errors.data, output.data)
        raise ConfigError(f"{place}: {program} {_ending(process.returncode)}{said}")
    return first_line(output.data)


class _Reader(threading.Thread):
    """Reads one pipe of the command up to the bound, then closes it, which ends a command that goes on writing.

    A daemon: a grandchild that keeps the pipe open must not keep us.
    """

    def __init__(self, pipe: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        assert pipe is not None
        self._pipe = pipe
        self.data = b""
        self.start()

    def run(self) -> None:
        with self._pipe:
            self.data = self._pipe.read(_OUTPUT_BYTES + 1)


def _arguments(command: str, place: str) -> list[str]:
    try:
        arguments = shlex.split(command)
    except ValueError as exc:
        raise ConfigError(f"{place} cannot be read as a command: {str(exc).lower()}") from None
    if not arguments:
        raise ConfigError(f"{place} names no command")
    return arguments


def _started(arguments: list[str], place: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,  # ours may be the prompt
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
        )
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or "it holds a NUL"
        raise ConfigError(f"{place}: cannot run {Path(arguments[0]).name}: {reason}") from None


def _last_words(errors: bytes, output: bytes) -> str:
    """The last line the command complained in, without what it may have written as the key; empty when it was silent.

    Some say why they failed in more lines than one, and then the last one is the reason.
    """
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    redactor = Redactor(Secret(line.strip()) for line in output.decode("utf-8", "replace").splitlines()[:10])
    said = clean_line(redactor.text(lines[-1]).strip()) if lines else ""
    return f": {said[:_SHOWN_CHARS]}" if said else ""


def _ending(returncode: int) -> str:
    return f"was ended by signal {-returncode}" if returncode < 0 else f"ended with status {returncode}"
