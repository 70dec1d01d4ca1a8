"""Actions of the diff view: two answers, what of them is compared, and the way from change to change."""

from functools import partial

from tui.app.actions.action import Action, Place

_diff = partial(Action, place=Place.DIFF, section="Diff")

DIFF = (
    Action("view.diff", "f4", "diff", "Two answers word by word.", Place.DASHBOARD, "Moving", "open_view('diff')"),
    _diff("diff.next", "n,]", "next change", "To the next change.", call="change(1)", in_bar=True),
    _diff("diff.previous", "N,[", "previous change", "To the change before.", call="change(-1)"),
    _diff("diff.subject", "w", "compare what", "Answer, reasoning, tool calls or metrics.", call="subject(1)",
          in_bar=True),
    _diff("diff.subject_back", "W", "compare what, back", "Answer, reasoning, tool calls or metrics.",
          call="subject(-1)"),
    _diff("diff.swap", "s", "swap", "Left becomes right, and right left.", call="swap", in_bar=True),
    _diff("diff.left", "h", "left target", "Another target on the left.", call="partner(0, 1)", in_bar=True),
    _diff("diff.left_back", "H", "left target, back", "Another target on the left.", call="partner(0, -1)"),
    _diff("diff.right", "l", "right target", "Another target on the right.", call="partner(1, 1)", in_bar=True),
    _diff("diff.right_back", "L", "right target, back", "Another target on the right.", call="partner(1, -1)"),
    *(
        _diff(f"diff.target.{number}", str(number), f"compare target {number}",
              "That target on the side that has the focus.", call=f"choose({number})")
        for number in range(1, 10)
    ),
    _diff("diff.copy", "y", "copy diff", "Copy the comparison as text with - and + before its lines.", call="copy"),
    _diff("diff.down", "j,down", "down", "One row down.", call="scroll_rows(1)"),
    _diff("diff.up", "k,up", "up", "One row up.", call="scroll_rows(-1)"),
    _diff("diff.page_down", "ctrl+d,pagedown", "half a page down", "Half a page down.", call="scroll_half(1)"),
    _diff("diff.page_up", "ctrl+u,pageup", "half a page up", "Half a page up.", call="scroll_half(-1)"),
    _diff("diff.top", "g,home", "to the top", "To the beginning.", call="scroll_top"),
    _diff("diff.end", "G,end", "to the end", "To the end.", call="scroll_end"),
)  # fmt: skip
