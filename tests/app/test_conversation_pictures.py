"""Pictures of a conversation: the second turn below the first, in a small and a large terminal."""

import pytest
from textual.pilot import Pilot

from tests.app.scripted import draw, make_app
from tests.app.test_pictures import PROSE, Compare, complete, cut_short, writing

SECOND = "And why is there sometimes a second one above it?"


@pytest.mark.parametrize("size", [pytest.param((80, 24), id="small"), pytest.param((160, 48), id="large")])
def test_picture_of_a_second_turn(snap_compare: Compare, size: tuple[int, int]) -> None:
    app, engine = make_app("alpha", "beta", prompt="How does a rainbow form?")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        complete(engine, "alpha")
        cut_short(engine, "beta")
        draw(app)
        app.dashboard.run.set_system("Be brief, and name your sources.")
        app.dashboard.run.ask_text(SECOND)
        app.dashboard.conversing.show()
        writing(engine, "alpha", PROSE)
        writing(engine, "beta", f"{PROSE}\n\n- one bow\n- two bows", finish="stop")
        await pilot.press("tab")
        await pilot.pause()
        draw(app)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)
