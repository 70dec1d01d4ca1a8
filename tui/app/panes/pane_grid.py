"""The area all panes share: tiles while they are readable, otherwise one pane at a time under a row of tabs."""

from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui.app.panes.pane import Pane
from tui.app.panes.tiling import Shape, tiles
from tui.app.widgets.kept_lines import KeptLines


class _TileLayout(Layout):
    """Puts the displayed children where `tiling` says; a lone one gets everything."""

    name = "tiles"

    def __init__(self) -> None:
        self.shape = Shape.GRID

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        places = tiles(len(children), size.width, size.height, self.shape) if len(children) > 1 else None
        regions = (
            [Region(tile.x, tile.y, tile.width, tile.height) for tile in places]
            if places
            else [Region(0, 0, size.width, size.height)] * len(children)
        )
        return [
            WidgetPlacement(region, NULL_OFFSET, Spacing(), child)
            for child, region in zip(children, regions, strict=True)
        ]


class PaneGrid(KeptLines):
    """Holds the panes in line-up order and decides which are displayed."""

    DEFAULT_CSS = """
    PaneGrid { height: 1fr; width: 1fr; }
    """

    def __init__(self, panes: list[Pane]) -> None:
        super().__init__(*panes)
        self._tiles = _TileLayout()
        self.panes = panes
        self.zoomed = False
        self._current = 0

    @property
    def layout(self) -> Layout:
        """Ours; styles can only name the layouts Textual has."""
        return self._tiles

    @property
    def current(self) -> Pane:
        """The pane the user was in last; the one that shows when only one can."""
        return self.panes[self._current]

    @property
    def is_single(self) -> bool:
        """Whether one pane is shown at a time: zoomed, or too little room for tiles."""
        return self.zoomed or not self._fits(self.size)

    def visible_panes(self) -> list[Pane]:
        """The panes on screen."""
        return [self.current] if self.is_single else self.panes

    def select(self, pane: Pane) -> None:
        """Make `pane` the current one."""
        self._current = self.panes.index(pane)
        self.arrange_panes(self.size)

    def step(self, by: int) -> Pane | None:
        """The pane `by` places on, or None past either end."""
        at = self._current + by
        return self.panes[at] if 0 <= at < len(self.panes) else None

    def set_zoomed(self, zoomed: bool) -> None:
        """Give the current pane all the room, or give it back."""
        self.zoomed = zoomed
        self.arrange_panes(self.size)

    def set_panes(self, panes: list[Pane]) -> None:
        """Hold these panes in this order. Those that stay are not touched, and the user stays where they were.

        When that pane is gone, the one that took its place is the current one.
        """
        at = self._current
        current = self.current
        gone = [pane for pane in self.panes if pane not in panes]
        self.mount(*(pane for pane in panes if pane not in self.panes))
        self.panes[:] = panes  # the search holds the same list
        self._current = panes.index(current) if current in panes else min(at, len(panes) - 1)
        places = {pane: place for place, pane in enumerate(panes)}
        self.sort_children(key=lambda child: places.get(child, len(places)) if isinstance(child, Pane) else 0)
        for pane in gone:
            pane.display = False
            # Only once it is off the screen: the compositor would still ask a detached one for its lines.
            self.call_after_refresh(pane.remove)
        self.zoomed = self.zoomed and current in panes and len(panes) > 1
        self.arrange_panes(self.size)
        self.refresh(layout=True)

    @property
    def shape(self) -> Shape:
        """How the panes share the area while there is room."""
        return self._tiles.shape

    @shape.setter
    def shape(self, shape: Shape) -> None:
        """A zoomed pane gives its room back."""
        self._tiles.shape = shape
        self.zoomed = False
        if self.size:  # before that there would be no room, and the first frame would show one pane
            self.arrange_panes(self.size)
        self.panes[0].refresh(layout=True)  # a widget's own places are kept until a child asks

    @property
    def is_roomy(self) -> bool:
        """Whether the panes are laid out as the user wants them."""
        return self._tiles.shape is Shape.TABS or self._fits(self.size)

    def arrange_panes(self, size: Size) -> None:
        """Display what belongs on screen at this size."""
        single = self.zoomed or not self._fits(size)
        for pane in self.panes:
            pane.display = pane is self.current if single else True

    def _fits(self, size: Size) -> bool:
        if len(self.panes) == 1:
            return True
        return tiles(len(self.panes), size.width, size.height, self._tiles.shape) is not None
