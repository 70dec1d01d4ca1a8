"""The widget that shows a `Document`: growing text at a cost per frame that does not depend on its length.

A dashboard calls `append` whenever text came and `commit` once per frame for each view that can be seen. The widget
never asks for layout, has no virtual size and no native scrollbar, and hands finished strips to the compositor itself
(`render_lines`), because Textual's way through the styles cache costs a third more with many views. Hence two demands
on its style sheet: no border or padding, and an opaque background.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.content import Content
from textual.css.styles import StylesBase
from textual.filter import LineFilter
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.widget import Widget

from tui.app.text.cells import is_steady
from tui.app.text.document import Document, Kind, Mark, Place, Section
from tui.app.text.finder import Finder
from tui.app.text.lines import LineRows
from tui.app.text.loose import in_place, steadied_strip
from tui.app.text.palette import Palette
from tui.app.text.rows import Row, RowSource
from tui.core.clean import Clean

WHEEL_ROWS: Final = 3
_SECTION_STRIDE: Final = 1 << 32
"""Selection offsets number rows within their section, so that a selection stays put while a section above it grows."""

_ROLES: Final = (
    *("muted", "faint", "accent", "success", "warning", "error", "aside"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "strike", "code", "link", "address", "image"),
    *("bullet", "quote", "bar", "rule", "head"),
    *("hit", "current-hit"),
    *("block", "comment", "keyword", "function", "builtin", "string", "number"),
)


class _ScreenPlace(NamedTuple):
    """What loose strips depend on besides their text and the theme."""

    column: int
    """Where the view begins on the screen, in cells."""
    is_in_front: bool
    """No dialog is over the whole screen. The screen behind one is drawn as segments, by Rich's count of cells."""


class TextView(Widget):
    """A column of text sections that follows its end until the user scrolls up.

    Styles are named by role: "muted" is the component class `text-view--muted`. Roles can be combined ("muted em"); a
    subclass adds its own by COMPONENT_CLASSES.
    """

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"text-view--{role}" for role in _ROLES}
    DEFAULT_CSS = """
    TextView {
        width: 1fr;
        height: 1fr;
        background: $background;
        color: $foreground;
    }
    .text-view--muted { color: $text-muted; }
    .text-view--faint { color: $text-disabled; }
    .text-view--accent { color: $text-accent; }
    .text-view--success { color: $text-success; }
    .text-view--warning { color: $text-warning; }
    .text-view--error { color: $text-error; }
    .text-view--aside { color: $text-muted; text-style: italic; }
    .text-view--h1 { color: $text-primary; text-style: bold underline; }
    .text-view--h2 { color: $text-primary; text-style: bold; }
    .text-view--h3 { color: $text-secondary; text-style: bold; }
    .text-view--h4 { text-style: bold; }
    .text-view--h5 { color: $text-muted; text-style: bold; }
    .text-view--h6 { color: $text-muted; text-style: bold; }
    .text-view--strong { text-style: bold; }
    .text-view--em { text-style: italic; }
    .text-view--strike { text-style: strike; }
    .text-view--code { color: $text-accent; background: $foreground 7%; }
    .text-view--link { color: $text-primary; text-style: underline; }
    .text-view--address { color: $text-muted; }
    .text-view--image { color: $text-muted; text-style: italic; }
    .text-view--bullet { color: $text-muted; }
    .text-view--quote { color: $text-muted; }
    .text-view--bar { color: $primary; }
    .text-view--rule { color: $foreground 30%; }
    .text-view--head { text-style: bold; }
    .text-view--block { color: $foreground; background: $foreground 6%; }
    .text-view--comment { color: $foreground 55%; text-style: italic; }
    .text-view--keyword { color: $text-primary; text-style: bold; }
    .text-view--function { color: $text-accent; }
    .text-view--builtin { color: $text-secondary; }
    .text-view--string { color: $text-success; }
    .text-view--number { color: $text-warning; }
    .text-view--hit { background: $warning 30%; }
    .text-view--current-hit { background: $warning 30%; text-style: bold reverse; }
    """

    @dataclass
    class Scrolled(Message):
        """The user scrolled."""

        view: "TextView"
        follow: bool
        """The view is at the end and follows it."""
        rows_above: int
        rows_below: int

        @property
        def control(self) -> "TextView":
            return self.view

    def __init__(
        self,
        *,
        clock: Callable[[], int] = time.perf_counter_ns,
        follow: bool = True,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`clock` tells monotonic nanoseconds; it spaces out and bounds the work of rendering Markdown. `follow` says
        that the view begins at its end and stays there."""
        super().__init__(name=name, id=id, classes=classes)
        self._document = Document(clock)
        self._top = 0
        self._follow = follow
        self._mark: Mark | None = None
        """What is at the top, while the view does not follow."""
        self._shown_rows = 0
        self._is_stale = False
        """More changed than a flush tells: sections were shown, hidden, cleared or turned to source."""
        self._is_early = False
        """There was a commit before there was a size."""
        self._is_early_final = False
        self._wrapped_width = 0
        self._palette: Palette | None = None
        self._strips: dict[int, Strip] = {}
        self._filters: list[LineFilter] = []
        self._finder = Finder()
        self._loose_place: _ScreenPlace | None = None
        """Where the kept strips of rows that terminals measure differently belong; None if there are none."""

    # Content

    def section(
        self,
        key: str,
        *,
        kind: Kind,
        style: str = "",
        indent: int = 0,
        gap: int = 0,
        visible: bool = True,
        before: str | None = None,
    ) -> None:
        """Declares a section at the end, or before another one.

        `style` names roles, `indent` cells stay free on the left, `gap` blank rows separate it from what is above it.
        Raises ValueError for a key that is taken or an unknown role, KeyError for an unknown `before`.
        """
        known = self._get_component_classes()
        if unknown := [role for role in style.split() if f"text-view--{role}" not in known]:
            raise ValueError(f"section {key!r}: there is no style {unknown[0]!r}")
        self._document.add(key, kind, style, indent, gap, visible, before)

    def has_section(self, key: str) -> bool:
        return key in self._document

    def append(self, key: str, text: Clean) -> None:
        """Adds text to a section; it shows with the next commit. May be called any number of times per frame."""
        if text:
            self._document[key].append(text)

    def set_lines(self, key: str, lines: Sequence[Text | Content]) -> None:
        """Replaces the lines of a section with the next commit. Their text must have passed the gate."""
        contents = [Content.from_rich_text(line) if isinstance(line, Text) else line for line in lines]
        self._document[key].set_lines(contents)

    def set_rows(self, key: str, rows: RowSource) -> None:
        """Replaces the rows of a section with the next commit. They keep the width they were made for, and their text
        must have passed the gate."""
        self._document[key].set_rows(rows)

    def show_section(self, key: str, visible: bool) -> None:
        """Shows or hides a section with the next commit."""
        if self._document.show(key, visible):
            self._is_stale = True

    def settle(self, prefix: str) -> None:
        """All sections so far are finished, whatever comes after them; `prefix` is put before their keys.

        However many there are, they cost a frame nothing.
        """
        self._document.settle(prefix)

    def clear(self, *, keep: int = 0) -> None:
        """Removes all sections, with their text, but for those of the first `keep` times that they were settled."""
        self._document.cut(keep)
        self._finder.rows_changed(0)
        self._top = 0
        self._follow = True
        self._mark = None
        self._is_stale = True
        self._drop_selection()

    def set_markdown(self, rendered: bool) -> None:
        """Shows the Markdown sections rendered or as their source, with the next commit, at the same place."""
        self._document.set_rendered(rendered)
        self._is_stale = True
        self._drop_selection()

    def plain_text(self, key: str) -> str:
        """The source of a section as far as it was committed."""
        rows = self._document[key].rows
        return "" if rows is None else rows.source()

    def commit(self, *, final: bool = False) -> None:
        """Shows what was appended since the last commit. `final` closes the open end of Markdown.

        Before the view has a size the text waits; it shows as soon as there is one.
        """
        width, height = self.size
        if not width or not height:
            self._is_early = True
            self._is_early_final = final
            return
        if width != self._wrapped_width:
            self._rewrap(width)
        first = self._document.flush(width, final=final)
        if self._is_stale:
            self._is_stale = False
            first = 0
        if first is not None:
            self._show_from(first)

    def close(self) -> None:
        """The text is complete: commits with its end closed. While `is_busy`, go on calling `commit`."""
        self.commit(final=True)

    @property
    def is_busy(self) -> bool:
        """Whether a further commit has something to show, even if nothing more is appended."""
        return self._is_stale or self._document.is_busy

    # Position

    @property
    def follow(self) -> bool:
        """Whether the view stays at the end."""
        return self._follow

    @property
    def rows_above(self) -> int:
        """Rows hidden above the viewport."""
        return self._top

    @property
    def rows_below(self) -> int:
        """Rows hidden below the viewport."""
        return max(0, self._shown_rows - self._top - self.size.height)

    def move_rows(self, delta: int) -> bool:
        """Moves the viewport down by `delta` rows (up if negative); returns whether it moved. Reaching the end makes
        the view follow again."""
        top = min(max(0, self._top + delta), self._end_top())
        follow = top == self._end_top() and (delta > 0 or self._follow)
        moved = (top, follow) != (self._top, self._follow)
        if moved:
            if top != self._top:
                self.refresh()
            self._top = top
            self._follow = follow
            self._mark = None if follow else self._document.mark(top)
            self.post_message(self.Scrolled(self, follow, self.rows_above, self.rows_below))
        return moved

    def move_page(self, delta: int) -> bool:
        """Moves by whole viewports, keeping one row of the last one."""
        return self.move_rows(delta * max(1, self.size.height - 1))

    def move_to_top(self) -> bool:
        return self.move_rows(-self._top)

    def move_to_section(self, key: str) -> bool:
        """Moves the beginning of a section to the top, unless it can be seen already; returns whether that moved."""
        row = self._document.row_of(Mark(self._document[key], 0))
        if row is None or self._top <= row < self._top + self.size.height:
            return False
        return self.move_rows(row - self._top)

    def move_to_end(self) -> bool:
        return self.move_rows(max(1, self._end_top() - self._top))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, delta: int) -> None:
        event.prevent_default()
        if not (event.ctrl or event.shift) and self.move_rows(delta):
            event.stop()

    def _end_top(self) -> int:
        return max(0, self._shown_rows - self.size.height)

    # Search

    def look_for(self, needle: str) -> None:
        """Marks every place where `needle` is, from the next `find` on; an empty one ends the search."""
        self._finder.look_for(needle)
        self._strips.clear()
        self.refresh()

    def find(self) -> int:
        """Looks through what is new since the last call; returns the number of hits. Call it after `commit`."""
        if self._finder.update(self._document):
            self._strips.clear()
            self.refresh()
        return len(self._finder.hits)

    @property
    def current_hit(self) -> int | None:
        """The index of the hit that was gone to; None before that, or when it is not there any more."""
        current = self._finder.current
        return current if current is not None and current < len(self._finder.hits) else None

    def first_hit_in_view(self) -> int:
        """The index of the first hit at or below the first visible row; the number of hits when there is none."""
        return self._finder.index_from(self._top)

    def show_hit(self, index: int | None) -> None:
        """Brings a hit into view and marks it as the current one; None marks none."""
        self._finder.current = index
        self._strips.clear()
        self.refresh()
        if index is not None:
            row, height = self._finder.hits[index].row, self.size.height
            if not self._top <= row < self._top + height:
                self.move_rows(max(0, row - height // 3) - self._top)

    # Keeping the screen in step

    def on_resize(self, event: events.Resize) -> None:
        width, height = self.size
        if not width or not height:
            return
        if width != self._wrapped_width:
            self._rewrap(width)
        self._show_from(0)
        if self._is_early:
            self._is_early = False
            self.commit(final=self._is_early_final)

    def _rewrap(self, width: int) -> None:
        if self._wrapped_width:
            self._document.resize(width)
            self._drop_selection()
        self._wrapped_width = width
        self._is_stale = True

    def _show_from(self, first: int) -> None:
        """Moves the viewport to its place after rows from `first` on have changed, and refreshes what must be."""
        before, self._shown_rows = self._shown_rows, len(self._document)
        self._finder.rows_changed(first)
        top = self._placed_top(first)
        for row in [row for row in self._strips if row >= first]:
            del self._strips[row]
        if top != self._top:
            self._top = top
            self.refresh()
            return
        width, height = self.size
        start = max(0, first - top)
        stop = min(height, max(before, self._shown_rows) - top)
        if start < stop:
            self.refresh(Region(0, start, width, stop - start))

    def _placed_top(self, first: int) -> int:
        end = self._end_top()
        if self._follow:
            return end
        if first <= self._top and self._mark is not None:
            row = self._document.row_of(self._mark)
            return min(self._top if row is None else row, end)
        return min(self._top, end)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette = None
        self._strips.clear()

    def _drop_selection(self) -> None:
        if self.is_attached and self in self.screen.selections:
            self.screen.clear_selection()

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.styles.gutter:
            return super().render_lines(crop)
        filters = list(self.get_line_filters())
        if filters != self._filters or (self._loose_place is not None and self._loose_place != self._screen_place()):
            self._filters = filters
            self._loose_place = None
            self._strips.clear()
        self._trim_strips()
        strips = [self._strip(self._top + y) for y in crop.line_range]
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """One row without filters but with the offsets that text selection looks for."""
        row = self._top + y
        place = self._document.locate(row)
        if place is None:
            return self._beyond_text(row)
        section = self._document.sections[place.section]
        strip = Strip(self._segments(place, row)).apply_offsets(-section.indent, _selection_row(place))
        return strip.adjust_cell_length(self.size.width)

    def _beyond_text(self, row: int) -> Strip:
        """A blank row: selecting from here means from the start of what follows it, or the end of all."""
        blank = Strip.blank(self.size.width, self._colours().style(""))
        following = self._document.locate(row + 1) if row < self._shown_rows else None
        if following is not None:
            return blank.apply_offsets(-self.size.width, _selection_row(following))
        if (last := self._document.last_place()) is not None:
            return blank.apply_offsets(len(self._document.row(last).text), _selection_row(last))
        return blank

    def _trim_strips(self) -> None:
        height = self.size.height
        if len(self._strips) > 2 * height:
            shown = range(self._top, self._top + height)
            self._strips = {row: strip for row, strip in self._strips.items() if row in shown}

    def _strip(self, row: int) -> Strip:
        strip = self._strips.get(row)
        if strip is None:
            strip = self._strips[row] = self._finished(row)
        return strip

    def _finished(self, row: int) -> Strip:
        width = self.size.width
        place = self._document.locate(row)
        if place is None:
            return self._filtered(Strip.blank(width, self._colours().style("")))
        section = self._document.sections[place.section]
        shown = self._document.row(place)
        fill = self._colours().style(f"{section.style} {shown.fill}")
        strip = self._filtered(Strip(self._segments(place, row)).adjust_cell_length(width, fill))
        if is_steady(shown.text):
            return strip
        self._loose_place = self._screen_place()
        if not self._loose_place.is_in_front:
            return steadied_strip(strip)
        stops = [section.indent + stop for stop in shown.stops]
        return in_place(strip, self._filtered(Strip.blank(width, fill)), self._loose_place.column, stops)

    def _screen_place(self) -> _ScreenPlace:
        return _ScreenPlace(self.region.x, self.screen.is_active)

    def _filtered(self, strip: Strip) -> Strip:
        for line_filter in self._filters:
            strip = strip.apply_filter(line_filter, self._colours().background)
        return strip

    def _segments(self, place: Place, row: int) -> list[Segment]:
        section = self._document.sections[place.section]
        if isinstance(section.rows, LineRows):
            segments = self._content_segments(section.rows.content(place.row), section)
        else:
            segments = self._row_segments(self._document.row(place), section)
        for start, end, is_current in self._finder.in_row(row):
            segments = _highlighted(segments, start, end, self._hit_style(is_current))
        selection = self.text_selection if self.is_attached else None  # one last time after its pane was removed
        if selection is not None and (span := selection.get_span(_selection_row(place))) is not None:
            style = self.screen.get_component_rich_style("screen--selection")
            segments = _highlighted(segments, *span, style)
        if section.indent:
            segments.insert(0, Segment(" " * section.indent, self._colours().style(section.style)))
        return segments

    def _row_segments(self, row: Row, section: Section) -> list[Segment]:
        style = self._colours().style
        if not section.style:
            return [Segment(text, style(roles)) for text, roles in row.spans if text]
        return [Segment(text, style(f"{section.style} {roles}")) for text, roles in row.spans if text]

    def _content_segments(self, content: Content, section: Section) -> list[Segment]:
        base = self._colours().style(section.style)
        visual = VisualStyle.from_rich_style(base, self.app.ansi_theme)
        parts = content.render(visual, end="", parse_style=self._get_style)
        return [Segment(text, style.rich_style) for text, style in parts if text]

    def _hit_style(self, is_current: bool) -> Style:
        return self.get_component_rich_style(f"text-view--{'current-hit' if is_current else 'hit'}", partial=True)

    def _colours(self) -> Palette:
        if self._palette is None:
            _base_background, _base_color, background, color = self.colors
            self._palette = Palette(background, color, self._component)
        return self._palette

    def _component(self, role: str) -> StylesBase:
        return self.get_component_styles(f"text-view--{role}")

    # Selection

    def selection_updated(self, selection: Selection | None) -> None:
        self._strips.clear()
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the selection, with soft-wrapped rows joined and decoration left out."""
        last = self._document.last_place()
        if last is None:
            return None
        first = Place(0, 0) if selection.start is None else _place(selection.start)
        stop = last if selection.end is None else _place(selection.end)
        parts: list[str] = []
        before: Place | None = None
        for place, row in self._document.rows_between(first, stop):
            if before is not None and before.section != place.section and not "".join(parts[-2:]).endswith("\n"):
                parts.append("\n")
            begin = selection.start.x if selection.start is not None and place == first else 0
            end = selection.end.x if selection.end is not None and place == stop else None
            parts.append(_copied(row, begin, end))
            before = place
        return "".join(parts), "\n"

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, self._shown_rows)


def _copied(row: Row, begin: int, end: int | None) -> str:
    """What of a row is selected: from a character on, to one or on into the next row (None)."""
    if row.copied is not None and begin <= row.margin and (end is None or end >= len(row.text)):
        return row.copied if end is None else row.copied.removesuffix("\n")
    text = row.text[max(begin, row.margin) : None if end is None else max(0, end)]
    return text if end is not None else text + row.tail


def _selection_row(place: Place) -> int:
    return place.section * _SECTION_STRIDE + place.row


def _place(offset: Offset) -> Place:
    return Place(*divmod(offset.y, _SECTION_STRIDE))


def _highlighted(segments: list[Segment], start: int, end: int, style: Style) -> list[Segment]:
    """`segments` with `style` on the characters from `start` to `end`; -1 is the end of the row."""
    result: list[Segment] = []
    position = 0
    for text, own, _control in segments:
        begin = min(max(0, start - position), len(text))
        stop = len(text) if end < 0 else min(max(begin, end - position), len(text))
        parts = ((text[:begin], own), (text[begin:stop], (own or Style()) + style), (text[stop:], own))
        result += [Segment(part, part_style) for part, part_style in parts if part]
        position += len(text)
    return result
