"""Running `sidestream` as a shell would, in a process of its own, or within the test's where none is needed."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from tui.cli.commands import sidestream as command

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "tui"]
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """This process's environment, which holds no keys, with the project on the import path.

    Requests are sent once, so that a test of an error does not wait for the retries.
    """
    return {**os.environ, "PYTHONPATH": str(ROOT), "SIDESTREAM_RETRIES__ATTEMPTS": "0", **more}


def within(*arguments: str, **env: str) -> Outcome:
    """Run one command to its end in this process, a fifth of a second sooner: for what it says, not how it leaves."""
    result = CliRunner().invoke(command, arguments, env={"SIDESTREAM_RETRIES__ATTEMPTS": "0", **env})
    return Outcome(result.exit_code, result.stdout, result.stderr)


def sidestream(*arguments: str | bytes | Path, stdin: bytes = b"", cwd: Path | None = None, **env: str) -> Outcome:
    """Run one command to its end."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        timeout=PATIENCE_S,
        cwd=cwd or ROOT,
        env=environment(**env),
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
