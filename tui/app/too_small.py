"""What a terminal too small for panes shows: how large it should be, and who is doing what meanwhile."""

from textual.content import Content
from textual.widgets import Static

from tui.app.tiling import MIN_SCREEN_HEIGHT, MIN_SCREEN_WIDTH


class TooSmall(Static):
    """A sentence and a line per target."""

    DEFAULT_CSS = """
    TooSmall { height: 1fr; padding: 0 1; color: $foreground; background: $background; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown = Content()

    def show(self, targets: list[str]) -> None:
        """One short line per target."""
        size = self.app.size
        needed = f"{MIN_SCREEN_WIDTH}×{MIN_SCREEN_HEIGHT}"
        notice = Content.styled(f"{size.width}×{size.height}: panes need {needed}", "$metric-warn")
        content = Content("\n").join([*(Content(line) for line in targets), notice])
        if content != self._shown:
            self._shown = content
            self.update(content)
