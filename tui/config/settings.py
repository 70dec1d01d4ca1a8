"""What can be set, as frozen values: made by `tui.config.load`, read by the command line and the app.

Names and defaults here are those of `tui.config.description`, which says what each of them means to a user.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import platformdirs

from tui.config.providers import PROVIDERS, Provider
from tui.core.policy import Policy
from tui.core.price import Price

Layout = Literal["grid", "columns", "rows", "tabs"]


@dataclass(frozen=True, slots=True)
class Ui:
    """How the dashboard looks and behaves at start."""

    theme: str | None = None
    """None for the app's own choice. Whether there is such a theme only the app knows."""
    layout: Layout = "grid"
    mouse: bool = True
    reduced_motion: bool = False
    """No animation and no blinking."""
    markdown: bool = True
    """Answers start rendered; False starts them as plain text."""
    bell: bool = False
    """Ring when the last stream of a long run has ended."""
    blind: bool = False
    """Begin in blind mode: letters in the place of names until a vote."""


@dataclass(frozen=True, slots=True)
class Lineup:
    """Targets that are asked together, as written."""

    name: str
    targets: tuple[str, ...]
    system: str | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Request options for all its targets; a target's own win."""


@dataclass(frozen=True, slots=True)
class ToolCommand:
    """The program that answers calls of one tool, run without a shell and only after a yes."""

    name: str
    command: tuple[str, ...]
    """The program and its arguments; the call's own arguments come as JSON on its standard input."""
    timeout: float = 30.0
    """Seconds."""
    output_bytes: int = 64 * 1024
    """What is read of its output; the rest is cut off."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything configured, from all sources together."""

    policy: Policy = field(default_factory=Policy)
    """For servers that no provider describes; a `Provider` carries its own."""
    providers: Mapping[str, Provider] = field(default_factory=lambda: MappingProxyType(PROVIDERS))
    """The built-in ones too, by name, with what was configured for them."""
    lineups: Mapping[str, Lineup] = field(default_factory=lambda: MappingProxyType({}))
    lineup: str | None = None
    """The name of the line-up to start with when nothing else is asked for."""
    prices: Mapping[str, Price] = field(default_factory=lambda: MappingProxyType({}))
    """By `PROVIDER/MODEL` or `MODEL`."""
    keys: Mapping[str, str | tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Action id to its keys, as written; an empty tuple takes them away. Which actions and keys exist the app knows."""
    tools: Mapping[str, ToolCommand] = field(default_factory=lambda: MappingProxyType({}))
    """By the name of the tool."""
    ui: Ui = field(default_factory=Ui)


def user_config_directory() -> Path:
    """Where the user's configuration is; it may not exist."""
    return platformdirs.user_config_path("sidestream", appauthor=False)


def user_data_directory() -> Path:
    """Where what is kept between two starts lies."""
    return platformdirs.user_data_path("sidestream", appauthor=False)


def user_theme_directory() -> Path:
    """Where the user's own themes are looked for."""
    return user_config_directory() / "themes"
