"""What the live panel of a pane says, as pieces of text with style names: pure, so that every width can be tested.

The lines are built for a width; what does not fit is left out from the least important on, never cut in half.
"""

from dataclasses import dataclass
from typing import TypeAlias

from tui.app.figures import clock_text, count_text, duration_text, rate_text, sparkline
from tui.app.state_words import quiet_ns
from tui.core.clean import clean_line
from tui.core.phase import Phase
from tui.core.stream import StreamState

Piece: TypeAlias = tuple[str, str]
"""Text, and the name of the component style it is drawn in: label, value, spark, reasoning, notice, choice."""
Line: TypeAlias = list[Piece]

_GAP = "  "


@dataclass(frozen=True, slots=True)
class _Item:
    label: str
    value: str
    suffix: str = ""

    def pieces(self) -> Line:
        """The label before, the unit after, both quieter than the value."""
        pieces: Line = []
        if self.label:
            pieces.append((f"{self.label} ", "label"))
        pieces.append((self.value, "value"))
        if self.suffix:
            pieces.append((f" {self.suffix}", "label"))
        return pieces

    @property
    def width(self) -> int:
        return sum(len(text) for text, _ in self.pieces())


def panel_lines(state: StreamState | None, now_ns: int, width: int, rows: int, choice: int = 0) -> list[Line]:
    """At most `rows` lines for one pane, `width` cells wide each."""
    if state is None or state.timeline.start_ns is None:
        return [[]]
    figures, left_over = _split(_figures(state, now_ns), width)
    lines = [figures]
    if rows > 1:
        lines.append(_pace_line(state, now_ns, width, left_over))
    if (reasoning := _reasoning_line(state, now_ns, width, choice)) and rows > 1:
        lines.append(reasoning)
    if len(state.answer.choices) > 1:
        lines.append(_choices_line(state, choice))
    return lines


def _figures(state: StreamState, now_ns: int) -> list[_Item]:
    """The figures of the first line, most important first."""
    timeline = state.timeline
    tokens, estimated = state.output_tokens
    ttft = timeline.first_token_ns - timeline.start_ns if timeline.first_token_ns and timeline.start_ns else None
    rate = state.metrics().average_rate if state.is_over else timeline.rate_now(now_ns, state.rate_scale())
    return [
        _Item("TTFT", duration_text(ttft)),
        _Item("", rate_text(rate), "tok/s"),
        _Item("", count_text(tokens, estimated=estimated and tokens is not None), "tok"),
        _Item("", clock_text(timeline.elapsed_ns(now_ns))),
    ]


def _split(items: list[_Item], width: int) -> tuple[Line, Line]:
    """The items that fit on one line, and those that are left for the next."""
    line: Line = []
    used = 0
    for position, item in enumerate(items):
        needed = item.width + (len(_GAP) if line else 0)
        if used + needed > width:
            return line, _joined(items[position:])
        line += [(_GAP, "label"), *item.pieces()] if line else item.pieces()
        used += needed
    return line, []


def _joined(items: list[_Item]) -> Line:
    return [piece for item in items for piece in ((_GAP, "label"), *item.pieces())]


def _pace_line(state: StreamState, now_ns: int, width: int, left_over: Line) -> Line:
    """The sparkline with what stands beside it: a notice when the stream is silent, the average otherwise."""
    beside = _beside(state, now_ns)
    beside += left_over if beside else left_over[1:]
    room = width - sum(len(text) for text, _ in beside) - len(_GAP)
    values = state.timeline.sparkline(now_ns, room, state.rate_scale())
    bars = sparkline(values, room)
    if not bars:
        return beside
    return [(bars.ljust(room), "spark"), (_GAP, "label"), *beside] if beside else [(bars, "spark")]


def _beside(state: StreamState, now_ns: int) -> Line:
    if state.phase in (Phase.QUEUED, Phase.CONNECTING, Phase.WAITING):
        return [(_waiting_words(state), "label")]
    if state.answer.activity and not state.is_over:
        return [(clean_line(state.answer.activity), "notice")]
    if (silence := quiet_ns(state, now_ns)) is not None:
        return [(_quiet_words(state, silence), "notice")]
    metrics = state.metrics()
    if state.is_over:
        output_ns = metrics.time_to_first_output_token_ns
        if output_ns is not None and output_ns != metrics.time_to_first_token_ns:
            return [("answer at ", "label"), (duration_text(output_ns), "value")]
        if metrics.longest_gap_ns is None:
            return []
        return [("longest gap ", "label"), (duration_text(metrics.longest_gap_ns), "value")]
    if metrics.average_rate is None:
        return []
    return [("avg ", "label"), (rate_text(metrics.average_rate), "value")]


def _waiting_words(state: StreamState) -> str:
    comments = state.counts.comments
    if state.timeline.first_byte_ns is not None and comments:
        return f"server alive, {comments} ping{'s' if comments > 1 else ''}, no text yet"
    return ""


def _quiet_words(state: StreamState, silence_ns: int) -> str:
    timeline = state.timeline
    is_alive = (timeline.last_byte_ns or 0) > (timeline.last_token_ns or 0)
    seconds = silence_ns // 1_000_000_000
    return f"server alive, no text for {seconds} s" if is_alive else f"quiet {seconds} s"


def _reasoning_line(state: StreamState, now_ns: int, width: int, choice: int) -> Line:
    """The reasoning lane, collapsed: how long it took and how much it was."""
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
    words = f"✻ {verb} {spent} · {amount}"
    hint = "  ctrl+t shows it"
    return [(words, "reasoning"), (hint if len(words) + len(hint) <= width else "", "label")]


def _choices_line(state: StreamState, current: int) -> Line:
    """One tab per choice; the shown one in brackets, so that it is seen without colour too."""
    line: Line = []
    for choice in state.answer.ordered_choices():
        mark = "✓" if choice.finish_reason_raw else "●"
        label = f" {choice.index + 1}{mark} "
        line.append((f"[{label.strip()}]" if choice.index == current else label, "choice"))
    return [*line, ("  [ ] switch", "label")]
