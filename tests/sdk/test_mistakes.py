"""Where ours is right and the vendor's own client is not, one body for each claim.

Every entry of `MISTAKES` is tested twice: what our stream makes of the body is what the protocol demands, and what the
vendor's client makes of it is still the mistake written down. When a client is repaired, the second test says so: the
entry then belongs to `SOUND`, the claims which do not hold, where both must agree.

What is demanded of a body that breaks the standard (docs/protocols.md, leniencies) is that nothing readable is lost.
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.core.replay import chunk, sse
from tests.sdk import bodies as made
from tests.sdk.readers import (
    CHAT,
    CHAT_CHUNKS,
    COMPLETIONS,
    GEMINI,
    MESSAGE_EVENTS,
    MESSAGES,
    OLLAMA,
    RESPONSES,
    RESPONSES_EVENTS,
    Call,
    Reading,
    Said,
    Usage,
    Vendor,
    agree,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore:Pydantic serializer warnings"),
    pytest.mark.filterwarnings("ignore:.*is not a valid FinishReason"),
]

BOM = b"\xef\xbb\xbf"
PAGE = b"<!doctype html><html><title>502 Bad Gateway</title></html>"


@dataclass(frozen=True)
class Mistake:
    """One body, what it says, and what a vendor's client makes of it instead."""

    vendor: Vendor
    claim: str
    body: bytes
    right: Reading
    wrong: Reading
    content_type: str | None = None
    """None for the right one of the protocol."""

    def __str__(self) -> str:
        return f"{self.vendor.name}: {self.claim}".replace(" ", "-")


def reading(
    verdict: str,
    text: str | None = None,
    finish: str | None = None,
    *,
    failure: str | None = None,
    words: str = "",
    reasoning: str = "",
    calls: tuple[Call, ...] = (),
    usage: Usage = None,
) -> Reading:
    """One choice, or none when `text` is None and there are no calls."""
    is_empty = text is None and not calls
    choices = () if is_empty else (Said(text or "", reasoning, calls, finish),)
    return Reading(choices, usage, verdict, failure, words)


def whole(text: str = "Hello", finish: str = "stop", *, calls: tuple[Call, ...] = (), usage: Usage = None) -> Reading:
    """A complete answer, as ours must see it."""
    return reading("complete", text, finish, calls=calls, usage=usage)


def returned(
    text: str | None = None, finish: str | None = None, *, calls: tuple[Call, ...] = (), usage: Usage = None
) -> Reading:
    """The client returned as if all were well."""
    return reading("returned", text, finish, calls=calls, usage=usage)


def raised(
    failure: str, text: str | None = None, finish: str | None = None, *, words: str = "", usage: Usage = None
) -> Reading:
    """The client raised an exception of this name."""
    return reading("raised", text, finish, failure=failure, words=words, usage=usage)


def cut(text: str, finish: str | None = None, usage: Usage = None) -> Reading:
    """Interrupted: some text, no proof, nobody's error."""
    return reading("interrupted", text, finish, usage=usage)


def failed(words: str, text: str | None = None, finish: str | None = None, *, usage: Usage = None) -> Reading:
    """An error of the server inside of its answer."""
    return reading("failed", text, finish, failure="api", words=words, usage=usage)


NOT_THE_API = reading("failed", failure="protocol", words="web page")
NOTHING = reading("failed", failure="protocol", words="empty body")
NO_ANSWER = reading("failed", failure="protocol", words="without sending any answer")

HEL, LO, END = chunk({"content": "Hel"}), chunk({"content": "lo"}), chunk({}, "stop")
CALLED = chunk({}, "tool_calls")
MADE = (("a", "f", "{}"), ("b", "g", "{}"))
DOCUMENT = {**END, "choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}]}
SERVER_SAID = "model crashed"
FLAT_ERROR = {"object": "error", "message": SERVER_SAID, "type": "server_error", "code": 500}
TOKENS: dict[str, Any] = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
FILTERED = {**chunk(), "id": "", "choices": [{"index": 0, "finish_reason": None, "content_filter_offsets": {}}]}
DIGITS = '{"choices": [{"index": 0, "delta": {"content": "lo"}}], "n": ' + "9" * 5000 + "}"

ONE, REST = sse(HEL, done=False), sse(LO, END)

CHAT_MISTAKES = [
    Mistake(CHAT, "an end of the body without a finish is success", sse(HEL, done=False), cut("Hel"), returned("Hel")),
    Mistake(CHAT_CHUNKS, "a web page is an empty success", PAGE, NOT_THE_API, returned(), "text/html"),
    Mistake(CHAT_CHUNKS, "an empty body is an empty success", b"", NOTHING, returned()),
    Mistake(CHAT_CHUNKS, "an end marker alone is an empty success", sse(), NO_ANSWER, returned()),
    Mistake(
        CHAT_CHUNKS,
        "a document in the place of a stream is an empty success",
        json.dumps(DOCUMENT).encode(),
        whole(),
        returned(),
        "application/json",
    ),
    Mistake(CHAT, "a web page fails an assertion", PAGE, NOT_THE_API, raised("AssertionError"), "text/html"),
    Mistake(
        CHAT,
        "a comment after an id is an event of empty JSON",
        b"id: 1\n" + ONE + b": ping\n\n" + REST,
        whole(),
        raised("JSONDecodeError", "Hel", words="Expecting value"),
    ),
    Mistake(CHAT, "a byte order mark costs the first event", BOM + ONE + REST, whole(), returned("lo", "stop")),
    Mistake(
        CHAT,
        "invalid UTF-8 comes out raw",
        ONE + b'data: {"choices": [{"index": 0, "delta": {"content": "\xff"}}]}\n\n' + REST,
        whole("Hel\ufffdlo"),
        raised("UnicodeDecodeError", "Hel"),
    ),
    Mistake(
        CHAT,
        "half a surrogate pair stays half",
        sse(chunk({"content": "a\ud83d"}), chunk({"content": "\ude04b"}), END),
        whole("a😄b"),
        returned("a\ud83d\ude04b", "stop"),
    ),
    Mistake(
        CHAT,
        "parallel calls under index 0 are merged",
        sse(
            made.call(index=0, id="a", name="f", arguments="{}"),
            made.call(index=0, id="b", name="g", arguments="{}"),
            CALLED,
        ),
        whole("", "tool_calls", calls=MADE),
        returned("", "tool_calls", calls=(("ab", "fg", "{}{}"),)),
    ),
    Mistake(
        CHAT,
        "a repeated name and id are appended",
        sse(
            made.call(index=0, id="a", name="f", arguments="{"),
            made.call(index=0, id="a", name="f", arguments="}"),
            CALLED,
        ),
        whole("", "tool_calls", calls=MADE[:1]),
        returned("", "tool_calls", calls=(("aa", "ff", "{}"),)),
    ),
    Mistake(
        CHAT,
        "calls without an index fail",
        sse(
            made.calls(*({"id": id_, "function": {"name": name, "arguments": "{}"}} for id_, name, _ in MADE)),
            CALLED,
        ),
        whole("", "tool_calls", calls=MADE),
        Reading((Said(calls=MADE),), None, "raised", "TypeError"),
    ),
    Mistake(
        CHAT,
        "calls that begin at index 1 fail",
        sse(made.call(index=1, id="a", name="f", arguments="{"), made.call(index=1, arguments="}"), CALLED),
        whole("", "tool_calls", calls=MADE[:1]),
        Reading((Said(calls=(("a", "f", "{"),)),), None, "raised", "IndexError"),
    ),
    Mistake(
        CHAT,
        "choices must begin in order",
        sse(chunk({"content": "B"}, "stop", 1), chunk({"content": "A"}, "stop", 0)),
        Reading((Said("A", finish="stop"), Said("B", finish="stop")), verdict="complete"),
        raised("IndexError"),
    ),
    Mistake(
        CHAT,
        "a choice without an index fails",
        sse({"choices": [{"delta": {"content": "Hel"}}]}, {"choices": [{"delta": {"content": "lo"}}]}, END),
        whole(),
        raised("TypeError"),
    ),
    Mistake(
        CHAT,
        "a later null erases the usage",
        sse(HEL, chunk({"content": "lo"}, "stop", usage=TOKENS), {**END, "choices": [], "usage": None}),
        whole(usage=(3, 2)),
        returned("Hello", "stop"),
    ),
    Mistake(
        CHAT,
        "an answer cut by its limit is raised",
        sse(HEL, chunk({"content": "lo"}, "length")),
        whole("Hello", "length"),
        raised("LengthFinishReasonError", "Hello", "length"),
    ),
    Mistake(
        CHAT,
        "content in a list of parts fails",
        sse(*(chunk({"content": [{"type": "text", "text": text}]}) for text in ("Hel", "lo")), END),
        whole(),
        Reading((Said([{"type": "text", "text": "Hel"}]),), None, "raised", "RuntimeError"),  # type: ignore[arg-type]
    ),
    Mistake(
        CHAT,
        "a filter's chunk without a delta fails",
        sse(HEL, LO, END, FILTERED),
        whole(),
        raised("AttributeError", "Hello", "stop"),
    ),
    Mistake(
        CHAT,
        "events that one line end parts are taken for one",
        (ONE + REST).replace(b"\n\n", b"\n") + b"\n",
        whole(),
        raised("JSONDecodeError"),
    ),
    Mistake(CHAT, "an empty event is empty JSON", ONE + b"data:\n\n" + REST, whole(), raised("JSONDecodeError", "Hel")),
    Mistake(CHAT, "a null event fails", sse(HEL, None, LO, END), whole(), raised("AttributeError", "Hel")),
    Mistake(
        CHAT,
        "a comment wrapped as data ends the stream",
        sse(HEL, ": OPENROUTER PROCESSING", LO, END),
        whole(),
        raised("JSONDecodeError", "Hel"),
    ),
    Mistake(
        CHAT,
        "two objects in one event fail",
        sse(json.dumps(HEL) + json.dumps(LO), END),
        whole(),
        raised("JSONDecodeError", words="Extra data"),
    ),
    Mistake(CHAT, "a number of 5000 digits comes out raw", sse(HEL, DIGITS, END), whole(), raised("ValueError", "Hel")),
    Mistake(
        CHAT,
        "the words of an error are lost",
        sse(HEL, {"error": SERVER_SAID}),
        failed(SERVER_SAID, "Hel"),
        raised("APIError", "Hel", words="An error occurred during streaming"),
    ),
    Mistake(
        CHAT,
        "text beside an error is lost",
        sse(HEL, chunk({"content": "lo"}, "error", error={"code": 502, "message": SERVER_SAID})),
        failed(SERVER_SAID, "Hello", "error"),
        raised("APIError", "Hel", words=SERVER_SAID),
    ),
    Mistake(
        CHAT,
        "a flat error is no error",
        sse(HEL, FLAT_ERROR),
        failed(SERVER_SAID, "Hel"),
        raised("TypeError", "Hel", words="'NoneType' object is not iterable"),
    ),
    Mistake(CHAT_CHUNKS, "a flat error is success", sse(HEL, FLAT_ERROR), failed(SERVER_SAID, "Hel"), returned("Hel")),
    Mistake(
        CHAT,
        "an error as a field is success",
        ONE + b'error: {"message": "model crashed", "code": 500}\n\n',
        failed(SERVER_SAID, "Hel"),
        returned("Hel"),
    ),
    Mistake(
        CHAT,
        "an error on bare lines is success",
        ONE + json.dumps({"error": {"message": SERVER_SAID}}, indent=2).encode(),
        failed(SERVER_SAID, "Hel"),
        returned("Hel"),
    ),
]

PIECE: dict[str, Any] = {"choices": [{"index": 0, "text": "Hel"}]}
LAST_PIECE: dict[str, Any] = {"choices": [{"index": 0, "text": "lo", "finish_reason": "stop"}]}
COMPLETIONS_MISTAKES = [
    Mistake(
        COMPLETIONS,
        "an end of the body without a finish is success",
        sse(PIECE, done=False),
        cut("Hel"),
        returned("Hel"),
    ),
    Mistake(COMPLETIONS, "a web page is an empty success", PAGE, NOT_THE_API, returned(), "text/html"),
    Mistake(
        COMPLETIONS,
        "a byte order mark costs the first event",
        BOM + sse(PIECE, LAST_PIECE),
        whole(),
        returned("lo", "stop"),
    ),
    Mistake(
        COMPLETIONS, "a flat error is success", sse(PIECE, FLAT_ERROR), failed(SERVER_SAID, "Hel"), returned("Hel")
    ),
]

GREETED = [made.message("Hello")]
RESPONDED = whole("Hello", "completed", usage=(3, 2))
FUNCTION = {"type": "function_call", "id": "f1", "call_id": "c1", "name": "f", "arguments": "{}"}
RESPONSES_MISTAKES = [
    Mistake(
        RESPONSES,
        "text of an item nobody announced fails",
        made.events(made.began(), made.wrote("Hello"), made.ended(output=GREETED)),
        RESPONDED,
        raised("RuntimeError", words="before receiving its output item"),
    ),
    Mistake(
        RESPONSES,
        "queued before created fails",
        made.events(
            made.began("queued"),
            made.began(),
            *made.opened(),
            made.wrote("Hello"),
            made.closed("Hello"),
            made.ended(output=GREETED),
        ),
        RESPONDED,
        raised("RuntimeError", words="Expected to have received `response.created`"),
    ),
    Mistake(
        RESPONSES,
        "a response that was cut by its limit is lost",
        made.events(
            made.began(),
            *made.opened(),
            made.wrote("Hello"),
            made.ended("incomplete", GREETED, incomplete_details={"reason": "max_output_tokens"}),
        ),
        whole("Hello", "max_output_tokens", usage=(3, 2)),
        raised("RuntimeError", "Hello", words="Didn't receive a `response.completed` event"),
    ),
    Mistake(
        RESPONSES,
        "the words of a failed response are lost",
        made.events(
            made.began(),
            *made.opened(),
            made.wrote("Hel"),
            made.ended("failed", error={"code": "server_error", "message": SERVER_SAID}),
        ),
        failed(SERVER_SAID, "Hel", "failed", usage=(3, 2)),
        raised("RuntimeError", "Hel", words="Didn't receive a `response.completed` event"),
    ),
    Mistake(
        RESPONSES_EVENTS,
        "a missing end is unnoticed",
        made.events(made.began(), *made.opened(), made.wrote("Hel")),
        cut("Hel"),
        returned("Hel"),
    ),
    Mistake(
        RESPONSES_EVENTS,
        "a flat error is success",
        made.events(
            made.began(), *made.opened(), made.wrote("Hel"), {"type": "error", "code": "x", "message": SERVER_SAID}
        ),
        failed(SERVER_SAID, "Hel"),
        returned("Hel"),
    ),
    Mistake(
        RESPONSES,
        "an empty final list erases the text",
        made.events(made.began(), *made.opened(), made.wrote("Hello"), made.closed("Hello"), made.ended()),
        RESPONDED,
        returned("", "completed", usage=(3, 2)),
    ),
    Mistake(
        RESPONSES_EVENTS,
        "an empty final list erases the calls",
        made.events(
            made.began(),
            {"type": "response.output_item.done", "output_index": 0, "item": FUNCTION, "sequence_number": 2},
            made.ended(),
        ),
        whole("", "completed", calls=(("c1", "f", "{}"),), usage=(3, 2)),
        returned("", "completed", usage=(3, 2)),
    ),
    Mistake(RESPONSES_EVENTS, "a web page is an empty success", PAGE, NOT_THE_API, returned(), "text/html"),
    Mistake(
        RESPONSES_EVENTS,
        "a document in the place of a stream is an empty success",
        json.dumps(made.ended(output=GREETED)["response"]).encode(),
        RESPONDED,
        returned(),
        "application/json",
    ),
]

GREETING = (made.block(), made.said("Hel"), made.said("lo"), made.unblock())
ANSWERED = whole("Hello", "end_turn", usage=(3, 5))
BEGUN = (made.START, made.block(), made.said("Hel"))
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
UNNAMED = made.events(made.START, *GREETING, made.stopped(), made.STOP, named=False)


def using(arguments: str, reason: str) -> bytes:
    """A message that calls a tool with `arguments`."""
    return made.events(
        made.START, made.block(**made.TOOL), made.argued(arguments), made.unblock(), made.stopped(reason), made.STOP
    )


MESSAGES_MISTAKES = [
    Mistake(
        MESSAGES,
        "a missing message_stop is unnoticed",
        made.events(made.START, *GREETING, made.stopped()),
        cut("Hello", "end_turn", (3, 5)),
        returned("Hello", "end_turn", usage=(3, 5)),
    ),
    Mistake(
        MESSAGES,
        "an end in the middle of the text is unnoticed",
        made.events(*BEGUN),
        cut("Hel", usage=(3, None)),
        returned("Hel", usage=(3, 1)),
    ),
    Mistake(MESSAGES, "events without a name fail an assertion", UNNAMED, ANSWERED, raised("AssertionError")),
    Mistake(MESSAGE_EVENTS, "events without a name are ignored", UNNAMED, ANSWERED, returned()),
    Mistake(
        MESSAGES,
        "an error without a name is success",
        made.events(*BEGUN) + made.events(OVERLOADED, named=False),
        failed("Overloaded", "Hel", usage=(3, None)),
        returned("Hel", usage=(3, 1)),
    ),
    Mistake(MESSAGE_EVENTS, "a web page is an empty success", PAGE, NOT_THE_API, returned(), "text/html"),
    Mistake(
        MESSAGE_EVENTS,
        "a document in the place of a stream is an empty success",
        json.dumps(
            {
                **made.MESSAGE,
                "content": [{"type": "text", "text": "Hello"}],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 3, "output_tokens": 5},
            }
        ).encode(),
        ANSWERED,
        returned(),
        "application/json",
    ),
    Mistake(
        MESSAGES,
        "a byte order mark costs the whole message",
        BOM + made.events(made.START, *GREETING, made.stopped(), made.STOP),
        ANSWERED,
        raised("AssertionError"),
    ),
    Mistake(
        MESSAGES,
        "invalid UTF-8 comes out raw",
        made.events(*BEGUN, made.said("@lo"), made.unblock(), made.stopped(), made.STOP).replace(b"@", b"\xff"),
        whole("Hel\ufffdlo", "end_turn", usage=(3, 5)),
        raised("UnicodeDecodeError", "Hel", usage=(3, 1)),
    ),
    Mistake(
        MESSAGES,
        "arguments cut by the limit are completed",
        using('{"amount": 12, "unit": "E', "max_tokens"),
        whole("", "max_tokens", calls=(("t1", "f", '{"amount": 12, "unit": "E'),), usage=(3, 5)),
        returned("", "max_tokens", calls=(("t1", "f", {"amount": 12}),), usage=(3, 5)),
    ),
    Mistake(
        MESSAGES,
        "arguments that are no JSON end the message",
        using("{city: 1}", "tool_use"),
        whole("", "tool_use", calls=(("t1", "f", "{city: 1}"),), usage=(3, 5)),
        Reading((Said(calls=(("t1", "f", {}),)),), (3, 1), "raised", "ValueError"),
    ),
    Mistake(
        MESSAGES,
        "blocks are taken by position and not by index",
        made.events(
            made.START,
            made.block(1, **made.TOOL),
            made.block(0),
            made.said("Hello", 0),
            made.argued('{"x": 1}', 1),
            made.unblock(0),
            made.unblock(1),
            made.stopped("tool_use"),
            made.STOP,
        ),
        whole("Hello", "tool_use", calls=(("t1", "f", {"x": 1}),), usage=(3, 5)),
        returned("", "tool_use", calls=(("t1", "f", {}),), usage=(3, 5)),
    ),
    Mistake(
        MESSAGES,
        "a later null erases the stop reason",
        made.events(made.START, *GREETING, made.stopped(), made.stopped(None, output_tokens=6), made.STOP),
        whole("Hello", "end_turn", usage=(3, 6)),
        returned("Hello", usage=(3, 6)),
    ),
    Mistake(
        MESSAGES,
        "what follows the end is added",
        made.events(made.START, *GREETING, made.stopped(), made.STOP, made.said("!")),
        ANSWERED,
        returned("Hello!", "end_turn", usage=(3, 5)),
    ),
]

TWO = (made.candidate("Hel"), made.candidate("lo", "STOP"))
TOLD = whole("Hello", "STOP")
NOT_JSON = "UnknownApiResponseError"
GEMINI_MISTAKES = [
    Mistake(GEMINI, "an end of the body without a finish is success", made.google(TWO[0]), cut("Hel"), returned("Hel")),
    Mistake(GEMINI, "an empty body is an empty success", b"", NOTHING, returned()),
    Mistake(GEMINI, "a byte order mark ends the stream", BOM + made.google(*TWO), TOLD, raised(NOT_JSON)),
    Mistake(GEMINI, "no space after data: ends the stream", made.google(*TWO, field=b"data:"), TOLD, raised(NOT_JSON)),
    Mistake(
        GEMINI,
        "a comment ends the stream",
        made.google(TWO[0]) + b": ping\r\n\r\n" + made.google(TWO[1]),
        TOLD,
        raised(NOT_JSON, "Hel", words=": ping"),
    ),
    Mistake(
        GEMINI,
        "a named event ends the stream",
        b"event: message\r\n" + made.google(*TWO),
        TOLD,
        raised(NOT_JSON, words="event: message"),
    ),
    Mistake(
        GEMINI,
        "an end marker a gateway added is an error",
        made.google(*TWO) + b"data: [DONE]\r\n\r\n",
        TOLD,
        raised(NOT_JSON, "Hello", "STOP"),
    ),
    Mistake(
        GEMINI,
        "an array of answers is no answer",
        json.dumps(TWO, indent=2).encode(),
        TOLD,
        raised(NOT_JSON),
        "application/json",
    ),
    Mistake(
        GEMINI,
        "an error of mere words fails",
        made.google(TWO[0], {"error": "overloaded"}),
        failed("overloaded", "Hel"),
        raised("AttributeError", "Hel"),
    ),
    Mistake(
        GEMINI,
        "a blocked prompt is an empty success",
        made.google({"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "tiny"}),
        whole("", "SAFETY"),
        returned(),
    ),
]

CHATTED = whole(usage=(3, 2))
OLLAMA_MISTAKES = [
    Mistake(
        OLLAMA,
        "an end of the body without done is success",
        made.ndjson(made.line("Hel")),
        cut("Hel"),
        returned("Hel"),
    ),
    *(
        Mistake(
            OLLAMA,
            f"a line is broken at U+{ord(mark):04X}",
            made.ndjson(made.line(f"a{mark}b"), made.LAST),
            whole(f"a{mark}b", usage=(3, 2)),
            raised("JSONDecodeError"),
        )
        for mark in "\x85\u2028\u2029"
    ),
    Mistake(
        OLLAMA,
        "a blank line ends the stream",
        made.ndjson(made.line("Hel")) + b"\n" + made.ndjson(made.line("lo"), made.LAST),
        CHATTED,
        raised("JSONDecodeError", "Hel"),
    ),
    Mistake(OLLAMA, "an empty body is an empty success", b"", NOTHING, returned()),
    Mistake(OLLAMA, "a web page is bad JSON", PAGE, NOT_THE_API, raised("JSONDecodeError"), "text/html"),
    Mistake(
        OLLAMA,
        "a byte order mark is bad JSON",
        BOM + made.ndjson(made.line("Hello"), made.LAST),
        CHATTED,
        raised("JSONDecodeError"),
    ),
    Mistake(
        OLLAMA,
        "half a line comes out raw",
        made.ndjson(made.line("Hel")) + b'{"model": "ti',
        cut("Hel"),
        raised("JSONDecodeError", "Hel"),
    ),
    Mistake(
        OLLAMA,
        "an error that is an object fails",
        made.ndjson(made.line("Hel"), {"error": {"message": SERVER_SAID}}),
        failed(SERVER_SAID, "Hel"),
        raised("TypeError", "Hel"),
    ),
    Mistake(
        OLLAMA,
        "the ids of calls are dropped",
        made.ndjson(made.line(tool_calls=[{"id": "a", "function": {"name": "f", "arguments": {}}}]), made.LAST),
        whole("", calls=(("a", "f", {}),), usage=(3, 2)),
        returned("", "stop", calls=(("", "f", {}),), usage=(3, 2)),
    ),
    Mistake(
        OLLAMA,
        "a call without arguments fails",
        made.ndjson(made.line(tool_calls=[{"function": {"name": "f"}}]), made.LAST),
        whole("", calls=(("", "f", {}),), usage=(3, 2)),
        raised("ValidationError"),
    ),
]

MISTAKES = [
    *CHAT_MISTAKES,
    *COMPLETIONS_MISTAKES,
    *RESPONSES_MISTAKES,
    *MESSAGES_MISTAKES,
    *GEMINI_MISTAKES,
    *OLLAMA_MISTAKES,
]

SEPARATORS = "a\u2028b\x85c"
COUNTED: dict[str, Any] = {"promptTokenCount": 3, "candidatesTokenCount": 1}


def unescaped(body: bytes, text: str) -> bytes:
    """`body` with the characters of `text` as they are, where JSON escaped them."""
    return body.replace(json.dumps(text).encode(), json.dumps(text, ensure_ascii=False).encode())


SOUND: list[tuple[Vendor, str, bytes, Reading]] = [
    (
        CHAT,
        "U+2028 ends no line",
        unescaped(sse(chunk({"content": SEPARATORS}, "stop")), SEPARATORS),
        whole(SEPARATORS),
    ),
    (
        CHAT,
        "cumulative usage is not added up",
        sse(
            chunk({"content": "Hel"}, usage={**TOKENS, "completion_tokens": 1}),
            chunk({"content": "lo"}, "stop", usage=TOKENS),
        ),
        whole(usage=(3, 2)),
    ),
    (
        CHAT,
        "an empty finish reason is none",
        sse(chunk({"content": "Hel"}, ""), chunk({"content": "lo"}), END),
        whole(),
    ),
    (
        COMPLETIONS,
        "cumulative usage is not added up",
        sse({**PIECE, "usage": {**TOKENS, "completion_tokens": 1}}, {**LAST_PIECE, "usage": TOKENS}),
        whole(usage=(3, 2)),
    ),
    (
        RESPONSES,
        "a stream without deltas is read",
        made.events(made.began(), made.ended(output=GREETED)),
        RESPONDED,
    ),
    (
        RESPONSES,
        "a missing final list keeps the text",
        made.events(made.began(), *made.opened(), made.wrote("Hello"), made.closed("Hello"), made.ended(output=None)),
        RESPONDED,
    ),
    (
        RESPONSES,
        "events need no names",
        made.events(
            made.began(),
            *made.opened(),
            made.wrote("Hello"),
            made.closed("Hello"),
            made.ended(output=GREETED),
            named=False,
        ),
        RESPONDED,
    ),
    (
        RESPONSES,
        "a byte order mark before a name costs nothing",
        BOM + made.events(made.began(), made.ended(output=GREETED)),
        RESPONDED,
    ),
    (
        RESPONSES,
        "a nested error is one",
        made.events(
            made.began(), *made.opened(), made.wrote("Hel"), {"type": "error", "error": {"message": SERVER_SAID}}
        ),
        failed(SERVER_SAID, "Hel"),
    ),
    (
        MESSAGES,
        "U+2028 ends no line",
        unescaped(
            made.events(made.START, made.block(), made.said(SEPARATORS), made.unblock(), made.stopped(), made.STOP),
            SEPARATORS,
        ),
        whole(SEPARATORS, "end_turn", usage=(3, 5)),
    ),
    (
        MESSAGES,
        "a comment after an id is no event",
        b"id: 1\n"
        + made.events(made.START)
        + b": ping\n\n"
        + made.events(*GREETING, made.stopped(), made.STOP, {"type": "ping"}),
        ANSWERED,
    ),
    (
        MESSAGES,
        "cumulative usage is not added up",
        made.events(made.START, *GREETING, made.stopped(), made.stopped(input_tokens=4, output_tokens=7), made.STOP),
        whole("Hello", "end_turn", usage=(4, 7)),
    ),
    (
        MESSAGES,
        "unknown events and deltas are passed over",
        made.events(
            made.START,
            {"type": "new_event"},
            *GREETING[:2],
            {"type": "content_block_delta", "index": 0, "delta": {"type": "new_delta"}},
            *GREETING[2:],
            made.stopped(),
            made.STOP,
        ),
        ANSWERED,
    ),
    (
        GEMINI,
        "U+2028 ends no line",
        unescaped(made.google(made.candidate(SEPARATORS, "STOP")), SEPARATORS),
        whole(SEPARATORS, "STOP"),
    ),
    (GEMINI, "CR alone ends a line", made.google(*TWO, line_end=b"\r"), TOLD),
    (
        GEMINI,
        "invalid UTF-8 is replaced",
        made.google(made.candidate("Hel@"), TWO[1]).replace(b"@", b"\xff"),
        whole("Hel\ufffdlo", "STOP"),
    ),
    (
        GEMINI,
        "cumulative usage is not added up",
        made.google(
            made.candidate("Hel", usageMetadata=COUNTED),
            made.candidate("lo", "STOP", usageMetadata={**COUNTED, "thoughtsTokenCount": 4}),
        ),
        whole("Hello", "STOP", usage=(3, 5)),
    ),
    (
        GEMINI,
        "an error over many lines is one",
        made.google(TWO[0]) + json.dumps({"error": {"code": 503, "message": "overloaded"}}, indent=2).encode(),
        failed("overloaded", "Hel"),
    ),
    (OLLAMA, "CRLF ends a line", made.ndjson(made.line("Hello"), made.LAST).replace(b"\n", b"\r\n"), CHATTED),
    (OLLAMA, "the last line may lack its end", made.ndjson(made.line("Hello"), made.LAST)[:-1], CHATTED),
    (
        OLLAMA,
        "an error in words is one",
        made.ndjson(made.line("Hel"), {"error": SERVER_SAID}),
        failed(SERVER_SAID, "Hel"),
    ),
]
"""What a vendor's client is sometimes said to get wrong, and does not."""

SOUND_NAMES = [f"{vendor.name}: {claim}".replace(" ", "-") for vendor, claim, _, _ in SOUND]


def test_no_claim_is_made_twice_and_none_is_empty() -> None:
    names = [*map(str, MISTAKES), *SOUND_NAMES]
    assert len(set(names)) == len(names)
    for mistake in MISTAKES:
        assert mistake.right.verdict in {"complete", "interrupted", "failed"}
        assert mistake.wrong.verdict in {"returned", "raised"}
        has_lost_words = mistake.right.failure == "api" and mistake.right.words not in mistake.wrong.words
        is_unnoticed = mistake.right.verdict == "interrupted" or mistake.right.failure == "protocol"
        assert has_lost_words or is_unnoticed or not agree(mistake.right, mistake.wrong), mistake


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_ours_is_right(mistake: Mistake) -> None:
    ours = mistake.vendor.ours(mistake.body)
    assert ours == mistake.right
    assert mistake.right.words in ours.words


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_the_mistake_is_still_made(mistake: Mistake) -> None:
    theirs = mistake.vendor.reading(mistake.body, content_type=mistake.content_type)
    if theirs == mistake.wrong and mistake.wrong.words in theirs.words:
        return
    who = f"{mistake.vendor.version} no longer does what was written down: {mistake.claim}.\nIt takes {theirs}"
    if agree(mistake.right, theirs):
        pytest.fail(f"{who}\nwhich is right: move this entry to SOUND, and correct what the documents say about it")
    pytest.fail(f"{who}\ninstead of {mistake.wrong}\nwhere {mistake.right} would be right: judge it anew")


@pytest.mark.parametrize(("vendor", "claim", "body", "right"), SOUND, ids=SOUND_NAMES)
def test_both_are_right(vendor: Vendor, claim: str, body: bytes, right: Reading) -> None:
    ours = vendor.ours(body)
    assert ours == right
    assert right.words in ours.words
    theirs = vendor.reading(body)
    assert agree(ours, theirs), f"{vendor.version} does no longer hold that {claim}: {theirs}"
