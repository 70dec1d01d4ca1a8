"""Where a key, a prompt and a cookie go: to the one origin they belong to, and nowhere else."""

import copy
import logging
import pickle
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engine.harness import KEY, flying
from tests.engine.server import Exchange, answering, answering_json, good, head, serving
from tui.core.phase import Phase
from tui.core.secret import Secret
from tui.core.target import Target
from tui.engine.credentials import TargetAuth

pytestmark = pytest.mark.anyio


async def test_the_key_reaches_its_server() -> None:
    async with serving(good) as server, flying(server) as engine:
        await engine.ends(engine.launch("m", "with", key=KEY), engine.launch("m", "without"))
        sent = {request.headers.get("authorization") for request in server.requests}
        assert sent == {f"Bearer {KEY}", None}


async def test_a_request_is_what_we_say_and_nothing_more() -> None:
    async with serving(good) as server, flying(server) as engine:
        await engine.ends(engine.launch("m", key=KEY, headers={"X-Note": "a note"}))
        (request,) = server.requests
        assert request.request_line == "POST /v1/chat/completions HTTP/1.1"
        assert request.headers.pop("user-agent").startswith("sidestream/")
        assert request.headers == {
            "host": server.url.split("/")[2],
            "accept": "text/event-stream, application/json",
            "accept-encoding": "identity",
            "connection": "keep-alive",
            "content-type": "application/json",
            "content-length": str(len(request.body)),
            "authorization": f"Bearer {KEY}",
            "x-note": "a note",
        }


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_reported_and_not_followed(status: str) -> None:
    async def never(exchange: Exchange) -> None:
        raise AssertionError(f"{exchange.request_line} was sent")

    async with (
        serving(never) as elsewhere,
        serving(answering(head(status, Location=elsewhere.url, Content_Length="0"))) as server,
        flying(server) as engine,
    ):
        await engine.ends(state := engine.launch("m", key=KEY))
        assert state.phase is Phase.FAILED
        assert state.error is not None
        assert state.error.message.startswith(
            f"the server redirects to another host, {elsewhere.url}; redirects are not"
        )
        assert len(server.requests) == 1
        assert not elsewhere.connections


async def test_cookies_are_neither_kept_nor_sent() -> None:
    async def setting(exchange: Exchange) -> None:
        await exchange.send(head(Set_Cookie="id=1; Path=/; Max-Age=9999"))
        await exchange.finish()

    async with serving(setting) as server, flying(server) as engine:
        for number in range(2):
            await engine.ends(engine.launch("m", str(number)))
        assert len(server.requests) == 2
        assert not [request for request in server.requests if "cookie" in request.headers]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
async def test_a_proxy_of_the_environment_is_not_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(good) as proxy, serving(good) as server:
        monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with flying(server) as engine:
            await engine.ends(state := engine.launch("m", key=KEY))
        assert state.phase is Phase.COMPLETE
        assert not proxy.connections


async def test_the_key_is_in_no_repr_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    refusal = {"error": {"message": "bad key", "type": "invalid_request_error"}}
    async with serving(answering_json("401 No", refusal), good=good) as server, flying(server) as engine:
        states = [engine.launch("m", key=KEY), engine.launch("good", key=KEY)]
        await engine.ends(*states)
        things: list[object] = [engine.fleet, engine.board, TargetAuth(states[0].target)]
        for state in states:
            things += [state, state.target, state.error, state.snapshot(), state.answer, state.timeline]
        assert KEY not in repr(things)
        assert not [thing for thing in things if KEY in f"{thing!r} {thing!s}"]
    assert caplog.records, "the libraries do log"
    assert KEY not in caplog.text


@pytest.mark.parametrize("fields", [{"key": KEY}, {"headers": {"X-API-Key": KEY}}, {"query": {"key": KEY}}])
async def test_a_key_does_not_leave_the_machine_unencrypted(fields: dict[str, Any]) -> None:
    async with serving(good) as server, flying(server) as engine:
        state = engine.launch("m", base_url="http://api.invalid/v1", **fields)
        await engine.ends(state)
        assert state.phase is Phase.FAILED
        assert state.error is not None
        assert state.error.message.startswith("the key would go to api.invalid unencrypted")
        assert KEY not in state.error.message
        assert state.timeline.start_ns is None, "nothing was sent"


@pytest.mark.parametrize(
    ("url", "is_signed"),
    [
        ("https://api.example.com/v1/chat/completions", True),
        ("https://api.example.com:443/other", True),
        ("https://API.EXAMPLE.COM/", True),
        ("http://api.example.com/v1", False),
        ("https://api.example.com:8443/v1", False),
        ("https://api.example.com.evil.org/v1", False),
        ("https://example.com/v1", False),
        ("https://api.example.com/v1?next=https://evil.org", True),
        ("https://someone:else@api.example.com/v1", True),
        ("https://api.example.com@evil.org/v1", False),
        ("https://api.example.com:443@evil.org/v1", False),
        ("https://evil.org?https://api.example.com/v1", False),
        ("https://evil.org#@api.example.com/", False),
        ("https://api.example.com.:443/v1", False),
        ("https://api.example.com./v1", False),
        ("https://api.example.com:80/v1", False),
        ("HTTPS://api.example.com/v1", True),
        ("wss://api.example.com/v1", False),
    ],
)
def test_only_the_keys_own_origin_is_signed(url: str, is_signed: bool) -> None:
    target = Target("t", "p", "m", "chat", "https://api.example.com/v1", key=Secret(KEY))
    (request,) = TargetAuth(target).auth_flow(httpx.Request("POST", url))
    assert ("authorization" in request.headers) is is_signed


def test_a_target_without_a_key_signs_nothing() -> None:
    target = Target("t", "p", "m", "chat", "http://127.0.0.1:1/v1")
    (request,) = TargetAuth(target).auth_flow(httpx.Request("POST", "http://127.0.0.1:1/v1"))
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    "base_url",
    [
        "https://API.example.com:443",
        "https://me:password@api.example.com/v1?api-version=1",
        "HTTPS://Api.Example.Com/v1",
    ],
)
def test_another_spelling_of_the_base_url_is_the_same_origin(base_url: str) -> None:
    target = Target("t", "p", "m", "chat", base_url, key=Secret(KEY))
    (request,) = TargetAuth(target).auth_flow(httpx.Request("POST", "https://api.example.com/v1/chat"))
    assert request.headers["authorization"] == f"Bearer {KEY}"


async def test_a_key_a_server_repeats_is_in_nothing_that_is_kept() -> None:
    refusal = {"error": {"message": f"no such key: {KEY}", "type": KEY, "code": f"x{KEY}"}}
    async with serving(answering_json("401 No", refusal)) as server, flying(server) as engine:
        await engine.ends(state := engine.launch("m", key=KEY))
        assert state.error is not None
        assert "no such key: ‹" in state.error.message
        assert KEY not in f"{state.error!r} {state.snapshot()!r} {state.headers!r}"


def test_a_key_leaves_through_one_door_and_is_looked_for_behind_another() -> None:
    """Whoever calls these holds the bare key, so there is one module for each."""
    sources = {path: path.read_text() for path in (Path(__file__).parents[2] / "tui").rglob("*.py")}
    # Names are revealed too, those of a blind round, and by what holds them.
    doors = {r"(?<!blind)(?<!pane)(?<!_feed)\.reveal\(": "credentials.py", r"\.forms\(": "redact.py"}
    for call, module in doors.items():
        assert [path.name for path, source in sources.items() if re.search(call, source)] == [module]


@pytest.mark.parametrize(
    "shown",
    [repr, str, format, "{0:>9}".format, pickle.dumps, copy.copy, copy.deepcopy, lambda key: asdict(Holder(key))],
)
def test_whatever_is_made_of_a_key_shows_stars(shown: Callable[[Secret], object]) -> None:
    found = shown(Secret(KEY))
    assert KEY not in repr(found)
    assert "***" in (found.decode("latin-1") if isinstance(found, bytes) else repr(found))
    assert not isinstance(found, Secret) or found.reveal() == "***"


@dataclass
class Holder:
    """A dataclass as targets are."""

    key: Secret
