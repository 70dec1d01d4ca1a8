"""Reads the body of `POST /v1/responses`."""

from typing import Any

from tui.demo.dialects.kept_responses import KEPT
from tui.demo.dialects.openai_fields import bare_parameters, boolean, integer, known_model, wrong_type
from tui.demo.dialects.response_items import is_encrypted_for
from tui.demo.dialects.responses_wire import ResponsesWriter
from tui.demo.exchange import BadRequestError, Exchange, Incoming
from tui.demo.question import Question, Role, Tool, Turn

_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_LEAST_TOKENS = 16
_REPEATED: dict[str, object] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
"""What a response repeats of its request, with the values of a request that does not say."""


def read_responses_request(incoming: Incoming) -> Exchange:
    """The exchange this body asks for. Raises BadRequestError, worded as OpenAI words it."""
    body = incoming.body
    model = known_model(body.get("model"))
    items = _kept_items(body.get("previous_response_id")) + _items(body.get("input"))
    tools, must_call, may_call = _tools(body)
    reasoning = _object(body, "reasoning")
    question = Question(
        model=model,
        turns=_instructions(body) + _turns(items),
        seed=incoming.default_seed,
        max_tokens=integer(body, "max_output_tokens", least=_LEAST_TOKENS),
        tools=tools,
        must_call=must_call,
        may_call=may_call,
        may_think=reasoning.get("effort") != "none",
        schema=_schema(_object(body, "text").get("format")),
    )
    echo = {name: body[name] if body.get(name) is not None else usual for name, usual in _REPEATED.items()}
    writer = ResponsesWriter(
        question,
        echo,
        wants_summary=reasoning.get("summary") is not None,
        wants_encrypted="reasoning.encrypted_content" in (body.get("include") or ()),
        keep=(lambda id_, output: KEPT.keep(id_, [*items, *output])) if echo["store"] else None,
    )
    return Exchange(question, boolean(body, "stream"), writer)


def _instructions(body: dict[str, Any]) -> tuple[Turn, ...]:
    match body.get("instructions"):
        case None:
            return ()
        case str(text):
            return (Turn("system", text),)
        case other:
            raise wrong_type("instructions", "a string", other)


def _kept_items(previous: object) -> list[Any]:
    """What was said up to the response this goes on from."""
    if previous is None:
        return []
    items = KEPT.items_of(str(previous))
    if items is None:
        raise BadRequestError(
            f"Previous response with id '{previous}' not found.",
            param="previous_response_id",
            code="previous_response_not_found",
        )
    return items


def _items(given: object) -> list[Any]:
    match given:
        case None:
            raise BadRequestError(
                "Missing required parameter: 'input'.", param="input", code="missing_required_parameter"
            )
        case str():
            return [{"role": "user", "content": given}]
        case []:
            raise BadRequestError(
                "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array "
                "instead.",
                param="input",
                code="empty_array",
            )
        case list():
            return given
        case _:
            raise wrong_type("input", "a string or an array of items", given)


def _turns(items: list[Any]) -> tuple[Turn, ...]:
    _check_calls(items)
    turns = (_turn(item, f"input[{index}]") for index, item in enumerate(items))
    return tuple(turn for turn in turns if turn is not None)


def _check_calls(items: list[Any]) -> None:
    """Every call has its output and every output its call; the server insists on it."""
    known = [item for item in items if isinstance(item, dict)]
    calls = [item.get("call_id") for item in known if item.get("type") in ("function_call", "custom_tool_call")]
    outputs = [
        item.get("call_id") for item in known if item.get("type") in ("function_call_output", "custom_tool_call_output")
    ]
    for call_id in outputs:
        if call_id not in calls:
            raise BadRequestError(f"No tool call found for function call output with call_id {call_id}.", param="input")
    for call_id in calls:
        if call_id not in outputs:
            raise BadRequestError(f"No tool output found for function call {call_id}.", param="input")


def _turn(item: object, where: str) -> Turn | None:
    """None for items that say nothing, such as earlier reasoning."""
    match item:
        case {"type": "function_call_output" | "custom_tool_call_output", "output": output}:
            return Turn("tool", _content(output, f"{where}.output"))
        case {"type": "function_call" | "custom_tool_call"}:
            return Turn("assistant", "")
        case {"type": "reasoning", "encrypted_content": str(content), **rest} if not is_encrypted_for(
            str(rest.get("id")), content
        ):
            raise BadRequestError(
                f"The encrypted content for item {rest.get('id')} could not be verified.",
                code="invalid_encrypted_content",
            )
        case {"type": "reasoning" | "item_reference"}:
            return None
        case {"role": str(role), **rest} if rest.get("type", "message") == "message":
            if role not in _ROLES:
                known = ", ".join(f"'{name}'" for name in _ROLES)
                message = f"Invalid value: '{role}'. Supported values are: {known}."
                raise BadRequestError(message, param=f"{where}.role", code="invalid_value")
            return Turn(_ROLES[role], _content(rest.get("content"), f"{where}.content"))
        case {"type": str(kind)} if kind != "message":
            raise BadRequestError(f"Invalid value: '{kind}'.", param=f"{where}.type", code="invalid_value")
        case dict():
            raise BadRequestError(
                f"Missing required parameter: '{where}.role'.", param=f"{where}.role", code="missing_required_parameter"
            )
        case _:
            raise wrong_type(where, "an object", item)


def _content(content: object, where: str) -> str:
    match content:
        case str():
            return content
        case list():
            return "".join(_part(part, f"{where}[{index}]") for index, part in enumerate(content))
        case _:
            raise wrong_type(where, "a string or an array of content parts", content)


def _part(part: object, where: str) -> str:
    match part:
        case {"type": "input_text" | "output_text" | "text", "text": str(text)}:
            return text
        case {"type": "refusal", "refusal": str(text)}:
            return text
        case {"type": "input_image" | "input_file" | "input_audio" as kind}:
            return f"[{kind}]"
        case {"type": str(kind)}:
            raise BadRequestError(f"Invalid value: '{kind}'.", param=f"{where}.type", code="invalid_value")
        case _:
            raise wrong_type(where, "a content part", part)


def _tools(body: dict[str, Any]) -> tuple[tuple[Tool, ...], bool, bool]:
    """The functions on offer, whether one must be called, and whether one may."""
    offered = body.get("tools") or []
    if not isinstance(offered, list):
        raise wrong_type("tools", "an array of objects", offered)
    read = (_tool(tool, f"tools[{index}]") for index, tool in enumerate(offered))
    tools = tuple(tool for tool in read if tool is not None)
    match body.get("tool_choice"):
        case None | "auto":
            return tools, False, True
        case "none":
            return tools, False, False
        case "required":
            return tools, True, True
        case {"type": "function", "name": str(name)}:
            chosen = tuple(tool for tool in tools if tool.name == name)
            if not chosen:
                message = f"Tool choice 'function' not found in 'tools' parameter: {name}."
                raise BadRequestError(message, param="tool_choice")
            return chosen, True, True
        case other:
            raise BadRequestError(
                f"Invalid value for 'tool_choice': {other!r}.", param="tool_choice", code="invalid_value"
            )


def _tool(tool: object, where: str) -> Tool | None:
    """None for hosted tools, which the demo does not have."""
    match tool:
        case {"type": "function", "name": str(name), **rest}:
            return Tool(name, bare_parameters(rest.get("parameters")))
        case {"type": "function"}:
            raise BadRequestError(
                f"Missing required parameter: '{where}.name'.", param=f"{where}.name", code="missing_required_parameter"
            )
        case {"type": str()}:
            return None
        case _:
            raise BadRequestError(
                f"Missing required parameter: '{where}.type'.", param=f"{where}.type", code="missing_required_parameter"
            )


def _schema(text_format: object) -> dict[str, object] | None:
    match text_format:
        case {"type": "json_schema", "schema": dict(schema)}:
            return schema
        case {"type": "json_object"}:
            return {}
        case {"type": "json_schema"}:
            raise BadRequestError(
                "Missing required parameter: 'text.format.schema'.",
                param="text.format.schema",
                code="missing_required_parameter",
            )
        case _:
            return None


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    return value or {}
