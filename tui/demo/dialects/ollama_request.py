"""Reads the bodies of `POST /api/chat` and `POST /api/generate`.

Both stream unless told otherwise. Complaints about types are those of the real server's JSON reader.
"""

from collections.abc import Mapping
from typing import Any

from tui.demo.catalogue import is_known, reasons
from tui.demo.dialects.ollama_wire import OllamaCall, OllamaWriter
from tui.demo.exchange import BadRequestError, Exchange, Incoming
from tui.demo.question import Question, Role, Tool, Turn

LATEST = ":latest"
"""The tag a model has when none is named."""

_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant", "tool": "tool"}
_LEVELS = ("low", "medium", "high", "max")
_GO_NAMES = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}


def read_ollama_chat(incoming: Incoming) -> Exchange:
    """The exchange this body asks for. Raises BadRequestError, worded as Ollama words it."""
    body = incoming.body
    messages = _typed(body, "messages", list, "ChatRequest", "[]api.Message") or []
    turns = tuple(_turn(message) for message in messages)
    offered = _typed(body, "tools", list, "ChatRequest", "api.Tools") or []
    return _exchange(incoming, "chat", turns, tuple(_tool(tool) for tool in offered))


def read_ollama_generate(incoming: Incoming) -> Exchange:
    """The exchange this body asks for. Raises BadRequestError, worded as Ollama words it."""
    body = incoming.body
    system = _typed(body, "system", str, "GenerateRequest", "string")
    prompt = _typed(body, "prompt", str, "GenerateRequest", "string")
    if not prompt:
        return _exchange(incoming, "generate", (), ())
    before = (Turn("system", system),) if system else ()
    return _exchange(incoming, "generate", (*before, Turn("user", prompt)), ())


def _exchange(incoming: Incoming, call: OllamaCall, turns: tuple[Turn, ...], tools: tuple[Tool, ...]) -> Exchange:
    body = incoming.body
    where = "ChatRequest" if call == "chat" else "GenerateRequest"
    written = _typed(body, "model", str, where, "string") or ""
    model = _known_model(written)
    options = _typed(body, "options", dict, where, "map[string]interface {}") or {}
    seed = _option(options, "seed")
    question = Question(
        model=model,
        turns=turns,
        seed=incoming.default_seed if seed is None else seed,
        max_tokens=_limit(_option(options, "num_predict")) if turns else 0,
        stop=_stops(options.get("stop")),
        tools=tools,
        may_call=call == "chat" and bool(turns),
        may_think=_may_think(body.get("think"), model),
        schema=_schema(body.get("format")),
    )
    is_stream = _typed(body, "stream", bool, where, "bool")
    writer = OllamaWriter(question, call, written, only_loads=not turns)
    return Exchange(question, is_stream is not False, writer)


def _known_model(written: str) -> str:
    if not written:
        raise BadRequestError("model is required")
    model = written.removesuffix(LATEST)
    if not is_known(model):
        raise BadRequestError(f"model '{written}' not found", status=404)
    return model


def _turn(message: object) -> Turn:
    if not isinstance(message, dict):
        raise _wrong_type("ChatRequest.messages", "api.Message", message)
    role = message.get("role")
    if role not in _ROLES:
        raise BadRequestError(f"invalid role: {role}")
    for call in _typed(message, "tool_calls", list, "ChatRequest.messages", "[]api.ToolCall") or []:
        match call:
            case {"function": {"arguments": dict()}}:
                continue
            case {"function": {"arguments": other}}:
                where = "ChatRequest.messages.tool_calls.function.arguments"
                raise _wrong_type(where, "api.ToolCallFunctionArguments", other)
            case _:
                raise _wrong_type("ChatRequest.messages.tool_calls", "api.ToolCall", call)
    return Turn(_ROLES[role], _typed(message, "content", str, "ChatRequest.messages", "string") or "")


def _tool(tool: object) -> Tool:
    match tool:
        case {"function": {"name": str(name), **rest}}:
            parameters = rest.get("parameters")
            bare: dict[str, object] = {"type": "object", "properties": {}}
            return Tool(name, parameters if isinstance(parameters, dict) else bare)
        case _:
            raise _wrong_type("ChatRequest.tools", "api.Tool", tool)


def _may_think(think: object, model: str) -> bool:
    """A model that can think does unless told not to; one that cannot must not be told to."""
    if think is not None and not isinstance(think, bool) and think not in _LEVELS:
        raise BadRequestError(f'invalid think value: {think!r} (must be "high", "medium", "low", true, or false)')
    if think and not reasons(model):
        raise BadRequestError(f'"{model}" does not support thinking')
    return think is not False


def _schema(wanted: object) -> dict[str, object] | None:
    match wanted:
        case None | "":
            return None
        case "json":
            return {}
        case dict():
            return wanted
        case _:
            raise BadRequestError(f'invalid format: {wanted!r}; expected "json" or a valid JSON Schema object')


def _limit(num_predict: int | None) -> int | None:
    """Negative numbers mean no limit."""
    return None if num_predict is None or num_predict < 0 else num_predict


def _stops(stops: object) -> tuple[str, ...]:
    match stops:
        case None:
            return ()
        case str():
            return (stops,)
        case list() if all(isinstance(stop, str) for stop in stops):
            return tuple(stops)
        case _:
            raise BadRequestError('option "stop" must be of type array')


def _option(options: Mapping[str, Any], name: str) -> int | None:
    value = options.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise BadRequestError(f'option "{name}" must be of type integer')
    return value


def _typed(body: Mapping[str, Any], name: str, kind: type, where: str, go_type: str) -> Any:
    """The field, checked to be of `kind`; None when it is missing."""
    value = body.get(name)
    if value is not None and not isinstance(value, kind):
        raise _wrong_type(f"{where}.{name}", go_type, value)
    return value


def _wrong_type(where: str, go_type: str, found: object) -> BadRequestError:
    got = _GO_NAMES.get(type(found), "null")
    struct, _, field = where.partition(".")
    return BadRequestError(f"json: cannot unmarshal {got} into Go struct field {struct}.{field} of type {go_type}")
