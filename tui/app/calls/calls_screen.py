"""Answers the calls a model made: what each asks for, and a field for its result, typed, pasted or from a program.

It sends nothing. What was typed is kept by the caller, also when the dialog is closed without sending.
"""

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.worker import Worker

from tui.app.actions import BY_ID, Place
from tui.app.actions.keymap import Keymap
from tui.app.calls.program_question import program_question
from tui.app.calls.programs import Programs
from tui.app.calls.result_field import ResultField
from tui.app.dialogs.dialog import Dialog
from tui.app.panes.answer import MARKS, AnswerView
from tui.app.shown import Words, assembled, content, name_shown, stacked
from tui.config.settings import ToolCommand
from tui.core.clean import Clean, clean, clean_line
from tui.core.endings import size_words
from tui.core.figures import grouped
from tui.core.pretty_json import pretty
from tui.core.request import CallMade
from tui.core.validity import validity_of
from tui.engine.tool_command import CommandOutcome

_LISTED: Final = 4
"""Calls that are listed at a time."""
_ERROR_ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class CallResults:
    """What the user sent."""

    results: dict[str, str]
    """By call id; calls without a result are left out."""
    for_all: bool
    """Also for the panes that asked the same."""


class CallArguments(AnswerView):
    """What a call asks for; gives up rows when more is said below it."""

    class Resized(Message):
        """More or less of the arguments is in sight than before."""

    def on_resize(self, event: events.Resize) -> None:
        """Tell the screen, which says how much is out of sight."""
        self.post_message(self.Resized())


class CallsScreen(Dialog[CallResults | None]):
    """One call at a time: the list above, its arguments, its result."""

    DEFAULT_CSS = """
    CallsScreen {
        & > Vertical {
            width: 100; height: 90%;
        }
        & Words { width: 100%; height: auto; }
        & AnswerView { height: 1fr; min-height: 3; margin: 1 0; background: $surface; }
        & #said { max-height: 5; }
    }
    """

    def __init__(
        self,
        keymap: Keymap,
        name: str,
        calls: Sequence[CallMade],
        drafts: MutableMapping[str, str],
        programs: Programs,
        others: Sequence[str] = (),
    ) -> None:
        """`drafts`: what was typed before, by call id, and where what is typed now is kept. `others`: the targets that
        asked the same."""
        super().__init__()
        keymap.bind(self, Place.CALLS)
        self._keymap = keymap
        self._target_name = name
        self._calls = calls
        self._drafts = drafts
        self._programs = programs
        self._others = others
        self._at = next((at for at, call in enumerate(calls) if not drafts.get(call.id)), 0)
        self._for_all = False
        self._worker: Worker[None] | None = None
        self._outcomes: dict[str, CommandOutcome] = {}
        self._list = Words()
        self._arguments = CallArguments()
        self._label = Words(id="label")
        self._said = Words(id="said")
        self._field = ResultField(keymap)
        self._box = Vertical()

    def compose(self) -> ComposeResult:
        """Which call, what it asks for, what is answered."""
        with self._box:
            yield self._list
            yield self._arguments
            yield self._label
            yield self._field
            yield self._said

    def on_mount(self) -> None:
        """Begin with the first call without a result."""
        count = len(self._calls)
        self._box.border_title = assembled(
            (clean_line(f"answer {count} call{'s' if count > 1 else ''} · "), ""),
            (name_shown(self._target_name), "bold"),
        )
        self._show_call()
        self._field.focus()

    def on_unmount(self) -> None:
        """Whatever runs is stopped with the dialog; Textual cancels its workers."""
        self._keep()

    @property
    def _call(self) -> CallMade:
        return self._calls[self._at]

    @property
    def _program(self) -> ToolCommand | None:
        return self._programs.commands.get(self._call.name)

    # -- actions ----------------------------------------------------------------------------------------------------

    def action_accept_result(self) -> None:
        """On to the next call without a result; when there is none, send."""
        self._keep()
        missing = [at for at, call in enumerate(self._calls) if not self._drafts.get(call.id)]
        after = [at for at in missing if at > self._at]
        if missing:
            self._go_to((after or missing)[0])
        else:
            self.action_send_results()

    def action_send_results(self) -> None:
        """Send what there is."""
        self._keep()
        found = {call.id: self._drafts[call.id] for call in self._calls if self._drafts.get(call.id)}
        if self._worker is not None:
            self._say("The program is still running; escape stops it.")
        elif not found:
            self._say("Type a result first.")
        else:
            self.dismiss(CallResults(found, self._for_all))

    def action_break_line(self) -> None:
        """A new line in the result."""
        self._field.insert("\n")

    def action_step_call(self, by: int) -> None:
        """Another call."""
        self._keep()
        self._go_to((self._at + by) % len(self._calls))

    def action_run_program(self) -> None:
        """Ask whether the program configured for this tool may run."""
        program = self._program
        if program is None:
            self._say(f"No program is configured for {self._call.name}; docs/tools.md says how.")
        elif self._worker is not None:
            self._say("A program is running; escape stops it.")
        else:
            question = program_question(self._keymap, program, self._programs.output_bytes(program))
            self.app.push_screen(question, self._runner(self._call, program))

    def action_toggle_all(self) -> None:
        """For this pane alone, or for all that asked the same."""
        if not self._others:
            self._say("No other pane asked the same.")
            return
        self._for_all = not self._for_all
        self._show_call()

    def action_scroll_arguments(self, by: int) -> None:
        """Half a page of the arguments."""
        self._arguments.move_rows(by * max(1, self._arguments.size.height // 2))
        self._show_label()

    def action_close_calls(self) -> None:
        """Stop what runs; otherwise close, and keep what was typed."""
        if self._worker is not None:
            self._worker.cancel()
        else:
            self.dismiss(None)

    # -- programs ---------------------------------------------------------------------------------------------------

    def _runner(self, call: CallMade, program: ToolCommand) -> Callable[[bool | None], None]:
        """Takes the answer to the question."""

        def take(yes: bool | None) -> None:
            if yes:
                self._worker = self.run_worker(self._run_program(call, program), exit_on_error=True)
                self._show_call()

        return take

    async def _run_program(self, call: CallMade, program: ToolCommand) -> None:
        stopped = CommandOutcome(problem="It was stopped.")
        self._outcomes[call.id] = stopped
        try:
            outcome = await self._programs.run(program, call.arguments)
            self._outcomes[call.id] = outcome
            if outcome.output:
                self._fill(call, outcome.output)
        finally:
            self._worker = None
            if self.is_mounted:
                self._show_call(anew=False)

    def _fill(self, call: CallMade, output: str) -> None:
        text = output.removesuffix("\n")
        if call is self._call:
            self._field.put(text)
        else:
            self._drafts[call.id] = text

    # -- drawing ----------------------------------------------------------------------------------------------------

    def on_result_field_paste_refused(self, message: ResultField.PasteRefused) -> None:
        """Say why nothing came."""
        self._say(f"{grouped(message.chars)} characters are too many to paste.")

    def on_resize(self, _event: events.Resize) -> None:
        """The arguments are broken anew."""
        self.call_after_refresh(self._settle)

    def on_call_arguments_resized(self) -> None:
        """Count anew what is out of sight."""
        self._show_label()

    def on_text_area_changed(self) -> None:
        """The list says which calls have a result."""
        self._keep()
        self._list.show(stacked(self._listed()))

    def _keep(self) -> None:
        self._drafts[self._call.id] = self._field.text

    def _go_to(self, at: int) -> None:
        self._at = at
        self._show_call()

    def _show_call(self, *, anew: bool = True) -> None:
        """Everything of the current call; `anew` also its texts."""
        if anew:
            self._show_texts()
        self._list.show(stacked(self._listed()))
        self._said.show(stacked(self._outcome_lines()))
        self._box.border_subtitle = content(clean_line(" · ".join(self._hints())))

    def _show_texts(self) -> None:
        call = self._call
        text = call.arguments if call.arguments.strip() else "{}"
        self._arguments.clear()
        self._arguments.section("arguments", kind="json" if pretty(text) else "text")
        self._arguments.append("arguments", clean(text))
        self._arguments.commit(final=True)
        self.call_after_refresh(self._to_top)  # only then has a new dialog its size
        if self._field.text != self._drafts.get(call.id, ""):
            self._field.show_text(self._drafts.get(call.id, ""))

    def _settle(self) -> None:
        self._arguments.commit(final=True)
        self._show_label()

    def _to_top(self) -> None:
        self._arguments.move_to_top()
        self._show_label()

    def _show_label(self) -> None:
        """What the field is for, and how much of the arguments is out of sight."""
        below = self._arguments.rows_below
        more = f" · ▼ {below} more of the arguments, {self._shown('calls.page_down')}" if below else ""
        self._label.show(content(clean_line(f"result{more}"), "$metric-label"))

    def _listed(self) -> Iterator[Content]:
        first = max(0, min(self._at - 1, len(self._calls) - _LISTED))
        for at, call in enumerate(self._calls[first : first + _LISTED], first):
            is_current = at == self._at
            is_text = call.type != "function"
            mark = MARKS["text" if is_text else validity_of(call.arguments or "{}")]
            answered = bool(self._drafts.get(call.id))
            yield assembled(
                (Clean("› ") if is_current else Clean("  "), "$accent"),
                (clean_line(f"{at + 1} "), "$metric-label"),
                (name_shown(call.name), "bold $tool-name" if is_current else "$tool-name"),
                (clean_line(f"  {size_words(len(call.arguments.encode('utf-8', 'replace')))}  "), "$metric-label"),
                mark,
                (Clean("  ✓ answered") if answered else Clean("  ○ no result"), "$metric-label"),
            )
        hidden = len(self._calls) - first - _LISTED
        if hidden > 0:
            yield content(clean_line(f"  ▼ {hidden} more"), "$metric-label")

    def _outcome_lines(self) -> Iterator[Content]:
        """What the program said, or that it runs; for whom the results are."""
        if self._for_all:
            names = ", ".join(self._others)
            yield content(clean_line(f"Also for {names}, which asked the same."), "$metric-warn")
        program, outcome = self._program, self._outcomes.get(self._call.id)
        if self._worker is not None:
            yield content(Clean("● The program runs; escape stops it."), "$metric-label")
        elif outcome is not None:
            if outcome.problem:
                yield content(clean_line(f"✗ {outcome.problem}"), "$metric-bad")
            else:
                yield content(Clean("✓ status 0; the output can be edited before it is sent"), "$metric-label")
            for line in outcome.errors.strip().splitlines()[-_ERROR_ROWS:]:
                yield content(clean_line(f"  {line}"), "$metric-warn")
        elif program is not None:
            key = self._shown("calls.run")
            yield content(clean_line(f"{key} runs the program configured for it, after showing it."), "$metric-label")

    def _hints(self) -> Iterator[str]:
        yield f"{self._shown('calls.accept')} next, sends"
        if self._program is not None:
            yield f"{self._shown('calls.run')} runs"
        if self._others:
            count = len(self._others)
            scope = "only this pane" if self._for_all else f"also {count} other{'s' if count > 1 else ''}"
            yield f"{self._shown('calls.all')} {scope}"
        yield "esc closes"

    def _shown(self, action_id: str) -> str:
        return (*self._keymap.shown_keys(BY_ID[action_id]), BY_ID[action_id].label)[0]

    def _say(self, words: str) -> None:
        self._said.show(content(clean_line(words), "$metric-warn"))
