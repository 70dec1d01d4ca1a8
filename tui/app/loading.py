"""Files that dialogs take in: tools, and the schema of the answers. A blank path stands for none."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.config.request_files import read_schema, read_tools


@dataclass(frozen=True, slots=True)
class SchemaFound:
    """What a dialog was given: None for free text, which is an answer too."""

    schema: Mapping[str, Any] | None


def tools_at(written: str) -> tuple[Mapping[str, Any], ...]:
    """The tools in the file somebody named, `~` included. Raises `UsageError`."""
    return read_tools(_path(written)) if written.strip() else ()


def schema_at(written: str) -> SchemaFound:
    """The schema in the file somebody named, `~` included. Raises `UsageError`."""
    return SchemaFound(read_schema(_path(written)) if written.strip() else None)


def _path(written: str) -> Path:
    return Path(written.strip()).expanduser()
