"""Tool calls beyond all reason."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import BLOCK_BYTES, FLOOD_BYTES, Stage
from tui.demo.script import Text, ToolArguments, ToolCallStart

_TOO_MANY = "What came is kept. The model or its parser runs wild: offer fewer tools, or ask again."
_STREAMED = ("chat", "responses", "anthropic")
_TOOLS = ("chat", "responses", "anthropic", "gemini", "ollama")
_CALLS = 10_000

faults = FaultList(Moment.INSIDE)


@faults.add(
    "ten-thousand-calls",
    "Calls ten thousand tools in one answer.",
    Outcome.CUT,
    _TOO_MANY,
    says=("cut off", "128", "tool call"),
    arriving="nothing",
    dialects=_TOOLS,
)
async def ten_thousand_calls(stage: Stage) -> None:
    await stage.begin()
    for call in range(_CALLS):
        events = stage.event(ToolCallStart(0, call, f"call_{call}", "look"))
        await stage.chunk(events + stage.event(ToolArguments(0, call, "{}")))
    await stage.chunk(stage.ending("tool_calls"))
    await stage.end_body()


@faults.add(
    "index-two-billion",
    "Gives a tool call the index 2 000 000 000.",
    Outcome.CUT,
    _TOO_MANY,
    says=("cut off", "index"),
    dialects=("chat",),
)
async def index_two_billion(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(stage.event(ToolCallStart(0, 2_000_000_000, "call_far", "look")))
    await stage.go_on()


@faults.add(
    "choice-two-billion",
    "Begins one more choice in mid-answer, with the index 2 000 000 000.",
    Outcome.COMPLETES,
    "Nothing: the answer is whole, and the stray choice stands beside it.",
    dialects=("chat", "completions"),
)
async def choice_two_billion(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(stage.altered(stage.event(Text(0, "stray")), index=2_000_000_000))
    await stage.go_on()


@faults.add(
    "huge-arguments",
    "Calls a tool with 64 MB of arguments.",
    Outcome.CUT,
    _TOO_MANY,
    says=("cut off", "16 MiB"),
    arriving="nothing",
    dialects=_STREAMED,
)
async def huge_arguments(stage: Stage) -> None:
    await stage.begin()
    await stage.chunk(stage.event(ToolCallStart(0, 0, "call_huge", "write_file")))
    await stage.chunk(stage.event(ToolArguments(0, 0, '{"text": "')))
    # Written once: the writer would keep all of it for its closing events.
    event = stage.event(ToolArguments(0, 0, "a" * BLOCK_BYTES))
    for _ in range(FLOOD_BYTES // BLOCK_BYTES):
        await stage.chunk(event)


@faults.add(
    "arguments-cut",
    "Closes the connection in the middle of a tool call's arguments.",
    Outcome.CUT,
    "Do not run this call: its arguments are not whole, and the pane says so. `r` asks again.",
    says=("broke off",),
    arriving="nothing",
    dialects=_STREAMED,
)
async def arguments_cut(stage: Stage) -> None:
    await stage.begin()
    await stage.chunk(stage.event(ToolCallStart(0, 0, "call_cut", "delete_files")))
    await stage.chunk(stage.event(ToolArguments(0, 0, '{"path": "/tmp')))
