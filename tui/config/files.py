"""Finding and reading the configuration files. Whatever is wrong with one is a `Problem`, never an exception."""

import tomllib
from pathlib import Path
from typing import Any

from tui.config.problems import Origin, Problem
from tui.config.settings import user_config_directory

PROJECT_FILE = ".sidestream.toml"
_SIZE_LIMIT = 1024 * 1024


def user_file() -> Path:
    """The user's own file; it may not exist."""
    return user_config_directory() / "config.toml"


def project_file(start: Path) -> Path | None:
    """The nearest project file in `start` or a folder around it."""
    return next(
        (file for folder in (start, *start.parents) if exists(file := folder / PROJECT_FILE)),
        None,
    )


def working_directory() -> Path:
    """Where the search for a project's file starts."""
    try:
        return Path.cwd()
    except OSError:  # it was deleted under us, and no project's file can be around it
        return Path("/")


def read_document(file: Path) -> tuple[dict[str, Any], str] | Problem:
    """The file as TOML and as text, or what keeps it from being that. Line ends in the text are line feeds."""
    name = str(file)
    try:
        if file.exists() and not file.is_file():  # opening a named pipe would wait for ever
            return Problem(Origin(name, file), (), "found something that is no file, expected a TOML file")
        with file.open("rb") as opened:
            data = opened.read(_SIZE_LIMIT + 1)
        if len(data) > _SIZE_LIMIT:
            return Problem(Origin(name, file), (), "the file is larger than 1 MiB, too large for settings")
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text), text
    except OSError as exc:
        return Problem(Origin(name, file), (), f"the file cannot be read: {exc.strerror or type(exc).__name__}")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        return Problem(Origin(name, file, line), (), f"the file is not UTF-8 text (byte {exc.start})")
    except tomllib.TOMLDecodeError as exc:
        return Problem(Origin(name, file), (), f"the file is not TOML: {exc}")
    except (RecursionError, ValueError):  # deep nesting, and a number of thousands of digits
        return Problem(Origin(name, file), (), "a value is nested too deep or too long")


def exists(file: Path) -> bool:
    """Whether there is something to read, or something that keeps us from knowing: reading it then says what."""
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
