"""What still comes when everything has been said."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import BLOCK_BYTES, Stage

_NOTHING = "Nothing: the answer is whole, and what follows it is not read."

_MARKED = ("chat", "responses", "completions", "anthropic", "ollama")
"""Gemini has no end marker, so whatever follows may still belong to the answer."""

faults = FaultList(Moment.AROUND)


@faults.add(
    "data-after-end", "Sends 64 MB more after the end of a good answer.", Outcome.COMPLETES, _NOTHING, dialects=_MARKED
)
async def data_after_end(stage: Stage) -> None:
    await stage.begin()
    await stage.say(1000)
    await stage.chunk(stage.ending())
    await stage.flood(b"more\n" * (BLOCK_BYTES // 5))
    await stage.end_body()


@faults.add("never-closes", "Ends a good answer and never ends the body around it.", Outcome.COMPLETES, _NOTHING)
async def never_closes(stage: Stage) -> None:
    await stage.begin()
    await stage.say(1000)
    await stage.chunk(stage.ending())
    await stage.for_ever()


@faults.add(
    "two-answers",
    "Sends a second response that nobody asked for after a good one, on the same connection.",
    Outcome.COMPLETES,
    _NOTHING,
)
async def two_answers(stage: Stage) -> None:
    await stage.begin_and_say(connection="keep-alive")
    await stage.go_on()
    body = stage.payload(b'{"error":{"message":"This answer belongs to nobody."}}')
    second = stage.head_bytes(content_type=stage.writer.stream_media_type, content_length=str(len(body)))
    await stage.send(second + body)
    await stage.pause(1)


@faults.add(
    "reset-after-end", "Resets the connection right after the end of a good answer.", Outcome.COMPLETES, _NOTHING
)
async def reset_after_end(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.say(1000)
    await stage.chunk(stage.ending())
    await stage.settle()
    stage.wire.reset()


@faults.add(
    "closes-idle",
    "Promises to keep the connection, and closes it as soon as it is idle.",
    Outcome.COMPLETES,
    _NOTHING,
)
async def closes_idle(stage: Stage) -> None:
    await stage.begin_and_say(connection="keep-alive", keep_alive="timeout=60")
    await stage.go_on()
    await stage.pause(0.05)
