"""A stream and a run as the JSON objects that leave the program; the names are documented in docs/headless.md."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tui.core.attempts import Attempt
from tui.core.connection import ConnectionFacts
from tui.core.cost import CURRENCY, Cost, cost_of
from tui.core.endings import ending
from tui.core.events import ServerTimings
from tui.core.failure import StreamError
from tui.core.snapshot import ChoiceSnapshot, Snapshot, ToolCallSnapshot
from tui.core.stream import StreamState
from tui.core.timeline import Metrics

SCHEMA = "sidestream.run/1"


def run_object(run_id: str, prompt: str, started_at: str, streams: Sequence[StreamState]) -> dict[str, Any]:
    """One run. `started_at` is an RFC 3339 time, the only wall-clock value in it."""
    return {
        "schema": SCHEMA,
        "id": run_id,
        "prompt": prompt,
        "started_at": started_at,
        "targets": [target_object(stream) for stream in streams],
    }


def target_object(state: StreamState) -> dict[str, Any]:
    """One target's answer."""
    return snapshot_object(state.snapshot(), ending(state), cost_of(state))


def snapshot_object(snapshot: Snapshot, end: str, cost: Cost | None) -> dict[str, Any]:
    """The same of an answer that was kept; `end` says in words why it ended, empty while it runs."""
    target = snapshot.target
    return {
        "name": target.name,
        "provider": target.provider,
        "dialect": target.dialect,
        "model_requested": target.model,
        "model": snapshot.model or None,
        "response_id": snapshot.response_id or None,
        "complete": snapshot.is_complete,
        "state": str(snapshot.phase),
        "end": end,
        "schema_valid": None if snapshot.schema_errors is None else not snapshot.schema_errors,
        "schema_errors": list(snapshot.schema_errors or ()),
        "choices": [_choice(choice) for choice in snapshot.choices],
        "usage": asdict(snapshot.usage)
        if snapshot.usage
        else dict.fromkeys(("prompt", "completion", "reasoning", "cached")),
        "cost": _cost(cost),
        "error": _error(snapshot.error),
        "attempts": [_attempt(attempt, snapshot.attempts[0].start_ns) for attempt in snapshot.attempts],
        "remarks": list(snapshot.remarks),
        "server_timings": _timings(snapshot.timings),
        "connection": _connection(snapshot.connection),
        "counts": asdict(snapshot.counts),
        "metrics": metrics_object(snapshot.metrics),
    }


def metrics_object(metrics: Metrics) -> dict[str, Any]:
    """The figures with their units in their names: milliseconds, tokens, tokens per second."""
    return {
        "time_to_first_token_ms": _ms(metrics.time_to_first_token_ns),
        "last_attempt_time_to_first_token_ms": _ms(metrics.last_attempt_time_to_first_token_ns),
        "time_to_first_output_token_ms": _ms(metrics.time_to_first_output_token_ns),
        "time_to_first_chunk_ms": _ms(metrics.time_to_first_chunk_ns),
        "connect_time_ms": _ms(metrics.connect_time_ns),
        "headers_ms": _ms(metrics.headers_ns),
        "request_latency_ms": _ms(metrics.request_latency_ns),
        "last_attempt_latency_ms": _ms(metrics.last_attempt_latency_ns),
        "retry_delay_ms": _ms(metrics.retry_delay_ns),
        "operation_duration_ms": _ms(metrics.operation_duration_ns),
        "time_per_output_token_ms": _ms(metrics.time_per_output_token_ns),
        "inter_chunk_latency_mean_ms": _ms(metrics.inter_chunk_latency_mean_ns),
        "longest_gap_ms": _ms(metrics.longest_gap_ns),
        "output_tokens_per_second": _rounded(metrics.output_tokens_per_second),
        "average_tokens_per_second": _rounded(metrics.average_rate),
        "output_tokens": _rounded(metrics.output_tokens),
        "output_tokens_source": "estimated" if metrics.tokens_are_estimated else "reported",
        "coalesced_share": _rounded(metrics.coalesced_share),
        "schedule_delay_ms": _ms(metrics.schedule_delay_ns),
        "loop_lag_max_ms": _ms(metrics.loop_lag_max_ns),
        "ttft_may_be_late": _claim(metrics.time_to_first_token_ns, metrics.ttft_may_be_late),
        "gaps_may_be_late": _claim(metrics.longest_gap_ns, metrics.gaps_may_be_late),
    }


def _choice(choice: ChoiceSnapshot) -> dict[str, Any]:
    return {
        "index": choice.index,
        "text": choice.text,
        "reasoning": choice.reasoning,
        "refusal": choice.refusal,
        "tool_calls": [_call(call) for call in choice.tool_calls],
        "function_call": _function_call(choice.function_call),
        "finish_reason": choice.finish_reason,
        "finish_reason_raw": choice.finish_reason_raw,
    }


def _call(call: ToolCallSnapshot) -> dict[str, Any]:
    return {"id": call.id, "type": call.type, "name": call.name, "arguments": call.arguments}


def _function_call(call: ToolCallSnapshot | None) -> dict[str, Any] | None:
    return {"name": call.name, "arguments": call.arguments} if call else None


def _attempt(attempt: Attempt, origin_ns: int) -> dict[str, Any]:
    """One try; its start counts from that of the first, the rest from its own."""

    def since_start(at_ns: int | None) -> float | None:
        return _ms(at_ns - attempt.start_ns) if at_ns is not None else None

    return {
        "start_ms": _ms(attempt.start_ns - origin_ns),
        "connected_ms": since_start(attempt.connected_ns),
        "connection_reused": attempt.is_reused,
        "headers_ms": since_start(attempt.headers_ns),
        "time_to_first_token_ms": since_start(attempt.first_token_ns),
        "end_ms": since_start(attempt.end_ns),
        "status": attempt.status,
        "error": _error(attempt.error),
        "bytes": attempt.bytes,
        "wait_ms": _ms(attempt.wait_ns),
    }


def _error(error: StreamError | None) -> dict[str, Any] | None:
    return asdict(error) if error else None


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    """Dollars to a billionth: a short answer of a small model costs millionths."""
    if cost is None:
        return None
    return {
        "total": round(cost.total, 9),
        "input": round(cost.input, 9),
        "cached_input": round(cost.cached_input, 9),
        "output": round(cost.output, 9),
        "reasoning": round(cost.reasoning, 9),
        "currency": CURRENCY,
        "tokens_source": "estimated" if cost.is_estimated else "reported",
        "price_source": cost.source,
    }


def _connection(facts: ConnectionFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "http_version": facts.http_version,
        "http2_declined": facts.http2_declined,
        "reused": facts.reused,
        "peer": facts.peer,
        "proxy": facts.proxy,
        "tls_version": facts.tls_version,
        "cipher": facts.cipher,
        "slot_wait_ms": _ms(facts.slot_wait_ns),
        "dns_ms": _ms(facts.dns_ns),
        "tcp_ms": _ms(facts.tcp_ns),
        "tls_ms": _ms(facts.tls_ns),
    }


def _timings(timings: ServerTimings | None) -> dict[str, Any] | None:
    """The server's own stopwatch, in milliseconds."""
    if timings is None:
        return None
    return {
        "total_ms": _ms(timings.total_ns),
        "load_ms": _ms(timings.load_ns),
        "prompt_ms": _ms(timings.prompt_ns),
        "generation_ms": _ms(timings.generation_ns),
        "generation_tokens": timings.generation_tokens,
    }


def _ms(duration_ns: float | None) -> float | None:
    return round(duration_ns / 1e6, 3) if duration_ns is not None else None


def _claim(figure: float | None, holds: bool) -> bool | None:
    """What is claimed of a figure. None when there is no figure."""
    return holds if figure is not None else None


def _rounded(value: float | None) -> float | None:
    return round(value, 3) if value is not None else None
