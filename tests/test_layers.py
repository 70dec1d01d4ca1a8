"""The layers of docs/architecture.md, kept true: who may import whom, and who may import which library.

Imports are read from the source, so one inside a function counts like one at the top; only the start-up rule looks at
top-level imports alone.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "tui").rglob("*.py"))

MAY_IMPORT = {
    "core": {"core"},
    "config": {"core"},
    "engine": {"core"},
    "storage": {"core"},
    "app": {"core", "config", "engine", "storage"},
    "cli": {"core", "config", "engine", "storage", "app", "demo"},
    "demo": set[str](),
    "__main__": {"cli"},
    "__init__": set[str](),
}
"""Which parts of tui a part may import, beside itself and the version in `tui/__init__.py`."""

DEMO_DOORS = {"tui.demo.process", "tui.demo.server", "tui.demo.faults.table"}
"""What the command line may start of the demo, beside or instead of the dashboard, and the list of what that can be
asked for; the rest is a program of its own."""

LIBRARIES = {
    "core": {"msgspec", "jsonschema", "referencing", "markdown_it"},
    "config": {"platformdirs", "keyring"},
    "engine": {"httpx", "anyio", "aiohttp", "yarl", "certifi", "truststore", "h2", "hyperframe"},
    "storage": set[str](),
    "app": {"textual", "rich", "markdown_it", "pygments", "anyio"},
    "cli": {"click", "anyio"},
    "demo": {"starlette", "uvicorn", "anyio"},
    "__main__": set[str](),
    "__init__": set[str](),
}
"""Third-party libraries per part. jsonschema, with its referencing, is in core because judging an answer is deciding:
it reads no file, asks no time, and is handed a registry so that it fetches nothing; markdown-it turns an answer into a
page just as purely."""

RESERVED = {
    "asyncio": {"app", "demo", "engine", "cli"},
    "random": {"engine", "demo", "app", "cli"},
    "socket": {"engine", "demo", "cli"},
    "sqlite3": {"storage"},
    "time": {"engine", "app", "cli", "demo", "storage"},
    "tomllib": {"config", "app"},
    "os": {"config", "storage", "engine", "app", "cli", "demo"},
    "subprocess": {"config", "cli", "app", "engine", "demo"},
    "threading": {"config", "storage", "engine", "app", "cli", "demo"},
}
"""Modules of the standard library that wait, ask the time or touch the machine, and the parts that may."""

HEAVY = {"textual", "rich", "httpx", "aiohttp", "starlette", "uvicorn", "sqlite3", "asyncio", "anyio", "markdown_it"}


@dataclass(frozen=True)
class Import:
    """One imported module."""

    module: str
    by: Path
    line: int

    def __str__(self) -> str:
        return f"{self.by.relative_to(ROOT)}:{self.line} imports {self.module}"


def part_of(module: str) -> str | None:
    """The part of tui a dotted name belongs to; None when it belongs to no part."""
    names = module.split(".")
    return names[1] if names[0] == "tui" and len(names) > 1 else None


def part_at(path: Path) -> str:
    """The part a source file belongs to."""
    return path.relative_to(ROOT / "tui").parts[0].removesuffix(".py")


def imports_in(nodes: Iterator[ast.AST], path: Path) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, path, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, path)
            if module == "tui":  # `from tui import engine` names a part, `from tui import __version__` does not
                for alias in node.names:
                    yield Import("tui" if alias.name == "__version__" else f"tui.{alias.name}", path, node.lineno)
            else:
                yield Import(module, path, node.lineno)


def _absolute(node: ast.ImportFrom, path: Path) -> str:
    if not node.level:
        return node.module or ""
    package = path.relative_to(ROOT).parts[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def imports_of(path: Path) -> list[Import]:
    """Every import in a file, wherever it stands; imports for the type checker alone are not followed at run time."""
    tree = ast.parse(path.read_bytes())
    for_types = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for statement in node.body
        for child in ast.walk(statement)
    }
    return list(imports_in((node for node in ast.walk(tree) if node not in for_types), path))


def top_level_imports_of(path: Path) -> list[Import]:
    """What is imported by importing this file."""
    return list(imports_in(iter(ast.parse(path.read_bytes()).body), path))


ALL_IMPORTS = [found for path in SOURCES for found in imports_of(path)]


def test_sources_are_found() -> None:
    """The rules below hold for nothing at all when the folder is not there."""
    assert {"core", "app", "cli", "engine", "demo"} <= {part_at(path) for path in SOURCES}
    assert any(found.module == "msgspec" for found in ALL_IMPORTS)
    assert any(part_of(found.module) == "core" for found in ALL_IMPORTS)


def test_every_part_is_known() -> None:
    assert {part_at(path) for path in SOURCES} <= set(MAY_IMPORT) == set(LIBRARIES)


def test_imports_point_down() -> None:
    wrong = [
        str(found)
        for found in ALL_IMPORTS
        if (to := part_of(found.module)) and to != (by := part_at(found.by)) and to not in MAY_IMPORT[by]
    ]
    assert wrong == []


def test_only_the_command_line_starts_the_demo() -> None:
    wrong = [
        str(found)
        for found in ALL_IMPORTS
        if part_of(found.module) == "demo"
        and part_at(found.by) != "demo"
        and not (part_at(found.by) == "cli" and found.module in DEMO_DOORS)
    ]
    assert wrong == []


def test_the_demo_shares_no_code_with_the_rest() -> None:
    """It is the other side of the wire: one mistake in both would never be seen."""
    wrong = [
        str(found)
        for found in ALL_IMPORTS
        if part_at(found.by) == "demo" and found.module.split(".")[0] == "tui" and part_of(found.module) != "demo"
    ]
    assert wrong == []


def test_libraries_stay_in_their_part() -> None:
    known = set().union(*LIBRARIES.values())
    wrong = [
        str(found)
        for found in ALL_IMPORTS
        if (library := found.module.split(".")[0]) != "tui"
        and library not in LIBRARIES[part_at(found.by)]
        and (library in known or library not in sys.stdlib_module_names)
    ]
    assert wrong == []


def test_the_clock_and_the_machine_stay_in_their_part() -> None:
    wrong = [
        str(found)
        for found in ALL_IMPORTS
        if (allowed := RESERVED.get(found.module.split(".")[0])) is not None and part_at(found.by) not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("path", ["__main__.py", "cli/__init__.py"])
def test_start_up_imports_nothing_heavy(path: str) -> None:
    """`sidestream --version` and `-h` answer before anything of the screen or the network is loaded."""
    wrong = [
        str(found)
        for found in top_level_imports_of(ROOT / "tui" / path)
        if found.module.split(".")[0] in HEAVY or part_of(found.module) in {"app", "engine", "storage", "demo"}
    ]
    assert wrong == []


def test_importing_core_loads_nothing_that_waits_or_draws() -> None:
    """What core's own libraries pull in counts too, and only a fresh interpreter shows it."""
    script = (
        "import sys, pkgutil, importlib, tui.core as core\n"
        "for found in pkgutil.walk_packages(core.__path__, 'tui.core.'): importlib.import_module(found.name)\n"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "tui.core.stream" in loaded
    assert "tui.core.dialects.chat" in loaded
    assert loaded & {"asyncio", "httpx", "textual", "rich", "anyio", "aiohttp", "sqlite3", "socket", "click"} == set()
    assert {name for name in loaded if name.startswith("tui.")} - {
        name for name in loaded if name.startswith("tui.core")
    } == set()
