"""Text that tries to reach the terminal, or the markup of whoever draws it, by every way a server has."""

import json

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage
from tui.demo.script import HttpError, Text, ToolArguments, ToolCallStart

HOSTILE = (
    "\x1b[2J\x1b[31mred\x1b[0m \x1b]0;owned\x07 \x1b]52;c;b3duZWQ=\x1b\\ \x1bc \x9b2J \x9d0;owned\x9c \x90q\x9c "
    "\u202ereversed\u202c \u200b\u2066hidden\u2069 \r\b\x00\x07 [bold red]markup[/] [/] [@click=app.quit]press[/] "
    "[link=file:///etc/passwd]link[/link] \ud800"
)
_LONE = "\ud800"
"""Cannot be in arguments: some dialects send those as JSON that a writer has to put into UTF-8 itself."""
_CLEANED = "Nothing: control characters are shown as symbols and never obeyed."
_HOSTILE_JSON = json.dumps(HOSTILE)[1:-1]
_MARK = "MARK"
_TOOLS = ("chat", "responses", "anthropic", "gemini", "ollama")

faults = FaultList(Moment.AROUND)


def _with_hostile(events: bytes) -> bytes:
    return events.replace(_MARK.encode(), _HOSTILE_JSON.encode())


@faults.add(
    "hostile-text",
    "Sends escape sequences, control characters and markup as text.",
    Outcome.COMPLETES,
    _CLEANED,
    arriving="other",
)
async def hostile_text(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(_with_hostile(stage.event(Text(0, f" {_MARK} "))))
    await stage.chunk(_with_hostile(b"".join(stage.event(Text(0, piece)) for piece in ("\x1b", "[2J", "\x9d", "0;x"))))
    await stage.go_on()


@faults.add(
    "hostile-tool-call",
    "Sends escape sequences and markup as a tool's name and in its arguments.",
    Outcome.COMPLETES,
    "Do not run a call whose name looks like this.",
    arriving="nothing",
    dialects=_TOOLS,
)
async def hostile_tool_call(stage: Stage) -> None:
    await stage.begin()
    events = stage.event(ToolCallStart(0, 0, "call_hostile", _MARK))
    events += stage.event(ToolArguments(0, 0, json.dumps({"text": HOSTILE.replace(_LONE, "")})))
    await stage.chunk(_with_hostile(events + stage.ending("tool_calls")))
    await stage.end_body()


@faults.add(
    "hostile-model-name",
    "Says that its model is called by escape sequences and markup.",
    Outcome.COMPLETES,
    _CLEANED,
)
async def hostile_model_name(stage: Stage) -> None:
    await stage.head(content_type=stage.writer.stream_media_type)
    for event in (stage.opening(), *stage.rest(), stage.ending()):
        await stage.chunk(_with_hostile(stage.altered(event, model=_MARK, modelVersion=_MARK)))
        await stage.pause(0.01)
    await stage.end_body()


@faults.add(
    "hostile-error",
    "Answers 400 with escape sequences and markup in its words.",
    Outcome.ERROR,
    _CLEANED,
    says=("400", "owned"),
)
async def hostile_error(stage: Stage) -> None:
    reply = stage.writer.error(HttpError(400, _MARK, "invalid_request_error", "hostile"))
    await stage.reply("400 Bad Request", _with_hostile(reply.body), "application/json")


@faults.add(
    "hostile-headers",
    "Sends C1 control characters and markup in its status line and response headers.",
    Outcome.COMPLETES,
    _CLEANED,
)
async def hostile_headers(stage: Stage) -> None:
    words = "\x9b2J\x9d0;owned\x9c [/] [@click=app.quit]press[/]"
    head = {"x_request_id": words, "server": words, "openai_processing_ms": words}
    await stage.head(f"200 {words}", content_type=stage.writer.stream_media_type, **head)
    await stage.chunk(stage.opening())
    await stage.go_on()
