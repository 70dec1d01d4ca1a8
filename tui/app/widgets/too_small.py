"""What a terminal too small for panes shows: how large it should be, and who is doing what meanwhile."""

from tui.app.panes.tiling import MIN_SCREEN_HEIGHT, MIN_SCREEN_WIDTH
from tui.app.shown import Words, content, stacked
from tui.core.clean import Clean, clean_line


class TooSmall(Words):
    """A sentence and a line per target."""

    DEFAULT_CSS = """
    TooSmall { height: 1fr; padding: 0 1; color: $foreground; background: $background; text-wrap: nowrap; }
    """

    def show_targets(self, targets: list[Clean]) -> None:
        """What is needed, and one short line for each target there is room for."""
        size = self.app.size
        needed = f"{MIN_SCREEN_WIDTH}×{MIN_SCREEN_HEIGHT}"
        room = max(self.size.height - 1, 0)
        more = f" · {len(targets) - room} more" if len(targets) > room else ""
        notice = content(clean_line(f"{size.width}×{size.height}: panes need {needed}{more}"), "$metric-warn")
        self.show(stacked([notice, *(content(line) for line in targets[:room])]))
