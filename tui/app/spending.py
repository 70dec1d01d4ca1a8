"""What the session has cost so far: the streams that are on the board, and those that stood there before them."""

from collections.abc import Iterable

from tui.core.cost import cost_of
from tui.core.figures import cost_text
from tui.core.stream import StreamState


class Spending:
    """Adds up the costs of all streams it was ever shown. Those without a known price count for nothing."""

    def __init__(self) -> None:
        self._current: dict[int, StreamState] = {}
        """By identity: a name may have a stream on the board and one that is put away."""
        self._past = 0.0
        """Dollars of streams whose place another has taken."""
        self._past_is_estimated = False

    def words(self, streams: Iterable[StreamState]) -> list[str]:
        """The total as text, `≈` when something in it is estimated; empty when nothing has a known cost.

        Looks at every stream there is now, and so has to be asked now and then, as the key bar does.
        """
        before, self._current = self._current, {id(stream): stream for stream in streams}
        for identity, stream in before.items():
            if identity not in self._current and (cost := cost_of(stream)):
                self._past += cost.total
                self._past_is_estimated |= cost.is_estimated
        costs = [cost for stream in self._current.values() if (cost := cost_of(stream))]
        total = self._past + sum(cost.total for cost in costs)
        if not costs and not total:
            return []
        estimated = self._past_is_estimated or any(cost.is_estimated for cost in costs)
        return [cost_text(total, estimated=estimated)]
