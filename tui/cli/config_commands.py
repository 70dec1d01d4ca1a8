"""`sidestream config`: where the configuration is, what it comes to, whether it is right, and a first one."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.group import AnyOrderGroup
from tui.cli.request_options import config_option

if TYPE_CHECKING:
    from tui.config.load import Loaded


@click.group(cls=AnyOrderGroup)
def config() -> None:
    """Where the configuration is and what it comes to; see docs/configuration.md."""


@config.command()
@config_option
def path(config: Path | None) -> None:
    """Print which files are read, and whether they are there."""
    from tui.config.files import exists, project_file, user_file, working_directory
    from tui.config.lineup_file import lineup_file
    from tui.config.settings import user_theme_directory

    if config is not None:
        click.echo(_with_state("named", config, exists(config)))
        return
    click.echo(_with_state("user", user_file(), exists(user_file())))
    project = project_file(working_directory())
    click.echo(_with_state("project", project, True) if project else "project  none here or in a folder around it")
    click.echo(_with_state("lineups", lineup_file(), exists(lineup_file())))
    click.echo(_with_state("themes", user_theme_directory(), exists(user_theme_directory())))


@config.command()
@config_option
def show(config: Path | None) -> None:
    """Print the effective settings as TOML, each with where it came from. Keys are not shown."""
    from tui.config.load import load_settings
    from tui.config.overview import overview
    from tui.core.clean import clean

    loaded = load_settings(os.environ, named=config)
    click.echo(clean(overview(loaded)))


@config.command()
@config_option
def check(config: Path | None) -> None:
    """Say everything that is wrong with the configuration, and which keys are missing.

    Exit status: 0 when it can be used, 2 when not. A provider's key that is missing, a theme that is none, or a key of
    the keyboard that no action can have, does not make it unusable.
    """
    from tui.config.load import load_settings
    from tui.core.clean import clean_line

    loaded = load_settings(os.environ, named=config)
    for file in loaded.files:
        click.echo(clean_line(f"{file}: good"))
    if not loaded.files:
        click.echo("there is no configuration file; built-in settings and the environment: good")
    for line in (*_about_keys(loaded), *_about_looks(loaded)):
        click.echo(clean_line(line))


@config.command()
@config_option
def init(config: Path | None) -> None:
    """Write a commented file from what the environment has. Never overwrites one."""
    from tui.config.files import user_file
    from tui.config.starter import found_keys, write_starter

    file = config or user_file()
    write_starter(file, os.environ)
    click.echo(f"wrote {file}")
    keys = found_keys(os.environ)
    click.echo(f"keys found for: {', '.join(keys)}" if keys else "no provider's key was found in the environment")


@config.command()
def schema() -> None:
    """Print the JSON schema of the file, for editors."""
    from tui.config.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _with_state(what: str, file: Path, is_there: bool) -> str:
    return f"{what:<8} {file}{'' if is_there else ' (not there)'}"


def _about_keys(loaded: "Loaded") -> Iterator[str]:
    """One line for each provider that a line-up names or a file describes, and for every key that is at hand."""
    from tui.config.key_check import key_states

    states = key_states(loaded, os.environ)
    for state in states:
        yield f"{state.provider}: {state.sentence}"
    if not states:
        yield "no provider's key was found, and none is needed so far"


def _about_looks(loaded: "Loaded") -> Iterator[str]:
    """What the dashboard would say at its start: of theme files, the chosen theme, and keys of actions."""
    from tui.app.actions.keymap import Keymap
    from tui.app.themes.catalogue import load_themes, shipped_directory
    from tui.config.problems import nearest
    from tui.config.settings import user_theme_directory

    catalogue = load_themes([shipped_directory(), user_theme_directory()])
    wanted = loaded.settings.ui.theme
    yield from catalogue.problems
    if wanted is not None and wanted not in catalogue.choosable:
        yield f"[ui]: there is no theme {wanted!r}; {nearest(wanted, catalogue.choosable)}"
    yield from Keymap(loaded.settings.keys).problems
