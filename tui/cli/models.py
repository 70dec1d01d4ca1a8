"""`sidestream models`: what providers list, as names that `-m` takes. Lists go to stdout, what went wrong to stderr."""

import json
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import anyio

from tui.cli.crash import crashes_reported
from tui.cli.leaving import Leaving
from tui.cli.log import kept_log
from tui.cli.outcome import ALL_FAILED, COMPLETE, SOME_FAILED
from tui.cli.printing import for_stdout, note, write
from tui.config.key_check import key_states
from tui.config.load import Loaded, load_settings
from tui.config.resolve import CUSTOM, Overrides, resolve_endpoint
from tui.core.clean import clean, clean_line, escaped_json
from tui.core.errors import ConfigError, UsageError
from tui.core.model_list import ModelListError
from tui.core.redact import Redactor
from tui.core.target import Target
from tui.engine.board import Board
from tui.engine.clock import MonotonicClock
from tui.engine.fleet import Fleet
from tui.engine.http import http_transport

Lists = dict[str, list[str] | None]
"""By the provider's name, in the order they were asked for; None for a list that did not come."""


def print_models(
    provider: str | None,
    config: Path | None,
    *,
    base_url: str | None,
    api_key_env: str | None,
    dialect: str | None,
    output: str,
) -> int:
    """Ask, print what came, and return the exit status. Raises `UsageError` before anything is asked."""
    if provider and base_url:
        raise UsageError(f"both a provider, {provider}, and --base-url were given; name one of them")
    if not base_url and (dialect or api_key_env):
        raise UsageError("--dialect and --api-key-env are said of the server at --base-url; add it")
    loaded = load_settings(os.environ, named=config)
    options = {"dialect": dialect} if dialect else {}
    overrides = Overrides(base_url=base_url, api_key_env=api_key_env, options=options)
    names = [provider or CUSTOM] if provider or base_url else _with_a_key(loaded)
    endpoints = [resolve_endpoint(name, os.environ, loaded.settings, overrides) for name in names]
    return _print_lists(endpoints, output)


def _with_a_key(loaded: Loaded) -> list[str]:
    """Nobody else is asked: a server that may not be there, or would only say that a key is missing."""
    found = [state.provider for state in key_states(loaded, os.environ) if not state.is_missing]
    if not found:
        raise ConfigError("no provider's key was found, so say whose models you want: sidestream models PROVIDER")
    return found


def _print_lists(endpoints: list[Target], output: str) -> int:
    redactor = Redactor.of_targets(endpoints)
    board = Board()
    lists: Lists = {endpoint.provider: None for endpoint in endpoints}
    with crashes_reported(board, redactor.text), kept_log(redactor):
        interrupted = anyio.run(partial(_ask_all, endpoints, lists, board, redactor))
        came = {name: models for name, models in lists.items() if models is not None}
        if came or output == "json":
            write(_as_json(lists) if output == "json" else _as_text(came))
    if interrupted:
        return interrupted
    return COMPLETE if len(came) == len(lists) else SOME_FAILED if came else ALL_FAILED


async def _ask_all(endpoints: list[Target], lists: Lists, board: Board, redactor: Redactor) -> int:
    """All at once; the status of the signal that cut it short, or 0."""
    clock = MonotonicClock()
    fleet = Fleet(partial(http_transport, clock), board, clock, redactor=redactor)

    async def ask(endpoint: Target) -> None:
        try:
            lists[endpoint.provider] = await fleet.models_of(endpoint)
        except ModelListError as exc:
            note(clean(f"sidestream: {exc}"))

    async with anyio.create_task_group() as tasks:
        await tasks.start(fleet.run)
        with anyio.CancelScope() as scope, Leaving(scope.cancel) as leaving:
            async with anyio.create_task_group() as asking:
                for endpoint in endpoints:
                    asking.start_soon(ask, endpoint)
        tasks.cancel_scope.cancel()
    return leaving.status


def _as_json(lists: Lists) -> str:
    found = [{"name": name, "models": models} for name, models in lists.items()]
    return escaped_json(json.dumps({"schema": "sidestream.models/1", "providers": found}, ensure_ascii=False, indent=2))


def _as_text(lists: dict[str, list[str]]) -> str:
    names: list[str] = [
        clean_line(name if provider == CUSTOM else f"{provider}/{name}")
        for provider, models in lists.items()
        for name in models
    ]
    if sys.stdout is not None and sys.stdout.isatty():
        return in_columns(names, shutil.get_terminal_size().columns)
    return for_stdout("\n".join(names))


def in_columns(names: list[str], width: int) -> str:
    """`names` from top to bottom in as many columns as fit in `width` cells, two spaces apart."""
    cell = max((len(name) for name in names), default=0) + 2
    columns = max(1, min(len(names), (width + 2) // cell))
    rows = -(-len(names) // columns)
    lines = (names[row::rows] for row in range(rows))
    return "\n".join("".join(f"{name:<{cell}}" for name in line).rstrip() for line in lines)
