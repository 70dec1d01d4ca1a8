"""Reads `POST /v1/messages`.

Strict where the real server is and a client can go wrong: the version header, roles, empty text, and calls that have
no result.
"""

from typing import Any

from tui.demo.catalogue import is_known
from tui.demo.dialects.anthropic_wire import AnthropicWriter, signature_of
from tui.demo.exchange import BadRequestError, Exchange, Incoming
from tui.demo.question import Question, Tool, Turn

_OLD_VERSION = "2023-06-01"
_NEW_VERSION = "2026-10-21"
_SAMPLING = ("temperature", "top_p", "top_k")
_LEAST_BUDGET = 1024


def read_anthropic_request(incoming: Incoming) -> Exchange:
    """The exchange this request asks for. Raises BadRequestError, worded as Anthropic words it."""
    body = incoming.body
    _check_version(incoming)
    model, max_tokens = _model(body.get("model")), _integer(body, "max_tokens", 1)
    if max_tokens is None:
        raise BadRequestError("Field required", param="max_tokens")
    tools, must_call, may_call = _tools(body)
    may_think, shows_thinking = _thinking(body, max_tokens)
    turns = _turns(body.get("messages"))
    if isinstance(thinking := body.get("thinking"), dict) and thinking.get("type") == "enabled":
        _check_thinking(body["messages"])
    question = Question(
        model=model,
        turns=_system(body.get("system")) + turns,
        seed=incoming.default_seed,
        max_tokens=max_tokens,
        stop=_stops(body.get("stop_sequences")),
        tools=tools,
        must_call=must_call,
        may_call=may_call,
        may_think=may_think,
        schema=_schema(body.get("output_config")),
    )
    return Exchange(question, _boolean(body, "stream"), AnthropicWriter(question, shows_thinking))


def _check_version(incoming: Incoming) -> None:
    version = incoming.headers.get("anthropic-version")
    if not version:
        raise BadRequestError("header is required", param="anthropic-version")
    if version not in (_OLD_VERSION, _NEW_VERSION):
        raise BadRequestError(f'"{version}" is not a valid version', param="anthropic-version")
    for name in _SAMPLING:
        if version == _NEW_VERSION and incoming.body.get(name) is not None:
            raise BadRequestError(f"Not supported with anthropic-version {_NEW_VERSION}", param=name)


def _model(model: object) -> str:
    if model is None:
        raise BadRequestError("Field required", param="model")
    if not isinstance(model, str):
        raise BadRequestError("Input should be a valid string", param="model")
    if not is_known(model):
        raise BadRequestError(model, param="model", status=404)
    return model


def _system(system: object) -> tuple[Turn, ...]:
    match system:
        case None:
            return ()
        case str():
            return (Turn("system", system),)
        case list():
            return (Turn("system", "".join(_text(block, f"system.{at}") for at, block in enumerate(system))),)
        case _:
            raise BadRequestError("Input should be a valid string", param="system")


def _turns(messages: object) -> tuple[Turn, ...]:
    if messages is None:
        raise BadRequestError("Field required", param="messages")
    if not isinstance(messages, list):
        raise BadRequestError("Input should be a valid list", param="messages")
    if not messages:
        raise BadRequestError("at least one message is required", param="messages")
    turns: list[Turn] = []
    waiting: list[str] = []
    for at, message in enumerate(messages):
        role, blocks = _message(message, f"messages.{at}", is_last=at == len(messages) - 1)
        if at == 0 and role != "user":
            raise BadRequestError('first message must use the "user" role', param="messages")
        _check_results(blocks, waiting, at)
        waiting = [str(block.get("id")) for block in blocks if block.get("type") == "tool_use"]
        turns += _assistant_turn(blocks, at) if role == "assistant" else _user_turns(blocks, at)
    if waiting:
        _check_results([], waiting, len(messages))
    if messages[-1].get("role") == "assistant" and turns[-1].text != turns[-1].text.rstrip():
        raise BadRequestError("final assistant content cannot end with trailing whitespace", param="messages")
    return tuple(turns)


def _message(message: object, where: str, is_last: bool) -> tuple[str, list[dict[str, Any]]]:
    """Role and blocks of one message."""
    match message:
        case {"role": "user" | "assistant" as role, "content": str(text)}:
            blocks: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
        case {"role": "user" | "assistant" as role, "content": list(found)} if all(isinstance(b, dict) for b in found):
            blocks = found
        case {"role": "user" | "assistant", "content": _}:
            raise BadRequestError("Input should be a valid list", param=f"{where}.content")
        case {"role": "user" | "assistant"}:
            raise BadRequestError("Field required", param=f"{where}.content")
        case {"role": str(other)}:
            message = f'Unexpected role "{other}". Allowed roles are "user" or "assistant".'
            raise BadRequestError(message, param="messages")
        case dict():
            raise BadRequestError("Field required", param=f"{where}.role")
        case _:
            raise BadRequestError("Input should be a valid dictionary", param=where)
    if not blocks and not (role == "assistant" and is_last):
        raise BadRequestError(
            "all messages must have non-empty content except for the optional final assistant message", param=where
        )
    return role, blocks


def _check_results(blocks: list[dict[str, Any]], waiting: list[str], at: int) -> None:
    """The calls of the message before have their results in this one, and nothing else has."""
    answered = [str(block.get("tool_use_id")) for block in blocks if block.get("type") == "tool_result"]
    if missing := [call for call in waiting if call not in answered]:
        raise BadRequestError(
            f"`tool_use` ids were found without `tool_result` blocks immediately after: {', '.join(missing)}. Each "
            "`tool_use` block must have a corresponding `tool_result` block in the next message.",
            param=f"messages.{at - 1}",
        )
    if unknown := [call for call in answered if call not in waiting]:
        raise BadRequestError(
            f"unexpected `tool_use_id` found in `tool_result` blocks: {', '.join(unknown)}. Each `tool_result` block "
            "must have a corresponding `tool_use` block in the previous message.",
            param=f"messages.{at}.content",
        )


def _check_thinking(messages: list[dict[str, Any]]) -> None:
    """While its calls are being answered, a thinking model's turn begins with what it thought."""
    for at in range(len(messages) - 1, -1, -1):
        content = messages[at]["content"]
        kinds = [block.get("type") for block in content] if isinstance(content, list) else ["text"]
        if messages[at]["role"] == "user" and "tool_result" not in kinds:
            return
        if messages[at]["role"] == "assistant" and "tool_use" in kinds and not str(kinds[0]).endswith("thinking"):
            raise BadRequestError(
                f"Expected `thinking` or `redacted_thinking`, but found `{kinds[0]}`. When `thinking` is enabled, a "
                "final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` "
                "and `tool_result` blocks).",
                param=f"messages.{at}.content.0.type",
            )


def _assistant_turn(blocks: list[dict[str, Any]], at: int) -> list[Turn]:
    for place, block in enumerate(blocks):
        if block.get("type") == "thinking" and block.get("signature") != signature_of(str(block.get("thinking"))):
            raise BadRequestError("Invalid `signature` in `thinking` block", param=f"messages.{at}.content.{place}")
    silent = ("tool_use", "thinking", "redacted_thinking")
    texts = [
        _text(block, f"messages.{at}.content.{place}")
        for place, block in enumerate(blocks)
        if block.get("type") not in silent
    ]
    return [Turn("assistant", "".join(texts))]


def _user_turns(blocks: list[dict[str, Any]], at: int) -> list[Turn]:
    """Results of tools come before what the user says besides."""
    results, texts = [], []
    for place, block in enumerate(blocks):
        where = f"messages.{at}.content.{place}"
        if block.get("type") == "tool_result":
            results.append(Turn("tool", _result(block.get("content"), where)))
        else:
            texts.append(_text(block, where))
    return results + ([Turn("user", "".join(texts))] if texts else [])


def _result(content: object, where: str) -> str:
    match content:
        case None:
            return ""
        case str():
            return content
        case list():
            return "".join(_text(block, f"{where}.content.{place}") for place, block in enumerate(content))
        case _:
            raise BadRequestError("Input should be a valid list", param=f"{where}.content")


def _text(block: object, where: str) -> str:
    match block:
        case {"type": "text", "text": ""}:
            raise BadRequestError("text content blocks must be non-empty", param="messages")
        case {"type": "text", "text": str(text)}:
            return text
        case {"type": "text"}:
            raise BadRequestError("Field required", param=f"{where}.text.text")
        case {"type": "image" | "document" | "search_result" as kind}:
            return f"[{kind}]"
        case {"type": str(kind)}:
            raise BadRequestError(
                f"Input tag '{kind}' found using 'type' does not match any of the expected tags", param=where
            )
        case _:
            raise BadRequestError("Field required", param=f"{where}.type")


def _tools(body: dict[str, Any]) -> tuple[tuple[Tool, ...], bool, bool]:
    """The tools on offer, whether one must be called, and whether one may."""
    offered = body.get("tools") or []
    if not isinstance(offered, list):
        raise BadRequestError("Input should be a valid list", param="tools")
    read = (_tool(tool, f"tools.{at}") for at, tool in enumerate(offered))
    tools = tuple(tool for tool in read if tool is not None)
    match body.get("tool_choice"):
        case None | {"type": "auto"}:
            return tools, False, True
        case {"type": "none"}:
            return tools, False, False
        case {"type": "any"} if tools:
            return tools, True, True
        case {"type": "tool", "name": str(name)} if tools:
            chosen = tuple(tool for tool in tools if tool.name == name)
            if not chosen:
                raise BadRequestError(f"Tool '{name}' not found in provided tools", param="tool_choice")
            return chosen, True, True
        case {"type": "any" | "tool"}:
            raise BadRequestError("tool_choice may only be specified while providing tools", param="tool_choice")
        case _:
            raise BadRequestError("Input does not match any of the expected tags", param="tool_choice")


def _tool(tool: object, where: str) -> Tool | None:
    """None for the vendor's own tools, which have a type of their own and which the demo does not have."""
    match tool:
        case {"type": str(kind)} if kind != "custom":
            return None
        case {"name": str(name), "input_schema": dict(schema)}:
            return Tool(name, schema)
        case {"name": str()}:
            raise BadRequestError("Field required", param=f"{where}.custom.input_schema")
        case _:
            raise BadRequestError("Field required", param=f"{where}.custom.name")


def _thinking(body: dict[str, Any], max_tokens: int) -> tuple[bool, bool]:
    """Whether the model may think, and whether the client wants to see it."""
    match body.get("thinking"):
        case None:
            return True, True
        case {"type": "disabled"}:
            return False, False
        case {"type": "enabled"} as thinking:
            budget = thinking.get("budget_tokens")
            if not isinstance(budget, int) or budget < _LEAST_BUDGET:
                raise BadRequestError(
                    f"Input should be greater than or equal to {_LEAST_BUDGET}", param="thinking.enabled.budget_tokens"
                )
            if budget >= max_tokens:
                raise BadRequestError("`max_tokens` must be greater than `thinking.budget_tokens`.")
            return True, thinking.get("display") != "omitted"
        case {"type": "adaptive" | "between_tools"} as thinking:
            return True, thinking.get("display") != "omitted"
        case _:
            raise BadRequestError("Input does not match any of the expected tags", param="thinking")


def _schema(output_config: object) -> dict[str, object] | None:
    match output_config:
        case {"format": {"type": "json_schema", "schema": dict(schema)}}:
            return schema
        case _:
            return None


def _stops(stops: object) -> tuple[str, ...]:
    if stops is None:
        return ()
    if not isinstance(stops, list) or not all(isinstance(stop, str) for stop in stops):
        raise BadRequestError("Input should be a valid list", param="stop_sequences")
    if not all(stop.strip() for stop in stops):
        raise BadRequestError("each stop sequence must contain non-whitespace", param="stop_sequences")
    return tuple(stops)


def _boolean(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadRequestError("Input should be a valid boolean", param=name)
    return bool(value)


def _integer(body: dict[str, Any], name: str, least: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRequestError("Input should be a valid integer", param=name)
    if value < least:
        raise BadRequestError(f"Input should be greater than or equal to {least}", param=name)
    return value
