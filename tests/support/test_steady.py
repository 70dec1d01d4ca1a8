"""An app under test is at rest when a test goes on, however long the chain that a key sets off."""

import pytest
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.widgets import Static

from tests.support.steady import wait_for_idle

pytestmark = pytest.mark.anyio


class Chain(App[None]):
    """A key leads to a message, that to a drawing, that to another widget, and so on."""

    LINKS = 5

    def __init__(self) -> None:
        super().__init__()
        self.links = 0
        self.is_restless = False

    def compose(self) -> ComposeResult:
        yield Static("first")

    def key_a(self) -> None:
        self.call_later(self.screen.mount, Static("next"))
        self.call_after_refresh(self.link)

    def link(self) -> None:
        self.links += 1
        if self.links < self.LINKS or self.is_restless:
            self.screen.refresh(layout=True)
            self.call_after_refresh(self.link)


async def test_all_that_a_key_leads_to_has_happened() -> None:
    app = Chain()
    async with app.run_test() as pilot:
        await pilot.press("a")
        assert app.links == Chain.LINKS
        assert len(app.query(Static)) == 2
        assert not app.screen._dirty_widgets


async def test_a_new_size_has_arrived() -> None:
    app = Chain()
    async with app.run_test(size=(80, 24)) as pilot:
        for width in (100, 60, 120):
            await pilot.resize_terminal(width, 24)
            assert app.screen.size.width == app.query_one(Static).size.width == width


async def test_an_app_that_never_rests_is_said() -> None:
    app = Chain()
    async with app.run_test() as pilot:
        app.is_restless = True
        with pytest.raises(RuntimeError, match="for ever"):
            await pilot.press("a")
        app.is_restless = False
        await wait_for_idle()


async def test_styles_are_parsed_for_the_variables_they_were_asked_with() -> None:
    rules = []
    for colour in ("#ff0000", "#0000ff", "#ff0000"):
        sheet = Stylesheet(variables={"hue": colour})
        sheet.add_source("Static { color: $hue; }", read_from=("here", "test"))
        rules.append(sheet.rules[0])
    assert rules[0] is rules[2]
    assert [rule.styles.color.hex for rule in rules] == ["#FF0000", "#0000FF", "#FF0000"]
