"""All sources of settings, laid over each other: flag over environment over project's file over user's file over
the line-ups saved from the dashboard.

Called once by each command that needs settings. Every mistake in every source is collected before one error tells them
all; nothing of a configuration with a mistake in it is applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.config.build import problems_between, settings_of
from tui.config.environment import variables_of
from tui.config.files import exists, project_file, read_document, user_file, working_directory
from tui.config.layers import Guard, KeyPath, Layer, Leaf, Rank, Source, overlaid, read_layer
from tui.config.lineup_file import lineup_file
from tui.config.problems import Problem, SettingsError
from tui.config.providers import PROVIDERS
from tui.config.settings import Settings
from tui.config.trust import is_trusted, project_guard


@dataclass(frozen=True, slots=True)
class Flags:
    """What options of the command line say, in the shape of a file."""

    document: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[KeyPath, str] = field(default_factory=dict)
    """The option each value was given with."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and where each value came from."""

    settings: Settings
    leaves: Mapping[KeyPath, Leaf]
    """Only what somebody set."""
    files: tuple[Path, ...]
    """Those that were read, the weaker one first."""


def load_settings(
    environment: Mapping[str, str],
    *,
    named: Path | None = None,
    folder: Path | None = None,
    flags: Flags | None = None,
) -> Loaded:
    """Read everything. Raises `SettingsError` with all that is wrong.

    `named` replaces all files and has to be there. `folder` is where the search for a project's file starts: the
    working directory, unless said.
    """
    layers: list[Layer] = []
    files: list[Path] = []
    if named is None and exists(lineup_file()):
        files.append(lineup_file())
        layers.append(_file_layer(lineup_file(), Rank.USER, None))  # the program wrote it: a `${` in it is text
    if named is not None or exists(user_file()):
        files.append(named or user_file())
        layers.append(_file_layer(files[-1], Rank.USER, environment))
    if named is None and (project := project_file(folder or working_directory())) is not None:
        files.append(project)
        own = overlaid([*layers, _environment_layer(environment, overlaid(layers))])
        layers.append(_project_layer(project, own, environment))
    layers.append(_environment_layer(environment, overlaid(layers)))
    if flags is not None:
        layers.append(read_layer(flags.document, Source(Rank.FLAG, "an option", names=flags.names), None))
    whole = overlaid(layers)
    if problems := [*whole.problems, *_consequences(whole)]:
        raise SettingsError(problems)
    return Loaded(settings_of(whole), whole.leaves, tuple(files))


def _consequences(whole: Layer) -> list[Problem]:
    """What does not fit together, but for what is missing only because it was wrong itself."""
    if any(not problem.path and problem.origin.file for problem in whole.problems):
        return []  # a file that could not be read has all the names the others refer to
    complained = {problem.path for problem in whole.problems}
    return [problem for problem in problems_between(whole) if problem.path not in complained]


def load_or_default(environment: Mapping[str, str], named: Path | None = None) -> Settings:
    """The settings, or what is built in when something is wrong with them: for where no complaint can be made."""
    try:
        return load_settings(environment, named=named).settings
    except SettingsError:
        return Settings()


def _file_layer(file: Path, rank: Rank, variables: Mapping[str, str] | None, guard: Guard | None = None) -> Layer:
    document = read_document(file)
    if isinstance(document, Problem):
        return Layer(problems=[document])
    return read_layer(document[0], Source(rank, str(file), file, document[1]), variables, guard)


def _project_layer(file: Path, own: Layer, environment: Mapping[str, str]) -> Layer:
    """`own` is what the user says, by file and environment; a project's own providers are those not in it."""
    trusted = own.leaves.get(("trusted_projects",))
    if trusted is not None and is_trusted(file, trusted.value):
        return _file_layer(file, Rank.PROJECT, environment)
    users = {*PROVIDERS, *(path[1] for path in own.tables if path[0] == "providers")}
    return _file_layer(file, Rank.PROJECT, None, project_guard(file, users))


def _environment_layer(environment: Mapping[str, str], below: Layer) -> Layer:
    known = [*below.tables, *below.leaves, *(("providers", name) for name in PROVIDERS)]
    variables = variables_of(environment, known)
    layer = read_layer(variables.document, variables.source, None)
    layer.problems += variables.problems
    return layer
