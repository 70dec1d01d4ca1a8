"""A target as a user would write it: what `tui.config.resolve` makes of the text is the same target again."""

import json
from collections.abc import Iterable
from typing import Any

from tui.config.settings import Settings
from tui.core.errors import TargetError
from tui.core.target import Target, option_value, parse_target


def written_target(target: Target, settings: Settings) -> str:
    """`[NAME=]PROVIDER/MODEL[,key=value…]`. What its provider's configuration says anyway is left out.

    Raises `TargetError` for one that no text stands for: at an address given for this run alone, or with a comma in an
    option.
    """
    provider = settings.providers.get(target.provider)
    if provider is None:
        raise TargetError(
            f"{target.name} is at {target.base_url}, which no provider has; add it as [providers.NAME] to the "
            "configuration first"
        )
    return written_spec(target.name, f"{target.provider}/{target.model}", own_options(target, settings))


def own_options(target: Target, settings: Settings) -> dict[str, Any]:
    """What its provider's configuration does not say anyway; `dialect` among it when it is another one."""
    provider = settings.providers.get(target.provider)
    usual = provider.options if provider else {}
    options = {name: value for name, value in target.options.items() if usual.get(name, _NOTHING) != value}
    if target.dialect != (provider.dialect if provider else "chat"):
        options["dialect"] = target.dialect
    return options


def written_spec(name: str, path: str, options: dict[str, Any]) -> str:
    """The text for these. Raises `TargetError` when there is none."""
    head = path if name in (path, path.partition("/")[2]) or "/" in name else f"{name}={path}"
    text = ",".join([head, *(f"{key}={written_value(value)}" for key, value in options.items())])
    try:
        spec = parse_target(text)
    except TargetError:
        spec = None  # a comma parted what belongs together
    if spec is None or spec.path != path or dict(spec.options) != options or (head != path and spec.name != name):
        raise TargetError(f"{name} cannot be written as a target: a name, model or option of it holds a comma or space")
    return text


def distinct_name(name: str, taken: Iterable[str]) -> str:
    """`name`, or with the first number behind it that makes it another one than those taken."""
    others = set(taken)
    if name not in others:
        return name
    number = 2
    while f"{name}#{number}" in others:
        number += 1
    return f"{name}#{number}"


_NOTHING = object()


def written_value(value: object) -> str:
    """An option's value in that text: itself where it is read back as such, else as JSON."""
    if isinstance(value, str) and option_value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
