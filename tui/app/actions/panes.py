"""Actions of the panes view: the focused pane, its text, and the way from pane to pane."""

from functools import partial

from tui.app.actions.action import Action, Place

_pane = partial(Action, place=Place.PANES, section="The focused pane")
_move = partial(Action, place=Place.PANES, section="Moving")

_talk = partial(Action, place=Place.PANES, section="Conversation")

PANES = (
    _pane("pane.zoom", "z,f10", "zoom", "Give this pane all the room, or give it back.", call="zoom", in_bar=True),
    _pane("pane.pause", "space", "pause view", "Hold the view still; the stream goes on.", call="pause"),
    _pane("pane.markdown", "m", "markdown", "Rendered Markdown or plain text.", call="markdown", in_bar=True),
    _pane("pane.reasoning", "ctrl+t", "reasoning", "Unfold or fold the reasoning.", call="reasoning"),
    _pane("pane.copy", "y", "copy", "Copy the answer as the model wrote it.", call="copy_answer", in_bar=True),
    _pane("pane.copy_code", "Y", "copy code", "Copy the last code block.", call="copy_code"),
    _pane("pane.choice.previous", "[", "previous choice", "Another of several choices.", call="choice(-1)"),
    _pane("pane.choice.next", "]", "next choice", "Another of several choices.", call="choice(1)"),
    _pane("pane.down", "j,down", "down", "One row down.", call="scroll_rows(1)"),
    _pane("pane.up", "k,up", "up", "One row up.", call="scroll_rows(-1)"),
    _pane("pane.page_down", "ctrl+d,pagedown", "half a page down", "Half a page down.", call="scroll_half(1)"),
    _pane("pane.page_up", "ctrl+u,pageup", "half a page up", "Half a page up.", call="scroll_half(-1)"),
    _pane("pane.top", "g,home", "to the top", "To the beginning.", call="scroll_top"),
    _pane("pane.end", "G,end", "to the end", "To the end, and follow it from there.", call="scroll_end"),
    _talk("conversation.alone", "a", "ask alone", "Prompt for this pane only, until escape.", call="ask_alone"),
    _talk("conversation.edit", "e", "edit", "Write this pane's last prompt anew.", call="edit"),
    _talk("conversation.back", "b", "branch", "Go on from the turn before; the last is put aside.", call="go_back"),
    _talk("conversation.switch", "B", "other branch", "Take up what was put aside.", call="switch_branch"),
    _talk("conversation.promote", "P", "promote", "Give this answer to all panes as their own.", call="promote"),
    Action(
        "search.open",
        "/",
        "search",
        "Search in all panes; enter goes to the hits, escape ends it.",
        Place.PANES,
        "Search",
        "search",
        in_bar=True,
    ),
    Action(
        "search.next", "n", "next hit", "To the next hit, in whichever pane it is.", Place.PANES, "Search", "hit(1)"
    ),
    Action("search.previous", "N", "previous hit", "To the hit before.", Place.PANES, "Search", "hit(-1)"),
    Action(
        "layout.next", "L", "layout", "Grid, columns, rows, one pane under tabs.", Place.PANES, "All panes", "layout"
    ),
    Action(
        "scroll.together",
        "s",
        "scroll together",
        "Scroll all panes with the focused one, or each alone.",
        Place.PANES,
        "All panes",
        "scroll_together",
    ),
    *(
        _move(f"focus.{number}", str(number), f"pane {number}", "To that pane.", call=f"focus_pane({number})")
        for number in range(1, 10)
    ),
)
