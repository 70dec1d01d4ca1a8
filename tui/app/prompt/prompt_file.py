"""Files into the prompt: completing a path, and reading a text that can be sent."""

import os
from pathlib import Path
from typing import Final

from tui.core.endings import size_words
from tui.core.errors import UsageError
from tui.core.figures import grouped

MAX_FILE_BYTES: Final = 256 * 1024
"""As much as may be pasted: more is a prompt of its own, for which there is `-f FILE`."""
_MANY: Final = 5_000
"""Entries of a folder that are looked at for a completion."""


def read_prompt_file(written: str) -> str:
    """The text of a file as somebody named it, `~` included. Raises `UsageError` with a sentence when it has none."""
    if not written.strip():
        raise UsageError("No file is named; type its path.")
    path = Path(written.strip()).expanduser()
    try:
        if path.is_dir():
            raise UsageError(f"{written} is a folder, not a file.")
        if not path.is_file() and path.exists():
            raise UsageError(f"{written} is not an ordinary file.")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UsageError(
                f"{written} has {size_words(size)}, more than the {size_words(MAX_FILE_BYTES)} a prompt box takes; "
                "start sidestream with -f FILE instead."
            )
        data = path.read_bytes()
    except OSError as exc:
        raise UsageError(f"{written} cannot be read: {(exc.strerror or str(exc)).lower()}.") from exc
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        raise UsageError(f"{written} is not UTF-8 text: byte {grouped(exc.start)} does not belong there.") from exc


def completed_path(written: str) -> str | None:
    """`written` with what all names that begin so have in common, a slash behind a folder; None when nothing fits."""
    folder, _, start = written.rpartition("/")
    base = Path(folder + "/" if written.startswith("/") or folder else ".").expanduser()
    try:
        with os.scandir(base) as entries:
            names = [
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry, _ in zip(entries, range(_MANY), strict=False)
                if entry.name.startswith(start) and (start or not entry.name.startswith("."))
            ]
    except OSError:
        return None
    common = _common_start(names)
    if not common.isprintable() or len(common) <= len(start):
        return None
    return written[: len(written) - len(start)] + common


def _common_start(names: list[str]) -> str:
    """The characters all names begin with."""
    first, last = min(names, default=""), max(names, default="")
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[: min(same, len(last))]
