"""Actions of the dialogs that lie over the dashboard."""

from tui.app.actions.action import Action, Place

DIALOGS = (
    Action("help.close", "escape,question_mark,f1,q", "close", "Back to the dashboard.", Place.HELP, "Here",
           call="close_help", in_bar=True),
    Action("file.insert", "enter", "insert", "Put the text of this file into the prompt.", Place.FILE, "Here",
           call="insert_file"),
    Action("file.complete", "tab", "complete", "Complete the path.", Place.FILE, "Here", call="complete_path"),
    Action("file.close", "escape", "close", "Back to the prompt.", Place.FILE, "Here", call="close_file"),
)  # fmt: skip
