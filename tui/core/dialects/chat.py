"""The Chat Completions dialect: OpenAI's `/chat/completions` and the many servers compatible with it.

Source: the vendor's published types and docs/protocols.md. Nothing of the documented order of chunks is relied on:
roles, usage, finish reasons and errors may come on any chunk, with or without their neighbours.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import msgspec

from tui.core.bounds import DEFAULT_BOUNDS, Bounds
from tui.core.dialects.chat_logprobs import parallel_logprobs
from tui.core.dialects.chat_wire import Chunk, Delta, ToolDelta, WireChoice, WireLogprobs, WireUsage
from tui.core.dialects.claimed_count import claimed_count
from tui.core.dialects.options import encoded, place_options
from tui.core.dialects.payload_decoder import PayloadDecoder
from tui.core.dialects.plain_text import Empty, Frame
from tui.core.events import (
    ChoiceFinished,
    ChoiceSeen,
    FunctionCallDelta,
    LogprobsDelta,
    PartCarried,
    ReasoningDelta,
    RefusalDelta,
    ResponseStarted,
    StreamEvent,
    TextDelta,
    TokenLogprob,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from tui.core.failure import StreamError, api_error, message_of
from tui.core.finish import chat_finish_reason, is_finish
from tui.core.request import CallMade, CarriedPart, HttpRequest, Message, Prompt
from tui.core.target import Target
from tui.core.text import paired
from tui.core.tool_calls import arguments_delta

_NO_USAGE = Usage()


_OPTIONS: dict[str, str | None] = {}
"""Our option names are this dialect's own."""


def build_request(target: Target, prompt: Prompt) -> HttpRequest:
    """The streaming request for `prompt`. `include_usage` (true by default) asks for usage at the end.

    Raises `RequestError` when an option cannot be written as JSON.
    """
    options = dict(target.options)
    body: dict[str, Any] = {"model": target.model, "messages": chat_messages(prompt), "stream": True}
    if options.pop("include_usage", True):
        body["stream_options"] = {"include_usage": True}
    if prompt.tools:
        body["tools"] = list(prompt.tools)
    if prompt.schema is not None:
        schema = {"name": "answer", "strict": True, "schema": prompt.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if isinstance(choice := options.get("tool_choice"), str) and choice not in ("auto", "none", "required"):
        options["tool_choice"] = {"type": "function", "function": {"name": choice}}
    if prompt.messages and prompt.messages[-1].role == "assistant":
        _ask_to_write_on(body, target)
    place_options(body, options, _OPTIONS, target)
    return HttpRequest(target.url("chat/completions"), encoded(body, target), dict(target.headers))


def _ask_to_write_on(body: dict[str, Any], target: Target) -> None:
    """The last message is the beginning of the answer; some servers want to be told so."""
    if target.provider == "vllm":
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    elif target.provider == "mistral":
        body["messages"][-1]["prefix"] = True


def chat_messages(prompt: Prompt) -> list[dict[str, Any]]:
    """The conversation in this dialect's form."""
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return system + [_message(message) for message in prompt.messages]


def _message(message: Message) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
    if not message.calls:
        return {"role": message.role, "content": message.text}
    return {
        "role": message.role,
        "content": message.text or None,
        "tool_calls": _signed([_call(call) for call in message.calls], message.carried_for("chat")),
    }


def _signed(calls: list[dict[str, Any]], carried: Sequence[CarriedPart]) -> list[dict[str, Any]]:
    """Gemini's compatible endpoint signs calls, and refuses their results when the signature is missing."""
    for part in carried:
        if part.calls_at < len(calls):
            calls[part.calls_at] |= part.value
    return calls


def _call(call: CallMade) -> dict[str, Any]:
    if call.type == "custom":
        return {"id": call.id, "type": "custom", "custom": {"name": call.name, "input": call.arguments}}
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


class PlainDelta(msgspec.Struct, frozen=True, gc=False):
    """`delta` with nothing but text."""

    content: str
    reasoning_content: Empty = None
    reasoning: Empty = None
    reasoning_details: None = None
    refusal: Empty = None
    tool_calls: None = None
    function_call: None = None


class PlainChoice(msgspec.Struct, frozen=True, gc=False):
    """The first choice, going on."""

    delta: PlainDelta
    index: Literal[0] | None = None
    text: Empty = None
    finish_reason: None = None
    logprobs: None = None


class PlainChunk(msgspec.Struct, frozen=True, gc=False):
    """A chunk that says nothing but more text."""

    choices: tuple[PlainChoice]
    usage: None = None
    error: None = None
    x_groq: None = None
    object: Literal["chat.completion.chunk"] | None = None


_decode_plain = msgspec.json.Decoder(PlainChunk).decode


class ChatDecoder(PayloadDecoder[Chunk]):
    """One response body of this dialect to events. Never raises anything but `BoundExceeded`."""

    shape = Chunk
    frame: ClassVar[Frame] = Frame()

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        super().__init__(bounds)
        self._response_id = ""
        self._model = ""
        self._seen: set[int] = set()

    @property
    def is_settled(self) -> bool:
        """Whether the first choice, the id and the model are known."""
        return bool(self._model and self._response_id and 0 in self._seen)

    def plain_texts(self, payloads: list[bytes]) -> list[str] | None:
        """The texts of chunks that hold nothing else."""
        return [_decode_plain(payload).choices[0].delta.content for payload in payloads]

    def take(self, chunk: Chunk, event_name: str, events: list[StreamEvent]) -> None:
        """One chunk, whole completion, or error."""
        if (chunk.id and not self._response_id) or (chunk.model and not self._model):
            self._response_id = self._response_id or chunk.id or ""
            self._model = self._model or chunk.model or ""
            events.append(ResponseStarted(paired(self._response_id), paired(self._model)))
        for choice in chunk.choices or ():
            self._take_choice(choice, events)
        wire = chunk.usage or (chunk.x_groq.usage if chunk.x_groq else None)
        if wire is not None and (usage := _usage(wire)) != _NO_USAGE:
            events.append(UsageReported(usage))
        if error := _error_in(chunk, event_name):
            self.report(error, events)

    def _take_choice(self, choice: WireChoice, events: list[StreamEvent]) -> None:
        index = choice.index or 0
        if index not in self._seen:
            self._seen.add(index)
            events.append(ChoiceSeen(index))
        delta = choice.delta or choice.message
        if delta is not None:
            _take_delta(index, delta, events)
        if choice.text:  # the legacy Completions shape, which some servers answer with here too
            events.append(TextDelta(index, choice.text))
        if choice.logprobs is not None and (tokens := _logprobs(choice.logprobs)):
            events.append(LogprobsDelta(index, tokens))
        if choice.finish_reason and is_finish(choice.finish_reason):
            raw = paired(choice.finish_reason)
            events.append(ChoiceFinished(index, raw, chat_finish_reason(raw)))


def _take_delta(index: int, delta: Delta, events: list[StreamEvent]) -> None:
    if reasoning := delta.reasoning_content or delta.reasoning or _detailed_reasoning(delta.reasoning_details):
        events.append(ReasoningDelta(index, reasoning))
    if isinstance(delta.content, str):
        if delta.content:
            events.append(TextDelta(index, delta.content))
    elif delta.content:
        _take_parts(index, delta.content, events)
    if delta.refusal:
        events.append(RefusalDelta(index, delta.refusal))
    if (call := delta.function_call) and (call.name or call.arguments):
        events.append(FunctionCallDelta(index, paired(call.name or ""), arguments_delta(call.arguments)))
    for tool in delta.tool_calls or ():
        if tool.extra_content and (tool.function and tool.function.name):
            signed = {"extra_content": tool.extra_content}
            events.append(PartCarried(index, signed, len(repr(tool.extra_content))))
        events.append(_tool_call(index, tool))


def _take_parts(index: int, parts: list[Any], events: list[StreamEvent]) -> None:
    """Mistral sends content as a list of typed parts; thinking is a list of parts inside one."""
    for part in parts:
        match part:
            case str(text) | {"type": "text", "text": str(text)} if text:
                events.append(TextDelta(index, text))
            case {"type": "thinking", "thinking": str(text)} if text:
                events.append(ReasoningDelta(index, text))
            case {"type": "thinking", "thinking": [*inner]}:
                text = "".join(
                    item["text"] for item in inner if isinstance(item, dict) and isinstance(item.get("text"), str)
                )
                if text:
                    events.append(ReasoningDelta(index, text))


def _detailed_reasoning(details: list[Any] | None) -> str:
    """OpenRouter's `reasoning_details`: text and summaries; encrypted parts have nothing to show."""
    if not details:
        return ""
    texts = (item.get("text") or item.get("summary") for item in details if isinstance(item, dict))
    return "".join(text for text in texts if isinstance(text, str))


def _tool_call(choice: int, tool: ToolDelta) -> ToolCallDelta:
    kind = tool.type or ""
    if tool.custom is not None:
        name, arguments = tool.custom.name, tool.custom.input
        kind = kind or "custom"
    elif tool.function is not None:
        name, arguments = tool.function.name, tool.function.arguments
    else:
        name, arguments = None, None
    return ToolCallDelta(
        choice, tool.index, paired(tool.id or ""), paired(kind), paired(name or ""), arguments_delta(arguments)
    )


def _logprobs(wire: WireLogprobs) -> tuple[TokenLogprob, ...]:
    if wire.tokens:
        return parallel_logprobs(wire)
    return tuple(
        TokenLogprob(
            paired(item.token or ""),
            item.logprob,
            tuple((paired(top.token or ""), top.logprob) for top in item.top_logprobs or () if top.logprob is not None),
        )
        for item in (*(wire.content or ()), *(wire.refusal or ()))
    )


def _usage(wire: WireUsage) -> Usage:
    cached = wire.prompt_tokens_details.cached_tokens if wire.prompt_tokens_details else None
    return Usage(
        prompt=claimed_count(wire.prompt_tokens),
        completion=claimed_count(wire.completion_tokens),
        reasoning=claimed_count(
            wire.completion_tokens_details.reasoning_tokens if wire.completion_tokens_details else None
        ),
        cached=claimed_count(cached if cached is not None else wire.prompt_cache_hit_tokens),
    )


def _error_in(chunk: Chunk, event_name: str) -> StreamError | None:
    """The error this payload reports. One nested in filter results or moderation is none."""
    if chunk.error:
        return api_error({"error": chunk.error})
    if chunk.detail and not chunk.choices:
        return api_error({"detail": chunk.detail})
    if chunk.object == "error" or event_name == "error":
        return api_error({"error": {"message": message_of(chunk.message), "type": chunk.type, "code": chunk.code}})
    if chunk.x_groq and chunk.x_groq.error:
        return api_error({"error": chunk.x_groq.error})
    return None
