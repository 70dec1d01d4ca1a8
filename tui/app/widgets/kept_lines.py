"""A mix-in for widgets that are looked at in every frame and change in few: it keeps their finished lines.

The compositor asks every widget under the union of all changes, and with sixteen streaming panes that is nearly every
widget in every frame. Textual's own cache still walks the ancestors' colours, the title's style and each line for an
answer that is the same; together that was a quarter of a frame.
"""

from collections.abc import Sequence

from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class KeptLines(Widget):
    """Renders its lines once and hands them out until it is refreshed, resized or filtered in another way.

    Not for widgets with links: their look changes under the pointer without a refresh.
    """

    _kept: tuple[Size, Sequence[LineFilter], list[Strip]] | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines inside `crop`."""
        size, filters = self.outer_size, self.get_line_filters()
        if self._kept is None or self._kept[:2] != (size, filters):
            self._kept = (size, filters, self.new_lines(size, filters))
        lines = self._kept[2][crop.y : crop.bottom]
        if crop.column_span == (0, size.width):
            return lines
        return [line.crop(*crop.column_span) for line in lines]

    def new_lines(self, size: Size, filters: Sequence[LineFilter]) -> list[Strip]:
        """All lines of the widget, `size` of them, filtered."""
        return super().render_lines(size.region)

    def _set_dirty(self, *regions: Region) -> None:
        # Private to Textual, and the one place where it drops its own cached lines; a test sees to it that it stays so.
        self._kept = None
        super()._set_dirty(*regions)
