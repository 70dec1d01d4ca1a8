"""The inspector: every key of it, what it shows of a stream, and what it costs."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from textual.pilot import Pilot

from tests.app.scripted import MS, ScriptedEngine, WatchedApp, draw, focused, make_app, screen_rows, screen_text, target
from tui.app.actions import Place
from tui.app.inspector import json_lines
from tui.app.inspector.event_list import EventList
from tui.app.inspector.event_words import figures, figures_width, preview, type_width
from tui.app.inspector.json_lines import payload_lines
from tui.app.inspector.pages import attempts_page, connection_page, limit_words, request_page, response_page
from tui.app.inspector.shown_events import ShownEvents
from tui.app.views import InspectorView
from tui.core.attempts import Attempt
from tui.core.bounds import Bounds
from tui.core.connection import ConnectionFacts
from tui.core.exchange import Exchange
from tui.core.failure import http_error
from tui.core.policy import Policy
from tui.core.rate_limits import RateLimit
from tui.core.redact import Redactor
from tui.core.request import HttpRequest, Prompt
from tui.core.retries import Retries
from tui.core.secret import Secret
from tui.core.stream import StreamState
from tui.core.tape import Tape
from tui.core.tape_events import TapeReader

pytestmark = pytest.mark.anyio

Compare: TypeAlias = Callable[..., bool]
SIZE = (140, 40)
KEY = "sk-canary-0123456789abcdef"
WORDS = ("It ", "rains ", "in ", "Bergen ", "today.")


def receive_answer(engine: ScriptedEngine, name: str = "ada") -> None:
    """A role, five words of which the third is waited for longest, a finish reason and usage; comments between."""
    engine.connect(name)
    engine.clock.advance(200)
    engine.receive(name, {"role": "assistant", "content": ""})
    for word, wait_ms in zip(WORDS, (20, 30, 900, 40, 50), strict=True):
        engine.clock.advance(wait_ms)
        engine.receive(name, {"content": word})
    engine.raw(name, b": keep-alive\n\n")
    engine.clock.advance(400)
    engine.receive(name, {}, finish="stop")
    engine.send(name, {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5}})


@asynccontextmanager
async def inspecting(
    *names: str,
    size: tuple[int, int] = SIZE,
    receive: Callable[[ScriptedEngine], None] = receive_answer,
    **options: Any,
) -> AsyncIterator[tuple[WatchedApp, ScriptedEngine, Pilot[None]]]:
    """The inspector with the focus, of a stream that has received something."""
    app, engine = make_app(*names or ("ada",), prompt="why?", **options)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        receive(engine)
        await pilot.press("tab", "f5")
        await pilot.pause()
        draw(app)
        await pilot.pause()
        yield app, engine, pilot


def view_of(app: WatchedApp) -> InspectorView:
    view = app.dashboard.views[Place.INSPECTOR]
    assert isinstance(view, InspectorView)
    return view


def list_of(app: WatchedApp) -> EventList:
    return app.dashboard.query_one(EventList)


def rows_of(app: WatchedApp) -> list[list[str]]:
    """The cells of the rows in view: number, offset, gap, bytes, type, and the preview in as many as it has words."""
    view = list_of(app)
    lines = [view.render_line(y).text for y in range(1, view.size.height)]
    columns = figures(view.size.width)
    starts = [sum(column.width + 1 for column in columns[:at]) for at in range(len(columns))]
    rows = []
    for line in filter(str.strip, lines):
        numbers = [line[start : start + column.width].strip() for start, column in zip(starts, columns, strict=True)]
        rows.append([*numbers, *line[figures_width(view.size.width) :].split()])
    return rows


def types_of(app: WatchedApp) -> list[str]:
    return [row[4] for row in rows_of(app)]


def payload_of(app: WatchedApp) -> str:
    return view_of(app)._payload.text


def page_of(app: WatchedApp) -> str:
    return view_of(app)._page.text


def subtitle_of(app: WatchedApp) -> str:
    found = list_of(app)._border_subtitle
    return found.plain if found else ""


def plain(lines: list[Any]) -> str:
    return "\n".join(line.plain for line in lines)


# -- events ---------------------------------------------------------------------------------------------------------


async def test_every_event_is_listed_with_its_offset_gap_size_and_type() -> None:
    async with inspecting() as (app, engine, _pilot):
        rows = rows_of(app)
        assert [row[:3] + row[4:5] for row in rows] == [
            ["1", "0.203", "–", "role"],
            ["2", "0.223", "20.0", "content"],
            ["3", "0.253", "30.0", "content"],
            ["4", "1.153", "900.0", "content"],
            ["5", "1.193", "40.0", "content"],
            ["6", "1.243", "50.0", "content"],
            ["7", "1.243", "0.0", "comment"],
            ["8", "1.643", "400.0", "finish"],
            ["9", "1.643", "0.0", "usage"],
        ]
        assert sum(int(row[3]) for row in rows) == engine.state("ada").bytes_received
        assert "rains" in " ".join(rows[2])
        assert subtitle_of(app) == "9 · longest gap 900 ms at #4 · following"


async def test_the_list_follows_the_stream_until_the_user_moves() -> None:
    async with inspecting() as (app, engine, pilot):
        assert list_of(app).current == 8
        engine.receive("ada", {"content": " More"})
        draw(app)
        assert list_of(app).current == 9
        assert '" More"' in payload_of(app)
        await pilot.press("k")
        engine.receive("ada", {"content": " still"})
        draw(app)
        assert list_of(app).current == 8
        assert "following" not in subtitle_of(app)
        await pilot.press("G")
        engine.receive("ada", {"content": " and"})
        draw(app)
        assert list_of(app).current == 11
        assert "following" in subtitle_of(app)


MOVES = {
    "g": 0,
    "home j down": 2,
    "g j j k up": 0,
    "g G": 8,
    "g end": 8,
    "g ctrl+d": 8,
    "ctrl+u": 0,
    "g pagedown pageup": 0,
    "k j j": 8,
    "g j n n": 3,
    "G k k k N": 4,
    "w": 3,
    "w w": 5,  # on from there: the second longest, then the third
}


async def test_keys_move_in_the_list() -> None:
    async with inspecting() as (app, _engine, pilot):
        for keys, row in MOVES.items():
            await pilot.press("G", *keys.split())
            assert list_of(app).current == row, keys
            assert f"#{row + 1} " in screen_text(app), "the payload is the current event's"


async def test_there_is_no_other_event_of_that_type() -> None:
    async with inspecting() as (app, _engine, pilot):
        await pilot.press("g", "n")
        assert list_of(app).current == 0
        assert app.said == ["There is no other event of this type that way."]


async def test_the_slowest_gaps_begin_anew_after_the_last() -> None:
    async with inspecting() as (app, _engine, pilot):
        await pilot.press(*"w" * 8)
        assert list_of(app).current != 3
        await pilot.press("w")
        assert list_of(app).current == 3


async def test_only_one_type_and_all_again() -> None:
    async with inspecting() as (app, engine, pilot):
        await pilot.press("g", "j", "f")
        assert types_of(app) == ["content"] * 5
        assert "5 of 9 · content" in subtitle_of(app)
        assert list_of(app).current == 0
        engine.receive("ada", {"content": " more"})
        engine.raw("ada", b": ping\n\n")
        draw(app)
        assert types_of(app) == ["content"] * 6
        await pilot.press("j", "f")
        assert len(rows_of(app)) == 11
        assert list_of(app).current == 2, "the same event"


async def test_a_filter_by_text_while_it_is_typed() -> None:
    async with inspecting() as (app, _engine, pilot):
        await pilot.press("slash", *"berg")
        assert types_of(app) == ["content"]
        assert '"Bergen "' in payload_of(app), "small letters find capitals"
        draw(app)
        assert "1 of 9 events" in screen_text(app)
        await pilot.press("enter")
        assert focused(app) is list_of(app)
        assert len(rows_of(app)) == 1
        await pilot.press("escape")
        assert len(rows_of(app)) == 9
        assert list_of(app).current == 4, "where the filter led"
        assert view_of(app).is_shown
        await pilot.press("slash", *"zzz")
        assert rows_of(app) == []
        assert payload_of(app) == "No event passes the filter; escape shows all."
        await pilot.press("escape", "escape")
        assert not view_of(app).is_shown


async def test_both_filters_hold_for_the_next_stream_too() -> None:
    async with inspecting() as (app, engine, pilot):
        await pilot.press("g", "j", "f", "slash", *"rai", "enter")
        assert len(rows_of(app)) == 1
        engine.launch(app.dashboard.run.targets[0], Prompt.of("again"))
        receive_answer(engine)
        draw(app)
        assert len(rows_of(app)) == 1


async def test_nothing_breaks_before_anything_was_asked() -> None:
    app, _engine = make_app("ada")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "f5")
        await pilot.pause()
        for keys in ("f", "w", "n", "y", "Y", "a", "slash x escape", "j k g G ctrl+d"):
            await pilot.press(*keys.split())
            draw(app)
            assert "This target was not asked anything yet." in screen_text(app)
        for _ in range(4):
            await pilot.press("right_square_bracket")
            assert "This target was not asked anything yet." in page_of(app)


async def test_a_click_and_the_wheel_move_too() -> None:
    async with inspecting() as (app, _engine, pilot):
        await pilot.click(EventList, offset=(10, 4))
        assert list_of(app).current == 2
        await pilot._post_mouse_events([events_scroll_up()], EventList)
        assert list_of(app).current == 0


def events_scroll_up() -> Any:
    from textual.events import MouseScrollUp

    return MouseScrollUp


async def test_the_smallest_screen_has_rows_and_a_payload() -> None:
    async with inspecting(size=(60, 15)) as (app, _engine, _pilot):
        assert len(rows_of(app)) >= 2
        assert view_of(app)._payload.size.height >= 2


@pytest.mark.parametrize(
    ("types", "width", "cells"),
    [
        ([], 60, 12),
        (["content", "finish"], 60, 12),
        (["content", "response.output_text.delta"], 80, 26),
        (["x" * 48], 100, 28),
        (["response.output_text.delta"], 56, 23),
    ],
)
def test_types_have_the_room_they_need(types: list[str], width: int, cells: int) -> None:
    assert type_width(types, width) == cells


# -- the payload ----------------------------------------------------------------------------------------------------


async def test_the_payload_is_laid_out_and_scrolls_when_it_has_the_focus() -> None:
    async with inspecting(size=(80, 24)) as (app, _engine, pilot):
        await pilot.press("g", "tab")
        assert '  "id": "r1",' in payload_of(app)
        before = list_of(app).current
        view = view_of(app)._payload
        view.show([json_lines.NOT_KEPT] * 60, is_new=True)
        assert view.rows_above == 0, "read from the top"
        await pilot.press("j", "j", "k")
        assert (view.rows_above, list_of(app).current) == (1, before)
        await pilot.press("G")
        assert view.rows_below == 0
        await pilot.press("g", "ctrl+d", "ctrl+u")
        assert view.rows_above == 0
        await pilot.press("tab")
        assert focused(app) is app.dashboard.prompt_box
        await pilot.press("shift+tab", "shift+tab")
        assert focused(app) is list_of(app)


def test_a_long_payload_is_cut_and_says_so() -> None:
    lines = payload_lines(json.dumps({"a": "x" * 200_000}).encode(), str, 80)
    assert sum(len(line) for line in lines) < 70_000
    assert lines[-1].plain == "… 134 473 characters more; copying takes all of it."


def test_the_parts_of_json_have_colours() -> None:
    (line,) = payload_lines(b'{"key": ["word", -1.5e3, true]}', str, 80)
    styles = {line.plain[span.start : span.end]: span.style for span in line.spans}
    assert styles['"key"'] == "$text-primary"
    assert styles['"word"'] == "$text-success"
    assert styles["-1.5e3"] == styles["true"] == "$text-warning"


def test_what_is_no_json_is_shown_as_it_is() -> None:
    assert plain(payload_lines(b'{"choi', str, 80)) == '{"choi'


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'data: {"id":"x","choices":[{"delta":{"content":"Hi"}}]}', '"Hi"}}]}'),
        (b'{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}', '"Hi"}}'),
        (b'{"message":{"role":"assistant","content":"Hi"},"done":false}', '"Hi"},"done":false}'),
        (b'{"type":"response.output_text.delta","delta":"Hi"}', '"Hi"}'),
        (b'{"choices":[],"usage":{"prompt_tokens":9}}', '{"prompt_tokens":9}}'),
        (b'{"other":1}', '{"other":1}'),
    ],
)
def test_a_preview_begins_where_payloads_differ(raw: bytes, shown: str) -> None:
    assert preview(raw, "payload", str) == shown


async def test_bytes_that_are_no_longer_kept_are_said_to_be_gone() -> None:
    def receive(engine: ScriptedEngine) -> None:
        engine.connect("ada")
        for number in range(600):
            engine.receive("ada", {"content": f"word{number}"})

    policy = Policy(bounds=Bounds(tape_bytes=40_000))
    async with inspecting("bob", receive=receive, targets=[replace(target("ada"), policy=policy)]) as (app, _, pilot):
        assert types_of(app).count("forgotten") == 0
        await pilot.press("slash", *"forgotten", "enter")
        assert types_of(app) == ["forgotten"]
        assert "no longer kept" in payload_of(app)
        await pilot.press("y")
        assert app.copied == []
        assert app.said == ["There is no payload to copy here."]


# -- whose stream ---------------------------------------------------------------------------------------------------


async def test_it_opens_at_the_target_the_user_was_at_and_keys_change_it() -> None:
    app, engine = make_app("ada", "bob", "cleo", prompt="why?")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        for name in ("ada", "bob", "cleo"):
            engine.connect(name)
            engine.receive(name, {"content": f"I am {name}"})
        await pilot.press("tab", "2", "f5")
        await pilot.pause()
        draw(app)
        seen = [payload_of(app)]
        for key in ("3", "right", "left", "l", "h", "1"):
            await pilot.press(key)
            seen.append(payload_of(app))
        names = [re.findall("I am ([a-z]+)", text)[0] for text in seen]
        assert names == ["bob", "cleo", "ada", "cleo", "ada", "cleo", "ada"]
        await pilot.press("9", "x")
        assert engine.cancelled == ["ada"], "the target on screen"
        await pilot.click("TabStrip", offset=(14, 0))
        assert "I am bob" in payload_of(app)


async def test_another_run_begins_the_list_anew() -> None:
    async with inspecting() as (app, engine, pilot):
        engine.done("ada")
        await pilot.press("g", "r")
        assert rows_of(app) == []
        assert payload_of(app) == "Nothing has arrived yet."
        engine.connect("ada")
        engine.receive("ada", {"content": "Again"})
        draw(app)
        assert types_of(app) == ["content"]
        assert list_of(app).follow


# -- pages ----------------------------------------------------------------------------------------------------------


async def test_sections_are_opened_by_keys_and_clicks() -> None:
    async with inspecting() as (app, _engine, pilot):
        seen = []
        for _ in range(5):
            await pilot.press("right_square_bracket")
            seen.append(page_of(app).split("\n")[0] if list_of(app).region.width == 0 else "events")
        assert [line[:10] for line in seen] == ["POST http:", "status    ", "time      "[:4], "▸ attempt ", "events"]
        await pilot.press("left_square_bracket")
        assert page_of(app).startswith("▸ attempt 1")
        await pilot.click("SectionStrip", offset=(10, 0))
        assert page_of(app).startswith("POST")
        assert focused(app) is view_of(app)._page


async def test_keys_scroll_a_page() -> None:
    async with inspecting(size=(80, 16)) as (app, _engine, pilot):
        await pilot.press("right_square_bracket")
        await pilot.pause()
        page = view_of(app)._page
        assert page.rows_above == 0
        await pilot.press("j", "j", "k")
        assert page.rows_above == 1
        await pilot.press("G")
        assert page.rows_below == 0
        await pilot.press("g", "ctrl+d", "ctrl+u")
        assert page.rows_above == 0


async def test_a_page_is_brought_up_to_date_where_it_was_scrolled_to() -> None:
    async with inspecting() as (app, engine, pilot):
        await pilot.press("left_square_bracket")
        assert "end         –" in page_of(app)
        engine.done("ada")
        draw(app)
        assert "end         1.64 s" in page_of(app)


async def test_copying_takes_the_payload_the_page_or_the_command() -> None:
    async with inspecting() as (app, _engine, pilot):
        await pilot.press("g", "j", "y")
        assert json.loads(app.copied[-1])["choices"][0]["delta"] == {"content": "It "}
        await pilot.press("Y")
        assert app.copied[-1].startswith("curl -N http://127.0.0.1:9/v1/chat/completions")
        assert '"content":"why?"' in app.copied[-1]
        await pilot.press("right_square_bracket", "y")
        assert app.copied[-1].startswith("POST http://127.0.0.1:9/v1/chat/completions")
        assert [sentence.split(":")[0] for sentence in app.said] == [
            "Copied the payload",
            "Copied the request as curl",
            "Copied this page",
        ]


def test_the_request_page_hides_the_key_and_says_it_is_there() -> None:
    asked = replace(target("ada"), key=Secret(KEY), headers={"X-Gateway-Token": "canary-gateway"})
    request = HttpRequest(
        f"http://x/v1?token={KEY}", json.dumps({"why": KEY}).encode(), {"X-Gateway-Token": "canary-gateway", "a": "b"}
    )
    text = plain(request_page(Exchange(request, Tape()), asked, Redactor.of_targets([asked]), 80))
    assert "canary" not in text
    assert "authorization: Bearer ‹hidden›" in text
    assert "X-Gateway-Token: ‹hidden›" in text
    assert "a: b" in text


def test_the_response_page_explains_the_limits() -> None:
    headers = {
        "x-request-id": "req_1",
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1.2s",
        "x-ratelimit-remaining-tokens": "149984",
        "retry-after": "20",
    }
    lines = response_page(Exchange(None, Tape(), 429, headers), Attempt(0, headers_ns=155 * MS))
    text = plain(lines)
    assert "status        429\nafter         155 ms\nrequest id    req_1" in text
    assert "requests      0 of 60 left, full again in 1.2 s" in text
    assert "tokens        149 984 left" in text
    assert "retry after   wait 20 s before asking again" in text
    styles = {str(span.style) for line in lines if "0 of 60" in line.plain for span in line.spans}
    assert "$metric-bad" in styles


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (RateLimit("requests", "60", "59"), "59 of 60 left"),
        (RateLimit("requests", "14400", None, 33011.0, "33011"), "14 400 allowed, full again in 9 h"),
        (RateLimit("requests", None, None, 0.0, "0s"), "full"),
        (RateLimit("requests", None, None, None, "tomorrow"), "full again: tomorrow"),
    ],
)
def test_a_limit_in_words(limit: RateLimit, words: str) -> None:
    assert limit_words(limit) == words


def test_the_connection_page_says_where_the_time_went() -> None:
    facts = ConnectionFacts(
        "HTTP/2", False, "10.0.0.1:443", "proxy:8080", "TLSv1.3", "AES", None, 10 * MS, 20 * MS, 30 * MS
    )
    attempt = Attempt(0, 60 * MS, False, 160 * MS, 260 * MS, 960 * MS)
    text = plain(connection_page(Exchange(None, Tape(), 200, {}, facts), attempt))
    bars = {line.split()[0]: line for line in text.split("\n") if "█" in line}
    starts = {name: line.index("█") for name, line in bars.items()}
    assert list(starts) == ["dns", "tcp", "tls", "response", "first"]
    assert list(starts.values()) == sorted(starts.values()), "one after another"
    assert bars["response"].count("█") == pytest.approx(36 * 100 / 260, abs=1)
    assert [bars[name].split()[-2] for name in ("dns", "tcp", "tls", "response")] == ["10", "20", "30", "100"]
    assert re.search(r"writing +700 ms", text)
    for fact in ("opened        new", "HTTP/2", "10.0.0.1:443", "proxy:8080", "TLSv1.3, AES"):
        assert fact in text


def test_a_reused_connection_waited_for_nothing() -> None:
    facts = ConnectionFacts("HTTP/1.1", True, http2_declined=True)
    text = plain(connection_page(Exchange(None, Tape(), 200, {}, facts), Attempt(0, 0, True, 5 * MS)))
    assert re.search(r"dns +–", text)
    assert "reused: nothing was looked up" in text
    assert "HTTP/2 was asked for" in text


async def test_every_attempt_can_be_looked_at() -> None:
    def receive(engine: ScriptedEngine) -> None:
        policy = Policy(retries=Retries(attempts=1, first_wait=0.5))
        state = StreamState(replace(target("ada"), policy=policy), engine.clock.now_ns(), jitter=0.5)
        engine.board.put("ada", state)
        state.start(engine.clock.now_ns())
        facts = ConnectionFacts("HTTP/1.1", False, peer="192.0.2.1:80")
        state.connected(engine.clock.now_ns(), reused=False, facts=facts)
        state.respond(503, {"retry-after": "1"}, engine.clock.now_ns())
        body = b'{"error": {"message": "overloaded", "type": "server_error", "code": "busy"}}'
        state.receive_error(body, engine.clock.now_ns())
        state.fail(http_error(503, {}, body), engine.clock.now_ns())
        engine.clock.advance(500)
        receive_answer(engine)

    async with inspecting(receive=receive) as (app, _engine, pilot):
        assert "attempt 2 of 2" in screen_text(app)
        assert len(rows_of(app)) == 9
        assert rows_of(app)[0][1] == "0.203", "from this try's own request"
        await pilot.press("a")
        assert "attempt 1 of 2" in screen_text(app)
        assert types_of(app) == ["✗"]
        assert '"message": "overloaded"' in payload_of(app)
        await pilot.press("left_square_bracket")
        assert "▸ attempt 1" in page_of(app)
        assert "status      503" in page_of(app)
        assert re.search("failed +http: overloaded\n +code +server_error · busy", page_of(app))
        await pilot.press("left_square_bracket")
        assert "192.0.2.1:80" in page_of(app), "how the earlier one was carried"
        await pilot.press("right_square_bracket")
        await pilot.press("a", "a", "a")
        assert "▸ attempt 2" in page_of(app)


async def test_one_attempt_has_no_other() -> None:
    async with inspecting() as (app, _engine, pilot):
        await pilot.press("a")
        assert app.said == ["There was no other attempt."]


def test_the_attempts_page_before_anything_was_sent() -> None:
    assert plain(attempts_page((), 0)) == "Nothing was sent yet."


# -- hostile words --------------------------------------------------------------------------------------------------

EVIL = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\u202e\u200b\x00[red]x[/red][/x]\ud800\u2028\t" + "e" + "\u0301" * 30


async def test_control_characters_never_reach_the_screen() -> None:
    raw_json = b'{"choices":[{"delta":{"content":"' + EVIL.encode("utf-8", "surrogatepass") + b'"}}]}'

    def receive(engine: ScriptedEngine) -> None:
        state = engine.state("ada")
        state.start(engine.clock.now_ns())
        state.connected(engine.clock.now_ns(), reused=False)
        state.respond(200, {"x-ratelimit-remaining-\x1b[2J": EVIL, "x-request-id": EVIL}, engine.clock.now_ns())
        engine.receive("ada", {"content": EVIL})
        for body in (
            raw_json,
            EVIL.encode("utf-8", "surrogatepass").replace(b"\n", b""),
            b'{"type":"' + b"\x1b[2J" + b'"}',
        ):
            engine.raw("ada", b"event: \x1b[31m[/x]\ndata: " + body + b"\n\n")
        engine.raw("ada", b": \x1b[2J comment\n\n")

    async with inspecting(receive=receive) as (app, _engine, pilot):
        await pilot.press("g")
        for _ in range(8):
            assert_harmless(app)
            await pilot.press("j")
        for _ in range(5):
            await pilot.press("right_square_bracket")
            await pilot.pause()
            assert_harmless(app)


def assert_harmless(app: WatchedApp) -> None:
    for row in screen_rows(app):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\u202e\u2028\ud800-\udfff]", row), ascii(row)


def test_what_cannot_be_shown_is_written_as_an_escape() -> None:
    text = plain(payload_lines('{"a": "x\u202ey"}'.encode(), str, 80))
    assert text == '{"a": "x\\u202ey"}'
    assert json.loads(text) == {"a": "x\u202ey"}


async def test_a_key_in_an_event_is_hidden_on_screen_and_in_copies() -> None:
    def receive(engine: ScriptedEngine) -> None:
        engine.connect("ada")
        engine.receive("ada", {"content": f"your key is {KEY}"})

    keyed = replace(target("ada"), key=Secret(KEY))
    async with inspecting("bob", receive=receive, targets=[keyed]) as (app, _engine, pilot):
        assert "your key is ‹" in payload_of(app)
        await pilot.press("y", "Y")
        for text in (screen_text(app), *app.copied):
            assert KEY not in text
        assert '"$API_KEY"' in app.copied[-1]


# -- cost -----------------------------------------------------------------------------------------------------------


async def test_only_rows_in_view_are_drawn_and_only_one_payload_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With twenty thousand events, moving by one draws two rows."""
    laid_out = 0

    def counted(*arguments: Any) -> Any:
        nonlocal laid_out
        laid_out += 1
        return payload_lines(*arguments)

    monkeypatch.setattr("tui.app.views.inspector.payload_lines", counted)

    def receive(engine: ScriptedEngine) -> None:
        engine.connect("ada")
        data = b'data: {"choices":[{"delta":{"content":"word"}}]}\n\n' * 200
        for _ in range(100):
            engine.clock.advance(1)
            engine.raw("ada", data)

    async with inspecting(receive=receive) as (app, _engine, pilot):
        events = list_of(app)
        assert events.count == 20_000
        assert events.drawn_rows <= 4 * SIZE[1]
        await pilot.press("k")  # it follows no longer, which the border says
        await pilot.pause()
        before, laid_out = events.drawn_rows, 0
        await pilot.press("k")
        await pilot.pause()
        assert events.drawn_rows - before <= 4
        draw(app)
        assert laid_out == 1


async def test_a_hidden_inspector_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: Any, **_options: Any) -> None:
        raise AssertionError("read while hidden")

    monkeypatch.setattr(TapeReader, "read_on", never)
    app, engine = make_app("ada", prompt="why?")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        receive_answer(engine)
        draw(app)
        assert not view_of(app).is_shown


def test_filtering_stops_when_there_is_no_time_and_goes_on_later() -> None:
    tape = Tape()
    for number in range(2000):
        tape.append(b'data: {"choices":[{"delta":{"content":"%d"}}]}\n\n' % number, number)
    shown = ShownEvents(TapeReader(tape, "chat"))
    shown.read_on(is_over=True, has_time=lambda: True)
    shown.filter(None, "7")
    shown.read_on(is_over=True, has_time=lambda: False)
    assert shown.is_behind
    assert 0 < len(shown) < 100
    shown.read_on(is_over=True, has_time=lambda: True)
    assert len(shown) == sum("7" in str(number) for number in range(2000))
    assert not shown.is_behind


# -- pictures -------------------------------------------------------------------------------------------------------


def pictured(engine: ScriptedEngine) -> None:
    receive_answer(engine)
    state = engine.state("ada")
    state._headers = {
        "content-type": "text/event-stream",
        "x-request-id": "req_aede18afab3d1754",
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "42",
        "x-ratelimit-reset-requests": "1.56s",
        "x-ratelimit-limit-tokens": "200000",
        "x-ratelimit-remaining-tokens": "151169",
        "x-ratelimit-reset-tokens": "14.649s",
    }
    state.connection = ConnectionFacts(
        "HTTP/1.1", False, "10.0.0.7:443", None, "TLSv1.3", "TLS_AES_256_GCM_SHA384", None, MS, MS // 2, MS
    )
    engine.raw("ada", b"data: {broken\n\n")


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        pytest.param(["k", "k", "k", "k"], (130, 36), id="events-large"),
        pytest.param(["k", "k", "k", "k"], (80, 24), id="events-small"),
        pytest.param(["slash", "r", "a", "i"], (130, 36), id="filter-large"),
        pytest.param(["right_square_bracket"], (80, 24), id="request-small"),
        pytest.param(["right_square_bracket"] * 2, (130, 36), id="response-large"),
        pytest.param(["right_square_bracket"] * 3, (130, 36), id="connection-large"),
        pytest.param(["right_square_bracket"] * 3, (80, 24), id="connection-small"),
        pytest.param(["right_square_bracket"] * 4, (80, 24), id="attempts-small"),
    ],
)
def test_picture(snap_compare: Compare, keys: list[str], size: tuple[int, int]) -> None:
    app, engine = make_app("ada", "bob", prompt="Does it rain in Bergen?")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        pictured(engine)
        await pilot.press("tab", "f5")
        await pilot.pause()
        draw(app)
        await pilot.press(*keys)
        for _ in range(2):
            await pilot.pause()
            draw(app)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)
