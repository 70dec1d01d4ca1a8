"""From a stream's state to the sections of its text view: what is new since the last look, cleaned, in its place.

One feed per pane. It holds a cursor per text, so that a frame costs what is new and not what is there; everything a
server wrote passes the cleaning gate here and nowhere else on its way to an answer. The turns before stay in the view
above it, settled: `follow` says which those are.
"""

from typing import ClassVar

from textual.content import Content

from tui.app.blind.blind import Blind
from tui.app.blind.words import hidden_ending
from tui.app.panes.turn_words import asked_words, closing_words
from tui.app.panes.usage_words import usage_words
from tui.app.shown import Styled, assembled, content
from tui.app.text.view import TextView
from tui.core.clean import Clean, Cleaner, clean_line
from tui.core.clean import clean as clean_text
from tui.core.cost import cost_of, cost_of_snapshot
from tui.core.endings import cause_words, size_words
from tui.core.events import ServerTimings
from tui.core.figures import duration_text
from tui.core.fold import Choice
from tui.core.phase import Phase
from tui.core.redact import Redactor
from tui.core.retries import seconds_words
from tui.core.snapshot import Snapshot
from tui.core.stream import StreamState
from tui.core.target import Target
from tui.core.tool_calls import ToolCall
from tui.core.turns import Turn
from tui.core.validity import Validity
from tui.engine.proxies import proxy_words

MARKS: dict[Validity, Styled] = {
    "valid": (Clean("✓ valid"), "$metric-good"),
    "partial": (Clean("… partial"), "$metric-label"),
    "invalid": (Clean("✗ invalid"), "$metric-bad"),
    "empty": (Clean("… waiting"), "$metric-label"),
    "text": (Clean("free text"), "$metric-label"),
}
"""What is said of a call's arguments, and in which colour."""
_USUAL_WIDTH = 60
"""Cells a line is worded for in a pane that never was on screen."""


class AnswerView(TextView):
    """A text view that knows the parts of an answer."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text-view--reasoning",
        "text-view--refusal",
        "text-view--arguments",
    }
    DEFAULT_CSS = """
    AnswerView {
        .text-view--reasoning { color: $reasoning; text-style: italic; }
        .text-view--refusal { color: $refusal; }
        .text-view--arguments { color: $tool-arguments; }
        .text-view--hit { background: $search-hit; }
        .text-view--current-hit { background: $search-hit; }
    }
    """


class _Cursor:
    """How far one text has been read, with the gates it passes: no known secret, no control character."""

    def __init__(self, redactor: Redactor) -> None:
        self.at = 0
        self.is_closed = False
        self._hider = redactor.stream()
        self._cleaner = Cleaner()

    def feed(self, text: str) -> Clean:
        """What of the next piece can be shown."""
        return self._cleaner.feed(self._hider.feed(text))

    def finish(self) -> Clean:
        """What had to wait for a next piece that never came."""
        return self._cleaner.finish(self._hider.finish())


class AnswerFeed:
    """Feeds one `TextView` from the streams of its pane, one after another."""

    def __init__(self, view: TextView, blind: Blind) -> None:
        self._view = view
        self._blind = blind
        self._cursors: dict[str, _Cursor] = {}
        self._heads: dict[str, tuple[object, ...]] = {}
        self._restatements = 0
        self._redactor = Redactor()
        self._turns: tuple[Turn, ...] = ()
        """What `follow` was given last."""
        self._settled: list[Turn] = []
        """The turns above, as they are shown."""
        self._turn: Turn | None = None
        """The one that is being answered; None for a stream of no conversation."""
        self._state: StreamState | None = None
        """The stream that is shown last."""
        self.shows_reasoning = False
        self.is_markdown = True

    def introduce(self, target: Target) -> None:
        """Before anything was asked: where a prompt would go."""
        self.restart()
        if self._blind.hides:
            return
        options = ", ".join(f"{key}={value}" for key, value in target.options.items())
        hide = Redactor.of_targets([target]).text
        lines = [f"{target.provider}/{target.model}", target.base_url, proxy_words(target), options]
        shown = [clean_line(hide(line)) for line in lines if line]
        self._view.set_lines("intro", [content(line, "$metric-label") for line in shown])

    def follow(self, turns: tuple[Turn, ...], state: StreamState | None) -> bool:
        """Show these turns, the last of which `state` answers; None when all are over. Returns whether that is new."""
        if turns is self._turns and state is self._state:
            return False
        self._turns = turns
        earlier = turns[:-1] if state is not None else turns
        turn = turns[-1] if turns and state is not None else None
        if self._is_shown(earlier, turn, state):
            return False
        if self._state is not None and self._is_next(earlier):
            at = len(self._settled)
            self.take(self._state, earlier[at].choice)  # what no frame has shown yet
            self._settle(earlier[at])
        kept = next((at for at, pair in enumerate(zip(self._settled, earlier, strict=False)) if not _same(*pair)), None)
        kept = min(len(self._settled), len(earlier)) if kept is None else kept
        del self._settled[kept:]
        self._view.clear(keep=kept)
        for past in earlier[kept:]:
            self._tell(past)
        self._turn, self._state = turn, state
        self.restart()
        return True

    def uncover(self) -> None:
        """Nothing is hidden any more: what was left out comes with the next `follow` and `take`."""
        if self._settled or self._state is None:
            self._turns, self._turn, self._state = (), None, None
            self._settled.clear()
            self._view.clear()
        else:
            for ending in ("end", "usage"):
                self._heads.pop(ending, None)

    def restart(self) -> None:
        """Forget what was shown of this turn: another stream, or another choice of the same."""
        self._view.clear(keep=len(self._settled))
        self._cursors.clear()
        self._heads.clear()
        self._restatements = 0
        is_first = not self._settled
        if not is_first:
            self._view.show_section("1 asked", visible=True)
        self._view.section("asked", kind="lines", gap=0 if is_first else 1, visible=not is_first)
        self._view.section("intro", kind="lines")
        self._view.section("reasoning", kind="text", style="reasoning", visible=self.shows_reasoning)
        self._view.section("answer", kind="json" if self._is_structured else "markdown", gap=1)
        self._view.section("refusal", kind="text", style="refusal", gap=1)
        self._view.section("end", kind="lines", gap=1)
        self._view.section("usage", kind="lines", gap=1)
        if self._turn is not None:
            hide = (self._state.redactor if self._state else self._redactor).known
            source = self._blind.called(self._turn.source) if self._turn.source else ""
            asked = asked_words(self._turn, source, is_blind=self._blind.hides)
            lines = (content(clean_line(hide(line)), "$metric-label") for line in asked)
            self._view.set_lines("asked", list(lines))

    @property
    def _is_structured(self) -> bool:
        """Whether the answer was asked to be JSON."""
        if self._state is not None:
            return self._state.schema is not None
        snapshot = self._turn.snapshot if self._turn is not None else None
        return snapshot is not None and snapshot.schema_errors is not None

    def _is_shown(self, earlier: tuple[Turn, ...], turn: Turn | None, state: StreamState | None) -> bool:
        same_stream = state is self._state and (turn and turn.asked) is (self._turn and self._turn.asked)
        return same_stream and len(earlier) == len(self._settled) and all(map(_same, self._settled, earlier))

    def _is_next(self, earlier: tuple[Turn, ...]) -> bool:
        """Whether the stream shown last is the one turn that `earlier` has more than what is settled."""
        at = len(self._settled)
        if self._state is None or self._turn is None or len(earlier) <= at or not self._state.is_over:
            return False
        return earlier[at].asked is self._turn.asked and earlier[at].snapshot is self._state.snapshot()

    def _settle(self, turn: Turn) -> None:
        """The turn shown last is over; it stays as it is."""
        words = closing_words(turn)
        if self._blind.hides:
            words = hidden_ending(turn.snapshot) if turn.snapshot is not None else ""
        if words and not self._heads.get("end"):
            self._view.set_lines("end", [content(clean_line(words), "$metric-label")])
        self._settled.append(turn)
        self._view.settle(f"{len(self._settled)} ")

    def _tell(self, turn: Turn) -> None:
        """A turn that is over, from what was kept of it."""
        self._turn, self._state = turn, None
        self.restart()
        snapshot = turn.snapshot
        choice = next((c for c in snapshot.choices if c.index == turn.choice), None) if snapshot else None
        if choice is not None:
            for key in ("reasoning", "answer", "refusal"):
                self._view.append(key, clean_text(choice.text if key == "answer" else getattr(choice, key)))
            for number, call in enumerate((*choice.tool_calls, *filter(None, [choice.function_call]))):
                self._open_call(number)
                self._show_head(number, call.name, len(call.arguments.encode("utf-8", "replace")), call.validity)
                self._view.append(f"arguments {number}", clean_text(call.arguments))
        if snapshot is not None:
            lines = self._end_lines(snapshot, snapshot.timings)
            self._heads["end"] = tuple(line.plain for line in lines)
            self._view.set_lines("end", lines)
            width = self._view.size.width or _USUAL_WIDTH
            if not self._blind.hides:
                self._show_usage(usage_words(snapshot.usage, cost_of_snapshot(snapshot), width))
        self._settle(turn)

    def take(self, state: StreamState, choice_index: int) -> None:
        """Append what came since the last call."""
        self._redactor = state.redactor
        choice = state.answer.choices.get(choice_index)
        if choice is not None:
            if choice.restatements != self._restatements:
                self.restart()
                self._restatements = choice.restatements
            self._append("reasoning", choice.reasoning.parts, ended=state.is_over)
            self._append("answer", choice.text.parts, ended=state.is_over)
            self._append("refusal", choice.refusal.parts, ended=state.is_over)
            for number, call in enumerate(choice.calls):
                self._append_call(number, call, ended=state.is_over)
        if state.is_over:
            self.take_calls(state, choice_index)
            self._show_end(state)
            self.take_usage(state)

    def take_calls(self, state: StreamState, choice_index: int) -> bool:
        """Renew the head lines of tool calls: name, bytes, validity. Returns whether one changed."""
        choice = state.answer.choices.get(choice_index)
        return bool(choice and [number for number, call in enumerate(choice.calls) if self._head(number, call, choice)])

    def take_usage(self, state: StreamState) -> bool:
        """What a finished answer took, worded for the width there is. Returns whether the words changed."""
        width = self._view.size.width or _USUAL_WIDTH
        if not state.is_over or self._blind.hides or self._heads.get("usage") == (width,):
            return False
        self._heads["usage"] = (width,)
        self._show_usage(usage_words(state.answer.usage, cost_of(state), width))
        return True

    def _show_usage(self, words: str) -> None:
        self._view.set_lines("usage", [content(clean_line(words), "$metric-label")] if words else [])

    def toggle_markdown(self) -> bool:
        """Rendered or plain; returns whether it is rendered now."""
        self.is_markdown = not self.is_markdown
        self._view.set_markdown(self.is_markdown)
        self._view.commit()
        return self.is_markdown

    def toggle_reasoning(self) -> bool:
        """Unfolded or folded; returns whether it is shown now."""
        self.shows_reasoning = not self.shows_reasoning
        for above in ("", *(f"{number} " for number in range(1, len(self._settled) + 1))):
            self._view.show_section(f"{above}reasoning", self.shows_reasoning)
        self._view.commit()
        return self.shows_reasoning

    def _append(self, key: str, parts: list[str], *, ended: bool) -> None:
        cursor = self._cursors.get(key)
        if cursor is None:
            if not parts:
                return
            cursor = self._cursors[key] = _Cursor(self._redactor)
            self._view.set_lines("intro", [])
        if cursor.at < len(parts):
            text = cursor.feed("".join(parts[cursor.at :]))
            cursor.at = len(parts)
            self._view.append(key, text)
        if ended and not cursor.is_closed:
            cursor.is_closed = True
            self._view.append(key, cursor.finish())

    def _append_call(self, number: int, call: ToolCall, *, ended: bool) -> None:
        if f"call {number}" not in self._heads:
            self._open_call(number)
        self._append(f"arguments {number}", call.arguments, ended=ended)

    def _open_call(self, number: int) -> None:
        self._heads[f"call {number}"] = ()
        self._view.section(f"call {number}", kind="lines", gap=1, before="end")
        self._view.section(f"arguments {number}", kind="text", style="arguments", indent=2, before="end")
        self._view.set_lines("intro", [])

    def _head(self, number: int, call: ToolCall, choice: Choice) -> bool:
        """The line above a call's arguments. Validity costs a decode, so it is judged when the bytes changed."""
        key = f"call {number}"
        if key not in self._heads:
            return False
        ended = choice.finish_reason_raw is not None
        before = self._heads[key]
        now = (call.name, call.argument_bytes, ended)
        if now == before:
            return False
        self._heads[key] = now
        validity = "valid" if ended and not call.arguments and call.type == "function" else call.validity()
        self._show_head(number, self._redactor.known(call.name), call.argument_bytes, validity)
        return True

    def _show_head(self, number: int, name: str, size: int, validity: Validity) -> None:
        head = assembled(
            (Clean("ƒ "), "$metric-label"),
            (clean_line(name) or Clean("…"), "bold $tool-name"),
            (clean_line(f"  {size_words(size)}  "), "$metric-label"),
            MARKS[validity],
        )
        self._view.set_lines(f"call {number}", [head])

    def _show_end(self, state: StreamState) -> None:
        """The server's own words, whole, when something went wrong; its remarks and its own timings."""
        lines = self._end_lines(state, state.answer.timings)
        key = tuple(line.plain for line in lines)
        if self._heads.get("end", ()) == key:
            return
        self._heads["end"] = key
        self._view.set_lines("intro", [])
        self._view.set_lines("end", lines)

    def _end_lines(self, state: StreamState | Snapshot, timings: ServerTimings | None) -> list[Content]:
        """In a blind round only that something went wrong."""
        if not self._blind.hides:
            ending = _error_lines(state)
            return [*ending, *_schema_lines(state.schema_errors), *_remark_lines(state.remarks, timings)]
        words = hidden_ending(state) if state.error is not None else ""
        said = [content(clean_line(f"{words[:1].upper()}{words[1:]}."), "$phase-failed")] if words else []
        return [*said, *_schema_lines(state.schema_errors)]


def _same(shown: Turn, turn: Turn) -> bool:
    """Whether what is shown of a turn is what it is now."""
    return shown.asked is turn.asked and shown.snapshot is turn.snapshot and shown.choice == turn.choice


def _error_lines(state: StreamState | Snapshot) -> list[Content]:
    """What went wrong, in words; its codes are in the inspector."""
    error = state.error
    if error is None or state.phase is Phase.COMPLETE:
        return []
    facts = " · ".join(
        part
        for part in (
            f"HTTP {cause_words(error)}" if error.kind == "http" else "",
            f"try again in {seconds_words(error.retry_after_s)}" if error.retry_after_s is not None else "",
            f"{len(state.attempts)} attempts" if len(state.attempts) > 1 else "",
        )
        if part
    )
    lines = [content(clean_line(line), "$phase-failed") for line in clean_text(error.message).split("\n")]
    return [*lines, content(clean_line(facts), "$metric-label")] if facts else lines


def _schema_lines(errors: tuple[str, ...] | None) -> list[Content]:
    """Whether the answer follows its schema, and each thing that does not."""
    if errors is None:
        return []
    if not errors:
        return [content(Clean("✓ follows the schema"), "$metric-good")]
    head = content(Clean("✗ does not follow the schema"), "$metric-bad")
    return [head, *(content(clean_line(f"  {error}"), "$metric-warn") for error in errors)]


def _remark_lines(said: tuple[str, ...], timings: ServerTimings | None) -> list[Content]:
    remarks = [content(clean_line(remark), "$metric-warn") for remark in said]
    if timings is None:
        return remarks
    figures = (
        ("total", timings.total_ns),
        ("load", timings.load_ns),
        ("prompt", timings.prompt_ns),
        ("writing", timings.generation_ns),
    )
    words = " · ".join(f"{name} {duration_text(value)}" for name, value in figures if value is not None)
    return [*remarks, content(clean_line(f"server's own: {words}"), "$metric-label")] if words else remarks
