"""The command copied from the inspector sends what the engine sent: run by bash, against the same server."""

import os
import shutil
from dataclasses import replace

import anyio
import pytest

from tests.engine.harness import GUARD_S, KEY, flying
from tests.engine.server import Exchange, answering_json, good, serving
from tui.core.curl import curl_command
from tui.core.network import Network
from tui.core.policy import Policy
from tui.core.redact import Redactor
from tui.core.request import HttpRequest, Prompt
from tui.core.retries import Retries
from tui.core.secret import Secret
from tui.core.stream import StreamState
from tui.core.target import AuthScheme, Target

pytestmark = pytest.mark.anyio
needs_curl = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="curl and bash run the copied command"
)

ODD = 'It\'s "quoted" `here` $HOME \\ @file\nénd 東京 \u2028 \x00'
GATEWAY = "canary-gateway-0123456789"
IN_URL = "canary-in-url-0123456789"


def command_for(state: StreamState) -> str:
    assert state.request is not None
    return curl_command(state.request, state.target, state.redactor)


def as_received(exchange: Exchange) -> tuple[str, dict[str, str], bytes]:
    """A request without the one header that belongs to the connection alone."""
    headers = {name: value for name, value in exchange.headers.items() if name != "connection"}
    return exchange.request_line, headers, exchange.body


@needs_curl
@pytest.mark.parametrize("auth", ["bearer", "x-api-key"])
@pytest.mark.parametrize("prompt", [ODD, "word " * 60_000, "x" * 1_200_000], ids=["odd", "large", "very-large"])
async def test_the_copied_command_sends_the_same_bytes(prompt: str, auth: AuthScheme) -> None:
    async with serving(good) as server, flying(server) as engine:
        target = replace(
            engine.target("m", key=KEY, headers={"X-Gateway-Token": GATEWAY, "X-Title": "it's ours", "X-Empty": ""}),
            auth=auth,
            query={"api-version": "1 & 2", "token": IN_URL},
            key_variable="TEST_KEY",
        )
        state = engine.fleet.launch(target, Prompt.of(prompt))
        await engine.ends(state)
        command = command_for(state)
        assert KEY not in command
        assert "canary" not in command
        secrets = {"TEST_KEY": KEY, "X_GATEWAY_TOKEN": GATEWAY, "URL_SECRET": IN_URL}
        with anyio.fail_after(GUARD_S):
            done = await anyio.run_process(
                ["bash"], input=command.encode(), env={"PATH": os.environ["PATH"], **secrets}
            )
        sent, copied = server.requests
        assert as_received(copied) == as_received(sent)
        assert b"one " in done.stdout


def test_a_key_without_a_variable_of_its_own() -> None:
    target = Target("m", "custom", "m", "chat", "http://x/v1", key=Secret(KEY))
    command = curl_command(HttpRequest("http://x/v1/chat/completions", b"{}"), target, Redactor.of_targets([target]))
    assert command == (
        "curl -N http://x/v1/chat/completions \\\n  -H 'authorization: Bearer '\"$API_KEY\" \\\n  --data-raw '{}'"
    )


def test_a_key_the_user_typed_into_the_prompt_is_named_too() -> None:
    target = Target("m", "custom", "m", "chat", "http://x/v1", key=Secret(KEY), key_variable="MY_KEY")
    request = HttpRequest("http://x/v1", f'{{"content": "why is {KEY} refused?"}}'.encode())
    command = curl_command(request, target, Redactor.of_targets([target]))
    assert command.endswith("""--data-raw '{"content": "why is '"$MY_KEY"' refused?"}'""")


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (Network(proxy="http://me:canary-proxy-123@proxy:8080"), "--proxy http://"),
        (Network(proxy=""), "--noproxy '*'"),
        (Network(ca_file="/my certs/ca.pem"), "--cacert '/my certs/ca.pem'"),
    ],
)
def test_the_providers_way_to_the_network_goes_along(network: Network, expected: str) -> None:
    target = Target("m", "custom", "m", "chat", "http://x/v1", network=network)
    command = curl_command(HttpRequest("http://x/v1", b"{}"), target, Redactor.of_targets([target]))
    assert expected in command
    assert "canary" not in command


async def test_each_try_keeps_what_it_sent_and_received() -> None:
    """Also the body of an error response, which is no part of an answer."""
    refusals = iter([answering_json("503 Busy", {"error": {"message": "later"}}), good])

    async def script(exchange: Exchange) -> None:
        await next(refusals)(exchange)

    async with serving(script) as server, flying(server) as engine:
        state = engine.launch("m", policy=Policy(retries=Retries(attempts=1, first_wait=0)))
        await engine.ends(state)
        refused, answered = state.exchanges
        assert len(state.attempts) == 2
        assert (refused.status, answered.status) == (503, 200)
        assert [data for _, data in refused.tape] == [b'{"error": {"message": "later"}}']
        assert b"one " in b"".join(data for _, data in answered.tape)
        assert refused.headers is not None
        assert refused.headers["content-type"] == "application/json"
        assert refused.request == answered.request
        assert refused.connection is not None
        assert not refused.connection.reused


async def test_what_is_kept_of_a_request_is_what_was_sent_without_the_key() -> None:
    async with serving(good) as server, flying(server) as engine:
        state = engine.launch("m", key=KEY)
        await engine.ends(state)
        (sent,) = server.requests
        assert state.request is not None
        kept = {name.lower(): value for name, value in state.request.headers.items()}
        assert kept == {name: value for name, value in sent.headers.items() if name != "authorization"}
        assert state.request.body == sent.body
        assert KEY not in repr(state.request)
