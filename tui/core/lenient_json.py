"""One event's data to typed structs, once: the fast way when it fits, field by field when it does not.

msgspec decodes straight into structs and refuses what does not fit. Servers send all of it: a number where a string
belongs, two objects in one event, lone surrogates, invalid UTF-8, integers of a thousand digits. The slow way keeps
every field that fits and forgets the others; it never raises.
"""

import json
from typing import Any, Generic, TypeVar, get_args, get_origin

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

_FAULTS = (msgspec.DecodeError, ValueError, RecursionError)
_MAX_DIGITS = 40


class LenientDecoder(Generic[T]):
    """Decodes payloads into `shape`, whatever is odd in them."""

    def __init__(self, shape: type[T]) -> None:
        self._shape = shape
        self._decode = msgspec.json.Decoder(shape).decode

    def decode_one(self, data: bytes) -> T | None:
        """The one struct in `data` when it fits as it is, which is nearly always; None asks for `decode`."""
        try:
            return self._decode(data)
        except _FAULTS:
            return None

    def decode(self, data: bytes) -> tuple[list[T], bool]:
        """The structs in `data` in order, and whether all of it was JSON.

        JSON values that are no objects (`null`, `[]`, a number) give no struct; they are still JSON. An array gives the
        objects in it.
        """
        try:
            return [self._decode(data)], True
        except _FAULTS:
            values, is_whole = _values(data.decode("utf-8", "replace"))
            return [fit for value in values if (fit := _build(value, self._shape)) is not None], is_whole


def _values(text: str) -> tuple[list[Any], bool]:
    """The JSON values that stand one after another in `text`, and whether nothing else does."""
    values: list[Any] = []
    at = 0
    text = text.strip(" \t\r\n\ufeff")
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return values, False
        values.extend(value if isinstance(value, list) else [value])
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
    return values, True


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


_DECODER = json.JSONDecoder(parse_int=_whole_number, parse_constant=lambda _: None)


def _build(value: object, shape: type[T]) -> T | None:
    if not isinstance(value, dict):
        return None
    fields = {}
    for field in msgspec.structs.fields(shape):
        if field.encode_name in value:
            fit = _fit(value[field.encode_name], field.type)
            if fit is not None:
                fields[field.name] = fit
    return shape(**fields)


def _fit(value: object, hint: Any) -> Any:
    """`value` as `hint`, or what of it can be; None when nothing fits."""
    try:
        return msgspec.convert(value, hint)
    except _FAULTS:
        pass
    for option in get_args(hint) or (hint,):
        if option is int and isinstance(value, str | float):
            return _as_int(value)
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            return _build(value, option)
        if get_origin(option) is list and isinstance(value, list):
            item = get_args(option)[0]
            return [fit for entry in value if (fit := _fit(entry, item)) is not None]
    return None


def _as_int(value: str | float) -> int | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else None
