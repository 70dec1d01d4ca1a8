"""Everything a user can do, in one table.

Key bindings, the key bar, the palette, the help and the `[keys]` table of the configuration are made from it; tests
hold it against the handlers and the README. A new action is a row in one of the files here and an `action_…` method on
whoever carries it out.
"""

from typing import Final

from tui.app.actions.action import Action, Place
from tui.app.actions.blind import BLIND, BLIND_DIALOGS
from tui.app.actions.dialogs import DIALOGS
from tui.app.actions.diff import DIFF
from tui.app.actions.everywhere import CONVERSATION, MOVING, PROGRAM, STREAMS
from tui.app.actions.inspector import INSPECTOR
from tui.app.actions.lineup import LINEUP, LINEUP_DIALOGS
from tui.app.actions.panes import PANES
from tui.app.actions.prompt import PROMPT
from tui.app.actions.race import RACE

__all__ = ["ACTIONS", "BY_ID", "Action", "Place", "actions_of"]

ACTIONS: Final = (
    *PROMPT,
    *STREAMS,
    *BLIND,
    *PANES,
    *CONVERSATION,
    *RACE,
    *DIFF,
    *INSPECTOR,
    *LINEUP,
    *MOVING,
    *PROGRAM,
    *DIALOGS,
    *LINEUP_DIALOGS,
    *BLIND_DIALOGS,
)
"""In the order in which the key bar and the help show them."""
BY_ID: Final = {action.id: action for action in ACTIONS}


def actions_of(*places: Place) -> list[Action]:
    """The actions of these places, in their order."""
    return [action for action in ACTIONS if action.place in places]
