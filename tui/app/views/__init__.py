"""The views of a run."""

from tui.app.run import Run
from tui.app.views.diff import DiffView
from tui.app.views.inspector import InspectorView
from tui.app.views.panes import PanesView
from tui.app.views.race import RaceView
from tui.app.views.view import View

__all__ = ["DiffView", "InspectorView", "PanesView", "RaceView", "View", "make_views"]


def make_views(run: Run) -> list[View]:
    """Every view, in the order of its key; the first is on screen at start."""
    return [PanesView(run), RaceView(run), DiffView(run), InspectorView(run)]
