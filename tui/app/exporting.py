"""The run on the screen to a file of the user's choice: JSON, Markdown, HTML or CSV, as its name ends.

What is written is taken at once, on the event loop; to lay it out and write it takes a thread, since a long run is
megabytes. A file that is there is only replaced by somebody who says so twice.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from anyio import to_thread

from tui.app.run import Run
from tui.core.endings import size_words
from tui.core.errors import UsageError
from tui.core.export import ENDINGS, Told, exported_run, written
from tui.core.redact import Redactor
from tui.storage.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to write."""

    path: Path
    ending: str
    """One of `ENDINGS`."""


class ChosenDestination:
    """Checks what somebody types as the place of an export; keeps in mind which file they were warned of."""

    def __init__(self) -> None:
        self._warned: Path | None = None

    def __call__(self, typed: str) -> Destination:
        """The place. Raises `UsageError` with a sentence when nothing can be written there, or something is there."""
        path = Path(typed.strip()).expanduser()
        if not typed.strip():
            raise UsageError(f"Name a file ending in {_one_of(ENDINGS)}.")
        if path.is_dir():
            raise UsageError(f"{typed} is a folder; name a file in it.")
        if path.suffix.lower() not in ENDINGS:
            raise UsageError(f"{path.name} does not say in which format: let it end in {_one_of(ENDINGS)}.")
        if not path.parent.is_dir():
            raise UsageError(f"There is no folder {path.parent}.")
        if path.exists() and path != self._warned:
            self._warned = path
            raise UsageError(f"{path.name} is there already; enter once more replaces it.")
        return Destination(path, path.suffix.lower())


def usual_name(now: datetime) -> str:
    """What the file is called unless somebody names it: `sidestream-20261126-174530.md`."""
    return f"sidestream-{now:%Y%m%d-%H%M%S}.md"


def is_empty(run: Run) -> bool:
    """Whether nothing was asked yet, so that there is nothing to export."""
    return run.started_at is None or not _told(run)


def run_object(run: Run) -> dict[str, Any]:
    """The run as it is now. Raises `ValueError` for one that is empty."""
    told = _told(run)
    if not told or run.started_at is None:
        raise ValueError("nothing was asked yet")
    states = [part.state for part in told if part.state is not None]
    redactor = states[0].redactor if states else Redactor.of_targets(run.targets)
    started_at = run.started_at.isoformat(timespec="milliseconds")
    return exported_run(uuid.uuid4().hex, started_at, run.system, told, redactor)


def _told(run: Run) -> list[Told]:
    talks = [(target.name, run.conversation(target.name)) for target in run.targets]
    return [Told(name, talk.turns, run.state(name)) for name, talk in talks if talk.turns]


async def save(found: dict[str, Any], to: Destination) -> str:
    """Write the run and say so, or say why not."""
    try:
        size = await to_thread.run_sync(partial(_write, found, to))
    except OSError as exc:
        return f"{to.path} cannot be written: {(exc.strerror or str(exc)).lower()}."
    count = len(found["targets"])
    return f"Saved {count} answer{'' if count == 1 else 's'} to {to.path}: {size_words(size)}."


def _write(found: dict[str, Any], to: Destination) -> int:
    data = written(found, to.ending).encode("utf-8", "replace")
    write_whole(to.path, data)
    return len(data)


def _one_of(endings: tuple[str, ...]) -> str:
    return f"{', '.join(endings[:-1])} or {endings[-1]}"
