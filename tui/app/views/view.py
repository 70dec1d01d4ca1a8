"""What the dashboard asks of a view of the run: panes, race, diff, inspector.

Only the view on screen is ever called, thirty times a second with what changed and five times for its figures. A hidden
one costs nothing; when it comes on screen it is told that everything changed.
"""

from collections.abc import Mapping, Set
from typing import ClassVar

from textual.widget import Widget

from tui.app.actions import Place
from tui.app.run import Run


class View(Widget):
    """Base of the views; each fills the area above the prompt box and reads the streams from `run`.

    Its actions are the rows of the action table with its PLACE, and `action_…` methods of its own. The dashboard binds
    them, so that their keys also work while the focus is in the prompt box, letters excepted.
    """

    PLACE: ClassVar[Place]
    DEFAULT_CSS = """
    View {
        display: none; height: 1fr; width: 1fr; layout: vertical; background: $background;
        &.-shown { display: block; }
    }
    """

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run

    @property
    def is_shown(self) -> bool:
        """Whether this is the view on screen."""
        return self.has_class("-shown")

    @is_shown.setter
    def is_shown(self, shown: bool) -> None:
        self.set_class(shown, "-shown")

    @property
    def target_name(self) -> str | None:
        """The target the user is at, whom cancel and retry mean; None when the view has no such thing."""
        return None

    def look_at(self, name: str | None) -> None:
        """The view comes on screen; `name` is the target the user was at in the one before."""

    def show_changed(self, names: Set[str]) -> None:
        """One frame: the streams of these targets have something new. Called with none of them too."""

    def show_figures(self, now_ns: int) -> None:
        """What depends on the time, and whatever need not be newer than a fifth of a second."""

    def targets_changed(self, renamed: Mapping[str, str]) -> None:
        """The line-up is another one: targets came, went or moved. `renamed` has the new names by the old ones.

        Called whether the view is on screen or not; what depends on `run.targets` at each frame needs nothing.
        """

    def go_to_added(self, name: str) -> None:
        """The user has added this target, and means it with the next key; where the view has a place for each."""

    def dealt(self) -> None:
        """Another order: each place stands for the target that `run.placed` has there now, and nothing was said yet.

        What belongs to a place stays with it (the focus, a zoom, how text is shown); what followed a target, such as a
        cursor on it, is forgotten, for it would tell in a blind round who is where.
        """

    def revealed(self) -> None:
        """A blind round is over: what was left out of what is on the screen may be shown."""

    def enter(self, by: int = 0) -> None:
        """Take the focus: where the user was last (0), at the first (1) or the last (-1) thing that can have it."""
        self.focus()

    def step(self, by: int) -> bool:
        """Move the focus on to the next thing inside, or the one before; False when it was the last."""
        return False

    def back(self) -> bool:
        """Escape: undo one step inside the view (close a search, restore a zoom); False when there is none."""
        return False
