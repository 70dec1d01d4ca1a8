"""The race: all targets in one table, where the time of each went, and the token rates over time.

Three sheets of lines are drawn anew five times a second at most, the plot once; a row that is the same costs nothing.
Rows change places no more than once a second while streams run, and not just after the user moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.message import Message

from tui.app.actions import Place
from tui.app.blind.notice import BlindNotice
from tui.app.notices import say
from tui.app.panes.waiting_words import first_fitting
from tui.app.race.axis import Axis
from tui.app.race.cells import cell_text
from tui.app.race.plot_lines import plot_lines
from tui.app.race.shares import Below, Shares, choices, first_row, shares
from tui.app.race.sheet import Sheet
from tui.app.race.table_lines import Table, column_at, first_column_for, gutter_cells, table_lines
from tui.app.race.waterfall_lines import TOTAL_CELLS, axis_line, elapsed_ns, legend_line, waterfall_lines
from tui.app.run import Run
from tui.app.shown import Styled, assembled
from tui.app.views.view import View
from tui.core.clean import Clean, clean_line
from tui.core.comparison import COLUMNS, Column, Entry, Unit, in_order
from tui.core.figures import clock_text, cost_text, grouped, rate_text
from tui.core.totals import totals

RESORT_NS: Final = 1_000_000_000
"""Rows stay where they are for at least this long."""
PLOT_NS: Final = 1_000_000_000
"""The plot shows means of a second, so it need not be drawn more often."""

_BESIDE_TITLE: Final = len("race") + 6
"""Cells of the top border that the words after the view's name cannot have."""

_NAMES, *_SCROLLING = COLUMNS
_DIRECTIONS: Final = {
    Unit.PLACE: ("in the order of the line-up", "in the order of the line-up, backwards"),
    Unit.STATE: ("earliest first", "latest first"),
    Unit.WORDS: ("a to z", "z to a"),
}
"""What the two directions of a sort are called, where they are not lowest and highest first."""


class RaceView(View, can_focus=True):
    """Table, waterfall, plot."""

    PLACE: ClassVar[Place] = Place.RACE
    DEFAULT_CSS = """
    RaceView {
        border: round $pane-border;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        border-title-background: transparent;
        padding: 0 1;
        &:focus { border: round $pane-border-focus; }
        & > #waterfall.-apart, & > #plot.-apart { margin-top: 1; }
    }
    """

    @dataclass
    class Opened(Message):
        """The user wants to read a target's answer."""

        name: str

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._table_sheet, self._waterfall_sheet, self._plot_sheet = (
            Sheet(id=part) for part in ("table", "waterfall", "plot")
        )
        self._notice = BlindNotice()
        self._cursor = ""
        """The target the user is at; empty for the first."""
        self._chosen: Column = _NAMES
        self._sorted_by: Column = _NAMES
        self._descending = False
        self._order: list[str] = []
        self._settled_ns: int | None = None
        """When rows were last put in order, or the user last moved."""
        self._plotted_ns: int | None = None
        """When the plot was last drawn. None when it is to be drawn at once."""
        self._plotted_on: tuple[int, int, Axis] | None = None
        """In what room, and on which axis."""
        self._below = 0
        """How often the user asked for something else below the table."""
        self._first_row = self._first_bar = self._first_column = 0
        self._table: Table | None = None
        self._border_words: tuple[list[Styled], str] = ([], "")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._table_sheet
        yield self._waterfall_sheet
        yield self._plot_sheet
        yield self._notice

    def on_resize(self, _event: events.Resize) -> None:
        """Share the room anew."""
        if self.is_shown:
            self._show_now()

    # -- drawing ----------------------------------------------------------------------------------------------------

    def targets_changed(self, renamed: Mapping[str, str]) -> None:
        """The table follows by itself; the plot is drawn seldom and would still name those that went."""
        self._cursor = renamed.get(self._cursor, self._cursor)
        self._plotted_ns = None

    def go_to_added(self, name: str) -> None:
        """The cursor on its row."""
        if name in self._order:
            self._go_to(self._order.index(name))

    def dealt(self) -> None:
        """To the first row, whoever that is."""
        self._show_nobody()
        self._settled_ns = self._plotted_ns = None

    def revealed(self) -> None:
        """In a new order, and with a new plot."""
        self._settled_ns = self._plotted_ns = None

    def show_figures(self, now_ns: int) -> None:
        """Everything, as of now."""
        self._notice.show_sentence(self.run.blind.sentence if self.run.blind.hides else "")
        if self.run.blind.hides:
            self._show_hidden()
        elif not self.run.targets:
            self._show_nobody()
        elif self.content_size.area:
            self._show_all(now_ns)

    def _show_all(self, now_ns: int) -> None:
        entries = self._ordered(now_ns)
        places = shares(len(entries), self.content_size.height, self._what_below())
        self._give_room(places)
        self._show_table(entries, places)
        self._show_times(entries, places, now_ns)
        self._show_border(now_ns)

    def _show_nobody(self) -> None:
        self._cursor, self._order = "", []
        for sheet in (self._table_sheet, self._waterfall_sheet, self._plot_sheet):
            sheet.show([])

    def _show_hidden(self) -> None:
        for sheet in (self._table_sheet, self._waterfall_sheet, self._plot_sheet):
            sheet.display = False
        self._border_words = ([(Clean("race"), "bold $pane-title")], "")
        self.border_title, self.border_subtitle = assembled(*self._border_words[0]), None

    def _show_now(self) -> None:
        """At once, because the user did something."""
        self._plotted_ns = None
        self.show_figures(self.run.clock.now_ns())

    def _ordered(self, now_ns: int) -> list[Entry]:
        """The entries in the order of the rows, which is renewed when it is time."""
        entries = [
            Entry.of(place, target.name, self.run.state(target.name), now_ns)
            for place, target in enumerate(self.run.placed)
        ]
        names = {entry.name for entry in entries}
        is_due = self._settled_ns is None or now_ns - self._settled_ns >= RESORT_NS
        if is_due or names != set(self._order):
            self._settled_ns = now_ns
            self._order = [entry.name for entry in in_order(entries, self._sorted_by, descending=self._descending)]
        if self._cursor not in names:
            self._cursor = self._order[0]
        by_name = {entry.name: entry for entry in entries}
        return [by_name[name] for name in self._order]

    def _what_below(self) -> Below:
        possible = choices(len(self.run.targets), self.content_size.height)
        return possible[self._below % len(possible)]

    def _give_room(self, places: Shares) -> None:
        heights = {
            self._table_sheet: places.table,
            self._waterfall_sheet: places.axis + places.bars + places.legend,
            self._plot_sheet: places.plot,
        }
        for sheet, height in heights.items():
            if sheet.styles.height is None or sheet.styles.height.value != height:
                sheet.styles.height = height
            sheet.display = height > 0
        self._waterfall_sheet.set_class(places.gap > 0, "-apart")
        self._plot_sheet.set_class(places.bars > 0, "-apart")

    def _show_table(self, entries: list[Entry], places: Shares) -> None:
        width = self.content_size.width
        gutter = gutter_cells([entry.name for entry in entries], width)
        self._first_column = first_column_for(_SCROLLING, self._chosen, self._first_column, width - gutter)
        self._first_row = first_row(len(entries), places.rows, self._row, self._first_row)
        self._table = Table(
            entries, _SCROLLING, _NAMES, self._first_column, self._cursor, self._chosen, self._sorted_by,
            self._descending, width, gutter,
        )  # fmt: skip
        self._table_sheet.show(table_lines(self._table, self._first_row, places.rows))

    def _show_times(self, entries: list[Entry], places: Shares, now_ns: int) -> None:
        """Waterfall and plot, on one axis."""
        assert self._table is not None
        gutter, width = self._table.gutter, self._table.width
        longest_ns = max((elapsed_ns(entry.state, now_ns) for entry in entries if entry.state), default=0)
        axis = Axis.covering(longest_ns, width - gutter - TOTAL_CELLS)
        self._first_bar = first_row(len(entries), places.bars, self._row, self._first_bar) if places.bars else 0
        shown = entries[self._first_bar : self._first_bar + places.bars]
        legend = [legend_line(gutter, width)] if places.legend else []
        self._waterfall_sheet.show(
            [axis_line(gutter, axis), *waterfall_lines(shown, self._cursor, gutter, axis), *legend]
        )
        room = (gutter, places.plot, axis)
        is_due = self._plotted_ns is None or now_ns - self._plotted_ns >= PLOT_NS or room != self._plotted_on
        if places.plot and is_due:
            self._plotted_ns, self._plotted_on = now_ns, room
            self._plot_sheet.show(plot_lines(entries, self._cursor, gutter, axis, places.plot - 1))

    def _show_border(self, now_ns: int) -> None:
        """What the rows are sorted by and what the chosen column means above, the sums below."""
        title = self._title()
        subtitle = self._totals(now_ns)
        if (title, subtitle) != self._border_words:
            self._border_words = title, subtitle
            self.border_title = assembled(*title)
            self.border_subtitle = assembled((clean_line(subtitle), "")) if subtitle else None

    def _title(self) -> list[Styled]:
        meaning = f"{self._chosen.title}: {self._chosen.help[0].lower()}{self._chosen.help[1:-1]}"
        both = f" · {self._order_words()} · {meaning}"  # the header has an arrow too, so the meaning goes before
        words = first_fitting(self.size.width - _BESIDE_TITLE, both, f" · {meaning}")
        return [(Clean("race"), "bold $pane-title"), (clean_line(words), "")]

    def _order_words(self) -> str:
        words = _DIRECTIONS.get(self._sorted_by.unit, ("lowest first", "highest first"))[self._descending]
        return words if self._sorted_by is _NAMES else f"by {self._sorted_by.title}, {words}"

    def _totals(self, now_ns: int) -> str:
        sums = totals([state for target in self.run.targets if (state := self.run.state(target.name))], now_ns)
        if not sums.busy_ns:
            return ""
        words = [f"{grouped(sums.tokens, estimated=sums.is_estimated)} tokens"]
        if sums.cost is not None:
            words.append(cost_text(sums.cost, estimated=sums.is_cost_estimated))
        words.append(clock_text(sums.busy_ns))
        if sums.tokens_per_second is not None:
            words.append(f"{rate_text(sums.tokens_per_second)} tok/s together")
        return " · ".join(words)

    # -- where the user is ------------------------------------------------------------------------------------------

    @property
    def target_name(self) -> str | None:
        """The row the user is at; none of those that are hidden."""
        if self.run.blind.hides:
            return None
        return self._cursor or next((target.name for target in self.run.placed), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done to figures that are hidden."""
        return not self.run.blind.hides

    @property
    def _row(self) -> int:
        return self._order.index(self._cursor)

    def action_row(self, by: int) -> None:
        """So many rows down, or up."""
        if self._order:
            self._go_to(max(0, min(len(self._order) - 1, self._row + by)))

    def _go_to(self, row: int) -> None:
        self._cursor = self._order[row]
        self._settled_ns = self.run.clock.now_ns()
        self._show_now()

    def action_column(self, by: int) -> None:
        """So many columns to the right, or the left."""
        at = COLUMNS.index(self._chosen) + by
        self._chosen = COLUMNS[max(0, min(len(COLUMNS) - 1, at))]
        self._show_now()

    def action_sort(self) -> None:
        """By the chosen column, in its natural direction first."""
        same = self._sorted_by is self._chosen
        self._descending = not self._descending if same else self._chosen.starts_descending
        self._sorted_by = self._chosen
        self._settled_ns = None
        self._show_now()

    def action_plot(self) -> None:
        """Show something else below the table."""
        self._below += 1
        self._show_now()

    def action_open(self) -> None:
        """To this target's answer."""
        if self.target_name is not None:
            self.post_message(self.Opened(self.target_name))

    def action_copy_table(self) -> None:
        """All columns of all targets."""
        entries = self._ordered(self.run.clock.now_ns()) if self.run.targets else []
        rows = ["\t".join(column.title for column in COLUMNS)]
        for entry in entries:
            cells = (cell_text(column, column.read(entry)) for column in _SCROLLING[1:])
            phase = str(entry.state.phase) if entry.state else "ready"
            rows.append("\t".join([clean_line(entry.name), phase, *(clean_line(cell) for cell in cells)]))
        self.app.copy_to_clipboard("\n".join(rows) + "\n")
        say(self, f"Copied the table: {len(entries)} rows, {len(COLUMNS)} columns.")

    def on_sheet_clicked(self, message: Sheet.Clicked) -> None:
        """A header sorts, a row is gone to; a second click on a row opens it."""
        if self._table is None or message.sheet is self._plot_sheet:
            return
        if message.y == 0:
            self._click_header(message)
            return
        first = self._first_row if message.sheet is self._table_sheet else self._first_bar
        row = first + message.y - 1
        if row < len(self._order):
            self._go_to(row)
            if message.is_double:
                self.action_open()

    def on_mouse_scroll_down(self) -> None:
        """The wheel walks the rows; in a small terminal they scroll with it."""
        self.action_row(1)

    def on_mouse_scroll_up(self) -> None:
        """The other way."""
        self.action_row(-1)

    def _click_header(self, message: Sheet.Clicked) -> None:
        column = column_at(self._table, message.x) if self._table and message.sheet is self._table_sheet else None
        if column is not None:
            self._chosen = column
            self.action_sort()
