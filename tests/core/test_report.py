"""The JSON that leaves the program: names and units exactly as docs/headless.md promises them."""

import json

from tests.core.replay import MS, START_NS, TARGET, begun, chunk, folded, sse
from tui.core.failure import StreamError
from tui.core.report import run_object, target_object
from tui.core.stream import StreamState

STREAM = sse(
    chunk({"role": "assistant", "content": ""}, id="r1", model="tiny-2"),
    chunk({"reasoning": "hm", "content": "Hi", "refusal": "no"}),
    chunk({"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}),
    chunk({"function_call": {"name": "g", "arguments": "{}"}}),
    chunk({}, "eos"),
    {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 9}},
)


def test_a_target() -> None:
    state = folded([STREAM])
    found = target_object(state)
    metrics = found.pop("metrics")
    assert found == {
        "name": "tiny",
        "provider": "llamacpp",
        "dialect": "chat",
        "model_requested": "tiny",
        "model": "tiny-2",
        "response_id": "r1",
        "complete": True,
        "state": "complete",
        "end": "refusal, tool calls",
        "schema_valid": None,
        "schema_errors": [],
        "choices": [
            {
                "index": 0,
                "text": "Hi",
                "reasoning": "hm",
                "refusal": "no",
                "tool_calls": [{"id": "a", "type": "function", "name": "f", "arguments": "{}"}],
                "function_call": {"name": "g", "arguments": "{}"},
                "finish_reason": "tool_calls",
                "finish_reason_raw": "eos",
            }
        ],
        "usage": {"prompt": 3, "completion": 9, "reasoning": None, "cached": None},
        "cost": None,
        "error": None,
        "attempts": [
            {
                "start_ms": 0.0,
                "connected_ms": 10.0,
                "connection_reused": False,
                "headers_ms": 50.0,
                "time_to_first_token_ms": 100.0,
                "end_ms": 100.0,
                "status": 200,
                "error": None,
                "bytes": len(STREAM),
                "wait_ms": None,
            }
        ],
        "remarks": [],
        "server_timings": None,
        "connection": None,
        "counts": {
            "payloads": 6,
            "undecodable": 0,
            "comments": 0,
            "bytes": len(STREAM),
            "reads": 1,
            "attempts": 1,
        },
    }
    assert metrics == {
        "time_to_first_token_ms": 100.0,  # START_NS to FIRST_READ_NS
        "last_attempt_time_to_first_token_ms": 100.0,
        "time_to_first_output_token_ms": 100.0,
        "time_to_first_chunk_ms": 100.0,
        "connect_time_ms": 10.0,
        "headers_ms": 50.0,
        "request_latency_ms": 100.0,
        "last_attempt_latency_ms": 100.0,
        "retry_delay_ms": 0.0,
        "operation_duration_ms": 100.0,
        "time_per_output_token_ms": None,
        "inter_chunk_latency_mean_ms": None,
        "longest_gap_ms": None,
        "output_tokens_per_second": None,
        "average_tokens_per_second": None,
        "output_tokens": 9.0,
        "output_tokens_source": "reported",
        "coalesced_share": 1.0,
        "schedule_delay_ms": 0.0,
        "loop_lag_max_ms": None,
        "ttft_may_be_late": False,
        "gaps_may_be_late": None,
    }


def test_a_failed_target_has_an_error_and_nulls() -> None:
    state = begun(429)
    state.fail(StreamError("http", "slow", "rate", "c", 429, True, 2.5), START_NS + 70 * MS)
    found = json.loads(json.dumps(target_object(state)))
    assert found["error"] == {
        "kind": "http",
        "message": "slow",
        "type": "rate",
        "code": "c",
        "status": 429,
        "retryable": True,
        "retry_after_s": 2.5,
    }
    assert (found["model"], found["response_id"], found["choices"]) == (None, None, [])
    assert found["usage"] == {"prompt": None, "completion": None, "reasoning": None, "cached": None}
    assert (found["complete"], found["state"], found["end"]) == (False, "failed", "error: 429 slow")
    assert found["metrics"]["time_to_first_token_ms"] is None
    assert found["metrics"]["operation_duration_ms"] == 70.0


def test_a_target_that_never_started() -> None:
    found = target_object(StreamState(TARGET, 0))
    assert (found["state"], found["end"], found["counts"]["attempts"]) == ("queued", "", 0)
    assert found["metrics"] | {"output_tokens_source": None} == dict.fromkeys(found["metrics"])


def test_a_late_event_loop_is_told_with_the_figures_it_may_have_changed() -> None:
    state = begun()
    state.timeline.loop_was_late(START_NS + 70 * MS, START_NS + 100 * MS)
    state.receive(STREAM, START_NS + 100 * MS)
    metrics = target_object(state)["metrics"]
    assert (metrics["loop_lag_max_ms"], metrics["ttft_may_be_late"], metrics["gaps_may_be_late"]) == (30.0, True, None)


def test_a_run() -> None:
    state = folded([STREAM])
    found = run_object("run1", "Hello?", "2026-11-20T12:00:00Z", [state, state])
    assert list(found) == ["schema", "id", "prompt", "started_at", "targets"]
    assert (found["schema"], found["id"], found["prompt"]) == ("sidestream.run/1", "run1", "Hello?")
    assert found["started_at"] == "2026-11-20T12:00:00Z"
    assert found["targets"] == [target_object(state)] * 2
    json.dumps(found, allow_nan=False)


def test_a_reason_nobody_knows_is_told_in_words_and_kept_as_it_came() -> None:
    state = begun(200)
    chunk = {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "MALFORMED_FUNCTION_CALL"}]}
    state.receive(b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n", START_NS + 70 * MS)
    found = target_object(state)
    assert found["end"] == "malformed function call"
    assert found["choices"][0]["finish_reason_raw"] == "MALFORMED_FUNCTION_CALL"
