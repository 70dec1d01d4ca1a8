"""Actions that do not belong to one view: the program's, the streams', and the ways between prompt and views."""

from functools import partial

from tui.app.actions.action import Action, Place

_stream = partial(Action, place=Place.VIEWS, section="The focused stream")
_run = partial(Action, place=Place.VIEWS, section="All streams")
_move = partial(Action, section="Moving")
_app = partial(Action, place=Place.EVERYWHERE, section="The program", is_urgent=True)

STREAMS = (
    _stream("stream.cancel", "x", "cancel", "Stop this stream; keep what it said.", call="cancel_stream", in_bar=True),
    _run("run.cancel", "X", "cancel all", "Stop everything that runs.", call="cancel_all", in_bar=True),
    _stream("stream.retry", "r", "retry", "Ask this target again.", call="retry_stream", in_bar=True),
    _stream(
        "stream.continue", "c", "continue", "Go on with an answer that was cut off or paused.", call="continue_stream"
    ),
    _stream(
        "stream.answer_calls",
        "t",
        "answer calls",
        "Give results for the calls this answer ended with.",
        call="answer_calls",
    ),
    _run("run.retry", "R", "retry all", "Ask every target again that has ended.", call="retry_all"),
)
CONVERSATION = (
    Action(
        "conversation.new",
        "ctrl+n",
        "new conversation",
        "Start afresh; what was said can be brought back.",
        Place.DASHBOARD,
        "Conversation",
        "new_conversation",
    ),
    Action(
        "conversation.restore",
        "U,alt+u",
        "bring back",
        "The conversation before the last new one; once more, and back again.",
        Place.VIEWS,
        "Conversation",
        "restore_conversation",
    ),
    Action(
        "conversation.system",
        "S",
        "system prompt",
        "Set the system prompt of what is asked from now on.",
        Place.VIEWS,
        "Conversation",
        "system_prompt",
    ),
    Action(
        "conversation.tools",
        "T",
        "tools",
        "Load the tools of what is asked from now on.",
        Place.VIEWS,
        "Conversation",
        "load_tools",
    ),
    Action(
        "conversation.schema",
        "J",
        "schema",
        "Load the JSON schema that answers have to follow from now on.",
        Place.VIEWS,
        "Conversation",
        "load_schema",
    ),
)
MOVING = (
    _move("focus.prompt", "i", "prompt", "To the prompt box.", Place.VIEWS, call="prompt", in_bar=True),
    _move("focus.next", "tab", "next pane", "On to the next pane, and round by the prompt.", Place.DASHBOARD,
          call="focus_step(1)"),
    _move("focus.previous", "shift+tab", "previous pane", "Back to the pane before.", Place.DASHBOARD,
          call="focus_step(-1)"),
    _move("view.back", "escape", "back", "Cancel the focused stream, restore a zoomed pane, go back to the panes.",
          Place.VIEWS, call="back"),
    _move("view.panes", "f2", "panes", "All answers side by side.", Place.DASHBOARD, call="open_view('panes')"),
)  # fmt: skip
PROGRAM = (
    Action("app.help", "question_mark,f1", "help", "The keys of this place.", Place.DASHBOARD, "The program",
           call="help", in_bar=True),
    Action("app.settings", "comma", "settings", "Theme, layout, Markdown, mouse, motion, bell.", Place.DASHBOARD,
           "The program", call="settings"),
    Action("run.export", "ctrl+e", "export", "Write the run to a file: Markdown, HTML, JSON or CSV.", Place.DASHBOARD,
           "The program", call="export"),
    Action("app.suspend", "ctrl+z", "suspend", "Back to the shell; its `fg` goes on. While typing the key takes back.",
           Place.VIEWS, "The program", call="suspend"),
    _app("app.quit", "ctrl+q", "quit", "Leave; running streams are cancelled.", call="quit", in_bar=True),
    _app("app.palette", "ctrl+p", "palette", "Search everything that can be done.", call="command_palette",
         in_bar=True),
    _app("app.cancel_all", "ctrl+c", "copy or cancel all",
         "Copy the selection; without one, stop everything, while typing too.", call="copy_or_cancel"),
)  # fmt: skip
