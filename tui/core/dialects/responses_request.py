"""What to send to OpenAI Responses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui.core.dialects.options import encoded, place_options, put
from tui.core.errors import RequestError
from tui.core.request import CallMade, CarriedPart, HttpRequest, Message, Prompt
from tui.core.target import Target

_OPTIONS: dict[str, str | None] = {
    "max_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning.effort",
    "verbosity": "text.verbosity",
    "top_k": None,
    "stop": None,
    "seed": None,
    "n": None,
    "presence_penalty": None,
    "frequency_penalty": None,
}
_LOGPROBS = "message.output_text.logprobs"


def build_request(target: Target, prompt: Prompt) -> HttpRequest:
    """The streaming request for `prompt`.

    `include_usage` of the chat dialect is dropped, as usage always comes. Raises `RequestError` for options this API
    does not have, or that cannot be written as JSON.
    """
    body: dict[str, Any] = {"model": target.model, "input": _input(prompt, target), "stream": True}
    if prompt.system:
        body["instructions"] = prompt.system
    if prompt.continues:
        body["previous_response_id"] = prompt.continues
    if prompt.tools:
        body["tools"] = [_flat(tool) for tool in prompt.tools]
    place_options(body, _options(target, body.get("tools", ())), _OPTIONS, target)
    if prompt.schema is not None:
        text_format = {"type": "json_schema", "name": "answer", "strict": True, "schema": prompt.schema}
        put(body, "text.format", text_format)
    return HttpRequest(target.url("responses"), encoded(body, target), dict(target.headers))


def _input(prompt: Prompt, target: Target) -> str | list[dict[str, Any]]:
    match prompt.messages:
        case (Message(role="user", text=text),):
            return text
    custom = {call.id for message in prompt.messages for call in message.calls if call.type == "custom"}
    return [item for message in prompt.messages for item in _items(message, custom, target)]


def _items(message: Message, custom: set[str], target: Target) -> Iterator[dict[str, Any]]:
    """A turn as items. An assistant's text is an output message, the only form all servers take back."""
    if message.role == "tool":
        type_ = "custom_tool_call_output" if message.call_id in custom else "function_call_output"
        yield {"type": type_, "call_id": message.call_id, "output": message.text}
    elif message.role == "user":
        yield {"role": "user", "content": message.text}
    else:
        yield from _answer(message, message.carried_for(target.dialect))


def _answer(message: Message, carried: Sequence[CarriedPart]) -> Iterator[dict[str, Any]]:
    """An answer with its reasoning where it was, right before what came of it."""
    said = called = 0
    for part in (*carried, CarriedPart({}, len(message.text), len(message.calls))):
        if (text := message.text[said : part.text_at]) or not (message.text or message.calls or part.value):
            yield {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}
        yield from map(_call, message.calls[called : part.calls_at])
        said, called = max(said, part.text_at), max(called, part.calls_at)
        if part.value:
            yield dict(part.value)


def _call(call: CallMade) -> dict[str, Any]:
    if call.type == "custom":
        return {"type": "custom_tool_call", "call_id": call.id, "name": call.name, "input": call.arguments}
    return {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments}


def _flat(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool of the Chat form in the flat one; a tool that is flat already, such as a hosted one, as it is.

    Functions are strict here unless they say otherwise, and in Chat they are not.
    """
    match tool:
        case {"type": "function", "function": Mapping() as function}:
            return {"type": "function", "strict": False, **function}
        case {"type": "custom", "custom": Mapping() as custom}:
            flat = {"type": "custom", **custom}
            match flat.get("format"):
                case {"type": "grammar", "grammar": Mapping() as grammar}:
                    flat["format"] = {"type": "grammar", **grammar}
            return flat
        case _:
            return dict(tool)


def _options(target: Target, tools: Any) -> dict[str, Any]:
    """The target's options in values of this API; those that go into an object after the object itself."""
    options = {name: dict(value) if isinstance(value, dict) else value for name, value in target.options.items()}
    options.pop("include_usage", None)
    if options.get("n") == 1:
        del options["n"]
    if "tool_choice" in options:
        options["tool_choice"] = _tool_choice(options["tool_choice"], tools)
    if options.pop("logprobs", False) or options.get("top_logprobs"):
        options["include"] = _included(options.get("include", []), target)
    return dict(sorted(options.items(), key=lambda item: "." in (_OPTIONS.get(item[0]) or item[0])))


def _tool_choice(choice: Any, tools: Any) -> Any:
    match choice:
        case "auto" | "none" | "required":
            return choice
        case str(name):
            is_custom = any(tool.get("type") == "custom" and tool.get("name") == name for tool in tools)
            return {"type": "custom" if is_custom else "function", "name": name}
        case {"type": "function", "function": {"name": name}}:
            return {"type": "function", "name": name}
        case {"type": "custom", "custom": {"name": name}}:
            return {"type": "custom", "name": name}
        case _:
            return choice


def _included(include: Any, target: Target) -> list[Any]:
    if not isinstance(include, list):
        raise RequestError(f"{target.name}: include must be a list, not {include!r}")
    return include if _LOGPROBS in include else [*include, _LOGPROBS]
