"""More than anybody wants to hold: each ends at `FLOOD_BYTES`, which is far over any client's bound."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import BLOCK_BYTES, Stage
from tui.demo.script import Text

_BOUND = "What came is kept. No model writes this much in one piece: the server or a proxy is broken."
_MARK = "MARK"

faults = FaultList(Moment.INSIDE)


@faults.add("huge-event", "Sends one event of 64 MB.", Outcome.CUT, _BOUND, says=("cut off", "16 MiB"))
async def huge_event(stage: Stage) -> None:
    await stage.begin_and_say()
    before, after = stage.event(Text(0, _MARK)).split(_MARK.encode(), 1)
    await stage.chunk(before)
    await stage.flood(b"huge " * (BLOCK_BYTES // 5))
    await stage.chunk(after)
    await stage.go_on()


@faults.add("endless-line", "Sends a line without an end.", Outcome.CUT, _BOUND, says=("cut off", "16 MiB"))
async def endless_line(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(b"data: " if stage.is_sse else b"{")
    await stage.flood(b"a" * BLOCK_BYTES)


@faults.add(
    "endless-comment",
    "Sends a comment without an end.",
    Outcome.CUT,
    _BOUND,
    says=("cut off", "16 MiB"),
    dialects=("chat", "responses", "completions", "anthropic", "gemini"),
)
async def endless_comment(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(b": ")
    await stage.flood(b"a" * BLOCK_BYTES)


@faults.add(
    "endless-data-lines",
    "Sends data lines without ever ending the event.",
    Outcome.CUT,
    _BOUND,
    says=("cut off", "16 MiB"),
    dialects=("chat", "responses", "completions", "anthropic", "gemini"),
)
async def endless_data_lines(stage: Stage) -> None:
    await stage.begin_and_say()
    line = b'data: "' + b"a" * 1000 + b'",\n'
    await stage.flood(line * (BLOCK_BYTES // len(line)))


@faults.add(
    "endless-text",
    "Goes on with good text and does not stop.",
    Outcome.CUT,
    "What came is kept: set a token limit (`-o max_tokens=…`), the model repeats itself.",
    says=("cut off", "16 MiB"),
)
async def endless_text(stage: Stage) -> None:
    await stage.begin_and_say()
    event = stage.event(Text(0, " and on" * 1000))
    await stage.flood(event * (BLOCK_BYTES // len(event)))
