"""The dialect of OpenAI Responses: `/responses`, and the gateways and servers that speak it.

Source: the vendor's published types and docs/protocols.md. Only an event that ends the response proves that it is
whole; the `[DONE]` which gateways append proves nothing. Which event said what is settled in `responses_output`.
"""

from collections.abc import Callable
from typing import ClassVar, Literal

import msgspec

from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.dialects.claimed_count import claimed_count
from tui.core.dialects.payload_decoder import PayloadDecoder
from tui.core.dialects.plain_text import Frame
from tui.core.dialects.responses_carried import carried_reasoning, placed_reasoning
from tui.core.dialects.responses_output import MAX_OPENED, REASONING, REFUSAL, SUMMARY, TEXT, CallType, Output, Place
from tui.core.dialects.responses_request import build_request
from tui.core.dialects.responses_wire import Event, Response, WireItem, WirePart, WireUsage
from tui.core.events import (
    Activity,
    ChoiceFinished,
    LogprobsDelta,
    PartCarried,
    Remarked,
    ResponseKept,
    ResponseStarted,
    StreamEvent,
    TokenLogprob,
    Usage,
    UsageReported,
)
from tui.core.failure import StreamError, api_error, message_of
from tui.core.finish import responses_finish_reason
from tui.core.text import paired

__all__ = ["ResponsesDecoder", "build_request"]

_NO_USAGE = Usage()
_MAX_LOST = 10_000
"""A larger gap is no loss but another way of counting."""
_ENDINGS = ("failed", "cancelled", "incomplete", "completed")
"""The worst first: where an event and the status inside disagree, the worse one is believed."""
_QUEUED = "waiting in the server's queue"

_ACTIVITIES = {
    "web_search_call": "searching the web",
    "file_search_call": "searching files",
    "code_interpreter_call": "running code",
    "code_interpreter_call_code": "writing code",
    "image_generation_call": "drawing an image",
    "mcp_call": "calling a remote tool",
    "mcp_call_arguments": "calling a remote tool",
    "mcp_list_tools": "listing remote tools",
    "tool_search_call": "searching for tools",
    "shell_call": "running a command",
    "shell_call_command": "running a command",
    "shell_call_output_content": "running a command",
    "compaction": "compacting the conversation",
}
"""Item types, and the middle words of progress events."""


class EventNumbers:
    """Notices lost events by their `sequence_number`. Gateways that number some events only are not believed."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._missing: set[int] = set()
        self._is_believed = True

    @property
    def lost(self) -> int:
        """How many events are missing between those that came."""
        return len(self._missing) if self._is_believed else 0

    def follow(self, numbers: list[int | None]) -> bool:
        """Take events that came one after another; False, and nothing is taken, when they are not the next ones."""
        if self._is_believed:
            if self._next is None or numbers != list(range(self._next, self._next + len(numbers))):
                return False
            self._next += len(numbers)
        return True

    def take(self, kind: str, number: int | None) -> None:
        """One event. The first number tells where counting starts, unless the beginning itself is missing."""
        if not self._is_believed or (number is None and not kind.startswith("response.")):
            return
        if number is None:
            self._is_believed = False
            return
        if self._next is None:
            self._next = number if kind in ("response.created", "response.queued") else min(number, 0)
        if number >= self._next:
            self._is_believed = number - self._next + len(self._missing) <= _MAX_LOST
            if number > self._next and self._is_believed:
                self._missing.update(range(self._next, number))
            self._next = number + 1
        elif number in self._missing:
            self._missing.discard(number)
        else:
            self._is_believed = False


class PlainEvent(msgspec.Struct, frozen=True, gc=False):
    """More text, and nothing else."""

    type: Literal["response.output_text.delta"]
    delta: str
    sequence_number: int | None = None
    item_id: str | None = None
    output_index: int | None = None
    content_index: int | None = None
    logprobs: tuple[()] | None = None
    error: None = None


_decode_plain = msgspec.json.Decoder(PlainEvent).decode


class ResponsesDecoder(PayloadDecoder[Event]):
    """One response body of this dialect to events. Never raises anything but `BoundExceeded`."""

    shape = Event
    frame: ClassVar[Frame] = Frame(b"event: response.output_text.delta\ndata: ")
    done_is_proof: ClassVar[bool] = False

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        super().__init__(bounds)
        self._response_id = ""
        self._model = ""
        self._activity = ""
        self._numbers = EventNumbers()
        self._output = Output()
        self._carried: set[str] = set()
        """Ids of the items of reasoning that were told to go back."""

    @property
    def is_settled(self) -> bool:
        """Whether the server writes and does nothing else."""
        return not self._activity

    def plain_texts(self, payloads: list[bytes]) -> list[str] | None:
        """The texts of deltas that go on with the part written last and follow the numbers of those before."""
        deltas = [_decode_plain(payload) for payload in payloads]
        texts = [delta.delta for delta in deltas]
        first = deltas[0]
        place = (first.item_id, first.output_index, first.content_index)
        if not all(texts) or any((d.item_id, d.output_index, d.content_index) != place for d in deltas):
            return None
        if not self._output.is_writing(*place) or not self._numbers.follow([d.sequence_number for d in deltas]):
            return None
        self._output.go_on(texts)
        return texts

    def take(self, chunk: Event, event_name: str, events: list[StreamEvent]) -> None:
        """One event, whole response, or error."""
        kind = chunk.type or event_name
        self._numbers.take(kind, chunk.sequence_number)
        handle = _HANDLERS.get(kind)
        if handle is not None:
            handle(self, chunk, events)
        elif kind.startswith("response."):
            self._take_progress(kind, events)
        elif chunk.object == "response" or (chunk.output is not None and not chunk.type):
            self._take_whole(chunk, events)
        if self._output.opened > MAX_OPENED:
            limit = f"the number of output items is over the limit of {MAX_OPENED}"
            self.report(StreamError("protocol", f"cut off: {limit}", type="bound"), events)
        if (handle is None or chunk.error is not None) and not self.is_done and (error := _error_in(chunk, event_name)):
            self.report(error, events)

    def report(self, error: StreamError, events: list[StreamEvent]) -> None:
        """An error ends the answer; what the events built is set right before."""
        if not self.is_done:
            self._settle(events)
            super().report(error, events)

    def close(self, status: int | None = None) -> list[StreamEvent]:
        """End of body, which proves nothing here; what the events built is set right."""
        events = super().close(status)
        if not self.is_done:
            self._settle(events)
        return events

    # -- texts ------------------------------------------------------------------------------------------------------

    def take_delta(self, place: Place, event: Event, events: list[StreamEvent]) -> None:
        """More of a text."""
        if self._activity and event.delta:
            self._show("", events)
        self._output.add(place, event, events)
        if event.logprobs:
            events.append(LogprobsDelta(0, _logprobs(event)))

    def take_arguments(self, type_: CallType, event: Event, events: list[StreamEvent]) -> None:
        """More of a call's arguments or input."""
        self._show("", events)
        self._output.add_arguments(type_, event, events)

    def take_last_word(self, place: Place, text: object, event: Event, events: list[StreamEvent]) -> None:
        """All of one text."""
        self._show("", events)
        self._output.finish_part(place, event, text, events)

    def take_part(self, event: Event, events: list[StreamEvent]) -> None:
        """All of one part of an item, in one of the shapes parts have."""
        part = event.part or WirePart()
        if part.type == "refusal":
            self._output.finish_part(REFUSAL, event, part.refusal, events)
        elif part.type in ("reasoning_text", "summary_text"):
            place = SUMMARY if part.type == "summary_text" else REASONING
            self._output.finish_part(place, event, part.text, events)
        elif part.type == "output_text":
            self._output.finish_part(TEXT, event, part.text, events)

    def take_last_arguments(self, type_: CallType, value: object, event: Event, events: list[StreamEvent]) -> None:
        """All of a call's arguments or input."""
        self._output.finish_arguments(type_, event, value, events)

    # -- items ------------------------------------------------------------------------------------------------------

    def take_announcement(self, event: Event, events: list[StreamEvent]) -> None:
        """An item begins. One of a hosted tool is something the server does."""
        if event.item is not None:
            self._show(_ACTIVITIES.get(event.item.type or "", ""), events)
            self._output.announce(event.item, event.output_index, events)

    def take_item(self, event: Event, events: list[StreamEvent]) -> None:
        """An item ended."""
        if event.item is not None:
            self._show("", events)
            self._carry(event.item, None, events)
            self._output.finish_item(event.item, event.output_index, events)

    def _carry(self, item: WireItem, place: tuple[int, int] | None, events: list[StreamEvent]) -> None:
        """Reasoning goes back when it came encrypted; a server that keeps it gives it no such form."""
        key = item.id or item.encrypted_content or ""
        if item.type == "reasoning" and item.encrypted_content and key not in self._carried:
            self._carried.add(key)
            events.append(PartCarried(0, carried_reasoning(item), len(item.encrypted_content), place))

    def _take_progress(self, kind: str, events: list[StreamEvent]) -> None:
        """`response.web_search_call.searching` and the like; other types nobody has heard of yet say nothing."""
        _, what, *rest = kind.split(".")
        activity = _ACTIVITIES.get(what)
        if activity is not None:
            self._show("" if rest and rest[-1] in ("completed", "failed") else activity, events)

    def _show(self, activity: str, events: list[StreamEvent]) -> None:
        if activity != self._activity:
            self._activity = activity
            events.append(Activity(activity))

    # -- the response -----------------------------------------------------------------------------------------------

    def take_beginning(self, activity: str, event: Event, events: list[StreamEvent]) -> None:
        """The response exists; the status inside says nothing about its end. May come twice and in any order."""
        self._show(activity, events)
        if event.response is not None:
            self._take_facts(event.response, events)

    def take_end(self, ending: str, event: Event, events: list[StreamEvent]) -> None:
        """The response ended."""
        response = event.response or _bare_response(event)
        said = (ending, (response.status or "").strip().lower())
        self._take_ending(next(word for word in _ENDINGS if word in said), response, events)

    def _take_whole(self, event: Event, events: list[StreamEvent]) -> None:
        """A whole response, from a server that does not stream or was not asked to."""
        response = _bare_response(event)
        status = (response.status or "").strip().lower()
        if status in _ENDINGS:
            self._take_ending(status, response, events)
            return
        self._take_facts(response, events)
        for index, item in enumerate(response.output or ()):
            self._output.finish_item(item, index, events)
        if status in ("queued", "in_progress"):
            events.append(Remarked(f"the server answered with a response that is still {status.replace('_', ' ')}"))

    def _take_ending(self, ending: str, response: Response, events: list[StreamEvent]) -> None:
        self._take_facts(response, events)
        self._show("", events)
        self._output.finish(response.output or [], events)
        for item, place in placed_reasoning(response.output or []):
            self._carry(item, place, events)
        if response.store is True and ending in ("completed", "incomplete"):
            events.append(ResponseKept())
        details = response.incomplete_details
        raw = (details.reason if details and ending == "incomplete" else None) or ending
        events.append(ChoiceFinished(0, paired(raw), responses_finish_reason(raw)))
        if ending == "failed":
            if error := api_error({"error": response.error or "the server says that the response failed"}):
                self.report(error, events)
        elif ending == "cancelled":
            self.report(StreamError("api", "the server cancelled the response", code="cancelled"), events)
        else:
            self._settle(events)
            self.end(events)

    def _take_facts(self, response: Response, events: list[StreamEvent]) -> None:
        if (response.id and not self._response_id) or (response.model and not self._model):
            self._response_id = self._response_id or response.id or ""
            self._model = self._model or response.model or ""
            events.append(ResponseStarted(paired(self._response_id), paired(self._model)))
        if response.usage is not None and (usage := _usage(response.usage)) != _NO_USAGE:
            events.append(UsageReported(usage))

    def _settle(self, events: list[StreamEvent]) -> None:
        self._output.settle(events)
        if lost := self._numbers.lost:
            events.append(Remarked(f"{lost} event{'s were' if lost > 1 else ' was'} lost on the way"))


_Handler = Callable[[ResponsesDecoder, Event, list[StreamEvent]], None]


def _delta(place: Place) -> _Handler:
    return lambda decoder, event, events: decoder.take_delta(place, event, events)


def _beginning(activity: str) -> _Handler:
    return lambda decoder, event, events: decoder.take_beginning(activity, event, events)


def _end(ending: str) -> _Handler:
    return lambda decoder, event, events: decoder.take_end(ending, event, events)


_HANDLERS: dict[str, _Handler] = {
    "response.output_text.delta": _delta(TEXT),
    "response.refusal.delta": _delta(REFUSAL),
    "response.reasoning_summary_text.delta": _delta(SUMMARY),
    "response.reasoning_text.delta": _delta(REASONING),
    "response.output_text.done": lambda d, event, events: d.take_last_word(TEXT, event.text, event, events),
    "response.refusal.done": lambda d, event, events: d.take_last_word(REFUSAL, event.refusal, event, events),
    "response.reasoning_summary_text.done": lambda d, event, events: d.take_last_word(
        SUMMARY, event.text, event, events
    ),
    "response.reasoning_text.done": lambda d, event, events: d.take_last_word(REASONING, event.text, event, events),
    "response.content_part.done": ResponsesDecoder.take_part,
    "response.reasoning_summary_part.done": ResponsesDecoder.take_part,
    "response.function_call_arguments.delta": lambda d, event, events: d.take_arguments("function", event, events),
    "response.custom_tool_call_input.delta": lambda d, event, events: d.take_arguments("custom", event, events),
    "response.function_call_arguments.done": lambda d, event, events: d.take_last_arguments(
        "function", event.arguments, event, events
    ),
    "response.custom_tool_call_input.done": lambda d, event, events: d.take_last_arguments(
        "custom", event.input, event, events
    ),
    "response.output_item.added": ResponsesDecoder.take_announcement,
    "response.output_item.done": ResponsesDecoder.take_item,
    "response.queued": _beginning(_QUEUED),
    "response.created": _beginning(""),
    "response.in_progress": _beginning(""),
    **{f"response.{ending}": _end(ending) for ending in _ENDINGS},
}


def _bare_response(event: Event) -> Response:
    """The response whose fields stand in the payload itself."""
    return Response(
        event.id, event.model, event.status, event.output, event.usage, event.error, event.incomplete_details
    )


def _logprobs(event: Event) -> tuple[TokenLogprob, ...]:
    return tuple(
        TokenLogprob(
            paired(item.token or ""),
            item.logprob,
            tuple((paired(top.token or ""), top.logprob) for top in item.top_logprobs or () if top.logprob is not None),
        )
        for item in event.logprobs or ()
    )


def _usage(wire: WireUsage) -> Usage:
    return Usage(
        prompt=claimed_count(wire.input_tokens),
        completion=claimed_count(wire.output_tokens),
        reasoning=claimed_count(wire.output_tokens_details.reasoning_tokens if wire.output_tokens_details else None),
        cached=claimed_count(wire.input_tokens_details.cached_tokens if wire.input_tokens_details else None),
    )


def _error_in(chunk: Event, event_name: str) -> StreamError | None:
    """The error this payload reports, nested as production sends it or flat as it is documented."""
    if chunk.error:
        return api_error({"error": chunk.error})
    if chunk.detail and not chunk.type:
        return api_error({"detail": chunk.detail})
    if "error" in (chunk.type, chunk.object, event_name):
        type_ = chunk.type if chunk.type != "error" else None
        return api_error({"error": {"message": message_of(chunk.message), "type": type_, "code": chunk.code}})
    return None
