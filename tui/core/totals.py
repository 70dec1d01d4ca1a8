"""What all streams of a run come to together."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.core.cost import Cost, cost_of
from tui.core.stream import StreamState


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the streams. None where there is nothing to add up."""

    tokens: float | None = None
    """Output tokens, those of cancelled and broken streams included."""
    is_estimated: bool = False
    """Whether any of them are."""
    busy_ns: int = 0
    """Time in which at least one stream ran. For targets asked together it is the last end - the first start."""

    cost: float | None = None
    """US dollars. Streams without a known price count for nothing; None when no stream has one."""
    is_cost_estimated: bool = False
    """Whether any of it is."""

    @property
    def tokens_per_second(self) -> float | None:
        """What the system as a whole puts out: tokens / busy time."""
        return self.tokens * 1e9 / self.busy_ns if self.tokens and self.busy_ns else None


def totals(states: Iterable[StreamState], now_ns: int) -> Totals:
    """Add up what the streams have brought until now."""
    spans: list[tuple[int, int]] = []
    tokens: float | None = None
    is_estimated = False
    costs: list[Cost] = []
    for state in states:
        origin_ns = state.timeline.origin_ns
        if origin_ns is not None:
            end_ns = state.timeline.end_ns if state.is_over else None
            spans.append((origin_ns, now_ns if end_ns is None else end_ns))
        count, estimated = state.output_tokens
        if count is not None:
            tokens = (tokens or 0) + count
            is_estimated = is_estimated or estimated
        if cost := cost_of(state):
            costs.append(cost)
    dollars = sum(cost.total for cost in costs) if costs else None
    return Totals(tokens, is_estimated, _covered(spans), dollars, any(cost.is_estimated for cost in costs))


def _covered(spans: list[tuple[int, int]]) -> int:
    """How long at least one of the spans lasted: a target asked again later does not make its idle time count."""
    covered = until = 0
    for start, end in sorted(spans):
        covered += max(0, end - max(start, until))
        until = max(until, end)
    return covered
