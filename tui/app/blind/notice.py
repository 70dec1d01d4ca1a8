"""What a view of figures shows while they are hidden: one sentence."""

from tui.app.shown import Words, content
from tui.core.clean import clean_line


class BlindNotice(Words, can_focus=True):
    """Fills its view, and has the focus there so that keys still work."""

    DEFAULT_CSS = """
    BlindNotice {
        display: none; width: 1fr; height: 1fr; content-align: center middle; text-align: center; color: $text-muted;
        &.-on { display: block; }
    }
    """

    def show_sentence(self, sentence: str) -> None:
        """Say it; empty for nothing to hide."""
        self.set_class(bool(sentence), "-on")
        self.show(content(clean_line(sentence)))
