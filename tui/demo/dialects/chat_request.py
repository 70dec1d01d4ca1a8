"""Reads the body of `POST /v1/chat/completions`.

Strict about what the answer depends on and indifferent to everything else, like the real server towards options it
does not know by type.
"""

from typing import Any

from tui.demo.dialects.chat_wire import ChatWriter
from tui.demo.dialects.openai_fields import (
    bare_parameters,
    boolean,
    include_usage,
    integer,
    known_model,
    stops,
    wrong_type,
)
from tui.demo.exchange import BadRequestError, Exchange, Incoming
from tui.demo.odds import MOST_ALTERNATIVES
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


def read_chat_request(incoming: Incoming) -> Exchange:
    """The exchange this body asks for. Raises BadRequestError, worded as OpenAI words it."""
    question = read_chat_question(incoming)
    is_stream = boolean(incoming.body, "stream")
    usage = include_usage(incoming.body, is_stream)
    return Exchange(question, is_stream, ChatWriter(question, usage, _alternatives(incoming.body)))


def _alternatives(body: dict[str, Any]) -> int | None:
    """How many alternatives to each token are asked for; None when no log probabilities are."""
    wanted = integer(body, "top_logprobs", least=0, most=MOST_ALTERNATIVES)
    if boolean(body, "logprobs"):
        return wanted or 0
    if wanted is not None:
        raise BadRequestError(
            "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", param="top_logprobs"
        )
    return None


def read_chat_question(incoming: Incoming) -> Question:
    """What is asked, without how it is to be answered."""
    body = incoming.body
    model = known_model(body.get("model"))
    turns = _turns(body.get("messages"))
    tools, must_call, may_call = _tools(body)
    seed = integer(body, "seed")
    return Question(
        model=model,
        turns=turns,
        seed=incoming.default_seed if seed is None else seed,
        choices=integer(body, "n", least=1, most=_MOST_CHOICES) or 1,
        max_tokens=integer(body, "max_completion_tokens", least=1) or integer(body, "max_tokens", least=1),
        stop=stops(body.get("stop")),
        tools=tools,
        must_call=must_call,
        may_call=may_call,
        may_think=body.get("reasoning_effort") != "none",
        schema=_schema(body.get("response_format")),
    )


def _turns(messages: object) -> tuple[Turn, ...]:
    if messages is None:
        raise BadRequestError(
            "Missing required parameter: 'messages'.", param="messages", code="missing_required_parameter"
        )
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of objects", messages)
    if not messages:
        message = (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
        )
        raise BadRequestError(message, param="messages", code="empty_array")
    return tuple(_turn(message, f"messages[{index}]") for index, message in enumerate(messages))


def _turn(message: object, where: str) -> Turn:
    if not isinstance(message, dict):
        raise wrong_type(where, "an object", message)
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
            raise wrong_type(where, "a string or an array of content parts", content)


def _part(part: object, where: str) -> str:
    match part:
        case {"type": "text" | "input_text", "text": str(text)}:
            return text
        case {"type": str(kind)}:
            return f"[{kind}]"
        case _:
            raise wrong_type(where, "a content part", part)


def _tools(body: dict[str, Any]) -> tuple[tuple[Tool, ...], bool, bool]:
    """The tools on offer, whether one must be called, and whether one may."""
    offered = body.get("tools") or []
    if not isinstance(offered, list):
        raise wrong_type("tools", "an array of objects", offered)
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
            return Tool(name, bare_parameters(rest.get("parameters")))
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
