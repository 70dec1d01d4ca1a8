"""NO_COLOR: nothing is lost but the colours."""

import pytest
from rich.style import Style
from textual.color import Color

from tests.app.scripted import draw, make_app
from tui.app.terminal.without_colour import WithoutColour, weighted

pytestmark = pytest.mark.anyio

GROUND = Color.parse("#10151c")


@pytest.mark.parametrize(
    ("style", "left"),
    [
        ("#d8e0ea on #10151c", ""),
        ("#808da0 on #10151c", "dim"),  # a label: grey, 5.4:1
        ("#ff6b6b on #10151c", ""),  # a failure: 6.6:1, and no grey
        ("#2f3a48 on #10151c", "dim"),  # a border: 1.6:1
        ("bold #808da0", "bold dim"),
        ("#d8e0ea on #1c2430", ""),  # a panel
        ("#d8e0ea on #3d5a80", "reverse"),  # a selection
        ("reverse #d8e0ea on #3d5a80", "reverse"),
        ("red on default", ""),
        ("default on default", ""),
    ],
)
def test_a_colour_becomes_a_weight(style: str, left: str) -> None:
    assert weighted(Style.parse(style), GROUND) == Style.parse(left)


def test_what_a_click_does_stays() -> None:
    meta = {"@click": "screen.perform('app.help')"}
    assert weighted(Style.parse("red") + Style.from_meta(meta), GROUND).meta == meta


async def test_the_focus_and_the_hits_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, engine = make_app("ada", prompt="why?")
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.get_line_filters()[-1], WithoutColour)
        engine.answer("ada", "rain and rain")
        draw(app)
        await pilot.press("tab", "slash", *"rain", "enter")
        await pilot.pause()
        draw(app)
        pane = app.dashboard.pane
        segments = [segment for segment in pane.answer.render_lines(pane.answer.size.region)[0] if segment.text.strip()]
        assert [(segment.text, str(segment.style)) for segment in segments] == [
            ("rain", "bold reverse"),
            (" and ", "none"),
            ("rain", "underline"),
        ]
        assert pane.styles.border_top[0] == "heavy"
