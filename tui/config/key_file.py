"""Key files: used only when nobody else can read them, as ssh does with its own."""

import os
import stat
from pathlib import Path

from tui.core.errors import ConfigError

_READ_BYTES = 64 * 1024
_OTHERS = 0o077


def key_from_file(path: Path, place: str) -> str:
    """The file's first line. Raises `ConfigError` unless it is a plain file, our own, and closed to others.

    `place` says who asks, such as "api_key_file of work in config.toml".
    """
    try:
        # What is checked is what is read. Without O_NONBLOCK, opening a pipe would wait for its writer.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as exc:
        raise ConfigError(f"{place}: cannot read {path}: {getattr(exc, 'strerror', None) or exc}") from None
    try:
        reason = _unusable(os.fstat(handle))
        if reason:
            raise ConfigError(f"{place}: {path} is not used, because it {reason}")
        data = os.read(handle, _READ_BYTES)
    finally:
        os.close(handle)
    return first_line(data)


def readers_of(path: Path) -> str | None:
    """Who else may read a file, in words. None when nobody may, or it cannot be told here."""
    try:
        found = path.stat()
    except OSError:
        return None
    if os.name != "posix":
        return None  # the mode says nothing there
    return "all users" if found.st_mode & 0o004 else "its group" if found.st_mode & 0o040 else None


def first_line(data: bytes) -> str:
    """The first line of a key's bytes, without a byte order mark; what is not UTF-8 becomes U+FFFD."""
    return next(iter(data.decode("utf-8-sig", "replace").splitlines()), "")


def _unusable(found: os.stat_result) -> str | None:
    if not stat.S_ISREG(found.st_mode):
        return "is no plain file"
    if os.name != "posix":
        return None  # owner and mode say nothing there
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    if found.st_mode & _OTHERS:
        return f"is open to others (mode {stat.S_IMODE(found.st_mode):04o}); run chmod 600 on it"
    return None
