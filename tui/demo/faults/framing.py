"""Text and events cut, marked and terminated in every way that is allowed, and some that are not."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage
from tui.demo.script import Text

_NOTHING = "Nothing: the answer is whole."
_SSE = ("chat", "responses", "completions", "anthropic", "gemini")
_MARK = "MARK"

faults = FaultList(Moment.INSIDE)


async def _in_pieces(stage: Stage, body: bytes, cuts: list[int]) -> None:
    """The body of a stream, one chunk from each cut to the next."""
    await stage.head(content_type=stage.writer.stream_media_type)
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        await stage.chunk(body[start:end])
        await stage.pause(0.02)
    await stage.end_body()


@faults.add("bom", "Begins the stream with a byte order mark.", Outcome.COMPLETES, _NOTHING)
async def bom(stage: Stage) -> None:
    await stage.head(content_type=stage.writer.stream_media_type)
    await stage.chunk(b"\xef\xbb\xbf" + stage.opening())
    await stage.go_on()


@faults.add("cr-line-ends", "Ends lines with CR alone.", Outcome.COMPLETES, _NOTHING, dialects=_SSE)
async def cr_line_ends(stage: Stage) -> None:
    body = stage.whole().replace(b"\r\n", b"\n").replace(b"\n", b"\r")
    await _in_pieces(stage, body, [at for at in range(1, len(body)) if body[at - 1 : at] == b"\r"])


@faults.add("crlf-split", "Ends lines with CRLF and cuts between CR and LF.", Outcome.COMPLETES, _NOTHING)
async def crlf_split(stage: Stage) -> None:
    body = stage.whole().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    await _in_pieces(stage, body, [at for at in range(1, len(body)) if body[at - 1 : at + 1] == b"\r\n"])


@faults.add("utf8-split", "Cuts the stream inside of every character.", Outcome.COMPLETES, _NOTHING)
async def utf8_split(stage: Stage) -> None:
    body = stage.whole()
    await _in_pieces(stage, body, [at for at in range(1, len(body)) if body[at] & 0xC0 == 0x80])


@faults.add(
    "utf8-half",
    "Sends half a UTF-8 sequence in the text and goes on.",
    Outcome.COMPLETES,
    "Read around the replacement character; the server cut its text at the wrong place.",
    arriving="other",
)
async def utf8_half(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(stage.event(Text(0, f" half {_MARK} a character ")).replace(_MARK.encode(), b"\xf0\x9f\x8c"))
    await stage.go_on()


@faults.add(
    "last-line-open",
    "Ends the body without the line end after the last event.",
    Outcome.COMPLETES,
    _NOTHING,
)
async def last_line_open(stage: Stage) -> None:
    await stage.begin()
    await stage.say(1000)
    await stage.chunk(stage.ending().rstrip(b"\r\n"))
    await stage.end_body()


@faults.add(
    "comment-as-data",
    "Wraps keep-alive comments up as data, as some gateways do.",
    Outcome.COMPLETES,
    "Nothing: the answer is whole, and `--format json` counts what could not be read (`counts.undecodable`).",
    dialects=_SSE,
)
async def comment_as_data(stage: Stage) -> None:
    await stage.begin()
    await stage.chunk(b"data: : PROCESSING\n\n" * 3)
    await stage.say()
    await stage.chunk(b"data: : PROCESSING\n\n")
    await stage.go_on()


@faults.add(
    "empty-events",
    "Sends empty, null and {} events between the tokens.",
    Outcome.COMPLETES,
    _NOTHING,
)
async def empty_events(stage: Stage) -> None:
    await stage.begin_and_say()
    await stage.chunk(b"".join(stage.payload(data) for data in (b"", b"null", b"{}", b"[]")))
    await stage.go_on()
