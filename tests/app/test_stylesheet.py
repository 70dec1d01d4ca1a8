"""The looks of a widget's parts: right after all that may change them, and worked out only when they are drawn."""

import inspect
from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
import textual.css.parse
import textual.css.stylesheet
from textual.app import App, ComposeResult
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from tests.app.scripted import make_app
from tui.app.stylesheet import FrugalStylesheet

pytestmark = pytest.mark.anyio

RED, BLUE = Theme("red", primary="#ff0000", secondary="#00ff00"), Theme("blue", primary="#0000ff")


class Lamp(Widget):
    """Draws one of its two parts."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lamp--on", "lamp--off"}
    DEFAULT_CSS = """
    Lamp {
        .lamp--on { color: $primary; }
        &.-loud .lamp--on { text-style: bold; }
        .lamp--off { color: $secondary; }
    }
    """
    drawn = 0

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        self.look = self.get_component_rich_style("lamp--on")
        return Strip.blank(self.size.width)


class Room(App[None]):
    def __init__(self) -> None:
        super().__init__()
        for theme in (RED, BLUE):
            self.register_theme(theme)
        self.theme = "red"
        self.stylesheet = FrugalStylesheet(variables=self.get_css_variables())
        self.lamp = Lamp()

    def compose(self) -> ComposeResult:
        yield self.lamp


def colour(lamp: Lamp) -> str:
    assert lamp.look.color
    assert lamp.look.color.triplet
    red, _green, blue = lamp.look.color.triplet
    return "red" if red > blue else "blue"


async def test_only_parts_that_are_drawn_are_worked_out() -> None:
    app = Room()
    async with app.run_test():
        assert colour(app.lamp) == "red"
        assert set(app.lamp._component_styles) == {"lamp--on"}


async def test_a_part_never_drawn_before_can_be_asked_for_and_an_unknown_one_not() -> None:
    app = Room()
    async with app.run_test():
        assert app.lamp.get_component_styles("lamp--off").color.hex == "#00FF00"
        with pytest.raises(KeyError):
            app.lamp.get_component_styles("lamp--broken")


async def test_another_theme_is_seen_and_drawn_without_being_asked_for() -> None:
    app = Room()
    async with app.run_test() as pilot:
        drawn = app.lamp.drawn
        app.theme = "blue"
        await pilot.pause()
        assert app.lamp.drawn > drawn
        assert colour(app.lamp) == "blue"


async def test_a_class_of_the_widget_changes_its_parts() -> None:
    app = Room()
    async with app.run_test() as pilot:
        assert not app.lamp.look.bold
        app.lamp.add_class("-loud")
        await pilot.pause()
        assert app.lamp.look.bold


async def test_parts_that_stay_as_they_were_are_not_drawn_again() -> None:
    app = Room()
    async with app.run_test() as pilot:
        refreshed: list[Lamp] = []
        app.lamp.refresh = lambda *_, **__: refreshed.append(app.lamp)  # type: ignore[method-assign, assignment]
        app.lamp._component_styles.renew()  # type: ignore[attr-defined]
        await pilot.pause()
        assert refreshed == []


async def test_nothing_is_parsed_twice_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for the theme the app starts with nor for the widgets which come after the first."""
    parsed: list[object] = []
    parse = textual.css.parse.parse

    def counted(scope: str, css: str, read_from: tuple[str, str], **options: Any) -> Iterable[RuleSet]:
        parsed.append((read_from, options["tie_breaker"]))
        return parse(scope, css, read_from, **options)

    monkeypatch.setattr(textual.css.stylesheet, "parse", counted)
    # The tests' own way to parse remembers what the tests before this one parsed.
    monkeypatch.setattr(Stylesheet, "_parse_rules", inspect.unwrap(Stylesheet._parse_rules))
    app, _engine = make_app("ada")
    async with app.run_test():
        assert len(parsed) == len(set(parsed)) > 20
