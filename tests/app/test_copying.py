"""Selecting with the mouse: what is copied of it."""

import pytest
from textual.selection import SELECT_ALL

from tests.app.scripted import draw, make_app, screen_rows

pytestmark = pytest.mark.anyio


async def test_a_selection_across_panes_is_of_the_answers_alone() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for name in ("ada", "bob"):
            engine.answer(name, f"{name} one\n\n{name} two")
        draw(app)
        await pilot.pause()
        y = next(y for y, row in enumerate(screen_rows(app)) if "ada one" in row)
        await pilot.mouse_down(offset=(6, y))
        await pilot.hover(offset=(49, y))
        await pilot.mouse_up(offset=(49, y))
        await pilot.press("ctrl+c")
        assert app.copied == ["one\n\nada two\n\nbob one"]
        app.dashboard.text_select_all()
        await pilot.pause()
        await pilot.press("ctrl+c")
        assert app.copied[1].splitlines() == ["ada one", "", "ada two", "", "bob one", "", "bob two"]


async def test_what_was_selected_in_another_view_is_not_copied() -> None:
    app, engine = make_app("ada", prompt="why?")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        engine.connect("ada")
        engine.receive("ada", {"content": "words"})
        draw(app)
        app.screen.selections = {app.dashboard.pane.answer: SELECT_ALL}
        await pilot.press("f3", "ctrl+c")
        assert app.copied == []
        assert engine.cancelled == ["ada"]
