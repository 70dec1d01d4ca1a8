"""Actions of the line-up: its targets, the line-ups that were saved, and the dialogs for both."""

from functools import partial

from tui.app.actions.action import Action, Place

_lineup = partial(Action, place=Place.VIEWS, section="The line-up")
_form = partial(Action, place=Place.TARGET, section="Here")
_list = partial(Action, place=Place.LINEUPS, section="Here")

LINEUP = (
    _lineup("target.add", "+", "add target", "One more target, from its provider's own list of models.",
            call="add_target"),
    _lineup("target.remove", "-", "remove target", "Take this target out, with its answer.", call="remove_target"),
    _lineup("target.edit", "E", "edit target", "Its name, model and options; the next prompt uses them.",
            call="edit_target"),
    _lineup("target.duplicate", "D", "duplicate target", "The same once more, to change something about it.",
            call="duplicate_target"),
    _lineup("target.earlier", "shift+left", "move earlier", "Change places with the target before.",
            call="move_target(-1)"),
    _lineup("target.later", "shift+right", "move later", "Change places with the target behind.",
            call="move_target(1)"),
    Action("lineup.choose", "f8", "line-ups", "Switch to a saved line-up, save this one, delete one.",
           Place.DASHBOARD, "The line-up", call="lineups"),
)  # fmt: skip
LINEUP_DIALOGS = (
    _form("form.take", "enter", "take", "Take the target as it stands here.", call="take_target"),
    _form("form.next", "tab", "next field", "To the next field.", call="next_field(1)"),
    _form("form.previous", "shift+tab", "field before", "To the field before.", call="next_field(-1)"),
    _form("form.down", "down", "down", "The next model of the list, or the next field.", call="down(1)"),
    _form("form.up", "up", "up", "The model before in the list, or the field before.", call="down(-1)"),
    _form("form.more", "right,space", "next value", "The next value of a choice.", call="change_value(1)"),
    _form("form.less", "left", "value before", "The value before of a choice.", call="change_value(-1)"),
    _form("form.close", "escape", "close", "Back without a target.", call="close_target"),
    _list("lineups.take", "enter", "switch", "Switch to this line-up, or save under the name that was typed.",
          call="take_lineup"),
    _list("lineups.down", "down", "down", "The next line-up.", call="choose_lineup(1)"),
    _list("lineups.up", "up", "up", "The line-up before.", call="choose_lineup(-1)"),
    _list("lineups.save", "tab", "save", "Type a name to save the line-up that is asked now; back to the list.",
          call="name_lineup"),
    _list("lineups.delete", "delete,ctrl+d", "delete", "Delete this saved line-up.", call="delete_lineup"),
    _list("lineups.close", "escape", "close", "Back to the dashboard.", call="close_lineups"),
)  # fmt: skip
