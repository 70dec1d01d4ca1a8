"""Requests that are sent again, over real sockets: how often, and what the user can do meanwhile."""

import json
import random

import anyio
import pytest

from tests.engine.harness import GUARD_S, Engine, StillClock, flying, tasks_of_client, text_of
from tests.engine.server import Exchange, Script, answering_json, event, framed, good, head, serving
from tui.core.deadlines import Timeouts
from tui.core.phase import Phase
from tui.core.policy import Policy
from tui.core.retries import Retries
from tui.core.stream import StreamState
from tui.engine import fleet
from tui.engine.connections import Connector

pytestmark = pytest.mark.anyio

SECOND = 1_000_000_000
AT_ONCE = Policy(retries=Retries(first_wait=0.001))
PATIENT = Policy(retries=Retries(first_wait=600, longest_wait=600))
"""A pause far beyond any test."""
BUSY = answering_json("503 Busy", {"error": {"message": "busy"}})


class Turns:
    """Answers the first request by the first script, and so on; the last one stays."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts)

    async def __call__(self, exchange: Exchange) -> None:
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        await script(exchange)


async def slamming(exchange: Exchange) -> None:
    exchange.connection.close()


async def breaking_off(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.send(framed(b": ping\n\n"))
    exchange.connection.reset()


async def breaking_off_after_a_word(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.text("Hi")
    exchange.connection.reset()


async def in_the_stream(exchange: Exchange) -> None:
    await exchange.begin()
    error = {"error": {"message": "busy", "type": "server_error"}}
    await exchange.send(framed(b"data: %s\n\n" % json.dumps(error).encode()) + b"0\r\n\r\n")


async def asked(engine: Engine, policy: Policy = AT_ONCE) -> StreamState:
    state = engine.launch("m", policy=policy)
    await engine.ends(state)
    assert not engine.connector._acquired
    return state


@pytest.mark.parametrize("trouble", [BUSY, slamming, breaking_off, in_the_stream])
async def test_the_third_try_succeeds(trouble: Script) -> None:
    async with serving(Turns(trouble, trouble, good)) as server, flying(server) as engine:
        state = await asked(engine)
        assert (state.phase, text_of(state)) == (Phase.COMPLETE, "one two three")
        assert len(server.requests) == len(state.attempts) == 3
        assert len({request.body for request in server.requests}) == 1
        assert [attempt.error is None for attempt in state.attempts] == [False, False, True]


@pytest.mark.parametrize(("tries", "requests"), [(0, 1), (1, 2), (2, 3), (4, 5)])
async def test_a_request_is_never_sent_more_often_than_the_rules_say(tries: int, requests: int) -> None:
    async with serving(BUSY) as server, flying(server) as engine:
        state = await asked(engine, Policy(retries=Retries(attempts=tries, first_wait=0.0)))
        assert (state.phase, len(server.requests)) == (Phase.FAILED, requests)


@pytest.mark.parametrize(
    "script",
    [
        breaking_off_after_a_word,
        *(answering_json(f"{status} No", {"error": "no"}) for status in (400, 401, 403, 404, 422)),
        answering_json("429 No", {"error": {"message": "no", "code": "insufficient_quota"}}),
        answering_json("429 No", {"error": "no"}, Retry_After="3600"),
    ],
)
async def test_what_would_not_help_or_would_be_paid_twice_is_sent_once(script: Script) -> None:
    async with serving(script) as server, flying(server) as engine:
        state = await asked(engine)
        assert state.is_over
        assert state.phase is not Phase.COMPLETE
        assert len(server.requests) == len(state.attempts) == 1


async def test_each_stream_waits_a_little_less_than_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "random", iter([0.0, 1.0]).__next__)
    async with serving(BUSY) as server, flying(server) as engine:
        first, second = engine.launch("m", "first", policy=PATIENT), engine.launch("m", "second", policy=PATIENT)
        await engine.reaches(first, Phase.RETRYING)
        await engine.reaches(second, Phase.RETRYING)
        assert [state.attempts[0].wait_ns for state in (first, second)] == [600 * SECOND, 450 * SECOND]


async def test_cancelled_while_it_waits_it_sends_nothing_more() -> None:
    async with serving(BUSY, good=good) as server, flying(server) as engine:
        before = tasks_of_client()
        state = engine.launch("m", policy=PATIENT)
        await engine.reaches(state, Phase.RETRYING)
        assert engine.fleet.cancel("m")
        assert str(state.phase) == "cancelled"
        await engine.ends(state)
        assert tasks_of_client() == before
        assert not engine.connector._acquired
        await engine.ends(after := engine.launch("good"))
        assert (after.phase, len(server.requests)) == (Phase.COMPLETE, 2)


async def test_a_retry_by_key_replaces_the_one_that_waits() -> None:
    async with serving(Turns(BUSY, good)) as server, flying(server) as engine:
        waiting = engine.launch("m", policy=PATIENT)
        await engine.reaches(waiting, Phase.RETRYING)
        state = engine.launch("m", policy=PATIENT)
        await engine.ends(state)
        assert (waiting.phase, state.phase) == (Phase.CANCELLED, Phase.COMPLETE)
        assert len(server.requests) == 2


async def test_the_program_can_end_while_a_stream_waits() -> None:
    async with serving(BUSY) as server:
        async with flying(server) as engine:
            state = engine.launch("m", policy=PATIENT)
            await engine.reaches(state, Phase.RETRYING)
        assert (state.phase, len(server.requests)) == (Phase.CANCELLED, 1)


async def test_the_total_limit_ends_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "KEEPER_PERIOD_S", 0.001)
    clock = StillClock()
    async with serving(BUSY) as server, flying(server, clock) as engine:
        state = engine.launch("m", policy=PATIENT)
        await engine.reaches(state, Phase.RETRYING)
        clock.at_ns = 1_801 * SECOND
        await engine.ends(state)
        assert state.error is not None
        assert (state.phase, state.error.type, len(server.requests)) == (Phase.FAILED, "timeout_total", 1)


async def test_a_connection_that_took_too_long_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "KEEPER_PERIOD_S", 0.001)
    real, never, clock = Connector._create_connection, anyio.Event(), StillClock()
    async with serving(good) as server, flying(server, clock) as engine:
        monkeypatch.setattr(Connector, "_create_connection", lambda *_: never.wait())
        state = engine.launch("m", policy=Policy(Timeouts(connect=1), Retries(first_wait=0.0)))
        await engine.reaches(state, Phase.CONNECTING)
        monkeypatch.setattr(Connector, "_create_connection", real)
        clock.at_ns = 2 * SECOND
        await engine.ends(state)
        assert (state.phase, text_of(state), len(server.requests)) == (Phase.COMPLETE, "one two three", 1)
        first = state.attempts[0].error
        assert first is not None
        assert (len(state.attempts), first.type) == (2, "timeout_connect")


async def test_others_stream_on_while_one_waits() -> None:
    async def slow_good(exchange: Exchange) -> None:
        await exchange.begin()
        await go.wait()
        await exchange.send(framed(event("whole", "stop")) + framed(b"data: [DONE]\n\n") + b"0\r\n\r\n")

    go = anyio.Event()
    async with serving(BUSY, other=slow_good) as server, flying(server) as engine:
        state, other = engine.launch("m", policy=PATIENT), engine.launch("other")
        await engine.reaches(state, Phase.RETRYING)
        go.set()
        await engine.ends(other)
        assert (other.phase, state.phase) == (Phase.COMPLETE, Phase.RETRYING)


async def test_a_server_that_dawdles_with_an_error_is_cancelled_at_once() -> None:
    async def dawdling(exchange: Exchange) -> None:
        await exchange.send(head("503 Busy", Content_Length="99") + b"part")
        await exchange.hang()

    async with serving(dawdling) as server, flying(server) as engine:
        state = engine.launch("m", policy=AT_ONCE)
        await engine.board.until(lambda: state.status == 503)
        assert engine.fleet.cancel("m")
        with anyio.fail_after(GUARD_S):
            await server.connection_of("m").closed.wait()
        await engine.ends(state)
        assert (state.phase, len(server.requests)) == (Phase.CANCELLED, 1)
