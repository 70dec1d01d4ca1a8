"""A run as CSV, one row for each target: for spreadsheets and data frames."""

from typing import Any

from tui.core.csv_rows import csv_text
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


def table(run: dict[str, Any]) -> str:
    """The rows under their headings. Where there is no value, a cell is empty."""
    return csv_text(COLUMNS, (_row(run, target) for target in run["targets"]))


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
