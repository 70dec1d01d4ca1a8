"""What the figures of one stream are (docs/metrics.md), worked out by hand beside each case.

The request starts at 1000 ms unless a case says otherwise; `play` stamps each read with its own instant.
"""

import pytest

from tests.core.replay import MS, START_NS, TARGET, chunk, sse
from tui.core.failure import StreamError
from tui.core.phase import Phase
from tui.core.stream import StreamState
from tui.core.timeline import BUCKET_NS, Metrics, Timeline

CONNECTED_MS, HEADERS_MS = 1_020, 1_090


def play(*reads: tuple[int, bytes], due_ms: int = 1_000, reused: bool = False) -> StreamState:
    """A stream with the body reads (ms, bytes)."""
    state = StreamState(TARGET, due_ms * MS)
    state.start(START_NS)
    state.connected(CONNECTED_MS * MS, reused=reused)
    state.respond(200, {}, HEADERS_MS * MS)
    for at_ms, data in reads:
        state.receive(data, at_ms * MS)
    return state


def text(content: str, finish: str | None = None, **more: object) -> bytes:
    return sse(chunk({"content": content}, finish, **more), done=False)


def counted(tokens: int, content: str = "word", finish: str | None = None) -> bytes:
    return text(content, finish, usage={"prompt_tokens": 3, "completion_tokens": tokens})


ROLE = sse(chunk({"role": "assistant", "content": ""}), done=False)
DONE = b"data: [DONE]\n\n"


def test_a_plain_stream() -> None:
    """Role 1100, tokens 1200 1300 1500 1800, finish 1900, usage 1950 (5 tokens), [DONE] 2000."""
    state = play(
        (1_100, ROLE),
        (1_200, text("four")),
        (1_300, text("four")),
        (1_500, text("four")),
        (1_800, text("four")),
        (1_900, sse(chunk({}, "stop"), done=False)),
        (1_950, sse({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 5}}, done=False)),
        (2_000, DONE),
        due_ms=990,
    )
    assert state.metrics() == Metrics(
        time_to_first_token_ns=200 * MS,  # 1200 - 1000
        last_attempt_time_to_first_token_ns=200 * MS,
        time_to_first_output_token_ns=200 * MS,
        time_to_first_chunk_ns=100 * MS,  # the role chunk, 1100 - 1000
        connect_time_ns=20 * MS,
        headers_ns=90 * MS,
        request_latency_ns=800 * MS,  # the last token and not [DONE]: 1800 - 1000
        last_attempt_latency_ns=800 * MS,
        retry_delay_ns=0,
        operation_duration_ns=1_000 * MS,  # 2000 - 1000
        time_per_output_token_ns=150 * MS,  # (800 - 200) / (5 - 1)
        output_tokens_per_second=1e9 / 150_000_000,
        average_rate=5e9 / 600_000_000,  # 5 tokens in 1200..1800
        inter_chunk_latency_mean_ns=200 * MS,  # (100 + 200 + 300) / 3
        longest_gap_ns=300 * MS,
        output_tokens=5,
        tokens_are_estimated=False,
        token_reads=4,
        coalesced_share=0.0,
        schedule_delay_ns=10 * MS,  # 1000 - 990
    )


def test_without_usage_the_tokens_are_estimated_and_say_so() -> None:
    """4 reads of 8 characters are 4 * 2 = 8 tokens; TPOT (1800 - 1200) / (8 - 1)."""
    state = play(*[(at, text("8 chars.")) for at in (1_200, 1_300, 1_500, 1_800)])
    metrics = state.metrics()
    assert (metrics.output_tokens, metrics.tokens_are_estimated) == (8.0, True)
    assert metrics.time_per_output_token_ns == pytest.approx(600 * MS / 7)


def test_an_estimate_is_corrected_by_what_was_learned() -> None:
    state = StreamState(TARGET, 0, token_scale=1.5)
    state.start(START_NS)
    state.receive(text("8 chars."), 1_100 * MS)
    assert state.output_tokens == (3.0, True)  # 8 / 4 * 1.5
    assert state.estimate == 2.0
    assert state.rate_scale() == 1.5


def test_a_report_replaces_the_estimate_and_its_scale() -> None:
    state = play((1_100, text("8 chars.")), (1_200, counted(6, "8 chars.")))
    assert state.output_tokens == (6.0, False)
    assert state.rate_scale() == 1.5  # 6 reported / (2 + 2) estimated


def test_zero_reported_beside_text_is_no_count() -> None:
    """LiteLLM sends zeros for upstreams that counted nothing; a figure that is unknown is never 0."""
    state = play((1_100, text("8 chars.", "stop", usage={"prompt_tokens": 0, "completion_tokens": 0})), (1_200, DONE))
    assert state.output_tokens == (2.0, True)
    empty = play((1_100, text("", "stop", usage={"completion_tokens": 0})), (1_200, DONE))
    assert empty.output_tokens == (0.0, False)


def test_reasoning_first() -> None:
    """TTFT counts it, TTFO does not."""
    state = play((1_200, sse(chunk({"reasoning_content": "hm"}), done=False)))
    assert state.is_thinking
    assert state.metrics().time_to_first_output_token_ns is None
    state.receive(sse(chunk({"reasoning": "hm"}), done=False), 1_900 * MS)
    state.receive(text("yes", "stop"), 2_000 * MS)
    metrics = state.metrics()
    assert metrics.time_to_first_token_ns == 200 * MS
    assert metrics.time_to_first_output_token_ns == 1_000 * MS
    assert (state.timeline.first_reasoning_ns, state.timeline.last_reasoning_ns) == (1_200 * MS, 1_900 * MS)


@pytest.mark.parametrize(
    ("data", "thinking"),
    [
        (sse(chunk({"reasoning": "b"}), done=False), True),
        (sse(chunk({"content": ""}), done=False), True),
        (sse(chunk({"tool_calls": [{"index": 0, "id": "a"}]}), done=False), True),
        (b": ping\n\n", True),
        (text("b"), False),
        (sse(chunk({"tool_calls": [{"index": 0, "function": {"name": "f"}}]}), done=False), False),
        (sse(chunk({"refusal": "no"}), done=False), False),
        (DONE, False),
    ],
)
def test_thinking_lasts_until_output_comes(data: bytes, thinking: bool) -> None:
    assert play((1_200, sse(chunk({"reasoning": "a"}), done=False)), (1_300, data)).is_thinking is thinking


@pytest.mark.parametrize(
    "delta",
    [
        {"tool_calls": [{"index": 0, "function": {"name": "f"}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]},
        {"function_call": {"name": "f"}},
        {"refusal": "no"},
    ],
)
def test_calls_and_refusals_are_output(delta: dict[str, object]) -> None:
    metrics = play((1_100, ROLE), (1_400, sse(chunk(delta), done=False))).metrics()
    assert metrics.time_to_first_token_ns == 400 * MS
    assert metrics.time_to_first_output_token_ns == 400 * MS


@pytest.mark.parametrize(
    "payload",
    [
        chunk({"role": "assistant", "content": ""}),
        chunk({"role": "assistant", "content": None, "reasoning_content": ""}),
        chunk({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "", "arguments": ""}}]}),
        chunk({}, "stop"),
        {"choices": [], "usage": {"completion_tokens": 5}},
        {"choices": [], "prompt_filter_results": []},
        {"prompt_progress": {"total": 5, "processed": 2}},
    ],
)
def test_what_is_no_token(payload: dict[str, object]) -> None:
    state = play((1_100, sse(payload, done=False)))
    assert state.metrics().time_to_first_token_ns is None
    assert state.metrics().time_to_first_chunk_ns == 100 * MS
    assert state.phase is Phase.WAITING


@pytest.mark.parametrize("data", [b": ping\n\n", b"data: \n\n", b"event: x\n\n", b"data: : ping\n\n", text("x")[:-2]])
def test_what_is_not_even_a_chunk(data: bytes) -> None:
    metrics = play((1_100, data)).metrics()
    assert (metrics.time_to_first_chunk_ns, metrics.time_to_first_token_ns) == (None, None)


def test_half_an_event_is_stamped_when_the_rest_arrives() -> None:
    data = text("word")
    state = play((1_100, data[:20]), (1_250, data[20:]))
    assert state.metrics().time_to_first_token_ns == 250 * MS


def test_a_growing_count_without_text_is_a_token() -> None:
    """A parser that holds text back: role (0 tokens), then counts 1 and 2 without text, then the text."""
    state = play(
        (1_100, counted(0, "")),
        (1_200, counted(1, "")),
        (1_300, counted(2, "")),
        (1_500, counted(6, "all at once")),
        (1_600, counted(6, "", "stop")),
    )
    metrics = state.metrics()
    assert metrics.time_to_first_token_ns == 200 * MS
    assert metrics.time_to_first_output_token_ns == 500 * MS
    # n1 = 1 token by 1200: (1500 - 1200) / (6 - 1)
    assert metrics.time_per_output_token_ns == 60 * MS
    assert metrics.token_reads == 3


def test_the_final_usage_is_no_token() -> None:
    """The count grows from 1 to 9 in the usage chunk, 3 s after the last text: the latency ends with the text."""
    state = play(
        (1_100, counted(1)),
        (1_200, sse(chunk({}, "stop"), done=False)),
        (4_200, sse({"choices": [], "usage": {"completion_tokens": 9}}, done=False)),
        (4_300, DONE),
    )
    assert state.metrics().request_latency_ns == 100 * MS
    assert state.metrics().output_tokens == 9


def test_continuous_usage_gives_the_tokens_of_the_first_read() -> None:
    """Speculative decoding: 4 tokens at 1200, 4 more at 1300 and 1400: TPOT (1400 - 1200) / (12 - 4) = 25 ms."""
    state = play((1_200, counted(4)), (1_300, counted(8)), (1_400, counted(12, finish="stop")), (1_450, DONE))
    assert state.metrics().time_per_output_token_ns == 25 * MS
    assert state.metrics().output_tokens_per_second == pytest.approx(40)


def test_coalesced_reads() -> None:
    """4 token reads, of which one holds two chunks: a share of 0.25."""
    state = play((1_100, text("a")), (1_200, text("b") + text("c")), (1_300, text("d")), (1_400, text("e", "stop")))
    metrics = state.metrics()
    assert (metrics.token_reads, metrics.coalesced_share) == (4, 0.25)
    assert metrics.is_coalesced
    assert metrics.inter_chunk_latency_mean_ns == 100 * MS


def test_one_chunk_with_several_deltas_is_not_coalesced() -> None:
    """Reasoning, text and two calls in one chunk came as one event."""
    both = [{"index": n, "id": str(n), "function": {"name": "f", "arguments": "{}"}} for n in (0, 1)]
    data = sse(chunk({"reasoning": "a", "content": "b", "tool_calls": both}), done=False)
    metrics = play((1_100, data), (1_200, ROLE + text("c"))).metrics()
    assert metrics.coalesced_share == 0.0
    assert not metrics.is_coalesced


def test_the_longest_gap_need_not_be_the_last() -> None:
    timeline = Timeline(0)
    for at_ms in (0, 300, 400, 600):
        timeline.token_read(at_ms * MS, 1, 1)
    metrics = timeline.metrics(4, estimated=False, n1=1, single_choice=True)
    assert metrics.longest_gap_ns == 300 * MS
    assert metrics.inter_chunk_latency_mean_ns == 200 * MS  # (300 + 100 + 200) / 3


def test_one_token_has_no_gaps_and_no_rate() -> None:
    metrics = play((1_200, text("word", "stop", usage={"completion_tokens": 1})), (1_300, DONE)).metrics()
    assert metrics.time_to_first_token_ns == metrics.request_latency_ns == 200 * MS
    assert metrics.time_per_output_token_ns is None
    assert metrics.output_tokens_per_second is None
    assert metrics.average_rate is None
    assert metrics.inter_chunk_latency_mean_ns is None
    assert metrics.longest_gap_ns is None


def test_a_whole_answer_in_one_read_has_no_rate() -> None:
    data = text("word") + text("word", "stop", usage={"completion_tokens": 2}) + DONE
    metrics = play((1_500, data)).metrics()
    assert metrics.time_to_first_token_ns == 500 * MS
    assert metrics.time_per_output_token_ns is None
    assert metrics.coalesced_share == 1.0


def test_several_choices_have_no_time_per_token() -> None:
    """Two answers grow at once: the pooled gaps are none of either; the first token of any counts."""
    one, two = (sse(chunk({"content": "word"}, index=index), done=False) for index in (1, 0))
    metrics = play((1_200, one), (1_300, two), (1_400, one)).metrics()
    assert metrics.time_per_output_token_ns is None
    assert metrics.output_tokens_per_second is None
    assert metrics.time_to_first_token_ns == 200 * MS
    assert metrics.average_rate == pytest.approx(3 / 0.2)


def test_cancelled() -> None:
    """TTFT happened; where the user stopped says nothing about latency or speed per token."""
    state = play((1_200, counted(1)), (1_300, counted(2)), (1_400, counted(3)))
    state.cancel(1_500 * MS)
    metrics = state.metrics()
    assert metrics.time_to_first_token_ns == 200 * MS
    assert metrics.operation_duration_ns == 500 * MS
    assert (metrics.request_latency_ns, metrics.time_per_output_token_ns, metrics.output_tokens_per_second) == (
        None,
    ) * 3
    assert metrics.output_tokens == 3  # what was received counts in the throughput
    assert state.snapshot().choices[0].text == "wordwordword"
    assert not state.snapshot().is_complete


def test_cancelled_before_anything_was_sent() -> None:
    state = StreamState(TARGET, 5)
    state.cancel(10)
    assert state.phase is Phase.CANCELLED
    assert state.metrics() == Metrics()


def test_failed_before_the_first_token() -> None:
    state = play()
    state.fail(StreamError("transport", "reset"), 1_700 * MS)
    metrics = state.metrics()
    assert metrics.operation_duration_ns == 700 * MS
    assert metrics.time_to_first_token_ns is None
    assert metrics.request_latency_ns is None
    assert metrics.output_tokens is None
    assert metrics.coalesced_share is None


def test_a_reused_connection_has_no_connect_time() -> None:
    assert play(reused=True).metrics().connect_time_ns is None
    assert play().metrics().connect_time_ns == 20 * MS


# -- live figures ----------------------------------------------------------------------------------------------------


def ticking(*reads: tuple[int, float]) -> Timeline:
    """A timeline with token reads (ms, tokens)."""
    timeline = Timeline(0)
    timeline.start_ns = 0
    for at_ms, tokens in reads:
        timeline.token_read(at_ms * MS, tokens, 1)
    return timeline


@pytest.mark.parametrize(
    ("now_ms", "rate"),
    [
        (1_000, None),  # no time yet to divide by
        (1_100, None),
        (1_500, 2 / 0.5),  # the first read took no time inside of the window: one read of 2 in 0.5 s
        (2_000, 4 / 1.0),
        (3_000, 8 / 2.0),  # window 1000..3000, the read at 1000 left out: 1500, 2000, 2500, 3000
        (4_000, 6 / 2.0),  # window 2000..4000: 2000, 2500, 3000
        (4_999, 2 / 2.0),  # window 2999..4999: 3000
        (5_001, 0.0),  # silence
        (60_000, 0.0),
    ],
)
def test_the_rate_now(now_ms: int, rate: float | None) -> None:
    """2 tokens each 500 ms from 1000 to 3000 ms, then silence."""
    reads = [(at, 2.0) for at in (1_000, 1_500, 2_000, 2_500, 3_000) if at <= now_ms]
    timeline = ticking(*reads)
    found = timeline.rate_now(now_ms * MS)
    assert found == (None if rate is None else pytest.approx(rate))
    if found is not None:
        assert timeline.rate_now(now_ms * MS, scale=1.5) == pytest.approx(found * 1.5)


def test_the_rate_stands_still_after_the_end() -> None:
    timeline = ticking((1_000, 1.0), (1_500, 3.0))
    timeline.end_ns = 2_000 * MS
    assert timeline.rate_now(2_000 * MS) == timeline.rate_now(99_000 * MS) == pytest.approx(3.0)


def test_no_rate_before_the_first_token() -> None:
    assert Timeline(0).rate_now(5_000 * MS) is None
    assert Timeline(0).sparkline(5_000 * MS, 8) == []


def test_sparkline_buckets() -> None:
    """Buckets of 250 ms from the first token at 1000: 1000 and 1249 share one, 1250 opens the next, 1750 skips one."""
    assert BUCKET_NS == 250 * MS
    timeline = ticking((1_000, 1.0), (1_249, 2.0), (1_250, 4.0), (1_750, 8.0))
    assert timeline.sparkline(1_750 * MS, 10) == [3.0, 4.0, 0.0, 8.0]
    assert timeline.sparkline(1_100 * MS, 10) == [3.0]
    assert timeline.sparkline(2_300 * MS, 10) == [3.0, 4.0, 0.0, 8.0, 0.0, 0.0]  # silence goes on
    assert timeline.sparkline(1_750 * MS, 2) == [0.0, 8.0]
    assert timeline.sparkline(60_000 * MS, 3) == [0.0, 0.0, 0.0]
    assert timeline.sparkline(1_750 * MS, 0) == []
    assert timeline.sparkline(1_750 * MS, 10, scale=2.0) == [6.0, 8.0, 0.0, 16.0]
    timeline.end_ns = 1_800 * MS
    assert timeline.sparkline(60_000 * MS, 10) == [3.0, 4.0, 0.0, 8.0]


def test_elapsed() -> None:
    timeline = Timeline(0)
    assert timeline.elapsed_ns(5) is None
    timeline.start_ns = 100
    assert timeline.elapsed_ns(150) == 50
    timeline.end_ns = 180
    assert timeline.elapsed_ns(999) == 80


def test_read_stamps_are_those_of_token_reads() -> None:
    state = play((1_100, ROLE), (1_200, text("a") + text("b")), (1_300, b": ping\n\n"), (1_400, text("c")))
    assert state.timeline.read_stamps == (1_200 * MS, 1_400 * MS)
    assert state.timeline.last_byte_ns == 1_400 * MS
    assert state.timeline.first_byte_ns == 1_100 * MS


TOKENS_MS = (1_400, 1_450, 1_600)


def lagged(*lags: tuple[int, int], tokens: tuple[int, ...] = TOKENS_MS, knows: bool = True) -> Metrics:
    """Tokens at these instants (TTFT 400, longest gap 150), and an event loop that was late from one ms to another.

    `knows`: the stream is told of a lag before it stamps what came next, or only at the end.
    """
    state = play()
    told = list(lags)
    for at_ms in tokens:
        while knows and told and told[0][1] <= at_ms:
            due_ms, came_ms = told.pop(0)
            state.timeline.loop_was_late(due_ms * MS, came_ms * MS)
        state.receive(text("word"), at_ms * MS)
    state.receive(DONE, 1_700 * MS)
    for due_ms, came_ms in told:
        state.timeline.loop_was_late(due_ms * MS, came_ms * MS)
    return state.metrics()


@pytest.mark.parametrize(
    ("due_ms", "at_ms", "longest_ms", "first_ms", "gap_ms"),
    [
        (900, 990, None, None, None),  # before the request
        (960, 1_015, 15, 15, None),  # the request waited to be sent: 1000..1015
        (1_010, 1_050, 40, 10, None),  # until the connection was there: 1010..1020
        (1_100, 1_190, 90, None, None),  # nothing was to be read: the first token came at 1400
        (1_370, 1_399, 29, 30, None),  # the first token was read right after it: 1370..1400
        (1_370, 1_400, 30, 30, None),
        (1_370, 1_430, 60, 30, None),  # and in the middle of it
        (1_500, 1_520, 20, None, None),
        (1_430, 1_450, 20, None, None),  # the shorter gap
        (1_580, 1_598, 18, None, 20),  # the end of the longest gap: 1580..1600
        (1_580, 1_650, 70, None, 20),
        (1_610, 1_690, 80, None, None),
        (950, 2_000, 700, 400, 150),  # the whole stream came in one pause: a gap can be too long by itself at most
    ],
)
def test_a_lag_counts_where_something_waited(
    due_ms: int, at_ms: int, longest_ms: int | None, first_ms: int | None, gap_ms: int | None
) -> None:
    metrics = lagged((due_ms, at_ms))
    found = (metrics.loop_lag_max_ns, metrics.first_token_lag_ns, metrics.gap_lag_ns)
    assert found == tuple(None if value is None else value * MS for value in (longest_ms, first_ms, gap_ms))


def test_the_longest_lag_is_kept() -> None:
    metrics = lagged((1_100, 1_103), (1_200, 1_230), (1_300, 1_310), (1_460, 1_470))
    assert metrics.loop_lag_max_ns == 30 * MS
    assert lagged().loop_lag_max_ns is None


def test_a_longer_gap_forgets_the_lag_of_the_one_before() -> None:
    tokens = (1_100, 1_200, 1_250, 1_400)
    assert lagged((1_190, 1_200), tokens=tokens[:3]).gap_lag_ns == 10 * MS
    assert lagged((1_190, 1_200), tokens=tokens).gap_lag_ns is None


@pytest.mark.parametrize("knows", [True, False])
@pytest.mark.parametrize(
    ("lag_ms", "ttft_ms", "is_late"),
    [
        (0, 100, False),
        (5, 100, False),  # no more than 5 ms
        (6, 100, True),
        (6, 300, False),  # 2 % of 300 ms
        (7, 300, True),
        (10, 501, False),
        (10, 499, True),
    ],
)
def test_a_figure_is_doubted_when_the_lag_is_long_and_no_small_part_of_it(
    lag_ms: int, ttft_ms: int, is_late: bool, knows: bool
) -> None:
    first_ms, second_ms = 1_000 + ttft_ms, 1_000 + 2 * ttft_ms
    metrics = lagged((first_ms - lag_ms, first_ms), tokens=(first_ms, first_ms + 1), knows=knows)
    assert (metrics.ttft_may_be_late, metrics.gaps_may_be_late) == (is_late, False)
    metrics = lagged((second_ms - lag_ms, second_ms), tokens=(first_ms, second_ms), knows=knows)
    assert (metrics.ttft_may_be_late, metrics.gaps_may_be_late) == (False, is_late)


def test_a_lag_before_the_start_or_without_a_figure_claims_nothing() -> None:
    state = StreamState(TARGET, 0)
    state.timeline.loop_was_late(0, 900 * MS)
    assert state.metrics() == Metrics(token_reads=0)
    state.start(START_NS)
    state.timeline.loop_was_late(START_NS, START_NS + 900 * MS)
    assert state.metrics().loop_lag_max_ns == 900 * MS
    assert not state.metrics().ttft_may_be_late
