"""The stopwatch of one stream: instants in, figures out. Definitions and formulas: docs/metrics.md.

Every instant is a monotonic clock's nanoseconds, handed in. A network read is stamped once, before it is decoded, so
all events it completes share its stamp and our own decoding never counts as the server's time.
"""

from array import array
from bisect import bisect_left
from dataclasses import dataclass

BUCKET_NS = 250_000_000
"""Width of one sparkline bucket."""
RATE_WINDOW_NS = 2_000_000_000
STALL_NS = 1_000_000_000
"""A gap between two token-bearing reads that counts as a stall of the stream."""
_RATE_AFTER_NS = 200_000_000
"""A rate over less time than this says more about the network's packets than about the model."""
_COALESCED_SHARE = 0.05
_CATCHING_UP_NS = 5_000_000
"""A read stamped so soon after the event loop was late may have waited for it."""
_LAG_TO_MENTION_NS = 5_000_000
_LAG_SHARE_TO_MENTION = 0.02
"""A figure is doubted when its stamp may be later than the one and by more than the other of the figure."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one stream. Durations in ns, rates per second; None where a figure does not exist, never 0."""

    time_to_first_token_ns: int | None = None
    """First text, reasoning, refusal or tool-call token - start of the first attempt."""
    last_attempt_time_to_first_token_ns: int | None = None
    """First token - start of the attempt that brought it: the same without failed attempts and the waits for them."""
    time_to_first_output_token_ns: int | None = None
    """The same without reasoning."""
    time_to_first_chunk_ns: int | None = None
    """First JSON payload of any kind - start of the first attempt."""
    connect_time_ns: int | None = None
    """Connection ready - start of the last attempt. None when a connection was reused."""
    headers_ns: int | None = None
    """Response head - start of the last attempt."""
    request_latency_ns: int | None = None
    """Last token - start of the first attempt. None when the user cancelled."""
    last_attempt_latency_ns: int | None = None
    """Last token - start of the attempt that brought it. None when the user cancelled."""
    retry_delay_ns: int | None = None
    """Start of the last attempt - start of the first; 0 when there was only one."""
    operation_duration_ns: int | None = None
    """End of the stream, however it ended - start of the first attempt."""
    time_per_output_token_ns: float | None = None
    """(last token - first token) / (output tokens - tokens of the first read)."""
    output_tokens_per_second: float | None = None
    """1 / time per output token."""
    average_rate: float | None = None
    """Tokens so far / (last token - first token)."""
    inter_chunk_latency_mean_ns: float | None = None
    """Mean gap between consecutive reads that carried tokens."""
    longest_gap_ns: int | None = None
    output_tokens: float | None = None
    tokens_are_estimated: bool = True
    token_reads: int = 0
    """Network reads that carried tokens."""
    coalesced_share: float | None = None
    """Share of those reads that held more than one token event; much of it means buffering on the way."""
    schedule_delay_ns: int | None = None
    loop_lag_max_ns: int | None = None
    """The longest our event loop was late during the stream. None when it never was."""
    first_token_lag_ns: int | None = None
    """By how much the time to first token may be too long: request or first token waited for our event loop."""
    gap_lag_ns: int | None = None
    """By how much the longest gap may be too long."""

    @property
    def ttft_may_be_late(self) -> bool:
        """Whether the time to first token may be notably shorter in truth."""
        return _is_distorted(self.time_to_first_token_ns, self.first_token_lag_ns)

    @property
    def gaps_may_be_late(self) -> bool:
        """Whether the longest gap may be notably shorter in truth."""
        return _is_distorted(self.longest_gap_ns, self.gap_lag_ns)

    @property
    def is_coalesced(self) -> bool:
        """Whether gaps between reads should not be taken for gaps between tokens."""
        return (self.coalesced_share or 0) > _COALESCED_SHARE


class Timeline:
    """Collects the stamps of one attempt; every figure is derived from them, at a cost that does not grow with them."""

    def __init__(self, due_ns: int, first_start_ns: int | None = None) -> None:
        """`first_start_ns`: when the first attempt started, for the timeline of a later one."""
        self.due_ns = due_ns
        """When the user or a schedule wanted the request."""
        self.start_ns: int | None = None
        """Just before the request was handed to the client for this attempt."""
        self._first_start_ns = first_start_ns
        self.connected_ns: int | None = None
        self.is_reused: bool | None = None
        """Whether a pooled connection carried the request. None until it is known."""
        self.headers_ns: int | None = None
        self.first_byte_ns: int | None = None
        self.first_chunk_ns: int | None = None
        self.first_token_ns: int | None = None
        self.first_output_ns: int | None = None
        self.last_token_ns: int | None = None
        self.first_reasoning_ns: int | None = None
        self.last_reasoning_ns: int | None = None
        self.last_byte_ns: int | None = None
        self.end_ns: int | None = None
        self.first_read_tokens: int | None = None
        """Tokens the first token-bearing read brought, when the server counts per chunk."""
        self._read_ns = array("q")
        self._read_tokens = array("d")
        self._buckets = array("d")
        self.stalls: list[tuple[int, int]] = []
        """From when to when nothing came between two token-bearing reads, for at least `STALL_NS` each."""
        self._coalesced_reads = 0
        self._longest_gap_ns: int | None = None
        self._longest_gap_end_ns = 0
        self._late_ns = (0, 0)
        """When the event loop was late last: since when it was due, and when it came."""
        self._loop_lag_max_ns: int | None = None
        self._first_token_lag_ns: int | None = None
        self._gap_lag_ns: int | None = None

    @property
    def origin_ns(self) -> int | None:
        """The start of the first attempt: what the user waits since. None before there was one."""
        return self._first_start_ns if self._first_start_ns is not None else self.start_ns

    def token_read(self, at_ns: int, tokens: float, events: int) -> None:
        """A read that completed `events` token-bearing events, worth about `tokens` tokens."""
        if self.first_token_ns is None:
            self.first_token_ns = at_ns
            self._first_token_lag_ns = _longer(self._first_token_lag_ns, self._lateness_of(at_ns))
        elif self.last_token_ns is not None:
            gap_ns = at_ns - self.last_token_ns
            if gap_ns >= STALL_NS:
                self.stalls.append((self.last_token_ns, at_ns))
            if gap_ns >= (self._longest_gap_ns or 0):
                self._longest_gap_ns = gap_ns
                self._longest_gap_end_ns = at_ns
                self._gap_lag_ns = _longer(None, min(gap_ns, self._lateness_of(at_ns)))
        self.last_token_ns = at_ns
        self._read_ns.append(at_ns)
        self._read_tokens.append(tokens)
        self._coalesced_reads += events > 1
        bucket = (at_ns - self.first_token_ns) // BUCKET_NS
        while len(self._buckets) <= bucket:
            self._buckets.append(0.0)
        self._buckets[bucket] += tokens

    def loop_was_late(self, due_ns: int, at_ns: int) -> None:
        """Our event loop should have come round at `due_ns` and did at `at_ns`: what arrived meanwhile waited for it.

        Nothing is late that came long after. May be told after the stream's end, of a lag that began before it.
        """
        if self.start_ns is None:
            return
        self._late_ns = due_ns, at_ns
        self._loop_lag_max_ns = _longer(self._loop_lag_max_ns, _overlap(due_ns, at_ns, self.start_ns, self.end_ns))
        under_way_ns = self.connected_ns or self.headers_ns or self.end_ns
        sending_ns = _overlap(due_ns, at_ns, self.start_ns, under_way_ns)
        self._first_token_lag_ns = _longer(self._first_token_lag_ns, sending_ns)
        # Stamps that were taken in that time, before anybody knew.
        if self.first_token_ns is not None and self.first_token_ns <= at_ns:
            waited_ns = self.first_token_ns - max(due_ns, self.start_ns)
            self._first_token_lag_ns = _longer(self._first_token_lag_ns, waited_ns)
        if self._longest_gap_ns is not None and self._longest_gap_end_ns <= at_ns:
            waited_ns = min(self._longest_gap_ns, self._longest_gap_end_ns - due_ns)
            self._gap_lag_ns = _longer(self._gap_lag_ns, waited_ns)

    def _lateness_of(self, stamp_ns: int) -> int:
        """By how much a stamp may be late because of what is known of the loop; 0 when it is not."""
        due_ns, came_ns = self._late_ns
        due_ns = max(due_ns, self.start_ns or 0)
        return stamp_ns - due_ns if due_ns < stamp_ns <= came_ns + _CATCHING_UP_NS else 0

    @property
    def read_stamps(self) -> tuple[int, ...]:
        """The instants of all token-bearing reads."""
        return tuple(self._read_ns)

    def rate_now(self, now_ns: int, scale: float = 1.0) -> float | None:
        """Tokens per second over the last 2 s, or since the first token when that is less; decays in silence.

        `scale` corrects estimated tokens by what is known of the model. None before there is enough time to divide by.
        """
        if self.first_token_ns is None:
            return None
        now_ns = min(now_ns, self.end_ns) if self.end_ns is not None else now_ns
        since = max(self.first_token_ns, now_ns - RATE_WINDOW_NS)
        if now_ns - since < _RATE_AFTER_NS:
            return None
        start = bisect_left(self._read_ns, since)
        if since == self.first_token_ns:
            start += 1  # what came at the window's first instant took no time inside of it
        return sum(self._read_tokens[start:]) * scale * 1e9 / (now_ns - since)

    def sparkline(self, now_ns: int, width: int, scale: float = 1.0) -> list[float]:
        """Tokens per bucket, oldest first, the last `width` buckets up to now (or up to the end of the stream)."""
        if self.first_token_ns is None or width <= 0:
            return []
        until = min(now_ns, self.end_ns) if self.end_ns is not None else now_ns
        count = max(0, until - self.first_token_ns) // BUCKET_NS + 1
        first = max(0, count - width)
        known = [tokens * scale for tokens in self._buckets[first:count]]
        return known + [0.0] * (count - first - len(known))

    def elapsed_ns(self, now_ns: int) -> int | None:
        """Time since the request was first sent, until now or until the end. None before it was sent."""
        if self.origin_ns is None:
            return None
        return (self.end_ns if self.end_ns is not None else now_ns) - self.origin_ns

    def metrics(
        self,
        output_tokens: float | None,
        *,
        estimated: bool,
        n1: int | None,
        single_choice: bool,
        is_cancelled: bool = False,
    ) -> Metrics:
        """All figures. `output_tokens` is the best count known; `n1` the tokens of the first token-bearing read.

        A cancelled answer has no last token: where the user stopped it says nothing of the model.
        """
        tpot = self._time_per_output_token(output_tokens, n1) if single_choice and not is_cancelled else None
        decoding = _span(self.first_token_ns, self.last_token_ns)
        reads = len(self._read_ns)
        return Metrics(
            time_to_first_token_ns=self._since_origin(self.first_token_ns),
            last_attempt_time_to_first_token_ns=self._since_start(self.first_token_ns),
            time_to_first_output_token_ns=self._since_origin(self.first_output_ns),
            time_to_first_chunk_ns=self._since_origin(self.first_chunk_ns),
            connect_time_ns=None if self.is_reused else self._since_start(self.connected_ns),
            headers_ns=self._since_start(self.headers_ns),
            request_latency_ns=None if is_cancelled else self._since_origin(self.last_token_ns),
            last_attempt_latency_ns=None if is_cancelled else self._since_start(self.last_token_ns),
            retry_delay_ns=self._since_origin(self.start_ns),
            operation_duration_ns=self._since_origin(self.end_ns),
            time_per_output_token_ns=tpot,
            output_tokens_per_second=1e9 / tpot if tpot else None,
            average_rate=output_tokens * 1e9 / decoding if output_tokens and decoding else None,
            # The gaps add up to the time between the first and the last, so they need not be kept.
            inter_chunk_latency_mean_ns=decoding / (reads - 1) if decoding is not None and reads > 1 else None,
            longest_gap_ns=self._longest_gap_ns,
            output_tokens=output_tokens,
            tokens_are_estimated=estimated,
            token_reads=reads,
            coalesced_share=self._coalesced_reads / reads if reads else None,
            schedule_delay_ns=_span(self.due_ns, self.origin_ns),
            loop_lag_max_ns=self._loop_lag_max_ns,
            first_token_lag_ns=self._first_token_lag_ns,
            gap_lag_ns=self._gap_lag_ns,
        )

    def _since_origin(self, at_ns: int | None) -> int | None:
        return _span(self.origin_ns, at_ns)

    def _since_start(self, at_ns: int | None) -> int | None:
        return _span(self.start_ns, at_ns)

    def _time_per_output_token(self, output_tokens: float | None, n1: int | None) -> float | None:
        """(E2EL - TTFT) / (N - n1); undefined below one token after the first read."""
        decoding = _span(self.first_token_ns, self.last_token_ns)
        after_first = (output_tokens or 0) - (n1 or 1)
        return decoding / after_first if decoding and after_first >= 1 else None


def _span(start_ns: int | None, end_ns: int | None) -> int | None:
    return end_ns - start_ns if start_ns is not None and end_ns is not None else None


def _overlap(due_ns: int, at_ns: int, from_ns: int, until_ns: int | None) -> int:
    """How much of a lag fell between two instants, of which the second may not have come yet; 0 or less is nothing."""
    return (at_ns if until_ns is None else min(at_ns, until_ns)) - max(due_ns, from_ns)


def _longer(known_ns: int | None, lag_ns: int) -> int | None:
    return max(known_ns or 0, lag_ns) if lag_ns > 0 else known_ns


def _is_distorted(figure_ns: int | None, lag_ns: int | None) -> bool:
    if figure_ns is None or lag_ns is None:
        return False
    return lag_ns > _LAG_TO_MENTION_NS and lag_ns > _LAG_SHARE_TO_MENTION * figure_ns
