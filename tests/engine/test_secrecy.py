"""Where a key, a prompt and a cookie go: to the one origin they belong to, and nowhere else."""

import logging

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
