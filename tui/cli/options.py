"""The options commands share, and the values they stand for."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from tui.config.resolve import Overrides, resolve_targets
from tui.config.settings import settings_from
from tui.core.dialects import DIALECTS
from tui.core.errors import UsageError
from tui.core.policy import Policy
from tui.core.request import Prompt
from tui.core.target import Target, parse_option

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of one command add up to."""

    text: str | None
    """The prompt. None when none was given: the dashboard then waits for one."""
    system: str | None
    targets: list[Target]
    tools: tuple[Mapping[str, Any], ...] = field(default=())
    overrides: Overrides = field(default_factory=Overrides)
    """What was said for all targets; already in `targets`, and for those the demo adds."""

    def prompt(self) -> Prompt:
        """The prompt as it is sent. Raises `UsageError` when there is none."""
        if not self.text:
            raise UsageError(
                'no prompt was given; write it as an argument, pipe it in with "-", or name a file with -f'
            )
        return Prompt.of(self.text, self.system, self.tools)


def request_options(command: F) -> F:
    """Everything that says what is asked of whom."""
    for decorate in (
        click.argument("prompt", required=False),
        click.option("-f", "--file", "file", type=click.Path(path_type=Path), help="Read the prompt from a file."),
        click.option(
            "-m",
            "--model",
            "models",
            multiple=True,
            metavar="TARGET",
            help=(
                "A target: [NAME=]PROVIDER/MODEL[,key=value…]. May be given several times. "
                f"dialect=NAME chooses the protocol: {', '.join(sorted(DIALECTS))}."
            ),
        ),
        click.option("-s", "--system", help="System prompt."),
        click.option(
            "-o", "--option", "options", multiple=True, metavar="KEY=VALUE", help="Request option for all targets."
        ),
        click.option("--base-url", metavar="URL", help="Server for all targets; -m then names just a model."),
        click.option("--api-key-env", metavar="VAR", help="Environment variable with the key for --base-url."),
        click.option("--header", "headers", multiple=True, metavar="KEY=VALUE", help="Extra request header."),
        click.option(
            "--tools", type=click.Path(path_type=Path), metavar="FILE", help="JSON file with tool definitions."
        ),
        click.option(
            "--timeout", type=click.FloatRange(min=0, min_open=True), help="Limit of a whole answer, seconds."
        ),
    ):
        command = decorate(command)
    return command


def asked(
    *,
    prompt: str | None,
    file: Path | None,
    models: tuple[str, ...],
    system: str | None,
    options: tuple[str, ...],
    base_url: str | None,
    api_key_env: str | None,
    headers: tuple[str, ...],
    tools: Path | None,
    timeout: float | None,
) -> Asked:
    """Read and check all of it before anything is sent. Raises `UsageError`."""
    overrides = Overrides(
        base_url=base_url,
        api_key_env=api_key_env,
        options=dict(parse_option(option) for option in options),
        headers=dict(_header(header) for header in headers),
        policy=_policy(timeout),
    )
    if base_url and not models:
        raise UsageError("--base-url needs a model: add -m MODEL")
    return Asked(
        text=_written("the prompt", _prompt_text(prompt, file)),
        system=_written("the system prompt", system),
        targets=resolve_targets(models, overrides, os.environ),
        tools=_tools(tools) if tools else (),
        overrides=overrides,
    )


def _policy(total: float | None) -> Policy:
    """The configured one, with the flag's limit of a whole answer."""
    policy = settings_from(os.environ).policy
    return policy if total is None else replace(policy, timeouts=replace(policy.timeouts, total=total))


def _prompt_text(prompt: str | None, file: Path | None) -> str | None:
    if prompt is not None and file is not None:
        raise UsageError(f"both a prompt and -f {file} were given; give one of them")
    if file is not None:
        return _read(file)
    if prompt == "-":
        data = sys.stdin.buffer.read() if sys.stdin else b""  # None when the shell closed it
        return _decoded(data, "standard input").strip() or None
    return prompt


def _written(what: str, text: str | None) -> str | None:
    """`text`, if it can be sent: arguments that are not UTF-8 arrive with lone surrogates for their bytes."""
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        raise UsageError(f"{what} is not UTF-8 text") from None
    return text


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise UsageError(f"cannot read {path}: {exc.strerror or exc}") from None
    return _decoded(data, str(path))


def _decoded(data: bytes, source: str) -> str:
    """Text as read in text mode, but always as UTF-8 and strictly, whatever the locale."""
    try:
        return data.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as exc:
        raise UsageError(f"{source} is not UTF-8 text (byte {exc.start})") from None


def _tools(path: Path) -> tuple[Mapping[str, Any], ...]:
    try:
        value = json.loads(_read(path))
    except (ValueError, RecursionError) as exc:
        raise UsageError(f"{path} is not JSON: {exc}") from None
    tools = value if isinstance(value, list) else [value]
    for number, tool in enumerate(tools, 1):
        if not isinstance(tool, dict) or not isinstance(tool.get("type"), str):
            raise UsageError(
                f'{path}: tool {number} is {json.dumps(tool)[:60]}; expected {{"type": "function", "function": {{…}}}}'
            )
    return tuple(tools)


def _header(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name or not (name + value).isascii() or not (name + value).isprintable():
        raise UsageError(f"{text!r} is not a header; write it as NAME=VALUE in printable ASCII")
    return name, value
