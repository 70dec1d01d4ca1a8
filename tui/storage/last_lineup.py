"""Which targets were asked last, for the next start without any; in a file only its owner can read.

Targets are kept as they are written, which never holds a key. The file is ours alone: one that is broken, too large or
of another program's making is no reason to stop, and `problem` then says so.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui.storage.whole_file import write_whole

SCHEMA: Final = "sidestream.lineup/1"
MAX_BYTES: Final = 256 * 1024
MAX_TARGETS: Final = 16


@dataclass(frozen=True, slots=True)
class KeptLineup:
    """Targets as written."""

    targets: tuple[str, ...]
    name: str | None = None
    """None for one that was not saved under a name."""
    system: str | None = None


class LastLineup:
    """The file. Each dashboard writes its own line-up over the last one's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem: str | None = None
        """A sentence when the file could not be used."""

    def read(self) -> KeptLineup | None:
        """What was kept; None when nothing was, or nothing that can be used."""
        try:
            with self._path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            kept = _lineup(json.loads(data)) if len(data) <= MAX_BYTES else None
        except FileNotFoundError:
            return None
        except OSError as exc:
            self.problem = f"The last line-up cannot be read: {self._path}: {exc.strerror}."
            return None
        except (ValueError, RecursionError):
            kept = None
        if kept is None:
            self.problem = f"{self._path} holds no line-up of ours and is ignored; the next change writes it anew."
        return kept

    def write(self, lineup: KeptLineup) -> None:
        """Keep this one, in place of the last."""
        value = {"schema": SCHEMA, "name": lineup.name, "system": lineup.system, "targets": lineup.targets}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self._path, json.dumps(value).encode(), mode=0o600)
        except OSError as exc:
            self.problem = f"The line-up cannot be remembered: {self._path}: {exc.strerror}."


def _lineup(value: Any) -> KeptLineup | None:
    match value:
        case {"schema": "sidestream.lineup/1", "targets": [_, *_] as targets}:
            name, system = value.get("name"), value.get("system")
            if (
                len(targets) <= MAX_TARGETS
                and all(isinstance(target, str) for target in targets)
                and all(text is None or isinstance(text, str) for text in (name, system))
            ):
                return KeptLineup(tuple(targets), name, system)
    return None
