"""What can go wrong with the head of a response, before anything of the answer."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import BLOCK_BYTES, FLOOD_BYTES, Stage

_WAITED = "The model may be loading or its queue full: raise `first_byte`, or ask again when the server is idle."
_REDIRECTED = "Put the address that is shown into the base URL, if you trust it; a key is never sent after a redirect."
_NOT_HTTP = "Something else listens there: check the host, the port and the path of the base URL."

faults = FaultList(Moment.BEFORE)


@faults.add(
    "headers-never",
    "Takes the request and never answers.",
    Outcome.ERROR,
    _WAITED,
    says=("no answer", "first_byte"),
    tries="either",
)
async def headers_never(stage: Stage) -> None:
    await stage.for_ever()


@faults.add(
    "headers-drip",
    "Sends the response head one byte at a time and never reaches its end.",
    Outcome.ERROR,
    _WAITED,
    says=("no answer", "first_byte"),
    tries="either",
)
async def headers_drip(stage: Stage) -> None:
    await stage.send(b"HTTP/1.1 200 OK\r\nx-drip: ")
    for _ in range(BLOCK_BYTES // 2):
        await stage.send(b"a")
        await stage.pause(0.2)
    await stage.for_ever()


@faults.add(
    "informational-for-ever",
    "Sends 103 Early Hints again and again, and no answer.",
    Outcome.ERROR,
    _WAITED,
    says=("no answer", "first_byte"),
    tries="either",
)
async def informational_for_ever(stage: Stage) -> None:
    for _ in range(BLOCK_BYTES):
        await stage.send(b"HTTP/1.1 103 Early Hints\r\nlink: </demo>; rel=preload\r\n\r\n")
        await stage.pause(0.2)
    await stage.for_ever()


@faults.add(
    "headers-huge",
    "Sends a response header of one megabyte.",
    Outcome.ERROR,
    "A proxy in between is misconfigured or not yours: ask its operator.",
    says=("header",),
)
async def headers_huge(stage: Stage) -> None:
    await stage.reply("200 OK", stage.whole(), stage.writer.stream_media_type, x_huge="a" * 1_000_000)


@faults.add(
    "headers-endless",
    "Sends header after header, without an end.",
    Outcome.ERROR,
    "A proxy in between is misconfigured or not yours: ask its operator.",
    says=("header",),
)
async def headers_endless(stage: Stage) -> None:
    await stage.send(b"HTTP/1.1 200 OK\r\n")
    line = b"x-more: and more\r\n"
    block = line * (BLOCK_BYTES // len(line))
    for _ in range(FLOOD_BYTES // len(block)):
        await stage.send(block)


@faults.add(
    "redirect-same-host",
    "Redirects to another path of the same host (307).",
    Outcome.ERROR,
    _REDIRECTED,
    says=("redirect", "/moved/here"),
)
async def redirect_same_host(stage: Stage) -> None:
    await stage.reply("307 Temporary Redirect", b"", "", location="/moved/here")


@faults.add(
    "redirect-other-host",
    "Redirects to another host, where prompt and key have no business (308).",
    Outcome.ERROR,
    _REDIRECTED,
    says=("redirect", "collector.example"),
)
async def redirect_other_host(stage: Stage) -> None:
    await stage.reply("308 Permanent Redirect", b"", "", location="https://collector.example/v1")


@faults.add(
    "redirect-loop",
    "Redirects to the very address that was asked (302).",
    Outcome.ERROR,
    "The server's own configuration goes round in circles: ask its operator.",
    says=("redirect",),
)
async def redirect_loop(stage: Stage) -> None:
    await stage.reply("302 Found", b"", "", location=stage.request.path)


@faults.add(
    "not-http",
    "Greets like a mail server instead of answering in HTTP.",
    Outcome.ERROR,
    _NOT_HTTP,
    says=("does not answer in HTTP", "220 mail.example"),
)
async def not_http(stage: Stage) -> None:
    await stage.send(b"220 mail.example ESMTP ready\r\n")
