"""How faults are reached and counted, over a real server; what each does to a client is in tests/faults."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.demo.asking import RAINBOW
from tui.demo.faults.desk import FaultDesk
from tui.demo.faults.fault import PREFIX, FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage
from tui.demo.faults.table import FAULTS, UnknownFaultError, faults_named, nearest
from tui.demo.models import MODELS
from tui.demo.process import DemoProcess

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """A server in a process of its own: most faults need a socket to break."""
    with DemoProcess(speed=0) as demo:
        yield demo.root_url


@pytest.fixture
async def client(root: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=root, trust_env=False, timeout=10) as client:
        yield client


def asking(model: str, **options: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": RAINBOW}], "stream": True} | options


async def test_a_fault_is_a_model(client: httpx.AsyncClient) -> None:
    reply = await client.post("/v1/chat/completions", json=asking("fault/unavailable"))
    assert reply.status_code == 503
    assert "overloaded" in reply.json()["error"]["message"]


async def test_a_good_answer_follows_a_fault_on_the_same_server(client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post("/v1/chat/completions", json=asking("fault/chunk-missing-last"))
    assert "[DONE]" in (await client.post("/v1/chat/completions", json=asking("swift"))).text


async def test_equal_requests_are_counted(client: httpx.AsyncClient) -> None:
    """And others are not among them: each of two panes meets its own two failures."""
    statuses = [
        (await client.post("/v1/chat/completions", json=asking("fault/flaky", seed=seed))).status_code
        for seed in (1, 1, 2, 1, 2, 2)
    ]
    assert statuses == [503, 503, 503, 200, 503, 200]
    listed = (await client.get("/faults")).json()["faults"]
    flaky = next(fault for fault in listed if fault["name"] == "flaky")
    assert flaky["requests"] == {"/v1/chat/completions": 6}
    assert flaky["should"] == "retried, then completes"


@pytest.mark.parametrize(
    ("path", "name_of"),
    [
        ("/v1/models", lambda reply: [model["id"] for model in reply["data"]]),
        ("/v1beta/models", lambda reply: [model["name"].removeprefix("models/") for model in reply["models"]]),
        ("/api/tags", lambda reply: [model["name"].removesuffix(":latest") for model in reply["models"]]),
    ],
)
async def test_faults_are_listed_after_the_models(client: httpx.AsyncClient, path: str, name_of: Any) -> None:
    names = name_of((await client.get(path)).json())
    assert names[: len(MODELS)] == list(MODELS)
    assert names[-len(FAULTS) :] == [PREFIX + name for name in FAULTS]


@pytest.mark.parametrize("path", ["/v1/models/fault/stall", "/v1beta/models/fault/stall"])
async def test_a_fault_is_shown_like_a_model(client: httpx.AsyncClient, path: str) -> None:
    assert FAULTS["stall"].does in (await client.get(path)).text


async def test_azure_reaches_faults_too(client: httpx.AsyncClient) -> None:
    path = "/openai/deployments/fault/bad-request/chat/completions?api-version=2024-10-21"
    reply = await client.post(path, json=asking("ignored"))
    assert (reply.status_code, reply.json()["error"]["message"][:11]) == (400, "temperature")


@pytest.mark.parametrize(
    ("model", "options", "status", "said"),
    [
        ("fault/stal", {}, 404, "Did you mean `fault/stall`?"),
        ("fault/", {}, 404, "does not exist"),
        ("stall", {}, 404, "does not exist"),
        ("fault/stall", {"stream": False}, 400, "send this request with one"),
    ],
)
async def test_what_cannot_be_played_is_refused(
    client: httpx.AsyncClient, model: str, options: dict[str, Any], status: int, said: str
) -> None:
    reply = await client.post("/v1/chat/completions", json=asking(model, **options))
    assert reply.status_code == status
    assert said in reply.json()["error"]["message"]


async def test_a_fault_of_another_dialect_is_refused(client: httpx.AsyncClient) -> None:
    reply = await client.post("/v1/completions", json={"model": "fault/huge-arguments", "prompt": "x", "stream": True})
    assert reply.status_code == 400
    assert "chat, responses, anthropic" in reply.json()["error"]["message"]


def test_forced_faults_take_turns_and_a_models_own_goes_first() -> None:
    desk = FaultDesk(["stall", "fault/reset"])
    met = [desk.fault_for(model) for model in ("swift", "deep", "fault/flaky", "swift")]
    assert [fault.name for fault in met if fault] == ["stall", "reset", "flaky", "stall"]
    assert FaultDesk().fault_for("swift") is None


def test_old_requests_are_forgotten() -> None:
    desk = FaultDesk()
    fault = FAULTS["flaky"]
    assert desk.count(fault, "/", "first") == 1
    for number in range(5000):
        desk.count(fault, "/", str(number))
    assert desk.count(fault, "/", "first") == 1
    assert desk.seen["flaky", "/"] == 5002


@pytest.mark.parametrize(("written", "said"), [("stal", "did you mean stall?"), ("zzzz", "there is no fault 'zzzz'")])
def test_an_unknown_fault_is_named_with_its_neighbour(written: str, said: str) -> None:
    with pytest.raises(UnknownFaultError, match=said.replace("?", r"\?")):
        faults_named([written])


def test_the_nearest_name() -> None:
    assert nearest("limit-second") == "limit-seconds"
    assert nearest("qqqqqqqqq") is None


def test_names_are_unique_and_each_says_what_should_happen() -> None:
    faults = FaultList(Moment.INSIDE)

    @faults.add("x", "Does.", Outcome.ERROR, "Do.", tries="again", arriving="nothing")
    async def _(stage: Stage) -> None: ...

    @faults.add("y", "Does.", Outcome.ERROR, "Do.", arriving="beginning")
    async def _(stage: Stage) -> None: ...

    assert [fault.should for fault in faults] == ["retried, then error shown", "error shown, text kept"]
    assert len(FAULTS) == len({fault.play for fault in FAULTS.values()})
