"""The widget: following, scrolling, resizing, selecting, colours; and that it never asks for layout."""

from typing import Any

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.content import Content
from textual.events import MouseScrollUp
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection
from textual.strip import Strip

from tests.app.text.sample import SAMPLE
from tui.app.text import TextView
from tui.core.clean import clean

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class ViewApp(App[None]):
    """One view, and what it said."""

    def __init__(self, **view: Any) -> None:
        super().__init__()
        self.view = TextView(clock=lambda: 0, **view)
        self.scrolled: list[TextView.Scrolled] = []
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        yield self.view

    def on_text_view_scrolled(self, message: TextView.Scrolled) -> None:
        self.scrolled.append(message)


def shown(view: TextView) -> list[str]:
    """What the compositor would get, without the padding."""
    strips: list[Strip] = view.render_lines(view.size.region)
    assert all(strip.cell_length == view.size.width for strip in strips)
    return [strip.text.rstrip() for strip in strips]


def filled(view: TextView, count: int, kind: Any = "text") -> None:
    view.section("a", kind=kind)
    view.append("a", clean("".join(f"line {number}\n" for number in range(count))))
    view.commit()


async def test_it_follows_the_end() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 4)):
        filled(app.view, 10)
        assert shown(app.view) == ["line 6", "line 7", "line 8", "line 9"]
        assert (app.view.follow, app.view.rows_above, app.view.rows_below) == (True, 6, 0)
        app.view.append("a", clean("more"))
        assert shown(app.view)[-1] == "line 9"
        app.view.commit()
        assert shown(app.view)[-1] == "more"


async def test_scrolling_up_stops_following_and_the_end_starts_it_again() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 4)) as pilot:
        filled(app.view, 10)
        assert app.view.move_rows(-2)
        app.view.append("a", clean("more\n" * 5))
        app.view.commit()
        assert shown(app.view) == ["line 4", "line 5", "line 6", "line 7"]
        assert (app.view.follow, app.view.rows_below) == (False, 7)
        app.view.move_page(1)
        assert shown(app.view)[0] == "line 7"
        app.view.move_to_top()
        assert not app.view.move_to_top()
        assert app.view.rows_above == 0
        app.view.move_to_end()
        assert app.view.follow
        await pilot.pause()
        assert [(said.follow, said.rows_above) for said in app.scrolled] == [
            (False, 4),
            (False, 7),
            (False, 0),
            (True, 11),
        ]


async def test_the_wheel_moves_three_rows() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 4)) as pilot:
        filled(app.view, 10)
        await pilot._post_mouse_events([MouseScrollUp], app.view, offset=(1, 1))
        await pilot.pause()
        assert shown(app.view)[0] == "line 3"
        assert not app.view.follow


@pytest.mark.parametrize("kind", ["text", "markdown"])
async def test_a_resize_keeps_the_reading_position(kind: str) -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 6)) as pilot:
        view = app.view
        view.section("a", kind=kind)  # type: ignore[arg-type]
        view.append("a", clean("\n\n".join(f"p{number} " + "word " * 30 for number in range(40))))
        view.close()
        view.move_to_top()
        while not shown(view)[0].startswith("p20"):
            view.move_rows(1)
        for size in [(17, 9), (80, 5), (40, 6)]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert shown(view)[0].startswith("p20"), size
        assert not view.follow
        view.set_markdown(False)
        view.commit()
        assert shown(view)[0].startswith("p20")


async def test_a_resize_while_following_stays_at_the_end() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 6)) as pilot:
        filled(app.view, 100)
        await pilot.resize_terminal(12, 3)
        await pilot.pause()
        assert shown(app.view) == ["line 97", "line 98", "line 99"]


async def test_sections_stand_in_order_with_gaps_and_indents() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 8)):
        view = app.view
        view.section("b", kind="text", gap=1)
        view.section("a", kind="lines", before="b")
        view.section("c", kind="text", indent=2, gap=1, visible=False)
        view.append("b", clean("body text"))
        view.append("c", clean("aside that is long enough"))
        view.set_lines("a", [Text("head [/x]", "bold"), Content.assemble("two ", ("green", "$success"))])
        view.commit()
        assert shown(view) == ["head [/x]", "two green", "", "body text", "", "", "", ""]
        view.show_section("c", True)
        view.show_section("a", False)
        view.commit()
        assert shown(view) == ["body text", "", "  aside that is long", "  enough", "", "", "", ""]
        view.set_lines("a", [])
        view.show_section("a", True)
        view.commit()
        assert shown(view)[0] == "body text"
        view.clear()
        view.commit()
        assert shown(view) == [""] * 8
        assert not view.has_section("a")


async def test_what_is_above_may_grow_without_moving_what_is_read() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 3)):
        view = app.view
        view.section("top", kind="text")
        filled(view, 10)
        view.move_rows(-3)
        before = shown(view)
        view.append("top", clean("new\n" * 5))
        view.commit()
        assert shown(view) == before
        assert view.rows_above == 9


async def test_wrong_declarations_are_told() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 3)):
        app.view.section("a", kind="text", style="muted em")
        with pytest.raises(ValueError, match="already"):
            app.view.section("a", kind="text")
        with pytest.raises(ValueError, match="no style 'pink'"):
            app.view.section("b", kind="text", style="pink")
        with pytest.raises(ValueError, match="not lines"):
            app.view.set_lines("a", [])
        with pytest.raises(KeyError):
            app.view.append("nobody", clean("x"))


async def test_text_before_the_first_layout_shows_after_it() -> None:
    app = ViewApp()
    app.view.section("a", kind="markdown")
    app.view.append("a", clean("# early\n"))
    app.view.close()
    async with app.run_test(size=(20, 3)):
        assert shown(app.view)[0] == "early"


async def test_an_append_refreshes_only_its_row_and_asks_for_no_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 10)):
        filled(app.view, 3)
        asked: list[tuple[Any, Any]] = []
        monkeypatch.setattr(app.view, "refresh", lambda *regions, **options: asked.append((regions, options)))
        app.view.append("a", clean("x"))
        app.view.commit()
        app.view.commit()
        (((region,), options),) = asked
        assert (region.y, region.height, options) == (3, 1, {})


async def test_few_strips_are_kept() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 5)) as pilot:
        filled(app.view, 500)
        for _ in range(300):
            app.view.move_rows(-1)
            await pilot.pause()
        assert len(app.view._strips) <= 3 * 5


async def test_a_selection_joins_wrapped_rows_and_leaves_decoration_out() -> None:
    app = ViewApp()
    async with app.run_test(size=(12, 12)) as pilot:
        view = app.view
        view.section("a", kind="text", indent=2)
        view.section("m", kind="markdown")
        view.append("a", clean("one two three four five\nsix  \n"))
        view.append("m", clean("> quoted words\n\n```\ncode in a long line\n```\n"))
        view.close()
        assert view.get_selection(SELECT_ALL) == (
            "one two three four five\nsix  \nquoted words\n\ncode in a long line\n",
            "\n",
        )
        await pilot.mouse_down(view, offset=(6, 0))
        await pilot.hover(view, offset=(5, 1))
        await pilot.mouse_up(view, offset=(5, 1))
        assert app.screen.get_selected_text() == "two thre"
        selected = view.render_lines(view.size.region)[1]
        assert len({segment.style.bgcolor for segment in selected if segment.style}) == 2
        view.append("a", clean("and more"))
        view.commit()
        assert app.screen.get_selected_text() == "two thre"


async def test_a_selection_stays_while_a_section_above_grows() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 12)):
        view = app.view
        view.section("top", kind="text")
        filled(view, 3)
        place = view.render_line(1).text.rstrip()
        app.screen.selections = {view: Selection(Offset(0, (1 << 32) + 1), Offset(4, (1 << 32) + 1))}
        assert (place, app.screen.get_selected_text()) == ("line 1", "line")
        view.append("top", clean("a\nb\n"))
        view.commit()
        assert app.screen.get_selected_text() == "line"


async def test_a_new_theme_gives_new_colours_and_the_same_text() -> None:
    app = ViewApp()
    async with app.run_test(size=(50, 30)) as pilot:
        view = app.view
        view.section("a", kind="markdown")
        view.append("a", clean(SAMPLE))
        view.close()
        rows, colours = shown(view), []
        for theme in ("textual-dark", "textual-light", "ansi-dark"):
            app.theme = theme
            await pilot.pause()
            assert shown(view) == rows
            colours.append([segment.style for strip in view.render_lines(view.size.region) for segment in strip])
        assert colours[0] != colours[1] != colours[2]


async def test_without_colour_rows_are_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = ViewApp()
    async with app.run_test(size=(50, 10)):
        app.view.section("a", kind="text", style="error")
        app.view.append("a", clean("red elsewhere"))
        app.view.commit()
        style = app.view.render_lines(app.view.size.region)[0]._segments[0].style
        assert style is not None
        assert style.color is not None
        triplet = style.color.get_truecolor()
        assert triplet.red == triplet.green == triplet.blue


HOSTILE = [
    "\x1b[2J\x1b]52;c;Zm9v\x07\x9b1m\x00",
    "[/] [/x] [link=file:x] [@click=app.quit]x[/] $primary {x}",
    "\u202e\u2066\u200b\ufeff\U000e0041\ud800",
    "e" + "\u0301" * 500 + "👩\u200d" * 300,
    "x" * 100_000,
    "\n" * 50_000,
    "|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n" + "|x\n" * 200,
    "[" * 5_000 + "```" + "> " * 500,
]


@pytest.mark.parametrize("kind", ["text", "markdown"])
@pytest.mark.parametrize("size", [(60, 20), (3, 2), (1, 1)])
async def test_hostile_text_reaches_no_terminal_and_does_not_raise(kind: str, size: tuple[int, int]) -> None:
    app = ViewApp()
    async with app.run_test(size=size) as pilot:
        view = app.view
        view.section("a", kind=kind, indent=2)  # type: ignore[arg-type]
        view.section("l", kind="lines")
        for text in HOSTILE:
            view.append("a", clean(text + "\n\n"))
            view.set_lines("l", [Content(clean(text[:500])), Text(clean(text[:500]))])
            view.commit()
            await pilot.pause()
        view.close()
        view.move_to_top()
        for _ in range(30):
            assert all(row.isprintable() or "\u200d" in row for row in shown(view))
            view.render_line(0)
            view.move_page(1)
        assert view.get_selection(SELECT_ALL) is not None


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
def test_picture(snap_compare: Any, theme: str) -> None:
    """A whole answer with everything in it."""
    app = ViewApp()
    app.theme = theme
    view = app.view
    view.section("head", kind="lines", style="muted")
    view.section("aside", kind="text", style="aside", indent=2)
    view.section("answer", kind="markdown", gap=1)
    view.set_lines("head", [Content.assemble(("● ", "$success"), "thought for ", ("2.4 s", "bold"))])
    view.append("aside", clean("What matters here? A short answer, with a table."))
    view.append("answer", clean(SAMPLE))
    view.close()
    assert snap_compare(app, terminal_size=(60, 32))


async def test_what_is_drawn_with_lines_is_copied_as_markdown_and_lists_keep_their_shape() -> None:
    source = "- one two three\n  - nested and long\n\n| a | b\\|c |\n|---|--:|\n| 1 | two words |\n\n---\n"
    app = ViewApp()
    async with app.run_test(size=(16, 20)):
        view = app.view
        view.section("m", kind="markdown")
        view.append("m", clean(source))
        view.close()
        assert view.get_selection(SELECT_ALL) == (
            "• one two three\n  • nested and long\n\n| a | b\\|c |\n| --- | --: |\n| 1 | two words |\n\n---\n",
            "\n",
        )
        rule = next(y for y in range(20) if "┼" in view.render_line(y).text)
        part = Selection(Offset(0, rule), Offset(3, rule))
        assert view.get_selection(part) == ("──┼", "\n"), "a part of a line is copied as it is seen"
