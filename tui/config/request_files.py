"""Files with what goes along with a prompt: tools, and the schema of the answer."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tui.core.endings import size_words
from tui.core.errors import UsageError
from tui.core.json_schema import checked_schema
from tui.core.tool_definitions import tools_of

_MAX_BYTES: Final = 4 * 1024 * 1024


def read_tools(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The tools in a JSON file. Raises `UsageError` with a sentence that names the file and the place in it."""
    return tools_of(_json_in(path), str(path))


def read_schema(path: Path) -> Mapping[str, Any]:
    """The JSON schema in a file. Raises `UsageError` with a sentence that names the file and the place in it."""
    return checked_schema(_json_in(path), str(path))


def _json_in(path: Path) -> object:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(f"{path} has more than {size_words(_MAX_BYTES)}")
        value: object = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as exc:
        raise UsageError(f"cannot read {path}: {exc.strerror or exc}") from None
    except UnicodeDecodeError as exc:
        raise UsageError(f"{path} is not UTF-8 text (byte {exc.start})") from None
    except json.JSONDecodeError as exc:
        raise UsageError(f"{path} is not JSON: line {exc.lineno}, column {exc.colno}: {exc.msg.lower()}") from None
    except RecursionError:
        raise UsageError(f"{path} is not JSON that can be read: it is nested too deeply") from None
    except ValueError as exc:
        raise UsageError(f"{path} is not JSON: {exc}") from None
    return value
