"""Pictures of a blind round with its vote, and of the scores, in a small and a large terminal."""

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.app.scripted import draw, make_app
from tests.app.test_pictures import MARKDOWN, PROMPT, Compare, complete, cut_short, failing, thinking
from tests.core.test_votes import vote
from tui.app.blind.ballots import Ballots
from tui.app.blind.blind import Blind
from tui.core.votes import Verdict
from tui.storage.database import Database
from tui.storage.votes import VoteStore

SIZES = [pytest.param((80, 24), id="small"), pytest.param((160, 48), id="large")]
VOTES = [
    *(vote("openai/gpt-5.2", "anthropic/claude-sonnet-4-5", "ollama/qwen3", best="openai/gpt-5.2") for _ in range(7)),
    *(vote("openai/gpt-5.2", "anthropic/claude-sonnet-4-5", best="anthropic/claude-sonnet-4-5") for _ in range(4)),
    vote("openai/gpt-5.2,temperature=0", "ollama/qwen3", verdict=Verdict.ALL_BAD),
    vote("lmstudio/a", "lmstudio/b", best="lmstudio/b"),
]


def blind() -> Blind:
    return Blind(is_on=True, shuffle=lambda names: names.reverse())


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_a_vote(snap_compare: Compare, size: tuple[int, int]) -> None:
    app, engine = make_app("alpha", "beta", "gamma", "delta", prompt=PROMPT, blind=blind())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        failing(engine, "alpha")
        cut_short(engine, "beta")
        thinking(engine, "gamma")
        engine.receive("gamma", {"content": MARKDOWN}, finish="stop")
        engine.done("gamma")
        complete(engine, "delta")
        for _ in range(2):
            draw(app)
            await pilot.pause()
        await pilot.press("alt+v", "down")

    assert snap_compare(app, terminal_size=size, run_before=play)


def test_picture_after_the_vote(snap_compare: Compare) -> None:
    app, engine = make_app("alpha", "beta", "gamma", prompt=PROMPT, blind=blind())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        for name in ("alpha", "beta", "gamma"):
            complete(engine, name)
        draw(app)
        await pilot.press("alt+v", "b")
        for _ in range(2):
            draw(app)
            await pilot.pause()

    assert snap_compare(app, terminal_size=(120, 30), run_before=play)


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_scores(snap_compare: Compare, size: tuple[int, int], tmp_path: Path) -> None:
    store = VoteStore(Database(tmp_path / "votes.db"))
    store.put([vote(*(each.target for each in one.contestants), best=one.best.target if one.best else "",
                    verdict=one.verdict, number=number) for number, one in enumerate(VOTES)])  # fmt: skip
    app, _engine = make_app("alpha", "beta", "gamma", blind=blind(), ballots=Ballots(store))

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "V")
        await asyncio.wait_for(app.workers.wait_for_complete(), 10)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)
