"""What a Messages request holds: the conversation, tools and options in this dialect's form.

Differences to the Chat form: the system prompt stands apart, tool results are blocks of a user's turn, tool inputs are
objects and not text, and `max_tokens` must be given.
"""

import json
from collections.abc import Mapping
from typing import Any

from tui.core.dialects.anthropic_carried import interleaved
from tui.core.dialects.options import encoded, place_options, put
from tui.core.errors import RequestError
from tui.core.request import CallMade, HttpRequest, Message, Prompt
from tui.core.target import Target

VERSION = "2023-06-01"
"""A target's own `anthropic-version` header goes before it. The newer version refuses temperature, top_p and top_k."""
DEFAULT_MAX_TOKENS = 4096

_OPTIONS: dict[str, str | None] = {
    "stop": "stop_sequences",
    "reasoning_effort": "output_config.effort",
    "seed": None,
    "n": None,
    "presence_penalty": None,
    "frequency_penalty": None,
    "logprobs": None,
    "top_logprobs": None,
}
_CHOICES = {"auto": "auto", "required": "any", "any": "any", "none": "none"}


def build_request(target: Target, prompt: Prompt) -> HttpRequest:
    """The streaming request for `prompt`.

    Raises `RequestError` for options this API has not, tools and arguments it cannot express, and for a prompt that
    goes on from a response: this API keeps none.
    """
    if prompt.continues:
        raise RequestError(f"{target.name}: the anthropic dialect cannot go on from a response kept at the server")
    options = dict(target.options)
    options.pop("include_usage", None)  # it is always sent
    body: dict[str, Any] = {
        "model": target.model,
        "max_tokens": DEFAULT_MAX_TOKENS,
        "messages": _messages(prompt, target),
        "stream": True,
    }
    if prompt.system:
        body["system"] = prompt.system
    if prompt.tools:
        body["tools"] = [_tool(tool, target) for tool in prompt.tools]
    if isinstance(config := options.pop("output_config", None), dict):
        body["output_config"] = dict(config)
    elif config is not None:
        raise RequestError(f"{target.name}: output_config must be an object, found {config!r}")
    if (choice := _tool_choice(options)) is not None:
        body["tool_choice"] = choice
    if isinstance(options.get("stop"), str):
        options["stop"] = [options["stop"]]
    place_options(body, options, _OPTIONS, target)
    if prompt.schema is not None:
        put(body, "output_config.format", {"type": "json_schema", "schema": prompt.schema})
    return HttpRequest(target.url("messages"), encoded(body, target), _headers(target))


def _headers(target: Target) -> dict[str, str]:
    headers = dict(target.headers)
    if not any(name.lower() == "anthropic-version" for name in headers):
        headers["anthropic-version"] = VERSION
    return headers


def _messages(prompt: Prompt, target: Target) -> list[dict[str, Any]]:
    """The turns. What follows a tool's result, another result or the user's text, belongs into the same user's turn."""
    turns: list[dict[str, Any]] = []
    for message in prompt.messages:
        content = _content(message, target)
        after_result = bool(turns) and _has_results(turns[-1]) and message.role != "assistant"
        if after_result:
            turns[-1]["content"].extend(content if isinstance(content, list) else _text_blocks(content))
        else:
            turns.append({"role": "assistant" if message.role == "assistant" else "user", "content": content})
    if turns and turns[-1]["role"] == "assistant":
        turns[-1]["content"] = _without_last_space(turns[-1]["content"])
    return turns


def _without_last_space(content: str | list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """What the model is to write on in must not end with a space."""
    if isinstance(content, str):
        return content.rstrip()
    *before, last = content
    return [*before, last | {"text": last["text"].rstrip()}] if last.get("type") == "text" else content


def _has_results(turn: Mapping[str, Any]) -> bool:
    return turn["role"] == "user" and isinstance(turn["content"], list)


def _content(message: Message, target: Target) -> str | list[dict[str, Any]]:
    if message.role == "tool":
        return [{"type": "tool_result", "tool_use_id": message.call_id, "content": message.text}]
    parts = message.carried_for(target.dialect)
    if not message.calls and not parts:
        return message.text
    return interleaved(message.text, [_tool_use(call, target) for call in message.calls], parts)


def _text_blocks(text: str) -> list[dict[str, Any]]:
    """Empty text blocks are refused by the API."""
    return [{"type": "text", "text": text}] if text else []


def _tool_use(call: CallMade, target: Target) -> dict[str, Any]:
    try:
        arguments = json.loads(call.arguments) if call.arguments.strip() else {}
    except (ValueError, RecursionError):
        arguments = None
    if call.type == "custom" or not isinstance(arguments, dict):
        raise RequestError(
            f"{target.name}: the anthropic dialect sends arguments as a JSON object, "
            f"and those of the earlier call of {call.name!r} are none"
        )
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments}


def _tool(tool: Mapping[str, Any], target: Target) -> dict[str, Any]:
    """A definition in the Chat form translated; one in this dialect's own form as it is."""
    function = tool.get("function")
    if isinstance(function, Mapping):
        own = {"name": function.get("name"), "input_schema": function.get("parameters") or {"type": "object"}}
        return own | {key: function[key] for key in ("description", "strict") if function.get(key) is not None}
    if isinstance(tool.get("custom"), Mapping):
        raise RequestError(f"{target.name}: the anthropic dialect has no tools with free text as input")
    return dict(tool)


def _tool_choice(options: dict[str, Any]) -> Any:
    """`tool_choice` and `parallel_tool_calls`, which are one object here. None when neither was given."""
    choice = options.pop("tool_choice", None)
    parallel = options.pop("parallel_tool_calls", None)
    match choice:
        case str():
            choice = {"type": _CHOICES[choice]} if choice in _CHOICES else {"type": "tool", "name": choice}
        case {"function": {"name": name}}:
            choice = {"type": "tool", "name": name}
    if parallel is None or choice == {"type": "none"}:
        return choice
    choice = {"type": "auto"} if choice is None else choice
    return {**choice, "disable_parallel_tool_use": not parallel} if isinstance(choice, dict) else choice
