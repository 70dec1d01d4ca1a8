"""The diff view: every action, every state of the two streams, and texts too long to be compared in a frame."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.app.scripted import ScriptedEngine, WatchedApp, draw, make_app, screen_rows, screen_text
from tests.app.test_hostile import CONTROLS, MARKUP, assert_harmless
from tui.app.actions import Place
from tui.app.diff.maker import AT_ONCE_CHARS
from tui.app.diff.sheet import Sheet, make_sheet
from tui.app.views.diff import DiffView
from tui.core.secret import Secret

pytestmark = pytest.mark.anyio

WIDE = (120, 30)
NARROW = (80, 24)
ADA = "Red light leaves at 42.4 degrees, violet at 40.5.\n\nEach eye sees its own bow.\n\nThe end."
BOB = "Red light goes out at 42.4 degrees, violet at 40.\n\nEach eye sees its own bow.\n\nGoodbye now!"


def diff(app: WatchedApp) -> DiffView:
    view = app.dashboard.views[Place.DIFF]
    assert isinstance(view, DiffView)
    return view


def head(app: WatchedApp) -> str:
    return " ".join(diff(app)._head._words.plain.split())


async def settle(app: WatchedApp, pilot: Pilot[None]) -> None:
    """Two frames: sizes are known after the first."""
    for _ in range(2):
        await pilot.pause()
        draw(app)
    await app.workers.wait_for_complete()
    await pilot.pause()


async def open_diff(app: WatchedApp, engine: ScriptedEngine, pilot: Pilot[None], **answers: str) -> None:
    for name, text in answers.items():
        engine.answer(name, text)
    await pilot.press("tab", "f4")
    await settle(app, pilot)


async def press(app: WatchedApp, pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(app, pilot)


def sides(app: WatchedApp) -> tuple[str, str]:
    """Whose answers are compared."""
    left, right = diff(app)._names
    return left, right


# -- what is on show ------------------------------------------------------------------------------------------------


async def test_two_answers_stand_beside_each_other() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        row = next(row for row in screen_rows(app) if "~ Red light leaves at" in row)
        assert "~ Red light goes out at" in row
        ends = next(row for row in screen_rows(app) if "- The end." in row)
        assert "+ Goodbye now!" in ends
        assert "% alike · 3 changes" in head(app)


async def test_a_narrow_terminal_has_one_column() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=NARROW) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        shown = screen_text(app)
        assert "~ Red light leaves→goes out at 42.4 degrees" in shown
        assert shown.index("- The end.") < shown.index("+ Goodbye now!")
        assert "ada  →  ✓ complete · bob" in shown


async def test_another_size_lays_out_anew() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        await pilot.resize_terminal(*NARROW)
        await settle(app, pilot)
        assert "leaves→goes out" in screen_text(app)
        await pilot.resize_terminal(*WIDE)
        await settle(app, pilot)
        assert "leaves→goes out" not in screen_text(app)


async def test_the_same_answer_twice_is_called_the_same() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=ADA)
        assert "the same, word for word" in head(app)
        await press(app, pilot, "n")
        assert app.said[-1] == "There are no changes to go to."


async def test_a_missing_answer_is_named() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA)
        assert "no answer from bob · bob still streaming" in head(app)
        assert "no answer" in screen_text(app)
        engine.answer("bob", BOB)
        await settle(app, pilot)
        assert "3 changes" in head(app)


async def test_one_target_cannot_be_compared() -> None:
    app, engine = make_app("ada", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA)
        assert "A diff needs two targets; there is only one." in screen_text(app)
        await press(app, pilot, "n", "s", "h", "1", "y", "j", "w")
        assert app.said[-1] == "There is no comparison to copy yet."


# -- while streams run ----------------------------------------------------------------------------------------------


async def test_growing_answers_are_compared_about_once_a_second() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        engine.connect("ada")
        engine.receive("ada", {"content": "One line of words here"})
        await open_diff(app, engine, pilot, bob="One line of words here and there")
        assert "ada still streaming" in head(app)
        engine.receive("ada", {"content": " MORE"})
        draw(app)
        await pilot.pause()
        assert "MORE" not in screen_text(app)
        engine.clock.advance(1000)
        draw(app)
        await pilot.pause()
        assert "MORE" in screen_text(app)
        engine.receive("ada", {"content": " LAST"}, finish="stop")
        engine.done("ada")
        draw(app)
        await pilot.pause()
        assert "LAST" in screen_text(app), "the end is shown at once"
        assert "streaming" not in head(app)


async def test_other_targets_streaming_compares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app, engine = make_app("ada", "bob", "cleo", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        engine.connect("cleo")
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        monkeypatch.setattr("tui.app.views.diff.source_of", None)  # calling it would raise
        engine.receive("cleo", {"content": "words"})
        engine.clock.advance(5000)
        draw(app)


async def test_a_place_is_kept_while_the_texts_grow() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    lines = "".join(f"line {number} of many\n\n" for number in range(60))
    async with app.run_test(size=WIDE) as pilot:
        engine.connect("ada")
        engine.receive("ada", {"content": lines})
        await open_diff(app, engine, pilot, bob=lines)
        await press(app, pilot, *["ctrl+d"] * 3)
        top = next(row for row in screen_rows(app) if "of many" in row)
        engine.receive("ada", {"content": "and more at the end\n" * 30})
        engine.clock.advance(1000)
        draw(app)
        await pilot.pause()
        assert next(row for row in screen_rows(app) if "of many" in row) == top


async def test_a_text_that_outgrows_the_screen_is_not_followed() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        engine.connect("ada")
        engine.receive("ada", {"content": "first line\n"})
        await open_diff(app, engine, pilot, bob="first line")
        engine.receive("ada", {"content": "and more\n" * 60})
        engine.clock.advance(1000)
        draw(app)
        await pilot.pause()
        assert "and more" in screen_text(app)
        assert "first line" in screen_text(app)


# -- partners -------------------------------------------------------------------------------------------------------


async def test_partners_are_chosen_by_keys() -> None:
    app, engine = make_app("ada", "bob", "cleo", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB, cleo="Something else.")
        for key, left, right in (
            ("h", "cleo", "bob"),
            ("h", "ada", "bob"),
            ("H", "cleo", "bob"),
            ("l", "cleo", "ada"),
            ("L", "cleo", "bob"),
            ("s", "bob", "cleo"),
            ("1", "ada", "cleo"),
            ("3", "cleo", "ada"),
            ("3", "cleo", "ada"),
        ):
            await press(app, pilot, key)
            assert sides(app) == (left, right)
            titles = next(row for row in screen_rows(app) if "╭─ ✓ complete" in row)
            assert titles.index(left) < titles.index(right)


async def test_a_number_means_the_side_that_has_the_focus() -> None:
    app, engine = make_app("ada", "bob", "cleo", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB, cleo="Something else.")
        await press(app, pilot, "tab", "3")
        assert sides(app) == ("ada", "cleo")
        assert diff(app).target_name == "cleo"
        await press(app, pilot, "tab")
        assert app.focused is app.dashboard.prompt_box
        await press(app, pilot, "shift+tab", "shift+tab")
        assert diff(app).target_name == "ada"


async def test_the_target_the_user_was_at_is_compared_once() -> None:
    app, engine = make_app("ada", "bob", "cleo", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        for name in ("ada", "bob", "cleo"):
            engine.answer(name, ADA)
        await press(app, pilot, "tab", "3", "f4")
        assert sides(app) == ("cleo", "bob")
        assert diff(app).target_name == "cleo"
        await press(app, pilot, "h", "f2", "f4")
        assert sides(app) == ("ada", "bob"), "the choice made here is kept while the user stays at the same pane"
        await press(app, pilot, "f2", "2", "f4")
        assert sides(app) == ("ada", "bob")
        assert diff(app).target_name == "bob"


async def test_a_click_moves_to_a_side_or_compares_something_else() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        await pilot.click(diff(app)._sides[1])
        assert diff(app).target_name == "bob"
        await pilot.click(diff(app)._head, offset=(13, 0))
        await settle(app, pilot)
        assert "[reasoning]" in head(app)


async def test_a_partner_with_two_targets_only_is_refused() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        await press(app, pilot, "h")
        assert app.said[-1] == "There is no other target to compare with."


async def test_cancel_means_the_side_that_has_the_focus() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot)
        await press(app, pilot, "tab", "x")
        assert engine.cancelled == ["bob"]


# -- changes --------------------------------------------------------------------------------------------------------


async def test_changes_are_walked_and_go_round() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        for keys, expected in (("n", 1), ("]", 2), ("n", 3), ("n", 1), ("N", 3), ("[", 2)):
            await press(app, pilot, keys)
            assert f"change {expected} of 3" in head(app)
        await press(app, pilot, "s")
        assert "change 2 of 3" in head(app)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_change_out_of_view_is_brought_into_it(size: tuple[int, int]) -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    lines = [f"line {number} of many" for number in range(200)]
    other = [*lines[:150], "something new", *lines[150:]]
    async with app.run_test(size=size) as pilot:
        await open_diff(app, engine, pilot, ada="\n".join(lines), bob="\n".join(other))
        assert "something new" not in screen_text(app)
        await press(app, pilot, "n")
        assert "+ something new" in screen_text(app)
        assert len({column.text.rows_above for column in diff(app)._columns}) == 1


async def test_both_sides_scroll_together() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    lines = [f"line {number} of many" for number in range(200)]
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada="\n".join(lines), bob="\n".join(lines[::-1]))
        left, right = (column.text for column in diff(app)._sides)
        for key in ("j", "ctrl+d", "G", "k", "ctrl+u", "down", "pagedown", "up", "pageup", "g", "end", "home"):
            before = left.rows_above
            await press(app, pilot, key)
            assert left.rows_above == right.rows_above != before
        right.move_rows(7)  # the wheel over the right side
        await pilot.pause()
        assert left.rows_above == right.rows_above == 7


# -- subjects -------------------------------------------------------------------------------------------------------


async def test_reasoning_is_compared() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        for name, thought in (("ada", "I think of red light"), ("bob", "I think of blue light")):
            engine.connect(name)
            engine.receive(name, {"reasoning_content": thought}, {"content": "Done."}, finish="stop")
            engine.done(name)
        await open_diff(app, engine, pilot)
        await press(app, pilot, "w")
        assert "I think of red light" in screen_text(app)
        assert "[reasoning]" in head(app)
        assert "1 change" in head(app)


async def test_arguments_are_compared_by_what_they_say() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        calls = {"ada": '{"city":"Oslo","days":3}', "bob": '{ "days": 4, "city": "Oslo" }'}
        for name, arguments in calls.items():
            engine.connect(name)
            call = {"index": 0, "id": "c", "function": {"name": "weather", "arguments": arguments}}
            engine.receive(name, {"tool_calls": [call]}, finish="tool_calls")
            engine.done(name)
        await open_diff(app, engine, pilot)
        await press(app, pilot, "w", "w")
        row = next(row for row in screen_rows(app) if '"days"' in row)
        assert '~   "days": 3' in row
        assert '~   "days": 4' in row
        assert "1 change" in head(app)


async def test_arguments_that_are_no_json_are_compared_as_sent() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        for name, arguments in (("ada", '{"city": "Os'), ("bob", '{"city": "Oslo"}')):
            engine.connect(name)
            call = {"index": 0, "id": "c", "function": {"name": "weather", "arguments": arguments}}
            engine.receive(name, {"tool_calls": [call]}, finish="length")
            engine.done(name)
        await open_diff(app, engine, pilot)
        await press(app, pilot, "w", "w")
        assert "ƒ weather  … not valid JSON, as sent" in screen_text(app)
        assert '{"city": "Os' in screen_text(app)


async def test_metrics_are_compared_and_copied() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        await press(app, pilot, "W")
        assert "[metrics]" in head(app)
        assert "TTFT" in screen_text(app)
        assert "bob is" in screen_text(app)
        await press(app, pilot, "y")
        assert "TTFT" in app.copied[-1]
        await press(app, pilot, "n")
        assert app.said[-1] == "There are no changes to go to."
        await press(app, pilot, "w")
        assert "[answer]" in head(app)
        assert "~ Red light leaves at" in screen_text(app)


async def test_the_comparison_is_copied_as_text() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada="same\nold words", bob="same\nnew things")
        await press(app, pilot, "y")
        assert app.copied == ["  same\n- old words\n+ new things\n"]


# -- long texts -----------------------------------------------------------------------------------------------------

LONG = "".join(f"word{number % 97} of line {number}, and more words that follow it.\n" for number in range(4000))


@pytest.fixture
def let_go(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Threads compare only once this is set."""
    event = threading.Event()

    def make(*arguments: Any) -> Sheet:
        if len(arguments[0]) > AT_ONCE_CHARS:
            assert event.wait(30)
        return make_sheet(*arguments)

    monkeypatch.setattr("tui.app.diff.maker.make_sheet", make)
    yield event
    event.set()


async def test_long_texts_are_compared_in_a_thread_and_keys_work_meanwhile(let_go: threading.Event) -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        engine.answer("ada", LONG)
        engine.answer("bob", LONG.replace("word5 ", "other "))
        await pilot.press("tab", "f4", "j", "n")
        draw(app)
        await pilot.pause()
        assert diff(app)._maker.is_busy
        assert "comparing …" in head(app)
        assert "Comparing …" in screen_text(app)
        let_go.set()
        await settle(app, pilot)
        assert not diff(app)._maker.is_busy
        assert "% alike · 42 changes" in head(app)


async def test_another_partner_does_not_wait_for_a_long_comparison(let_go: threading.Event) -> None:
    app, engine = make_app("ada", "bob", "cleo", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB)
        engine.answer("cleo", LONG)
        await pilot.press("h")
        begun = diff(app)._maker._begun
        assert begun is not None
        await pilot.press("h")
        assert sides(app) == ("ada", "bob")
        assert begun[1].limit == 0, "the thread was told that nobody waits"
        await pilot.pause()
        assert "3 changes" in head(app)
        let_go.set()
        await settle(app, pilot)
        assert "Goodbye" in screen_text(app)


async def test_what_was_compared_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    app, engine = make_app("ada", "bob", "cleo", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        await open_diff(app, engine, pilot, ada=ADA, bob=BOB, cleo="Something else.")
        await press(app, pilot, "h", "h", "w")
        monkeypatch.setattr("tui.app.diff.sheet.compare", None)  # calling it would raise
        await press(app, pilot, "W", "s", "s", "h")
        assert sides(app) == ("cleo", "bob")
        assert "1 change" in head(app)


# -- hostile text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_nothing_acts_on_the_terminal(size: tuple[int, int]) -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    text = "\n".join(CONTROLS.values())
    async with app.run_test(size=size) as pilot:
        engine.connect("ada")
        call = {"index": 0, "id": "c", "function": {"name": text, "arguments": f'{{"a": {text!r}}}'}}
        engine.receive("ada", {"content": text, "reasoning_content": text, "tool_calls": [call]}, finish=text)
        engine.done("ada")
        await open_diff(app, engine, pilot, bob="\n".join(f"x {part} words" for part in CONTROLS.values()))
        for _ in range(4):
            assert_harmless(app)
            await press(app, pilot, "n", "ctrl+d")
            assert_harmless(app)
            await press(app, pilot, "w")


async def test_markup_is_only_text() -> None:
    app, engine = make_app("ada", MARKUP, prompt="why?")
    async with app.run_test(size=NARROW) as pilot:
        await open_diff(app, engine, pilot, ada=f"see {MARKUP}", **{MARKUP: f"see {MARKUP} too"})
        assert MARKUP in screen_text(app)
        await press(app, pilot, "W")
        assert "[/x]" in screen_text(app)


async def test_a_known_secret_is_not_shown_or_copied() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=WIDE) as pilot:
        for name in ("ada", "bob"):
            engine.state(name).redactor.learn([Secret("sk-very-secret-1234")])
        await open_diff(app, engine, pilot, ada="my key is sk-very-secret-1234", bob="my key is not known")
        assert "sk-very" not in screen_text(app)
        await press(app, pilot, "y")
        assert "sk-very" not in app.copied[-1]
