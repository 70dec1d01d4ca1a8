"""What the live panel of a pane says, as pieces of text with style names: pure, so that every width can be tested.

The lines are built for a width; what does not fit is left out from the least important on, never cut in half.
"""

from dataclasses import dataclass
from typing import TypeAlias

from tui.app.panes.waiting_words import first_fitting, last_call_words, quiet_words, retry_words, waiting_words
from tui.app.state_words import choice_glyph, quiet_ns
from tui.core.clean import Clean, clean_line
from tui.core.cost import cost_of, cost_of_snapshot
from tui.core.figures import clock_text, cost_text, count_text, duration_text, rate_text, sparkline
from tui.core.phase import Phase
from tui.core.snapshot import Snapshot
from tui.core.stream import StreamState
from tui.core.timeline import Metrics

Line: TypeAlias = list[tuple[Clean, str]]
"""Texts, each with the name of the component style it is drawn in: label, value, spark, reasoning, notice, choice."""
_Line: TypeAlias = list[tuple[str, str]]
"""The same before it has passed the gate."""

_SECOND_NS = 1_000_000_000
_GAP = "  "


@dataclass(frozen=True, slots=True)
class _Item:
    label: str
    value: str
    suffix: str = ""

    def pieces(self) -> _Line:
        """The label before, the unit after, both quieter than the value."""
        pieces: _Line = []
        if self.label:
            pieces.append((f"{self.label} ", "label"))
        pieces.append((self.value, "value"))
        if self.suffix:
            pieces.append((f" {self.suffix}", "label"))
        return pieces


def panel_lines(
    state: StreamState | None, now_ns: int, width: int, rows: int, choice: int = 0, *, unfolded: bool = False
) -> list[Line]:
    """At most `rows` lines for one pane and those for reasoning and choices, none wider than `width` cells.

    `unfolded` says that the reasoning itself is on show below.
    """
    if state is None or state.timeline.origin_ns is None:
        return [[]]
    lines = _lines(state, now_ns, width, rows, choice, unfolded=unfolded)
    return [[(clean_line(text), style) for text, style in line] for line in lines]


def hidden_lines(state: StreamState | None, width: int, choice: int, *, unfolded: bool) -> list[Line]:
    """What a blind round leaves of these lines: that there is reasoning, and which of several choices is shown."""
    if state is None:
        return [[]]
    found = state.answer.choices.get(choice)
    lines: list[_Line] = []
    if found is not None and found.reasoning:
        words = "✻ thinking" if state.is_thinking else "✻ thought"
        lines.append(_with_hint(words, width, unfolded=unfolded))
    if len(state.answer.choices) > 1:
        lines.append(_choices_line(state, choice, width, says_why=False))
    return [[(clean_line(text), style) for text, style in line] for line in lines] or [[]]


def kept_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """The figures of an answer whose stream is gone, in one line of at most `width` cells."""
    metrics, cost = snapshot.metrics, cost_of_snapshot(snapshot)
    figures = [_Item("", clock_text(metrics.operation_duration_ns or 0))]
    if metrics.time_to_first_token_ns is not None:
        figures = [*_token_figures(metrics, metrics.average_rate), *figures]
    if cost:
        figures.append(_Item("", cost_text(cost.total, estimated=cost.is_estimated)))
    line, _ = _split([figure.pieces() for figure in figures], width)
    return [[(clean_line(text), style) for text, style in line]]


def _lines(state: StreamState, now_ns: int, width: int, rows: int, choice: int, *, unfolded: bool) -> list[_Line]:
    groups = [item.pieces() for item in _figures(state, now_ns)]
    silence = quiet_ns(state, now_ns)
    if rows == 1 and silence is not None:
        groups[1] = [(f"quiet {silence // _SECOND_NS} s", "notice")]  # there is no second line to say it, and no rate
    elif rows == 1 and (waiting := _waiting_in_one_row(state, now_ns, width)):
        groups[1] = [(waiting, "label")]
    if rows == 1 and state.phase is Phase.RETRYING:
        groups = [_beside(state, now_ns, width), *groups]
    figures, left_over = _split(groups, width)
    lines = [figures]
    if rows > 1 and ((pace := _pace_line(state, now_ns, width, left_over)) or not state.is_over):
        lines.append(pace)  # an empty one is kept while it may yet be filled, so that the answer below stands still
    if (reasoning := _reasoning_line(state, now_ns, width, choice, unfolded=unfolded)) and rows > 1:
        lines.append(reasoning)
    if len(state.answer.choices) > 1:
        lines.append(_choices_line(state, choice, width))
    return lines


def _waiting_in_one_row(state: StreamState, now_ns: int, width: int) -> str:
    """What is waited for, in the room that a rate would have beside the dash for the first token."""
    if state.phase not in (Phase.CONNECTING, Phase.WAITING):
        return ""
    return waiting_words(state, now_ns, width - len("TTFT –") - len(_GAP))


def _figures(state: StreamState, now_ns: int) -> list[_Item]:
    """The figures of the first line, most important first."""
    timeline, metrics = state.timeline, state.metrics()
    ttft = metrics.time_to_first_token_ns
    rate = metrics.average_rate if state.is_over else timeline.rate_now(now_ns, state.rate_scale())
    elapsed = _Item("", clock_text(timeline.elapsed_ns(now_ns)))
    if ttft is None and (state.is_over or state.phase is Phase.RETRYING):
        return [elapsed]  # no token came: a row of dashes would say it worse than the ending does
    figures = [*_token_figures(metrics, rate), elapsed]
    if cost := cost_of(state):
        figures.append(_Item("", cost_text(cost.total, estimated=cost.is_estimated)))
    if timeline.first_token_ns and timeline.start_ns and timeline.start_ns != timeline.origin_ns:
        figures.insert(1, _Item("last try", duration_text(timeline.first_token_ns - timeline.start_ns)))
    return figures


def _token_figures(metrics: Metrics, rate: float | None) -> list[_Item]:
    tokens = metrics.output_tokens
    return [
        _Item("TTFT", duration_text(metrics.time_to_first_token_ns, at_most=metrics.ttft_may_be_late)),
        _Item("", rate_text(rate), "tok/s"),
        _Item("", count_text(tokens, estimated=metrics.tokens_are_estimated and tokens is not None), "tok"),
    ]


def _split(groups: list[_Line], width: int) -> tuple[_Line, list[_Line]]:
    """The groups of pieces that fit on one line, and those that are left for the next."""
    line: _Line = []
    for position, group in enumerate(groups):
        longer = [*line, (_GAP, "label"), *group] if line else group
        if _width(longer) > width:
            return line, groups[position:]
        line = longer
    return line, []


def _width(line: _Line) -> int:
    return sum(len(text) for text, _ in line)


def _pace_line(state: StreamState, now_ns: int, width: int, left_over: list[_Line]) -> _Line:
    """The sparkline with what stands beside it: a notice when the stream is silent, the average otherwise."""
    notice = _beside(state, now_ns, width)
    beside, _ = _split([notice, *left_over] if _width(notice) else left_over, width)
    room = width - _width(beside) - (len(_GAP) if beside else 0)
    bars = sparkline(state.timeline.sparkline(now_ns, room, state.rate_scale()), room)
    if not bars:
        return beside
    return [(bars.ljust(room), "spark"), (_GAP, "label"), *beside] if beside else [(bars, "spark")]


def _beside(state: StreamState, now_ns: int, width: int) -> _Line:
    if state.answer.activity and not state.is_over:
        return [(clean_line(state.answer.activity)[:width], "notice")]
    if state.phase in (Phase.QUEUED, Phase.CONNECTING, Phase.WAITING):
        return [(waiting_words(state, now_ns, width), "label")]
    if state.phase is Phase.RETRYING:
        return [(retry_words(state, now_ns, width), "notice")]
    if words := quiet_words(state, now_ns, width) or last_call_words(state, now_ns, width):
        return [(words, "notice")]
    metrics = state.metrics()
    if state.is_over:
        output_ns = metrics.time_to_first_output_token_ns
        if output_ns is not None and output_ns != metrics.time_to_first_token_ns:
            return [("answer at ", "label"), (duration_text(output_ns), "value")]
        if metrics.longest_gap_ns is None:
            return []
        longest = duration_text(metrics.longest_gap_ns, at_most=metrics.gaps_may_be_late)
        return [("longest gap ", "label"), (longest, "value")]
    if metrics.average_rate is None:
        return []
    return [("avg ", "label"), (rate_text(metrics.average_rate), "value")]


def _reasoning_line(state: StreamState, now_ns: int, width: int, choice: int, *, unfolded: bool) -> _Line:
    """The reasoning lane: how long it took and how much it was."""
    timeline = state.timeline
    found = state.answer.choices.get(choice)
    if timeline.first_reasoning_ns is None or found is None or not found.reasoning:
        return []
    until = now_ns if state.is_thinking else timeline.last_reasoning_ns
    spent = clock_text((until or now_ns) - timeline.first_reasoning_ns)
    usage = state.answer.usage
    if usage and usage.reasoning is not None:
        amount = f"{count_text(usage.reasoning)} tok"
    else:
        amount = f"{found.reasoning.chars} chars"
    verb = "thinking" if state.is_thinking else "thought"
    words = first_fitting(width, f"✻ {verb} {spent} · {amount}", f"✻ {verb} {spent}", f"✻ {spent}")
    return _with_hint(words, width, unfolded=unfolded)


def _with_hint(words: str, width: int, *, unfolded: bool) -> _Line:
    hint = "  ctrl+t hides it" if unfolded else "  ctrl+t shows it"
    return [(words, "reasoning"), (hint if len(words) + len(hint) <= width else "", "label")]


def _choices_line(state: StreamState, current: int, width: int, *, says_why: bool = True) -> _Line:
    """One tab per choice; the shown one in brackets, so that it is seen without colour too, and always in view.

    Beside them stands why the shown one ended, which may be another reason than that of its neighbours.
    """
    tabs: _Line = []
    at = 0
    for position, choice in enumerate(state.answer.ordered_choices()):
        mark = choice_glyph(choice)
        label = f" {choice.index + 1}{mark} "
        if choice.index == current:
            at, label = position, f"[{label.strip()}]"
        tabs.append((label, "choice"))
    first, last = at, at + 1
    while last < len(tabs) and _width(tabs[first : last + 1]) <= width:
        last += 1
    while first > 0 and _width(tabs[first - 1 : last]) <= width:
        first -= 1
    line = tabs[first:last] if _width(tabs[first:last]) <= width else []
    shown = state.answer.choices.get(current)
    reason = (shown.finish_reason or "").replace("_", " ") if shown and says_why else ""
    wordings = (f"  {reason} · [ ] switch", f"  {reason}") if reason else ("  [ ] switch",)
    hint = first_fitting(width - _width(line), *wordings)
    return [*line, (hint, "label")] if hint else line
