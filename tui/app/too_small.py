"""What a terminal too small for panes shows: how large it should be, and who is doing what meanwhile."""

from tui.app.shown import Words, content, stacked
from tui.app.tiling import MIN_SCREEN_HEIGHT, MIN_SCREEN_WIDTH
from tui.core.clean import Clean, clean_line


class TooSmall(Words):
    """A sentence and a line per target."""

    DEFAULT_CSS = """
    TooSmall { height: 1fr; padding: 0 1; color: $foreground; background: $background; text-wrap: nowrap; }
    """

    def show_targets(self, targets: list[Clean]) -> None:
        """One short line per target."""
        size = self.app.size
        needed = f"{MIN_SCREEN_WIDTH}×{MIN_SCREEN_HEIGHT}"
        notice = content(clean_line(f"{size.width}×{size.height}: panes need {needed}"), "$metric-warn")
        self.show(stacked([*(content(line) for line in targets), notice]))
