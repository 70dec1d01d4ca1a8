"""Files that a run is written to: one function for each format, from the object of `exported_run` to text."""

import json
from collections.abc import Callable
from typing import Any, Final

from tui.core.export.run import Told, exported_run

__all__ = ["ENDINGS", "Told", "exported_run", "written"]


def _json(run: dict[str, Any]) -> str:
    return json.dumps(run, ensure_ascii=False, indent=2) + "\n"


def _markdown(run: dict[str, Any]) -> str:
    from tui.core.export.markdown import markdown

    return markdown(run)


def _table(run: dict[str, Any]) -> str:
    from tui.core.export.table import table

    return table(run)


def _page(run: dict[str, Any]) -> str:
    from tui.core.export.page import page

    return page(run)


_FORMATS: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    ".md": _markdown,
    ".html": _page,
    ".json": _json,
    ".csv": _table,
}
ENDINGS: Final = tuple(_FORMATS)
"""What a file's name may end with; that says what is written to it."""


def written(run: dict[str, Any], ending: str) -> str:
    """The text of a file whose name ends so, one of `ENDINGS`."""
    return _FORMATS[ending](run)
