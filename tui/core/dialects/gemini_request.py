"""What Gemini is asked: our prompt and options as a `GenerateContentRequest`.

The model stands in the address and not in the body. Results of parallel calls are one turn, because the server counts
them against the calls of the turn before. JSON schemas go to the fields that take JSON Schema; `parameters` and
`responseSchema` know only a part of it and refuse the rest.
"""

from collections.abc import Mapping
from copy import deepcopy
from itertools import groupby
from typing import Any
from urllib.parse import quote

import msgspec

from tui.core.dialects.call_arguments import arguments_object
from tui.core.dialects.gemini_carried import signed_parts
from tui.core.dialects.options import encoded, place_options
from tui.core.errors import RequestError
from tui.core.request import CallMade, HttpRequest, Message, Prompt, server_call_id
from tui.core.target import Target

_CONFIG = "generationConfig"
_THINKING = f"{_CONFIG}.thinkingConfig"
_NATIVE = (
    "topP",
    "topK",
    "maxOutputTokens",
    "candidateCount",
    "stopSequences",
    "presencePenalty",
    "frequencyPenalty",
    "responseLogprobs",
    "responseMimeType",
    "responseSchema",
    "responseJsonSchema",
    "responseModalities",
    "mediaResolution",
    "speechConfig",
    "imageConfig",
    "thinkingConfig",
)
_OPTIONS: dict[str, str | None] = {
    **{name: f"{_CONFIG}.{name}" for name in _NATIVE},
    **{name: f"{_THINKING}.{name}" for name in ("includeThoughts", "thinkingBudget", "thinkingLevel")},
    "temperature": f"{_CONFIG}.temperature",
    "top_p": f"{_CONFIG}.topP",
    "top_k": f"{_CONFIG}.topK",
    "max_tokens": f"{_CONFIG}.maxOutputTokens",
    "stop": f"{_CONFIG}.stopSequences",
    "seed": f"{_CONFIG}.seed",
    "n": f"{_CONFIG}.candidateCount",
    "presence_penalty": f"{_CONFIG}.presencePenalty",
    "frequency_penalty": f"{_CONFIG}.frequencyPenalty",
    "logprobs": f"{_CONFIG}.responseLogprobs",
    "top_logprobs": f"{_CONFIG}.logprobs",
    "parallel_tool_calls": None,
}
_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}
_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 8192, "high": 24576}
"""Thinking tokens for the 2.5 models, which know no levels; the numbers of Google's own compatible endpoint."""


def build_request(target: Target, prompt: Prompt) -> HttpRequest:
    """The streaming request for `prompt`. Raises `RequestError` for what this dialect cannot express."""
    if prompt.continues:
        raise RequestError(f"{target.name}: the gemini dialect cannot go on from a response kept at the server")
    options = deepcopy(dict(target.options))
    options.pop("include_usage", None)  # it always reports usage
    body: dict[str, Any] = {"contents": _contents(prompt, target)}
    if prompt.system:
        body["systemInstruction"] = {"parts": [{"text": prompt.system}]}
    if prompt.tools:
        body["tools"] = _tools(prompt, target)
    config = options.pop(_CONFIG, {})
    if not isinstance(config, dict):
        raise RequestError(f"{target.name}: option {_CONFIG!r} is {config!r}; expected an object")
    if config or prompt.schema is not None:
        body[_CONFIG] = config
    if prompt.schema is not None:
        body[_CONFIG] |= {"responseMimeType": "application/json", "responseJsonSchema": prompt.schema}
    place_options(body, _translated(options, target), _OPTIONS, target)
    return HttpRequest(target.url(_path(target.model)), encoded(body, target), dict(target.headers))


def _path(model: str) -> str:
    """`models/NAME:streamGenerateContent`; `tunedModels/NAME` and the like name their collection themselves."""
    collection = "" if model.startswith(("models/", "tunedModels/")) else "models/"
    return f"{collection}{quote(model, safe='/-._~@')}:streamGenerateContent?alt=sse"


def _translated(options: dict[str, Any], target: Target) -> dict[str, Any]:
    """`options` with the values that are written otherwise here. Objects first, so that single names add to them."""
    if isinstance(options.get("stop"), str):
        options["stop"] = [options["stop"]]
    if (choice := options.pop("tool_choice", None)) is not None:
        options["toolConfig"] = {"functionCallingConfig": _calling(choice, target)}
    if (effort := options.pop("reasoning_effort", None)) is not None:
        options["thinkingConfig"] = {**_thinking(effort, target), **_object(options.get("thinkingConfig"))}
    return dict(sorted(options.items(), key=lambda option: not isinstance(option[1], dict)))


def _object(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _calling(choice: object, target: Target) -> dict[str, Any]:
    match choice:
        case "auto" | "none" | "required":
            return {"mode": _MODES[choice]}
        case str(name) | {"function": {"name": str(name)}} if name:
            return {"mode": "ANY", "allowedFunctionNames": [name]}
        case _:
            raise RequestError(
                f"{target.name}: tool_choice {choice!r} cannot be said in the {target.dialect} dialect; "
                "write auto, none, required or the name of a function"
            )


def _thinking(effort: object, target: Target) -> dict[str, Any]:
    """How much to think, and that the thoughts are to be seen. Only the 2.5 models want a number of tokens."""
    if effort == "none":
        return {"thinkingBudget": 0}
    if "2.5" not in target.model:
        return {"includeThoughts": True, "thinkingLevel": effort}
    budget = _BUDGETS.get(effort) if isinstance(effort, str) else effort
    if budget is None:
        known = ", ".join(["none", *_BUDGETS])
        raise RequestError(f"{target.name}: reasoning_effort {effort!r} means nothing to {target.model}; use {known}")
    return {"includeThoughts": True, "thinkingBudget": budget}


def _tools(prompt: Prompt, target: Target) -> list[dict[str, Any]]:
    """Functions in one declaration; a tool in Gemini's own form, such as `{"googleSearch": {}}`, as it is."""
    functions, own = [], []
    for tool in prompt.tools:
        match tool:
            case {"function": {"name": str()} as function}:
                functions.append(_declaration(function))
            case {"type": kind}:
                raise RequestError(f"{target.name}: the {target.dialect} dialect has no tools of type {kind!r}")
            case _:
                own.append(dict(tool))
    return [*([{"functionDeclarations": functions}] if functions else []), *own]


def _declaration(function: Mapping[str, Any]) -> dict[str, Any]:
    names = {"name": "name", "description": "description", "parameters": "parametersJsonSchema"}
    return {theirs: function[ours] for ours, theirs in names.items() if function.get(ours)}


def _contents(prompt: Prompt, target: Target) -> list[dict[str, Any]]:
    """The turns. Raises `RequestError` for a tool's turn when the tool is unknown."""
    called = {call.id: call.name for message in prompt.messages for call in message.calls}
    contents: list[dict[str, Any]] = []
    for is_tool, turns in groupby(prompt.messages, key=lambda message: message.role == "tool"):
        if is_tool:
            contents.append({"role": "user", "parts": [_result(turn, called, target) for turn in turns]})
        else:
            contents.extend(_turn(turn, target) for turn in turns)
    return contents


def _turn(message: Message, target: Target) -> dict[str, Any]:
    calls = [_call(call, target) for call in message.calls]
    parts = signed_parts(message.text, calls, message.carried_for(target.dialect))
    return {"role": "model" if message.role == "assistant" else "user", "parts": parts or [{"text": message.text}]}


def _call(call: CallMade, target: Target) -> dict[str, Any]:
    id_ = {"id": id_} if (id_ := server_call_id(call.id)) else {}
    return {"functionCall": {**id_, "name": call.name, "args": arguments_object(call, target)}}


def _result(message: Message, called: Mapping[str, str], target: Target) -> dict[str, Any]:
    name = message.tool_name or called.get(message.call_id)
    if not name:
        raise RequestError(f"{target.name}: the {target.dialect} dialect needs the name of the tool that answered")
    id_ = {"id": id_} if (id_ := server_call_id(message.call_id)) else {}
    return {"functionResponse": {**id_, "name": name, "response": _response(message.text)}}


def _response(text: str) -> dict[str, Any]:
    """A result must be an object: `text` itself when it is one, else under the name the server looks for."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {"output": text}
