"""A page of lines to read and scroll."""

from collections.abc import Sequence

from textual.content import Content

from tui.app.text.view import TextView

_LINES = "lines"


class TextPage(TextView, can_focus=True):
    """Shows lines from the top. What is shown anew begins there; what is brought up to date stays where it was."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Content] | None = None

    def show(self, lines: Sequence[Content], *, is_new: bool) -> None:
        """`is_new`: something else than before, to be read from its beginning."""
        if is_new or self._lines is None:
            self.clear()
            self.section(_LINES, kind="lines")
            self._follow = False  # this is read from the top, where a stream's text is followed at its end
        elif lines == self._lines:
            return
        self._lines = list(lines)
        self.set_lines(_LINES, lines)
        self.commit()

    @property
    def text(self) -> str:
        """What is shown, as text."""
        return "\n".join(line.plain for line in self._lines or ())

    def move_half_pages(self, by: int) -> None:
        """Half a page down or up."""
        self.move_rows(by * max(1, self.size.height // 2))
