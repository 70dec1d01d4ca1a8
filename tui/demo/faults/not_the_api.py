"""A 200 that is no stream of this API."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage

_BASE = "Something else answers at this address: check the base URL and its `/v1`."
_NOTHING = "Nothing: the answer is whole."

faults = FaultList(Moment.BEFORE)


@faults.add(
    "page-200",
    "Answers 200 with a web page, as a login form in between does.",
    Outcome.ERROR,
    "Log in to the network or the gateway with a browser, or check the base URL.",
    says=("web page", "Sign in"),
)
async def page_200(stage: Stage) -> None:
    page = b"<!doctype html><html><head><title>Sign in</title></head><body><form>Name: <input></form></body></html>"
    await stage.reply("200 OK", page, "text/html")


@faults.add(
    "page-as-stream",
    "Answers 200 with a web page that is labelled as the stream.",
    Outcome.ERROR,
    _BASE,
    says=("web page", "It works"),
)
async def page_as_stream(stage: Stage) -> None:
    page = b"<html><head><title>It works!</title></head><body></body></html>"
    await stage.reply("200 OK", page, stage.writer.stream_media_type)


@faults.add(
    "json-200",
    "Answers 200 with JSON that is no answer of any API.",
    Outcome.ERROR,
    _BASE,
    says=("check the base URL",),
)
async def json_200(stage: Stage) -> None:
    await stage.reply("200 OK", b'{"status":"ok","version":"1.2.3"}', "application/json")


@faults.add("empty-200", "Answers 200 with no body at all.", Outcome.ERROR, _BASE, says=("empty",))
async def empty_200(stage: Stage) -> None:
    await stage.reply("200 OK", b"", stage.writer.stream_media_type)


@faults.add(
    "empty-stream", "Answers 200 and ends the stream before its first event.", Outcome.ERROR, _BASE, says=("empty",)
)
async def empty_stream(stage: Stage) -> None:
    await stage.head(content_type=stage.writer.stream_media_type)
    await stage.end_body()


@faults.add("no-content", "Answers 204, which has no body.", Outcome.ERROR, _BASE, says=("empty",))
async def no_content(stage: Stage) -> None:
    await stage.send(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")


@faults.add(
    "error-200",
    "Answers 200 with an error object instead of a stream.",
    Outcome.ERROR,
    "Act on the server's own words; they are shown.",
    says=("key has expired",),
)
async def error_200(stage: Stage) -> None:
    await stage.reply("200 OK", b'{"error":{"message":"The key has expired.","code":"expired"}}', "application/json")


@faults.add("content-type-wrong", "Labels a good stream as plain text.", Outcome.COMPLETES, _NOTHING)
async def content_type_wrong(stage: Stage) -> None:
    await stage.begin_and_say(content_type="text/plain")
    await stage.go_on()


@faults.add("content-type-missing", "Sends a good stream without a content type.", Outcome.COMPLETES, _NOTHING)
async def content_type_missing(stage: Stage) -> None:
    await stage.begin_and_say(content_type="")
    await stage.go_on()


@faults.add(
    "all-at-once",
    "Holds the whole stream back and sends it in one piece, as a buffering proxy does.",
    Outcome.COMPLETES,
    "The rate says nothing then: turn off response buffering in the proxy.",
)
async def all_at_once(stage: Stage) -> None:
    await stage.pause(1)
    await stage.reply("200 OK", stage.whole(), stage.writer.stream_media_type)
