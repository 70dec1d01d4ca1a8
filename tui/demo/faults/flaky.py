"""Servers that fail and then do not."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage
from tui.demo.script import HttpError

_NOTHING = "Nothing: the answer is whole. The retries are shown, and counted apart in the latency."

faults = FaultList(Moment.BEFORE)


@faults.add("flaky", "Answers 503 to every first and second of equal requests.", Outcome.RETRIED, _NOTHING)
async def flaky(stage: Stage) -> None:
    if stage.request.attempt % 3:
        error = HttpError(503, "The server is restarting.", "server_error", "server_is_overloaded")
        await stage.refuse(error, "Service Unavailable")
        return
    await stage.begin_and_say()
    await stage.go_on()


@faults.add(
    "drops-once", "Closes the connection without an answer to every first of equal requests.", Outcome.RETRIED, _NOTHING
)
async def drops_once(stage: Stage) -> None:
    if stage.request.attempt % 2 == 0:
        await stage.begin_and_say()
        await stage.go_on()


@faults.add(
    "resets-once",
    "Resets the connection at every first of equal requests.",
    Outcome.RETRIED,
    _NOTHING,
)
async def resets_once(stage: Stage) -> None:
    if stage.request.attempt % 2:
        stage.wire.reset()
        return
    await stage.begin_and_say()
    await stage.go_on()


@faults.add(
    "drops-always",
    "Closes the connection without an answer, each time.",
    Outcome.ERROR,
    "The server or a proxy crashes on this request: look at its log.",
    says=("closed the connection",),
    tries="again",
)
async def drops_always(stage: Stage) -> None:
    stage.wire.close()
