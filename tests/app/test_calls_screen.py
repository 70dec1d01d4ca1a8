"""The form for results: what it shows of each call, typing, pasting, programs after a yes, and what is sent."""

import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from textual import events
from textual.pilot import Pilot

from tests.app.scripted import WatchedApp, make_app, screen_text
from tests.app.test_hostile import assert_harmless
from tests.hostile.corpus import BY_CLASS
from tui.app.calls.calls_screen import CallResults, CallsScreen
from tui.app.calls.programs import Programs
from tui.app.dialogs.yes_no import YesNo
from tui.app.prompt.prompt_box import MAX_PASTE_CHARS
from tui.config.settings import ToolCommand
from tui.core.request import CallMade

pytestmark = pytest.mark.anyio

WEATHER = CallMade("c1", "get_weather", '{"city":"Oslo","days":3}')
SUN = CallMade("c2", "get_sun", '{"city": "Oslo"')
PATIENCE_S = 30
SIZE = (100, 40)


class Form:
    """The dialog over a dashboard, and what came of it."""

    def __init__(self, app: WatchedApp, pilot: Pilot[None], screen: CallsScreen, drafts: dict[str, str]) -> None:
        self.app = app
        self.pilot = pilot
        self.screen = screen
        self.drafts = drafts
        self.sent: list[CallResults | None] = []

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def is_on_top(self) -> bool:
        return self.app.screen is self.screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def run_program(self) -> None:
        """ctrl+r, yes, and until it has ended."""
        await self.press("ctrl+r", "y")
        await self.ended()

    async def ended(self) -> None:
        with anyio.fail_after(PATIENCE_S):
            await self.app.workers.wait_for_complete()
        await self.pilot.pause()


async def opened(
    app: WatchedApp,
    pilot: Pilot[None],
    calls: Sequence[CallMade],
    drafts: dict[str, str] | None = None,
    programs: Programs | None = None,
    others: tuple[str, ...] = (),
) -> Form:
    """The dialog, just opened."""
    kept = {} if drafts is None else drafts
    screen = CallsScreen(app.keymap, "ada", calls, kept, programs or Programs(), others)
    found = Form(app, pilot, screen, kept)
    app.push_screen(screen, found.sent.append)
    await pilot.pause()
    return found


@asynccontextmanager
async def form(
    *calls: CallMade,
    drafts: dict[str, str] | None = None,
    programs: Programs | None = None,
    others: tuple[str, ...] = (),
    size: tuple[int, int] = SIZE,
) -> AsyncIterator[Form]:
    app, _engine = make_app("ada")
    async with app.run_test(size=size) as pilot:
        yield await opened(app, pilot, calls or (WEATHER, SUN), drafts, programs, others)


def program(code: str, *arguments: str, timeout: float = PATIENCE_S, output_bytes: int = 64 * 1024) -> Programs:
    """A Python program for the weather."""
    command = ToolCommand("get_weather", (sys.executable, "-c", code, *arguments), timeout, output_bytes)
    return Programs({"get_weather": command}, {"PATH": os.defpath})


# -- showing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_each_call_is_listed_with_its_size_and_whether_it_is_json(size: tuple[int, int]) -> None:
    async with form(size=size) as found:
        text = found.text
        assert "answer 2 calls · ada" in text
        assert "› 1 get_weather  24 B  ✓ valid  ○ no result" in text
        assert "  2 get_sun  15 B  … partial  ○ no result" in text
        assert '  "city": "Oslo",' in text
        assert '  "days": 3' in text
        assert "enter next, sends" in text


async def test_many_calls_are_listed_around_the_current_one() -> None:
    calls = [CallMade(f"c{number}", f"tool_{number}", "{}") for number in range(12)]
    async with form(*calls) as found:
        assert "tool_3" in found.text
        assert "▼ 8 more" in found.text
        await found.press(*["tab"] * 11)
        assert "› 12 tool_11" in found.text
        await found.press("tab")
        assert "› 1 tool_0" in found.text
        await found.press("shift+tab")
        assert "› 12 tool_11" in found.text


async def test_long_arguments_are_scrolled_from_the_field() -> None:
    long = CallMade("c", "get_weather", json.dumps({f"key{number}": number for number in range(200)}))
    async with form(long) as found:
        assert '"key0"' in found.text
        assert "result · ▼ " in found.text
        await found.press("pagedown", "pagedown", "pagedown")
        assert '"key0"' not in found.text
        await found.press(*["pagedown"] * 40)
        assert "more of the arguments" not in found.text
        await found.press(*["pageup"] * 43)
        assert '"key0"' in found.text


# -- typing ---------------------------------------------------------------------------------------------------------


async def test_enter_goes_to_the_next_call_and_sends_when_all_have_a_result() -> None:
    async with form() as found:
        await found.press(*"cold", "enter")
        assert "  1 get_weather  24 B  ✓ valid  ✓ answered" in found.text
        assert "› 2 get_sun" in found.text
        assert found.sent == []
        await found.press(*"up", "ctrl+j", *"by 6", "enter")
        assert found.sent == [CallResults({"c1": "cold", "c2": "up\nby 6"}, for_all=False)]


async def test_ctrl_s_sends_what_there_is_but_not_nothing() -> None:
    async with form() as found:
        await found.press("ctrl+s")
        assert "Type a result first." in found.text
        await found.press("tab", *"up", "ctrl+s")
        assert found.sent == [CallResults({"c2": "up"}, for_all=False)]


async def test_escape_sends_nothing_and_keeps_what_was_typed() -> None:
    drafts: dict[str, str] = {}
    async with form(drafts=drafts) as found:
        await found.press(*"cold", "escape")
        assert found.sent == [None]
    async with form(drafts=drafts) as found:
        assert "› 2 get_sun" in found.text, "the first call without a result"
        await found.press("tab")
        assert "cold" in found.text


async def test_a_paste_comes_in_cleaned_and_a_huge_one_is_refused() -> None:
    async with form(WEATHER) as found:
        found.app.post_message(events.Paste("co\x1b[2Jld\u200b"))
        await found.pilot.pause()
        assert found.screen._field.text == "co␛[2Jld"
        found.app.post_message(events.Paste("x" * (MAX_PASTE_CHARS + 1)))
        await found.pilot.pause()
        assert "262 145 characters are too many to paste." in found.text
        assert found.screen._field.text == "co␛[2Jld"


async def test_for_all_is_offered_only_where_others_asked_the_same() -> None:
    async with form(WEATHER) as found:
        await found.press("ctrl+t")
        assert "No other pane asked the same." in found.text
    async with form(WEATHER, others=("bob", "cy")) as found:
        assert "ctrl+t also 2 others" in found.text
        await found.press("ctrl+t")
        assert "Also for bob, cy, which asked the same." in found.text
        assert "ctrl+t only this pane" in found.text
        await found.press(*"cold", "enter")
        assert found.sent == [CallResults({"c1": "cold"}, for_all=True)]


# -- programs -------------------------------------------------------------------------------------------------------


async def test_without_a_program_it_says_so() -> None:
    async with form(WEATHER) as found:
        await found.press("ctrl+r")
        assert "No program is configured for get_weather" in found.text


async def test_nothing_runs_before_a_yes_that_shows_every_argument(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    programs = program("import sys; open(sys.argv[1], 'w')", str(ran), "two words; $(x)")
    async with form(WEATHER, programs=programs) as found:
        await found.press("ctrl+r")
        assert isinstance(found.app.screen, YesNo)
        assert sys.executable in found.text
        assert "4  'two words; $(x)'" in found.text
        assert "stopped after 30 s or 64 KiB of output" in found.text.replace("\n", " ")
        for refusal in ("escape", "n", "q"):
            await found.press(refusal)
            assert found.is_on_top
            await found.press("ctrl+r")
        await found.press("enter")
        assert isinstance(found.app.screen, YesNo), "enter is no yes"
        await found.ended()
        assert not ran.exists()
        await found.press("y")
        await found.ended()
        assert ran.exists()


async def test_its_output_fills_the_field_and_may_be_edited_before_it_is_sent() -> None:
    async with form(WEATHER, programs=program("import sys; print('for ' + sys.stdin.read())")) as found:
        await found.run_program()
        assert found.screen._field.text == f"for {WEATHER.arguments}"
        assert "✓ status 0" in found.text
        await found.press("exclamation_mark", "enter")
        assert found.sent == [CallResults({"c1": f"for {WEATHER.arguments}!"}, for_all=False)]


async def test_what_was_typed_comes_back_with_ctrl_z() -> None:
    async with form(WEATHER, programs=program("print('new')")) as found:
        await found.press(*"mine")
        await found.run_program()
        assert found.screen._field.text == "new"
        await found.press("ctrl+z")
        assert found.screen._field.text == "mine"


async def test_a_failure_shows_status_and_standard_error() -> None:
    code = "import sys; print('no such\\x1b[2J city', file=sys.stderr); sys.exit(3)"
    async with form(WEATHER, programs=program(code)) as found:
        await found.run_program()
        assert " ended with status 3." in found.text
        assert "no such␛[2J city" in found.text
        assert_harmless(found.app)


async def test_escape_stops_the_program_and_then_closes() -> None:
    async with form(WEATHER, programs=program("import time; print('x', flush=True); time.sleep(600)")) as found:
        await found.press("ctrl+r", "y")
        assert "The program runs; escape stops it." in found.text
        await found.press("ctrl+r")
        assert "A program is running" in found.text
        await found.press("escape")
        with anyio.fail_after(PATIENCE_S):
            while found.screen._worker is not None:
                await found.pilot.pause()
        await found.pilot.pause()
        assert "It was stopped." in found.text
        assert found.sent == []
        await found.press("escape")
        assert found.sent == [None]


async def test_the_output_of_one_call_does_not_land_in_another() -> None:
    async with form(programs=program("print('cold')")) as found:
        await found.press("ctrl+r", "y", "tab")
        await found.ended()
        assert found.screen._field.text == ""
        assert found.drafts["c1"] == "cold"
        assert "1 get_weather  24 B  ✓ valid  ✓ answered" in found.text


async def test_output_is_taken_to_what_the_field_can_hold() -> None:
    code = "import sys; sys.stdout.write('y' * 2_000_000)"
    async with form(WEATHER, programs=program(code, output_bytes=10_000_000)) as found:
        await found.press("ctrl+r")
        assert "256 KiB" in found.text
        await found.press("y")
        await found.ended()
        assert len(found.screen._field.text) == 256 * 1024
        assert "wrote more than 256 KiB" in found.text


# -- hostile --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BY_CLASS)
async def test_hostile_names_arguments_and_output_do_no_harm(name: str) -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=SIZE) as pilot:
        for text in BY_CLASS[name]:
            calls = [CallMade("c1", text, text), CallMade("c2", "f", json.dumps({text: [text]}, ensure_ascii=False))]
            found = await opened(app, pilot, calls, others=(text,))
            await found.press("ctrl+t")
            assert_harmless(app)
            await found.press("tab")
            found.screen._fill(calls[1], text)
            await pilot.pause()
            assert_harmless(app)
            await found.press("ctrl+r")
            assert_harmless(app)
            await found.press("escape")
            assert not found.is_on_top
