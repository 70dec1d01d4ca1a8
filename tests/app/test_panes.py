"""What a pane shows in each phase of its stream: title, panel, answer, subtitle."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.app.scripted import (
    ScriptedEngine,
    WatchedApp,
    answer_rows,
    answer_shown,
    draw,
    make_app,
    panel_rows,
    screen_text,
    subtitle,
    title,
)
from tui.app.state_words import ALL_STATES, state_word
from tui.core.endings import size_words
from tui.core.failure import StreamError, http_error
from tui.core.network import Network
from tui.core.target import Target

pytestmark = pytest.mark.anyio

SIZE = (100, 30)


@asynccontextmanager
async def pane(*names: str) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine]]:
    """A dashboard with its prompt sent and nothing answered; the first pane is called ada."""
    app, engine = make_app("ada", *names, prompt="why?")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        yield app, engine


def panel(app: WatchedApp) -> str:
    return "\n".join(panel_rows(app, "ada"))


def begin(engine: ScriptedEngine, text: str = "Hello") -> None:
    """The first token, 203 ms after the request."""
    engine.connect("ada", after_ms=3)
    engine.clock.advance(200)
    engine.receive("ada", {"content": text})


def word(engine: ScriptedEngine) -> tuple[str, str]:
    """Glyph and word of ada's state, from the one table of them."""
    shown = state_word(engine.board.get("ada"), engine.clock.now_ns())
    return shown.glyph, shown.word


def assert_titled(app: WatchedApp, engine: ScriptedEngine, expected: str) -> None:
    glyph, found = word(engine)
    assert found == expected
    assert title(app, "ada").startswith(f"{glyph} {expected} · ada")


def call(index: int, **fields: object) -> dict[str, object]:
    """A tool-call delta; `id` opens one, `function` holds name and arguments."""
    return {"tool_calls": [{"index": index, **fields}]}


# -- phases ---------------------------------------------------------------------------------------------------------


async def test_before_a_prompt_a_pane_says_whom_it_would_ask() -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert title(app, "ada").startswith("○ ready · ada")
        assert "custom/ada-model" in answer_shown(app, "ada")
        assert "http://127.0.0.1:9/v1" in answer_shown(app, "ada")


async def test_before_a_prompt_a_pane_names_the_proxy_and_never_its_password() -> None:
    network = Network(proxy="http://me:hunter2@proxy.example:3128")
    app, _engine = make_app(targets=[Target("far", "p", "m", "chat", "https://api.example/v1", network=network)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "through the proxy proxy.example:3128" in answer_shown(app, "far")
        assert "hunter2" not in screen_text(app)


async def test_queued() -> None:
    async with pane() as (app, engine):
        draw(app)
        assert_titled(app, engine, "queued")
        assert subtitle(app, "ada") == ""


async def test_connecting_shows_a_running_clock() -> None:
    async with pane() as (app, engine):
        engine.state("ada").start(engine.clock.now_ns())
        engine.clock.advance(1500)
        draw(app)
        assert_titled(app, engine, "connecting")
        assert "1.5 s" in panel(app)


async def test_waiting_has_no_figure_that_is_not_known() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.clock.advance(2000)
        draw(app)
        assert_titled(app, engine, "waiting")
        assert "TTFT –" in panel(app)
        assert "– tok/s" in panel(app)
        assert "2.0 s" in panel(app)


async def test_waiting_with_pings_says_that_the_server_is_alive() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.raw("ada", b": ping\n\n: ping\n\n")
        draw(app)
        assert_titled(app, engine, "waiting")
        assert "server alive, 2 pings, no text yet" in panel(app)


async def test_thinking_shows_the_lane_and_keeps_the_reasoning_folded() -> None:
    async with pane() as (app, engine):
        engine.connect("ada", after_ms=0)
        engine.clock.advance(100)
        engine.receive("ada", {"reasoning_content": "hmm, well"})
        engine.clock.advance(1000)
        draw(app)
        assert_titled(app, engine, "thinking")
        assert "thinking 1.0 s · 9 chars" in panel(app)
        assert "hmm" not in answer_shown(app, "ada")


async def test_unfolded_the_reasoning_of_a_long_answer_is_what_is_seen() -> None:
    async with pane() as (app, engine):
        engine.connect("ada", after_ms=0)
        engine.receive("ada", {"reasoning_content": "first, hmm"}, {"content": "line\n\n" * 99})
        draw(app)
        view = app.dashboard.panes["ada"].answer
        end = view.rows_above
        app.dashboard.panes["ada"].toggle_reasoning()
        assert (answer_rows(app, "ada")[0], view.rows_above, view.follow) == ("first, hmm", 0, False)
        app.dashboard.panes["ada"].toggle_reasoning()
        assert (view.rows_above, view.follow) == (end, True)
        view.move_rows(-5)
        app.dashboard.panes["ada"].toggle_reasoning()
        assert (answer_rows(app, "ada")[0], view.follow) == ("first, hmm", False)
        view.move_rows(20)
        app.dashboard.panes["ada"].toggle_reasoning()
        assert not view.follow, "whoever scrolled stays where they are"


async def test_after_thinking_the_lane_keeps_its_time() -> None:
    async with pane() as (app, engine):
        engine.connect("ada", after_ms=0)
        engine.receive("ada", {"reasoning_content": "hmm"})
        engine.clock.advance(2000)
        engine.receive("ada", {"reasoning_content": " so"})
        engine.receive("ada", {"content": "Yes."})
        engine.clock.advance(1500)
        draw(app)
        assert_titled(app, engine, "streaming")
        assert "thought 2.0 s · 6 chars" in panel(app)
        assert answer_shown(app, "ada") == "Yes."


async def test_streaming_shows_time_to_first_token_rate_and_estimated_tokens() -> None:
    async with pane() as (app, engine):
        begin(engine)
        for _ in range(10):
            engine.clock.advance(100)
            engine.receive("ada", {"content": "x" * 40})
        draw(app)
        assert_titled(app, engine, "streaming")
        # 10 reads of 40 characters, 4 to a token, in the second after the first token: 100 tokens per second;
        # with the 5 characters of the first read that are 101.25 tokens.
        assert "TTFT 203 ms" in panel(app)
        assert "100 tok/s" in panel(app)
        assert "≈101 tok" in panel(app)
        assert "1.2 s" in panel(app)
        assert "█" in panel(app), "a sparkline"


async def test_silence_is_called_quiet_after_three_seconds_and_ends_with_the_next_token() -> None:
    async with pane() as (app, engine):
        begin(engine)
        engine.clock.advance(2999)
        draw(app)
        assert_titled(app, engine, "streaming")
        engine.clock.advance(1)
        draw(app)
        assert_titled(app, engine, "quiet")
        engine.clock.advance(9000)
        draw(app)
        assert "quiet 12 s" in panel(app)
        engine.receive("ada", {"content": " again"})
        draw(app)
        assert_titled(app, engine, "streaming")


async def test_silence_with_pings_is_told_from_a_dead_line() -> None:
    async with pane() as (app, engine):
        begin(engine)
        engine.clock.advance(5000)
        engine.raw("ada", b": ping\n\n")
        draw(app)
        assert_titled(app, engine, "quiet")
        assert "server alive, no text for 5 s" in panel(app)


async def test_the_last_words_before_a_silence_are_shown_though_they_came_too_soon_for_a_new_drawing() -> None:
    async with pane() as (app, engine):
        begin(engine, "first")
        app.dashboard.tick()
        engine.receive("ada", {"content": " last"})
        app.dashboard.tick()  # the views' clock has not moved on: they put the work off
        engine.drawn_ns += 1_000_000_000
        app.dashboard.tick()
        assert answer_shown(app, "ada") == "first last"


async def test_complete_says_why_it_ended_and_nothing_to_retry() -> None:
    async with pane() as (app, engine):
        engine.answer("ada", "Hello **you**.")
        draw(app)
        assert_titled(app, engine, "complete")
        assert subtitle(app, "ada") == "stop"
        assert answer_shown(app, "ada") == "Hello you."


async def test_the_clock_stands_still_at_the_end() -> None:
    async with pane() as (app, engine):
        engine.answer("ada", "Hello.")
        draw(app)
        before = panel(app)
        engine.clock.advance(60_000)
        draw(app)
        assert panel(app) == before


@pytest.mark.parametrize(
    ("reason", "word"), [("length", "cut"), ("content filter", "filtered"), ("tool calls", "complete")]
)
async def test_other_endings_are_named(reason: str, word: str) -> None:
    async with pane() as (app, engine):
        engine.answer("ada", "Hello", finish=reason.replace(" ", "_"))
        draw(app)
        assert_titled(app, engine, word)
        assert subtitle(app, "ada").startswith(reason)


async def test_an_unknown_ending_is_shown_in_the_servers_words() -> None:
    async with pane() as (app, engine):
        engine.answer("ada", "Hello", finish="moon_phase")
        draw(app)
        assert subtitle(app, "ada").startswith("moon phase")


async def test_estimated_tokens_give_way_to_reported_ones() -> None:
    async with pane() as (app, engine):
        begin(engine, "x" * 40)
        draw(app)
        assert "≈10 tok" in panel(app)
        engine.receive("ada", {}, finish="stop")
        engine.send("ada", {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 12}})
        engine.done("ada")
        draw(app)
        assert "12 tok" in panel(app)
        assert "≈" not in panel(app)


async def test_the_model_the_server_says_it_used_stands_in_the_title() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.send("ada", {"model": "ada-model-0613", "choices": [{"index": 0, "delta": {"content": "x"}}]})
        draw(app)
        assert title(app, "ada").endswith("ada-model-0613")


async def test_the_model_that_was_asked_for_is_not_repeated() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.send("ada", {"model": "ada-model", "choices": [{"index": 0, "delta": {"content": "x"}}]})
        draw(app)
        assert "ada-model" not in title(app, "ada")


async def test_an_interrupted_answer_keeps_its_text_and_can_be_retried() -> None:
    async with pane() as (app, engine):
        begin(engine, "half an ans")
        engine.fail("ada", StreamError("transport", "the connection was closed"))
        draw(app)
        assert_titled(app, engine, "interrupted")
        assert "half an ans" in answer_shown(app, "ada")
        assert "the connection was closed" in answer_shown(app, "ada")
        assert "interrupted after" in subtitle(app, "ada")
        assert subtitle(app, "ada").endswith("c continue · r retry")


async def test_a_body_that_ends_without_saying_so_is_interrupted() -> None:
    async with pane() as (app, engine):
        begin(engine, "half")
        engine.end("ada")
        draw(app)
        assert_titled(app, engine, "interrupted")
        assert answer_shown(app, "ada") == "half"


async def test_a_failure_shows_the_servers_own_message_whole() -> None:
    message = "The model `gpt-9` does not exist or you do not have access to it. " * 3
    body = b'{"error": {"message": "%s", "type": "invalid_request_error"}}' % message.encode()
    async with pane("bob") as (app, engine):
        engine.connect("ada")
        engine.fail("ada", http_error(404, {}, body))
        draw(app)
        assert_titled(app, engine, "failed")
        shown = " ".join(answer_rows(app, "ada")).split()
        assert " ".join(message.split()) in " ".join(shown)
        assert "HTTP 404" in answer_shown(app, "ada")
        assert "invalid_request_error" not in answer_shown(app, "ada"), "codes are for the inspector"
        assert subtitle(app, "ada").endswith("r retry")


async def test_a_wait_the_server_asked_for_is_said() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.fail("ada", http_error(429, {"retry-after": "17"}, b'{"error": {"message": "Slow down."}}'))
        draw(app)
        assert answer_shown(app, "ada") == "Slow down.\nHTTP 429 rate limited · try again in 17 s"


async def test_an_error_in_the_stream_fails_it_with_what_it_said() -> None:
    async with pane() as (app, engine):
        begin(engine, "so far")
        engine.send("ada", {"error": {"message": "The server is overloaded.", "type": "overloaded_error"}})
        draw(app)
        assert_titled(app, engine, "failed")
        assert "so far" in answer_shown(app, "ada")
        assert "The server is overloaded." in answer_shown(app, "ada")


async def test_cancelled_keeps_the_text() -> None:
    async with pane() as (app, engine):
        begin(engine, "so far")
        engine.cancel("ada")
        draw(app)
        assert_titled(app, engine, "cancelled")
        assert answer_shown(app, "ada") == "so far"
        assert subtitle(app, "ada").startswith("cancelled")


async def test_a_stream_that_failed_leaves_the_others_alone() -> None:
    async with pane("bob") as (app, engine):
        begin(engine, "from ada")
        engine.connect("bob")
        engine.fail("bob", StreamError("transport", "no route to host"))
        engine.receive("ada", {"content": " still"})
        draw(app)
        assert answer_shown(app, "ada") == "from ada still"
        assert_titled(app, engine, "streaming")
        assert "no route to host" in answer_shown(app, "bob")


# -- tool calls -----------------------------------------------------------------------------------------------------


async def test_a_tool_call_shows_its_name_at_once_and_grows() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.receive("ada", call(0, id="c1", function={"name": "get_weather", "arguments": ""}))
        draw(app)
        assert "get_weather" in answer_shown(app, "ada")
        assert "0 B" in answer_shown(app, "ada")
        engine.receive("ada", call(0, function={"arguments": '{"city": "Ła'}))
        draw(app)
        # 10 ASCII bytes, then two for the crossed L and one more.
        assert "13 B" in answer_shown(app, "ada")
        assert "partial" in answer_shown(app, "ada")
        assert '{"city": "Ła' in answer_shown(app, "ada")
        engine.receive("ada", call(0, function={"arguments": 'ńcut"}'}), finish="tool_calls")
        engine.done("ada")
        draw(app)
        assert "✓ valid" in answer_shown(app, "ada")
        assert "partial" not in answer_shown(app, "ada")
        assert '{"city": "Łańcut"}' in answer_shown(app, "ada")
        assert subtitle(app, "ada").startswith("tool calls")


async def test_arguments_that_are_no_json_are_called_invalid() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.receive("ada", call(0, id="c1", function={"name": "f", "arguments": "{city: 1}"}), finish="tool_calls")
        engine.done("ada")
        draw(app)
        assert "✗ invalid" in answer_shown(app, "ada")
        assert "{city: 1}" in answer_shown(app, "ada"), "shown as sent"


async def test_a_call_without_arguments_is_valid_once_it_ended() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.receive("ada", call(0, id="c1", function={"name": "now", "arguments": ""}), finish="tool_calls")
        draw(app)
        assert "✓ valid" in answer_shown(app, "ada")


async def test_parallel_calls_stand_apart() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.receive("ada", call(0, id="c1", function={"name": "first", "arguments": '{"a":'}))
        engine.receive("ada", call(1, id="c2", function={"name": "second", "arguments": '{"b":'}))
        engine.receive("ada", call(0, function={"arguments": " 1}"}), call(1, function={"arguments": " 2}"}))
        draw(app)
        rows = [row for row in answer_rows(app, "ada") if row]
        assert [("first" in row, "second" in row) for row in rows] == [
            (True, False),
            (False, False),
            (False, True),
            (False, False),
        ]
        assert rows[1].strip() == '{"a": 1}'
        assert rows[3].strip() == '{"b": 2}'


async def test_text_before_a_call_stays_above_it() -> None:
    async with pane() as (app, engine):
        begin(engine, "Let me look.")
        engine.receive("ada", call(0, id="c1", function={"name": "look", "arguments": "{}"}))
        draw(app)
        shown = answer_shown(app, "ada")
        assert shown.index("Let me look.") < shown.index("ƒ look")


# -- refusal, choices -----------------------------------------------------------------------------------------------


async def test_a_refusal_is_shown_and_named_as_one() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.receive("ada", {"refusal": "I cannot help with that."}, finish="stop")
        engine.done("ada")
        draw(app)
        assert answer_shown(app, "ada") == "I cannot help with that."
        assert subtitle(app, "ada").startswith("refusal")


async def test_a_refusal_has_a_style_of_its_own() -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        engine.connect("ada")
        engine.receive("ada", {"refusal": "No."})
        engine.connect("bob")
        engine.receive("bob", {"content": "No."})
        draw(app)
        styles = []
        for name in ("ada", "bob"):
            view = app.dashboard.panes[name].answer
            strips = view.render_lines(view.size.region)
            styles.append(next(segment.style for strip in strips for segment in strip if "No." in segment.text))
        assert styles[0] is not None
        assert styles[1] is not None
        assert styles[0].color != styles[1].color


async def test_choices_are_told_in_the_panel_and_the_shown_one_is_marked() -> None:
    async with pane() as (app, engine):
        engine.connect("ada")
        engine.receive("ada", {"content": "one"}, choice=0)
        engine.receive("ada", {"content": "two"}, choice=1, finish="stop")
        draw(app)
        assert answer_shown(app, "ada") == "one"
        row = panel_rows(app, "ada")[-1]
        assert "[1●]" in row
        assert "2✓" in row


async def test_one_choice_has_no_tabs() -> None:
    async with pane() as (app, engine):
        begin(engine)
        draw(app)
        assert "[1" not in panel(app)


# -- the whole ------------------------------------------------------------------------------------------------------


def test_glyphs_and_words_tell_every_state_apart_without_colour() -> None:
    assert len({state.word for state in ALL_STATES}) == len(ALL_STATES)
    words_of: dict[str, set[str]] = {}
    for state in ALL_STATES:
        words_of.setdefault(state.glyph, set()).add(state.word)
    assert [words for words in words_of.values() if len(words) > 1] == [{"ready", "queued"}], "both wait to begin"


async def test_the_summary_counts_states() -> None:
    app, engine = make_app("ada", "bob", "cleo", prompt="why?")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        engine.answer("ada", "done")
        engine.cancel("bob")
        draw(app)
        summary = app.dashboard._key_bar.summary
        assert "1 running" in summary
        assert "1 complete" in summary
        assert "1 cancelled" in summary
        engine.answer("cleo", "half", finish="length")
        draw(app)
        assert app.dashboard._key_bar.summary == "1 complete · 1 cut · 1 cancelled"


async def test_a_frame_is_skipped_while_the_terminal_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pane() as (app, engine):
        begin(engine, "text")
        monkeypatch.setattr("tui.app.dashboard.terminal_backlog", lambda app: 10)
        app.dashboard.tick()
        assert answer_shown(app, "ada") != "text"
        monkeypatch.undo()
        app.dashboard.tick()
        assert answer_shown(app, "ada") == "text", "the next frame catches up"


@pytest.mark.parametrize(
    ("width", "held", "expected"),
    [
        (80, False, "interrupted after {size}"),
        (88, False, "interrupted after {size} · c continue"),
        (110, False, "interrupted after {size} · c continue · r retry"),
        (80, True, "view paused · space goes on"),
        (124, True, "view paused · space goes on · interrupted after {size}"),
        (160, True, "view paused · space goes on · interrupted after {size} · c continue"),
        (180, True, "view paused · space goes on · interrupted after {size} · c continue · r retry"),
    ],
)
async def test_an_ending_without_room_loses_whole_parts_not_letters(width: int, held: bool, expected: str) -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        begin(engine, "word " * 5000)
        engine.end("ada")
        draw(app)
        if held:
            app.dashboard.panes["ada"].toggle_paused()
            draw(app)
        size = size_words(engine.state("ada").counts.bytes)
        assert subtitle(app, "ada") == expected.format(size=size)
        assert subtitle(app, "ada") in screen_text(app), "whole, as Textual draws it"
