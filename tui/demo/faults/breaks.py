"""Connections and bodies that end before the answer does."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage

_KEPT = "What came is kept: `r` asks again. If it happens often, look at proxies in between."
_OPENAI = ("chat", "completions")
_NOTHING = "Nothing: the answer is whole."

faults = FaultList(Moment.INSIDE)


@faults.add("reset", "Resets the connection after a dozen tokens.", Outcome.CUT, _KEPT, says=("connection",))
async def reset(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.settle()
    stage.wire.reset()


@faults.add("chunk-cut", "Closes the connection in the middle of a chunk.", Outcome.CUT, _KEPT, says=("broke off",))
async def chunk_cut(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.send(b"ff\r\n" + stage.payload(b"{")[:6].rstrip(b"\n"))


@faults.add(
    "chunk-missing-last",
    "Closes the connection after a dozen tokens without ending the body.",
    Outcome.CUT,
    _KEPT,
    says=("broke off",),
)
async def chunk_missing_last(stage: Stage) -> None:
    await stage.begin_and_say()


@faults.add(
    "chunk-garbage",
    "Sends garbage where the size of the next chunk should be.",
    Outcome.CUT,
    _KEPT,
    says=("connection",),
)
async def chunk_garbage(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.send(b"this is no size\r\n\r\n")
    await stage.for_ever()


@faults.add(
    "length-short",
    "Announces a longer body than it sends, then closes the connection.",
    Outcome.CUT,
    _KEPT,
    says=("broke off",),
)
async def length_short(stage: Stage) -> None:
    await stage.head(content_type=stage.writer.stream_media_type, content_length="1000000")
    await stage.send(stage.opening() + b"".join(stage.some(12)))


@faults.add(
    "close-framed-cut",
    "Frames the body by the connection's close, and closes after a dozen tokens.",
    Outcome.CUT,
    _KEPT,
    says=("interrupted",),
)
async def close_framed_cut(stage: Stage) -> None:
    await stage.head(content_type=stage.writer.stream_media_type, transfer_encoding="")
    await stage.send(stage.opening() + b"".join(stage.some(12)))


@faults.add(
    "ends-without-marker",
    "Ends the body in order after a dozen tokens, with neither a finish reason nor an end marker.",
    Outcome.CUT,
    _KEPT,
    says=("interrupted",),
)
async def ends_without_marker(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.end_body()


@faults.add(
    "marker-alone",
    "Sends the end marker and nothing else.",
    Outcome.ERROR,
    "The server broke before it began and does not say so: look at its log.",
    says=("without sending any answer",),
    dialects=_OPENAI,
)
async def marker_alone(stage: Stage) -> None:
    await stage.head(content_type=stage.writer.stream_media_type)
    await stage.chunk(b"data: [DONE]\n\n")
    await stage.end_body()


@faults.add(
    "marker-without-reason",
    "Sends the end marker without a finish reason before it.",
    Outcome.COMPLETES,
    _NOTHING,
    dialects=_OPENAI,
)
async def marker_without_reason(stage: Stage) -> None:
    await stage.begin()
    await stage.say(1000)
    await stage.chunk(b"data: [DONE]\n\n")
    await stage.end_body()


@faults.add(
    "reason-without-marker",
    "Sends a finish reason and closes the connection without the end marker.",
    Outcome.COMPLETES,
    _NOTHING,
    dialects=_OPENAI,
)
async def reason_without_marker(stage: Stage) -> None:
    await stage.begin()
    await stage.say(1000)
    await stage.chunk(stage.ending().replace(b"data: [DONE]\n\n", b""))


@faults.add(
    "http-1-0",
    "Answers in HTTP/1.0 and frames the whole stream by the connection's close.",
    Outcome.COMPLETES,
    _NOTHING,
)
async def http_1_0(stage: Stage) -> None:
    head = stage.head_bytes(content_type=stage.writer.stream_media_type, transfer_encoding="")
    await stage.send(head.replace(b"HTTP/1.1", b"HTTP/1.0") + stage.whole())
