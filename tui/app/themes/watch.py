"""Notices when theme files change, by looking at their names, times and sizes: cheap enough for once a second."""

from collections.abc import Iterable
from pathlib import Path

_Mark = tuple[str, int, int]


class ThemeWatch:
    """The theme files of some directories as they were when last looked at."""

    def __init__(self, directories: Iterable[Path]) -> None:
        self._directories = tuple(directories)
        self._seen = self._marks()

    def has_changed(self) -> bool:
        """Whether a file came, went or was written since the last call."""
        before, self._seen = self._seen, self._marks()
        return self._seen != before

    def _marks(self) -> set[_Mark]:
        return {mark for directory in self._directories for mark in _marks_of(directory)}


def _marks_of(directory: Path) -> Iterable[_Mark]:
    try:
        for path in directory.glob("*.toml"):
            status = path.stat()
            yield str(path), status.st_mtime_ns, status.st_size
    except OSError:
        return  # gone while we looked, or not ours to read; loading says what is wrong with it
