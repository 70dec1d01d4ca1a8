"""Writes what docs/ has from the description: the tables of configuration.md, and config.schema.json.

Run as `python -m tests.config.make_reference` after a change of `tui.config.description`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tui.config.description import PROVIDER, ROOT, Entries, Field, Table
from tui.config.dotted import dotted, toml_value
from tui.config.kinds import Kind
from tui.config.schema import json_schema

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "configuration.md"
_BETWEEN = re.compile(r"(?<=<!-- reference -->\n).*?(?=<!-- /reference -->)", re.DOTALL)


def reference() -> str:
    """All tables of the file, one heading each."""
    tables = [_titled(field) for field in ROOT.fields if not isinstance(field.shape, Kind)]
    return "\n" + "\n\n".join([_section("At the top of the file", "", ROOT), *tables]) + "\n\n"


def page_with_reference(page: str) -> str:
    """The page with its tables made anew."""
    return _BETWEEN.sub(lambda _: reference(), page)


def _titled(field: Field) -> str:
    match field.shape:
        case Table() as table:
            return _section(f"`[{field.name}]`", f"{field.meaning}.", table)
        case Entries(of=Table() as table) as entries:
            return _section(f"`[{field.name}.{entries.called}]`", f"{field.meaning}.", table)
        case Entries() as entries:
            example = ", ".join(f"`{dotted([name])} = {toml_value(value)}`" for name, value in field.example.items())
            return f"### `[{field.name}]`\n\n{field.meaning}: {entries.called} = {_expected(field)}. Example: {example}"
        case _:
            raise TypeError(field)


def _section(title: str, meaning: str, table: Table) -> str:
    rows = "\n".join(_rows(table))
    introduction = f"{meaning}\n\n" if meaning else ""
    return f"### {title}\n\n{introduction}| key | takes | default | meaning |\n|---|---|---|---|\n{rows}"


def _rows(table: Table) -> Iterator[str]:
    for field in table.fields:
        if isinstance(field.shape, Table) and table is not PROVIDER:
            continue  # has a heading of its own
        if isinstance(field.shape, Entries) and table is ROOT:
            continue
        default = "" if field.default is None else f"`{toml_value(field.default_as_written)}`"
        yield f"| `{field.name}` | {_expected(field)} | {default} | {field.meaning} |".replace("|  |", "| |")


def _expected(field: Field) -> str:
    match field.shape:
        case Kind() as kind:
            return kind.expected
        case Entries(of=Kind() as kind) as entries:
            return f"a table, {entries.called} = {kind.expected}" if field.name != "keys" else kind.expected
        case _:
            return "a table"


def main() -> None:
    """Rewrite both files."""
    PAGE.write_text(page_with_reference(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    (DOCS / "config.schema.json").write_text(f"{schema}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
