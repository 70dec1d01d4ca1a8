"""What the options of a command add up to, with the settings behind them: all of it checked before anything is sent."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui.config.dotted import dotted
from tui.config.keys import warning_about
from tui.config.layers import KeyPath
from tui.config.load import Flags, Loaded, load_settings
from tui.config.problems import nearest
from tui.config.request_files import read_schema, read_tools
from tui.config.resolve import Overrides, resolve_targets
from tui.config.settings import Lineup, Settings
from tui.core.clean import clean_line
from tui.core.errors import SidestreamError, UsageError
from tui.core.request import Prompt
from tui.core.target import Target, parse_option
from tui.storage.last_lineup import LastLineup


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of one command add up to."""

    text: str | None
    """The prompt. None when none was given: the dashboard then waits for one."""
    system: str | None
    targets: list[Target]
    tools: tuple[Mapping[str, Any], ...] = field(default=())
    schema: Mapping[str, Any] | None = None
    """What the answers are to follow. None for free text."""
    overrides: Overrides = field(default_factory=Overrides)
    """What was said for all targets; already in `targets`, and for those the demo adds."""
    settings: Settings = field(default_factory=Settings)
    lineup: str | None = None
    """The line-up the targets are of. None when they are of none, or were written one by one."""
    is_config_named: bool = False
    """Whether `--config` replaces the user's own files."""
    notices: tuple[str, ...] = ()
    """Sentences the user should read: which line-up was taken, which file is not safe."""

    def prompt(self) -> Prompt:
        """The prompt as it is sent. Raises `UsageError` when there is none."""
        if not self.text:
            raise UsageError(
                'no prompt was given; write it as an argument, pipe it in with "-", or name a file with -f'
            )
        return replace(Prompt.of(self.text, self.system, self.tools), schema=self.schema)


def asked(
    *,
    prompt: str | None,
    file: Path | None,
    models: tuple[str, ...],
    lineup: str | None,
    system: str | None,
    options: tuple[str, ...],
    base_url: str | None,
    api_key_env: str | None,
    headers: tuple[str, ...],
    tools: Path | None,
    schema: Path | None,
    timeout: float | None,
    config: Path | None,
    theme: str | None = None,
    blind: bool = False,
    is_demo: bool = False,
    last: LastLineup | None = None,
) -> Asked:
    """Read and check all of it before anything is sent. Raises `UsageError`.

    The demo brings models of its own: no line-up is taken then. `last` is asked when nobody says whom to ask.
    """
    loaded = load_settings(os.environ, named=config, flags=_flags(timeout=timeout, theme=theme, blind=blind))
    settings = loaded.settings
    overrides = Overrides(
        base_url=base_url,
        api_key_env=api_key_env,
        options=dict(parse_option(option) for option in options),
        headers=dict(_header(header) for header in headers),
    )
    if base_url and not models:
        raise UsageError("--base-url needs a model: add -m MODEL")
    if lineup and (base_url or is_demo):
        raise UsageError(f"--lineup {lineup} names its own servers; leave it out, or ask without {_other(is_demo)}")
    chosen = _named_lineup(lineup, settings) if lineup else None
    default = None if chosen or models or is_demo else default_lineup(settings)
    remembered = (
        _Remembered() if chosen or default or models or is_demo or last is None else _remembered(last, settings)
    )
    targets = remembered.targets or resolve_targets(models, overrides, os.environ, settings, chosen or default)
    return Asked(
        text=_written("the prompt", _prompt_text(prompt, file)),
        system=_written("the system prompt", _system(system, chosen or default or remembered.lineup)),
        targets=targets,
        tools=read_tools(tools) if tools else (),
        schema=read_schema(schema) if schema else None,
        overrides=overrides,
        settings=settings,
        lineup=_name_of(chosen or default or remembered.lineup, models),
        is_config_named=config is not None,
        notices=(*_about_default(default, loaded), *remembered.notices, *_unsafe_keys(targets, settings)),
    )


def default_lineup(settings: Settings) -> Lineup | None:
    """What is asked when nobody says whom: the configured line-up."""
    return settings.lineups[settings.lineup] if settings.lineup else None


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What came of the line-up that was asked last."""

    targets: list[Target] = field(default_factory=list)
    lineup: Lineup | None = None
    notices: tuple[str, ...] = ()


def _remembered(last: LastLineup, settings: Settings) -> _Remembered:
    """The last line-up as it can be asked again; nothing, and a sentence, when it cannot."""
    kept = last.read()
    if kept is None:
        return _Remembered(notices=(clean_line(last.problem),) if last.problem else ())
    name = kept.name if kept.name in settings.lineups else None
    lineup = Lineup(name or "", kept.targets, kept.system)
    try:
        targets = resolve_targets((), Overrides(), os.environ, settings, lineup)
    except SidestreamError as exc:
        return _Remembered(notices=(clean_line(f"The last line-up cannot be asked again: {exc}."),))
    called = f" {dotted([lineup.name])}" if lineup.name else ""
    return _Remembered(targets, lineup, (clean_line(f"No model was named, so this is the last line-up{called}."),))


def _name_of(lineup: Lineup | None, added: tuple[str, ...]) -> str | None:
    """The line-up's name, as long as the targets are just its own."""
    return lineup.name or None if lineup and not added else None


def _other(is_demo: bool) -> str:
    return "the demo" if is_demo else "--base-url"


def _flags(*, timeout: float | None, theme: str | None, blind: bool) -> Flags:
    document: dict[str, Any] = {}
    names: dict[KeyPath, str] = {}
    if timeout is not None:
        document["timeouts"] = {"total": timeout}
        names["timeouts", "total"] = "--timeout"
    looks = {**({"theme": theme} if theme is not None else {}), **({"blind": True} if blind else {})}
    if looks:
        document["ui"] = looks
        names |= {("ui", name): f"--{name}" for name in looks}
    return Flags(document, names)


def _named_lineup(name: str, settings: Settings) -> Lineup:
    if name not in settings.lineups:
        if not settings.lineups:
            advice = 'none is configured; write [lineups.NAME] with targets = ["PROVIDER/MODEL", …]'
            raise UsageError(f"there is no line-up {name!r}: {advice}")
        raise UsageError(f"there is no line-up {name!r}; {nearest(name, settings.lineups)}")
    return settings.lineups[name]


def _system(system: str | None, lineup: Lineup | None) -> str | None:
    if system is not None or lineup is None:
        return system
    return lineup.system


def _about_default(lineup: Lineup | None, loaded: Loaded) -> Iterator[str]:
    if lineup is not None:
        origin = loaded.leaves[("lineup",)].origin
        yield clean_line(f"No model was named, so this is the line-up {dotted([lineup.name])} ({origin}).")


def _unsafe_keys(targets: Iterable[Target], settings: Settings) -> Iterator[str]:
    for name in dict.fromkeys(target.provider for target in targets):
        if (provider := settings.providers.get(name)) and (warning := warning_about(provider.key, name)):
            yield clean_line(warning)


def _prompt_text(prompt: str | None, file: Path | None) -> str | None:
    if prompt is not None and file is not None:
        raise UsageError(f"both a prompt and -f {file} were given; give one of them")
    if file is not None and file != Path("-"):
        return _read(file)
    if "-" in (prompt, str(file)):
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


def _header(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name or not (name + value).isascii() or not (name + value).isprintable():
        raise UsageError(f"{text!r} is not a header; write it as NAME=VALUE in printable ASCII")
    return name, value
