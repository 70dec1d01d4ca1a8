"""Makes sheets without holding up a key: short texts at once, long ones in a thread, one at a time.

It remembers the last comparisons, so that going to another target and back costs nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from textual.widget import Widget
from textual.worker import Worker

from tui.app.diff.sheet import Layout, Sheet, make_sheet
from tui.app.diff.subject import Source
from tui.core.diff import Comparison, Effort, mirrored

AT_ONCE_CHARS: Final = 12_000
"""Both texts together; comparing and breaking them takes a few milliseconds."""
_REMEMBERED: Final = 8


@dataclass(frozen=True, slots=True)
class Order:
    """What a sheet is to be made of."""

    left: Source
    right: Source
    layout: Layout

    @property
    def chars(self) -> int:
        """Of both texts."""
        return self.left.chars + self.right.chars


class SheetMaker:
    """Takes one order after another."""

    def __init__(self, owner: Widget, deliver: Callable[[Order, Sheet], None]) -> None:
        self._owner = owner
        self._deliver = deliver
        self._known: dict[tuple[Source, Source], Comparison] = {}
        self._begun: tuple[Order, Effort, Worker[Sheet]] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a thread is at work on an order. Another one has to wait, or this one be given up."""
        return self._begun is not None

    def order(self, order: Order) -> None:
        """Deliver a sheet, now or later."""
        known = self._known.get((order.left, order.right))
        swapped = self._known.get((order.right, order.left))
        effort = Effort()

        def make() -> Sheet:
            comparison = known or (mirrored(swapped) if swapped else None)
            return make_sheet(order.left.text(), order.right.text(), order.layout, comparison, effort)

        if order.chars <= AT_ONCE_CHARS:
            self._hand_over(order, make())
        else:
            self._begun = (order, effort, self._owner.run_worker(make, thread=True, name="diff"))

    def give_up(self) -> None:
        """Nobody waits for what was ordered; a thread at work comes to its end soon."""
        if self._begun is not None:
            self._begun[1].abandon()
            self._begun = None

    def ended(self, worker: Worker[Sheet]) -> None:
        """A worker of the owner came to an end."""
        if self._begun is None or worker is not self._begun[2] or not worker.is_finished:
            return
        order, self._begun = self._begun[0], None
        if worker.result is not None:
            self._hand_over(order, worker.result)

    def _hand_over(self, order: Order, sheet: Sheet) -> None:
        self._known.pop((order.left, order.right), None)
        self._known[order.left, order.right] = sheet.comparison
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        self._deliver(order, sheet)
