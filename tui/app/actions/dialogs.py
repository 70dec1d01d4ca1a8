"""Actions of the dialogs that lie over the dashboard."""

from tui.app.actions.action import Action, Place

DIALOGS = (
    Action("help.close", "escape,question_mark,f1,q", "close", "Back to the dashboard.", Place.HELP, "Here",
           call="close_help", in_bar=True),
    Action("settings.up", "up,k", "up", "The setting above.", Place.SETTINGS, "Here", call="choose_setting(-1)"),
    Action("settings.down", "down,j,tab", "down", "The setting below.", Place.SETTINGS, "Here",
           call="choose_setting(1)"),
    Action("settings.next", "right,l,enter,space", "next value", "Its next value, in force at once.", Place.SETTINGS,
           "Here", call="change_setting(1)"),
    Action("settings.previous", "left,h", "previous value", "Its value before.", Place.SETTINGS, "Here",
           call="change_setting(-1)"),
    Action("settings.close", "escape,q,comma", "close", "Back to the dashboard.", Place.SETTINGS, "Here",
           call="close_settings"),
    Action("file.insert", "enter", "insert", "Put the text of this file into the prompt.", Place.FILE, "Here",
           call="insert_file"),
    Action("file.complete", "tab", "complete", "Complete the path.", Place.FILE, "Here", call="complete_path"),
    Action("file.close", "escape", "close", "Back to the prompt.", Place.FILE, "Here", call="close_file"),
)  # fmt: skip
