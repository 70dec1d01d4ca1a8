"""Reads what the OpenAI dialects' requests have in common, and words the complaints as OpenAI does."""

from typing import Any

from tui.demo.catalogue import is_known
from tui.demo.exchange import BadRequestError
from tui.demo.faults.fault import PREFIX
from tui.demo.faults.table import nearest

_MOST_STOPS = 4


def known_model(model: object) -> str:
    """The model's name. 404 when there is none of that name."""
    if model is None or model == "":
        raise BadRequestError("you must provide a model parameter")
    if not isinstance(model, str):
        raise wrong_type("model", "a string", model)
    if not is_known(model):
        message = f"The model `{model}` does not exist or you do not have access to it.{_hint(model)}"
        raise BadRequestError(message, code="model_not_found", status=404)
    return model


def _hint(model: str) -> str:
    """The fault that may have been meant, where one was."""
    near = nearest(model.removeprefix(PREFIX)) if model.startswith(PREFIX) else None
    return f" Did you mean `{PREFIX}{near}`?" if near else ""


def stops(stop: object) -> tuple[str, ...]:
    """The stop sequences."""
    match stop:
        case None:
            return ()
        case str():
            return (stop,)
        case list() if all(isinstance(item, str) for item in stop) and len(stop) <= _MOST_STOPS:
            return tuple(stop)
        case _:
            raise wrong_type("stop", f"a string or an array of at most {_MOST_STOPS} strings", stop)


def include_usage(body: dict[str, Any], is_stream: bool) -> bool:
    """Whether the stream shall end with its usage."""
    options = body.get("stream_options")
    if options is None:
        return False
    if not is_stream:
        raise BadRequestError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    if not isinstance(options, dict):
        raise wrong_type("stream_options", "an object", options)
    return boolean(options, "include_usage")


def boolean(body: dict[str, Any], name: str) -> bool:
    """A switch; False when it is missing."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong_type(name, "a boolean", value)
    return bool(value)


def integer(body: dict[str, Any], name: str, least: int | None = None, most: int | None = None) -> int | None:
    """A number; None when it is missing."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(name, "an integer", value)
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


def wrong_type(where: str, expected: str, found: object) -> BadRequestError:
    """The error to raise for a value of the wrong JSON type."""
    got = _JSON_NAMES.get(type(found), "null")
    message = f"Invalid type for '{where}': expected {expected}, but got {got} instead."
    return BadRequestError(message, param=where, code="invalid_type")


def bare_parameters(parameters: object) -> dict[str, object]:
    """A tool's schema. One without parameters takes an object without properties, not anything at all."""
    return parameters if isinstance(parameters, dict) else {"type": "object", "properties": {}}
