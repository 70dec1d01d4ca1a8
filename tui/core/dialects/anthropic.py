"""The Anthropic Messages dialect: typed events over content blocks, which may overlap.

Source: the vendor's published types and docs/protocols.md. What a payload is, its `type` says; the name of its event
counts only without one, since gateways leave the `event:` lines out. New types appear at any time and are passed over.
"""

from typing import Any, ClassVar, Literal

import msgspec

from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.dialects.anthropic_carried import OpenBlock, is_carried, size_of
from tui.core.dialects.anthropic_request import build_request
from tui.core.dialects.anthropic_usage import UsageSoFar
from tui.core.dialects.anthropic_wire import Block, Delta, Event, WireMessage, WireUsage
from tui.core.dialects.payload_decoder import PayloadDecoder
from tui.core.dialects.plain_text import Frame
from tui.core.events import (
    Activity,
    ChoiceFinished,
    ChoiceSeen,
    PartCarried,
    ReasoningDelta,
    Remarked,
    ResponseStarted,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from tui.core.failure import StreamError, api_error, message_of
from tui.core.finish import anthropic_finish_reason, is_finish
from tui.core.text import paired
from tui.core.tool_calls import arguments_delta

__all__ = ["AnthropicDecoder", "build_request"]

_REMEMBERED = 1024
"""Tool blocks kept in mind; beyond that the oldest is forgotten, which nothing in an honest answer still refers to."""
_REMARK_CHARS = 500

_WORK = {
    "web_search": "searching the web",
    "web_fetch": "reading a web page",
    "code_execution": "running code",
    "bash_code_execution": "running a command",
    "text_editor_code_execution": "editing a file",
    "tool_search_tool_regex": "looking for tools",
    "tool_search_tool_bm25": "looking for tools",
}
"""The server's own tools as a reader sees them."""


class _Call:
    """A `tool_use` block."""

    __slots__ = ("has_json", "id", "input", "number")

    def __init__(self, number: int, id_: str = "", given: object = None) -> None:
        self.number = number
        """Its place among the calls; block indexes count text too, and servers give one index to several blocks."""
        self.id = id_
        self.input = given
        """The input announced with the block; it counts when no JSON text follows. None once it is settled."""
        self.has_json = False


class PlainDelta(msgspec.Struct, frozen=True, gc=False):
    """`delta` of a text block."""

    type: Literal["text_delta"]
    text: str


class PlainEvent(msgspec.Struct, frozen=True, gc=False):
    """More text, and nothing else."""

    type: Literal["content_block_delta"]
    delta: PlainDelta
    error: None = None
    detail: None = None
    object: None = None


_decode_plain = msgspec.json.Decoder(PlainEvent).decode


class AnthropicDecoder(PayloadDecoder[Event]):
    """One response body of this dialect to events. Never raises anything but `BoundExceeded`."""

    shape = Event
    frame: ClassVar[Frame] = Frame(b"event: content_block_delta\ndata: ")
    done_is_proof: ClassVar[bool] = False

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        super().__init__(bounds)
        self._latest = -1
        """The block that began last; deltas without an index belong to it."""
        self._blocks: dict[int, _Call | None] = {}
        """Tool blocks by index; None for a tool of the server, whose input is not ours to show."""
        self._carried: dict[int, OpenBlock] = {}
        """Open blocks by index that go back with the answer."""
        self._bounds = bounds
        self._calls = 0
        self._is_busy = False
        self._remarks: set[str] = set()
        self._counts = UsageSoFar()
        self._usage = Usage()

    @property
    def is_settled(self) -> bool:
        """Always: a text delta changes nothing but the text."""
        return True

    def plain_texts(self, payloads: list[bytes]) -> list[str] | None:
        """The texts of deltas that hold nothing else."""
        return [_decode_plain(payload).delta.text for payload in payloads]

    def take(self, event: Event, event_name: str, events: list[StreamEvent]) -> None:
        """One event, whole message, or error."""
        kind = event.type or (event_name if event_name in _NAMED else _kind_by_fields(event))
        if kind == "content_block_delta":
            if event.delta is not None:
                self._take_delta(event.index, event.delta, events)
        else:
            self._take_rare(kind, event, events)
        if error := _error_in(event, kind):
            self.report(error, events)

    def close(self, status: int | None = None) -> list[StreamEvent]:
        """End of body. An input that came whole with its block is kept although the block was not closed."""
        events = super().close(status)
        if not self.is_done:
            self._settle_all(events, begun_only=True)
        return events

    def _take_rare(self, kind: str, event: Event, events: list[StreamEvent]) -> None:
        match kind:
            case "content_block_start" if event.content_block is not None:
                self._begin(event.index, event.content_block, events)
            case "content_block_stop":
                self._settle(self._latest if event.index is None else event.index, events)
            case "message_start" if isinstance(event.message, WireMessage):
                self._take_message(event.message, events)
            case "message_delta":
                if event.delta is not None:
                    self._finish(event.delta.stop_reason, event.delta.stop_details, events)
                self._take_usage(event.usage, events)
            case "message":
                whole = WireMessage(
                    event.id, event.model, event.content, event.stop_reason, event.stop_details, event.usage
                )
                self._take_message(whole, events)
                if event.content is not None and is_finish(event.stop_reason) and not event.error:
                    self.end(events)
            case "message_stop":
                self._settle_all(events)
                self.end(events)

    # -- the message as a whole -------------------------------------------------------------------------------------

    def _take_message(self, message: WireMessage, events: list[StreamEvent]) -> None:
        """A beginning, mostly without content, or all of it at once."""
        events.append(ResponseStarted(paired(message.id or ""), paired(message.model or "")))
        events.append(ChoiceSeen(0))
        if isinstance(message.content, str):
            if message.content:
                events.append(TextDelta(0, message.content))
        else:
            for index, block in enumerate(message.content or ()):
                self._begin(index, block, events)
                self._settle(index, events)
        self._finish(message.stop_reason, message.stop_details, events)
        self._take_usage(message.usage, events, is_start=not is_finish(message.stop_reason))

    def _finish(self, stop_reason: str | None, details: object, events: list[StreamEvent]) -> None:
        if remark := _remark_on(details):
            if remark not in self._remarks:
                events.append(Remarked(remark))
            self._remarks.add(remark)
        if stop_reason and is_finish(stop_reason):
            self._be_busy("", events)
            self._settle_all(events)
            raw = paired(stop_reason)
            events.append(ChoiceFinished(0, raw, anthropic_finish_reason(raw)))

    def _take_usage(self, wire: WireUsage | None, events: list[StreamEvent], *, is_start: bool = False) -> None:
        if wire is None:
            return
        usage = self._counts.merge(wire, is_start=is_start)
        if usage != self._usage:
            self._usage = usage
            events.append(UsageReported(usage))

    # -- content blocks ---------------------------------------------------------------------------------------------

    def _begin(self, index: int | None, block: Block, events: list[StreamEvent]) -> None:
        """A block begins; what it already holds counts."""
        index = self._latest + 1 if index is None else index
        self._latest = index
        kind = block.type or ""
        self._carried.pop(index, None)
        if is_carried(kind):
            self._carried[index] = OpenBlock(block)
        if kind == "tool_use":
            self._begin_call(index, block, events)
            return
        if kind in ("server_tool_use", "mcp_tool_use"):
            self._remember(index, None)
            self._be_busy(_work_named(block.name), events)
            return
        self._blocks.pop(index, None)
        self._be_busy("", events)
        if block.thinking and kind in ("thinking", ""):
            events.append(ReasoningDelta(0, block.thinking))
        if block.text and kind in ("text", ""):
            events.append(TextDelta(0, block.text))

    def _begin_call(self, index: int, block: Block, events: list[StreamEvent]) -> None:
        self._be_busy("", events)
        id_ = paired(block.id or "")
        known = self._blocks.get(index)
        if known is not None and id_ and known.id == id_:  # announced twice
            return
        call = self._open_call(index, id_, block.input)
        events.append(ToolCallDelta(0, call.number, id_, "function", paired(block.name or "")))

    def _open_call(self, index: int, id_: str = "", given: object = None) -> _Call:
        call = _Call(self._calls, id_, given or {})
        self._calls += 1
        self._remember(index, call)
        return call

    def _remember(self, index: int, call: _Call | None) -> None:
        self._blocks[index] = call
        if len(self._blocks) > _REMEMBERED:
            del self._blocks[next(iter(self._blocks))]

    def _take_delta(self, index: int | None, delta: Delta, events: list[StreamEvent]) -> None:
        kind = delta.type
        if self._carried:
            self._add_to_carried(self._latest if index is None else index, delta)
        if delta.text and (kind == "text_delta" or not kind):
            events.append(TextDelta(0, delta.text))
        elif delta.thinking and (kind == "thinking_delta" or not kind):
            events.append(ReasoningDelta(0, delta.thinking))
        elif delta.partial_json and (kind == "input_json_delta" or not kind):
            self._take_json(self._latest if index is None else index, delta.partial_json, events)

    def _add_to_carried(self, index: int, delta: Delta) -> None:
        block = self._carried.get(index)
        if block is not None:
            block.add(delta)
            if sum(open_block.chars for open_block in self._carried.values()) > self._bounds.answer_chars:
                del self._carried[index]  # more than any answer may hold; what is shown of it is bounded elsewhere

    def _take_json(self, index: int, value: object, events: list[StreamEvent]) -> None:
        text = arguments_delta(value)
        call = self._blocks[index] if index in self._blocks else self._open_call(index)
        if call is not None and text:
            call.has_json = True
            events.append(ToolCallDelta(0, call.number, arguments=text))

    def _settle(self, index: int, events: list[StreamEvent]) -> None:
        """The block ended: a call without any JSON text was called with the input it was announced with."""
        carried = self._carried.pop(index, None)
        if carried is not None and (part := carried.closed()):
            events.append(PartCarried(0, part, size_of(part)))
        call = self._blocks.get(index)
        if call is not None and not call.has_json and call.input is not None:
            if text := arguments_delta(call.input):
                events.append(ToolCallDelta(0, call.number, arguments=text))
            call.input = None

    def _settle_all(self, events: list[StreamEvent], *, begun_only: bool = False) -> None:
        """`begun_only`: leave out calls announced with nothing, of which text may still have been to come."""
        for index, call in self._blocks.items():
            if call is not None and (call.input or not begun_only):
                self._settle(index, events)

    def _be_busy(self, work: str, events: list[StreamEvent]) -> None:
        if work or self._is_busy:
            events.append(Activity(work))
        self._is_busy = bool(work)


_NAMED = frozenset(
    {
        "content_block_delta",
        "content_block_start",
        "content_block_stop",
        "message_start",
        "message_delta",
        "message_stop",
        "ping",
        "error",
    }
)
"""Names of events that can stand for a missing `type`; `message` is what gateways call any event."""


def _kind_by_fields(event: Event) -> str:
    """What a payload without any type is; empty when nothing in it tells."""
    if event.content_block is not None:
        return "content_block_start"
    if isinstance(event.message, WireMessage):
        return "message_start"
    if event.content is not None:
        return "message"
    if event.delta is not None:
        return "message_delta" if event.delta.stop_reason else "content_block_delta"
    return ""


def _work_named(tool: str | None) -> str:
    return _WORK.get(tool or "") or f"using {paired(tool or 'a tool')[:60]}"


def _remark_on(details: object) -> str:
    """What `stop_details` says about a refusal."""
    if not isinstance(details, dict):
        return ""
    category, explanation = details.get("category"), details.get("explanation")
    kind = f" ({category})" if isinstance(category, str) and category else ""
    why = f": {explanation}" if isinstance(explanation, str) and explanation else ""
    return paired(f"the model refused{kind}{why}"[:_REMARK_CHARS]) if kind or why else ""


def _error_in(event: Event, kind: str) -> StreamError | None:
    """The error this payload reports, whatever its type."""
    if event.error:
        return api_error({"error": event.error})
    if event.detail and not event.content:
        return api_error({"detail": event.detail})
    if kind == "error" or event.object == "error":
        fields: dict[str, Any] = {"type": None if event.type == "error" else event.type, "code": event.code}
        message = event.message if isinstance(event.message, str) else None
        return api_error({"error": {"message": message_of(message), **fields}})
    return None
