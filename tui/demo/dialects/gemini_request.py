"""Reads `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`.

Field names may be in camel or in snake case, as the real server's JSON reader takes both, and unknown ones are
refused, as it does.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tui.demo.catalogue import is_known
from tui.demo.dialects.gemini_wire import GeminiForm, GeminiWriter, signature_of
from tui.demo.exchange import BadRequestError, Exchange, Incoming
from tui.demo.question import Question, Tool, Turn

_FIELDS = (
    "contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent serviceTier store "
    "labels model continuationToken"
)
_GENERATION_FIELDS = (
    "temperature topP topK candidateCount maxOutputTokens stopSequences responseLogprobs logprobs presencePenalty "
    "frequencyPenalty seed responseMimeType responseSchema responseJsonSchema responseModalities mediaResolution "
    "speechConfig thinkingConfig imageConfig enableEnhancedCivicAnswers audioTranscriptionConfig responseFormat "
    "translationConfig"
)
_VERSIONS = ("v1", "v1beta", "v1alpha")
_MOST_CANDIDATES = 8
_MOST_STOPS = 5
_MEDIA = ("inlineData", "fileData", "executableCode", "codeExecutionResult")


def read_gemini_request(incoming: Incoming) -> Exchange:
    """The exchange this request asks for. Raises BadRequestError, worded as Google words it."""
    model, form = _target(incoming)
    body = _named(incoming.body, _FIELDS, "")
    settings = _named(_object(body, "generationConfig"), _GENERATION_FIELDS, "generation_config")
    tools, must_call, may_call = _tools(body)
    thinking = _camel(_object(settings, "thinkingConfig"))
    seed = _integer(settings, "seed")
    question = Question(
        model=model,
        turns=_system(body.get("systemInstruction")) + _turns(body.get("contents")),
        seed=incoming.default_seed if seed is None else seed,
        choices=_integer(settings, "candidateCount", 1, _MOST_CANDIDATES) or 1,
        max_tokens=_integer(settings, "maxOutputTokens", 1),
        stop=_stops(settings.get("stopSequences")),
        tools=tools,
        must_call=must_call,
        may_call=may_call,
        may_think=thinking.get("thinkingBudget") != 0,
        schema=_schema(settings),
    )
    writer = GeminiWriter(question, form, includes_thoughts=thinking.get("includeThoughts") is True)
    return Exchange(question, form != "whole", writer)


def _target(incoming: Incoming) -> tuple[str, GeminiForm]:
    """The model and the form of the answer, both from the URL."""
    model, _, method = incoming.path["call"].rpartition(":")
    version = incoming.path["version"]
    if version not in _VERSIONS:
        raise BadRequestError(f"Invalid URL (version {version})", status=404)
    if not is_known(model):
        raise BadRequestError(
            f"models/{model} is not found for API version {version}, or is not supported for {method}. Call ListModels "
            "to see the list of available models and their supported methods.",
            status=404,
        )
    if method == "generateContent":
        return model, "whole"
    if method == "streamGenerateContent":
        return model, "sse" if incoming.query.get("alt") == "sse" else "array"
    raise BadRequestError(f"Method not found: {method}", status=404)


def _system(system: object) -> tuple[Turn, ...]:
    match system:
        case None:
            return ()
        case {"parts": parts}:
            return (Turn("system", _text(_parts(parts, "system_instruction"))),)
        case _:
            raise BadRequestError("Invalid value at 'system_instruction'", param="system_instruction")


def _turns(contents: object) -> tuple[Turn, ...]:
    given = [contents] if isinstance(contents, dict) else contents
    if not isinstance(given, list) or not given:
        raise BadRequestError("* GenerateContentRequest.contents: contents is not specified\n")
    turns: list[Turn] = []
    open_calls = 0
    for at, content in enumerate(given):
        role, parts = _content(content, at)
        results = [part["functionResponse"] for part in parts if isinstance(part.get("functionResponse"), dict)]
        if len(results) != open_calls:
            raise BadRequestError(
                "Please ensure that the number of function response parts is equal to the number of function call "
                "parts of the function call turn."
            )
        calls = [part for part in parts if isinstance(part.get("functionCall"), dict)]
        if calls and role == "model":
            _check_signature(calls[0], at)
        open_calls = len(calls)
        turns += [Turn("tool", json.dumps(result.get("response", {}), ensure_ascii=False)) for result in results]
        said = [part for part in parts if "functionResponse" not in part]
        if said:
            turns.append(Turn("assistant" if role == "model" else "user", _text(said)))
    return tuple(turns)


def _check_signature(part: Mapping[str, Any], at: int) -> None:
    """The first call of a turn is signed; newer models refuse it otherwise."""
    name, arguments = part["functionCall"].get("name"), part["functionCall"].get("args", {})
    if "thoughtSignature" not in part:
        raise BadRequestError(
            "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
            "correctly, and missing thought_signature may lead to degraded model performance. Additional data, "
            f"function call `default_api:{name}`, position {at + 1}."
        )
    if part["thoughtSignature"] != signature_of(name, arguments):
        raise BadRequestError("Thought signature is not valid.")


def _content(content: object, at: int) -> tuple[str, list[dict[str, Any]]]:
    if not isinstance(content, dict):
        raise BadRequestError(f"Invalid value at 'contents[{at}]'", param=f"contents[{at}]")
    role = content.get("role") or "user"
    if role not in ("user", "model", "function"):
        raise BadRequestError("Please use a valid role: user, model.")
    return role, _parts(content.get("parts"), f"contents[{at}]")


def _parts(parts: object, where: str) -> list[dict[str, Any]]:
    given = [parts] if isinstance(parts, dict) else parts
    if not isinstance(given, list) or not given:
        raise BadRequestError(f"* GenerateContentRequest.{where}.parts: contents.parts must not be empty.\n")
    for at, part in enumerate(given):
        if not isinstance(part, dict):
            raise BadRequestError(f"Invalid value at '{where}.parts[{at}]'", param=f"{where}.parts[{at}]")
    return [_camel(part) for part in given]


def _text(parts: list[dict[str, Any]]) -> str:
    """What the parts say; earlier thoughts and calls say nothing."""
    texts = []
    for part in parts:
        if part.get("thought") is True or "functionCall" in part:
            continue
        if isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif media := next((name for name in _MEDIA if name in part), None):
            texts.append(f"[{media}]")
        else:
            raise BadRequestError("Unable to submit request because a part has no data.")
    return "".join(texts)


def _tools(body: Mapping[str, Any]) -> tuple[tuple[Tool, ...], bool, bool]:
    """The functions on offer, whether one must be called, and whether one may."""
    groups = body.get("tools") or []
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise BadRequestError("Invalid value at 'tools'", param="tools")
    offered = [declared for group in groups for declared in _camel(group).get("functionDeclarations", [])]
    tools = tuple(_tool(declared, at) for at, declared in enumerate(offered))
    calling = _camel(_object(_camel(_object(body, "toolConfig")), "functionCallingConfig"))
    mode, allowed = calling.get("mode", "AUTO"), calling.get("allowedFunctionNames")
    if mode not in ("AUTO", "ANY", "NONE", "VALIDATED", "MODE_UNSPECIFIED"):
        raise BadRequestError(f"Invalid value at 'tool_config.function_calling_config.mode' ({mode!r})")
    if allowed:
        tools = tuple(tool for tool in tools if tool.name in allowed)
    return tools, mode == "ANY" and bool(tools), mode != "NONE"


def _tool(declared: Any, at: int) -> Tool:
    match declared:
        case {"name": str(name)}:
            found = _camel(declared)
            schema = found.get("parametersJsonSchema") or found.get("parameters")
            bare: dict[str, object] = {"type": "object", "properties": {}}
            return Tool(name, _lower_types(schema) if isinstance(schema, dict) else bare)
        case _:
            where = f"GenerateContentRequest.tools[0].function_declarations[{at}].name"
            raise BadRequestError(f"* {where}: [FIELD_INVALID]\n")


def _schema(settings: Mapping[str, Any]) -> dict[str, object] | None:
    schema = settings.get("responseJsonSchema") or settings.get("responseSchema")
    is_json = settings.get("responseMimeType") == "application/json"
    if schema is not None and not is_json:
        raise BadRequestError("* GenerateContentRequest.generation_config.response_schema: only allowed with JSON\n")
    if not is_json:
        return None
    return _lower_types(schema) if isinstance(schema, dict) else {}


def _lower_types(schema: Mapping[str, Any]) -> dict[str, object]:
    """An OpenAPI schema, whose types Google writes in capitals, as JSON schema."""
    lowered: dict[str, object] = {}
    for name, value in schema.items():
        match value:
            case dict():
                lowered[name] = _lower_types(value)
            case list():
                lowered[name] = [_lower_types(item) if isinstance(item, dict) else item for item in value]
            case str() if name == "type":
                lowered[name] = value.lower()
            case _:
                lowered[name] = value
    return lowered


def _stops(stops: object) -> tuple[str, ...]:
    match stops:
        case None:
            return ()
        case list() if all(isinstance(stop, str) for stop in stops) and len(stops) <= _MOST_STOPS:
            return tuple(stops)
        case _:
            where = "generation_config.stop_sequences"
            raise BadRequestError(f"Invalid value at '{where}': at most {_MOST_STOPS} strings", param=where)


def _integer(settings: Mapping[str, Any], name: str, least: int | None = None, most: int | None = None) -> int | None:
    value, where = settings.get(name), f"generation_config.{_snake(name)}"
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRequestError(f"Invalid value at '{where}' (TYPE_INT32), {json.dumps(value)}", param=where)
    if (least is not None and value < least) or (most is not None and value > most):
        raise BadRequestError(f"* GenerateContentRequest.{where}: out of range, got {value}\n")
    return value


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise BadRequestError(f"Invalid value at '{_snake(name)}'", param=_snake(name))
    return value or {}


def _named(given: Mapping[str, Any], known: str, where: str) -> dict[str, Any]:
    """The fields under their camel-case names. 400 for one that is not known."""
    for name in given:
        if _camel_name(name) not in known.split():
            at = f" at '{where}'" if where else ""
            message = f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
            raise BadRequestError(message, param=where or name)
    return _camel(given)


def _camel(given: Mapping[str, Any]) -> dict[str, Any]:
    return {_camel_name(name): value for name, value in given.items()}


def _camel_name(name: str) -> str:
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), name)


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
