"""The diff view: what two targets said, side by side and word by word.

While they still answer the comparison is made again about once a second, and of long texts in a thread.
"""

from bisect import bisect_left
from collections.abc import Mapping, Set
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.worker import Worker

from tui.app.actions import Place
from tui.app.diff.column import DiffColumn
from tui.app.diff.head import DiffHead, comparison_words
from tui.app.diff.maker import Order, SheetMaker
from tui.app.diff.metric_table import metric_lines, metric_rows
from tui.app.diff.sheet import Layout, Sheet, unified_text
from tui.app.diff.subject import Subject, source_of
from tui.app.notices import say
from tui.app.run import Run
from tui.app.shown import Styled, content, name_shown
from tui.app.state_words import state_word
from tui.app.text.view import TextView
from tui.app.views.view import View
from tui.core.clean import Clean, clean_line
from tui.core.diff import Change
from tui.core.figures import grouped

SIDE_BY_SIDE: Final = 90
"""Cells from which on there are two columns."""
_AGAIN_NS: Final = 1_000_000_000
"""Between two comparisons of texts that still grow: words that jump about faster cannot be read."""
_IDLE_SHARE: Final = 4
"""How much longer than a comparison took the next one is waited for: streams come first."""
_CHROME: Final = 4
"""Cells of a column that its text cannot have: the border and one of padding on either side."""


class DiffView(View, can_focus=True):
    """Two targets compared."""

    PLACE: ClassVar[Place] = Place.DIFF
    DEFAULT_CSS = """
    DiffView {
        & > .-one { display: none; height: 1fr; }
        & > Horizontal { height: 1fr; }
        &.-unified > .-one { display: block; }
        &.-unified > Horizontal { display: none; }
        &:focus .-at, &:focus > .-one { border: round $pane-border-focus; }
    }
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._head = DiffHead()
        self._sides = (DiffColumn(classes="-at"), DiffColumn())
        self._one = DiffColumn(classes="-one")
        self._names: list[str] = []
        """Left and right."""
        self._at = 0
        """The side the user is at."""
        self._seen_at: str | None = None
        """The target the user was at elsewhere, when the view was opened last."""
        self._subject = Subject.ANSWER
        self._maker = SheetMaker(self, self._show_sheet)
        self._ordered: Order | None = None
        self._ordered_ns = 0
        self._sheet: Sheet | None = None
        self._current: int | None = None
        """The change the user went to."""
        self._is_stale = True
        """There is more than what was ordered last."""
        self._took_ns = 0
        """How long the last sheet was in the making."""
        self._lines: list[Content] = []
        """What is shown in place of a sheet."""

    def compose(self) -> ComposeResult:
        """What is compared, and both texts."""
        yield self._head
        yield Horizontal(*self._sides)
        yield self._one

    def on_unmount(self) -> None:
        """Let no thread outlive the screen by much."""
        self._maker.give_up()

    def on_resize(self, _event: events.Resize) -> None:
        """One column or two, as wide as there is room."""
        self.call_after_refresh(self._refresh_now)

    # -- who and what -----------------------------------------------------------------------------------------------

    @property
    def target_name(self) -> str | None:
        """The target on the side the user is at."""
        names = self._partners()
        return names[self._at] if names else None

    def look_at(self, name: str | None) -> None:
        """Compare the target the user was at, if that is another one than last time; else leave the two as they are."""
        if name is None or name == self._seen_at or not self._partners():
            return
        self._seen_at = name
        if name not in self._names:
            self._put(0, name)
        self._at = self._names.index(name)

    def targets_changed(self, renamed: Mapping[str, str]) -> None:
        """The same two, under their new names too."""
        self._names = [renamed.get(name, name) for name in self._names]

    def dealt(self) -> None:
        """The first two, whoever they are."""
        self._names, self._at, self._seen_at = [], 0, None
        self._begin_anew()

    def revealed(self) -> None:
        """The same texts; figures and names come with the next look."""
        self._refresh_now()

    def _partners(self) -> list[str]:
        """Left and right; none at all while there are no two targets."""
        every = [target.name for target in self.run.placed]
        if len(every) < 2:
            return []
        kept = [name for name in self._names if name in every]
        self._names = [*kept, *(name for name in every if name not in kept)][:2]
        return self._names

    def action_partner(self, side: int, by: int) -> None:
        """The next target on a side, the other side's left out."""
        names = self._partners()
        others = [target.name for target in self.run.placed if not names or target.name != names[1 - side]]
        if not names or len(others) < 2:
            say(self, "There is no other target to compare with.")
            return
        self._put(side, others[(others.index(names[side]) + by) % len(others)])

    def action_choose(self, number: int) -> None:
        """This target on the side that has the focus; when it is on the other one, they change places."""
        self._put(self._at, self.run.placed[number - 1].name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are as many targets to choose as there are."""
        return action != "choose" or (parameters[0] in range(1, len(self.run.placed) + 1) and bool(self._partners()))

    def action_swap(self) -> None:
        """Left and right change places."""
        if names := self._partners():
            current, self._names = self._current, names[::-1]
            self._begin_anew()
            if self._sheet is not None:
                self._current = current
                self._draw_rows()
                self._refresh_now()

    def action_subject(self, by: int) -> None:
        """Compare something else of the two."""
        self._choose_subject(self._subject.next(by))

    def on_diff_head_chosen(self, message: DiffHead.Chosen) -> None:
        """A subject was clicked."""
        self._choose_subject(message.subject)

    def _choose_subject(self, subject: Subject) -> None:
        self._subject = subject
        self._begin_anew()

    def _put(self, side: int, name: str) -> None:
        names = list(self._partners())
        if name == names[1 - side]:
            names.reverse()
        names[side] = name
        if names != self._names:
            self._names = names
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Other texts: nothing that is on show belongs to them."""
        self._maker.give_up()
        self._ordered = self._sheet = self._current = None
        self._refresh_now()

    # -- drawing ----------------------------------------------------------------------------------------------------

    def show_changed(self, names: Set[str]) -> None:
        """Note that there is more; a comparison is no matter of frames."""
        self._is_stale = self._is_stale or not names.isdisjoint(self._partners())

    def show_figures(self, now_ns: int) -> None:
        """Compare when it is time to, and say how things stand."""
        names = self._partners()
        if names and self._subject is Subject.METRICS:
            self._show_metrics(names, now_ns)
        elif names and self._is_due(names, now_ns):
            self._order(names, now_ns)
        self._show_words(names, now_ns)

    def _refresh_now(self) -> None:
        if self.is_shown and self.size:
            self.show_figures(self.run.clock.now_ns())

    def _is_due(self, names: list[str], now_ns: int) -> bool:
        if not self.size or self._maker.is_busy:
            return False
        if self._ordered is None or self._ordered.layout != self._layout():
            return True
        is_over = not self._names_running(names)
        return self._is_stale and (is_over or now_ns - self._ordered_ns >= max(_AGAIN_NS, _IDLE_SHARE * self._took_ns))

    def _layout(self) -> Layout:
        width = self.size.width
        return Layout(2, width // 2 - _CHROME) if width >= SIDE_BY_SIDE else Layout(1, width - _CHROME)

    def _names_running(self, names: list[str]) -> list[str]:
        states = [self.run.state(name) for name in names]
        return [self.run.called(name) for name, state in zip(names, states, strict=True) if state and not state.is_over]

    def _order(self, names: list[str], now_ns: int) -> None:
        left, right = [source_of(self.run.state(name), self._subject) for name in names]
        order = Order(left, right, self._layout())
        self._is_stale = False
        self._ordered_ns = now_ns
        if order == self._ordered:
            return
        self._ordered = order
        self._maker.order(order)
        if self._sheet is None:
            self._show_instead([content(Clean("Comparing …"), "$metric-label")])

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A sheet may be ready."""
        self._maker.ended(event.worker)

    def _show_sheet(self, order: Order, sheet: Sheet) -> None:
        is_first = self._sheet is None
        now_ns = self.run.clock.now_ns()
        self._took_ns = now_ns - self._ordered_ns
        self._sheet = sheet
        if self._current is not None and self._current >= len(sheet.comparison.changes):
            self._current = None
        self.set_class(sheet.layout.columns == 1, "-unified")
        self._lines = []
        self._draw_rows()
        if is_first:
            for column in self._columns:
                column.text.move_to_top()
        self._show_words(self._partners(), now_ns)

    def _draw_rows(self) -> None:
        if self._sheet is not None:
            self._sheet.stand_out(self._change)
            for column, rows in zip(self._columns, self._sheet.columns, strict=True):
                column.show_rows(rows)

    def _show_metrics(self, names: list[str], now_ns: int) -> None:
        if self.run.blind.hides:
            self._show_instead([content(clean_line(self.run.blind.sentence), "$metric-label")])
            return
        rows = metric_rows(self.run.state(names[0]), self.run.state(names[1]), now_ns)
        self._show_instead(metric_lines(rows, (names[0], names[1]), self.size.width - _CHROME))

    def _show_instead(self, lines: list[Content]) -> None:
        self.add_class("-unified")
        if lines != self._lines:
            self._lines = lines
            self._one.show_lines(lines)

    @property
    def _columns(self) -> tuple[DiffColumn, ...]:
        return (self._one,) if self.has_class("-unified") else self._sides

    @property
    def _change(self) -> Change | None:
        return None if self._current is None or self._sheet is None else self._sheet.comparison.changes[self._current]

    # -- words ------------------------------------------------------------------------------------------------------

    def _show_words(self, names: list[str], now_ns: int) -> None:
        if not names:
            self._show_instead([content(Clean("A diff needs two targets; there is only one."), "$metric-label")])
            self._head.show_words(self._subject, [])
            return
        for side, column in enumerate(self._sides):
            column.set_class(side == self._at, "-at")
            column.show_border(self._title(names[side], side, now_ns), self._amount(side))
        both = [*self._title(names[0], 0, now_ns), (Clean("  →  "), "$metric-label"), *self._title(names[1], 1, now_ns)]
        self._one.show_border(both, Clean(""))
        self._head.show_words(self._subject, self._head_words(names))

    def _title(self, name: str, side: int, now_ns: int) -> list[Styled]:
        word = state_word(self.run.state(name), now_ns)
        is_here = side == self._at and self.has_focus
        return [
            (clean_line(f"{word.glyph} {word.word}"), f"${word.style}"),
            (Clean(" · "), ""),
            (name_shown(self.run.called(name)), "bold underline" if is_here and self.has_class("-unified") else "bold"),
        ]

    def _amount(self, side: int) -> Clean:
        if self._ordered is None or self.run.blind.hides:
            return Clean("")
        chars = (self._ordered.right if side else self._ordered.left).chars
        return clean_line(f"{grouped(chars)} characters") if chars else clean_line(f"no {self._subject}")

    def _head_words(self, names: list[str]) -> list[str]:
        running = self._names_running(names)
        streaming = [f"{' and '.join(running)} still streaming"] if running else []
        if self._subject is Subject.METRICS or self._ordered is None:
            return streaming
        if self._sheet is None:
            return ["comparing …", *streaming]
        sources = (self._ordered.left, self._ordered.right)
        without = [self.run.called(name) for name, source in zip(names, sources, strict=True) if not source.chars]
        if without:
            return [f"no {self._subject} from {' and '.join(without)}", *streaming]
        return [*comparison_words(self._sheet.comparison, self._current), *streaming]

    # -- moving -----------------------------------------------------------------------------------------------------

    def enter(self, by: int = 0) -> None:
        """To the side the user was at, the first, or the last."""
        self._at = self._at if by == 0 else 0 if by > 0 else 1
        self.focus()
        self._refresh_now()

    def step(self, by: int) -> bool:
        """To the other side."""
        if self._at + by not in (0, 1):
            return False
        self._at += by
        self._refresh_now()
        return True

    def on_diff_column_chosen(self, message: DiffColumn.Chosen) -> None:
        """A side was clicked."""
        if message.column in self._sides:
            self._at = self._sides.index(message.column)
        self.focus()
        self._refresh_now()

    def on_text_view_scrolled(self, message: TextView.Scrolled) -> None:
        """The other side comes along."""
        self._align(message.view)

    def _align(self, leader: TextView) -> None:
        # Where the leader is now, and not where it was when it said so: two messages on their way would else push both
        # sides to and fro.
        if leader in [column.text for column in self._columns]:
            for column in self._columns:
                column.text.move_rows(leader.rows_above - column.text.rows_above)

    @property
    def _text(self) -> TextView:
        """What scrolling keys move; the other side comes along."""
        return self._columns[0].text

    def action_scroll_rows(self, by: int) -> None:
        """One row."""
        self._text.move_rows(by)
        self._align(self._text)

    def action_scroll_half(self, by: int) -> None:
        """Half a page."""
        self.action_scroll_rows(by * max(1, self._text.size.height // 2))

    def action_scroll_top(self) -> None:
        """To the beginning."""
        self._text.move_to_top()
        self._align(self._text)

    def action_scroll_end(self) -> None:
        """To the end."""
        self._text.move_to_end()
        self._align(self._text)

    def action_change(self, by: int) -> None:
        """To the next change or the one before, round at the ends; at first to the one nearest to what is on show."""
        changes = self._sheet.comparison.changes if self._sheet is not None else ()
        if self._sheet is None or not changes:
            say(self, "There are no changes to go to.")
            return
        if self._current is None:
            above = bisect_left(changes, self._text.rows_above, key=self._sheet.row_of)
            self._current = (above if by > 0 else above - 1) % len(changes)
        else:
            self._current = (self._current + by) % len(changes)
        self._draw_rows()
        self._show_row(self._sheet.row_of(changes[self._current]))
        self._refresh_now()

    def _show_row(self, row: int) -> None:
        top, height = self._text.rows_above, self._text.size.height
        if not top <= row < top + height:
            self.action_scroll_rows(max(0, row - height // 3) - top)

    def action_copy(self) -> None:
        """The comparison as text, to the clipboard."""
        if self._subject is Subject.METRICS:
            text = "".join([f"{line.plain}\n" for line in self._lines if not self.run.blind.hides])
        else:
            text = unified_text(self._sheet.comparison) if self._sheet is not None else ""
        if not text:
            say(self, "There is no comparison to copy yet.")
            return
        self.app.copy_to_clipboard(text)
        say(self, f"Copied the comparison: {grouped(len(text))} characters.")
