"""The line-ups saved from the dashboard, in a file of their own beside the user's.

The program never writes into the user's own file: that one is theirs, often under version control or not writable, and
nothing could be lost there by us. This one is written whole, in one step. The loader reads it first, so that a line-up
of the same name in any other place wins.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.config.dotted import dotted, toml_text
from tui.config.files import exists, read_document
from tui.config.problems import Problem
from tui.config.settings import Lineup, user_config_directory
from tui.core.errors import ConfigError

FILE_NAME: Final = "lineups.toml"
_HEAD = "# The line-ups saved from sidestream's dashboard, which writes this file anew with each change.\n"


def lineup_file() -> Path:
    """Where it is; it may not exist."""
    return user_config_directory() / FILE_NAME


class SavedLineups:
    """The file, read again before each change: another dashboard may have written it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lineups(self) -> dict[str, Lineup]:
        """By name, in the order they were saved first. Raises `ConfigError` when the file cannot be read."""
        if not exists(self.path):
            return {}
        document = read_document(self.path)
        if isinstance(document, Problem):
            raise ConfigError(f"the saved line-ups cannot be read: {document}")
        tables = document[0].get("lineups", {})
        return {
            name: Lineup(name, tuple(table.get("targets", ())), table.get("system"))
            for name, table in (tables.items() if isinstance(tables, Mapping) else ())
            if isinstance(table, Mapping)
        }

    def save(self, lineup: Lineup) -> None:
        """Add a line-up, or put it in the place of the one of its name. Raises `ConfigError`."""
        self._write({**self.lineups(), lineup.name: lineup})

    def delete(self, name: str) -> None:
        """Take one out. Raises `ConfigError` when it is not there or the file cannot be written."""
        lineups = self.lineups()
        if name not in lineups:
            raise ConfigError(f"the line-up {name} was not saved here; it is written in a configuration file of yours")
        del lineups[name]
        self._write(lineups)

    def _write(self, lineups: Mapping[str, Lineup]) -> None:
        text = "\n".join([_HEAD, *map(_table, lineups.values())])
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside.write_bytes(text.encode("utf-8", "replace"))
            beside.replace(self.path)
        except OSError as exc:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise ConfigError(f"{self.path} cannot be written: {exc.strerror or exc}") from None


def _table(lineup: Lineup) -> str:
    targets = "".join(f"    {toml_text(target)},\n" for target in lineup.targets)
    system = f"system = {toml_text(lineup.system)}\n" if lineup.system else ""
    return f"[{dotted(['lineups', lineup.name])}]\n{system}targets = [\n{targets}]\n"
