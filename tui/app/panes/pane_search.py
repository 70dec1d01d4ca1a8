"""One needle searched for in all panes: how often each has it, and the way from hit to hit."""

from collections.abc import Callable

from tui.app.panes.pane import Pane
from tui.app.text.cells import steadied
from tui.core.clean import clean_line


class PaneSearch:
    """The search of the panes view. It is over when the needle is empty."""

    def __init__(self, panes: list[Pane], called: Callable[[str], str]) -> None:
        """`called`: what to call a target of this name."""
        self._panes = panes
        self._called = called
        self.needle = ""

    @property
    def is_on(self) -> bool:
        """Whether something is searched for."""
        return bool(self.needle)

    def look_for(self, needle: str) -> None:
        """Search anew; an empty needle ends the search. The hits come with `update`."""
        self.needle = needle
        for pane in self._panes:
            pane.look_for(needle)

    def update(self, is_late: Callable[[], bool]) -> None:
        """Look through what is new in the panes, in turn until it is late; the next call goes on."""
        for pane in self._panes:
            pane.find()
            if is_late():
                return

    def next_pane(self, at: Pane, by: int) -> Pane | None:
        """Where the next hit is: the pane the user is at while it has one more that way, else the next that has any,
        round and round; None when there is none at all."""
        if at.has_hit_beyond(by):
            return at
        start = self._panes.index(at)
        others = [self._panes[(start + by * step) % len(self._panes)] for step in range(1, len(self._panes) + 1)]
        return next((pane for pane in others if pane.hits), None)

    def words(self, at: Pane) -> str:
        """What was found: the total, where the user is among the hits, and the count per pane."""
        total = sum(pane.hits for pane in self._panes)
        if not total:
            return "no hits" if self.needle else ""
        current = ""
        if at.current_hit is not None:
            before = sum(pane.hits for pane in self._panes[: self._panes.index(at)])
            current = f"{before + at.current_hit + 1} of "
        counts = (
            f"{steadied(clean_line(self._called(pane.target.name)))} {pane.hits}" for pane in self._panes if pane.hits
        )
        return f"{current}{total} hit{'s' if total > 1 else ''} · {' · '.join(counts)}"
