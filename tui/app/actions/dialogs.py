"""Actions of the dialogs that lie over the dashboard."""

from tui.app.actions.action import Action, Place

DIALOGS = (
    Action("help.close", "escape,question_mark,f1,q", "close", "Back to the dashboard.", Place.HELP, "Here",
           call="close_help", in_bar=True),
)  # fmt: skip
