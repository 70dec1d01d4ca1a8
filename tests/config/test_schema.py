"""The JSON schema and the loader are two judges of one description, and agree."""

import dataclasses
import json
import tomllib
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from tests.config.documents import documents
from tests.config.make_reference import DOCS, PAGE, page_with_reference, reference
from tests.config.test_load import EVERYTHING
from tui.config.build import BOUND_NAMES
from tui.config.description import (
    LIMITS,
    LINEUP,
    PRICE,
    PROVIDER,
    RETRIES,
    ROOT,
    TIMEOUTS,
    TOOL,
    UI,
    Entries,
    Field,
    Table,
)
from tui.config.kinds import Kind
from tui.config.layers import Rank, Source, read_layer
from tui.config.providers import Provider
from tui.config.schema import json_schema
from tui.config.settings import Lineup, Settings, ToolCommand, Ui
from tui.core.bounds import Bounds
from tui.core.deadlines import Timeouts
from tui.core.network import Network
from tui.core.price import Price
from tui.core.retries import Retries

JUDGE = jsonschema.Draft7Validator(json_schema())
FILE = Source(Rank.USER, "a test")


def loader_accepts(document: dict[str, Any]) -> bool:
    """Whether each value is right; what takes several values to see is no matter of a schema."""
    return not read_layer(document, FILE, {"HOME_SWEET": "https://home.example"}).problems


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(json_schema())


@given(documents())
@settings(max_examples=1000)
def test_what_the_schema_accepts_the_loader_accepts_and_the_other_way_round(document: dict[str, Any]) -> None:
    if "${" in json.dumps(document):  # an editor cannot know what a variable holds
        assert JUDGE.is_valid(document) or not loader_accepts(document)
    else:
        assert JUDGE.is_valid(document) == loader_accepts(document)


def test_both_accept_a_whole_file() -> None:
    document = tomllib.loads(EVERYTHING)
    assert JUDGE.is_valid(document)
    assert not read_layer(document, FILE, None).problems


def described(table: Table) -> list[tuple[Field, Kind]]:
    """Every value of a table and those below."""
    found = []
    for field in table.fields:
        shape = field.shape.of if isinstance(field.shape, Entries) else field.shape
        found += described(shape) if isinstance(shape, Table) else [(field, shape)]
    return found


@pytest.mark.parametrize("case", described(ROOT), ids=lambda case: case[0].name)
def test_every_default_and_example_is_valid(case: tuple[Field, Kind]) -> None:
    field, kind = case
    values = [value for value in (field.default_as_written, field.example) if value is not None]
    assert values, "each key shows a value in docs and in `config init`"
    for value in values:
        for one in value.values() if isinstance(field.shape, Entries) else [value]:
            kind.read(one)
            jsonschema.validate(one, kind.schema())


@pytest.mark.parametrize(
    ("table", "made", "apart"),
    [
        (TIMEOUTS, Timeouts, {}),
        (RETRIES, Retries, {}),
        (UI, Ui, {}),
        (PRICE, Price, {}),
        (TOOL, ToolCommand, {None: "name"}),
        (LINEUP, Lineup, {None: "name"}),
        (ROOT, Settings, {"trusted_projects": None, **dict.fromkeys(("timeouts", "retries", "limits"), "policy")}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_everything_that_is_described_can_be_set_and_the_other_way_round(
    table: Table, made: type, apart: dict[str | None, str | None]
) -> None:
    named = {apart.get(field.name, field.name) for field in table.fields} | {apart.get(None)}
    assert named - {None} == {field.name for field in dataclasses.fields(made)}


def test_every_limit_is_a_bound() -> None:
    """The other way round it need not be: some bounds are nobody's business."""
    named = {BOUND_NAMES.get(field.name, field.name) for field in LIMITS.fields}
    assert named <= {field.name for field in dataclasses.fields(Bounds)}


def test_everything_a_provider_is_made_of_is_described() -> None:
    made = {field.name for kind in (Provider, Network) for field in dataclasses.fields(kind)}
    described_names = {field.name for field in PROVIDER.fields}
    apart = {"api_key", "api_key_command", "api_key_file", "include_usage", "timeouts", "retries", "limits"}
    assert described_names - apart == made - {"name", "key", "other_bases", "network", "policy"}


def test_the_docs_say_what_the_description_says() -> None:
    """`python -m tests.config.make_reference` writes both."""
    assert json.loads((DOCS / "config.schema.json").read_text()) == json_schema()
    page = PAGE.read_text(encoding="utf-8")
    assert reference() in page
    assert page_with_reference(page) == page
