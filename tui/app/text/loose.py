"""Rows which terminals measure in different ways, drawn so that they stay in their place in each of them.

Textual writes the parts of a screen row one after the other, counts cells as Rich does and never looks where the cursor
really went. After text that a terminal draws wider or narrower than counted, all that follows would be out of place,
and what it hits by mistake stays on the screen, since only changed regions are drawn again. The view uses `in_place`
for each row; any other widget which draws foreign text may do the same with its strips.

It is a kind of strip instead of control segments in an ordinary one, because filters make text of control segments,
cropping counts them as cells, and a screen behind a dialog is drawn from the segments.
"""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

from tui.app.text.cells import is_steady, steadied, widest, without_start_marks


def in_place(strip: Strip, under: Strip, column: int, stops: Sequence[int] = ()) -> Strip:
    """`strip` as every terminal keeps it in its cells.

    `under` is a blank strip of the same length: what the text is drawn on. `column` is where both begin on the screen.
    Segments that begin at one of `stops` (cells within the strip) are to keep that place.
    """
    if is_steady(strip.text):
        return strip
    loose = LooseStrip(strip, under, column, stops)
    return loose if loose.fits else steadied_strip(strip)


def steadied_strip(strip: Strip) -> Strip:
    """A common strip of the same length that shows what all terminals agree on."""
    segments = [Segment(steadied(text), style) for text, style, _control in strip]
    return Strip(segments).adjust_cell_length(strip.cell_length)


class LooseStrip(Strip):
    """A strip that is drawn over blanks, with the cursor put to where it belongs around text of unsure width.

    Its segments are ordinary ones and count as Rich does, for pictures, the mouse and screens behind a dialog. A part
    of it, where something else lies over the row, is drawn in a simpler form.
    """

    __slots__ = ("_column", "_fields", "_under")

    def __init__(self, strip: Strip, under: Strip, column: int, stops: Sequence[int] = ()) -> None:
        super().__init__(strip, strip.cell_length)
        self._under = under
        self._column = column
        self._fields = _fields(strip, stops)

    @property
    def fits(self) -> bool:
        """Whether no terminal draws a field over the next one or over the end."""
        ends = [*(start for start, _segments in self._fields[1:]), self.cell_length]
        return all(
            start + widest("".join([segment.text for segment in segments])) <= end
            for (start, segments), end in zip(self._fields, ends, strict=True)
        )

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The parts between `cuts`, in the simpler form unless there is only one."""
        cuts = list(cuts)
        return [self] if cuts == [self.cell_length] else steadied_strip(self).divide(cuts)

    def crop(self, start: int, end: int | None = None) -> Strip:
        """A part, in the simpler form unless it is the whole."""
        is_whole = start <= 0 and (end is None or end >= self.cell_length)
        return self if is_whole else steadied_strip(self).crop(start, end)

    def render(self, console: Console) -> str:
        """The text for the terminal; it leaves the cursor behind the last cell."""
        if self._render_cache is None:
            parts = [_cursor_to(self._column), self._under.render(console)]
            for start, segments in self._fields:
                parts += [_cursor_to(self._column + start), Strip(segments).render(console)]
            parts.append(_cursor_to(self._column + self.cell_length))
            self._render_cache = "".join(parts)
        return self._render_cache


def _cursor_to(column: int) -> str:
    return f"\x1b[{column + 1}G"


def _fields(strip: Strip, stops: Sequence[int]) -> list[tuple[int, list[Segment]]]:
    """(first cell, segments) of the parts that keep their place, without the blanks behind them."""
    fields: list[tuple[int, list[Segment]]] = [(0, [])]
    cells = 0
    for segment in strip:
        if cells and cells in stops:
            fields.append((cells, []))
        fields[-1][1].append(segment if cells else _without_start_marks(segment))
        cells += segment.cell_length
    return [(start, _without_end_blanks(segments)) for start, segments in fields]


def _without_end_blanks(segments: list[Segment]) -> list[Segment]:
    kept = list(segments)
    while kept and not (text := kept[-1].text.rstrip(" ")):
        kept.pop()
    return [*kept[:-1], Segment(text, kept[-1].style)] if kept else []


def _without_start_marks(segment: Segment) -> Segment:
    return Segment(without_start_marks(segment.text), segment.style)
