"""How the dashboard looks and moves, as it was configured and as the user changed it in this session."""

from dataclasses import dataclass

from tui.app.panes.tiling import Shape


@dataclass(slots=True)
class Looks:
    """The `[ui]` table. Themes are not part of it: Textual keeps the one in force."""

    layout: Shape = Shape.GRID
    markdown: bool = True
    """Answers are rendered; False shows them as written."""
    mouse: bool = True
    reduced_motion: bool = False
    """Nothing blinks, slides or fades."""
    bell: bool = False
    """Ring when a long run has ended."""
