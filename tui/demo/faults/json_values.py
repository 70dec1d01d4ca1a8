"""JSON that parsers trip over."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage
from tui.demo.script import Text

_COUNTED = "Nothing: the answer goes on, and `--format json` counts what could not be read (`counts.undecodable`)."
_NOTHING = "Nothing: the answer is whole."
_DEPTH = 100_000
_DIGITS = 100_000
_MARK = "MARK"

faults = FaultList(Moment.INSIDE)


async def _between(stage: Stage, event: bytes) -> None:
    await stage.begin_and_say()
    await stage.chunk(event)
    await stage.go_on()


@faults.add("json-malformed", "Sends an event in mid-stream that is no JSON.", Outcome.COMPLETES, _COUNTED)
async def json_malformed(stage: Stage) -> None:
    await _between(stage, stage.payload(b'{"choices":[{"delta":{"content":"lost'))


@faults.add("json-wrong-types", "Sends an event whose fields have other types.", Outcome.COMPLETES, _COUNTED)
async def json_wrong_types(stage: Stage) -> None:
    payload = b'{"choices":7,"candidates":"none","message":[1],"type":5,"delta":[],"response":{},"done":"no","id":[]}'
    await _between(stage, stage.payload(payload))


@faults.add("json-deep", "Sends an event with JSON nested 100 000 deep.", Outcome.COMPLETES, _COUNTED)
async def json_deep(stage: Stage) -> None:
    await _between(stage, stage.payload(b'{"extra":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}"))


@faults.add("json-huge-number", "Sends an event with a number of 100 000 digits.", Outcome.COMPLETES, _COUNTED)
async def json_huge_number(stage: Stage) -> None:
    await _between(stage, stage.payload(b'{"created":' + b"9" * _DIGITS + b',"extra":1e999}'))


@faults.add(
    "json-huge-number-beside-text",
    "Puts a number of 100 000 digits into the event that bears the text.",
    Outcome.COMPLETES,
    _NOTHING,
)
async def json_huge_number_beside_text(stage: Stage) -> None:
    await stage.begin()
    for event in stage.some(1):
        await stage.chunk(event.replace(b"{", b'{"extra":' + b"9" * _DIGITS + b",", 1))
    await stage.go_on()


@faults.add("json-duplicate-keys", "Repeats a key within one object.", Outcome.COMPLETES, _NOTHING)
async def json_duplicate_keys(stage: Stage) -> None:
    await stage.begin()
    for event in stage.some(12):
        await stage.chunk(event.replace(b"{", b'{"extra":1,"extra":2,', 1))
    await stage.go_on()


@faults.add(
    "surrogate-lone",
    "Escapes half of a surrogate pair in the text and never sends the other half.",
    Outcome.COMPLETES,
    "Read around the replacement character; the server cut its text at the wrong place.",
    arriving="other",
)
async def surrogate_lone(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(stage.event(Text(0, f" lone {_MARK} half ")).replace(_MARK.encode(), rb"\ud83d"))
    await stage.go_on()


@faults.add(
    "surrogate-split",
    "Splits a surrogate pair over two deltas.",
    Outcome.COMPLETES,
    _NOTHING,
    arriving="other",
    dialects=("chat", "completions", "anthropic", "gemini", "ollama"),
)
async def surrogate_split(stage: Stage) -> None:
    await stage.begin_and_say()
    for half in (rb"\ud83d", rb"\ude80"):
        await stage.chunk(stage.event(Text(0, _MARK)).replace(_MARK.encode(), half))
    await stage.go_on()
