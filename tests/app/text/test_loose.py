"""Rows of mixed scripts keep to their place in every terminal, however it measures, and leave nothing stale."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import ModalScreen, Screen
from textual.selection import SELECT_ALL
from textual.strip import Strip
from textual.widgets import Static
from textual.widgets._toast import Toast

from tests.app.text.mixed import PIECES, mixed_texts
from tests.app.text.terminals import TERMINALS
from tui.app.text import TextView
from tui.app.text.blocks import block_rows
from tui.app.text.cells import widest
from tui.app.text.loose import LooseStrip, in_place
from tui.app.text.rows import BLANK, PlainRows, Row
from tui.app.text.wrap import WrapModel
from tui.core.clean import clean

CONSOLE = Console(color_system="truecolor", force_terminal=True)
STYLE = Style.parse("red on blue")
BORDER = Strip([Segment("│")], 1)
every_terminal = pytest.mark.parametrize("name", TERMINALS)
widths = st.integers(2, 24)


def strip_of(row: Row, width: int, column: int) -> Strip:
    segments = [Segment(text, STYLE) for text, _roles in row.spans]
    return in_place(Strip(segments).adjust_cell_length(width, STYLE), Strip.blank(width, STYLE), column, row.stops)


def plain(text: str, width: int) -> list[Row]:
    rows = PlainRows(width)
    rows.append(text)
    return [rows.row(index) for index in range(len(rows))]


def table(cells: Sequence[str], width: int) -> list[Row]:
    lines = [f"| {cell} | x | {cell[::2]} |" for cell in cells]
    return block_rows("\n".join(["| a | b | c |", "|---|:-:|--:|", *lines]), width, {})


class Picture:
    """Two columns of rows side by side between borders, written as Textual writes them."""

    def __init__(self, left: Sequence[Row], right: Sequence[Row], width: int) -> None:
        self._width = width
        pairs = zip_longest(left, right, fillvalue=BLANK)
        self.lines = [
            [BORDER, strip_of(one, width, 1), BORDER, strip_of(other, width, width + 2), BORDER] for one, other in pairs
        ] or [[BORDER, Strip.blank(width, STYLE), BORDER, Strip.blank(width, STYLE), BORDER]]
        self._starts = [0, 1, width + 1, width + 2, 2 * width + 2]

    def whole(self) -> str:
        region = Region(0, 0, 2 * self._width + 3, len(self.lines))
        return LayoutUpdate(list(self.lines), region).render_segments(CONSOLE)

    def part(self, *, left: bool) -> str:
        """Only one of the two columns."""
        chops = [dict(zip(self._starts, line, strict=True)) for line in self.lines]
        start = 1 if left else self._width + 2
        spans = [(y, start, start + self._width) for y in range(len(self.lines))]
        ends = [[*self._starts[1:], 2 * self._width + 3]] * len(self.lines)
        return ChopsUpdate(chops, spans, ends).render_segments(CONSOLE)


def drawn(name: str, width: int, height: int, *outputs: str) -> list[list[str]]:
    terminal = TERMINALS[name](2 * width + 3, height)
    for output in outputs:
        terminal.feed(output)
    return terminal.rows


def assert_in_place(name: str, width: int, before: Picture, after: Picture) -> None:
    height = max(len(before.lines), len(after.lines))
    blank = Picture([BLANK] * height, [BLANK] * height, width).whole()
    both = partial(drawn, name, width, height, blank)
    fresh, old = both(after.whole()), both(before.whole())
    for y in range(len(after.lines)):
        assert all(fresh[y][x] == "│" for x in (0, width + 1, 2 * width + 2)), fresh[y]
    if len(before.lines) <= len(after.lines):
        assert both(before.whole(), after.part(left=True), after.part(left=False)) == fresh
        assert both(before.whole(), after.part(left=False), after.part(left=True)) == fresh
        assert both(before.part(left=False), after.whole()) == fresh
    if len(after.lines) <= len(before.lines):
        assert both(after.part(left=True), before.whole()) == old


@every_terminal
@settings(max_examples=30)
@given(one=mixed_texts, other=mixed_texts, width=widths)
def test_plain_rows_stay_in_place(name: str, one: str, other: str, width: int) -> None:
    before, after = (
        Picture(plain(one, width), plain(other, width), width),
        Picture(plain(other, width), plain(one, width), width),
    )
    assert_in_place(name, width, before, after)


@every_terminal
@settings(max_examples=20)
@given(cells=st.lists(mixed_texts, min_size=1, max_size=3), width=st.integers(16, 40))
def test_tables_stay_in_place_and_so_do_the_lines_in_them(name: str, cells: list[str], width: int) -> None:
    rows = table([cell.strip() for cell in cells], width)
    picture = Picture(rows, rows[::-1], width)
    assert_in_place(name, width, picture, Picture(rows[::-1], rows, width))
    for row, cells_of_row in zip(rows, drawn(name, width, len(rows), picture.whole()), strict=True):
        # A stop is where " │ " begins, one cell behind the border of the picture.
        assert all(cells_of_row[1 + stop + 1] == "│" for stop in row.stops if stop), cells_of_row


@given(text=mixed_texts, width=widths, pieces=st.integers(1, 7))
def test_no_row_is_wider_than_its_width_in_any_split(text: str, width: int, pieces: int) -> None:
    whole, split = WrapModel(width), WrapModel(width)
    whole.append(text)
    for at in range(0, len(text), pieces):
        split.append(text[at : at + pieces])
    assert (split.rows, split.tails) == (whole.rows, whole.tails)
    assert all(widest(row) <= width for row in whole.rows)
    assert whole.source() == text


def test_joined_characters_stay_together_where_they_can() -> None:
    model = WrapModel(8)
    model.append("abcd👩\u200d👧\u200d👦🇯🇵🇧🇷abc🇳🇴काि")
    assert model.rows == ["abcd", "👩\u200d👧\u200d👦", "🇯🇵🇧🇷", "abc🇳🇴", "काि"]


def test_steady_rows_are_common_strips_with_the_same_bytes() -> None:
    strip = Strip([Segment("naïve 中文 Привет", STYLE)]).adjust_cell_length(30, STYLE)
    assert in_place(strip, Strip.blank(30, STYLE), 5) is strip


def test_a_row_that_fits_nowhere_is_shown_in_the_simple_form() -> None:
    strip = Strip([Segment("का का का", STYLE)])
    shown = in_place(strip, Strip.blank(5, STYLE), 0)
    assert (shown.text, type(shown)) == ("क क क", Strip)


def test_parts_of_a_loose_strip_are_common_strips_of_the_right_length() -> None:
    loose = in_place(Strip([Segment("ab का 🇯🇵 cd")]).adjust_cell_length(20), Strip.blank(20), 0)
    assert isinstance(loose, LooseStrip)
    assert loose.divide([20]) == [loose]
    assert loose.crop(0, 20) is loose
    parts = [*loose.divide([4, 20]), loose.crop(3), loose.crop(0, 8)]
    assert [(part.text.rstrip(), part.cell_length, type(part)) for part in parts] == [
        ("ab क", 4, Strip),
        (" JP cd", 16, Strip),
        ("क JP cd", 17, Strip),
        ("ab क JP", 8, Strip),
    ]


# With the real compositor


class Frame(Vertical):
    """A pane as in the dashboard."""

    DEFAULT_CSS = "Frame { width: 1fr; border: solid white; padding: 0 1; }"


class Dialog(ModalScreen[None]):
    """Something over the middle, with the panes shining through around it."""

    DEFAULT_CSS = "Dialog { align: center middle; background: black 50%; } Dialog Static { width: 20; height: 5; }"

    def compose(self) -> ComposeResult:
        yield Static("dialog")


class PanesApp(App[None]):
    """Panes side by side; keeps all that would be written to the terminal."""

    def __init__(self) -> None:
        super().__init__()
        self.views = [TextView(clock=lambda: 0) for _ in range(3)]
        self.written: list[str] = []
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        with Horizontal():
            for view in self.views:
                with Frame():
                    yield view

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if isinstance(renderable, CompositorUpdate) and not self._batch_count:
            self.written.append(renderable.render_segments(self.console))
        super()._display(screen, renderable)


WIDTH, HEIGHT = 90, 14
EDGES = [0, 29, 30, 59, 60, 89]
OUTER_EDGES = [0, 29, 60, 89]
"""Those that no dialog covers."""
STEPS = 8
FRAME_CELLS = set("│┌┐└┘─")
STREAMS = [
    "".join(PIECES) * 3,
    "# हिन्दी\n\n| क | ख |\n|---|--:|\n| 👨\u200d👩\u200d👧\u200d👦 की किताब | 🇯🇵 |\n\n- का **की** `कु`\n\n"
    "> தமிழ் தமிழ்\n\n```\nका = 1\n```\n",
    "สวัสดี น้ำ ทำ 🇧🇷🇳🇴 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈 " * 8,
]


class Watch:
    """Every terminal, fed with all that the app wrote so far."""

    def __init__(self, app: PanesApp) -> None:
        self._app = app
        self._terminals = {name: make(WIDTH, HEIGHT) for name, make in TERMINALS.items()}

    def assert_frames(self, moment: str, edges: Sequence[int] = EDGES, spared: str = "") -> None:
        """The borders stand where they should, except in the terminal that is spared."""
        output = "".join(self._app.written)
        self._app.written.clear()
        for name, terminal in self._terminals.items():
            terminal.feed(output)
            for y, row in enumerate(terminal.rows if name != spared else []):
                assert {row[x] for x in edges} <= FRAME_CELLS, (moment, name, y, "".join(row))

    def picture(self) -> str:
        """What the first terminal shows now."""
        return "\n".join("".join(row) for row in next(iter(self._terminals.values())).rows)

    def assert_nothing_stale(self, moment: str) -> None:
        """Each picture is the one that drawing all anew would give."""
        update = self._app.screen._compositor.render_full_update()
        for name, terminal in self._terminals.items():
            fresh = TERMINALS[name](WIDTH, HEIGHT)
            fresh.feed(update.render_segments(self._app.console))
            assert terminal.rows == fresh.rows, (moment, name)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("theme", ["textual-dark", "ansi-dark"])
async def test_borders_between_streams_are_never_drawn_over(anyio_backend: str, theme: str) -> None:
    app = PanesApp()
    app.theme = theme
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        watch = Watch(app)
        for view, kind in zip(app.views, ("text", "markdown", "text"), strict=True):
            view.section("a", kind=kind, indent=2)  # type: ignore[arg-type]
        for step in range(STEPS):
            for view, stream in zip(app.views, STREAMS, strict=True):
                size = len(stream) // STEPS + 1
                view.append("a", clean(stream[step * size : (step + 1) * size]))
                view.commit(final=step == STEPS - 1)
                await pilot.pause()
            watch.assert_frames(f"step {step}")
        watch.assert_nothing_stale("streamed")
        app.views[0].move_rows(-3)
        await pilot.pause()
        watch.assert_frames("scrolled")
        app.screen.selections = {app.views[0]: SELECT_ALL}
        await pilot.pause()
        watch.assert_frames("selected")
        watch.assert_nothing_stale("selected")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_dialog_or_a_notice_over_the_streams_leaves_the_borders_in_place(anyio_backend: str) -> None:
    """The simple form keeps common emoji, for which a terminal of ten years ago has one cell."""
    app = PanesApp()
    async with app.run_test(size=(WIDTH, HEIGHT), notifications=True) as pilot:
        watch = Watch(app)
        for view, stream in zip(app.views, STREAMS, strict=True):
            view.section("a", kind="text")
            view.append("a", clean(stream))
            view.commit()
        await pilot.pause()
        watch.assert_frames("before")
        app.push_screen(Dialog())
        await pilot.pause()
        watch.assert_frames("a dialog", OUTER_EDGES, spared="sparing")
        app.views[0].move_rows(-1)
        await pilot.pause()
        watch.assert_frames("scrolled behind a dialog", OUTER_EDGES, spared="sparing")
        app.pop_screen()
        await pilot.pause()
        watch.assert_frames("the dialog is closed")
        watch.assert_nothing_stale("the dialog is closed")
        app.notify("over a corner", timeout=60)
        while not (app.screen.query(Toast) and app.screen.query_one(Toast).region):
            await pilot.pause()
        app.views[0].move_rows(-1)
        app.views[2].move_rows(-1)
        await pilot.pause()
        watch.assert_frames("a notice", [0, 29])
        assert "over a corner" in watch.picture()
        watch.assert_nothing_stale("a notice")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_exported_pictures_show_the_text_and_no_control_sequences(anyio_backend: str) -> None:
    app = PanesApp()
    async with app.run_test(size=(WIDTH, HEIGHT)):
        app.views[0].section("a", kind="text")
        app.views[0].append("a", clean("प्रकाश"))
        app.views[0].commit()
        for simplify in (True, False):
            picture = app.export_screenshot(simplify=simplify)
            assert "प्रकाश" in picture
            assert "\x1b" not in picture
            assert not re.search(r"\[\d+G", picture)
