"""Actions of the inspector: its sections, its events, and whose they are."""

from functools import partial

from tui.app.actions.action import Action, Place

_go = partial(Action, place=Place.INSPECTOR, section="Events")
_open = partial(Action, place=Place.INSPECTOR, section="Inspector")

INSPECTOR = (
    Action("view.inspector", "f5", "inspector", "Every event, request, response and connection of one stream.",
           Place.DASHBOARD, "Moving", "open_view('inspector')"),
    _open("inspector.section.next", "]", "next section", "The section to the right.", call="section(1)", in_bar=True),
    _open("inspector.section.previous", "[", "previous section", "The section to the left.", call="section(-1)"),
    _open("inspector.target.next", "right,l", "next target", "The next target's stream.", call="target(1)"),
    _open("inspector.target.previous", "left,h", "previous target", "The stream of the target before.",
          call="target(-1)"),
    *(
        _open(f"inspector.target.{number}", str(number), f"target {number}", "That target's stream.",
              call=f"target_number({number})")
        for number in range(1, 10)
    ),
    _open("inspector.attempt", "a", "attempt", "The next of several tries of the request.", call="attempt"),
    _go("inspector.filter", "slash", "filter", "Only events with this text in them; escape shows all again.",
        call="filter", in_bar=True),
    _go("inspector.type", "f", "only this type", "Only events of this one's type, or all again.", call="only_type",
        in_bar=True),
    _go("inspector.slowest", "w", "slowest gap", "To the longest wait before an event, then the next longest.",
        call="slowest", in_bar=True),
    _go("inspector.same.next", "n", "next of this type", "To the next event of the same type.", call="same_type(1)"),
    _go("inspector.same.previous", "N", "previous of this type", "To the one before of the same type.",
        call="same_type(-1)"),
    _go("inspector.copy", "y", "copy", "Copy the payload, or the page that is open.", call="copy", in_bar=True),
    _go("inspector.curl", "Y", "copy as curl", "Copy the request as a curl command; the key stays a variable.",
        call="copy_curl", in_bar=True),
    _go("inspector.down", "j,down", "down", "One event or row down.", call="move(1)"),
    _go("inspector.up", "k,up", "up", "One event or row up.", call="move(-1)"),
    _go("inspector.page_down", "ctrl+d,pagedown", "half a page down", "Half a page down.", call="move_half(1)"),
    _go("inspector.page_up", "ctrl+u,pageup", "half a page up", "Half a page up.", call="move_half(-1)"),
    _go("inspector.first", "g,home", "to the first", "To the first event or row.", call="first"),
    _go("inspector.last", "G,end", "to the last", "To the last event, and follow what comes.", call="last"),
)  # fmt: skip
