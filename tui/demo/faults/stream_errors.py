"""Errors inside of a stream whose status was 200 already, each in the words of its dialect."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage
from tui.demo.script import HttpError

_OWN_WORDS = "Act on the server's own words; what came before them is kept."
_ERROR = HttpError(503, "The engine ran out of memory.", "server_error", "server_error")

faults = FaultList(Moment.INSIDE)


@faults.add(
    "error-in-stream",
    "Sends a dozen tokens, then an error object.",
    Outcome.ERROR,
    _OWN_WORDS,
    says=("ran out of memory",),
    arriving="beginning",
)
async def error_in_stream(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(stage.writer.stream_error(_ERROR))
    await stage.end_body()


@faults.add(
    "error-first",
    "Opens the stream and sends an error object before any text.",
    Outcome.ERROR,
    _OWN_WORDS,
    says=("ran out of memory",),
    tries="either",
)
async def error_first(stage: Stage) -> None:
    await stage.begin()
    await stage.chunk(stage.writer.stream_error(_ERROR))
    await stage.end_body()


@faults.add(
    "error-then-end",
    "Sends an error object after a dozen tokens, and then ends as if all were well.",
    Outcome.ERROR,
    _OWN_WORDS,
    says=("ran out of memory",),
    arriving="beginning",
)
async def error_then_end(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(stage.writer.stream_error(_ERROR) + stage.ending())
    await stage.end_body()


@faults.add(
    "error-as-plain-lines",
    "Sends a pretty-printed error object in mid-stream without any framing.",
    Outcome.ERROR,
    _OWN_WORDS,
    says=("disk is full",),
    arriving="beginning",
    dialects=("chat", "responses", "completions", "anthropic", "gemini"),
)
async def error_as_plain_lines(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(b'{\n  "error": {\n    "code": 500,\n    "message": "The disk is full."\n  }\n}\n')
    await stage.end_body()


@faults.add(
    "error-as-field",
    "Names an error in the place of a field, as llama.cpp did.",
    Outcome.ERROR,
    _OWN_WORDS,
    says=("context is full",),
    arriving="beginning",
    dialects=("chat", "completions"),
)
async def error_as_field(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(b'error: {"code":500,"message":"The context is full.","type":"server_error"}\n\n')
    await stage.end_body()
