"""A first configuration file, commented, with what the environment tells already filled in.

Every key there is stands in it, commented out with its default or an example, so that the file is its own manual.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tui.config.build import is_elsewhere
from tui.config.description import ROOT, Entries, Field, Table
from tui.config.dotted import dotted, toml_text, toml_value
from tui.config.kinds import URL, Kind
from tui.config.layers import KeyPath
from tui.config.providers import PROVIDERS
from tui.core.errors import ConfigError

_WIDTH = 120
_MEANING_COLUMN = 44
_EXAMPLE_NAMES = {
    "providers": "work",
    "lineups": "daily",
    "prices": "openai/gpt-5.2",
    "tools": "weather",
}
_BIND_ALL = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "": "127.0.0.1"}


def starter_text(environment: Mapping[str, str]) -> str:
    """The file's text; it loads without complaint as it stands, and with any one of its keys uncommented."""
    keys = list(found_keys(environment))
    targets = [f"{name}/MODEL" for name in keys[:3]]
    parts = [
        _head(environment),
        "\n".join(_values(ROOT, targets)),
        *_found_servers(environment),  # after what stands in no table, before the tables that are only examples
        *(_section(field, (field.name,), targets) for field in ROOT.fields if not isinstance(field.shape, Kind)),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def write_starter(file: Path, environment: Mapping[str, str]) -> None:
    """Write it where nothing is yet, for the user's eyes only. Raises `ConfigError`; never overwrites."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigError(f"the folder {file.parent} cannot be made: {exc.strerror or exc}") from None
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"{file} is there already and was left as it is; see `sidestream config show`") from None
    except OSError as exc:
        raise ConfigError(f"{file} cannot be written: {exc.strerror or exc}") from None
    with open(opened, "w", encoding="utf-8", newline="\n") as writing:  # noqa: PTH123 - a descriptor, not a path
        writing.write(starter_text(environment))


def found_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """The built-in providers whose key is in the environment, with the variable it is in."""
    return {
        provider.name: variable
        for provider in PROVIDERS.values()
        for variable in provider.key.variables
        if environment.get(variable, "").strip()
    }


def _head(environment: Mapping[str, str]) -> str:
    lines = [
        "# sidestream's configuration. Everything in it is optional: what is commented out shows the default or an",
        "# example. Flags and SIDESTREAM_SECTION__KEY variables win over this file. Check it: sidestream config check",
        "",
    ]
    if keys := found_keys(environment):
        lines.append("# Keys were found in the environment, so these providers need nothing here:")
        lines += [f"#   {name} (${variable})" for name, variable in keys.items()]
    else:
        lines.append(
            "# No provider's key was found in the environment. Set one, such as OPENAI_API_KEY, or add a provider."
        )
    return "\n".join(lines)


def _found_servers(environment: Mapping[str, str]) -> Iterator[str]:
    if (ollama := _ollama_address(environment.get("OLLAMA_HOST", ""))) and ollama != PROVIDERS["ollama"].base_url:
        yield f"# From $OLLAMA_HOST.\n[providers.ollama]\nbase_url = {toml_text(ollama)}"
    gateway = environment.get("OPENAI_BASE_URL", "").strip()
    if re.fullmatch(URL.pattern, gateway) and is_elsewhere(PROVIDERS["openai"], gateway):
        yield (
            "# From $OPENAI_BASE_URL. The key of openai is not sent to another host unless you say so here.\n"
            f'[providers.openai]\nbase_url = {toml_text(gateway)}\n# api_key = "${{OPENAI_API_KEY}}"'
        )


def _ollama_address(host: str) -> str | None:
    """The address for a client, of what Ollama's server reads as the address to listen at."""
    host = host.strip().rstrip("/")
    if not host:
        return None
    scheme, separator, rest = host.partition("://")
    if not separator:
        scheme, rest = "http", host
    match = re.fullmatch(r"(\[[^\]]*\]|[^:/]*)(?::(\d+))?(/.*)?", rest)
    if match is None:
        return None
    port = match[2] or {"http": "11434", "https": "443"}.get(scheme, "")
    url = f"{scheme}://{_BIND_ALL.get(match[1], match[1])}:{port}{match[3] or ''}"
    return url if re.fullmatch(URL.pattern, url) else None


def _section(field: Field, path: KeyPath, targets: list[str]) -> str:
    """One top-level table, all of it commented out."""
    return "\n".join([f"# -- {field.meaning}.", _shape_text(field, path, targets)])


def _shape_text(field: Field, path: KeyPath, targets: list[str]) -> str:
    match field.shape:
        case Table() as table:
            return _table_text(table, path, targets)
        case Entries(of=Table() as table):
            return _table_text(table, (*path, _EXAMPLE_NAMES[field.name]), targets)
        case _:
            pairs = [f"# {dotted([name])} = {toml_value(value)}" for name, value in field.example.items()]
            return "\n".join([f"# [{dotted(path)}]", *pairs])


def _table_text(table: Table, path: KeyPath, targets: list[str]) -> str:
    """Values first, then tables: TOML wants it so."""
    parts = ["\n".join([f"# [{dotted(path)}]", *_values(table, targets)])]
    for field in table.fields:
        if isinstance(field.shape, Table):  # a provider's own [timeouts] and the like, shown once in full
            parts.append(f"# [{dotted((*path, field.name))}]  # {field.meaning}")
        elif isinstance(field.shape, Entries):
            parts.append(f"# {field.meaning}.\n{_shape_text(field, (*path, field.name), targets)}")
    return "\n\n".join(parts)


def _values(table: Table, targets: list[str]) -> Iterator[str]:
    """One line for each value, or two where its meaning is long."""
    for field in table.fields:
        if isinstance(field.shape, Kind):
            value = field.example if field.default is None else field.default_as_written
            if field.name == "targets" and targets:
                value = targets
            pair = f"# {field.name} = {toml_value(value)}"
            line = f"{pair:<{_MEANING_COLUMN}} # {field.meaning}"
            yield line if len(line) <= _WIDTH else f"# {field.meaning}:\n{pair}"
