"""Blind rounds as they are played: the mode, the vote and what is kept of it, what is refused and what ends a round."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app, panel_rows, screen_text, target, title
from tui.app.blind.ballots import Ballots
from tui.app.blind.blind import Blind, letters
from tui.app.blind.scores_screen import ScoresScreen
from tui.app.blind.vote_dialog import VoteDialog
from tui.app.dashboard import Dashboard
from tui.app.prompt.prompt_box import PromptBox
from tui.core.failure import http_error
from tui.core.secret import Secret
from tui.core.votes import Contestant, Verdict, Vote
from tui.storage.database import Database
from tui.storage.votes import VoteStore

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ADA = "custom/ada-model,base_url=http://127.0.0.1:9/v1"
BOB = "custom/bob-model,base_url=http://127.0.0.1:9/v1"
CLEO = "custom/cleo-model,base_url=http://127.0.0.1:9/v1"
SIZE = (100, 24)


def blind_app(
    *names: str, path: Path | None = None, is_on: bool = True, shuffle: Callable[[list[str]], None] | None = None
) -> tuple[WatchedApp, ScriptedEngine]:
    """Whoever is last in the line-up is A."""
    app, engine = make_app(
        *names,
        blind=Blind(is_on=is_on, shuffle=shuffle or (lambda order: order.reverse())),
        ballots=Ballots(VoteStore(Database(path)) if path else None, now=lambda: NOON),
    )
    return app, engine


async def ask(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*(keys or "why"), "enter")
    await pilot.pause()


async def played(pilot: Pilot[None], app: WatchedApp, engine: ScriptedEngine, **answers: str) -> None:
    await ask(pilot)
    for name, answer in answers.items():
        engine.answer(name, answer)
    draw(app)
    await pilot.pause()


async def kept(app: WatchedApp) -> list[Vote]:
    await app.workers.wait_for_complete()
    return (await app.dashboard.ballots.every())[0]


def names(app: WatchedApp) -> list[str]:
    """Who is in the panes, in the order in which they are on the screen."""
    return [pane.target.name for pane in app.dashboard.grid.panes]


def messages_sent(engine: ScriptedEngine) -> int:
    """With the last request."""
    return len(engine.launched[-1][1].messages)


def on_top(app: WatchedApp) -> type:
    """The dashboard, or the dialog over it."""
    return type(app.screen)


def test_letters_go_on_beyond_the_alphabet_and_leave_out_the_one_that_means_a_tie() -> None:
    assert "".join(letters(16)) == "ABCDEFGHIJKLMNOP"
    assert len(set(letters(60))) == 60
    assert "T" not in letters(60)


# -- a round --------------------------------------------------------------------------------------------------------


async def test_a_round_is_asked_in_the_drawn_order_voted_and_told(tmp_path: Path) -> None:
    app, engine = blind_app("ada", "bob", "cleo", path=tmp_path / "v.db")
    async with app.run_test(size=SIZE) as pilot:
        assert title(app, "ada") == "○ ready · ada", "nothing is hidden before the first prompt"
        await played(pilot, app, engine, ada="one", bob="two", cleo="three")
        assert [name for name, _ in engine.launched] == names(app) == ["cleo", "bob", "ada"]
        assert [title(app, name) for name in names(app)] == ["✓ complete · A", "✓ complete · B", "✓ complete · C"]
        assert panel_rows(app, "ada") == [""]
        await pilot.press("tab", "v")
        assert on_top(app) is VoteDialog
        await pilot.press("b")
        draw(app)
        assert app.said[-1] == "B was bob: voted best. v changes it until the next prompt."
        assert [title(app, name) for name in names(app)] == [
            "✓ complete · A: cleo", "✓ complete · B: bob · ◆ best", "✓ complete · C: ada"
        ]  # fmt: skip
        assert panel_rows(app, "ada")[0].startswith("TTFT 203 ms")
        (vote,) = await kept(app)
        assert vote == Vote(
            vote.id, "2026-01-31T12:00:00Z", "why", Verdict.BEST,
            (Contestant("A", CLEO), Contestant("B", BOB, is_best=True), Contestant("C", ADA)),
        )  # fmt: skip
        assert VoteStore(Database(tmp_path / "v.db")).read() == [vote]


async def test_the_next_prompt_begins_a_new_conversation_and_another_round() -> None:
    orders = iter((["bob", "ada"], ["ada", "bob"]))
    app, engine = blind_app("ada", "bob", shuffle=lambda order: order.__setitem__(slice(None), next(orders)))
    async with app.run_test(size=SIZE) as pilot:
        assert "Ask all of them, blind…" in screen_text(app)
        await played(pilot, app, engine, ada="one", bob="two")
        assert "Go on with all of them, or vote: alt+v…" in screen_text(app)
        await played(pilot, app, engine, ada="three", bob="four")
        assert messages_sent(engine) == 3, "the conversation goes on until the vote"
        await pilot.press("alt+v", "=")
        await pilot.pause()
        assert "The next prompt begins a new conversation, and another blind round…" in screen_text(app)
        await ask(pilot)
        assert messages_sent(engine) == 1
        assert names(app) == ["ada", "bob"]
        assert app.dashboard.run.blind.hides
        await pilot.press("tab", "v")
        assert app.said[-1] == "A and B still answer; vote when they have ended, or cancel them."


@pytest.mark.parametrize(
    ("keys", "verdict", "said"),
    [
        (("=",), Verdict.TIE, "A tie. A was bob, B was ada."),
        (("t",), Verdict.TIE, "A tie. A was bob, B was ada."),
        (("0",), Verdict.ALL_BAD, "All voted bad. A was bob, B was ada."),
        (("down", "enter"), Verdict.BEST, "B was ada: voted best."),
    ],
)
async def test_every_way_to_vote(keys: tuple[str, ...], verdict: Verdict, said: str) -> None:
    app, engine = blind_app("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("alt+v", *keys)
        await pilot.pause()
        assert app.said[-1] == f"{said} v changes it until the next prompt."
        assert [vote.verdict for vote in await kept(app)] == [verdict]


async def test_the_key_for_the_vote_works_while_a_prompt_is_typed_as_terminals_send_it() -> None:
    """Escape and the letter, which arrive as a key that has a character; what `pilot` presses has none."""
    app, engine = blind_app("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        app.post_message(events.Key("alt+v", "v"))
        await pilot.pause()
        assert on_top(app) is VoteDialog
        assert app.dashboard.prompt_box.text == ""


async def test_a_vote_is_changed_and_taken_back_until_something_else_is_asked(tmp_path: Path) -> None:
    app, engine = blind_app("ada", "bob", path=tmp_path / "v.db")
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("alt+v", "a", "alt+v", "b")
        (vote,) = await kept(app)
        assert vote.best == Contestant("B", ADA, is_best=True)
        await pilot.press("alt+v", "u")
        assert await kept(app) == []
        assert VoteStore(Database(tmp_path / "v.db")).read() == []
        await pilot.press("alt+v", "a")
        (vote,) = await kept(app)
        await pilot.press("tab", "r", "v")
        assert app.said[-1] == "There is nothing to vote on; the next prompt begins a blind round."
        assert await kept(app) == [vote]


# -- who may vote, and when -----------------------------------------------------------------------------------------


async def test_failed_and_empty_answers_take_no_part() -> None:
    app, engine = blind_app("ada", "bob", "cleo", "dora")
    async with app.run_test(size=SIZE) as pilot:
        await ask(pilot)
        await pilot.press("alt+v")
        assert app.said[-1] == "A, B, C and D still answer; vote when they have ended, or cancel them."
        engine.connect("ada")
        engine.fail("ada", http_error(500, {}, b"refused"))
        engine.answer("bob", " ")
        engine.answer("cleo", "three")
        engine.connect("dora")
        engine.receive("dora", {"content": "fo"})
        await pilot.press("alt+v")
        assert app.said[-1] == "A still answers; vote when it has ended, or cancel it."
        engine.end("dora")
        await pilot.press("alt+v")
        assert app.said[-1] == "A vote needs two answers; there is only one."
        assert app.dashboard.run.blind.hides
        await pilot.press("tab", "1", "r")
        engine.connect("dora")
        engine.receive("dora", {"content": "fo"})
        engine.cancel("dora")
        await pilot.press("v")
        await pilot.pause()
        assert "C, D take no part: failed, interrupted or empty." in screen_text(app)
        await pilot.press("c")
        assert on_top(app) is VoteDialog
        assert "There is no answer C to vote for." in screen_text(app)
        await pilot.press("a")
        (vote,) = await kept(app)
        assert vote.contestants[0].is_best
        assert [each.letter for each in vote.contestants] == ["A", "B"]


async def test_without_blind_mode_there_is_nothing_to_vote_on() -> None:
    app, engine = blind_app("ada", "bob", is_on=False)
    async with app.run_test(size=(120, 30)) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        assert title(app, "ada") == "✓ complete · ada"
        await pilot.press("tab", "v")
        assert "v vote" not in screen_text(app)
        assert not app.said
        await app.dashboard.action_perform("blind.vote")
        assert app.said == ["A vote belongs to a blind round; f9 switches the mode on."]


# -- what ends a round, and what may not ----------------------------------------------------------------------------


async def test_leaving_blind_mode_tells_everything_and_that_nothing_was_voted() -> None:
    app, engine = blind_app("ada", "bob", is_on=False)
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("f9")
        assert app.said[-1] == "Blind from the next prompt on; it begins a new conversation. v votes."
        assert title(app, "ada") == "✓ complete · ada"
        await played(pilot, app, engine, ada="three", bob="four")
        assert names(app) == ["bob", "ada"]
        await pilot.press("f9")
        draw(app)
        assert app.said[-1] == "Blind mode is off. Nothing was voted. A was bob, B was ada."
        await pilot.pause()
        assert names(app) == ["ada", "bob"]
        assert [title(app, name) for name in names(app)] == ["✓ complete · ada", "✓ complete · bob"]
        assert await kept(app) == []
        await ask(pilot)
        assert messages_sent(engine) == 3, "the conversation goes on"


async def test_a_new_conversation_ends_the_round() -> None:
    app, engine = blind_app("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("ctrl+n")
        draw(app)
        assert [title(app, name) for name in names(app)] == ["○ ready · ada", "○ ready · bob"]
        assert "custom/ada-model" in screen_text(app)
        await ask(pilot)
        assert names(app) == ["bob", "ada"]
        assert "custom/ada-model" not in screen_text(app)


@pytest.mark.parametrize("key", ["+", "-", "E", "D", "shift+left", "f8"])
async def test_the_line_up_stays_as_it_is_in_a_hidden_round(key: str) -> None:
    app, engine = blind_app("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("tab", "2", key)
        assert app.said == ["Vote first (v), or leave blind mode: the line-up tells who is who."]
        assert on_top(app) is Dashboard
        assert [target.name for target in app.dashboard.run.targets] == ["ada", "bob"]


async def test_nothing_is_exported_before_the_vote() -> None:
    app, engine = blind_app("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("ctrl+e")
        assert app.said == ["An export tells who is who; vote first (v)."]
        assert on_top(app) is Dashboard


async def test_a_line_up_that_changes_after_the_vote_is_shown_in_its_own_order() -> None:
    app, engine = blind_app("ada", "bob", "cleo")
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two", cleo="three")
        await pilot.press("alt+v", "a", "tab", "1", "shift+left")
        await pilot.pause()
        assert names(app) == [target.name for target in app.dashboard.run.targets] == ["ada", "cleo", "bob"]
        assert app.dashboard.pane.target.name == "cleo"


async def test_a_round_begins_with_a_prompt_to_all() -> None:
    app, engine = blind_app("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "a")
        assert app.said[-1] == "In blind mode a round begins with a prompt to all."
        await pilot.press("i")
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("tab", "1", "a", *"more", "enter")
        assert engine.launched[-1][0] == "bob"
        assert app.dashboard.run.blind.hides


async def test_a_prompt_from_the_command_line_begins_a_round_too() -> None:
    app, _engine = make_app("ada", "bob", prompt="Why?", blind=Blind(is_on=True, shuffle=lambda order: order.reverse()))
    async with app.run_test(size=SIZE) as pilot:
        draw(app)
        await pilot.pause()
        assert names(app) == ["bob", "ada"]
        assert title(app, "bob").endswith("· A")
        assert app.dashboard.run.blind.round is not None
        assert app.dashboard.run.blind.round.prompt == "Why?"


# -- the disk, and the scores ---------------------------------------------------------------------------------------


async def test_a_vote_that_cannot_be_written_is_said_and_goes_along_with_the_next(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    path.write_bytes(b"something else entirely" * 100)
    app, engine = blind_app("ada", "bob", path=path)
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("alt+v", "a")
        await app.workers.wait_for_complete()
        assert app.said[-1].startswith(f"The vote is kept for this session only: {path} is damaged, or no database; ")
        votes, problem = await app.dashboard.ballots.every()
        assert len(votes) == 1
        assert problem.startswith("The votes cannot be read: ")
        path.unlink()
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("alt+v", "b")
        await app.workers.wait_for_complete()
        assert len(VoteStore(Database(path)).read()) == 2


async def test_a_vote_remembers_no_key_and_nothing_a_terminal_could_act_on() -> None:
    keyed = replace(target("ada"), key=Secret("canary-0123456789abcdef"))
    app, engine = make_app("bob", targets=[keyed], blind=Blind(is_on=True))
    async with app.run_test(size=SIZE) as pilot:
        app.dashboard.on_prompt_box_sent(
            PromptBox.Sent("mine is canary-0123456789abcdef \x1b[31m and sk-0123456789abcdefghij")
        )
        for name in ("ada", "bob"):
            engine.answer(name, "thanks")
        await pilot.press("alt+v", "=")
        (vote,) = await kept(app)
        assert vote.prompt == "mine is ‹hidden› ␛[31m and ‹hidden›"


async def test_the_scores_come_after_the_vote() -> None:
    app, engine = blind_app("ada", "bob")
    async with app.run_test(size=SIZE) as pilot:
        await played(pilot, app, engine, ada="one", bob="two")
        await pilot.press("tab", "V")
        assert app.said[-1] == "The scores come after the vote (v)."
        await pilot.press("v", "a", "V")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert on_top(app) is ScoresScreen
        assert "beat" in screen_text(app)
        await pilot.press("V")
        assert on_top(app) is Dashboard
