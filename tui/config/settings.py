"""Settings from the environment: `SIDESTREAM_SECTION__KEY`, checked before anything is applied."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path

import platformdirs

from tui.core.deadlines import Timeouts
from tui.core.errors import ConfigError
from tui.core.policy import Policy
from tui.core.retries import Retries

_PREFIX = "SIDESTREAM_"
_SECTIONS = ("timeouts", "retries")


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    policy: Policy = field(default_factory=Policy)


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read all `SIDESTREAM_*` variables that have a section. Raises `ConfigError` for an unknown or unusable one."""
    values: dict[str, float] = {}
    retries = Retries()
    for variable in sorted(environment):
        section, separator, key = variable.removeprefix(_PREFIX).partition("__")
        if not variable.startswith(_PREFIX) or not separator:
            continue
        if section.lower() not in _SECTIONS:
            raise ConfigError(f"{variable}: unknown section {section.lower()!r}; known are: {', '.join(_SECTIONS)}")
        if section.lower() == "retries":
            retries = _retries_with(retries, key.lower(), environment[variable], variable)
            continue
        values[_timeout_named(key.lower(), variable)] = _seconds(environment[variable], variable)
    return Settings(Policy(timeouts=replace(Timeouts(), **values), retries=retries))


def user_theme_directory() -> Path:
    """Where the user's own themes are looked for."""
    return platformdirs.user_config_path("sidestream", appauthor=False) / "themes"


def _timeout_named(key: str, variable: str) -> str:
    known = [known.name for known in fields(Timeouts)]
    if key not in known:
        near = get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}"
        raise ConfigError(f"{variable}: unknown time limit {key!r}; {hint}")
    return key


def _retries_with(retries: Retries, key: str, text: str, variable: str) -> Retries:
    if key != "attempts":
        raise ConfigError(f"{variable}: unknown rule for retries {key!r}; known is: attempts")
    if not text.strip().isdecimal() or int(text) > 100:
        raise ConfigError(f"{variable}: found {text!r}, expected a number from 0 to 100")
    return replace(retries, attempts=int(text))


def _seconds(text: str, variable: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 10**7:
        raise ConfigError(f"{variable}: found {text!r}, expected a number of seconds above 0")
    return seconds
