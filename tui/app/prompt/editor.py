"""The user's own editor for a prompt, in the terminal the dashboard leaves for that time. Streams go on meanwhile."""

import asyncio
import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tui.core.errors import UsageError


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """The words of `$VISUAL` or `$EDITOR`. Raises `UsageError` when there is neither, or it has an open quote."""
    for name in ("VISUAL", "EDITOR"):
        written = environment.get(name, "").strip()
        if written:
            try:
                return shlex.split(written, posix=os.name != "nt")
            except ValueError as exc:
                raise UsageError(f"${name} cannot be read as a command: {str(exc).lower()}.") from exc
    raise UsageError("Neither $VISUAL nor $EDITOR is set; set one to the editor of your choice.")


async def edited(app: App[object], text: str, environment: Mapping[str, str]) -> str:
    """`text` as the user left it in the editor, which sees `environment` and nothing else.

    Raises `UsageError` when the editor could not do its work.
    """
    command = editor_command(environment)
    with tempfile.TemporaryDirectory(prefix="sidestream-") as folder:  # of mode 0700, so nobody else can look inside
        path = Path(folder) / "prompt.md"
        path.write_text(text, encoding="utf-8", errors="replace")
        status = await _run(app, [*command, str(path)], environment)
        if status:
            raise UsageError(f"{command[0]} ended with status {status}; the prompt stays as it was.")
        try:
            return path.read_text(encoding="utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as exc:
            raise UsageError("The editor left no UTF-8 text behind; the prompt stays as it was.") from exc


async def _run(app: App[object], command: list[str], environment: Mapping[str, str]) -> int:
    """The exit status of a program that has the terminal for itself."""
    problem: OSError | None = None
    status = 0
    try:
        # Drawing has to rest: Textual's writer is stopped meanwhile, and a full queue would hold up the whole program.
        with app.batch_update(), app.suspend():
            try:
                program = await asyncio.create_subprocess_exec(*command, env=dict(environment))
                status = await program.wait()
            except OSError as exc:
                problem = exc  # not raised in here: `suspend` would not take the terminal back
    except SuspendNotSupported as exc:
        raise UsageError("This terminal cannot be left for an editor.") from exc
    app.refresh(layout=True)
    if problem is not None:
        raise UsageError(f"{command[0]} cannot be started: {(problem.strerror or str(problem)).lower()}.") from problem
    return status
