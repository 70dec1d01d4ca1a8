"""Asks for the path of a file, completes it, and hands back what was made of it: what was read, or where to write."""

from collections.abc import Callable
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.dialogs.dialog import Dialog
from tui.app.prompt.prompt_file import completed_path
from tui.app.shown import Words, content
from tui.core.clean import Clean, clean_line
from tui.core.errors import UsageError

T = TypeVar("T")


class FileDialog(Dialog[T | None]):
    """Dismissed with what `read` made of the path, or None."""

    DEFAULT_CSS = """
    FileDialog {
        align: center bottom;
        & > Vertical {
            width: 84; height: auto; margin-bottom: 4;
        }
        & Input { border: none; height: 1; padding: 0; background: $surface; }
        & Words { color: $metric-warn; height: auto; }
    }
    """

    def __init__(
        self,
        keymap: Keymap,
        title: Clean,
        placeholder: Clean,
        read: Callable[[str], T],
        *,
        path: str = "",
        hint: Clean | None = None,
    ) -> None:
        """`read` takes the path as written and raises `UsageError` with what is wrong. `path` stands there at first,
        and `hint` below it until something is wrong."""
        super().__init__()
        keymap.bind(self, Place.FILE)
        self._heading = title
        self._read = read
        self._path = Input(path, compact=True, placeholder=placeholder, select_on_focus=False)
        self._problem = Words(content(hint or Clean(""), "$metric-label"))

    def compose(self) -> ComposeResult:
        """The path, and what is wrong with it."""
        with Vertical() as box:
            box.border_title = content(self._heading)
            box.border_subtitle = "enter takes it · tab completes · escape closes"
            yield self._path
            yield self._problem

    def on_mount(self) -> None:
        """Type at once."""
        self._path.focus()

    def on_input_submitted(self) -> None:
        """Enter takes it, whatever has the focus."""
        self.action_insert_file()

    def action_insert_file(self) -> None:
        """Hand back what is in the file, or say what is wrong with it."""
        try:
            self.dismiss(self._read(self._path.value))
        except UsageError as exc:
            self._problem.show(content(clean_line(str(exc))))

    def action_complete_path(self) -> None:
        """As far as all names that begin so agree."""
        completed = completed_path(self._path.value)
        if completed is not None:
            self._path.value = completed
            self._path.cursor_position = len(completed)

    def action_close_file(self) -> None:
        """Without a file."""
        self.dismiss(None)
