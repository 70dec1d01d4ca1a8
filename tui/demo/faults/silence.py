"""Servers that stop talking, or go on talking without saying anything."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage
from tui.demo.script import Text

_NO_TOKEN = "The model may think without showing it, or be stuck: raise `first_token`, or ask again."
_STALLED = "What came is kept: `r` asks again; raise `idle` for models that pause."
_BEAT_S = 0.25
_BEATS = 100_000
"""As good as for ever, and yet an end."""

faults = FaultList(Moment.INSIDE)


async def _beats(stage: Stage, beat: bytes) -> None:
    for _ in range(_BEATS):
        await stage.chunk(beat)
        await stage.pause(_BEAT_S)
    await stage.for_ever()


@faults.add(
    "first-token-never",
    "Opens the stream and then sends nothing.",
    Outcome.ERROR,
    _NO_TOKEN,
    says=("no first token", "first_token"),
    tries="either",
)
async def first_token_never(stage: Stage) -> None:
    await stage.begin()
    await stage.for_ever()


@faults.add(
    "only-comments",
    "Opens the stream and sends nothing but keep-alive comments.",
    Outcome.ERROR,
    _NO_TOKEN,
    says=("no first token", "first_token"),
    tries="either",
)
async def only_comments(stage: Stage) -> None:
    await stage.begin()
    await _beats(stage, stage.keep_alive())


@faults.add(
    "only-empty-deltas",
    "Opens the stream and sends deltas with no text in them.",
    Outcome.ERROR,
    _NO_TOKEN,
    says=("no first token", "first_token"),
    tries="either",
)
async def only_empty_deltas(stage: Stage) -> None:
    await stage.begin()
    await _beats(stage, stage.event(Text(0, "")))


@faults.add("stall", "Sends a dozen tokens, then nothing more.", Outcome.CUT, _STALLED, says=("no new text", "idle"))
async def stall(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.for_ever()


@faults.add(
    "stall-with-comments",
    "Sends a dozen tokens, then only keep-alive comments.",
    Outcome.CUT,
    _STALLED,
    says=("no new text", "idle"),
)
async def stall_with_comments(stage: Stage) -> None:
    await stage.begin_and_say()
    await _beats(stage, stage.keep_alive())


@faults.add(
    "stall-with-empty-deltas",
    "Sends a dozen tokens, then only deltas with no text in them.",
    Outcome.CUT,
    _STALLED,
    says=("no new text", "idle"),
)
async def stall_with_empty_deltas(stage: Stage) -> None:
    await stage.begin_and_say()
    await _beats(stage, stage.event(Text(0, "")))


@faults.add(
    "stall-in-event",
    "Sends a dozen tokens and then an event byte by byte that never ends.",
    Outcome.CUT,
    _STALLED,
    says=("no new text", "idle"),
)
async def stall_in_event(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(stage.payload(b'{"padding":"')[:18].rstrip(b"\n"))
    await _beats(stage, b"a")


@faults.add(
    "byte-by-byte",
    "Sends a good stream one byte at a time.",
    Outcome.COMPLETES,
    "Nothing: the answer is whole.",
)
async def byte_by_byte(stage: Stage) -> None:
    await stage.head(content_type=stage.writer.stream_media_type)
    body = stage.whole()
    for at in range(len(body)):
        await stage.chunk(body[at : at + 1])
        if at % 16 == 0:
            await stage.pause(0.002)
    await stage.end_body()
