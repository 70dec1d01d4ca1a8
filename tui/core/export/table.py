"""A run as CSV (RFC 4180), one row for each target: for spreadsheets and data frames."""

import csv
import io
from typing import Any

from tui.core.report import metrics_object
from tui.core.timeline import Metrics

_NAMED = ("name", "provider", "dialect", "model_requested", "model", "response_id", "state", "complete", "end")
_USAGE = ("prompt", "completion", "reasoning", "cached")
_METRICS = tuple(metrics_object(Metrics()))
COLUMNS = (
    *("run", "started_at", "asked"),
    *_NAMED,
    *("finish_reason", "error_kind", "error_status", "error_message"),
    *(f"usage_{name}" for name in _USAGE),
    "cost_usd",
    *_METRICS,
    *("tool_calls", "text"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def table(run: dict[str, Any]) -> str:
    """The rows under their headings. Where there is no value, a cell is empty.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises: a model must not
    be able to run anything there.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _row(run, target)] for target in run["targets"])
    return out.getvalue()


def _row(run: dict[str, Any], target: dict[str, Any]) -> list[Any]:
    choice = target["choices"][0] if target["choices"] else {}
    error, usage = target.get("error") or {}, target.get("usage") or {}
    metrics = target.get("metrics") or {}
    asked = [message["text"] for message in target["asked"] if message["role"] == "user"]
    return [
        *(run["id"], run["started_at"], asked[-1] if asked else None),
        *(target.get(name) for name in _NAMED),
        *(choice.get("finish_reason"), error.get("kind"), error.get("status"), error.get("message")),
        *(usage.get(name) for name in _USAGE),
        (target.get("cost") or {}).get("total"),
        *(metrics.get(name) for name in _METRICS),
        *(len(choice.get("tool_calls", ())), choice.get("text")),
    ]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
