"""Reads the body of `POST /v1/chat/completions`.

Strict about what the answer depends on and indifferent to everything else, like the real server towards options it
does not know by type.
"""

from typing import Any

from tui.demo.catalogue import is_known
from tui.demo.chat_wire import ChatWriter
from tui.demo.exchange import BadRequestError, Exchange
from tui.demo.question import Question, Role, Tool, Turn

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_MOST_CHOICES = 16
_MOST_STOPS = 4


def read_chat_request(body: dict[str, Any], default_seed: int) -> Exchange:
    """The exchange this body asks for. Raises BadRequestError, worded as OpenAI words it."""
    model = _model(body.get("model"))
    turns = _turns(body.get("messages"))
    tools, must_call, may_call = _tools(body)
    seed = _integer(body, "seed")
    question = Question(
        model=model,
        turns=turns,
        seed=default_seed if seed is None else seed,
        choices=_integer(body, "n", least=1, most=_MOST_CHOICES) or 1,
        max_tokens=_integer(body, "max_completion_tokens", least=1) or _integer(body, "max_tokens", least=1),
        stop=_stops(body.get("stop")),
        tools=tools,
        must_call=must_call,
        may_call=may_call,
        schema=_schema(body.get("response_format")),
    )
    is_stream = _boolean(body, "stream")
    return Exchange(question, is_stream, ChatWriter(question, _include_usage(body, is_stream)))


def _model(model: object) -> str:
    if model is None or model == "":
        raise BadRequestError("you must provide a model parameter")
    if not isinstance(model, str):
        raise _wrong_type("model", "a string", model)
    if not is_known(model):
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise BadRequestError(message, code="model_not_found", status=404)
    return model


def _turns(messages: object) -> tuple[Turn, ...]:
    if messages is None:
        raise BadRequestError(
            "Missing required parameter: 'messages'.", param="messages", code="missing_required_parameter"
        )
    if not isinstance(messages, list):
        raise _wrong_type("messages", "an array of objects", messages)
    if not messages:
        message = (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
        )
        raise BadRequestError(message, param="messages", code="empty_array")
    return tuple(_turn(message, f"messages[{index}]") for index, message in enumerate(messages))


def _turn(message: object, where: str) -> Turn:
    if not isinstance(message, dict):
        raise _wrong_type(where, "an object", message)
    role = message.get("role")
    if role is None:
        raise BadRequestError(
            f"Missing required parameter: '{where}.role'.", param=f"{where}.role", code="missing_required_parameter"
        )
    if not isinstance(role, str) or role not in _ROLES:
        known = ", ".join(f"'{name}'" for name in _ROLES)
        message = f"Invalid value: '{role}'. Supported values are: {known}."
        raise BadRequestError(message, param=f"{where}.role", code="invalid_value")
    return Turn(_ROLES[role], _content(message.get("content"), f"{where}.content"))


def _content(content: object, where: str) -> str:
    match content:
        case None:  # an assistant turn that only called tools
            return ""
        case str():
            return content
        case list():
            return "".join(_part(part, f"{where}[{index}]") for index, part in enumerate(content))
        case _:
            raise _wrong_type(where, "a string or an array of content parts", content)


def _part(part: object, where: str) -> str:
    match part:
        case {"type": "text" | "input_text", "text": str(text)}:
            return text
        case {"type": str(kind)}:
            return f"[{kind}]"
        case _:
            raise _wrong_type(where, "a content part", part)


def _tools(body: dict[str, Any]) -> tuple[tuple[Tool, ...], bool, bool]:
    """The tools on offer, whether one must be called, and whether one may."""
    offered = body.get("tools") or []
    if not isinstance(offered, list):
        raise _wrong_type("tools", "an array of objects", offered)
    tools = tuple(_tool(tool, f"tools[{index}]") for index, tool in enumerate(offered))
    choice = body.get("tool_choice")
    if choice is not None and not tools:
        raise BadRequestError("'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice")
    match choice:
        case None | "auto":
            return tools, False, True
        case "none":
            return tools, False, False
        case "required":
            return tools, True, True
        case {"function": {"name": str(name)}}:
            return _named_tool(tools, name), True, True
        case _:
            raise BadRequestError(
                f"Invalid value for 'tool_choice': {choice!r}.", param="tool_choice", code="invalid_value"
            )


def _named_tool(tools: tuple[Tool, ...], name: str) -> tuple[Tool, ...]:
    chosen = tuple(tool for tool in tools if tool.name == name)
    if not chosen:
        raise BadRequestError(f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")
    return chosen


def _tool(tool: object, where: str) -> Tool:
    match tool:
        case {"function": {"name": str(name), **rest}}:
            parameters = rest.get("parameters")
            # A tool without parameters takes an object without properties, not anything at all.
            bare: dict[str, object] = {"type": "object", "properties": {}}
            return Tool(name, parameters if isinstance(parameters, dict) else bare)
        case _:
            raise BadRequestError(
                f"Missing required parameter: '{where}.function.name'.",
                param=f"{where}.function.name",
                code="missing_required_parameter",
            )


def _schema(response_format: object) -> dict[str, object] | None:
    match response_format:
        case {"type": "json_schema", "json_schema": {"schema": dict(schema)}}:
            return schema
        case {"type": "json_object"}:
            return {}
        case _:
            return None


def _stops(stop: object) -> tuple[str, ...]:
    match stop:
        case None:
            return ()
        case str():
            return (stop,)
        case list() if all(isinstance(item, str) for item in stop) and len(stop) <= _MOST_STOPS:
            return tuple(stop)
        case _:
            raise _wrong_type("stop", f"a string or an array of at most {_MOST_STOPS} strings", stop)


def _include_usage(body: dict[str, Any], is_stream: bool) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not is_stream:
        raise BadRequestError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    if not isinstance(options, dict):
        raise _wrong_type("stream_options", "an object", options)
    return _boolean(options, "include_usage")


def _boolean(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong_type(name, "a boolean", value)
    return bool(value)


def _integer(body: dict[str, Any], name: str, least: int | None = None, most: int | None = None) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_type(name, "an integer", value)
    if least is not None and value < least:
        message = (
            f"Invalid '{name}': integer below minimum value. Expected a value >= {least}, but got {value} instead."
        )
        raise BadRequestError(message, param=name, code="integer_below_min_value")
    if most is not None and value > most:
        message = f"Invalid '{name}': integer above maximum value. Expected a value <= {most}, but got {value} instead."
        raise BadRequestError(message, param=name, code="integer_above_max_value")
    return value


_JSON_NAMES = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    list: "an array",
    dict: "an object",
}


def _wrong_type(where: str, expected: str, found: object) -> BadRequestError:
    got = _JSON_NAMES.get(type(found), "null")
    message = f"Invalid type for '{where}': expected {expected}, but got {got} instead."
    return BadRequestError(message, param=where, code="invalid_type")
